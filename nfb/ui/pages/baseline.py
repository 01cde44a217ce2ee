"""Baseline: seconds of clean EEG, counted."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QVBoxLayout

from nfb.model.events import BaselineShort, QualityReport
from nfb.ui.bridge import Bridge, Frame
from nfb.ui.pages.base import SessionPage
from nfb.ui.session_view import SessionView
from nfb.ui.widgets.lamps import Lamps
from nfb.ui.widgets.readouts import ReasonLine
from nfb.ui.widgets.small import IconButton, label, panel, row
from nfb.ui.words import clock


class BaselinePage(SessionPage):
    """The clean-seconds clock over the raw EEG."""

    def __init__(self) -> None:
        super().__init__()
        self.eyes = label("", "section")
        self.clean = label("0:00", "clock")
        self.of = label("", "secondary")
        self.progress = QProgressBar(textVisible=False, maximum=1000)
        self.progress.setFixedHeight(6)
        self.reason = ReasonLine()
        self.lamps = Lamps()
        skip = IconButton("Skip  F4", "next")
        skip.clicked.connect(lambda: self.wish.emit("next"))
        hint = label("Only clean seconds count; the thresholds come from them.", "secondary")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(panel(row(self.clean, self.of, None, self.eyes), self.progress))
        layout.addLayout(self.sweep_place, 1)
        layout.addWidget(panel(row(self.reason), row(self.lamps, None, hint, skip)))

    def show_event(self, event: object, view: SessionView) -> None:
        plan = view.stage_plan
        if plan is not None:
            self.eyes.setText(f"Eyes {plan.eyes.value}")
        if isinstance(event, QualityReport) and view.setup is not None:
            self.lamps.show_quality(event, view.setup.fit.channels)
        if isinstance(event, BaselineShort):
            self.of.setText(f"clean: {clock(event.clean_s)} so far, {clock(event.needed_s)} needed; it goes on")

    def begin(self, bridge: Bridge) -> None:
        self.progress.setValue(0)

    def show_frame(self, frame: Frame, view: SessionView) -> None:
        self.lamps.show_hops(frame.hops, frame.passed_s)
        plan, live = view.stage_plan, frame.live
        if plan is None or live is None or frame.number % 6:
            return
        self.clean.setText(clock(live.hop.valid_s))
        if view.baseline_short is None:
            self.of.setText(f"clean of {clock(plan.duration_s)}")
        self.progress.setValue(int(1000 * min(live.hop.valid_s / max(plan.duration_s, 1e-9), 1.0)))
        self.reason.setText(live.why)
