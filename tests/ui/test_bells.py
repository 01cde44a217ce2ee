"""Which bell a reward of alpha-theta training sounds."""

import math

import pytest

from nfb.devices.simulated import SimulatedSource
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.hop import Cause, HopResult, Why, WhyKind
from nfb.session.setup import Setup, make_setup
from nfb.ui.audio.cue import earned_by_alpha


def setup_of(protocol: str) -> Setup:
    return make_setup(load_protocol(find_protocol(protocol)), SimulatedSource({}, seed=0).info)


def hop_of(features: tuple[float, ...], thresholds: tuple[float, ...]) -> HopResult:
    return HopResult(
        9, 99, 1, 2, features, thresholds, False, Cause.NONE, -1, 0.8, True, True, 4.0, Why(WhyKind.REWARD)
    )


@pytest.mark.parametrize(
    ("theta_uv", "alpha_uv", "limits", "alpha"),
    [
        (8.0, 6.0, (math.nan, math.nan), False),
        (6.0, 8.0, (math.nan, math.nan), True),
        (8.0, 6.0, (10.0, 4.0), True),  # theta is the larger one, but alpha is further above its own threshold
        (8.0, 10.0, (4.0, 20.0), False),
    ],
)
def test_the_rhythm_that_stands_higher_has_earned_it(
    theta_uv: float, alpha_uv: float, limits: tuple[float, float], alpha: bool
) -> None:
    setup = setup_of("alpha-theta")
    assert [feature.name for feature in setup.features] == ["theta", "alpha", "theta_over_alpha"]
    hop = hop_of((theta_uv, alpha_uv, math.log(theta_uv / alpha_uv)), (*limits, 0.0))
    assert earned_by_alpha(setup, hop) is alpha


def test_a_protocol_without_the_two_rhythms_has_the_high_bell() -> None:
    setup = setup_of("smr-central")
    n = len(setup.features)
    assert earned_by_alpha(setup, hop_of((1.0,) * n, (1.0,) * n))


def test_before_the_two_rhythms_are_trained_there_is_the_high_bell() -> None:
    setup = setup_of("beta-left-then-at")
    assert [feature.name for feature in setup.features][3:] == ["theta", "alpha", "theta_over_alpha"]
    features, beta = (6.0, 5.0, 4.0, 8.0, 6.0, math.log(8 / 6)), (5.0, 6.0, 6.0)
    assert earned_by_alpha(setup, hop_of(features, (*beta, math.nan, math.nan, math.nan)))
    assert not earned_by_alpha(setup, hop_of(features, (*beta, math.nan, math.nan, 0.0)))
