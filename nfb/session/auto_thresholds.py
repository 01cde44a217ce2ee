"""Thresholds that move during a run: rolling percentile, staircase, one guarded recalibration.

They learn from clean hops of runs only and move at most once a second. A threshold that follows the signal keeps the
success rate and hides learning, so sessions with one are labelled.
"""

import math
from collections import deque
from typing import Protocol as Interface

import numpy as np

from nfb.model.protocol import Condition, Direction, Recalibrate, ThresholdRule
from nfb.session.setup import Setup

_LEAST_S = 10.0  # clean seconds before a percentile of them means something
_MOST_PER_SECOND = 0.02  # of the threshold; a jump would be felt as a different task


class AutoRule(Interface):
    """A rule that is told every clean hop of a run and asked once a second."""

    def hop(self, value: float, passed: bool) -> None: ...

    def second(self, threshold: float) -> float:
        """The threshold from now on."""


class RollingPercentile:
    """The value that a share `target` of the last clean seconds would have passed, approached step by step."""

    def __init__(self, condition: Condition, hop_s: float) -> None:
        rule = condition.threshold
        self._share = 1 - rule.target if condition.direction is Direction.UP else rule.target
        self._values: deque[float] = deque(maxlen=max(1, round(rule.window_s / hop_s)))
        self._least_hops = round(min(_LEAST_S, rule.window_s) / hop_s)

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

    def __init__(self, condition: Condition, hop_s: float, spread: float, positive: bool) -> None:
        rule = condition.threshold
        self._target, self._gain = rule.target, rule.gain
        self._sign = 1.0 if condition.direction is Direction.UP else -1.0
        self._hop_s = hop_s
        self._spread = spread if spread > 0 else 1.0
        self._positive = positive
        self._n = self._n_passed = 0

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


def make_rule(condition: Condition, hop_s: float, spread: float, positive: bool) -> AutoRule | None:
    """The rule that moves a condition's threshold during runs; None if it stays.

    Parameters
    ----------
    spread
        Of the feature in the baseline, for steps of a feature that can be negative.
    positive
        The feature is an amplitude, a power or a quotient, so that its threshold moves by shares of itself.
    """
    if condition.threshold.rule is ThresholdRule.ROLLING_PERCENTILE:
        return RollingPercentile(condition, hop_s)
    if condition.threshold.rule is ThresholdRule.STAIRCASE:
        return Staircase(condition, hop_s, spread, positive)
    return None


class Recalibrator:
    """Watches the share in range over the runs and offers new baseline percentiles once."""

    def __init__(self, rule: Recalibrate, setup: Setup, columns: tuple[int, ...]) -> None:
        self._rule = rule
        self._conditions = setup.protocol.conditions
        self._columns = columns
        self._after_hops = round(rule.after_s / setup.hop_s)
        self._rows: deque[tuple[float, ...]] = deque(maxlen=max(1, round(rule.from_s / setup.hop_s)))
        self._n = self._n_in_range = 0
        self.used = False

    def hop(self, features: tuple[float, ...], in_range: bool) -> None:
        """One clean hop of a run."""
        self._n += 1
        self._n_in_range += in_range
        self._rows.append(features)

    def second(self) -> dict[int, float]:
        """New thresholds by condition, once; empty while nothing is to be done."""
        if self.used or self._n < self._after_hops:
            return {}
        if self._rule.low <= self._n_in_range / self._n <= self._rule.high:
            return {}
        self.used = True
        values = np.array(self._rows)
        new = {}
        for i, condition in enumerate(self._conditions):
            if condition.threshold.rule is ThresholdRule.BASELINE_PERCENTILE:
                target = condition.threshold.target
                share = 1 - target if condition.direction is Direction.UP else target
                new[i] = float(np.quantile(values[:, self._columns[i]], share))
        return new
