"""Suggested thresholds give the wanted share of reward, whatever the conditions have to do with each other."""

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfb.devices.simulated import SimulatedSource
from nfb.engine.suggest import RecentRuns, RewardWatch, suggest
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.hop import Cause, HopResult, Why, WhyKind
from nfb.model.protocol import Condition, Direction, Role, Stage, StageKind, Threshold, ThresholdRule
from nfb.session.setup import make_setup
from nfb.session.states import State

SMR = Condition("smr", Role.REWARD, Direction.UP, Threshold(ThresholdRule.BASELINE_PERCENTILE))
THETA = Condition("theta", Role.INHIBIT, Direction.DOWN, Threshold(ThresholdRule.BASELINE_PERCENTILE))
BETA = replace(THETA, feature="high_beta")


def passed(rows: np.ndarray, thresholds: Iterable[float], directions: Iterable[Direction]) -> float:
    """Share of rows that meets every threshold, counted one by one."""
    n = 0
    for row in rows.tolist():
        n += all(
            value >= threshold if direction is Direction.UP else value <= threshold
            for value, threshold, direction in zip(row, thresholds, directions, strict=True)
        )
    return n / len(rows)


def correlated(correlation: float, n: int = 4500, seed: int = 1) -> np.ndarray:
    """``(n, 3)`` log-normal amplitudes of three bands that rise and fall together."""
    covariance = np.full((3, 3), correlation) + (1 - correlation) * np.eye(3)
    return np.exp(np.random.default_rng(seed).multivariate_normal([1.6, 2.4, 1.9], 0.1 * covariance, n))


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("target", [0.4, 0.65, 0.8])
def test_joint_conditions_reach_the_target_on_the_hops_they_came_from(correlation: float, target: float) -> None:
    rows = correlated(correlation)
    found = suggest(rows, (SMR, THETA, BETA), (0, 1, 2), (9.0, 20.0, 12.0), target)
    assert found is not None
    assert math.isclose(found.expected, target, abs_tol=0.01)
    directions = (Direction.UP, Direction.DOWN, Direction.DOWN)
    assert math.isclose(passed(rows, found.thresholds, directions), found.expected, abs_tol=1e-12)


def test_it_would_have_given_the_same_share_on_hops_it_never_saw() -> None:
    seen, unseen = correlated(0.5, seed=1), correlated(0.5, seed=2)
    found = suggest(seen, (SMR, THETA, BETA), (0, 1, 2), (9.0, 20.0, 12.0), 0.65)
    assert found is not None
    directions = (Direction.UP, Direction.DOWN, Direction.DOWN)
    assert math.isclose(passed(unseen, found.thresholds, directions), 0.65, abs_tol=0.03)


def test_inhibits_that_leave_room_stay_where_they_are() -> None:
    rows = correlated(0.0)
    theta, beta = np.quantile(rows[:, 1], 0.95), np.quantile(rows[:, 2], 0.95)
    found = suggest(rows, (SMR, THETA, BETA), (0, 1, 2), (9.0, theta, beta), 0.65)
    assert found is not None
    assert found.thresholds[1:] == (theta, beta) and found.thresholds[0] < 9.0
    # 95 % of 95 % leave 90 %; of these SMR must pass 65/90.
    assert math.isclose(found.alone[0], 0.65 / 0.95**2, abs_tol=0.02)


def test_inhibits_that_block_nearly_everything_move_with_the_reward() -> None:
    rows = correlated(0.0)
    found = suggest(rows, (SMR, THETA, BETA), (0, 1, 2), (1.0, 5.0, 3.0), 0.65)
    assert found is not None
    assert found.thresholds[1] > 5.0 and found.thresholds[2] > 3.0
    assert math.isclose(found.expected, 0.65, abs_tol=0.01)


def test_one_condition_gets_the_percentile_of_the_textbook() -> None:
    rows = np.arange(1.0, 1001.0)[:, None]
    found = suggest(rows, (SMR,), (0,), (990.0,), 0.65)
    assert found is not None and math.isclose(found.thresholds[0], 351.0, abs_tol=1.5)


def test_a_value_that_the_protocol_fixes_is_never_touched() -> None:
    fixed = replace(SMR, threshold=Threshold(ThresholdRule.FIXED, value=0.0))
    assert suggest(correlated(0.0)[:, :1], (fixed,), (0,), (0.0,), 0.65) is None


def test_without_thresholds_or_hops_nothing_is_suggested() -> None:
    assert suggest(correlated(0.0), (SMR,), (0,), (math.nan,), 0.65) is None
    assert suggest(np.empty((0, 3)), (SMR,), (0,), (5.0,), 0.65) is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 0.9), st.floats(0.0, 0.95))
def test_nothing_is_ever_suggested_that_passes_less_than_wanted(seed: int, target: float, correlation: float) -> None:
    rows = correlated(correlation, n=600, seed=seed)
    found = suggest(rows, (SMR, THETA, BETA), (0, 1, 2), (5.0, 11.0, 6.5), target)
    assert found is not None and found.expected >= target - 0.02


def test_a_minute_outside_is_told_and_twenty_seconds_inside_end_it() -> None:
    watch = RewardWatch(0.02)
    for _ in range(59):
        watch.take(50, 0.2)
    assert not watch.outside
    for _ in range(2):
        watch.take(50, 0.2)
    assert watch.outside and not watch.too_much
    for _ in range(19):
        watch.take(50, 0.6)
    assert watch.outside
    for _ in range(2):
        watch.take(50, 0.6)
    assert not watch.outside


def test_held_time_does_not_count_towards_the_minute() -> None:
    watch = RewardWatch(0.02)
    for _ in range(300):
        watch.take(0, 0.95)
    assert not watch.outside


def test_a_condition_that_does_not_hold_counts_for_nothing_and_stays() -> None:
    rows = correlated(0.0)
    found = suggest(rows, (SMR, THETA, BETA), (0, 1, 2), (9.0, math.nan, 0.0), 0.65, (0,))
    assert found is not None
    assert math.isclose(passed(rows[:, :1], found.thresholds[:1], [Direction.UP]), 0.65, abs_tol=0.01)
    assert math.isclose(found.expected, 0.65, abs_tol=0.01)
    assert math.isnan(found.thresholds[1]) and found.thresholds[2] == 0.0


def test_a_run_under_other_conditions_is_suggested_from_its_own_hops() -> None:
    setup = make_setup(load_protocol(find_protocol("smr-central")), SimulatedSource({}, seed=1).info)
    recent = RecentRuns(setup)
    thresholds = tuple(1.0 for _ in setup.protocol.conditions)
    recent.begin(Stage(StageKind.RUN, "run-1", 60.0))
    recent.take(judged(1000, len(setup.features), value=5.0))
    assert recent.suggestion(thresholds, 0.65) is not None
    recent.begin(Stage(StageKind.REST, "rest-1", 10.0))
    assert recent.suggestion(thresholds, 0.65) is not None, "a break looks back at its run"
    recent.begin(Stage(StageKind.RUN, "run-2", 60.0, conditions=("smr",)))
    assert recent.suggestion(thresholds, 0.65) is None
    values = np.linspace(1.0, 11.0, 1001)
    recent.take([hop for value in values for hop in judged(1, len(setup.features), value=float(value))])
    found = recent.suggestion(thresholds, 0.65)
    assert found is not None and math.isclose(found.thresholds[0], 11.0 - 0.65 * 10.0, abs_tol=0.02)
    assert found.thresholds[1:] == thresholds[1:], "the inhibits do not hold in this run"


def judged(n_hops: int, n_features: int, value: float) -> list[HopResult]:
    features = (value,) * n_features
    why = Why(WhyKind.REWARD)
    return [
        HopResult(i, i, 1, int(State.RUNNING), features, features, False, Cause.NONE, -1, 0.5, False, True, 0.0, why)
        for i in range(n_hops)
    ]
