"""What calls for a person's eye is told after its time and not before."""

import math
from dataclasses import replace

import pytest

from nfb.devices.simulated import SimulatedSource
from nfb.engine.delay import DelayPart
from nfb.engine.live import Live
from nfb.engine.watch import Watch
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.hop import Cause, HopResult, Why, WhyKind
from nfb.model.protocol import Stage, StageKind
from nfb.model.samples import LinkState
from nfb.session.setup import Setup, make_setup
from nfb.session.states import State

HOP_S = 0.02


@pytest.fixture
def setup() -> Setup:
    made = make_setup(load_protocol(find_protocol("smr-central")), SimulatedSource({}).info)
    assert made.hop_s == HOP_S
    return replace(made, stages=(Stage(StageKind.CHECK, "check", math.inf), Stage(StageKind.RUN, "run-1", 300.0)))


def hops(first_s: float, seconds: float, cause: Cause = Cause.NONE, stage: int = 1) -> list[HopResult]:
    """Hops of one kind."""
    first = round(first_s / HOP_S)
    why = Why(WhyKind.STAGE)
    return [
        HopResult(
            i, i, stage, int(State.RUNNING), (), (), cause is not Cause.NONE, cause, -1, 0.5, False, False, 0, why
        )
        for i in range(first, first + round(seconds / HOP_S))
    ]


def live(delay_ms: float = 200.0, loss: float = 0.0) -> Live:
    (hop,) = hops(0, HOP_S)
    shares = (math.nan, math.nan, math.nan)
    return Live(
        hop, 0.5, LinkState.STREAMING, delay_ms, delay_ms, "run-1", 60.0, *shares, 0, "", DelayPart.SCREEN, loss
    )


def blink_for(watch: Watch, per_minute: int, seconds: int, stage: int = 1) -> None:
    every_s = 60 / per_minute
    for i in range(round(seconds / every_s)):
        watch.take(hops(i * every_s, 0.4, Cause.BLINK, stage), None)
        watch.take(hops(i * every_s + 0.4, every_s - 0.4, Cause.NONE, stage), None)


@pytest.mark.parametrize(("per_minute", "told"), [(24, False), (30, True)])
def test_more_than_25_blinks_a_minute(setup: Setup, per_minute: int, told: bool) -> None:
    watch = Watch(setup)
    blink_for(watch, per_minute, 120)
    assert watch.many_blinks is told
    watch.take(hops(121, 61), None)
    assert not watch.many_blinks


def test_blinks_that_were_asked_for_do_not_count(setup: Setup) -> None:
    watch = Watch(setup)
    blink_for(watch, 40, 60, stage=0)
    assert not watch.many_blinks


def test_drowsy_after_twenty_seconds(setup: Setup) -> None:
    watch = Watch(setup)
    watch.take(hops(0, 19.9, Cause.DROWSY), None)
    assert not watch.drowsy
    watch.take(hops(19.9, 0.2, Cause.DROWSY), None)
    assert watch.drowsy
    watch.take(hops(21, 20.0), None)
    assert not watch.drowsy


@pytest.mark.parametrize(
    ("delay_ms", "slow", "too_slow"), [(340, False, False), (360, True, False), (510, True, True)]
)
def test_a_slow_loop_is_told_after_ten_seconds(setup: Setup, delay_ms: float, slow: bool, too_slow: bool) -> None:
    watch = Watch(setup)
    watch.take(hops(0, 9.9), live(delay_ms))
    assert not watch.slow and not watch.too_slow
    watch.take(hops(9.9, 0.2), live(delay_ms))
    assert (watch.slow, watch.too_slow) == (slow, too_slow)


def test_loss_above_two_percent_is_told_and_passes(setup: Setup) -> None:
    watch = Watch(setup)
    watch.take(hops(0, 10.1), live(loss=0.021))
    assert watch.lossy
    watch.take(hops(11, 10.1), live(loss=0.019))
    assert not watch.lossy


def test_good_seconds_begin_anew_after_an_artefact(setup: Setup) -> None:
    watch = Watch(setup)
    watch.take(hops(0, 3.0), None)
    assert watch.good_s == pytest.approx(3.0)
    watch.take([*hops(3, 0.5, Cause.MUSCLE), *hops(3.5, 1.0)], None)
    assert watch.good_s == pytest.approx(1.0)
