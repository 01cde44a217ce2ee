"""Training, as the operator sees it: raw EEG on the left, conditions and what they give on the right."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from nfb.model.events import BaselineDone, QualityReport, Rewarded, ThresholdChanged
from nfb.ui.bridge import Bridge, Frame
from nfb.ui.keys import QUICK_MARKS
from nfb.ui.pages.base import SessionPage
from nfb.ui.session_view import SessionView
from nfb.ui.trend import Trend
from nfb.ui.widgets.bars import BandBars, BarRow
from nfb.ui.widgets.feedback import FeedbackView
from nfb.ui.widgets.lamps import Lamps
from nfb.ui.widgets.readouts import ReasonLine, RewardMeter
from nfb.ui.widgets.small import IconButton, label, panel, row
from nfb.ui.widgets.trend import TrendStrip
from nfb.ui.words import feature_name, percent

FRAMES_PER_BAR = 2  # bars at 30 a second, numbers at 3
FRAMES_PER_NUMBER = 20


class TrainPage(SessionPage):
    """Signals besides `wish`: `mark` (text), `note` (text), `threshold_chosen` (condition, value)."""

    mark = Signal(str)
    note = Signal(str)
    threshold_chosen = Signal(int, float)

    def __init__(self) -> None:
        super().__init__()
        self.bars = BandBars()
        self.bars.threshold_chosen.connect(self.threshold_chosen)
        self.meter = RewardMeter()
        self.reason = ReasonLine()
        self.lamps = Lamps()
        self.mirror = FeedbackView()
        self.mirror.setFixedSize(170, 96)
        self.trend = TrendStrip()
        self.loop = label("", "secondary")
        self.undo = IconButton("Undo", "undo", tip="Undo the last threshold change (Ctrl+Z)")
        self.undo.clicked.connect(lambda: self.wish.emit("undo"))
        self.blank = IconButton("Blank", "eye", tip="Blank the client view (Ctrl+B)")
        self.blank.clicked.connect(lambda: self.wish.emit("blank"))
        self.mute = IconButton("Mute", tip="Mute the client (Ctrl+M)")
        self.mute.clicked.connect(lambda: self.wish.emit("mute"))
        self.talk = IconButton("Stop and talk", "pause", tip="Pause, blank, and write a note")
        self.talk.clicked.connect(lambda: self.wish.emit("talk"))
        self.note_line = QLineEdit(placeholderText="Note (N), Enter keeps it")
        self.note_line.returnPressed.connect(self._keep_note)
        self._view: SessionView | None = None

        right = panel(self.meter, self.reason, self.bars, self.lamps, self.loop)
        right.setMinimumWidth(424)
        right.setMaximumWidth(480)
        right_layout = right.layout()
        assert isinstance(right_layout, QVBoxLayout)
        right_layout.setSpacing(6)
        right_layout.addStretch(1)
        right_layout.addWidget(row(self.undo, self.blank, self.mute, self.talk))
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self.mirror)
        below.addWidget(self.trend, 1)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(self.sweep_place, 1)
        left.addLayout(below)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addLayout(left, 5)
        columns.addWidget(right, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(columns, 1)
        layout.addWidget(row(*self._mark_buttons(), self.note_line))

    def _mark_buttons(self) -> list[QWidget]:
        mark = IconButton("Mark  M", "flag")
        mark.clicked.connect(lambda: self.wish.emit("mark"))
        buttons: list[QWidget] = [mark]
        for i, text in enumerate(QUICK_MARKS[:5], start=1):
            button = IconButton(f"{i} {text}")
            button.clicked.connect(lambda _=False, said=text: self.mark.emit(said))
            buttons.append(button)
        return buttons

    def follow(self, trend: Trend, view: SessionView) -> None:
        """Draw the first condition's feature of `trend`."""
        condition = view.conditions[0]
        feature = view.feature_of(condition)
        self.trend.begin(
            trend, view.feature_index(condition), feature_name(feature.name), feature.unit, _band(view, 0)
        )

    def begin(self, bridge: Bridge) -> None:
        view = bridge.view
        self._view = view
        self.bars.begin(bar_rows(view), bridge.engine.expected_share)
        self.bars.show_thresholds(view.thresholds)
        self.meter.show_shares(math.nan, math.nan, 0)
        self.meter.show_target(math.nan)
        assert view.setup is not None
        self.mirror.begin(view.setup.protocol.feedback.mode)

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
            case Rewarded():
                self.mirror.pulse()
        self.undo.setEnabled(bool(view.undoable))

    def show_frame(self, frame: Frame, view: SessionView) -> None:
        self.lamps.show_hops(frame.hops, frame.passed_s)
        live = frame.live
        if live is None:
            return
        if frame.number % FRAMES_PER_BAR == 0:
            self.mirror.show_frame(live.feedback, frame.passed_s * FRAMES_PER_BAR)
            values = [live.hop.features[view.feature_index(condition)] for condition in view.conditions]
            self.bars.show_values(values, view.blocking)
            self.reason.setText(live.why)
        if frame.number % FRAMES_PER_NUMBER == 0:
            self.meter.show_shares(live.in_range_30s, live.in_range_run, live.rewards)
            delay = f"loop {live.loop_delay_ms:.0f} ms" if live.loop_delay_ms == live.loop_delay_ms else "loop –"
            self.loop.setText(f"{delay} · clean {percent(live.clean_share)} · rewards {live.rewards}")
            self.bars.setAccessibleName(self.bars.summary())
            self.trend.refresh()

    def write_note(self) -> None:
        """Put the cursor into the note."""
        self.note_line.setFocus()

    def _keep_note(self) -> None:
        text = self.note_line.text().strip()
        if text:
            self.note.emit(text)
        self.note_line.clear()
        self.note_line.clearFocus()


def _band(view: SessionView, condition: int) -> tuple[float, float] | None:
    assert view.setup is not None
    band = view.feature_of(view.conditions[condition]).band
    return None if band is None else band.at(view.setup.iaf_hz)


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
