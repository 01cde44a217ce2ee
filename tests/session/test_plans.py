"""Sessions of several parts: the alpha peak with eyes closed, two sets of conditions, no baseline, a course."""

import dataclasses
import math

import numpy as np
import pytest

from nfb.files.codec import decode, encode
from nfb.files.protocol_file import parse_protocol
from nfb.model.commands import Command, SetIaf, SetTarget
from nfb.model.errors import ProtocolError, SetupError
from nfb.model.events import AlphaPeakFound, AuditLine, BaselineDone, CommandRefused, Crossed, FilterFitted, Rewarded
from nfb.model.hop import Cause
from nfb.model.protocol import (
    Band,
    Condition,
    Crossover,
    Direction,
    Eyes,
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
from nfb.session.session import Output, Session
from nfb.session.setup import Setup, make_setup

from .conftest import RATE_HZ, Lab

BASELINE, RUN, REST = StageKind.BASELINE, StageKind.RUN, StageKind.REST


# --- the individual alpha frequency


def follows_peak(lab: Lab) -> Protocol:
    alpha = Feature("alpha", FeatureKind.AMPLITUDE, Band((8.0, 12.0), (-1.0, 1.0)), sites=("C3", "C4"), delay_s=0.15)
    stages = (
        Stage(BASELINE, "eyes-closed", 40.0, Eyes.CLOSED, 30.0, for_peak=True),
        Stage(BASELINE, "baseline", 30.0),
        Stage(RUN, "run-1", 20.0),
        Stage(RUN, "run-2", 1e6),
    )
    return lab.protocol(features=(alpha,), stages=stages)


def rhythm(lab: Lab, hz: float, seconds: float = 130.0, uv: float = 8.0) -> Float32:
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    wander = np.cumsum(np.random.default_rng(1).standard_normal(t.size)) * 0.02
    return lab.noise(seconds, seed=11) + (uv * np.sin(2 * np.pi * hz * t + wander)).astype(np.float32)


def found(output: Output) -> AlphaPeakFound | None:
    return next((event for event in output.events if isinstance(event, AlphaPeakFound)), None)


def at_the_end(output: Output) -> float:
    return float(np.median([hop.features[0] for hop in output.hops[-500:] if hop.cause is Cause.NONE]))


def test_bands_move_to_the_peak_found_with_eyes_closed(lab: Lab) -> None:
    output = lab.feed(Session(make_setup(follows_peak(lab), lab.device())), rhythm(lab, 9.0))
    peak = found(output)
    assert peak is not None and peak.hz is not None
    assert peak.hz == pytest.approx(9.0, abs=0.06)
    assert peak.channels == ("C3", "C4")
    assert "above 1/f" in peak.why
    fixed = lab.feed(Session(make_setup(follows_peak(lab), lab.device(), iaf_hz=11.5)), rhythm(lab, 9.0))
    assert at_the_end(output) == pytest.approx(8.0, rel=0.15)  # 8-10 Hz holds the rhythm
    assert at_the_end(fixed) < 4.0  # 10.5-12.5 Hz does not


def test_without_a_clear_peak_the_fixed_band_stays_and_the_reason_is_told(lab: Lab) -> None:
    output = lab.feed(Session(make_setup(follows_peak(lab), lab.device())), lab.noise(130, seed=12))
    peak = found(output)
    assert peak is not None
    assert (peak.hz, peak.why.partition(":")[0]) == (None, "no clear peak")
    never = lab.feed(Session(make_setup(follows_peak(lab), lab.device(), find_iaf=False)), lab.noise(130, seed=12))
    assert at_the_end(output) == pytest.approx(at_the_end(never), rel=0.1)


def test_a_known_peak_needs_no_stage_and_wins(lab: Lab) -> None:
    setup = make_setup(follows_peak(lab), lab.device(), iaf_hz=11.5)
    assert [stage.label for stage in setup.stages] == ["baseline", "run-1", "run-2"]
    assert found(lab.feed(Session(setup), rhythm(lab, 9.0, 80))) is None


@pytest.mark.parametrize("short", [{"time_limit_s": 60.0}, {"baseline_s": 8.0}])
def test_a_short_session_does_without_the_stage(lab: Lab, short: dict[str, float]) -> None:
    setup = make_setup(follows_peak(lab), lab.device(), **short)  # type: ignore[arg-type]
    assert "eyes-closed" not in [stage.label for stage in setup.stages]


def test_a_peak_set_by_hand_with_a_reason_holds_from_the_next_stage_on(lab: Lab) -> None:
    eeg = rhythm(lab, 9.0)
    session = Session(make_setup(follows_peak(lab), lab.device()))
    outputs = [lab.feed(session, eeg[:, : 85 * 250])]
    session.command(SetIaf(11.5, "seen in three visits"))
    rest = session.receive(lab.chunk(eeg, 85 * 250, eeg.shape[1]))
    run_1 = [hop.features[0] for hop in rest.hops if hop.stage == 2 and hop.cause is Cause.NONE]
    assert np.median(run_1) == pytest.approx(8.0, rel=0.15)
    assert at_the_end(rest) < 4.0
    fits = [event.hop for event in (*outputs[0].events, *rest.events) if isinstance(event, FilterFitted)]
    assert fits[-1] == next(hop.hop for hop in rest.hops if hop.stage == 3)
    # The threshold moves with the band: success stays what it was.
    late = [hop.in_range for hop in rest.hops if hop.stage == 3 and hop.cause is Cause.NONE]
    assert np.mean(late) == pytest.approx(0.65, abs=0.12)


def test_a_baseline_with_eyes_closed_gives_peak_and_thresholds_at_once(lab: Lab) -> None:
    protocol = follows_peak(lab)
    stages = (Stage(BASELINE, "baseline", 60.0, Eyes.CLOSED), Stage(RUN, "run-1", 1e6, Eyes.CLOSED))
    setup = make_setup(dataclasses.replace(protocol, stages=stages), lab.device())
    one, other = (lab.feed(Session(setup), rhythm(lab, 9.0, 80), size) for size in (7, 20_000))
    peak = found(one)
    assert peak is not None and peak.hz == pytest.approx(9.0, abs=0.06)
    assert at_the_end(one) == pytest.approx(8.0, rel=0.15)
    assert [repr(event) for event in one.events] == [repr(event) for event in other.events]
    assert [repr(hop) for hop in one.hops] == [repr(hop) for hop in other.hops]


# --- two sets of conditions


def two_sets(lab: Lab) -> Protocol:
    bands = {"beta": (15.0, 18.0), "theta": (4.0, 7.0), "alpha": (8.0, 12.0)}
    features = tuple(Feature(name, FeatureKind.AMPLITUDE, Band(hz), sites=("C3",)) for name, hz in bands.items())
    percentile = Threshold(ThresholdRule.BASELINE_PERCENTILE, 0.6)
    conditions = (
        Condition("beta", Role.REWARD, Direction.UP, percentile),
        Condition("theta", Role.INHIBIT, Direction.DOWN, Threshold(ThresholdRule.BASELINE_PERCENTILE, 0.9)),
        Condition("alpha", Role.REWARD, Direction.UP, percentile),
    )
    first, second = ("beta", "theta"), ("alpha",)
    stages = (
        Stage(BASELINE, "baseline", 20.0, conditions=first),
        Stage(REST, "rest-0", 3.0, conditions=first),
        Stage(RUN, "run-1", 20.0, conditions=first),
        Stage(BASELINE, "baseline-2", 20.0, Eyes.CLOSED, conditions=second),
        Stage(RUN, "run-2", 20.0, Eyes.CLOSED, conditions=second),
    )
    return lab.protocol(features=features, conditions=conditions, stages=stages)


def test_each_set_of_conditions_has_its_own_baseline_and_is_judged_by_itself(lab: Lab) -> None:
    eeg = lab.noise(100, seed=13)
    t = np.arange(eeg.shape[1]) / RATE_HZ
    eeg[2, 46 * 250 :] += (5 * np.sin(2 * np.pi * 10 * t) * (1 + 0.5 * np.sin(2 * np.pi * 0.3 * t)))[46 * 250 :]
    setup = make_setup(two_sets(lab), lab.device())
    output = lab.feed(Session(setup), eeg)
    first, second = (event for event in output.events if isinstance(event, BaselineDone))
    assert first.expected_in_range == pytest.approx(0.6 * 0.9, abs=0.08)
    assert second.expected_in_range == pytest.approx(0.6, abs=0.01)
    assert second.feature_median[2] > 1.5 * first.feature_median[2]  # alpha with closed eyes
    in_run = {stage: [h for h in output.hops if h.stage == stage and h.cause is Cause.NONE] for stage in (2, 4)}
    for hop in in_run[2]:
        assert math.isnan(hop.thresholds[2])
        assert hop.in_range == (hop.features[0] >= hop.thresholds[0] and hop.features[1] <= hop.thresholds[1])
    for hop in in_run[4]:
        assert hop.in_range == (hop.features[2] >= hop.thresholds[2])
    assert {hop.stage for hop in output.hops if hop.reward} == {2, 4}
    assert len([event for event in output.events if isinstance(event, Rewarded)]) > 10


def test_parts_that_begin_within_a_second_are_the_same_in_any_chunks(lab: Lab) -> None:
    protocol = two_sets(lab)
    alpha = dataclasses.replace(protocol.features[2], band=Band((8.0, 12.0), (-1.0, 1.0)))
    features = (*protocol.features[:2], alpha)
    stages = tuple(dataclasses.replace(stage, duration_s=stage.duration_s + 0.34) for stage in protocol.stages)
    setup = make_setup(dataclasses.replace(protocol, features=features, stages=stages), lab.device())
    eeg = rhythm(lab, 9.0, 110.0)
    outputs = []
    for size in (7, 30_000):
        session = Session(setup)
        first = lab.feed(session, eeg[:, : 35 * 250], size)
        session.command(SetIaf(10.4, "seen before"))
        second = session.receive(lab.chunk(eeg, 35 * 250, 40 * 250))
        for start in range(40 * 250, eeg.shape[1], size):
            part = session.receive(lab.chunk(eeg, start, min(start + size, eeg.shape[1])))
            second.hops.extend(part.hops)
            second.events.extend(part.events)
        outputs.append([repr(value) for value in (*first.events, *first.hops, *second.events, *second.hops)])
    assert outputs[0] == outputs[1]


def test_a_target_is_taken_from_the_baseline_of_its_own_condition(lab: Lab) -> None:
    session = Session(make_setup(two_sets(lab), lab.device()))
    eeg = lab.noise(80, seed=13)
    script: list[tuple[int, Command]] = [(35, SetTarget(2, 0.5)), (75, SetTarget(2, 0.5)), (76, SetTarget(0, 0.5))]
    refused, position = [], 0
    for at_s, command in [*script, (80, SetTarget(0, 0.5))]:
        output = session.receive(lab.chunk(eeg, position, at_s * 250))
        refused += [event.command for event in output.events if isinstance(event, CommandRefused)]
        session.command(command)
        position = at_s * 250
    assert refused == [SetTarget(2, 0.5)]  # before its baseline


# --- no baseline


def test_without_a_baseline_filters_come_from_the_first_10_20_and_40_clean_seconds(lab: Lab) -> None:
    eeg = rhythm(lab, 10.0, 90.0)
    eeg[2, 12 * 250 : 13 * 250] += 600  # a hold in between: clean seconds count, not seconds
    output = lab.feed(Session(make_setup(lab.run_only(guards=lab.protocol().guards), lab.device())), eeg)
    fits = [event for event in output.events if isinstance(event, FilterFitted)]
    assert [event.basis for event in fits] == ["prior", "person", "person", "person"]
    clean_s = [sum(hop.cause is Cause.NONE for hop in output.hops[: event.hop]) / 50 for event in fits[1:]]
    for seconds, milestone in zip(clean_s, (10, 20, 40), strict=True):
        assert milestone <= seconds < milestone + 6
    assert all(event.hop % 50 == 0 for event in fits)


def test_a_baseline_can_be_left_out_where_thresholds_are_carried_over(lab: Lab) -> None:
    setup = make_setup(lab.protocol(), lab.device(), thresholds=(5.0,), baseline_s=0)
    assert [stage.label for stage in setup.stages] == ["run-1"]
    with pytest.raises(SetupError, match="threshold of alpha"):
        make_setup(lab.protocol(), lab.device(), baseline_s=0)


def test_a_set_up_recorded_before_there_were_all_these_runs_as_it_did_then(lab: Lab) -> None:
    """Its bands stay, its filters are those of the population, and every command of the time has its meaning."""
    setup = make_setup(lab.run_only(), lab.device())
    recorded = encode(setup)
    assert isinstance(recorded, dict)
    for key in ("target", "find_iaf", "progressive", "audit"):
        del recorded[key]
    for stage in recorded["stages"]:  # type: ignore[union-attr]
        del stage["conditions"], stage["for_peak"]  # type: ignore[index, union-attr, call-overload]
    older = decode(Setup, recorded)
    assert older == dataclasses.replace(setup, find_iaf=False, progressive=False)
    output = lab.feed(Session(older), lab.noise(30, seed=1))
    assert [event.basis for event in output.events if isinstance(event, FilterFitted)] == ["prior"]


# --- a course


def course(lab: Lab, direction: Direction = Direction.UP) -> Protocol:
    condition = Condition("alpha", Role.REWARD, direction, Threshold(ThresholdRule.COURSE, 0.65))
    return lab.protocol(conditions=(condition,))


@pytest.mark.parametrize(
    ("direction", "share", "threshold"),
    [
        (Direction.UP, 0.84, 5.0 * 1.05),
        (Direction.UP, 0.79, 5.0),
        (Direction.UP, None, 5.0),
        (Direction.DOWN, 0.80, 5.0 * 0.95),
    ],
)
def test_a_course_keeps_its_threshold_and_raises_it_after_a_good_session(
    lab: Lab, direction: Direction, share: float | None, threshold: float
) -> None:
    setup = make_setup(course(lab, direction), lab.device(), thresholds=(5.0,), previous_share=share)
    session = Session(setup)
    output = lab.feed(session, lab.noise(20, seed=1))
    assert session.thresholds == (pytest.approx(threshold),)
    (line,) = [event.text for event in output.events if isinstance(event, AuditLine)]
    assert ("raised" in line) == (threshold != 5.0)


def test_the_first_session_of_a_course_takes_its_threshold_from_the_baseline(lab: Lab) -> None:
    output = lab.feed(Session(make_setup(course(lab), lab.device(), previous_share=0.9)), lab.noise(20, seed=1))
    done = next(event for event in output.events if isinstance(event, BaselineDone))
    assert done.expected_in_range == pytest.approx(0.65, abs=0.01)
    assert not [event for event in output.events if isinstance(event, AuditLine)]


# --- the crossover


def test_the_crossing_of_theta_over_alpha_is_told_once_it_has_lasted(lab: Lab) -> None:
    bands = {"theta": (5.0, 8.0), "alpha": (8.0, 11.0)}
    features = tuple(Feature(name, FeatureKind.AMPLITUDE, Band(hz), sites=("C3",)) for name, hz in bands.items())
    protocol = lab.run_only(
        features=features, conditions=(lab.fixed(1.0, feature="theta"),), crossover=Crossover(by_uv=1.0, for_s=20.0)
    )
    t = np.arange(120 * 250) / RATE_HZ
    eeg = lab.noise(120, seed=2, rms_uv=0.05)
    theta = np.where((t > 30) & (t < 80), 9.0, 4.0)
    eeg[2] += (theta * np.sin(2 * np.pi * 6.5 * t) + 6.0 * np.sin(2 * np.pi * 9.5 * t)).astype(np.float32)
    output = lab.feed(Session(make_setup(protocol, lab.device())), eeg)
    began, ended = (event for event in output.events if isinstance(event, Crossed))
    # From -2 to +3 µV with a time constant of 5 s the mean passes 1 µV after 5 ln(5 / 2) = 4.6 s, and back after
    # 5 ln(5 / 3) = 2.6 s; filters add their delay.
    assert began.began
    assert began.sample / RATE_HZ == pytest.approx(30 + 4.6 + 20, abs=0.6)
    assert not ended.began
    assert ended.sample / RATE_HZ == pytest.approx(80 + 2.6, abs=0.6)


# --- as a file says it

TEXT = """
schema = 1
id = "two-halves"
version = 1
name = "Beta, then theta over alpha"
purpose = "Two halves of a visit."
[evidence]
level = "none"
summary = "None."
limits = "Nothing is known."
[montage]
sites = ["F3", "Pz"]
[features.beta]
kind = "amplitude"
band_hz = [15, 18]
sites = ["F3"]
[features.theta]
kind = "amplitude"
band_hz = [5, 8]
sites = ["Pz"]
[features.alpha]
kind = "amplitude"
band_hz = [8, 11]
sites = ["Pz"]
[features.link]
kind = "phase_locking"
band_hz = [8, 12]
sites = ["F3", "Pz"]
[[conditions]]
feature = "beta"
role = "reward"
direction = "up"
threshold = { rule = "course" }
[[conditions]]
feature = "theta"
role = "reward"
direction = "up"
threshold = { rule = "baseline_percentile" }
[crossover]
for_s = 120
[stages]
conditions = ["beta"]
peak_s = 60
baseline_s = 60
rest_after_baseline_s = 20
runs = 2
run_s = 300
[[stages.then]]
conditions = ["theta"]
eyes = "closed"
baseline_s = 60
runs = 2
run_s = 420
rest_s = 60
"""


def test_a_file_can_say_all_of_it() -> None:
    protocol = parse_protocol(TEXT)
    assert [(s.label, s.duration_s, s.eyes, s.conditions) for s in protocol.stages] == [
        ("eyes-closed", 60.0, Eyes.CLOSED, ()),
        ("baseline", 60.0, Eyes.OPEN, ("beta",)),
        ("rest-0", 20.0, Eyes.OPEN, ("beta",)),
        ("run-1", 300.0, Eyes.OPEN, ("beta",)),
        ("rest-1", 30.0, Eyes.OPEN, ("beta",)),
        ("run-2", 300.0, Eyes.OPEN, ("beta",)),
        ("baseline-2", 60.0, Eyes.CLOSED, ("theta",)),
        ("run-3", 420.0, Eyes.CLOSED, ("theta",)),
        ("rest-3", 60.0, Eyes.OPEN, ("theta",)),
        ("run-4", 420.0, Eyes.CLOSED, ("theta",)),
    ]
    assert protocol.crossover == Crossover("theta", "alpha", 1.0, 120.0)
    link = protocol.feature("link")
    assert (link.kind, link.smoothing_s) == (FeatureKind.PHASE_LOCKING, 4.0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('conditions = ["theta"]', 'conditions = ["thet"]', "thet has no condition (did you mean 'theta'?)"),
        ('conditions = ["theta"]', 'conditions = ["theta", 3]', "stages.then[1].conditions[2] = 3"),
        ("peak_s = 60", "peak_s = 10", "peak_s = 10: must be 0 or at least 30 s"),
        ("for_s = 120", 'theta = "link"', "must be a feature of kind amplitude"),
        ('sites = ["F3", "Pz"]\n[[cond', 'sites = ["F3"]\n[[cond', "features.link.sites"),
        (
            '"phase_locking"',
            '"phase_locking"\nsmoothing_s = 0.1',
            "features.link.smoothing_s = 0.1: must be at least 1",
        ),
        ('rule = "course"', 'rule = "course", k = 1.0', 'has no meaning for rule = "course"'),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(ProtocolError) as error:
        parse_protocol(TEXT.replace(old, new, 1))
    assert said in str(error.value)
