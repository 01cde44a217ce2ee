"""The thresholds of a session: where they stand, who may move them, and whether a hop meets them."""

import math
from typing import NamedTuple

from nfb.model.protocol import Direction, FeatureKind, Role
from nfb.session.auto_thresholds import AutoRule, Recalibrator, make_rule
from nfb.session.baseline import Baseline
from nfb.session.setup import Setup


class Judgement(NamedTuple):
    """How a hop's features stand to the thresholds.

    Parameters
    ----------
    known
        All thresholds are set.
    failed
        First condition that is not met; -1 if all are.
    difference
        That condition's feature minus its threshold.
    inhibited
        An inhibit is over its limit.
    fallen_back
        A reward feature is past its threshold by the reward's fall-back share.
    """

    known: bool
    failed: int
    difference: float
    inhibited: bool
    fallen_back: bool


_UNKNOWN = Judgement(False, -1, 0.0, False, False)


class Thresholds:
    """One threshold per condition.

    Parameters
    ----------
    setup
        For conditions, features and values carried over.

    Attributes
    ----------
    columns
        For each condition, the position of its feature.
    positive
        For each condition, whether its feature is an amplitude, a power or a quotient (so never negative).
    values
        Present threshold of each condition, NaN where none is set.
    per_feature
        The same per feature; NaN for a feature without a condition.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._conditions = setup.protocol.conditions
        order = {feature.name: i for i, feature in enumerate(setup.features)}
        self.columns = tuple(order[condition.feature] for condition in self._conditions)
        self.positive = tuple(_is_positive(setup, column) for column in self.columns)
        self.values = [
            carried if not math.isnan(carried) else _fixed(condition.threshold.value)
            for carried, condition in zip(setup.thresholds, self._conditions, strict=True)
        ]
        self.per_feature = self._spread()
        self._fall_back = setup.protocol.reward.fall_back
        self._terms = [
            (column, condition.direction is Direction.UP, condition.role is Role.INHIBIT)
            for column, condition in zip(self.columns, self._conditions, strict=True)
        ]
        self._rules: dict[int, AutoRule] = {}
        rule = setup.protocol.recalibrate
        self._recalibrator = None if rule is None else Recalibrator(rule, setup, self.columns)

    def set(self, condition: int, value: float) -> float:
        """Move one threshold; returns where it was."""
        old = self.values[condition]
        self.values[condition] = value
        self.per_feature = self._spread()
        return old

    def _spread(self) -> tuple[float, ...]:
        spread = [math.nan] * len(self._setup.features)
        for column, value in zip(self.columns, self.values, strict=True):
            spread[column] = value
        return tuple(spread)

    def judge(self, features: tuple[float, ...]) -> Judgement:
        """Compare a clean hop's features with the thresholds."""
        failed = -1
        difference = 0.0
        inhibited = fallen_back = False
        values = self.values
        for i, (column, up, inhibits) in enumerate(self._terms):
            threshold = values[i]
            if threshold != threshold:
                return _UNKNOWN
            off = features[column] - threshold
            if off < 0.0 if up else off > 0.0:
                if failed < 0:
                    failed, difference = i, off
                if inhibits:
                    inhibited = True
                elif abs(off) >= self._fall_back * abs(threshold):
                    fallen_back = True
        return Judgement(True, failed, difference, inhibited, fallen_back)

    def begin_run(self, baseline: Baseline) -> None:
        """Before the first run: automatic rules, for which a baseline says how wide the features spread."""
        if self._rules:
            return
        for i, condition in enumerate(self._conditions):
            rule = make_rule(condition, self._setup.hop_s, baseline.spread(i), self.positive[i])
            if rule is not None:
                self._rules[i] = rule

    @property
    def follow(self) -> bool:
        """Whether anything but the operator can move a threshold during a run."""
        return bool(self._rules) or self._recalibrator is not None

    def watch(self, features: tuple[float, ...], in_range: bool) -> None:
        """One clean hop of a run, for the rules that follow it."""
        for i, rule in self._rules.items():
            column, up, _ = self._terms[i]
            value, threshold = features[column], self.values[i]
            rule.hop(value, value >= threshold if up else value <= threshold)
        if self._recalibrator is not None:
            self._recalibrator.hop(features, in_range)

    def moves(self) -> list[tuple[int, float, str]]:
        """Once a second of clean training: condition, new threshold, and who moves it."""
        moves = []
        for i, rule in self._rules.items():
            new = rule.second(self.values[i])
            if new != self.values[i] and not math.isnan(new):
                moves.append((i, new, "rule"))
        if self._recalibrator is not None:
            moves += [(i, new, "recalibration") for i, new in self._recalibrator.second().items()]
        return moves


def _is_positive(setup: Setup, column: int) -> bool:
    feature = setup.features[column]
    return not feature.log and feature.kind is not FeatureKind.ASYMMETRY


def _fixed(value: float | None) -> float:
    return math.nan if value is None else value
