"""Pictures that take long to paint, made in a thread, so that neither the EEG nor the feedback stands still."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QSize

Pictures = TypeVar("Pictures")


class Ahead(Generic[Pictures]):
    """Pictures for one size at a time.

    Parameters
    ----------
    paint
        Makes them. Runs in a thread: it may paint on images, and reads nothing that changes.
    """

    def __init__(self, paint: Callable[[QSize], Pictures]) -> None:
        self._paint = paint
        self._size = QSize()
        self._made: list[Pictures] = []  # by the thread, once it is done
        self._thread: threading.Thread | None = None

    def begin(self, size: QSize) -> bool:
        """Begin with the pictures for `size` unless they are there or on their way; True once they are there."""
        if size != self._size:
            made: list[Pictures] = []
            self._size, self._made = size, made
            # Not a daemon: one that paints while the interpreter ends takes the process with it.
            self._thread = threading.Thread(target=lambda: made.append(self._paint(size)), name="nfb-plates")
            self._thread.start()
        return bool(self._made)

    def take(self, size: QSize) -> Pictures:
        """The pictures for `size`; waits for them if need be."""
        if not self.begin(size) and self._thread is not None:
            self._thread.join()
        return self._made[0]
