"""What an operator may change during a session, and what is refused with which reason."""

import dataclasses
import math

import numpy as np
import pytest

from nfb.files.journal import from_record, to_record
from nfb.model.commands import (
    Auto,
    Command,
    NextStage,
    Recalibrate,
    Refit,
    Resume,
    SetFeedback,
    SetIaf,
    SetRuns,
    SetTarget,
    SetThreshold,
    SetThresholds,
    WaitAfter,
)
from nfb.model.errors import SetupError
from nfb.model.events import (
    AuditLine,
    BaselineDone,
    CommandRefused,
    FilterFitted,
    StagesPlanned,
    StageStarted,
    StateChanged,
    ThresholdChanged,
)
from nfb.model.hop import Cause
from nfb.model.protocol import (
    Band,
    Condition,
    Direction,
    Feature,
    FeatureKind,
    Protocol,
    Role,
    Stage,
    StageKind,
    Threshold,
    ThresholdRule,
)
from nfb.model.samples import Float32
from nfb.session.plan import plan_runs, runs_begun
from nfb.session.session import Output, Session
from nfb.session.setup import Setup, make_setup

from .conftest import Lab

RATE = 250
BASELINE, RUN, REST = StageKind.BASELINE, StageKind.RUN, StageKind.REST
STAGES = (
    Stage(BASELINE, "baseline", 30.0),
    Stage(RUN, "run-1", 70.0),
    Stage(REST, "rest-1", 2.0),
    Stage(RUN, "run-2", 70.0),
)


def play(setup: Setup, lab: Lab, eeg: Float32, script: list[tuple[float, Command]], chunk: int = 2500) -> Output:
    """Feed a signal; each command comes before the sample at its second."""
    session, joined = Session(setup), Output([], [])
    waiting = [(round(at_s * RATE), command) for at_s, command in script]
    position = 0
    while position < eeg.shape[1]:
        while waiting and waiting[0][0] <= position:
            session.command(waiting.pop(0)[1])
        stop = min(eeg.shape[1], position + chunk, waiting[0][0] if waiting else eeg.shape[1])
        output = session.receive(lab.chunk(eeg, position, stop))
        joined.hops.extend(output.hops)
        joined.events.extend(output.events)
        position = stop
    return joined


def moved(output: Output, by: str) -> list[ThresholdChanged]:
    return [event for event in output.events if isinstance(event, ThresholdChanged) and event.by == by]


def refused(output: Output) -> list[str]:
    return [event.reason for event in output.events if isinstance(event, CommandRefused)]


def share_in_range(output: Output, stage: int, from_hop: int = 0) -> float:
    hops = [hop for hop in output.hops if hop.stage == stage and hop.hop >= from_hop and hop.cause is Cause.NONE]
    return float(np.mean([hop.in_range for hop in hops]))


def two_conditions(lab: Lab) -> Protocol:
    bands = {"alpha": (8.0, 12.0), "theta": (4.0, 7.0)}
    features = tuple(Feature(name, FeatureKind.AMPLITUDE, Band(hz), sites=("C3",)) for name, hz in bands.items())
    rule = ThresholdRule.BASELINE_PERCENTILE
    return lab.protocol(
        features=features,
        stages=STAGES,
        conditions=(
            Condition("alpha", Role.REWARD, Direction.UP, Threshold(rule, 0.65)),
            Condition("theta", Role.INHIBIT, Direction.DOWN, Threshold(rule, 0.9)),
        ),
    )


@pytest.mark.parametrize("target", [0.35, 0.5, 0.75])
def test_an_overall_target_is_the_share_in_which_all_conditions_are_met_at_once(lab: Lab, target: float) -> None:
    output = play(make_setup(two_conditions(lab), lab.device(), target=target), lab, lab.noise(40, seed=3), [])
    done = next(event for event in output.events if isinstance(event, BaselineDone))
    assert done.expected_in_range == pytest.approx(target, abs=0.003)
    # What the inhibit lets pass stays more than what the reward asks for.
    values = np.array([hop.features for hop in output.hops if hop.stage == 1 and hop.cause is Cause.NONE])
    alpha, theta = output.hops[-1].thresholds
    assert np.mean(values[:, 1] <= theta) > np.mean(values[:, 0] >= alpha)


def test_runs_can_be_planned_before_the_session(lab: Lab) -> None:
    setup = make_setup(two_conditions(lab), lab.device(), runs=3, run_s=20.0, rest_s=5.0)
    assert [(stage.label, stage.duration_s) for stage in setup.stages] == [
        ("baseline", 30.0),
        ("run-1", 20.0),
        ("rest-1", 5.0),
        ("run-2", 20.0),
        ("rest-2", 5.0),
        ("run-3", 20.0),
    ]
    without_rests = make_setup(two_conditions(lab), lab.device(), runs=2, rest_s=0.0)
    assert [stage.label for stage in without_rests.stages] == ["baseline", "run-1", "run-2"]


@pytest.mark.parametrize(
    ("plan", "place"),
    [
        ({"runs": 0}, "runs = 0"),
        ({"run_s": 0.5}, "run_s = 0.5"),
        ({"rest_s": -1.0}, "rest_s = -1"),
        ({"target": 1.0}, "target = 1"),
    ],
)
def test_a_plan_that_cannot_be_is_named(lab: Lab, plan: dict[str, float], place: str) -> None:
    with pytest.raises(SetupError, match=place):
        make_setup(lab.protocol(), lab.device(), **plan)  # type: ignore[arg-type]


def test_what_has_begun_stays_when_runs_are_planned_anew() -> None:
    in_run_2 = plan_runs(STAGES, 4, 50.0, n_begun=4)
    assert in_run_2[:4] == STAGES
    assert [(s.label, s.duration_s) for s in in_run_2[4:]] == [
        ("rest-2", 2.0),
        ("run-3", 50.0),
        ("rest-3", 2.0),
        ("run-4", 50.0),
    ]
    in_rest_1 = plan_runs(STAGES, 2, 50.0, n_begun=3)
    assert [(s.label, s.duration_s) for s in in_rest_1] == [
        ("baseline", 30.0),
        ("run-1", 70.0),
        ("rest-1", 2.0),
        ("run-2", 50.0),
    ]
    transfer = (*STAGES, Stage(StageKind.TRANSFER, "transfer", 60.0))
    assert [s.label for s in plan_runs(transfer, 1, 50.0, n_begun=2)] == ["baseline", "run-1", "transfer"]
    assert [runs_begun(transfer, n) for n in range(6)] == [0, 0, 1, 1, 2, None]


def test_runs_planned_during_a_session_are_run(lab: Lab) -> None:
    setup = make_setup(two_conditions(lab), lab.device(), run_s=10.0)
    output = play(setup, lab, lab.noise(80, seed=2), [(36.0, SetRuns(3, 5.0)), (50.0, SetRuns(1, 5.0))])
    planned = next(event for event in output.events if isinstance(event, StagesPlanned))
    assert [stage.label for stage in planned.stages][-1] == "run-3"
    assert from_record(to_record(planned)) == planned
    assert refused(output) == ["1 runs: run 2 has begun already"]
    assert output.hops[-1].stage == 5


def test_a_run_waits_after_its_baseline_and_after_a_break(lab: Lab) -> None:
    """From the very first hop of the run on, however late anybody looks."""
    setup = make_setup(two_conditions(lab), lab.device(), run_s=10.0)
    script = [(1.0, WaitAfter(baseline=True, rest=True)), (45.0, Resume())]
    output = play(setup, lab, lab.noise(80, seed=2), script)
    assert refused(output) == []
    began = {event.label: event.hop for event in output.events if isinstance(event, StageStarted)}
    paused = [event.hop for event in output.events if isinstance(event, StateChanged) and event.state == "paused"]
    assert paused == [began["run-1"], began["run-2"]]
    resumed = next(e.hop for e in output.events if isinstance(e, StateChanged) and e.why == "resumed")
    waited = [hop for hop in output.hops if began["run-1"] <= hop.hop < resumed]
    assert len(waited) * setup.hop_s > 10.0
    assert {(hop.feedback, hop.reward, hop.in_range) for hop in waited} == {(0.5, False, False)}
    assert not any(hop.reward for hop in output.hops if hop.hop >= began["run-2"])


def test_an_operator_who_ends_a_break_does_not_have_to_say_it_twice(lab: Lab) -> None:
    setup = make_setup(two_conditions(lab), lab.device(), run_s=10.0)
    script: list[tuple[float, Command]] = [(1.0, WaitAfter(baseline=False, rest=True)), (44.0, NextStage())]
    output = play(setup, lab, lab.noise(80, seed=2), script)
    assert output.hops[-1].stage == 3
    assert not any(isinstance(e, StateChanged) and e.state == "paused" for e in output.events)


def test_a_baseline_that_gave_no_thresholds_is_waited_for_by_nobody(lab: Lab) -> None:
    setup = make_setup(two_conditions(lab), lab.device(), run_s=10.0)
    script: list[tuple[float, Command]] = [(1.0, WaitAfter(baseline=True, rest=False)), (1.0, NextStage())]
    output = play(setup, lab, lab.noise(10, seed=2), script)
    assert output.hops[-1].stage == 1
    assert not any(isinstance(e, StateChanged) and e.state == "paused" for e in output.events)


def test_following_takes_percentiles_anew_as_a_run_begins_and_once_within_it(lab: Lab) -> None:
    eeg = lab.noise(240, seed=6)
    eeg[:, 40 * RATE :] *= 0.5
    protocol = dataclasses.replace(two_conditions(lab), conditions=two_conditions(lab).conditions[:1])
    output = play(make_setup(protocol, lab.device(), run_s=100.0), lab, eeg, [(34.0, Auto(True))])
    assert [e.text for e in output.events if isinstance(e, AuditLine)] == ["auto: score ≠ learning"]
    within, at_start = moved(output, "auto")
    assert {hop.stage for hop in output.hops if hop.hop == within.hop} == {1}
    assert {hop.stage for hop in output.hops if hop.hop == at_start.hop} == {3}
    assert share_in_range(output, 1) < 0.5  # for a minute
    assert share_in_range(output, 3) == pytest.approx(0.65, abs=0.06)


def test_without_following_thresholds_stay(lab: Lab) -> None:
    eeg = lab.noise(160, seed=6)
    eeg[:, 40 * RATE :] *= 0.5
    output = play(make_setup(two_conditions(lab), lab.device()), lab, eeg, [(34.0, Auto(True)), (35.0, Auto(False))])
    assert not moved(output, "auto")


def test_a_recalibration_by_hand_comes_once_and_needs_a_minute(lab: Lab) -> None:
    eeg = lab.noise(150, seed=6)
    eeg[:, 34 * RATE :] *= 0.5
    script: list[tuple[float, Command]] = [(50.0, Recalibrate()), (100.0, Recalibrate()), (101.0, Recalibrate())]
    output = play(make_setup(two_conditions(lab), lab.device()), lab, eeg, script)
    assert len(moved(output, "recalibration")) == 2  # both conditions
    early, again = refused(output)
    assert "needs 60 s of clean training, there are 1" in early
    assert "once a session" in again
    rates = [
        hop.in_range for hop in output.hops if hop.hop > moved(output, "recalibration")[0].hop and not hop.artefact
    ]
    assert np.mean(rates) == pytest.approx(0.65 * 0.9, abs=0.08)


def test_all_thresholds_go_back_at_once(lab: Lab) -> None:
    script: list[tuple[float, Command]] = [
        (40.0, SetThreshold(0, 99.0)),
        (41.0, SetThresholds((3.5, math.nan))),
        (42.0, SetThresholds((1.0,))),
    ]
    output = play(make_setup(two_conditions(lab), lab.device()), lab, lab.noise(45), script)
    theta = moved(output, "baseline")[1].new
    assert output.hops[-1].thresholds == (3.5, theta)
    assert refused(output) == ["1 thresholds: the protocol has 2 conditions"]


def test_a_refit_keeps_the_share_of_the_baseline_that_passes(lab: Lab) -> None:
    eeg = lab.noise(120, seed=8)
    output = play(make_setup(two_conditions(lab), lab.device()), lab, eeg, [(35.0, Refit()), (90.0, Refit())])
    assert refused(output) and "need 10 s of clean EEG" in refused(output)[0]
    fits = [event for event in output.events if isinstance(event, FilterFitted)]
    assert [event.basis for event in fits] == ["prior", "person", "person"]
    assert fits[-1].hop == 90 * 50
    for change in moved(output, "filters"):
        assert change.new == pytest.approx(change.old, rel=0.05)
        assert change.new != change.old
    after = share_in_range(output, 1, fits[-1].hop)
    assert after == pytest.approx(share_in_range(output, 1), abs=0.08)


def test_the_same_commands_at_the_same_borders_give_the_same_session_in_any_chunks(lab: Lab) -> None:
    script: list[tuple[float, Command]] = [
        (33.0, Auto(True)),
        (50.0, SetFeedback("scene", "chime")),
        (60.0, SetIaf(9.0, "seen in an earlier visit")),
        (61.02, SetTarget(0, 0.5)),
        (100.0, Recalibrate()),
        (101.0, SetRuns(3, 10.0)),
        (102.0, Refit()),
    ]
    protocol = two_conditions(lab)
    alpha = dataclasses.replace(protocol.features[0], band=Band((8.0, 12.0), (-2.0, 2.0)))
    setup = make_setup(
        dataclasses.replace(protocol, features=(alpha, protocol.features[1])), lab.device(), target=0.5
    )
    eeg = lab.noise(150, seed=1)
    whole, parts = play(setup, lab, eeg, script, 100_000), play(setup, lab, eeg, script, 7)
    assert [repr(event) for event in whole.events] == [repr(event) for event in parts.events]
    assert [repr(hop) for hop in whole.hops] == [repr(hop) for hop in parts.hops]
    assert not refused(whole)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (SetIaf(4.0, "x"), "must lie from 5 to 15 Hz"),
        (SetIaf(10.0, " "), "say why"),
        (SetRuns(2, 0.0), "must last 1 to 3600 s"),
        (Refit(), "need 10 s of clean EEG, there are 0 s"),
        (SetThresholds((math.inf, 1.0)), "finite"),
    ],
)
def test_what_has_no_meaning_is_refused_with_a_reason(lab: Lab, command: Command, reason: str) -> None:
    output = play(make_setup(two_conditions(lab), lab.device()), lab, lab.noise(2), [(1.0, command)])
    assert reason in refused(output)[0]


def test_thresholds_fixed_by_the_protocol_cannot_follow(lab: Lab) -> None:
    output = play(
        make_setup(lab.run_only(), lab.device()), lab, lab.noise(2), [(0.5, Auto(True)), (1.0, Recalibrate())]
    )
    assert refused(output) == ["no threshold here is a percentile that could be taken anew"] * 2
