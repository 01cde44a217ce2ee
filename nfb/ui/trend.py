"""The session in steps of two seconds, for strips and plots. No Qt in here."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from nfb.model.hop import HopResult, WhyKind

STEP_S = 2.0
_JUDGED = (WhyKind.REWARD, WhyKind.DWELL, WhyKind.REFRACTORY, WhyKind.FALL_BACK, WhyKind.LIMIT)


@dataclass(slots=True)
class Step:
    """Sums over the clean hops of one step; `thresholds` are those in force at its end."""

    stage: int
    thresholds: tuple[float, ...]
    totals: list[float]
    hops: int = 0
    clean: int = 0
    judged: int = 0  # clean hops of training
    in_range: int = 0

    def feature(self, index: int) -> float:
        """Mean of a feature over the step's clean hops; NaN if there were none."""
        return self.totals[index] / self.clean if self.clean else math.nan

    @property
    def held(self) -> bool:
        """Whether less than half of the step was clean."""
        return self.clean < self.hops / 2


@dataclass(slots=True)
class Trend:
    """Feed with :meth:`add`; `marks` are positions in `steps`."""

    hop_s: float
    steps: list[Step] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)

    def add(self, hops: list[HopResult]) -> None:
        per_step = max(1, round(STEP_S / self.hop_s))
        for hop in hops:
            if not self.steps or self.steps[-1].hops >= per_step or self.steps[-1].stage != hop.stage:
                self.steps.append(Step(hop.stage, hop.thresholds, [0.0] * len(hop.features)))
            step = self.steps[-1]
            step.hops += 1
            step.thresholds = hop.thresholds
            if not hop.artefact and all(value == value for value in hop.features):
                step.clean += 1
                if hop.why.kind in _JUDGED:
                    step.judged += 1
                    step.in_range += hop.in_range
                for i, value in enumerate(hop.features):
                    step.totals[i] += value

    def mark(self) -> None:
        """A marker was set now."""
        self.marks.append(len(self.steps))


def pieces(values: list[float]) -> list[list[tuple[int, float]]]:
    """Runs of known values with their positions; what is missing is never bridged.

    >>> pieces([1.0, 2.0, float("nan"), 4.0, 5.0])
    [[(0, 1.0), (1, 2.0)], [(3, 4.0), (4, 5.0)]]
    """
    found: list[list[tuple[int, float]]] = [[]]
    for i, value in enumerate(values):
        if value == value:
            found[-1].append((i, value))
        elif found[-1]:
            found.append([])
    return [piece for piece in found if len(piece) > 1]
