"""From the moment samples stop to the run that goes on: what the operator is told and asked."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from nfb.model.commands import PauseCause
from nfb.model.samples import LinkState
from nfb.ui.client_stage import SILENT
from nfb.ui.keys_in_force import with_key
from nfb.ui.language import tr
from nfb.ui.session_view import SessionView
from nfb.ui.told import told
from nfb.ui.widgets.notice import Choice, Level, NoticeBar, Sheet
from nfb.ui.words import capital, link_word

ASK_AFTER_S = 10.0
CHECKED_S = 5.0


class LinkCare(QObject):
    """Bar at once, a sheet after ten seconds, a countdown when the link is back.

    Attributes
    ----------
    end_wanted, switch_wanted
        Signals: end and keep; end, keep, and choose another headset.
    do
        Signal: an action by name, ``resume`` or ``stay_paused``.
    """

    end_wanted = Signal()
    switch_wanted = Signal()
    do = Signal(str)

    def __init__(self, over: QWidget, notices: NoticeBar) -> None:
        super().__init__(over)
        self._over, self._notices = over, notices
        self.sheet: Sheet | None = None
        self._silent_s = 0.0
        self._asked = False

    def begin(self) -> None:
        """A new session."""
        self._silent_s, self._asked = 0.0, False
        self._drop()

    def show_link(self, view: SessionView) -> None:
        """The link changed."""
        link = view.link
        if link.state is LinkState.STREAMING:
            self._notices.clear("link")
            self._silent_s, self._asked = 0.0, False
            self._drop()
        elif view.setup is not None and link.state in (*SILENT, LinkState.FAILED):
            why = [told(part) for part in (link.detail, link.way_out) if part]
            text = " ".join([f"{capital(link_word(link.state))}.", *why])
            level = Level.LOOK if link.state is LinkState.STALLED else Level.ACT
            self._notices.tell("link", text, level, (Choice(tr("End and keep"), self.end_wanted.emit),))

    def show_frame(self, passed_s: float, view: SessionView, good_s: float) -> None:
        """Time passed; `good_s` clean seconds in a row have come."""
        if view.setup is None or view.finished is not None:
            self._drop()
            return
        if view.link.state in SILENT:
            self._silent_s += passed_s
            if self._silent_s >= ASK_AFTER_S and not self._asked:
                self._ask()
        self._count_down(view, good_s)

    def _ask(self) -> None:
        self._asked = True
        self.sheet = Sheet(
            self._over,
            tr("No samples for {n} seconds. What was recorded is safe.", n=int(ASK_AFTER_S)),
            (
                Choice(tr("Keep trying"), self._drop),
                Choice(tr("Switch device"), self._switch),
                Choice(tr("End and keep"), self._end),
            ),
        )

    def _switch(self) -> None:
        self._drop()
        self.switch_wanted.emit()

    def _end(self) -> None:
        self._drop()
        self.end_wanted.emit()

    def _drop(self) -> None:
        if self.sheet is not None:
            self.sheet.hide()
            self.sheet.deleteLater()
            self.sheet = None
            self._over.setFocus()  # not the next button, which Space would press

    def _count_down(self, view: SessionView, good_s: float) -> None:
        waits = view.paused and view.pause_cause is PauseCause.LINK and view.streaming
        if not waits:
            self._notices.clear("back")
            return
        assert view.setup is not None
        left = math.ceil(max(CHECKED_S - good_s, 0.0))
        if not view.setup.auto_resume:
            said = (
                tr("The link is back.") if left == 0 else tr("The link is back. Checking the signal: {n} s", n=left)
            )
        elif left > 3:
            said = tr("The link is back. Checking the signal: going on in {n} s", n=left)
        else:
            said = tr("The signal is good. Going on in {n} …", n=max(left, 1))
        choices = (
            Choice(with_key(tr("Resume"), "pause"), lambda: self.do.emit("pause")),
            Choice(tr("Stay paused"), lambda: self.do.emit("stay_paused")),
        )
        self._notices.tell("back", said, Level.LOOK, choices)
