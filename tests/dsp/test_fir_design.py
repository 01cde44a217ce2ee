"""The least-squares core against closed forms and a plain dense solution."""

import numpy as np
import pytest

from nfb.dsp.estimators import design_band_filter
from nfb.dsp.fir_design import band_target, design_grid, mains_lines_hz, null_space, solve_taps
from nfb.dsp.prior import person_spectrum, prior_spectrum, shrink

SHIPPED = [(4.0, 8.0), (8.0, 12.0), (10.0, 12.0), (12.0, 15.0), (15.0, 18.0), (20.0, 30.0), (30.0, 45.0)]


def test_uniform_weights_give_the_truncated_inverse_transform_of_the_ideal_band():
    rate, n_taps, delay_s, (low, high) = 250.0, 300, 0.2, (8.0, 12.0)
    grid = design_grid(n_taps, rate)
    nothing = np.zeros((n_taps, 0))
    taps = solve_taps(band_target(grid, (low, high)), np.ones(grid.size), delay_s, n_taps, rate, nothing, 0.0)
    # ∫ 2·exp(2πi·f·t) df over the band, t = time since the moment that is estimated
    t = (np.arange(n_taps - 1, -1, -1) / rate) - delay_s
    closed = 2 * (high - low) / rate * np.sinc((high - low) * t) * np.exp(1j * np.pi * (low + high) * t)
    assert np.abs(taps - closed).max() < 2e-3 * np.abs(closed).max()


def test_weighted_solution_is_the_dense_constrained_least_squares_solution():
    rate, n_taps, delay_s = 100.0, 40, 0.1
    grid = design_grid(n_taps, rate)
    target = band_target(grid, (8.0, 14.0))
    weight = 1 / (1 + grid) + 0.5 * np.exp(-(((grid - 10) / 1.5) ** 2)) + 0.01
    nulls = null_space(n_taps, rate, (50.0,))
    taps = solve_taps(target, weight, delay_s, n_taps, rate, nulls, 0.0)
    # The same by brute force: rows are frequencies of both signs, solved inside the null space's complement.
    freqs = np.concatenate([grid, -grid[1:-1]])
    wanted = np.concatenate([target, 0 * grid[1:-1]]) * np.exp(-2j * np.pi * freqs * delay_s)
    root = np.sqrt(np.concatenate([weight, weight[1:-1]]))
    rows = np.exp(-2j * np.pi * np.outer(freqs, np.arange(n_taps - 1, -1, -1) / rate))
    free = np.linalg.svd(nulls.T)[2][nulls.shape[1] :].T
    brute = free @ np.linalg.lstsq(root[:, None] * (rows @ free), root * wanted, rcond=None)[0]
    assert np.abs(taps - brute).max() < 1e-9


@pytest.mark.parametrize("rate", [125.0, 128.0, 160.0, 200.0, 250.0, 256.0, 500.0])
@pytest.mark.parametrize("band_hz", SHIPPED)
@pytest.mark.parametrize("estimator", ["wiener", "cfir"])
def test_offset_of_190_millivolt_and_mains_do_not_show(rate, band_hz, estimator):
    taps = design_band_filter(band_hz, rate, 0.15, estimator=estimator).taps
    time = np.arange(taps.size) / rate
    assert abs(np.full(taps.size, 190_000.0) @ taps) < 1e-6  # µV
    assert abs((5_000 * time) @ taps) < 1e-6
    for line in mains_lines_hz(None, rate):
        for phase in (0.0, 1.0):
            assert abs((300 * np.cos(2 * np.pi * line * time + phase)) @ taps) < 1e-6


@pytest.mark.parametrize("band_hz", SHIPPED)
@pytest.mark.parametrize("delay_s", [0.05, 0.15, 0.25])
def test_mains_stay_out_when_the_network_or_the_board_clock_is_off_by_half_a_percent(band_hz, delay_s):
    band_filter = design_band_filter(band_hz, 250.0, delay_s)
    off = np.array([49.75, 50.25, 59.7, 60.3])
    assert band_filter.amplitude_gain(off).max() < 0.01


def test_known_mains_leave_the_other_frequency_alone():
    assert mains_lines_hz(50.0, 250.0) == (50.0, 100.0)
    assert mains_lines_hz(60.0, 250.0) == (60.0, 120.0)
    assert mains_lines_hz(None, 125.0) == (50.0, 60.0)
    assert mains_lines_hz(50.0, 200.0) == (50.0, 100.0)


def test_a_band_around_the_mains_keeps_its_two_sides():
    band_filter = design_band_filter((40.0, 70.0), 250.0, 0.1, mains_hz=50.0)
    assert band_filter.amplitude_gain(50.0)[0] < 1e-9
    assert np.all(np.abs(band_filter.amplitude_gain(np.array([45.0, 55.0, 62.0])) - 1) < 0.15)


def test_a_band_just_below_half_the_rate_is_designed():
    gain = design_band_filter((48.0, 58.0), 125.0, 0.1, mains_hz=60.0).amplitude_gain(np.array([51.0, 55.0, 30.0]))
    assert np.all(np.abs(gain[:2] - 1) < 0.15)
    assert gain[2] < 0.05


def test_welch_spectrum_has_the_power_of_a_sine_and_agrees_with_scipy():
    signal = pytest.importorskip("scipy.signal")
    rate = 250.0
    time = np.arange(round(20 * rate)) / rate
    eeg = 10 * np.sin(2 * np.pi * 10 * time) + np.random.default_rng(1).normal(0, 3, time.size)
    freqs, psd = person_spectrum(eeg, rate)
    theirs = signal.welch(eeg, rate, "hann", 500, 250, detrend="linear")
    assert np.allclose(freqs, theirs[0])
    assert np.allclose(psd, theirs[1], rtol=1e-9)


def test_more_clean_seconds_move_the_spectrum_from_the_prior_to_the_person():
    prior = prior_spectrum()
    freqs = np.arange(0, 60, 0.5)
    person = 400.0 / (1 + freqs)
    at_10 = [
        float(np.interp(10.0, *shrink(prior, type(prior)(freqs, person), clean_s))) for clean_s in (0.0, 10.0, 1e9)
    ]
    assert at_10[0] > at_10[1] > at_10[2]
    assert at_10[2] == pytest.approx(400 / 11, rel=1e-6)
