"""Automatic thresholds: how far they move, and when they stand still (science check 10)."""

import dataclasses
import math

import numpy as np
import pytest

from nfb.model.events import BaselineDone, StageStarted, ThresholdChanged
from nfb.model.hop import Cause
from nfb.model.protocol import Protocol, Recalibrate, Stage, StageKind, Threshold, ThresholdRule
from nfb.model.samples import Float32
from nfb.session.session import Output, Session
from nfb.session.setup import make_setup

from .conftest import Lab

AUTO = (ThresholdRule.ROLLING_PERCENTILE, ThresholdRule.STAIRCASE)
STAGES = (Stage(StageKind.BASELINE, "baseline", 60.0), Stage(StageKind.RUN, "run-1", 1e6))


def protocol(lab: Lab, rule: ThresholdRule, **changes: object) -> Protocol:
    base = lab.protocol(stages=STAGES, **changes)
    condition = dataclasses.replace(base.conditions[0], threshold=Threshold(rule, target=0.65))
    return dataclasses.replace(base, conditions=(condition,))


def run(lab: Lab, rule: ThresholdRule, eeg: Float32, **changes: object) -> Output:
    return lab.feed(Session(make_setup(protocol(lab, rule, **changes), lab.device())), eeg, 5000)


@pytest.mark.parametrize("rule", AUTO)
def test_nothing_moves_while_the_session_is_held(lab: Lab, rule: ThresholdRule) -> None:
    eeg = lab.noise(150, seed=2)
    eeg[2, 100 * 250 : 107 * 250] = 5.0  # a used electrode is dead for 7 s
    output = run(lab, rule, eeg)
    held = [hop.hop for hop in output.hops if hop.cause is Cause.FLAT]
    moved = [event.hop for event in output.events if isinstance(event, ThresholdChanged) and event.by == "rule"]
    assert moved
    assert len(held) > 6 * 50
    assert not [hop for hop in moved if held[0] < hop <= held[-1]]


def test_a_rolling_percentile_moves_at_most_2_percent_of_its_range_a_second(lab: Lab) -> None:
    eeg = lab.noise(240, seed=3)
    eeg[:, 120 * 250 :] *= 4
    output = run(lab, ThresholdRule.ROLLING_PERCENTILE, eeg)
    moves = [event for event in output.events if isinstance(event, ThresholdChanged) and event.by == "rule"]
    run_values = np.array([hop.features[0] for hop in output.hops if hop.stage == 1 and hop.cause is Cause.NONE])
    widest = np.quantile(run_values, 0.9) - np.quantile(run_values, 0.1)
    for move in moves:
        assert abs(move.new - move.old) <= 0.02 * max(abs(move.old), widest) + 1e-12
    hops = np.diff([move.hop for move in moves])
    assert hops.min() >= 50


def test_the_baseline_z_rule_is_mean_plus_k_deviations_of_the_logarithm(lab: Lab) -> None:
    base = lab.protocol()
    condition = dataclasses.replace(base.conditions[0], threshold=Threshold(ThresholdRule.BASELINE_Z, k=0.5))
    session = Session(make_setup(dataclasses.replace(base, conditions=(condition,)), lab.device()))
    output = lab.feed(session, lab.noise(20))
    done = next(event for event in output.events if isinstance(event, BaselineDone))
    assert session.baseline.share(0, session.thresholds[0]) == pytest.approx(0.31, abs=0.12)
    assert session.thresholds[0] > done.feature_median[0]


def recalibrations(output: Output) -> list[ThresholdChanged]:
    return [e for e in output.events if isinstance(e, ThresholdChanged) and e.by == "recalibration"]


def test_a_session_far_out_of_range_is_recalibrated_once_after_three_clean_minutes(lab: Lab) -> None:
    eeg = lab.noise(700, seed=6)
    eeg[:, 70 * 250 :] *= 0.5  # success collapses for good
    output = run(lab, ThresholdRule.BASELINE_PERCENTILE, eeg, recalibrate=Recalibrate())
    moved = recalibrations(output)
    start = next(e.sample for e in output.events if isinstance(e, StageStarted) and e.stage == 1)
    assert len(moved) == 1
    assert 180 <= (moved[0].sample - start) / 250 <= 195
    after = [hop.in_range for hop in output.hops if hop.hop >= moved[0].hop and not hop.artefact]
    assert np.mean(after) == pytest.approx(0.65, abs=0.06)


def test_a_session_within_the_guard_band_is_left_alone(lab: Lab) -> None:
    output = run(lab, ThresholdRule.BASELINE_PERCENTILE, lab.noise(400, seed=6), recalibrate=Recalibrate())
    assert not recalibrations(output)


@pytest.mark.parametrize("rule", AUTO)
def test_automatic_thresholds_are_the_same_hop_by_hop_and_in_bulk(lab: Lab, rule: ThresholdRule) -> None:
    setup = make_setup(protocol(lab, rule, recalibrate=Recalibrate(30.0, 0.6, 0.7, 20.0)), lab.device())
    eeg = lab.noise(130, seed=9)
    one, other = lab.feed(Session(setup), eeg, 5), lab.feed(Session(setup), eeg, 7777)
    assert [repr(e) for e in one.events] == [repr(e) for e in other.events]
    assert [repr(h) for h in one.hops] == [repr(h) for h in other.hops]
    assert not math.isnan(one.hops[-1].thresholds[0])
