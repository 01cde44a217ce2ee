"""What the operator is told of the computer's sleep: that it cannot be kept from it, and what was slept through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from nfb.ui.awake import Awake
from nfb.ui.language import tr
from nfb.ui.widgets.notice import Level
from nfb.ui.words import clock

if TYPE_CHECKING:
    from nfb.ui.sessions import Sessions


class SleepCare(QObject):
    """From the first sample of a session to its end."""

    def __init__(self, sessions: Sessions) -> None:
        super().__init__(sessions)
        self._sessions = sessions
        self.awake = Awake(self)
        self.awake.slept.connect(self._slept)

    def begin(self) -> None:
        """A session has connected."""
        asked = self.awake.begin(tr("A neurofeedback session is running."))
        if not asked and self._sessions.screen is not None:
            words = tr("This computer may go to sleep by itself: switch that off in its power settings.")
            self._sessions.screen.notices.tell("sleep", words, Level.INFO)

    def end(self) -> None:
        """It is over."""
        self.awake.end()

    def _slept(self, seconds: float) -> None:
        """A lost link like any other: paused, and on again once clean seconds have come."""
        from nfb.model.commands import Pause, PauseCause

        screen, bridge = self._sessions.screen, self._sessions.bridge
        if screen is None or bridge is None or not self._sessions.runs:
            return
        if bridge.view.training:
            bridge.send(Pause(PauseCause.LINK))
        words = tr(
            "The computer slept for {time}. What was recorded before is safe; look at the signal.",
            time=clock(seconds),
        )
        screen.notices.tell("slept", words, Level.ACT)
        screen.operator_alert.emit()
