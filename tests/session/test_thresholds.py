"""Thresholds from the clean baseline, and what can be done to them."""

import math

import numpy as np
import pytest

from nfb.model.commands import SetTarget, SetThreshold
from nfb.model.events import BaselineDone, BaselineShort, CommandRefused, StageStarted, ThresholdChanged
from nfb.model.protocol import Direction
from nfb.session.session import Output, Session
from nfb.session.setup import make_setup

from .conftest import Lab


def of_type(output: Output, kind: type) -> list:
    return [event for event in output.events if isinstance(event, kind)]


def test_the_threshold_is_the_percentile_that_the_target_would_have_passed(lab: Lab) -> None:
    output = lab.feed(Session(make_setup(lab.protocol(), lab.device())), lab.noise(30))
    changed = of_type(output, ThresholdChanged)
    baseline = [hop.features[0] for hop in output.hops if hop.stage == 0 and not hop.artefact]
    assert len(changed) == 1
    assert changed[0].by == "baseline"
    assert math.isnan(changed[0].old)
    assert changed[0].new == pytest.approx(np.quantile(baseline, 0.35), rel=1e-12)
    assert len(baseline) == 8 / 0.02


def test_the_threshold_is_frozen_for_the_run(lab: Lab) -> None:
    eeg = lab.noise(60)
    eeg[:, 30 * 250 :] *= 1.4
    output = lab.feed(Session(make_setup(lab.protocol(), lab.device())), eeg)
    run = {hop.thresholds for hop in output.hops if hop.stage == 1}
    assert len(run) == 1


def test_expected_shares_come_from_the_baseline(lab: Lab) -> None:
    session = Session(make_setup(lab.protocol(), lab.device()))
    output = lab.feed(session, lab.noise(20))
    done = of_type(output, BaselineDone)[0]
    assert done.expected_in_range == pytest.approx(0.65, abs=0.005)
    assert session.baseline.share(0, -1.0) == 1.0
    assert session.baseline.share(0, 1e9) == 0.0


def test_a_downward_condition_takes_the_other_tail(lab: Lab) -> None:
    down = lab.protocol().conditions[0]
    down = type(down)(down.feature, down.role, Direction.DOWN, down.threshold)
    output = lab.feed(Session(make_setup(lab.protocol(conditions=(down,)), lab.device())), lab.noise(20))
    baseline = [hop.features[0] for hop in output.hops if hop.stage == 0 and not hop.artefact]
    assert of_type(output, ThresholdChanged)[0].new == pytest.approx(np.quantile(baseline, 0.65), rel=1e-12)


def test_an_operator_moves_the_threshold_at_the_next_hop(lab: Lab) -> None:
    session = Session(make_setup(lab.protocol(), lab.device()))
    eeg = lab.noise(20)
    lab.feed(session, eeg[:, :3750])
    session.command(SetThreshold(0, 7.5))
    output = session.receive(lab.chunk(eeg, 3750, 3760))
    assert [hop.thresholds for hop in output.hops] == [(7.5,), (7.5,)]
    assert of_type(output, ThresholdChanged)[0].by == "operator"


def test_a_new_target_recomputes_the_threshold_from_the_same_baseline(lab: Lab) -> None:
    session = Session(make_setup(lab.protocol(), lab.device()))
    eeg = lab.noise(20)
    output = lab.feed(session, eeg[:, :3750])
    baseline = [hop.features[0] for hop in output.hops if hop.stage == 0 and not hop.artefact]
    session.command(SetTarget(0, 0.8))
    session.receive(lab.chunk(eeg, 3750, 3760))
    assert session.thresholds[0] == pytest.approx(np.quantile(baseline, 0.2), rel=1e-12)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (SetThreshold(3, 1.0), "condition 3: the protocol has conditions 0 to 0"),
        (SetThreshold(0, math.inf), "threshold inf: must be a finite number"),
        (SetTarget(0, 1.5), "target 1.5: must lie between 0 and 1"),
        (SetTarget(0, 0.5), "there is no clean baseline to take the threshold from"),
    ],
)
def test_a_command_without_meaning_is_refused_and_changes_nothing(
    lab: Lab, command: SetThreshold | SetTarget, reason: str
) -> None:
    session = Session(make_setup(lab.protocol(), lab.device()))
    session.command(command)
    output = lab.feed(session, lab.noise(4))
    assert of_type(output, CommandRefused)[0].reason == reason
    assert math.isnan(session.thresholds[0])


def test_a_threshold_from_an_earlier_visit_is_kept(lab: Lab) -> None:
    session = Session(make_setup(lab.protocol(), lab.device(), thresholds=(4.25,)))
    output = lab.feed(session, lab.noise(20))
    assert not of_type(output, ThresholdChanged)
    assert session.thresholds == (4.25,)
    assert of_type(output, BaselineDone)[0].expected_in_range == session.baseline.share(0, 4.25)


def dead_electrode(lab: Lab, seconds: float) -> Output:
    """A baseline of 8 clean seconds in which a used electrode is dead from 6 s on, for `seconds`."""
    eeg = lab.noise(60)
    eeg[2, 1500 : 1500 + round(seconds * 250)] = 3.0
    return lab.feed(Session(make_setup(lab.protocol(), lab.device())), eeg)


def test_a_baseline_waits_for_its_clean_seconds(lab: Lab) -> None:
    done = of_type(dead_electrode(lab, 5.0), BaselineDone)[0]
    assert 8.0 <= done.clean_s < 9.0  # it ends with a whole second
    assert done.sample > (8.0 + 3.0 + 5.0) * 250  # clean, settling, dead


def test_a_baseline_without_enough_clean_eeg_says_so_and_goes_on(lab: Lab) -> None:
    output = dead_electrode(lab, 30.0)
    short = of_type(output, BaselineShort)
    done = of_type(output, BaselineDone)[0]
    assert len(short) == 1
    assert short[0].clean_s < short[0].needed_s == 4.0
    assert 4.0 <= done.clean_s < 5.0
    assert {event.label: event.sample for event in of_type(output, StageStarted)}["run-1"] > 36 * 250
