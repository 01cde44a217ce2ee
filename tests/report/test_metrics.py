"""Learning metrics come out as closed forms say, and as the simulated client's truth says."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nfb.files.recording import Recording
from nfb.metrics import (
    Block,
    Learning,
    Measure,
    SessionBlocks,
    Trend,
    against_baseline,
    block_stats,
    bouts,
    course,
    guard_covariation,
    reward_rate,
    session_mean,
    session_of,
    success,
    success_limit,
    sustained,
    within_session,
)
from nfb.model.errors import RecordingError
from nfb.model.protocol import Direction, StageKind

Made = Callable[..., SessionBlocks]
DOWN = Measure("alpha", "µV", direction=Direction.DOWN, bandwidth_hz=4.0)
AUTO = Measure("alpha", "µV", bandwidth_hz=4.0, auto=True)


# --- one session -----------------------------------------------------------------------------------------------


def test_a_block_says_mean_spread_valid_time_and_independent_looks(made: Made) -> None:
    stats = block_stats(made(None, [2.0], sd=0.3).runs[0], bandwidth_hz=4.0)
    assert stats.mean.value == pytest.approx(2.0)
    assert stats.sd == pytest.approx(0.3, rel=0.1)
    assert stats.valid_s == pytest.approx(60.0)
    assert stats.n_eff == pytest.approx(240.0)
    assert stats.mean.n == 12  # 60 s in chunks of 5 s


def test_held_time_counts_nowhere(made: Made) -> None:
    run = made(None, [2.0]).runs[0]
    values = run.values.copy()
    values[:300] = np.nan
    stats = block_stats(replace(run, values=values))
    assert stats.valid_s == pytest.approx(30.0)
    assert stats.mean.n == 6


def test_runs_that_climb_by_two_percent_are_rising_by_two_percent(made: Made) -> None:
    step = math.log(1.02)
    found = within_session(made(0.0, [i * step for i in range(6)], sd=0.02))
    assert found.trend is Trend.RISING
    assert found.slope.percent().value == pytest.approx(2.0)
    # last two against first two of six runs: four steps
    assert found.last_minus_first.value == pytest.approx(4 * step)


def test_runs_that_sink_are_falling(made: Made) -> None:
    assert within_session(made(0.0, [0.3, 0.2, 0.1, 0.0], sd=0.05)).trend is Trend.FALLING


def test_runs_alike_are_flat_if_that_is_surely_so(made: Made) -> None:
    assert within_session(made(0.0, [0.1] * 6, sd=0.01)).trend is Trend.FLAT


def test_runs_that_scatter_are_unclear(made: Made) -> None:
    assert within_session(made(0.0, [0.1, 0.12, 0.1, 0.12], sd=1.0)).trend is Trend.UNCLEAR


def test_the_slope_within_a_session_is_covered_19_times_in_20(made: Made) -> None:
    hits = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        runs = [
            Block(f"run-{i}", StageKind.RUN, 0.1, 0.03 * i + 0.2 * rng.standard_normal(1200), np.ones(1200))
            for i in range(5)
        ]
        slope = within_session(SessionBlocks(Measure("alpha", "µV"), tuple(runs))).slope
        hits.append(slope.low <= 0.03 <= slope.high)
    assert 0.915 <= np.mean(hits) <= 0.985  # 0.95 within 2.8 standard errors of 300 draws


def test_against_the_baseline_is_the_difference_and_hedges_g(made: Made) -> None:
    session = made(1.0, [1.1, 1.3], sd=0.1)
    found = against_baseline(session)
    assert found.difference.value == pytest.approx(0.2)
    assert session.baseline is not None
    sd = float(np.std(session.baseline.values, ddof=1))
    looks = 60 * 4.0  # seconds times bandwidth
    assert found.hedges_g.value == pytest.approx(0.2 / sd * (1 - 3 / (4 * (looks - 1) - 1)))
    assert found.hedges_g.low < found.hedges_g.value < found.hedges_g.high


def test_what_is_left_after_training_is_rest_after_minus_rest_before(made: Made) -> None:
    assert sustained(made(1.0, [1.3, 1.4], b1=1.15)).value == pytest.approx(0.15)


def test_without_a_rest_after_nothing_is_said_of_it(made: Made) -> None:
    assert math.isnan(sustained(made(1.0, [1.3, 1.4])).value)


def test_a_baseline_alone_and_runs_alone_give_no_comparison(made: Made) -> None:
    assert math.isnan(against_baseline(made(1.0, [])).difference.value)
    assert math.isnan(against_baseline(made(None, [1.0, 1.0])).difference.value)
    assert math.isnan(session_mean(made(1.0, [])).value)


# --- rewards and fixed limits ----------------------------------------------------------------------------------


def test_rewards_are_per_minute_of_valid_time(made: Made) -> None:
    rate = reward_rate(made(1.0, [1.0, 1.0]))
    assert rate is not None
    assert rate.valid_s == pytest.approx(120.0)
    assert rate.tokens_per_min == pytest.approx(15.0)  # 15 rewards in each minute
    assert rate.share.value == pytest.approx(0.5, abs=0.05)


def test_rewards_of_sessions_with_automatic_thresholds_are_never_pooled(made: Made) -> None:
    fixed, auto = made(1.0, [1.0]), made(1.0, [1.0], measure=AUTO)
    assert reward_rate(auto) is not None
    assert reward_rate(fixed, fixed) is not None
    assert reward_rate(fixed, auto) is None


def test_success_is_30_percent_where_nothing_has_changed(made: Made) -> None:
    session = made(0.0, [0.0] * 4, sd=1.0, seconds=200)
    found = success(session, success_limit(session))
    assert found.value == pytest.approx(0.30, abs=0.02)
    assert found.low < 0.30 < found.high


def test_success_follows_the_normal_distribution_when_the_level_rises(made: Made) -> None:
    session = made(0.0, [0.5] * 4, sd=1.0, seconds=300)
    # the 70th percentile lies 0.5244 sd up; half an sd higher leaves 1 - Phi(0.0244) = 49 %
    assert success(session, success_limit(session)).value == pytest.approx(0.490, abs=0.02)


def test_where_less_is_trained_success_lies_below_the_30th_percentile(made: Made) -> None:
    session = made(0.0, [-0.5] * 4, sd=1.0, seconds=300, measure=DOWN)
    assert success(session, success_limit(session)).value == pytest.approx(0.490, abs=0.02)


def test_episodes_are_counted_and_measured() -> None:
    # per second: 0.3 s high, then 0.7 s low, for a minute; the last seconds held
    values = np.tile([2.0] * 3 + [0.0] * 7, 60).astype(float)
    values[500:] = np.nan
    run = Block("run-1", StageKind.RUN, 0.1, values, np.ones(600))
    found = bouts(SessionBlocks(Measure("alpha", "µV"), (run,)), limit=1.0)
    assert found.n == 50
    assert found.n_whole == 49  # the first one had begun before the run
    assert found.per_min == pytest.approx(60.0)
    assert found.median_s == pytest.approx(0.3)
    assert found.amplitude == pytest.approx(2.0)


def test_an_episode_that_an_artefact_cuts_has_no_length() -> None:
    values = np.zeros(100)
    values[20:26] = 2.0
    values[26:30] = np.nan
    found = bouts(
        SessionBlocks(Measure("alpha", "µV"), (Block("run-1", StageKind.RUN, 0.1, values, np.ones(100)),)), limit=1.0
    )
    assert (found.n, found.n_whole) == (1, 0)
    assert math.isnan(found.median_s)


def test_muscle_that_goes_along_is_found() -> None:
    rng = np.random.default_rng(2)
    muscle = rng.standard_normal(200)
    feature = 0.6 * muscle + rng.standard_normal(200)
    # the population's rank correlation is that of a Pearson of 0.51: 6/pi asin(0.51/2) = 0.50
    assert guard_covariation(feature, muscle).value == pytest.approx(0.50, abs=0.12)


# --- courses ---------------------------------------------------------------------------------------------------


def climbing(
    made: Made, n: int, per_session: float, per_run: float, seed: int = 0, **options: object
) -> list[SessionBlocks]:
    rng = np.random.default_rng(seed)
    sessions = []
    for s in range(n):
        start = s * per_session + 0.01 * rng.standard_normal()
        runs = [start + i * (per_run + 0.002 * rng.standard_normal()) for i in range(4)]
        sessions.append(made(start, runs, seed=s, sd=0.05, **options))
    return sessions


def test_who_changes_within_and_across_sessions_is_a_learner(made: Made) -> None:
    found = course(climbing(made, 6, 0.05, 0.02))
    assert found.learning is Learning.LEARNER
    assert found.slope.low < 0.05 < found.slope.high


def test_change_across_sessions_alone_shows_no_learner(made: Made) -> None:
    found = course(climbing(made, 6, 0.05, 0.0))
    assert found.slope.side == 1
    assert found.learning is Learning.NOT_SHOWN


def test_change_within_sessions_alone_shows_no_learner(made: Made) -> None:
    found = course(climbing(made, 6, 0.0, 0.02))
    assert found.within.side == 1
    assert found.learning is Learning.NOT_SHOWN


def test_where_less_is_trained_the_learner_falls(made: Made) -> None:
    assert course(climbing(made, 6, -0.05, -0.02, measure=DOWN)).learning is Learning.LEARNER
    assert course(climbing(made, 6, 0.05, 0.02, measure=DOWN)).learning is Learning.NOT_SHOWN


def test_three_sessions_are_too_few_and_have_no_interval(made: Made) -> None:
    found = course(climbing(made, 3, 0.05, 0.02))
    assert found.learning is Learning.TOO_FEW
    assert not found.slope.has_interval


def test_a_learner_with_little_clean_time_is_not_shown(made: Made) -> None:
    spoilt = []
    for session in climbing(made, 6, 0.05, 0.02):
        blocks = []
        for block in session.blocks:
            values = block.values.copy()
            values[250:] = np.nan  # 25 of 60 s are left
            blocks.append(replace(block, values=values))
        spoilt.append(replace(session, blocks=tuple(blocks)))
    found = course(spoilt)
    assert found.slope.side == found.within.side == 1
    assert found.valid_share == pytest.approx(25 / 60)
    assert found.learning is Learning.NOT_SHOWN


def test_sessions_of_different_features_are_no_course(made: Made) -> None:
    with pytest.raises(ValueError, match="trained alpha, smr"):
        course([made(1.0, [1.0]), made(1.0, [1.0], measure=Measure("smr", "µV"))])


def test_the_simulated_learner_is_found_and_the_interval_holds_the_true_effect(learner) -> None:  # type: ignore[no-untyped-def]
    found = course(learner.sessions)
    per_session = float(np.diff(learner.ln_gain)[:-1].mean())
    assert per_session > 0.2
    assert found.learning is Learning.LEARNER
    assert found.slope.low <= per_session <= found.slope.high
    assert [round(share.value, 1) for share in found.success] == sorted(round(s.value, 1) for s in found.success)
    assert found.success[-1].value > 0.8


def test_the_simulated_non_learner_is_not_shown(non_learner) -> None:  # type: ignore[no-untyped-def]
    found = course(non_learner.sessions)
    assert found.learning is Learning.NOT_SHOWN
    assert found.slope.low < 0 < found.slope.high


def test_two_sessions_even_of_a_learner_are_too_few(learner) -> None:  # type: ignore[no-untyped-def]
    assert course(learner.sessions[:2]).learning is Learning.TOO_FEW


def test_blocks_agree_with_the_account_that_the_session_wrote(typical: Recording) -> None:
    assert typical.session is not None
    account = typical.session.content["summary"]
    session = session_of(typical)
    rows = {row["label"]: row for row in account["stages"]}  # type: ignore[index, call-overload, union-attr]
    assert [block.label for block in session.blocks] == list(rows)
    for block in session.blocks:
        row = rows[block.label]
        assert block.valid_s == pytest.approx(row["valid_s"], abs=0.11)
        assert float(np.exp(block.values[block.clean]).mean()) == pytest.approx(row["feature_mean"][0], rel=0.01)
        assert block.rewards == row["rewards"]


def test_another_programs_recording_has_no_training_to_measure(typical: Recording) -> None:
    with pytest.raises(RecordingError, match="was not recorded by this program"):
        session_of(replace(typical, session=None))
