"""Carries an engine's news to the window: polled at the screen's rate, so that no thread waits for painting."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from nfb.engine.live import Finished, Live
from nfb.model.commands import Command, EndReason
from nfb.model.hop import HopResult
from nfb.model.samples import Chunk, Gap
from nfb.ui.session_view import SessionView

if TYPE_CHECKING:
    from nfb.engine.engine import Engine

FRAME_MS = 16


@dataclass(frozen=True, slots=True)
class Frame:
    """What arrived since the frame before; `passed_s` is the time between them."""

    number: int
    passed_s: float
    samples: list[Chunk | Gap]
    hops: list[HopResult]
    live: Live | None


class Bridge(QObject):
    """One session's engine as Qt signals. Make a new one for each session; it goes quiet after :meth:`close`.

    Attributes
    ----------
    happened
        Signal: one rare event (a stage began, the link changed, …), already taken into :attr:`view`.
    frame
        Signal: a :class:`Frame`, 60 times a second.
    """

    happened = Signal(object)
    frame = Signal(object)

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine = engine
        self.view = SessionView()
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.poll)
        self._number = 0
        self._polled_at = 0.0

    def start(self) -> None:
        self._polled_at = time.monotonic()
        self.engine.start()
        self._timer.start()

    def send(self, command: Command) -> None:
        if self.view.finished is None:
            self.engine.send(command)

    def stop(self, reason: EndReason = EndReason.STOPPED) -> None:
        self.engine.stop(reason)

    def poll(self) -> None:
        """Fetch what is new. The timer calls it; tests may."""
        now = time.monotonic()
        live = self.engine.live
        self.view.live = live
        for event in self.engine.take_events():
            self.view.take(event)
            self.happened.emit(event)
            if isinstance(event, Finished):
                self._timer.stop()
        self._number += 1
        frame = Frame(self._number, now - self._polled_at, self.engine.take_chunks(), self.engine.take_hops(), live)
        self._polled_at = now
        self.frame.emit(frame)

    def close(self, wait_s: float = 2.0) -> bool:
        """End the session if it runs and wait for the engine's thread; False if it did not end in time."""
        self._timer.stop()
        if self.view.finished is None:
            self.engine.stop()
        return self.engine.join(wait_s)
