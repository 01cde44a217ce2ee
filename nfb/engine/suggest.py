"""Thresholds that would have given the wanted share of reward: to be offered, never to be applied unasked."""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nfb.model.hop import HopResult, WhyKind
from nfb.model.protocol import Condition, Direction, Role, Stage, ThresholdRule
from nfb.model.samples import Float64
from nfb.session.setup import Setup

LOW, HIGH = 0.30, 0.85  # an overall reward outside of it teaches little
OVERALL_TARGET = 0.65
WINDOW_S = 90.0
_LEAST_S = 10.0  # clean seconds before a share of them means something
_OUTSIDE_S, _BACK_S = 60.0, 20.0
# A reward that passes more of the time than this has no threshold to speak of: the inhibits must give way as well.
_MOST_ALONE = 0.90
_HALVINGS = 24
_JUDGED = (WhyKind.REWARD, WhyKind.DWELL, WhyKind.REFRACTORY, WhyKind.FALL_BACK, WhyKind.LIMIT)

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Thresholds to offer.

    Parameters
    ----------
    thresholds
        One per condition, in its feature's unit; those that stay are as they were.
    alone
        Share of the looked-at hops that each condition passes by itself.
    expected
        Share of them that passes all conditions that hold at once.
    """

    thresholds: tuple[float, ...]
    alone: tuple[float, ...]
    expected: float


def own_target(conditions: Iterable[Condition]) -> float:
    """Share of time that a protocol's rewards ask for by themselves, taken for independent of one another.

    What its inhibits take off that is told as the share to expect. Rewards with thresholds that aim at no share leave
    the usual one, :data:`OVERALL_TARGET`.

    >>> from nfb.model.protocol import Threshold
    >>> each = Threshold(ThresholdRule.BASELINE_PERCENTILE, 0.7)
    >>> beta = Condition("beta", Role.REWARD, Direction.UP, each)
    >>> theta = Condition("theta", Role.REWARD, Direction.DOWN, each)
    >>> f"{own_target([beta]):.2f} {own_target([beta, theta]):.2f} {own_target([]):.2f}"
    '0.70 0.49 0.65'
    """
    rewards = [each.threshold for each in conditions if each.role is Role.REWARD]
    shares = [threshold.target for threshold in rewards if threshold.rule.has_target]
    return math.prod(shares) if shares else OVERALL_TARGET


def suggest(
    rows: Float64,
    conditions: tuple[Condition, ...],
    columns: tuple[int, ...],
    thresholds: tuple[float, ...],
    target: float,
    holding: tuple[int, ...] | None = None,
) -> Suggestion | None:
    """Thresholds under which a share `target` of clean hops would have passed all conditions that hold at once.

    Parameters
    ----------
    rows
        ``(n_hops, n_features)`` values of clean hops.
    conditions, columns
        The protocol's conditions, and the column of each one's feature.
    thresholds
        Where they stand, one per condition. A threshold that the protocol fixes to a value stays there.
    target
        Wanted share, 0..1.
    holding
        Numbers of the conditions that hold; None for all. The others stay as they are and count for nothing.

    Returns
    -------
    Suggestion or None
        None where there are no hops, no threshold that may move, or a threshold that holds is not set yet.

    Notes
    -----
    The reward conditions move alone, all to the same share, as long as they stay meaningful; otherwise the inhibits
    move with them. Conditions depend on each other, so shares are counted on the hops and never multiplied; the
    joint share grows with the common share, which is therefore found by halving.
    """
    if holding is None:
        holding = tuple(range(len(conditions)))
    movable = [i for i in holding if conditions[i].threshold.rule is not ThresholdRule.FIXED]
    if not len(rows) or not movable or any(math.isnan(thresholds[i]) for i in holding):
        return None
    values = [np.sort(rows[:, column]) for column in columns]
    rewards = [i for i in movable if conditions[i].role is Role.REWARD]
    best = None
    for group in (rewards, movable):
        if not group:
            continue
        share = _common_share(rows, conditions, columns, thresholds, values, group, target, holding)
        moved = _moved(conditions, thresholds, values, group, share)
        best = judge(rows, conditions, columns, moved, holding)
        if share <= _MOST_ALONE and abs(best.expected - target) < 0.02:
            return best
    return best


def _common_share(
    rows: Float64,
    conditions: tuple[Condition, ...],
    columns: tuple[int, ...],
    thresholds: tuple[float, ...],
    values: list[Float64],
    group: list[int],
    target: float,
    holding: tuple[int, ...],
) -> float:
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        moved = _moved(conditions, thresholds, values, group, middle)
        if _together(rows, conditions, columns, moved, holding) < target:
            low = middle
        else:
            high = middle
    return high


def _moved(
    conditions: tuple[Condition, ...],
    thresholds: tuple[float, ...],
    values: list[Float64],
    group: list[int],
    share: float,
) -> tuple[float, ...]:
    """The thresholds with those of `group` where a share `share` of the (sorted) values passes each."""
    moved = list(thresholds)
    for i in group:
        n_last = len(values[i]) - 1
        up = conditions[i].direction is Direction.UP
        position = n_last * (1.0 - share if up else share)
        at = int(position)
        low, high = values[i][at], values[i][min(at + 1, n_last)]
        moved[i] = float(low + (high - low) * (position - at))
    return tuple(moved)


def _passes(values: Float64, condition: Condition, threshold: float) -> Mask:
    return np.asarray(values >= threshold if condition.direction is Direction.UP else values <= threshold)


def _together(
    rows: Float64,
    conditions: tuple[Condition, ...],
    columns: tuple[int, ...],
    thresholds: tuple[float, ...],
    holding: tuple[int, ...],
) -> float:
    passed = np.ones(len(rows), dtype=bool)
    for i in holding:
        passed &= _passes(rows[:, columns[i]], conditions[i], thresholds[i])
    return float(passed.mean())


def judge(
    rows: Float64,
    conditions: tuple[Condition, ...],
    columns: tuple[int, ...],
    thresholds: tuple[float, ...],
    holding: tuple[int, ...] | None = None,
) -> Suggestion:
    """What thresholds would have given; parameters as in :func:`suggest`. A threshold that is NaN passes nothing."""
    alone = tuple(
        float(_passes(rows[:, column], condition, threshold).mean())
        for condition, column, threshold in zip(conditions, columns, thresholds, strict=True)
    )
    if holding is None:
        holding = tuple(range(len(conditions)))
    return Suggestion(thresholds, alone, _together(rows, conditions, columns, thresholds, holding))


class RecentRuns:
    """The clean hops of the last 90 s of training under the same conditions, and what thresholds they suggest.

    Parameters
    ----------
    setup
        For conditions, features and the length of a hop.
    """

    def __init__(self, setup: Setup) -> None:
        order = [feature.name for feature in setup.features]
        self._conditions = setup.protocol.conditions
        self._columns = tuple(order.index(condition.feature) for condition in self._conditions)
        self._holding = tuple(range(len(self._conditions)))
        self._rows: deque[tuple[float, ...]] = deque(maxlen=round(WINDOW_S / setup.hop_s))
        self._least_hops = round(_LEAST_S / setup.hop_s)

    def begin(self, stage: Stage) -> None:
        """A stage begins; hops under other conditions are forgotten when a run has other ones."""
        holding = stage.holding(self._conditions)
        if stage.has_feedback and holding != self._holding:
            self._holding = holding
            self._rows.clear()

    def take(self, hops: list[HopResult]) -> None:
        """Remember those that were judged with feedback running."""
        self._rows.extend(hop.features for hop in hops if hop.why.kind in _JUDGED)

    def suggestion(self, thresholds: tuple[float, ...], target: float) -> Suggestion | None:
        """See :func:`suggest`; None also before ten clean seconds of training."""
        if len(self._rows) < self._least_hops:
            return None
        return suggest(np.array(self._rows), self._conditions, self._columns, thresholds, target, self._holding)


class RewardWatch:
    """Says when the overall reward has been outside 30-85 % for a minute of clean training, until back for 20 s.

    Parameters
    ----------
    hop_s
        Length of a hop.

    Attributes
    ----------
    outside
        Whether a change should be offered.
    too_much
        Whether it is too easy rather than too hard.
    """

    def __init__(self, hop_s: float) -> None:
        self._hop_s = hop_s
        self._outside_s = self._back_s = 0.0
        self.outside = self.too_much = False

    def reset(self) -> None:
        """Another run, or other thresholds: what was before says nothing about them."""
        self._outside_s = self._back_s = 0.0
        self.outside = False

    def take(self, n_clean: int, in_range_30s: float) -> None:
        """`n_clean` clean hops of a run have come, after which so much of the last 30 s was in range."""
        passed_s = n_clean * self._hop_s
        if math.isnan(in_range_30s):
            return
        if LOW <= in_range_30s <= HIGH:
            self._back_s += passed_s
            self._outside_s = 0.0
            self.outside = self.outside and self._back_s < _BACK_S
        else:
            self._outside_s += passed_s
            self._back_s = 0.0
            self.too_much = in_range_30s > HIGH
            self.outside = self.outside or self._outside_s >= _OUTSIDE_S
