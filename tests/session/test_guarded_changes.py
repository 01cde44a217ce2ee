"""Changes that a session makes to thresholds by itself: what they aim at, what they look back on, and how seldom."""

import math
from dataclasses import replace

import numpy as np
import pytest

from nfb.model.commands import AimAt, Auto, Command, Recalibrate, SetTarget, SetThreshold
from nfb.model.events import CommandRefused, ThresholdChanged
from nfb.model.hop import HopResult
from nfb.model.protocol import (
    Band,
    Condition,
    Direction,
    Feature,
    FeatureKind,
    Guards,
    Protocol,
    Role,
    Stage,
    StageKind,
    Threshold,
    ThresholdRule,
)
from nfb.model.protocol import Recalibrate as RecalibrateRule
from nfb.model.samples import Float32
from nfb.session.session import Output, Session
from nfb.session.setup import Setup, make_setup

from .conftest import RATE_HZ, Lab

BASELINE_S, RUN_S, BEGIN_S = 40.0, 160.0, 43.0  # filters settle before the baseline begins
STAGES = (
    Stage(StageKind.BASELINE, "baseline", BASELINE_S),
    Stage(StageKind.RUN, "run-1", RUN_S),
    Stage(StageKind.RUN, "run-2", 1e6),
)
RULE = ThresholdRule.BASELINE_PERCENTILE


def alpha_and_theta(lab: Lab) -> Protocol:
    """Alpha up and theta down, without guards."""
    bands = {"alpha": (8.0, 12.0), "theta": (4.0, 7.0)}
    return lab.protocol(
        features=tuple(Feature(name, FeatureKind.AMPLITUDE, Band(hz), sites=("C3",)) for name, hz in bands.items()),
        conditions=(
            Condition("alpha", Role.REWARD, Direction.UP, Threshold(RULE, 0.65)),
            Condition("theta", Role.INHIBIT, Direction.DOWN, Threshold(RULE, 0.9)),
        ),
        stages=STAGES,
        guards=Guards(None, None, None, None, None),
        hop_s=0.1,
    )


def rhythms(seconds: float, alpha_uv: np.ndarray, theta_uv: np.ndarray) -> Float32:
    """``(4, n)`` 10 Hz and 5.5 Hz on every channel, with envelopes given in even steps of time."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    steps = np.linspace(0.0, seconds, len(alpha_uv))
    wave = np.interp(time_s, steps, alpha_uv) * np.sin(2 * np.pi * 10.0 * time_s)
    wave += np.interp(time_s, steps, theta_uv) * np.sin(2 * np.pi * 5.5 * time_s)
    return np.tile(wave.astype(np.float32), (4, 1))


def waxing(seconds: float, seed: int) -> np.ndarray:
    """A random envelope, one value a second, µV."""
    return np.random.default_rng(seed).uniform(5.0, 25.0, round(seconds))


def conflict(seconds: float = 360.0) -> Float32:
    """Alpha and theta come and go independently in the baseline, and together afterwards."""
    alpha, theta = waxing(seconds, 1), waxing(seconds, 2)
    from_step = round(BEGIN_S)
    theta[from_step:] = alpha[from_step:] + 3.0
    return rhythms(seconds, alpha, theta)


def fall(at_s: float, seconds: float = 360.0) -> Float32:
    """Alpha falls to a third for good, theta stays."""
    alpha, theta = waxing(seconds, 1), waxing(seconds, 2)
    alpha[round(at_s) :] /= 3.0
    return rhythms(seconds, alpha, theta)


def play(setup: Setup, lab: Lab, eeg: Float32, script: dict[float, Command]) -> Output:
    """Feed a signal; each command comes before the sample at its second."""
    session, joined = Session(setup), Output([], [])
    stops = [*(round(at_s * RATE_HZ) for at_s in sorted(script)), eeg.shape[1]]
    commands = [None, *(script[at_s] for at_s in sorted(script))]
    start = 0
    for command, stop in zip(commands, stops, strict=True):
        if command is not None:
            session.command(command)
        output = session.receive(lab.chunk(eeg, start, stop))
        joined.hops.extend(output.hops)
        joined.events.extend(output.events)
        start = stop
    return joined


def changes_s(output: Output, by: str) -> list[float]:
    """When thresholds were moved by `by`, in seconds of clean time of their run; several at once count once."""
    hops = sorted({event.hop for event in output.events if isinstance(event, ThresholdChanged) and event.by == by})
    by_hop = {hop.hop: hop for hop in output.hops}
    return [by_hop[hop].valid_s for hop in hops]


def in_range(output: Output, from_hop: int, seconds: float) -> float:
    """Share in range over so many seconds of clean hops."""
    hops = [hop for hop in output.hops if hop.hop >= from_hop and not hop.artefact][: round(10 * seconds)]
    return float(np.mean([hop.in_range for hop in hops]))


def met(hops: list[HopResult], thresholds: tuple[float, ...]) -> float:
    """Share of hops with alpha over and theta under its threshold."""
    alpha_uv, theta_uv = thresholds
    return float(np.mean([hop.features[0] >= alpha_uv and hop.features[1] <= theta_uv for hop in hops]))


def first_change(output: Output, by: str) -> int:
    return next(event.hop for event in output.events if isinstance(event, ThresholdChanged) and event.by == by)


@pytest.mark.parametrize("target", [0.5, 0.65])
def test_taken_anew_all_conditions_together_meet_the_overall_target(lab: Lab, target: float) -> None:
    """What was independent in the baseline goes together in the run, so that shares multiply no more."""
    setup = make_setup(alpha_and_theta(lab), lab.device(), target=target)
    output = play(setup, lab, conflict(), {140.0: Recalibrate()})
    moved = first_change(output, "recalibration")
    looked_at = [hop for hop in output.hops if hop.stage == 1 and not hop.artefact and hop.hop < moved][-900:]
    assert np.mean([hop.in_range for hop in looked_at]) < target - 0.1
    assert met(looked_at, output.hops[moved].thresholds) == pytest.approx(target, abs=0.01)
    assert in_range(output, moved, 90.0) == pytest.approx(target, abs=0.12)


def test_a_recalibration_by_hand_aims_at_the_target_that_the_operator_chose_last(lab: Lab) -> None:
    setup = make_setup(alpha_and_theta(lab), lab.device(), target=0.65)
    output = play(setup, lab, conflict(), {60.0: AimAt(0.8), 140.0: Recalibrate()})
    moved = first_change(output, "recalibration")
    assert moved == round(10 * 140.0)
    assert all(hop.thresholds == output.hops[moved - 1].thresholds for hop in output.hops[600:moved])
    assert in_range(output, moved, 90.0) == pytest.approx(0.8, abs=0.1)


def test_a_target_for_one_condition_goes_before_the_overall_one(lab: Lab) -> None:
    protocol = replace(alpha_and_theta(lab), conditions=alpha_and_theta(lab).conditions[:1])
    setup = make_setup(protocol, lab.device(), target=0.65)
    output = play(setup, lab, fall(60.0), {50.0: SetTarget(0, 0.4), 170.0: Recalibrate()})
    assert in_range(output, first_change(output, "recalibration"), 90.0) == pytest.approx(0.4, abs=0.08)


@pytest.mark.parametrize("target", [0.0, 1.0, math.nan])
def test_a_target_that_cannot_be_is_refused(lab: Lab, target: float) -> None:
    output = play(make_setup(alpha_and_theta(lab), lab.device()), lab, fall(1.0, 3.0), {1.0: AimAt(target)})
    (refused,) = [event for event in output.events if isinstance(event, CommandRefused)]
    assert "must lie between 0 and 1" in refused.reason


def test_within_a_run_only_the_minute_that_was_out_of_range_is_looked_back_on(lab: Lab) -> None:
    """Alpha falls 70 s into the run: of the 90 s before the change 20 or more were of another state."""
    setup = make_setup(alpha_and_theta(lab), lab.device(), target=0.65)
    output = play(setup, lab, fall(BEGIN_S + 70.0), {1.0: Auto(True)})
    (within,) = [at_s for at_s in changes_s(output, "auto") if at_s > 1.0]
    assert 95.0 < within < 130.0
    moved = first_change(output, "auto")
    minute = [hop for hop in output.hops if not hop.artefact and hop.hop < moved][-600:]
    assert met(minute, output.hops[moved].thresholds) == pytest.approx(0.65, abs=0.01)


def test_an_operator_who_moves_a_threshold_is_given_a_minute_before_auto_does(lab: Lab) -> None:
    setup = make_setup(alpha_and_theta(lab), lab.device(), target=0.65)
    left_alone = changes_s(play(setup, lab, fall(BEGIN_S), {1.0: Auto(True)}), "auto")[0]
    assert left_alone == pytest.approx(60.0, abs=1.0)
    steered = play(setup, lab, fall(BEGIN_S), {1.0: Auto(True), 90.0: SetThreshold(0, 30.0)})
    by_hand = changes_s(steered, "operator")[0]
    assert by_hand < 60.0
    assert changes_s(steered, "auto")[0] == pytest.approx(by_hand + 60.0, abs=1.0)


def test_the_protocols_own_recalibration_and_auto_never_both_move_a_threshold_within_a_run(lab: Lab) -> None:
    rule = RecalibrateRule(after_s=50.0, from_s=40.0)
    protocol = replace(alpha_and_theta(lab), recalibrate=rule)
    setup = make_setup(protocol, lab.device(), target=0.65)
    by_rule = play(setup, lab, fall(BEGIN_S), {})
    assert changes_s(by_rule, "recalibration") == [pytest.approx(50.0, abs=1.0)]
    both = play(setup, lab, fall(BEGIN_S), {1.0: Auto(True)})
    assert not changes_s(both, "recalibration")
    assert len([at_s for at_s in changes_s(both, "auto") if at_s > 1.0]) == 1
    # After the one of this run alpha is far out of range again, and stays there.
    later = play(setup, lab, fall(BEGIN_S), {BEGIN_S + 52.0: Auto(True), BEGIN_S + 53.0: SetThreshold(0, 30.0)})
    assert len(changes_s(later, "recalibration")) == 1
    assert not [at_s for at_s in changes_s(later, "auto") if at_s > 1.0]
