"""What thresholds hold over many sessions (science checks 9, 10 and 11), by streams and by whole sessions."""

import dataclasses

import numpy as np
import pytest

from nfb.model.hop import Cause
from nfb.model.protocol import Stage, StageKind, Threshold, ThresholdRule
from nfb.session.session import Session
from nfb.session.setup import Setup, make_setup

from .conftest import Lab
from .streams import follow, growth, levels, rhythm, rise

AUTO = (ThresholdRule.ROLLING_PERCENTILE, ThresholdRule.STAIRCASE)
TARGET = 0.65
BASELINE_S, HOP_S, SETTLING_S = 120.0, 0.1, 4.0
N_BASELINE = round(BASELINE_S / HOP_S)
STAGES = (Stage(StageKind.BASELINE, "baseline", BASELINE_S), Stage(StageKind.RUN, "run-1", 1e6))


def setup_of(lab: Lab, rule: ThresholdRule = ThresholdRule.BASELINE_PERCENTILE) -> Setup:
    base = lab.protocol(stages=STAGES, hop_s=HOP_S)
    condition = dataclasses.replace(base.conditions[0], threshold=Threshold(rule, target=TARGET))
    return make_setup(dataclasses.replace(base, conditions=(condition,)), lab.device())


def whole_session(lab: Lab, setup: Setup, eeg: np.ndarray) -> np.ndarray:
    """Whether each clean hop of the run is in range, as a whole session on four channels decides."""
    output = lab.feed(Session(setup), eeg, 5000)
    return np.array([hop.in_range for hop in output.hops if hop.stage == 1 and hop.cause is Cause.NONE])


def test_a_stream_is_what_a_session_measures(lab: Lab) -> None:
    setup, eeg = setup_of(lab), lab.noise(60, seed=5)
    stream = levels(setup, eeg[2:])
    hops = [hop for hop in lab.feed(Session(setup), eeg, 5000).hops if hop.cause is Cause.NONE]
    assert len(hops) > 500
    first = round(2.0 / HOP_S) - 1  # the hop with which the window of 2 s is full
    expected = [stream[hop.hop - first] for hop in hops]
    np.testing.assert_allclose([hop.features[0] for hop in hops], expected, rtol=1e-9)


def test_a_frozen_percentile_realises_its_target_within_5_points_in_95_percent_of_seeds(lab: Lab) -> None:
    """Science check 9: 120 s of baseline, five minutes of training."""
    setup = setup_of(lab)
    errors = []
    for seed in range(100):
        stream = levels(setup, lab.noise(422, seed=seed, n_channels=2))
        baseline, run = stream[:N_BASELINE], stream[N_BASELINE:]
        errors.append(follow(setup, baseline, run).mean() - TARGET)
    assert np.mean(np.abs(errors) < 0.05) >= 0.95
    assert np.mean(errors) == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_whole_session_realises_its_target_within_5_points(lab: Lab, seed: int) -> None:
    eeg = lab.noise(SETTLING_S + BASELINE_S + 300, seed=seed)
    assert whole_session(lab, setup_of(lab), eeg).mean() == pytest.approx(TARGET, abs=0.05)


@pytest.mark.parametrize("rule", AUTO)
def test_the_long_run_rate_is_the_target_within_1_point_and_each_minute_within_4(
    lab: Lab, rule: ThresholdRule
) -> None:
    """Science check 10, from the third minute on."""
    setup = setup_of(lab, rule)
    whole = lab.noise(SETTLING_S + BASELINE_S + 1320, seed=0)
    runs = [whole_session(lab, setup, whole)]
    for seed in range(1, 5):
        stream = levels(setup, lab.noise(SETTLING_S + BASELINE_S + 1320, seed=seed, n_channels=2))
        runs.append(follow(setup, stream[-13200 - N_BASELINE : -13200], stream[-13200:]))
    for run in runs:
        in_range = run[1800:]
        assert in_range.mean() == pytest.approx(TARGET, abs=0.01)
        assert in_range[: len(in_range) // 600 * 600].reshape(-1, 600).mean(axis=1).std() <= 0.04


def growing(lab: Lab, seed: int) -> np.ndarray:
    """1/f background and 6 µV of alpha that grows by 40 % in the last 15 minutes, at the two trained sites."""
    seconds = SETTLING_S + BASELINE_S + 900
    background = lab.noise(seconds, seed=seed, n_channels=2)
    return background + rhythm(seconds, seed, 6.0) * growth(background.shape[1], 900, 1.4)


@pytest.fixture(scope="module")
def courses(lab: Lab) -> list[tuple[np.ndarray, np.ndarray]]:
    """Baseline and run of one growing stream per seed."""
    streams = [levels(setup_of(lab), growing(lab, seed)) for seed in range(20)]
    return [(stream[-9000 - N_BASELINE : -9000], stream[-9000:]) for stream in streams]


def test_a_trained_rhythm_that_grows_raises_the_rate_under_a_frozen_threshold(
    lab: Lab, courses: list[tuple[np.ndarray, np.ndarray]]
) -> None:
    """Science check 11: from the first to the last third by at least 6 points, by 9 on average."""
    setup = setup_of(lab)
    rises = [rise(follow(setup, *course)) for course in courses]
    assert np.mean(rises) >= 0.09
    assert np.quantile(rises, 0.05) >= 0.067


def test_a_whole_session_shows_the_growth(lab: Lab) -> None:
    trained = growing(lab, 3).astype(np.float32)
    eeg = np.concatenate([lab.noise(trained.shape[1] / lab.rate_hz, seed=103, n_channels=2), trained])
    assert rise(whole_session(lab, setup_of(lab), eeg)) >= 0.06


@pytest.mark.parametrize("rule", AUTO)
def test_an_automatic_threshold_hides_a_rhythm_that_grows(
    lab: Lab, rule: ThresholdRule, courses: list[tuple[np.ndarray, np.ndarray]]
) -> None:
    """Science check 11: the rate changes by less than 3 points."""
    setup = setup_of(lab, rule)
    rises = [rise(follow(setup, *course)) for course in courses]
    assert np.quantile(np.abs(rises), 0.95) < 0.03
    assert np.mean(rises) == pytest.approx(0.0, abs=0.01)
