"""The clean baseline: what every feature did in it, and the thresholds and rates that follow from it."""

import math

import numpy as np

from nfb.model.protocol import Condition, Direction, Role, ThresholdRule
from nfb.model.samples import Float64

# At a power of 0 everything passes, at the highest next to nothing.
_MOST_POWER = 64.0
_HALVINGS = 24


class Baseline:
    """Feature values of clean baseline hops.

    Parameters
    ----------
    conditions
        The protocol's conditions.
    columns
        For each condition, the position of its feature in a hop's values.
    active
        The conditions that it is for; None for all.
    """

    def __init__(
        self, conditions: tuple[Condition, ...], columns: tuple[int, ...], active: tuple[int, ...] | None = None
    ) -> None:
        self._conditions = conditions
        self.active = tuple(range(len(conditions))) if active is None else active
        self._columns = columns
        self._rows: list[tuple[float, ...]] = []
        self._values: Float64 = np.empty((0, 0))

    def add(self, features: tuple[float, ...]) -> None:
        """One clean hop."""
        self._rows.append(features)

    def replace(self, rows: list[tuple[float, ...]]) -> None:
        """Put the same hops as other filters saw them in place of what was added."""
        self._rows = rows

    def close(self) -> None:
        """No more hops will come; from now on the statistics stand."""
        self._values = np.array(self._rows, dtype=float)

    @property
    def n_hops(self) -> int:
        return len(self._rows)

    @property
    def closed(self) -> bool:
        return self._values.size > 0

    @property
    def values(self) -> Float64:
        """``(n_hops, n_features)`` clean hops; empty before :meth:`close`."""
        return self._values

    def quantiles(self, share: float) -> tuple[float, ...]:
        """One quantile per feature; NaN without a baseline."""
        if not self.closed:
            return ()
        return tuple(float(q) for q in np.quantile(self._values, share, axis=0))

    def threshold(self, condition: int, target: float) -> float:
        """The value that a share `target` of the clean baseline would have passed; NaN without a baseline."""
        if not self.closed:
            return math.nan
        values = self._values[:, self._columns[condition]]
        up = self._conditions[condition].direction is Direction.UP
        return float(np.quantile(values, 1.0 - target if up else target))

    def initial_threshold(self, condition: int, target: float) -> float:
        """The condition's threshold by its own rule; `target` serves those that have one."""
        rule = self._conditions[condition].threshold
        if rule.rule is ThresholdRule.FIXED:
            return math.nan if rule.value is None else rule.value
        if rule.rule is ThresholdRule.BASELINE_Z:
            return self._z(condition, rule.k)
        return self.threshold(condition, target)

    def joint_targets(self, own: dict[int, float], standing: dict[int, float], target: float) -> dict[int, float]:
        """Targets with which several conditions together are met in a share `target` of the clean baseline.

        All are raised to the same power, so that what was asked more of stays so.

        Parameters
        ----------
        own
            By condition, the share it should pass by itself, 0..1.
        standing
            By condition, thresholds that do not follow from a target.
        target
            Share to be met.
        """
        low, high = 0.0, _MOST_POWER
        for _ in range(_HALVINGS):
            power = 0.5 * (low + high)
            limits = {condition: self.threshold(condition, share**power) for condition, share in own.items()}
            low, high = (power, high) if self.share_of(limits | standing) > target else (low, power)
        return {condition: share**low for condition, share in own.items()}

    def _z(self, condition: int, k: float) -> float:
        """`k` standard deviations from the mean, on a logarithmic scale where all values are positive."""
        if not self.closed:
            return math.nan
        values = self._values[:, self._columns[condition]]
        if self._conditions[condition].direction is Direction.DOWN:
            k = -k
        if float(values.min()) > 0.0:
            logs = np.log(values)
            return float(np.exp(logs.mean() + k * logs.std()))
        return float(values.mean() + k * values.std())

    def spread(self, condition: int) -> float:
        """Distance from the 10th to the 90th percentile of a condition's feature; NaN without a baseline."""
        if not self.closed:
            return math.nan
        low, high = np.quantile(self._values[:, self._columns[condition]], (0.1, 0.9))
        return float(high - low)

    def share(self, condition: int, threshold: float) -> float:
        """Share of the clean baseline that passes one condition at `threshold`; NaN without a baseline."""
        return float(np.mean(self._passed(condition, threshold))) if self.closed else math.nan

    def share_together(self, thresholds: tuple[float, ...]) -> float:
        """Share of the clean baseline that passes all its conditions at once; NaN without a baseline."""
        return self.share_of({condition: thresholds[condition] for condition in self.active})

    def share_of(self, thresholds: dict[int, float]) -> float:
        """The same of some conditions, each with its threshold."""
        if not self.closed or not thresholds:
            return math.nan
        passed = np.ones(len(self._values), dtype=bool)
        for condition, threshold in thresholds.items():
            passed &= self._passed(condition, threshold)
        return float(np.mean(passed))

    def _passed(self, condition: int, threshold: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        values = self._values[:, self._columns[condition]]
        up = self._conditions[condition].direction is Direction.UP
        return np.asarray(values >= threshold if up else values <= threshold)


class FeedbackMap:
    """Continuous feedback 0..1 from the reward features.

    Each reward feature is placed between the 10th and the 90th percentile of the clean baseline (on a logarithmic
    scale where it is an amplitude or a power) and several are averaged. Without a baseline a feature at its
    threshold gives 0.5, at twice the threshold 1. While an inhibit is over its limit the feedback goes no higher
    than neutral.
    """

    NEUTRAL = 0.5

    def __init__(
        self, conditions: tuple[Condition, ...], columns: tuple[int, ...], logarithmic: tuple[bool, ...]
    ) -> None:
        self._rewards = [
            (i, columns[i], logarithmic[i], condition.direction is Direction.UP)
            for i, condition in enumerate(conditions)
            if condition.role is Role.REWARD
        ]
        self._all = self._rewards
        self._ends: dict[int, tuple[float, float]] = {}  # by condition: the lower one, and how far apart they are

    def activate(self, conditions: tuple[int, ...]) -> None:
        """Let these conditions, by number, drive the feedback."""
        self._rewards = [reward for reward in self._all if reward[0] in conditions]

    def learn(self, p10: tuple[float, ...], p90: tuple[float, ...]) -> None:
        """Take the ends of the scale from the clean baseline's percentiles (one per feature)."""
        for i, column, logarithmic, _ in self._rewards:
            low, high = _scale(p10[column], logarithmic), _scale(p90[column], logarithmic)
            if high > low:
                self._ends[i] = (low, high - low)

    def __call__(self, features: tuple[float, ...], thresholds: list[float], inhibited: bool) -> float:
        """Feedback of one hop; neutral where a value is missing."""
        total = 0.0
        for i, column, logarithmic, up in self._rewards:
            value = features[column]
            if logarithmic:
                value = math.log(value) if value > 0.0 else math.nan
            ends = self._ends.get(i)
            if ends is not None:
                low, span = ends
                x = (value - low) / span
            else:
                span = math.log(2.0) if logarithmic else max(abs(thresholds[i]), 1e-9)
                x = 0.5 + 0.5 * (value - _scale(thresholds[i], logarithmic)) / span
            if x != x:
                return self.NEUTRAL
            x = 0.0 if x <= 0.0 else 1.0 if x >= 1.0 else x
            total += x if up else 1.0 - x
        if not self._rewards:
            return self.NEUTRAL
        mean = total / len(self._rewards)
        return min(mean, self.NEUTRAL) if inhibited else mean


def _scale(value: float, logarithmic: bool) -> float:
    if not logarithmic:
        return value
    return math.log(value) if value > 0.0 else math.nan
