"""Work that takes long, off the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

Result = TypeVar("Result")


class Task(QObject):
    """One function in one thread; its result comes back as a signal on the GUI thread, unless cancelled."""

    _finished = Signal(object, object)

    def __init__(
        self, work: Callable[[], Result], on_done: Callable[[Result | None, Exception | None], None]
    ) -> None:
        super().__init__()
        self._work = work
        self._on_done: Callable[[Any, Exception | None], None] = on_done
        self.cancelled = False
        self._finished.connect(self._deliver)
        self.thread_ = threading.Thread(target=self._run, name="nfb-task", daemon=True)
        self.thread_.start()

    def _run(self) -> None:
        try:
            outcome: tuple[object, Exception | None] = (self._work(), None)
        except Exception as error:  # whatever it is, the window must hear of it and live on
            outcome = (None, error)
        if not self.cancelled:
            with suppress(RuntimeError):  # the window went away meanwhile, and this object with it
                self._finished.emit(*outcome)

    def _deliver(self, result: object, error: Exception | None) -> None:
        if not self.cancelled:
            self._on_done(result, error)

    def cancel(self) -> None:
        """Drop the result; the thread ends by itself when its call returns."""
        self.cancelled = True


def run_task(work: Callable[[], Result], on_done: Callable[[Result | None, Exception | None], None]) -> Task:
    """Run `work` off the GUI thread and call ``on_done(result, error)`` on it. Keep the returned task."""
    return Task(work, on_done)
