"""Intervals hold their level on data whose truth is known, and closed forms come out."""

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from nfb.report.stats import (
    Estimate,
    chunk_means,
    line_estimate,
    mean_estimate,
    partial_correlation,
    t_estimate,
    theil_sen,
)


def ar1(rng: np.random.Generator, n: int, rho: float) -> np.ndarray:
    """Stationary noise of unit variance whose neighbours correlate by `rho`."""
    from scipy.signal import lfilter

    noise = rng.standard_normal(n + 500) * math.sqrt(1 - rho**2)
    return lfilter([1.0], [1.0, -rho], noise)[500:]


def share_within(coverage: list[bool]) -> float:
    return sum(coverage) / len(coverage)


def test_every_clean_value_is_in_one_chunk() -> None:
    values = np.arange(23.0)
    values[4] = np.nan
    means = chunk_means(values, 5)
    assert len(means) == 4
    # 22 values in four parts: 6, 6, 5, 5
    assert means @ [6, 6, 5, 5] == pytest.approx(np.nansum(values))


def test_a_mean_of_a_minute_of_correlated_noise_is_covered_19_times_in_20() -> None:
    rng = np.random.default_rng(11)
    hits = []
    for seed in range(600):
        # 60 s at 10 Hz whose envelope forgets within about half a second: 12 chunks
        estimate = mean_estimate(chunk_means(ar1(rng, 600, 0.8), 50), seed)
        hits.append(estimate.low <= 0 <= estimate.high)
    # 600 draws of a true 95 %: standard error 0.9 points; the remaining correlation of chunks may cost 1.5
    assert 0.92 <= share_within(hits) <= 0.975


def test_a_mean_of_few_chunks_has_no_interval() -> None:
    estimate = mean_estimate(np.array([1.0, 2.0, 3.0, 4.0]))
    assert estimate.value == 2.5
    assert not estimate.has_interval
    assert estimate.side == 0


@pytest.mark.parametrize("n_sessions", [4, 5, 8, 20])
def test_a_line_through_few_sessions_is_covered_19_times_in_20(n_sessions: int) -> None:
    rng = np.random.default_rng(n_sessions)
    x = np.arange(1.0, n_sessions + 1)
    hits = []
    for _ in range(1500):
        estimate = line_estimate(x, 0.3 * x + rng.standard_normal(n_sessions))
        hits.append(estimate.low <= 0.3 <= estimate.high)
    assert 0.93 <= share_within(hits) <= 0.97


def test_a_line_through_exact_points_is_that_line() -> None:
    x = np.array([1.0, 2.0, 4.0, 7.0])
    estimate = line_estimate(x, 5 - 2 * x)
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((-2, -2, -2))


def test_sessions_without_a_value_keep_their_number() -> None:
    estimate = line_estimate(np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, np.nan, 6.0, 8.0]))
    assert estimate.value == 2.0
    assert estimate.n == 3


def test_theil_sen_is_scipys() -> None:
    rng = np.random.default_rng(3)
    x, y = np.sort(rng.uniform(0, 9, 13)), rng.standard_normal(13)
    assert float(theil_sen(x, y)) == pytest.approx(scipy_stats.theilslopes(y, x).slope)


def test_one_outlier_does_not_turn_theil_sen() -> None:
    x = np.arange(1.0, 8.0)
    y = 2 * x
    y[6] = -100.0
    assert float(theil_sen(x, y)) == 2.0


def test_students_interval_is_scipys() -> None:
    values = np.array([0.3, 0.1, 0.6, 0.2, np.nan])
    low, high = scipy_stats.t.interval(0.95, 3, 0.3, scipy_stats.sem([0.3, 0.1, 0.6, 0.2]))
    estimate = t_estimate(values)
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((0.3, low, high))


def test_rank_correlation_without_other_guards_is_spearmans() -> None:
    rng = np.random.default_rng(8)
    x = rng.standard_normal(60)
    y = np.round(x + rng.standard_normal(60), 1)  # with ties
    assert partial_correlation(x, y).value == pytest.approx(scipy_stats.spearmanr(x, y).statistic)


def test_a_common_cause_is_taken_out_of_a_partial_correlation() -> None:
    rng = np.random.default_rng(9)
    cause = rng.standard_normal(400)
    x, y = cause + 0.5 * rng.standard_normal(400), cause + 0.5 * rng.standard_normal(400)
    assert partial_correlation(x, y).value > 0.7
    partial = partial_correlation(x, y, [cause])
    assert abs(partial.value) < 0.15
    assert partial.low < 0 < partial.high


def test_nine_points_are_too_few_for_a_correlation() -> None:
    assert math.isnan(partial_correlation(np.arange(9.0), np.arange(9.0)).value)


def test_a_difference_of_logarithms_is_a_change_in_percent() -> None:
    percent = Estimate(math.log(1.1), math.log(0.9), math.log(1.3), 12).percent()
    assert (percent.value, percent.low, percent.high, percent.n) == pytest.approx((10, -10, 30, 12))
