"""Baseline: seconds of clean EEG, counted, with the spectrum they make; then what thresholds they propose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout

from nfb.engine.running_spectrum import RunningSpectrum
from nfb.model.events import (
    AlphaPeakFound,
    BaselineDone,
    BaselineShort,
    CommandApplied,
    QualityReport,
    StageStarted,
    ThresholdChanged,
)
from nfb.model.protocol import Eyes, StageKind
from nfb.ui.bridge import Bridge, Frame
from nfb.ui.help import with_tip
from nfb.ui.language import tr
from nfb.ui.pages.base import SessionPage
from nfb.ui.session_view import SessionView
from nfb.ui.why import why_words
from nfb.ui.widgets.alpha import AlphaPanel
from nfb.ui.widgets.elided import ElidedLabel
from nfb.ui.widgets.lamps import Lamps
from nfb.ui.widgets.proposal import Proposal
from nfb.ui.widgets.readouts import ReasonLine
from nfb.ui.widgets.small import IconButton, label, panel, row
from nfb.ui.widgets.spectrum import Reference, SpectrumPlot
from nfb.ui.words import capital, clock

if TYPE_CHECKING:
    # Reads recordings; the window only draws what it found.
    from nfb.report.last_baseline import LastBaseline

FRAMES_PER_CLOCK = 6
FRAMES_PER_SPECTRUM = 20
FRAMES_PER_SUMMARY = 300


class BaselinePage(SessionPage):
    """The clean-seconds clock over the raw EEG, then the proposal."""

    def __init__(self) -> None:
        super().__init__()
        self.eyes, self.clean, self.of = label("", "section"), label("0:00", "clock"), label("", "secondary")
        self.wall, self.next = label("", "secondary"), label("", "secondary")
        self.progress = QProgressBar(textVisible=False, maximum=1000)
        self.progress.setFixedHeight(6)
        self.reason, self.lamps, self.spectrum = ReasonLine(), Lamps(), SpectrumPlot()
        self.spectrum.setMinimumWidth(300)
        self.proposal, self.alpha = Proposal(), AlphaPanel()
        self.alpha.hide()
        # A small window has room for one of the two plots beside the form.
        self.alpha.change.toggled.connect(
            lambda changing: self.spectrum.setVisible(not changing or self.alpha.plot.isHidden())
        )
        skip = IconButton(tr("Skip"), "next", key="next")
        skip.clicked.connect(lambda: self.wish.emit("next"))
        hint = ElidedLabel(tr("Only clean seconds count; the thresholds come from them."), "secondary")
        self._clock = panel(row(self.clean, self.of, self.wall, None, self.next, self.eyes), self.progress)
        self._count = panel(row(self.reason), row(self.lamps, None, hint, skip))
        self._proposed = panel(self.proposal)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addLayout(self.sweep_place, 3)
        middle.addWidget(panel(self.spectrum, self.alpha), 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self._clock)
        layout.addLayout(middle, 1)
        layout.addWidget(self._count)
        layout.addWidget(self._proposed)
        with_tip(self.clean, "clean")
        with_tip(self.reason, "held")
        with_tip(self.lamps, "signal quality")
        with_tip(self.spectrum, "spectrum")
        with_tip(self.proposal.expected, "expected rate")
        self._bridge: Bridge | None = None
        self.show_proposing(False)

    def begin(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self.alpha.show_view(bridge.view)
        self.progress.setValue(0)
        self.show_proposing(False)

    def follow(self, running: RunningSpectrum, view: SessionView) -> None:
        """Draw the spectrum of the sites in use."""
        assert view.setup is not None
        names = view.setup.device.channel_names
        self.spectrum.begin(running, tuple(names[i] for i in view.setup.fit.channels), None)

    def show_last(self, last: LastBaseline | None) -> None:
        """Compare with the baseline of the client's last visit rather than with this one."""
        if last is None:
            self.spectrum.show_reference(None)
        else:
            words = tr("dotted: visit {n}", n=last.visit)
            self.spectrum.show_reference(Reference(last.frequencies_hz, last.psd, words))

    def show_proposing(self, proposing: bool) -> None:
        """The baseline is over and waits for the operator, or it goes on."""
        self._clock.setVisible(not proposing)
        self._count.setVisible(not proposing)
        self._proposed.setVisible(proposing)

    def show_event(self, event: object, view: SessionView) -> None:
        plan = view.stage_plan
        if isinstance(event, StageStarted) and plan is not None and plan.kind is StageKind.BASELINE:
            self.show_proposing(False)
            self.eyes.setText(tr("Eyes open") if plan.eyes is Eyes.OPEN else tr("Eyes closed"))
            self.next.setText(_next_words(view))
        if isinstance(event, QualityReport) and view.setup is not None:
            self.lamps.show_quality(event, view.setup.fit.channels)
        if isinstance(event, BaselineShort):
            self.of.setText(
                tr(
                    "clean: {so_far} so far, {needed} needed; it goes on",
                    so_far=clock(event.clean_s),
                    needed=clock(event.needed_s),
                )
            )
        if isinstance(event, AlphaPeakFound | CommandApplied):
            self.alpha.show_view(view)
        if isinstance(event, BaselineDone | ThresholdChanged) and self._bridge is not None:
            expected = self._bridge.engine.proposals.expected(tuple(view.thresholds))
            self.proposal.show_proposal(view, expected)

    def show_frame(self, frame: Frame, view: SessionView) -> None:
        self.lamps.show_hops(frame.hops, frame.passed_s)
        plan, live = view.stage_plan, frame.live
        if frame.number % FRAMES_PER_SPECTRUM == 0:
            self.spectrum.update()
        if frame.number % FRAMES_PER_SUMMARY == 0:
            self.spectrum.setAccessibleName(self.spectrum.summary())
        if view.setup is None or plan is None or live is None or frame.number % FRAMES_PER_CLOCK:
            return
        valid_s = live.hop.valid_s
        self.clean.setText(clock(valid_s))
        if view.baseline_short is None:
            self.of.setText(tr("clean of {length}", length=clock(plan.duration_s)))
        if live.clean_share > 0:
            self.wall.setText(tr("({passed} passed)", passed=clock(valid_s / live.clean_share)))
        self.progress.setValue(int(1000 * min(valid_s / max(plan.duration_s, 1e-9), 1.0)))
        held = live.hop.artefact or view.paused
        self.reason.setText(capital(why_words(live.hop, view.setup)) if held else tr("Counting clean seconds"))


def _next_words(view: SessionView) -> str:
    """What comes after this stage, where it is another baseline."""
    stages = () if view.setup is None else view.setup.stages
    following = stages[view.stage + 1] if 0 <= view.stage + 1 < len(stages) else None
    if following is None or following.kind is not StageKind.BASELINE:
        return ""
    if following.eyes is Eyes.CLOSED:
        return tr("next: eyes closed, {length}", length=clock(following.duration_s))
    return tr("next: eyes open, {length}", length=clock(following.duration_s))
