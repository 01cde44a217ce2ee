"""A running session: header, notices, and the page of the present stage. Assembles; decides nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from nfb.engine.live import Fault, Finished, Started
from nfb.model.commands import Command, Mark, NextStage, Note, Pause, Resume, SetThreshold
from nfb.model.events import (
    CommandApplied,
    CommandRefused,
    QualityReport,
    Rewarded,
    StageStarted,
    StateChanged,
    ThresholdChanged,
)
from nfb.model.protocol import StageKind
from nfb.model.samples import LinkChange, LinkState
from nfb.session.setup import Setup
from nfb.session.states import Input
from nfb.ui.audio.cue import cue_of
from nfb.ui.audio.desk import SoundDesk
from nfb.ui.audio.sounds import NO_CHIME, SoundChoice
from nfb.ui.bridge import Bridge, Frame
from nfb.ui.client_window import ClientWindow
from nfb.ui.keys import QUICK_MARKS, STEP_OF
from nfb.ui.language import tr
from nfb.ui.pages.base import SessionPage
from nfb.ui.pages.baseline import BaselinePage
from nfb.ui.pages.check import CheckPage
from nfb.ui.pages.rest import TAKE_A_BREATH, RestPage
from nfb.ui.pages.train import TrainPage
from nfb.ui.session_view import SessionView
from nfb.ui.tips import TIPS
from nfb.ui.trend import Trend
from nfb.ui.widgets.notice import Choice, Level, NoticeBar
from nfb.ui.widgets.readouts import LinkPill
from nfb.ui.widgets.small import IconButton, label
from nfb.ui.widgets.stepper import StageStepper
from nfb.ui.widgets.sweep_panel import SweepPanel
from nfb.ui.words import capital, clock, quantity

JUST_A_MOMENT = "Just a moment."
_LOOKS_STALE = (LinkState.STALLED, LinkState.LOST, LinkState.RECONNECTING, LinkState.WAITING)


class SessionScreen(QWidget):
    """Signals: `finished` when the engine has ended, `ask_to_end` when the operator wants to."""

    finished = Signal(object)
    ask_to_end = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.bridge: Bridge | None = None
        self.trend = Trend(0.02)
        self.client = ClientWindow()
        self.sound = SoundDesk(self)
        self.sound_choice = SoundChoice()  # what the client hears; set before :meth:`run`
        self.sweep = SweepPanel()
        self.check, self.baseline, self.train, self.rest = CheckPage(), BaselinePage(), TrainPage(), RestPage()
        self.pages = QStackedWidget()
        self.notices = NoticeBar()
        self._newcomer = False
        self._looking = False  # at the signal, from within another stage
        self._pending: dict[int, float] = {}  # thresholds sent and not yet echoed
        self._build()
        self._wire()

    def _build(self) -> None:
        self.stepper, self.link = StageStepper(), LinkPill()
        self.stage, self.left_over = label("", "section"), label("", "value")
        self.recording = label("", "chip")
        self.recording.hide()
        self.pause_button = IconButton("Pause  F5", "pause", tip="Begin, pause, go on (F5 or Space)")
        self.next_button = IconButton("Next  F4", "next", tip="Next stage (F4)")
        self.client_button = IconButton("Client view", "monitor", tip="Open the client's window (F11: full screen)")
        self.end_button = IconButton("End", tip="End the session and keep the data")
        bar = QWidget()
        bar_layout = QHBoxLayout(bar)
        bar_layout.setContentsMargins(12, 6, 12, 0)
        bar_layout.setSpacing(8)
        bar_layout.addWidget(self.stage)
        bar_layout.addWidget(self.left_over)
        bar_layout.addStretch(1)
        for part in (self.pause_button, self.next_button, self.client_button, self.end_button):
            bar_layout.addWidget(part)
        status = QWidget()
        status_layout = QHBoxLayout(status)
        status_layout.setContentsMargins(12, 0, 12, 0)
        status_layout.setSpacing(12)
        status_layout.addWidget(self.stepper, 1)
        status_layout.addWidget(self.recording)
        status_layout.addWidget(self.link)
        for page in (self.check, self.baseline, self.train, self.rest):
            self.pages.addWidget(page)
        self.check.take_sweep(self.sweep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(bar)
        layout.addWidget(status)
        layout.addWidget(self.notices)
        layout.addWidget(self.pages, 1)

    def _wire(self) -> None:
        self.actions_by_name = self._actions()
        for page in (self.check, self.baseline, self.train, self.rest):
            page.wish.connect(self.do)
        for button, name in (
            (self.pause_button, "pause"),
            (self.next_button, "next"),
            (self.client_button, "client"),
        ):
            button.clicked.connect(lambda _=False, wanted=name: self.do(wanted))
        self.end_button.clicked.connect(self.ask_to_end)
        self.train.mark.connect(self.mark)
        self.train.note.connect(lambda text: self.send(Note(text)))
        self.rest.note.connect(lambda text: self.send(Note(text)))
        self.train.threshold_chosen.connect(self.set_threshold)
        self.client.pause_and_blank.connect(self._pause_and_blank)
        self.client.key.connect(self.do)
        self.sound.told.connect(lambda words: self.notices.tell("sound", words, Level.LOOK))

    # a session's life ---------------------------------------------------------------------------------------------

    def run(self, bridge: Bridge, *, newcomer: bool = False) -> None:
        """Show the session of `bridge` and start its engine; a newcomer is given tips."""
        self.bridge = bridge
        self._newcomer = newcomer
        self._pending.clear()
        self._looking = False
        self.notices.clear_all()
        self.recording.hide()
        bridge.happened.connect(self._take_event)
        bridge.frame.connect(self._take_frame)
        self._refresh_header(bridge.view)
        bridge.start()

    def send(self, command: Command) -> None:
        if self.bridge is not None:
            self.bridge.send(command)

    def show_tip(self, number: int = 0) -> None:
        """Tip `number` for newcomers, with a way to the next."""
        more = (Choice("Next tip", partial(self.show_tip, number + 1)),) if number + 1 < len(TIPS) else ()
        self.notices.tell("tip", f"Tip {number + 1} of {len(TIPS)}. {TIPS[number]}", Level.INFO, more)

    def close_client(self) -> None:
        """Put the client's window away at the end of a session."""
        self.client.blockSignals(True)
        self.client.close()
        self.client.blockSignals(False)

    def _take_event(self, event: object) -> None:
        assert self.bridge is not None
        view = self.bridge.view
        match event:
            case Started():
                self._begin(view)
            case StageStarted():
                self._show_page(view)
                self._show_client_stage(view)
            case StateChanged():
                self._show_client_stage(view)
            case Rewarded():
                self._reward()
            case LinkChange():
                self._show_link(view)
            case CommandRefused(reason=reason):
                self.notices.tell("refused", f"Not now: {reason}")
            case CommandApplied(command=Mark(text=text)):
                self.trend.mark()
                self.notices.tell("mark", f"Marked: {text}")
            case CommandApplied(command=Note()):
                self.notices.tell("mark", "Note kept.")
            case Fault(fatal=False, what=what, way_out=way_out):
                self.notices.tell("fault", f"{what} {way_out}".strip(), Level.ACT)
            case Finished():
                self.sound.hush()
                self.close_client()
                self.finished.emit(event)
        if isinstance(event, ThresholdChanged) and self._pending.get(event.condition) == event.new:
            del self._pending[event.condition]
        if view.setup is not None:
            for page in (self.check, self.baseline, self.train, self.rest):
                page.show_event(event, view)
        if not isinstance(event, Rewarded | QualityReport):
            self._refresh_header(view)

    def _begin(self, view: SessionView) -> None:
        assert self.bridge is not None and view.setup is not None
        setup = view.setup
        self.trend = Trend(setup.hop_s)
        self.stepper.begin(setup.stages)
        self.sweep.begin(setup)
        self.client.view.begin(setup.protocol.feedback.mode)
        for page in (self.check, self.baseline, self.train, self.rest):
            page.begin(self.bridge)
        self.train.follow(self.trend, view)
        if setup.fit.adapted:
            self.notices.tell("adapted", f"Adapted to this headset: {setup.fit.note}", Level.LOOK)
        self._begin_sound(setup)
        if self._newcomer:
            self.show_tip()

    def _take_frame(self, frame: Frame) -> None:
        assert self.bridge is not None
        view = self.bridge.view
        self.trend.add(frame.hops)
        self.sweep.show_frame(frame)
        page = self.pages.currentWidget()
        assert isinstance(page, SessionPage)
        page.show_frame(frame, view)
        if frame.live is not None:
            feedback = 0.5 if view.paused else frame.live.feedback
            self.client.view.show_frame(feedback, frame.passed_s)
            if frame.hops:
                self.bridge.engine.note_shown(frame.hops[-1].hop, time.monotonic())
            if frame.number % 20 == 0:
                self.left_over.setText(_left(frame.live.stage_left_s))
                if view.setup is not None and view.folder is not None:
                    seconds = frame.live.hop.sample / view.setup.device.sampling_rate_hz
                    self.recording.setText(f"REC ● {clock(seconds)}")
                    self.recording.show()

    # what is shown ------------------------------------------------------------------------------------------------

    def _show_page(self, view: SessionView) -> None:
        pages: dict[StageKind | None, SessionPage] = {
            StageKind.CHECK: self.check,
            StageKind.BASELINE: self.baseline,
            StageKind.REST: self.rest,
        }
        page = self.check if self._looking else pages.get(view.stage_kind, self.train)
        if page is not self.rest:
            page.take_sweep(self.sweep)
        self.pages.setCurrentWidget(page)
        self.stepper.show_stage(view.stage_kind)

    def _show_client_stage(self, view: SessionView) -> None:
        """What the client is told: nothing while training, a calm line at every other time."""
        plan = view.stage_plan
        moment = view.paused or view.link.state in _LOOKS_STALE
        if moment:
            words = JUST_A_MOMENT
        elif plan is None or plan.kind is StageKind.CHECK:
            words = "We are checking the signal."
        elif plan.kind is StageKind.BASELINE:
            words = "Close your eyes and rest." if plan.eyes.value == "closed" else "Look ahead and rest."
        elif plan.kind is StageKind.REST:
            words = TAKE_A_BREATH
        else:
            words = ""
            assert view.setup is not None
            if self.client.view.message and view.setup.protocol.feedback.instruction:
                self.client.view.show_instruction(view.setup.protocol.feedback.instruction)
        for shown in (self.client.view, self.train.mirror):
            shown.message = words
            shown.update()

    def _show_link(self, view: SessionView) -> None:
        self._show_client_stage(view)
        link = view.link
        if link.state is LinkState.STREAMING:
            self.notices.clear("link")
        elif view.setup is not None and link.state in (*_LOOKS_STALE, LinkState.FAILED):
            text = f"{link.state.value.capitalize()}. {link.detail} {link.way_out}".replace("  ", " ").strip()
            level = Level.LOOK if link.state is LinkState.STALLED else Level.ACT
            self.notices.tell("link", text, level, (Choice("End and keep", self.ask_to_end.emit),))

    def _refresh_header(self, view: SessionView) -> None:
        self.stage.setText(view.title())
        device = view.setup.device.name if view.setup is not None else ""
        self.link.show_link(device, view.link, view.battery_percent)
        if view.paused:
            self.pause_button.show_as("Go on  F5", "play")
        elif view.stage_kind in (StageKind.CHECK, StageKind.REST):
            self.pause_button.show_as("Begin  F5", "play")
        else:
            self.pause_button.show_as("Pause  F5", "pause")
        self.pause_button.setEnabled(view.allows(Input.RESUME if view.paused else Input.PAUSE))
        self.next_button.setEnabled(view.allows(Input.NEXT_STAGE))
        self.end_button.setEnabled(view.finished is None)

    def _begin_sound(self, setup: Setup) -> None:
        assert self.bridge is not None
        chosen, engine = self.sound_choice, self.bridge.engine
        chime = chosen.chime if setup.protocol.feedback.chime else NO_CHIME
        self.sound.begin(chosen.sound, chime, chosen.music_path, volume=chosen.volume, floor=chosen.floor)
        # The sound device asks the engine itself, in its own thread: no frame of the window lies between them.
        self.sound.feed(lambda: cue_of(engine.live, setup.stages), engine.note_heard)
        if not self.sound.available and setup.protocol.feedback.chime:
            why = capital(self.sound.why_silent)
            self.notices.tell("sound", tr("{why}: a ring is shown instead of the chime.", why=why))

    def _reward(self) -> None:
        assert self.bridge is not None
        setup = self.bridge.view.setup
        if setup is None or not setup.protocol.feedback.chime:
            return
        if not self.sound.reward() and not self.sound.muted:
            self.client.view.pulse()

    # actions ------------------------------------------------------------------------------------------------------

    def _actions(self) -> dict[str, Callable[[], None]]:
        actions: dict[str, Callable[[], None]] = {
            "pause": self._begin_or_pause,
            "go_on": self._go_on,
            "next": lambda: self.send(NextStage()),
            "check": self._look_at_signal,
            "client": self._toggle_client,
            "client_full_screen": self._client_full_screen,
            "blank": self._toggle_blank,
            "mute": self._toggle_mute,
            "talk": self._stop_and_talk,
            "condition_up": lambda: self.train.bars.select(-1),
            "condition_down": lambda: self.train.bars.select(1),
            "undo": self._undo,
            "scale_finer": lambda: self.sweep.zoom(1),
            "scale_coarser": lambda: self.sweep.zoom(-1),
            "sweep_shorter": lambda: self.sweep.stretch(-1),
            "sweep_longer": lambda: self.sweep.stretch(1),
            "mark": lambda: self.mark("mark"),
            "note": self._write_note,
        }
        for name, share in STEP_OF.items():
            actions[f"threshold_down{name}"] = partial(self._nudge, -share)
            actions[f"threshold_up{name}"] = partial(self._nudge, share)
        for i, text in enumerate(QUICK_MARKS, start=1):
            actions[f"quick_mark_{i}"] = partial(self.mark, text)
        return actions

    def do(self, name: str) -> None:
        """Do what a key or a button asks for."""
        if self.bridge is not None:
            self.actions_by_name[name]()

    def mark(self, text: str) -> None:
        self.send(Mark(text))

    def set_threshold(self, condition: int, value: float) -> None:
        self._pending[condition] = value
        self.send(SetThreshold(condition, value))

    def _view(self) -> SessionView:
        assert self.bridge is not None
        return self.bridge.view

    def _begin_or_pause(self) -> None:
        view = self._view()
        if view.paused:
            self._blank(False)
            self.send(Resume())
        elif view.stage_kind is StageKind.CHECK:
            weak = self._weak_sites(view)
            if weak:
                self.send(Note(f"went on from the signal check with {weak}"))
            self.send(NextStage())
        elif view.stage_kind is StageKind.REST:
            self.send(NextStage())
        else:
            self.send(Pause())

    def _weak_sites(self, view: SessionView) -> str:
        assert view.setup is not None
        names = view.setup.device.channel_names
        grades = view.quality.grades if view.quality is not None else ("unknown",) * len(names)
        return ", ".join(f"{names[i]} {grades[i]}" for i in view.setup.fit.channels if grades[i] != "good")

    def _go_on(self) -> None:
        """The client's own key: ends a break, and nothing else."""
        if self._view().stage_kind is StageKind.REST and not self._view().paused:
            self.send(NextStage())

    def _look_at_signal(self) -> None:
        """The head map over any stage, and back; it pauses nothing."""
        view = self._view()
        if view.setup is not None and view.stage_kind is not StageKind.CHECK:
            self._looking = not self._looking
            self.check.show_looking(self._looking)
            self._show_page(view)

    def _toggle_client(self) -> None:
        if self.client.isVisible():
            self.client.close()
        else:
            self.client.open_beside(self.window(), by_hand=True)

    def _client_full_screen(self) -> None:
        if not self.client.isVisible():
            self.client.open_beside(self.window(), by_hand=True)
        if not self.client.isFullScreen() or self.client.isActiveWindow():
            self.client.toggle_full_screen()

    def _toggle_blank(self) -> None:
        self._blank(not self.client.view.blank)

    def _blank(self, blank: bool) -> None:
        for shown in (self.client.view, self.train.mirror):
            shown.blank = blank
            shown.update()
        self.train.blank.show_as("Show" if blank else "Blank", "eye")

    def _toggle_mute(self) -> None:
        self.sound.mute(not self.sound.muted)
        self.train.mute.setText(tr("Unmute") if self.sound.muted else tr("Mute"))

    def _pause_and_blank(self) -> None:
        self._blank(True)
        if not self._view().paused:
            self.send(Pause())

    def _stop_and_talk(self) -> None:
        self._pause_and_blank()
        self._write_note()
        self.train.note_line.setText("talked: ")

    def _write_note(self) -> None:
        if self.pages.currentWidget() is self.rest:
            self.rest.note_line.setFocus()
        elif self.pages.currentWidget() is self.train:
            self.train.write_note()

    def _nudge(self, share: float) -> None:
        """Move the selected threshold by a share of itself, or of the bar where the unit can be negative."""
        view, condition = self._view(), self.train.bars.selected
        if condition >= len(view.thresholds):
            return
        value = self._pending.get(condition, view.thresholds[condition])
        if value != value:
            self.notices.tell("refused", "Not now: there is no threshold before the baseline.")
            return
        bar = self.train.bars.rows[condition]
        size = abs(value) if bar.low >= 0 else (bar.high - bar.low) / 2
        self.set_threshold(condition, value + share * size)

    def _undo(self) -> None:
        change = self._view().undo()
        if change is None:
            self.notices.tell("undo", "Nothing to undo.")
            return
        condition, value = change
        self.set_threshold(condition, value)
        row = self.train.bars.rows[condition]
        self.notices.tell("undo", f"{row.name}: back to {quantity(value, row.unit)}.")


def _left(seconds: float) -> str:
    return clock(seconds) if clock(seconds) != "–" else ""
