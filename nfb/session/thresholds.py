"""The thresholds of a session: where they stand, who may move them, and whether a hop meets them."""

import math
from typing import NamedTuple

from nfb.model.protocol import Direction, FeatureKind, Role, Stage, ThresholdRule
from nfb.session.auto_thresholds import AutoRange, AutoRule, Recalibrator, Trained, make_rule
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


# A named tuple's own constructor takes twice as long, for the sake of keywords.
_new = tuple.__new__
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
        For each condition, whether its feature is an amplitude, a power or a quotient: it moves by shares of itself.
    values
        Present threshold of each condition, NaN where none is set.
    per_feature
        The same per feature; NaN for a feature without a condition.
    targets
        For each condition, the share of time that it should pass, where its rule has one.
    overall
        Share of time in which all conditions should be met at once; None where each has its own target alone.
    trained
        The last clean seconds of runs.
    auto
        Whether the operator has thresholds taken anew now and then.
    recalibrated
        Whether the one recalibration of the session has been.
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
        self.targets = [condition.threshold.target for condition in self._conditions]
        self.overall = setup.target
        self.trained = Trained(setup, self.columns)
        self.auto = AutoRange(setup.hop_s)
        self.recalibrated = False
        self._fall_back = setup.protocol.reward.fall_back
        self._all_terms = [
            (i, column, condition.direction is Direction.UP, condition.role is Role.INHIBIT)
            for i, (column, condition) in enumerate(zip(self.columns, self._conditions, strict=True))
        ]
        self._terms = self._all_terms
        self._rules: dict[int, AutoRule] = {}
        rule = setup.protocol.recalibrate
        self._recalibrator = None if rule is None else Recalibrator(rule, setup.hop_s)

    @property
    def active(self) -> tuple[int, ...]:
        """Conditions that hold in the present stage."""
        return tuple(i for i, *_ in self._terms)

    def activate(self, stage: Stage) -> None:
        """Let the conditions of `stage` hold."""
        before = self._terms
        self._terms = [self._all_terms[i] for i in stage.holding(self._conditions)]
        if self._terms != before:
            self.trained.forget()

    def aim(self, condition: int, target: float) -> None:
        """Aim at another share of time passed."""
        self.targets[condition] = target
        if condition in self._rules:
            self._rules[condition].aim(target)

    def aim_together(self, baseline: Baseline) -> None:
        """Change the targets of the conditions that hold now so that together they are met in the overall share.

        It is a share of the baseline. Thresholds that were carried over or have no target stay. Without a baseline
        conditions are taken for independent of one another.
        """
        derived = {
            i: self.targets[i]
            for i in self.active
            if self._conditions[i].threshold.rule.has_target and math.isnan(self._setup.thresholds[i])
        }
        if not derived or self.overall is None:
            return
        if baseline.closed:
            standing = {
                i: baseline.initial_threshold(i, math.nan) if math.isnan(self.values[i]) else self.values[i]
                for i in self.active
                if i not in derived
            }
            new = baseline.joint_targets(derived, standing, self.overall)
        else:
            power = math.log(self.overall) / sum(math.log(share) for share in derived.values())
            new = {i: share**power for i, share in derived.items()}
        for i, share in new.items():
            self.aim(i, share)

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
        for i, column, up, inhibits in self._terms:
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
        return _new(Judgement, (True, failed, difference, inhibited, fallen_back))

    def begin_run(self, baseline: Baseline) -> list[tuple[int, float, str]]:
        """A run begins: make the automatic rules, for which a baseline says how wide the features spread.

        Returns
        -------
        list
            Thresholds to be moved now, as from :meth:`moves`.
        """
        for i in self.active:
            if i not in self._rules:
                condition = self._conditions[i]
                rule = make_rule(condition, self.targets[i], self._setup.hop_s, baseline.spread(i), self.positive[i])
                if rule is not None:
                    self._rules[i] = rule
        self.auto.begin_run()
        if self.auto.on and self.trained.seconds >= self.auto.LEAST_S:
            return self.retake("auto")
        return []

    @property
    def follow(self) -> bool:
        """Whether anything but the operator can move a threshold during a run."""
        return bool(self._rules) or self._recalibrator is not None or self.auto.on

    @property
    def has_percentile(self) -> bool:
        """Whether a threshold of the present stage can be taken anew."""
        return any(i in self.trained.movable for i in self.active)

    def watch(self, features: tuple[float, ...], in_range: bool) -> None:
        """One clean hop of a run, for the rules that follow it."""
        for i, column, up, _ in self._terms:
            rule = self._rules.get(i)
            if rule is not None:
                value, threshold = features[column], self.values[i]
                rule.hop(value, value >= threshold if up else value <= threshold)
        if self._recalibrator is not None:
            self._recalibrator.hop(in_range)
        self.auto.hop(in_range)

    def retake(self, by: str, last_s: float = math.inf) -> list[tuple[int, float, str]]:
        """Percentiles of the last clean seconds of training: condition, new threshold, and who moves it.

        Where there is an overall target, all conditions together would have met it in those seconds, as they did in
        the baseline: conditions that go together there need not do so here.
        """
        if by == "recalibration":
            self.recalibrated = True
        recent = self.trained.last(last_s, self.active)
        targets = {i: self.targets[i] for i in self.trained.movable if i in self.active}
        if self.overall is not None and targets:
            standing = {i: self.values[i] for i in self.active if i not in targets}
            targets = recent.joint_targets(targets, standing, self.overall)
        return [(i, recent.threshold(i, share), by) for i, share in targets.items()]

    def moves(self) -> list[tuple[int, float, str]]:
        """Once a second of clean training: condition, new threshold, and who moves it."""
        moves = []
        for i in self.active:
            rule = self._rules.get(i)
            new = math.nan if rule is None else rule.second(self.values[i])
            if new != self.values[i] and not math.isnan(new):
                moves.append((i, new, "rule"))
        if self.auto.due():
            # The minute that was out of range tells how it is now; what was before it need not.
            return moves + self.retake("auto", self.auto.WATCHED_S)
        if self._recalibrator is not None and not self.recalibrated and not self.auto.on and self._recalibrator.due():
            self.auto.spend()
            return moves + self.retake("recalibration")
        return moves

    def begin_anew(self) -> None:
        """Somebody has moved thresholds: how often they were met before says nothing about them."""
        self.auto.begin_anew()
        if self._recalibrator is not None:
            self._recalibrator.begin_anew()

    def shares(self, baseline: Baseline) -> dict[int, float]:
        """By condition, the share of the baseline that passes a threshold which stands for a share; the protocol's
        fixed values stand for themselves, and what all or none of the baseline passes stays where it is."""
        found = {
            i: baseline.share(i, value)
            for i, value in enumerate(self.values)
            if i in baseline.active
            and self._conditions[i].threshold.rule is not ThresholdRule.FIXED
            and not math.isnan(value)
        }
        return {i: share for i, share in found.items() if 0.0 < share < 1.0}

    def initial(self, baseline: Baseline) -> list[tuple[int, float, str]]:
        """Thresholds that the conditions of a baseline take from it, where none is set."""
        missing = [i for i in self.active if math.isnan(self.values[i])]
        return [(i, baseline.initial_threshold(i, self.targets[i]), "baseline") for i in missing]


def _is_positive(setup: Setup, column: int) -> bool:
    feature = setup.features[column]
    return not feature.log and feature.kind is not FeatureKind.ASYMMETRY and not feature.kind.is_coupling


def _fixed(value: float | None) -> float:
    return math.nan if value is None else value
