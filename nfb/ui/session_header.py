"""The head of a running session: stage and time left, what can be done at any moment, recording and link."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from nfb.devices.scenario import EventKind
from nfb.model.protocol import StageKind
from nfb.session.states import Input
from nfb.ui.help import plain_tip, with_tip
from nfb.ui.language import tr
from nfb.ui.pages.train import Preset
from nfb.ui.session_view import SessionView
from nfb.ui.widgets.elided import ElidedLabel
from nfb.ui.widgets.readouts import LinkPill
from nfb.ui.widgets.small import Drop, IconButton, label
from nfb.ui.widgets.stepper import StageStepper
from nfb.ui.words import clock

PASSING_MS = 6000
_MOST_LEFT_S = 6 * 3600.0


class SessionHeader(QWidget):
    """Two lines above every page of a session.

    Attributes
    ----------
    wish
        Signal: an action by name.
    preset_chosen
        Signal: how much the training page is to show.
    worsen
        Signal: a kind of disturbance.
    """

    wish = Signal(str)
    preset_chosen = Signal(object)
    worsen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.stepper, self.link = StageStepper(), LinkPill()
        self.stage, self.left_over = ElidedLabel("", "section", least_px=80), label("", "value")
        self.ends, self.recording, self.chips = label("", "secondary"), label("", "chip"), label("", "chip")
        self.recording.hide()
        self.chips.hide()
        self.chips.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._said, self._chips = "", list[str]()
        self._passing = QTimer(self, interval=PASSING_MS, singleShot=True)
        self._passing.timeout.connect(self._forget)
        self.pause_button = IconButton(
            tr("Pause"), "pause", tip=tr("Begin, pause, go on"), key="pause", tip_key="pause"
        )
        self.next_button = IconButton(tr("Next"), "next", tip=tr("Next stage"), key="next", tip_key="next")
        self.client_button = IconButton(
            tr("Client"),
            "monitor",
            tip=tr("Open the client's window; the key fills its screen"),
            tip_key="client_full_screen",
        )
        self.end_button = IconButton(tr("End"), tip=tr("End the session and keep the data"), tip_key="end")
        for button, action in (
            (self.pause_button, "pause"),
            (self.next_button, "next"),
            (self.client_button, "client"),
            (self.end_button, "end"),
        ):
            button.clicked.connect(lambda _=False, name=action: self.wish.emit(name))
        self.worse_button = IconButton(tr("Make it worse"), "down", tip=tr("Try the alarms on the demo signal"))
        # An arrow as on the lists beside it; the style's own is too small to be seen.
        self.worse_button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.worse_button.setStyleSheet("QPushButton::menu-indicator { image: none; width: 0; }")
        self.worse_menu = QMenu(self.worse_button)
        self.worse_button.setMenu(self.worse_menu)
        self.worse_button.hide()
        self.preset = Drop()
        self.preset.setAccessibleName(tr("How much is shown"))
        for preset in Preset:
            self.preset.addItem(preset_word(preset), preset)
        self.preset.setCurrentIndex(1)
        self.preset.currentIndexChanged.connect(lambda _: self.preset_chosen.emit(self.preset.currentData()))
        with_tip(self.stepper, "stage")
        with_tip(self.stage, "stage")
        with_tip(self.left_over, "valid time")
        with_tip(self.recording, "recording")
        self.ends.setToolTip(
            plain_tip(tr("The time now, and when the last run is over if nothing is held or paused."))
        )
        self.preset.setToolTip(plain_tip(tr("How much is shown. The session and its recording are the same.")))
        above, below = QHBoxLayout(), QHBoxLayout()
        above.setContentsMargins(12, 6, 12, 0)
        above.setSpacing(8)
        above.addWidget(self.stage)
        above.addWidget(self.left_over)
        above.addStretch(1)
        above.addWidget(self.worse_button)
        above.addWidget(self.preset)
        for button in (self.pause_button, self.next_button, self.client_button, self.end_button):
            above.addWidget(button)
        below.setContentsMargins(12, 0, 12, 0)
        below.setSpacing(12)
        below.addWidget(self.stepper, 1)
        for words in (self.chips, self.ends, self.recording):
            below.addWidget(words)
        below.addWidget(self.link)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(above)
        layout.addLayout(below)

    def begin(self, view: SessionView, disturbances: tuple[EventKind, ...]) -> None:
        """A session has connected; `disturbances` can be asked of its signal."""
        assert view.setup is not None
        self.stepper.begin(view.setup.stages)
        self.worse_menu.clear()
        for kind in disturbances:
            self.worse_menu.addAction(disturbance_word(kind)).triggered.connect(
                lambda _=False, wanted=kind: self.worsen.emit(wanted)
            )
        self.worse_button.setVisible(bool(disturbances))

    def clear(self) -> None:
        """Before a session has connected."""
        self.recording.hide()
        self._chips = []
        self._forget()
        self.left_over.setText("")
        self.ends.setText("")
        self.worse_button.hide()

    def show_view(self, view: SessionView) -> None:
        """Stage, link, and what can be done now."""
        self.stage.setText(view.title())
        device = tr(view.setup.device.name) if view.setup is not None else ""
        self.link.show_link(device, view.link, view.battery_percent)
        if view.paused:
            self.pause_button.show_as(tr("Go on"), "play")
        elif view.stage_kind in (StageKind.CHECK, StageKind.REST):
            self.pause_button.show_as(tr("Begin"), "play")
        else:
            self.pause_button.show_as(tr("Pause"), "pause")
        self.pause_button.setEnabled(view.allows(Input.RESUME if view.paused else Input.PAUSE))
        self.next_button.setEnabled(view.allows(Input.NEXT_STAGE))
        self.end_button.setEnabled(view.finished is None)

    def show_times(self, view: SessionView, *, waiting: bool = False) -> None:
        """Time left in the stage unless it is `waiting` to begin, when the visit will end, how much is recorded."""
        if view.live is None or view.setup is None:
            return
        left_s = view.live.stage_left_s
        self.left_over.setText(clock(left_s) if clock(left_s) != "–" and not waiting else "")
        self.left_over.setAccessibleName(tr("{time} left in this stage", time=self.left_over.text() or "–"))
        whole_s = view.left_s()
        if whole_s < _MOST_LEFT_S:
            now = QDateTime.currentDateTime()
            end = now.addSecs(round(whole_s)).toString("HH:mm")
            self.ends.setText(tr("{now} → ends {end}", now=now.toString("HH:mm"), end=end))
        if view.folder is not None:
            seconds = view.live.hop.sample / view.setup.device.sampling_rate_hz
            self.recording.setText(tr("REC ● {length}", length=clock(seconds)))
            self.recording.show()

    def say(self, words: str) -> None:
        """A few words that go away by themselves."""
        self._said = words
        self._passing.start()
        self._show_said()

    def said(self) -> str:
        """What stands there now."""
        return self.chips.text()

    def show_chips(self, chips: list[str]) -> None:
        """Suggestions that need no answer; they stay as long as their cause."""
        if chips != self._chips:
            self._chips = chips
            self._show_said()

    def _forget(self) -> None:
        self._said = ""
        self._show_said()

    def _show_said(self) -> None:
        words = self._said or " · ".join(self._chips)
        self.chips.setText(words)
        self.chips.setToolTip(plain_tip(words))
        self.chips.setVisible(bool(words))
        self.ends.setVisible(not words)  # on a small screen there is room for one of the two


def preset_word(preset: Preset) -> str:
    """A preset in the person's language."""
    return {Preset.SIMPLE: tr("Simple"), Preset.STANDARD: tr("Standard"), Preset.RESEARCH: tr("Research")}[preset]


def disturbance_word(kind: EventKind) -> str:
    """A disturbance in the person's language."""
    words = {
        EventKind.BLINK: tr("Three blinks"),
        EventKind.MUSCLE: tr("Muscle for 3 s"),
        EventKind.FLAT: tr("Lost contact for 14 s"),
        EventKind.STALL: tr("Drop-out of 3 s"),
        EventKind.LINK_LOSS: tr("Lost link for 14 s"),
    }
    return words[kind]
