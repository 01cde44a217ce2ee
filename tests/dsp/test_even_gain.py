"""A microvolt reads a microvolt across the band, at the smallest price there is."""

import numpy as np
import pytest
from scipy.linalg import toeplitz
from scipy.optimize import minimize

from nfb.dsp.even_gain import EVEN_GAIN, even_gain

RATE = 100.0
N_TAPS = 24
FREQS_HZ = np.linspace(9.5, 13.5, 9)


def normal_equations():
    """A strong peak at one end of the band, white noise under it; the wanted output is the band, 40 ms late."""
    freqs = np.linspace(-50, 50, 4001)
    age_s = np.arange(N_TAPS) / RATE
    weight = 1 + 30 * np.exp(-0.5 * ((np.abs(freqs) - 9.5) / 0.7) ** 2)
    wanted = weight * 2 * ((freqs >= 9) & (freqs <= 14)) * np.exp(-2j * np.pi * freqs * 0.04)
    rotations = np.exp(2j * np.pi * np.outer(age_s, freqs))
    return toeplitz((rotations @ weight).real / freqs.size), rotations @ wanted / freqs.size


def gains(taps):
    return np.exp(-2j * np.pi * np.outer(FREQS_HZ, np.arange(N_TAPS) / RATE)) @ taps


def error(taps, matrix, cross):
    return float((taps.conj() @ matrix @ taps - 2 * taps.conj() @ cross).real)


@pytest.fixture
def problem():
    matrix, cross = normal_equations()
    free = np.linalg.solve(matrix, cross)
    return matrix, cross, free, even_gain(free, lambda wanted: np.linalg.solve(matrix, wanted), FREQS_HZ, RATE)


def test_the_gain_keeps_its_limits_where_it_did_not(problem):
    _, _, free, taps = problem
    lowest, highest = EVEN_GAIN
    before, after = (np.abs(gains(each)) / np.abs(gains(each)).mean() for each in (free, taps))
    assert before.max() > highest + 0.02
    assert after.max() <= highest + 0.004
    assert after.min() >= lowest - 0.004


def test_no_other_filter_within_the_limits_has_a_smaller_error(problem):
    matrix, cross, free, taps = problem
    turn = np.exp(-1j * np.angle(gains(free)))

    def room(split):
        gain = (turn * gains(split[:N_TAPS] + 1j * split[N_TAPS:])).real
        return np.concatenate([gain - EVEN_GAIN[0] * gain.mean(), EVEN_GAIN[1] * gain.mean() - gain])

    found = minimize(
        lambda split: error(split[:N_TAPS] + 1j * split[N_TAPS:], matrix, cross),
        np.concatenate([free.real, free.imag]),
        constraints={"type": "ineq", "fun": room},
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-12},
    )
    assert found.success
    price, least_price = (
        error(taps, matrix, cross) - error(free, matrix, cross),
        found.fun - error(free, matrix, cross),
    )
    assert least_price > 0
    assert price == pytest.approx(least_price, rel=0.1)  # it may stop 0.2 % of the gain short of a limit


def test_a_gain_within_the_limits_is_left_alone():
    taps = np.zeros(N_TAPS, dtype=complex)
    taps[3] = 1.0
    assert even_gain(taps, lambda wanted: pytest.fail("nothing to solve"), FREQS_HZ, RATE) is taps
