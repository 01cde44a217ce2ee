"""Training, as the operator sees it: raw EEG on the left, conditions and what they give on the right."""

from __future__ import annotations

import math
from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from nfb.engine.running_spectrum import RunningSpectrum
from nfb.model.events import (
    AlphaPeakFound,
    BaselineDone,
    CommandApplied,
    QualityReport,
    Rewarded,
    StageStarted,
    ThresholdChanged,
)
from nfb.model.hop import HopResult
from nfb.ui.bridge import Bridge, Frame
from nfb.ui.client_stage import SILENT
from nfb.ui.help import plain_tip, with_tip
from nfb.ui.keys import quick_marks
from nfb.ui.keys_in_force import follow_keys, key_of
from nfb.ui.language import tr
from nfb.ui.pages.base import SessionPage
from nfb.ui.session_view import SessionView
from nfb.ui.trend import Trend
from nfb.ui.why import why_words
from nfb.ui.widgets.alpha_sheet import AlphaSheet
from nfb.ui.widgets.bars import BandBars, BarRow
from nfb.ui.widgets.controls import HoldAuto, Volumes
from nfb.ui.widgets.feedback import FeedbackView
from nfb.ui.widgets.lamps import Lamps
from nfb.ui.widgets.notice import Level
from nfb.ui.widgets.readouts import LoopPill, ReasonLine, RewardMeter
from nfb.ui.widgets.scalp import ScalpMap
from nfb.ui.widgets.small import IconButton, label, panel, row
from nfb.ui.widgets.spectrum import SpectrumPlot
from nfb.ui.widgets.trend import TrendStrip
from nfb.ui.words import capital, feature_name, link_word

FRAMES_PER_BAR = 2  # bars at 30 a second, numbers at 3
FRAMES_PER_NUMBER = 20
FRAMES_PER_SUMMARY = 300  # a screen reader must be able to finish its sentence
_RIGHT_PX, _MOST_RIGHT_PX = 424, 520
_ROW_PX, _MOST_ROW_PX = 108, 220  # of spectrum, head and mirror; more where the window is high
_LOW_PAGE_PX = 650
N_MARK_BUTTONS = 5


class Preset(Enum):
    """How much the page shows; the session and its file are the same."""

    SIMPLE = "simple"
    STANDARD = "standard"
    RESEARCH = "research"


class TrainPage(SessionPage):
    """Signals besides `wish`: `mark` (text), `note` (text), `threshold_chosen` (condition, value)."""

    mark = Signal(str)
    note = Signal(str)
    threshold_chosen = Signal(int, float)

    def __init__(self) -> None:
        super().__init__()
        self.preset = Preset.STANDARD
        self.bars = BandBars()
        self.bars.threshold_chosen.connect(self.threshold_chosen)
        self.meter, self.reason, self.lamps = RewardMeter(), ReasonLine(), Lamps()
        self.steering, self.volumes, self.loop = HoldAuto(), Volumes(), LoopPill()
        self.alpha = AlphaSheet(self)
        self.steering.add(self.alpha.button)
        self.steering.auto_wanted.connect(lambda _: self.wish.emit("auto"))
        self.steering.target_step.connect(lambda step: self.wish.emit("target_up" if step > 0 else "target_down"))
        self.warning = label(capital(tr("auto: score ≠ learning")), "secondary")
        self.warning.hide()
        self.limits = label("", "secondary")
        self.limits.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.mirror = FeedbackView()
        self.mirror.setFixedSize(round(1.6 * _ROW_PX), _ROW_PX)
        self.spectrum, self.head, self.trend = SpectrumPlot(), ScalpMap(small=True), TrendStrip()
        self.undo = IconButton(tr("Undo"), "undo", tip=tr("Undo the last live change"), tip_key="undo")
        self.blank = IconButton(tr("Blank"), "eye", tip=tr("Blank the client view"), tip_key="blank")
        self.mute = IconButton(tr("Mute"), tip=tr("Mute the client"), tip_key="mute")
        self.talk = IconButton(tr("Stop and talk"), tip=tr("Pause, blank, and write a note"))
        for button, action in ((self.undo, "undo"), (self.blank, "blank"), (self.mute, "mute"), (self.talk, "talk")):
            button.clicked.connect(lambda _=False, name=action: self.wish.emit(name))
        self.note_line = QLineEdit()
        follow_keys(self._show_keys)
        self.note_line.returnPressed.connect(self._keep_note)
        with_tip(self.bars, "threshold")
        with_tip(self.meter, "in range")
        with_tip(self.reason, "held", "dwell", "refractory")
        with_tip(self.head, "contact")
        with_tip(self.trend, "amplitude")
        self.mirror.setToolTip(plain_tip(tr("What the client sees now")))
        self.mirror.setAccessibleName(tr("What the client sees now"))
        self.note_line.setAccessibleName(tr("Note"))
        with_tip(self.warning, "automatic threshold")
        with_tip(self.lamps, "signal quality")
        with_tip(self.loop, "loop delay")
        with_tip(self.limits, "guard")
        with_tip(self.spectrum, "spectrum")
        self._running: RunningSpectrum | None = None
        self._lay_out()
        self.show_preset(Preset.STANDARD)

    def _lay_out(self) -> None:
        right = panel(self.meter, self.reason)
        right.setMaximumWidth(_MOST_RIGHT_PX)
        right_layout = right.layout()
        assert isinstance(right_layout, QVBoxLayout)
        right_layout.setContentsMargins(12, 4, 12, 6)
        right_layout.setSpacing(4)
        right_layout.addWidget(self.bars, 1)
        for part in (self.steering, self.warning, self.lamps, self.loop, self.limits, self.volumes):
            right_layout.addWidget(part)
        right_layout.addStretch(0)
        right_layout.addWidget(row(self.undo, self.blank, self.mute, self.talk))
        right.setMinimumWidth(max(_RIGHT_PX, right_layout.minimumSize().width()))
        self._row = beside = QWidget()
        beside.setFixedHeight(_ROW_PX)
        self._beside = QHBoxLayout(beside)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.setSpacing(8)
        self._beside.addWidget(self.spectrum, 1)
        self._beside.addWidget(self.head)
        self._beside.addWidget(self.mirror)
        self._left = left = QVBoxLayout()
        left.setSpacing(6)
        left.addLayout(self.sweep_place, 1)
        left.addWidget(beside)
        left.addWidget(self.trend)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addLayout(left, 5)
        columns.addWidget(right, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(6)
        layout.addLayout(columns, 1)
        layout.addWidget(row(*self._mark_buttons(), self.note_line))

    def _mark_buttons(self) -> list[QWidget]:
        mark = IconButton(tr("Mark"), "flag", key="mark")
        with_tip(mark, "marker")
        mark.clicked.connect(lambda: self.wish.emit("mark"))
        buttons: list[QWidget] = [mark]
        for i, text in enumerate(quick_marks()[:N_MARK_BUTTONS], start=1):
            button = IconButton(f"{i}  {capital(text)}")
            button.clicked.connect(lambda _=False, said=text: self.mark.emit(said))
            buttons.append(button)
        return buttons

    def show_preset(self, preset: Preset) -> None:
        """Show more or less; nothing is lost by showing less."""
        self.preset = preset
        simple = preset is Preset.SIMPLE
        self.spectrum.setVisible(not simple)
        # The session's strip takes the spectrum's place, and the raw EEG that of the strip.
        if simple:
            self._beside.insertWidget(0, self.trend, 1)
        else:
            self._left.addWidget(self.trend)
        self.trend.show()
        self.limits.setVisible(not simple)
        self.bars.shows_bands = not simple
        self.bars.update()
        self.loop.shows_p95 = preset is Preset.RESEARCH

    def follow(self, trend: Trend, view: SessionView, running: RunningSpectrum) -> None:
        """Draw the first condition's feature of `trend`, and the spectrum of the sites in use."""
        assert view.setup is not None
        condition = view.conditions[0]
        feature, band_hz = view.feature_of(condition), _band(view, 0)
        self.trend.begin(trend, view.feature_index(condition), feature_name(feature.name), feature.unit, band_hz)
        self._running = running
        names = view.setup.device.channel_names
        self.spectrum.begin(running, tuple(names[i] for i in view.setup.fit.channels), band_hz)

    def begin(self, bridge: Bridge) -> None:
        view = bridge.view
        self.alpha.show_view(view)
        self.bars.begin(bar_rows(view), bridge.engine.proposals.expected_share)
        self.bars.show_thresholds(view.thresholds)
        self.meter.show_shares(math.nan, math.nan, 0)
        self.meter.show_target(math.nan)
        self.steering.show_auto(view.auto)
        self.warning.setVisible(view.auto)
        self.steering.show_target(view.target)
        assert view.setup is not None
        guards = view.setup.protocol.guards
        limits = [("amplitude", guards.amplitude_uv), ("blink", guards.blink_uv), ("muscle", guards.muscle_uv)]
        words = {"amplitude": tr("amplitude"), "blink": tr("blink"), "muscle": tr("muscle")}
        said = " · ".join(f"{words[name]} {limit:g} µV" for name, limit in limits if limit is not None)
        self.limits.setText(capital(tr("held above: {limits}", limits=said)))
        self.head.begin(view.setup.device.channel_names, view.setup.fit.channels)

    def show_event(self, event: object, view: SessionView) -> None:
        match event:
            case BaselineDone(expected_in_range=share):
                selected = self.bars.selected
                expected = self.bars.expected_share
                self.bars.begin(bar_rows(view), expected)
                self.bars.select(selected)
                self.bars.show_thresholds(view.thresholds)
                self.meter.show_target(share)
            case ThresholdChanged(condition=condition, new=value):
                self.bars.show_thresholds(view.thresholds)
                self.meter.show_target(self.bars.expected_share(condition, value)[1])
            case QualityReport():
                assert view.setup is not None
                self.lamps.show_quality(event, view.setup.fit.channels)
                self.head.show_grades(event.grades, event.reasons)
            case Rewarded():
                self.mirror.pulse()
            case CommandApplied() | StageStarted():
                self.steering.show_auto(view.auto)
                self.warning.setVisible(view.auto)
        if isinstance(event, AlphaPeakFound | CommandApplied):
            self.alpha.show_view(view)
        self.steering.show_target(view.target)
        self.undo.setEnabled(bool(view.changes))

    def show_frame(self, frame: Frame, view: SessionView) -> None:
        self.lamps.show_hops(frame.hops, frame.passed_s)
        live = frame.live
        if live is None:
            return
        if frame.number % FRAMES_PER_BAR == 0:
            self.mirror.show_frame(live.feedback, frame.passed_s * FRAMES_PER_BAR)
            values = [live.hop.features[view.feature_index(condition)] for condition in view.conditions]
            self.bars.show_values(values, view.blocking)
            assert view.setup is not None
            self.reason.setText(capital(_why(view, live.hop)))
        if frame.number % FRAMES_PER_NUMBER == 0:
            self.meter.show_shares(live.in_range_30s, live.in_range_run, live.rewards)
            self.trend.refresh()
            self.spectrum.update()
        if frame.number % FRAMES_PER_SUMMARY == 0:
            for part in (self.bars, self.meter, self.spectrum, self.trend):
                part.setAccessibleName(part.summary())

    def show_loop(self, view: SessionView, level: Level | None) -> None:
        """Delay, loss, clean share."""
        if view.live is not None:
            self.loop.show_live(view.live, level)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        row_px = min(_ROW_PX + max(self.height() - _LOW_PAGE_PX, 0) // 4, _MOST_ROW_PX)
        self._row.setFixedHeight(row_px)
        self.head.setFixedSize(row_px, row_px)
        self.mirror.setFixedSize(round(1.6 * row_px), row_px)
        self.alpha.place()

    def write_note(self) -> None:
        """Put the cursor into the note."""
        self.note_line.setFocus()

    def _show_keys(self) -> None:
        self.note_line.setPlaceholderText(tr("Note ({key}), Enter keeps it", key=key_of("note")))

    def _keep_note(self) -> None:
        text = self.note_line.text().strip()
        if text:
            self.note.emit(text)
        self.note_line.clear()
        self.note_line.clearFocus()


def _why(view: SessionView, hop: HopResult) -> str:
    """Why there is, or is not, a reward now; what stands still says so, not what its last hop said."""
    assert view.setup is not None
    if view.link.state in SILENT:
        return link_word(view.link.state)
    return tr("paused") if view.paused else why_words(hop, view.setup)


def _band(view: SessionView, condition: int) -> tuple[float, float] | None:
    assert view.setup is not None
    band = view.feature_of(view.conditions[condition]).band
    return None if band is None else band.at(view.iaf_hz)


def bar_rows(view: SessionView) -> tuple[BarRow, ...]:
    """The conditions of a session with scales that hold the baseline's spread twice over."""
    rows = []
    for i, condition in enumerate(view.conditions):
        feature, at = view.feature_of(condition), view.feature_index(condition)
        low, high = (-1.0, 1.0) if feature.log or feature.unit == "1" else (0.0, 20.0)
        if view.baseline is not None:
            p10, p90 = view.baseline.feature_p10[at], view.baseline.feature_p90[at]
            spread = max(p90 - p10, 1e-6)
            low, high = (0.0, max(2.0 * p90, 1e-6)) if p10 >= 0 else (p10 - spread, p90 + spread)
        rows.append(BarRow(feature_name(feature.name), _band(view, i), condition.direction, feature.unit, low, high))
    return tuple(rows)
