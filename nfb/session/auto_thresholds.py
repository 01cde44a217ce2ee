"""Thresholds that move during a run: rolling percentile, staircase, one guarded recalibration.

They learn from clean hops of runs only and move at most once a second. A threshold that follows the signal keeps the
success rate and hides learning, so sessions with one are labelled.
"""

import math
from collections import deque
from typing import Protocol as Interface

import numpy as np

from nfb.model.protocol import Condition, Direction, Recalibrate, ThresholdRule
from nfb.session.baseline import Baseline
from nfb.session.setup import Setup

_LEAST_S = 10.0  # clean seconds before a percentile of them means something
_MOST_PER_SECOND = 0.02  # of the threshold; a jump would be felt as a different task


class AutoRule(Interface):
    """A rule that is told every clean hop of a run and asked once a second."""

    def hop(self, value: float, passed: bool) -> None: ...

    def second(self, threshold: float) -> float:
        """The threshold from now on."""

    def aim(self, target: float) -> None:
        """Aim at another share of time passed."""


class RollingPercentile:
    """The value that a share `target` of the last clean seconds would have passed, approached step by step."""

    def __init__(self, condition: Condition, target: float, hop_s: float) -> None:
        rule = condition.threshold
        self._up = condition.direction is Direction.UP
        self.aim(target)
        self._values: deque[float] = deque(maxlen=max(1, round(rule.window_s / hop_s)))
        self._least_hops = round(min(_LEAST_S, rule.window_s) / hop_s)

    def aim(self, target: float) -> None:
        self._share = 1 - target if self._up else target

    def hop(self, value: float, passed: bool) -> None:
        self._values.append(value)

    def second(self, threshold: float) -> float:
        if len(self._values) < self._least_hops:
            return threshold
        values = np.array(self._values)
        wanted = float(np.quantile(values, self._share))
        if math.isnan(threshold):
            return wanted
        low, high = np.quantile(values, (0.1, 0.9))
        step = _MOST_PER_SECOND * max(abs(threshold), float(high - low))
        return min(threshold + step, max(threshold - step, wanted))


class Staircase:
    """Harder after every second with more success than the target, easier after one with less."""

    def __init__(self, condition: Condition, target: float, hop_s: float, spread: float, positive: bool) -> None:
        self._target, self._gain = target, condition.threshold.gain
        self._sign = 1.0 if condition.direction is Direction.UP else -1.0
        self._hop_s = hop_s
        self._spread = spread if spread > 0 else 1.0
        self._positive = positive
        self._n = self._n_passed = 0

    def aim(self, target: float) -> None:
        self._target = target

    def hop(self, value: float, passed: bool) -> None:
        self._n += 1
        self._n_passed += passed

    def second(self, threshold: float) -> float:
        n, n_passed = self._n, self._n_passed
        self._n = self._n_passed = 0
        if not n or math.isnan(threshold):
            return threshold
        change = self._sign * self._gain * n * self._hop_s * (n_passed / n - self._target)
        if self._positive:
            return threshold * math.exp(change)
        return threshold + change * self._spread


def make_rule(condition: Condition, target: float, hop_s: float, spread: float, positive: bool) -> AutoRule | None:
    """The rule that moves a condition's threshold during runs; None if it stays.

    Parameters
    ----------
    target
        Share of time to be passed.
    spread
        Of the feature in the baseline, for steps of a feature that can be negative.
    positive
        The feature is an amplitude, a power or a quotient, so that its threshold moves by shares of itself.
    """
    if condition.threshold.rule is ThresholdRule.ROLLING_PERCENTILE:
        return RollingPercentile(condition, target, hop_s)
    if condition.threshold.rule is ThresholdRule.STAIRCASE:
        return Staircase(condition, target, hop_s, spread, positive)
    return None


class Trained:
    """Features of the last clean seconds of runs, which thresholds are taken anew from.

    Parameters
    ----------
    setup
        The session.
    columns
        For each condition, the position of its feature.
    """

    def __init__(self, setup: Setup, columns: tuple[int, ...]) -> None:
        self._conditions = setup.protocol.conditions
        self._columns = columns
        self._hop_s = setup.hop_s
        rule = setup.protocol.recalibrate or Recalibrate()
        self._rows: deque[tuple[float, ...]] = deque(maxlen=max(1, round(rule.from_s / setup.hop_s)))
        self.add = self._rows.append  # a call less at every hop

    @property
    def seconds(self) -> float:
        """Clean seconds there are, no more than are looked back on."""
        return len(self._rows) * self._hop_s

    @property
    def movable(self) -> tuple[int, ...]:
        """Conditions whose threshold is a percentile, and so can be taken anew."""
        return tuple(
            i
            for i, condition in enumerate(self._conditions)
            if condition.threshold.rule is ThresholdRule.BASELINE_PERCENTILE
        )

    def forget(self) -> None:
        """The features mean something else from now on."""
        self._rows.clear()

    def last(self, seconds: float, active: tuple[int, ...]) -> Baseline:
        """The last clean `seconds`, or all there are, as a baseline of the conditions `active`."""
        rows = list(self._rows)
        if seconds < self.seconds:
            rows = rows[-round(seconds / self._hop_s) :]
        recent = Baseline(self._conditions, self._columns, active)
        recent.replace(rows)
        recent.close()
        return recent


class Recalibrator:
    """Watches the share in range over the runs and says once that thresholds should be taken anew."""

    def __init__(self, rule: Recalibrate, hop_s: float) -> None:
        self._rule = rule
        self._after_hops = round(rule.after_s / hop_s)
        self.begin_anew()

    def begin_anew(self) -> None:
        """Thresholds have moved: what was before says nothing about them."""
        self._n = self._n_in_range = 0

    def hop(self, in_range: bool) -> None:
        """One clean hop of a run."""
        self._n += 1
        self._n_in_range += in_range

    def due(self) -> bool:
        """Whether enough has been trained, and the share in range lies outside its limits."""
        if self._n < self._after_hops:
            return False
        return not self._rule.low <= self._n_in_range / self._n <= self._rule.high


class AutoRange:
    """Says when thresholds are taken anew in a session set to *auto*: as a run starts, and once within it.

    Attributes
    ----------
    on
        Whether the operator has switched it on.
    """

    LEAST_S = 30.0  # of clean training before a run's start can look back on something
    WATCHED_S = 60.0
    _LOW, _HIGH = 0.30, 0.85

    def __init__(self, hop_s: float) -> None:
        self.on = False
        self._watched: deque[bool] = deque(maxlen=round(self.WATCHED_S / hop_s))
        self._moved = False  # within this run

    def begin_run(self) -> None:
        self._watched.clear()
        self._moved = False

    def begin_anew(self) -> None:
        """Thresholds have moved: what was before says nothing about them."""
        self._watched.clear()

    def spend(self) -> None:
        """Something else has moved them by itself within this run, where once is enough."""
        self._moved = True

    def hop(self, in_range: bool) -> None:
        """One clean hop of a run."""
        self._watched.append(in_range)

    def due(self) -> bool:
        """Whether a minute has now been spent too seldom or too often in range; True once a run."""
        if not self.on or self._moved or len(self._watched) < (self._watched.maxlen or 0):
            return False
        self._moved = not self._LOW <= sum(self._watched) / len(self._watched) <= self._HIGH
        return self._moved
