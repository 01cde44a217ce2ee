"""What the window remembers of a running session: the last word on all that the engine has said."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from pathlib import Path

from nfb.engine.live import Fault, Finished, Live, Started
from nfb.engine.suggest import OVERALL_TARGET, own_target
from nfb.model.commands import (
    AimAt,
    Auto,
    Command,
    Pause,
    PauseCause,
    SetFeedback,
    SetIaf,
    SetTarget,
    SetThreshold,
    SetThresholds,
)
from nfb.model.events import (
    AlphaPeakFound,
    BaselineDone,
    BaselineShort,
    CommandApplied,
    CommandRefused,
    QualityReport,
    Rewarded,
    StageEnded,
    StagesPlanned,
    StageStarted,
    StateChanged,
    ThresholdChanged,
)
from nfb.model.hop import WhyKind
from nfb.model.protocol import Condition, Eyes, Feature, Stage, StageKind
from nfb.model.samples import DeviceStatus, LinkChange, LinkState
from nfb.session.setup import Setup
from nfb.session.states import TABLE, Input, State
from nfb.session.supervision import CONTACT_LOST
from nfb.ui.changes import Change, Changes
from nfb.ui.language import tr
from nfb.ui.words import feature_name, percent, quantity

TAKEN_BACK = "taken back"


@dataclass(slots=True)
class SessionView:
    """Fed with :meth:`take`; everything else is for reading.

    Parameters
    ----------
    setup, folder
        None until the engine has started.
    thresholds
        One per condition, NaN where none is set.
    changes
        What can be taken back of what was changed live.
    target
        Wanted share of all conditions together, 0..1: the plan's or the operator's, else the protocol's own.
    target_chosen
        Whether it is the plan's or the operator's.
    target_before
        What it was before thresholds were sent that are to meet it; None if none are on their way.
    auto
        Whether thresholds are estimated anew at each run.
    feedback, sound
        What the client sees and hears, as last chosen; empty before there is a set-up.
    pause_cause
        Why the session is paused; None if it is not.
    alpha
        What the search for the alpha peak found; None before there was one.
    iaf_hz, iaf_reason
        The alpha peak that the bands follow, None for the fixed ones, and why if it was set by hand.
    impedance_kohm
        By channel name, where the headset measures it.
    """

    setup: Setup | None = None
    folder: Path | None = None
    live: Live | None = None
    stage: int = -1
    state: str = ""
    why_state: str = ""
    link: LinkChange = field(default_factory=lambda: LinkChange(LinkState.CONNECTING))
    battery_percent: float | None = None
    thresholds: list[float] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)
    target: float = OVERALL_TARGET
    target_chosen: bool = False
    target_before: float | None = None
    auto: bool = False
    feedback: str = ""
    sound: str = ""
    pause_cause: PauseCause | None = None
    alpha: AlphaPeakFound | None = None
    iaf_hz: float | None = None
    iaf_reason: str = ""
    impedance_kohm: dict[str, float] = field(default_factory=dict)
    quality: QualityReport | None = None
    baseline: BaselineDone | None = None
    baseline_short: BaselineShort | None = None
    ended_stages: list[StageEnded] = field(default_factory=list)
    rewards: int = 0
    refused: CommandRefused | None = None
    fault: Fault | None = None
    finished: Finished | None = None

    def take(self, event: object) -> None:
        """Remember `event`; events that say nothing about the present are ignored."""
        match event:
            case Started(setup=setup, folder=folder):
                self.setup, self.folder = setup, folder
                self.thresholds = list(setup.thresholds)
                self.target_chosen = setup.target is not None
                first = next((stage for stage in setup.stages if stage.has_feedback), None)
                self.target = self._own_target(first) if setup.target is None else setup.target
                self.feedback = setup.protocol.feedback.mode
                self.iaf_hz = setup.iaf_hz
            case AlphaPeakFound(hz=hz):
                self.alpha = event
                if hz is not None and self.setup is not None and not self.setup.misfit(hz):
                    self.iaf_hz = hz
            case StagesPlanned(stages=stages) if self.setup is not None:
                self.setup = replace(self.setup, stages=stages)
            case StageStarted(stage=stage):
                self.stage = stage
                plan = self.stage_plan
                if plan is not None and plan.has_feedback and not self.target_chosen:
                    self.target = self._own_target(plan)
            case StageEnded():
                self.ended_stages.append(event)
            case StateChanged(state=state, why=why):
                self.state, self.why_state = state, why
                # Lost contact and the end of a stage pause without a command.
                unasked = PauseCause.CONTACT if why == CONTACT_LOST else PauseCause.OPERATOR
                self.pause_cause = (self.pause_cause or unasked) if self.paused else None
            case CommandApplied(command=command):
                self._take_command(command)
            case ThresholdChanged():
                self._take_threshold(event)
            case BaselineDone():
                self.baseline = event
            case BaselineShort():
                self.baseline_short = event
            case QualityReport():
                self.quality = event
            case Rewarded(number=number):
                self.rewards = number
            case LinkChange():
                self.link = event
            case DeviceStatus(battery_percent=percent, impedance_kohm=impedance_kohm):
                self.battery_percent = self.battery_percent if percent is None else percent
                self.impedance_kohm |= impedance_kohm
            case CommandRefused():
                self.refused = event
            case Fault():
                self.fault = event
            case Finished():
                self.finished = event

    def _take_command(self, command: Command) -> None:
        """What it changes, and how that would be taken back; thresholds still stand where they stood before it."""
        match command:
            case Pause(cause=cause):
                self.pause_cause = cause
            case AimAt():
                self.target_chosen = True
            case SetThreshold(condition=i) | SetTarget(condition=i) if not math.isnan(self.thresholds[i]):
                old, feature = self.thresholds[i], self.feature_of(self.conditions[i])
                words = f"{feature_name(feature.name)} {quantity(old, feature.unit)}"
                self.changes.applied(command, Change(words, (SetThreshold(i, old),)))
            case SetThresholds():
                words = tr("the thresholds before")
                if self.target_before is not None:
                    words = tr("target {share}", share=percent(self.target_before))
                back = (SetThresholds(tuple(self.thresholds)),)
                self.changes.applied(command, Change(words, back, self.target_before))
                self.target_before = None
            case Auto(on=on):
                words = tr("automatic thresholds") if self.auto else tr("held thresholds")
                self.changes.applied(command, Change(words, (Auto(self.auto),)))
                self.auto = on
            case SetFeedback(mode=mode, sound=sound):
                back_to = (SetFeedback(self.feedback, self.sound),)
                self.changes.applied(command, Change(tr("the feedback before"), back_to))
                self.feedback, self.sound = mode, sound or self.sound

            case SetIaf(hz=hz, reason=reason):
                words = tr("the fixed bands")
                if self.iaf_hz is not None:
                    words = tr("alpha peak {hz} Hz", hz=f"{self.iaf_hz:.1f}")
                # A journal needs a reason for either; this one says that nothing is set by hand any more.
                back_iaf = SetIaf(self.iaf_hz, self.iaf_reason or TAKEN_BACK)
                self.changes.applied(command, Change(words, (back_iaf,)))
                self.iaf_hz, self.iaf_reason = hz, "" if reason == TAKEN_BACK else reason

    def _own_target(self, run: Stage | None) -> float:
        conditions = self.conditions
        return own_target(conditions if run is None else [conditions[i] for i in run.holding(conditions)])

    def _take_threshold(self, event: ThresholdChanged) -> None:
        if event.condition < len(self.thresholds):
            self.thresholds[event.condition] = event.new
        if event.by in ("recalibration", "auto"):
            words = tr("the thresholds before")
            self.changes.rule_moved(words, event.hop, event.condition, event.old, len(self.thresholds))

    @property
    def running(self) -> bool:
        return self.setup is not None and self.finished is None

    @property
    def paused(self) -> bool:
        return self.state.upper() == State.PAUSED.name

    @property
    def training(self) -> bool:
        """Whether a run with feedback is going on."""
        plan = self.stage_plan
        return plan is not None and plan.has_feedback and not self.paused

    def allows(self, wanted: Input) -> bool:
        """Whether the session's table of states has an answer to `wanted` now."""
        state = State[self.state.upper()] if self.state else State.READY
        return self.running and wanted in TABLE[state]

    @property
    def streaming(self) -> bool:
        return self.link.state is LinkState.STREAMING

    @property
    def stage_plan(self) -> Stage | None:
        """The stage in progress as it was planned."""
        if self.setup is None or not 0 <= self.stage < len(self.setup.stages):
            return None
        return self.setup.stages[self.stage]

    @property
    def stage_kind(self) -> StageKind | None:
        plan = self.stage_plan
        return None if plan is None else plan.kind

    @property
    def run_position(self) -> tuple[int, int]:
        """Which run this is (or the last one was), and how many there are."""
        if self.setup is None:
            return 0, 0
        is_run = [stage.kind in (StageKind.RUN, StageKind.TRANSFER) for stage in self.setup.stages]
        return sum(is_run[: self.stage + 1]), sum(is_run)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return () if self.setup is None else self.setup.protocol.conditions

    def feature_index(self, condition: Condition) -> int:
        """Position of a condition's feature in ``HopResult.features``."""
        assert self.setup is not None
        return [feature.name for feature in self.setup.features].index(condition.feature)

    def feature_of(self, condition: Condition) -> Feature:
        assert self.setup is not None
        return self.setup.features[self.feature_index(condition)]

    @property
    def blocking(self) -> int:
        """The condition that keeps the present hop from a reward; -1 if it is not a condition."""
        if self.live is None or self.live.hop.why.kind is not WhyKind.LIMIT:
            return -1
        return self.live.hop.why.which

    def left_s(self) -> float:
        """Planned valid time from now to the end of the last stage; infinite in the signal check."""
        if self.setup is None or self.live is None or self.stage < 0:
            return float("inf")
        return self.live.stage_left_s + sum(stage.duration_s for stage in self.setup.stages[self.stage + 1 :])

    def title(self) -> str:
        """The stage in words: ``Run 2 of 5``."""
        plan = self.stage_plan
        if plan is None:
            return tr("Waiting for the headset") if self.finished is None else tr("Session ended")
        run, n_runs = self.run_position
        match plan.kind:
            case StageKind.CHECK:
                return tr("Signal check")
            case StageKind.BASELINE:
                return tr("Baseline, eyes open") if plan.eyes is Eyes.OPEN else tr("Baseline, eyes closed")
            case StageKind.RUN:
                return tr("Run {run} of {n_runs}", run=run, n_runs=n_runs)
            case StageKind.TRANSFER:
                return tr("Run {run} of {n_runs}, without feedback", run=run, n_runs=n_runs)
            case StageKind.REST:
                return tr("Break")
