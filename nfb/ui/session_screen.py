"""A running session: header, notices, and the page of the present stage. Assembles; decides nothing."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from nfb.devices.scenario import EventKind
from nfb.engine.live import Finished, Started
from nfb.engine.running_spectrum import RunningSpectrum
from nfb.model.commands import Command, Mark, NextStage, Note, Resume, SetFeedback, SetIaf, WaitAfter
from nfb.model.events import (
    BaselineDone,
    CommandApplied,
    CommandRefused,
    QualityReport,
    Rewarded,
    StageStarted,
    StateChanged,
    ThresholdChanged,
)
from nfb.model.montage import adapted_words
from nfb.model.protocol import StageKind
from nfb.model.samples import LinkChange
from nfb.session.setup import Setup
from nfb.ui.alarms import Alarms
from nfb.ui.audio.cue import cue_of, earned_by_alpha
from nfb.ui.audio.desk import SoundDesk
from nfb.ui.audio.sounds import ALPHA_THETA, NO_CHIME, SoundChoice, sound_key
from nfb.ui.bridge import Bridge, Frame
from nfb.ui.client_stage import ClientStage
from nfb.ui.client_window import ClientWindow
from nfb.ui.feedback.mode import Wishes
from nfb.ui.language import tr
from nfb.ui.link_care import LinkCare
from nfb.ui.pacing import Pacing
from nfb.ui.pages.base import SessionPage
from nfb.ui.pages.baseline import BaselinePage
from nfb.ui.pages.check import CheckPage
from nfb.ui.pages.rest import RestPage
from nfb.ui.pages.train import TrainPage
from nfb.ui.screens import Screens
from nfb.ui.session_actions import SessionActions
from nfb.ui.session_header import SessionHeader
from nfb.ui.session_view import SessionView
from nfb.ui.tips import tips
from nfb.ui.told import told
from nfb.ui.trend import Trend
from nfb.ui.widgets.alpha import peak_words
from nfb.ui.widgets.notice import Choice, Level, NoticeBar
from nfb.ui.widgets.one_screen import OneScreen
from nfb.ui.widgets.sweep_panel import SweepPanel
from nfb.ui.words import capital

FRAMES_PER_NUMBER = 20


class SessionScreen(QWidget):
    """The operator's side of one session after another.

    Attributes
    ----------
    finished
        Signal: the engine has ended.
    ask_to_end
        Signal: the operator wants to end.
    switch_device
        Signal: the operator wants to end, keep, and choose another headset.
    operator_alert
        Signal: something needs the operator's hand; for a sound on the operator's own device.
    sound_choice
        What the client hears; set before :meth:`run`.
    wishes
        What the client's picture needs besides its mode, such as the limits of the comfort profile; set before
        :meth:`run`.
    client_ends_breaks
        What comes after a break waits for the client's key; set before :meth:`run`.
    still
        Nothing in the client's picture moves by itself, whatever the comfort profile says.
    """

    finished = Signal(object)
    ask_to_end = Signal()
    switch_device = Signal()
    operator_alert = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.bridge: Bridge | None = None
        self.trend = Trend(0.02)
        self.spectrum: RunningSpectrum | None = None
        self.client = ClientWindow()
        self.sound = SoundDesk(self)
        self.sound_choice = SoundChoice()
        self.wishes = Wishes()
        self.client_ends_breaks = False
        self._film_gain = 1.0
        self.still = False
        self.sweep = SweepPanel()
        self.check, self.baseline, self.train, self.rest = CheckPage(), BaselinePage(), TrainPage(), RestPage()
        self.pages = QStackedWidget()
        self.notices = NoticeBar()
        self.header, self.one_screen = SessionHeader(), OneScreen()
        self.stage_view = ClientStage(self.client, self.train.mirror, self.rest.mirror)
        self.alarms = Alarms(self.notices)
        self._operator = QWidget()
        self._sides = QStackedWidget()
        self.screens = Screens(self, self._sides, self._operator)
        self.link_care = LinkCare(self, self.notices)
        self.acts = SessionActions(self)
        self.actions_by_name = self.acts.by_name()
        self._newcomer = False
        self._looking = False  # at the signal, from within another stage
        self._to_propose = False  # the baseline's thresholds, once the session waits after it
        self._proposing = False  # until the operator goes on
        self._build()
        self._wire()

    def _build(self) -> None:
        for page in self._pages:
            self.pages.addWidget(page)
        self.check.take_sweep(self.sweep)
        layout = QVBoxLayout(self._operator)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.header)
        layout.addWidget(self.notices)
        layout.addWidget(self.pages, 1)
        self._sides.addWidget(self._operator)
        self._sides.addWidget(self.one_screen)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._sides)

    def _wire(self) -> None:
        acts = self.acts
        for page in self._pages:
            page.wish.connect(self.do)
        for source in (self.header.wish, self.one_screen.wish, self.client.key, self.link_care.do):
            source.connect(self.do)
        self.header.preset_chosen.connect(self.train.show_preset)
        self.header.worsen.connect(self._worsen)
        self.train.mark.connect(acts.mark)
        self.train.note.connect(lambda text: self.send(Note(text)))
        self.rest.note.connect(lambda text: self.send(Note(text)))
        self.train.threshold_chosen.connect(acts.set_threshold)
        self.train.volumes.volume_changed.connect(self._set_volume)
        self.baseline.proposal.ease.connect(acts.ease)
        self.baseline.proposal.last_visit.connect(acts.use_last_visit)
        self.baseline.proposal.this_baseline.connect(acts.use_this_baseline)
        self.baseline.proposal.train.connect(acts.begin_or_pause)
        self.baseline.alpha.chosen.connect(acts.set_iaf)
        self.train.alpha.chosen.connect(acts.set_iaf)
        self.client.pause_and_blank.connect(acts.pause_and_blank)
        self.client.screen_lost.connect(self.screens.tell_lost)
        self.client.view.trouble_changed.connect(self._tell_picture)
        self.sound.told.connect(lambda words: self.notices.tell("sound", words, Level.LOOK))
        self.alarms.suggested.connect(acts.accept)
        self.alarms.sound.connect(self.operator_alert)
        self.link_care.end_wanted.connect(self.ask_to_end)
        self.link_care.switch_wanted.connect(self.switch_device)
        self.notices.changed.connect(self.screens.tell_strip)

    @property
    def _pages(self) -> tuple[SessionPage, ...]:
        return (self.check, self.baseline, self.train, self.rest)

    @property
    def view(self) -> SessionView:
        """What is known of the session."""
        assert self.bridge is not None
        return self.bridge.view

    # a session's life ---------------------------------------------------------------------------------------------

    def run(self, bridge: Bridge, *, newcomer: bool = False) -> None:
        """Show the session of `bridge` and start its engine; a newcomer is given tips and no questions."""
        self.bridge = bridge
        self._newcomer = newcomer
        self._looking = self._to_propose = self._proposing = False
        self.baseline.show_last(None)
        self.stage_view.pacing = Pacing(self.client_ends_breaks)
        self.acts.begin()
        self.link_care.begin()
        self.notices.clear_all()
        self.header.clear()
        self.screens.show_operator()
        bridge.happened.connect(self._take_event)
        bridge.frame.connect(self._take_frame)
        self.header.show_view(bridge.view)
        bridge.start()

    def send(self, command: Command) -> None:
        if self.bridge is not None:
            self.bridge.send(command)

    def _worsen(self, kind: EventKind) -> None:
        if self.bridge is not None:
            self.bridge.engine.worsen(kind)

    def do(self, name: str) -> None:
        """Do what a key or a button asks for."""
        if self.bridge is not None:
            self.actions_by_name[name]()

    def show_tip(self, number: int = 0) -> None:
        """Tip `number` for newcomers, with a way to the next."""
        told = tips()
        more = (Choice(tr("Next tip"), partial(self.show_tip, number + 1)),) if number + 1 < len(told) else ()
        words = tr("Tip {number} of {n}. {tip}", number=number + 1, n=len(told), tip=told[number])
        self.notices.tell("tip", words, Level.INFO, more)

    def close_client(self) -> None:
        """Put the client's window away at the end of a session."""
        self.screens.show_operator()
        self.client.blockSignals(True)
        self.client.close()
        self.client.view.end()
        self.client.blockSignals(False)

    def _take_event(self, event: object) -> None:
        view = self.view
        match event:
            case Started():
                self._begin(view)
            case StageStarted():
                if self.stage_view.pacing.stage_started(view.stage_kind):
                    self.send(Resume())
                self._show_page(view)
                self.stage_view.show_stage(view)
            case BaselineDone():
                self._to_propose = self._asks
            case StateChanged():
                self._propose(view)
                self._show_page(view)
                self.stage_view.show_stage(view)
                self.one_screen.show_state(view)
            case Rewarded():
                self._reward(view)
            case CommandApplied(command=NextStage()):
                self.stage_view.pacing.skipped()
            case CommandApplied(command=Resume()):
                self.stage_view.pacing.resumed()
            case LinkChange():
                self.stage_view.show_stage(view)
                self.link_care.show_link(view)
            case CommandRefused(reason=reason):
                self.header.say(tr("Not now: {reason}", reason=told(reason)))
            case CommandApplied(command=Mark(text=text)):
                self.trend.mark()
                self.header.say(tr("Marked: {text}", text=text))
            case CommandApplied(command=Note()):
                self.header.say(tr("Note kept."))
            case CommandApplied(command=SetIaf()):
                self.header.say(tr("From the next stage on: {peak}", peak=peak_words(view)))
            case CommandApplied(command=SetFeedback() as chosen):
                self._present(chosen, view)
            case ThresholdChanged(condition=condition, new=value):
                self.acts.echoed(condition, value)
            case Finished():
                self.sound.hush()
                self.link_care.begin()
                self.close_client()
                self.finished.emit(event)
        self.alarms.take_event(event, view)
        if view.setup is not None:
            for page in self._pages:
                page.show_event(event, view)
        if isinstance(event, QualityReport) and view.setup is not None:
            self.one_screen.lamps.show_quality(event, view.setup.fit.channels)
        elif not isinstance(event, Rewarded):
            self._show_header(view)

    def _begin(self, view: SessionView) -> None:
        assert self.bridge is not None and view.setup is not None
        setup = view.setup
        self.trend = Trend(setup.hop_s)
        self.spectrum = RunningSpectrum(setup.fit.channels, setup.device.sampling_rate_hz)
        self.header.begin(view, self.bridge.engine.disturbances)
        self.sweep.begin(setup)
        self.alarms.begin(self.bridge)
        self.stage_view.begin(view.feedback, self.wishes)
        if not self.sound_choice.sound and setup.protocol.crossover is not None:
            self.sound_choice = replace(self.sound_choice, sound=ALPHA_THETA)
        view.sound = self.sound_choice.sound
        own_music = bool(self.sound_choice.music_path)
        self.rest.offer(film=bool(self.wishes.film), music=own_music, client_ends=self.client_ends_breaks)
        for page in self._pages:
            page.begin(self.bridge)
        self.train.follow(self.trend, view, self.spectrum)
        self.baseline.follow(self.spectrum, view)
        if setup.fit.adapted:
            self.notices.tell(
                "adapted", tr("Adapted to this headset: {note}", note=adapted_words(setup.fit, tr)), Level.LOOK
            )
        self._begin_sound(setup)
        if self._asks or self.client_ends_breaks:
            self.send(WaitAfter(baseline=self._asks, rest=self.client_ends_breaks))
        if self._newcomer:
            self.show_tip()

    @property
    def _asks(self) -> bool:
        """Whether thresholds are looked at before they are trained with.

        A demo gives feedback at once, and a replay's commands come from its recording.
        """
        return not self._newcomer and self.view.folder is not None

    def _wishes(self) -> Wishes:
        wishes = self.wishes
        return replace(wishes, safety=replace(wishes.safety, motion=False)) if self.still else wishes

    def _present(self, chosen: SetFeedback, view: SessionView) -> None:
        """Show and play what was chosen; an empty sound leaves the one there is."""
        dark = self.stage_view.blank
        self.stage_view.begin(chosen.mode, self._wishes())
        self.stage_view.show_stage(view)
        self.stage_view.set_blank(dark)
        if chosen.sound and sound_key(chosen.sound) != sound_key(self.sound_choice.sound):
            self.sound_choice = replace(self.sound_choice, sound=chosen.sound)
            self.sound.change(chosen.sound, self.sound_choice.music_path)

    def _propose(self, view: SessionView) -> None:
        """Whether the session waits for the operator to look at the baseline's thresholds."""
        plan = view.stage_plan
        waits = view.paused and plan is not None and plan.has_feedback
        self._proposing = waits and (self._proposing or self._to_propose)
        self._to_propose = self._to_propose and not waits

    def _take_frame(self, frame: Frame) -> None:
        assert self.bridge is not None
        view = self.view
        self.trend.add(frame.hops)
        self.alarms.take_frame(frame, view)
        self.link_care.show_frame(frame.passed_s, view, self.alarms.good_s)
        self.stage_view.show_frame(frame, view)
        if frame.live is not None and frame.hops:
            self.bridge.engine.note_shown(frame.hops[-1].hop, time.monotonic())
        self.sweep.show_frame(frame)
        if self.spectrum is not None:
            self.spectrum.add(frame.samples)
            if frame.number % FRAMES_PER_NUMBER == 0:
                in_baseline = view.stage_kind is StageKind.BASELINE and self.alarms.good_s >= 2.0
                self.spectrum.look(in_baseline=in_baseline)
        if self.screens.is_one:
            self.one_screen.show_frame(frame)
        else:
            page = self.pages.currentWidget()
            assert isinstance(page, SessionPage)
            page.show_frame(frame, view)
        if frame.number % FRAMES_PER_NUMBER == 0:
            self.header.show_times(view, waiting=self.stage_view.pacing.waiting or self._proposing)
            self.header.show_chips(self.alarms.chips())
            self.train.show_loop(view, self.alarms.loop_level())

    def _show_header(self, view: SessionView) -> None:
        self.header.show_view(view)
        if self._proposing:
            self.header.stage.setText(tr("Baseline done"))
        elif self.stage_view.pacing.waiting:
            self.header.stage.setText(tr("Break: the client goes on"))

    # what is shown ------------------------------------------------------------------------------------------------

    def _show_page(self, view: SessionView) -> None:
        pages: dict[StageKind | None, SessionPage] = {
            StageKind.CHECK: self.check,
            StageKind.BASELINE: self.baseline,
            StageKind.REST: self.rest,
        }
        page = pages.get(view.stage_kind, self.train)
        if self._looking:
            page = self.check
        elif self._proposing:
            page = self.baseline
        elif self.stage_view.pacing.waiting:
            page = self.rest
        self.baseline.show_proposing(self._proposing)
        if page is not self.pages.currentWidget():
            if page is not self.rest:
                page.take_sweep(self.sweep)
            self.pages.setCurrentWidget(page)
        self.header.stepper.show_stage(StageKind.BASELINE if self._proposing else view.stage_kind)

    def _tell_picture(self, trouble: str) -> None:
        if trouble:
            self.notices.tell("picture", trouble, Level.LOOK)
        else:
            self.notices.clear("picture")

    def _begin_sound(self, setup: Setup) -> None:
        assert self.bridge is not None
        chosen, engine, view = self.sound_choice, self.bridge.engine, self.bridge.view
        chime = chosen.chime if setup.protocol.feedback.chime else NO_CHIME
        self.sound.begin(chosen.sound, chime, chosen.music_path, volume=chosen.volume, floor=chosen.floor)
        for which in self.train.volumes.sliders:
            self.train.volumes.show_volume(which, chosen.volume)
        self._set_volume("bed", chosen.volume)
        # The sound device asks the engine itself, in its own thread: no frame of the window lies between them.
        # Its stages may be planned anew meanwhile.
        self.sound.feed(lambda: cue_of(engine.live, view.setup.stages if view.setup else ()), engine.note_heard)
        if not self.sound.available and setup.protocol.feedback.chime:
            why = capital(self.sound.why_silent)
            self.notices.tell("sound", tr("{why}: a ring is shown instead of the chime.", why=why))

    def _reward(self, view: SessionView) -> None:
        if view.setup is None or not view.setup.protocol.feedback.chime:
            return
        high = view.live is None or earned_by_alpha(view.setup, view.live.hop)
        if not self.sound.reward(high) and not self.sound.muted:
            self.stage_view.pulse()

    def look_at_signal(self) -> None:
        """The head map over any stage, and back; it pauses nothing."""
        if self.view.setup is not None and self.view.stage_kind is not StageKind.CHECK:
            self._looking = not self._looking
            self.check.show_looking(self._looking)
            self._show_page(self.view)

    def blank(self, blank: bool) -> None:
        """Make the client's screen dark, or show it again."""
        self.stage_view.set_blank(blank)
        self.train.blank.show_as(tr("Show") if blank else tr("Blank"), "eye")

    def _set_volume(self, which: str, volume: float) -> None:
        """Volume 0..1 of ``bed``, which is a film's as well, or of ``tokens``."""
        self.sound.set_volume(which, volume)
        if which == "bed":
            self._film_gain = math.sqrt(volume)  # as the sound desk does
            self.client.view.set_volume(0.0 if self.sound.muted else self._film_gain)

    def toggle_mute(self) -> None:
        self.sound.mute(not self.sound.muted)
        self.client.view.set_volume(0.0 if self.sound.muted else self._film_gain)
        self.train.mute.setText(tr("Unmute") if self.sound.muted else tr("Mute"))

    def write_note(self) -> None:
        """Put the cursor where notes are written."""
        if self.pages.currentWidget() is self.rest:
            self.rest.note_line.setFocus()
        elif self.pages.currentWidget() is self.train:
            self.train.write_note()
