"""What the window remembers of a running session: the last word on all that the engine has said."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from nfb.engine.live import Fault, Finished, Live, Started
from nfb.model.events import (
    BaselineDone,
    BaselineShort,
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
from nfb.model.protocol import Condition, Feature, Stage, StageKind
from nfb.model.samples import DeviceStatus, LinkChange, LinkState
from nfb.session.setup import Setup
from nfb.session.states import TABLE, Input, State


@dataclass(slots=True)
class SessionView:
    """Fed with :meth:`take`; everything else is for reading.

    Parameters
    ----------
    setup, folder
        None until the engine has started.
    thresholds
        One per condition, NaN where none is set.
    undoable
        ``(condition, value before)`` of each change the operator made, newest last.
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
    undoable: list[tuple[int, float]] = field(default_factory=list)
    quality: QualityReport | None = None
    baseline: BaselineDone | None = None
    baseline_short: BaselineShort | None = None
    ended_stages: list[StageEnded] = field(default_factory=list)
    rewards: int = 0
    refused: CommandRefused | None = None
    fault: Fault | None = None
    finished: Finished | None = None
    _undoing: tuple[int, float] | None = None

    def take(self, event: object) -> None:
        """Remember `event`; events that say nothing about the present are ignored."""
        match event:
            case Started(setup=setup, folder=folder):
                self.setup, self.folder = setup, folder
                self.thresholds = list(setup.thresholds)
            case StagesPlanned(stages=stages) if self.setup is not None:
                self.setup = replace(self.setup, stages=stages)
            case StageStarted(stage=stage):
                self.stage = stage
            case StageEnded():
                self.ended_stages.append(event)
            case StateChanged(state=state, why=why):
                self.state, self.why_state = state, why
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
            case DeviceStatus(battery_percent=percent) if percent is not None:
                self.battery_percent = percent
            case CommandRefused():
                self.refused = event
            case Fault():
                self.fault = event
            case Finished():
                self.finished = event

    def _take_threshold(self, event: ThresholdChanged) -> None:
        if event.condition < len(self.thresholds):
            self.thresholds[event.condition] = event.new
        if self._undoing == (event.condition, event.new):
            self._undoing = None
        elif event.by == "operator" and event.old == event.old:
            self.undoable.append((event.condition, event.old))

    def undo(self) -> tuple[int, float] | None:
        """Condition and value to go back to, or None; its own echo will not become undoable."""
        if not self.undoable:
            return None
        self._undoing = self.undoable.pop()
        return self._undoing

    @property
    def running(self) -> bool:
        return self.setup is not None and self.finished is None

    @property
    def paused(self) -> bool:
        return self.state.upper() == State.PAUSED.name

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

    def title(self) -> str:
        """The stage in words: ``Run 2 of 5``."""
        plan = self.stage_plan
        if plan is None:
            return "Waiting for the headset" if self.finished is None else "Session ended"
        run, n_runs = self.run_position
        match plan.kind:
            case StageKind.CHECK:
                return "Signal check"
            case StageKind.BASELINE:
                return f"Baseline, eyes {plan.eyes.value}"
            case StageKind.RUN:
                return f"Run {run} of {n_runs}"
            case StageKind.TRANSFER:
                return f"Run {run} of {n_runs}, without feedback"
            case StageKind.REST:
                return "Break"
