"""What a visit takes over from the one before, how long it lasts, and what makes it fit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nfb.devices.simulated import SimulatedSource
from nfb.engine.closing import next_plans
from nfb.engine.hurdles import hurdles
from nfb.engine.known import read_known
from nfb.engine.slot import Offer, baseline_of, lengths, offers
from nfb.engine.visit import (
    SHORT_BASELINE_S,
    Carried,
    KeptPeak,
    as_trained,
    carried_thresholds,
    kept_iaf_hz,
    kept_peak,
    running_elsewhere,
    todays_choices,
    visit_options,
)
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol, list_protocols
from nfb.model.device import DeviceInfo
from nfb.model.protocol import Protocol, StageKind
from nfb.practice.clients import Client
from nfb.practice.opening import open_book
from nfb.practice.plans import Plan
from nfb.practice.ratings import Measure, Moment, Rating
from nfb.practice.record import Stored
from nfb.practice.sessions import SessionEntry
from nfb.session.plan import training_parts
from nfb.session.setup import make_setup

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SMR = load_protocol(find_protocol("smr-central"))


def entry(number: int, version: int = 1, device: str = "cyton", **summary: object) -> Stored[SessionEntry]:
    began = NOON - timedelta(days=20 - number)
    made = SessionEntry(number, f"ses-{number}", began, "smr-central", version, device, 1500.0, 2400.0, summary)
    return Stored(number, 1, 1, made)


def test_five_runs_of_five_minutes_fill_a_slot_of_45_and_six_need_50() -> None:
    assert 43 <= lengths(Plan("x", runs=5, run_s=300.0, rest_s=30.0)).total_s / 60 <= 45
    assert 49 <= lengths(Plan("x", runs=6, run_s=300.0, rest_s=30.0)).total_s / 60 <= 51


def test_late_by_two_minutes_the_last_thresholds_or_shorter_runs_fit() -> None:
    plan = Plan("x", runs=5, run_s=300.0, rest_s=30.0)
    ends = NOON + timedelta(minutes=42.5)
    found = offers(plan, ends, NOON, 120.0, 60.0, can_reuse=True)
    fixed = offers(replace(plan, comfort="research"), ends, NOON, 120.0, 60.0, can_reuse=True)
    assert fixed == tuple(offer for offer in found if offer.reuse_thresholds)
    assert found[0] == Offer(5, 300.0, True)
    assert len(found) == 2
    assert all(
        lengths(Plan("x", runs=o.runs, run_s=o.run_s, rest_s=30.0), 60.0 if o.reuse_thresholds else 120.0,
                reuse=o.reuse_thresholds).total_s <= 42.5 * 60
        for o in found
    )  # fmt: skip
    assert offers(plan, NOON + timedelta(minutes=45), NOON, 120.0, 60.0, can_reuse=True) == ()
    assert offers(plan, NOON + timedelta(minutes=5), NOON, 120.0, 60.0, can_reuse=True) == ()


def test_each_part_of_a_protocol_in_parts_has_the_planned_runs_and_all_of_them_count(tmp_path: Path) -> None:
    halves = load_protocol(find_protocol("beta-left-then-at"))
    plan = Plan(halves.id, runs=5, run_s=300.0, rest_s=30.0)
    head = SimulatedSource({"channels": "F3,Pz"}, seed=0).info
    stages = make_setup(halves, head, runs=5, run_s=300.0, rest_s=30.0).stages
    in_session_s = sum(s.duration_s for s in stages if s.kind in (StageKind.RUN, StageKind.REST))
    assert in_session_s == 2 * (5 * 300.0 + 4 * 30.0)
    assert lengths(plan, parts=training_parts(halves.stages)).train_s == in_session_s
    assert lengths(plan, parts=training_parts(SMR.stages)).train_s == in_session_s / 2

    with open_book(tmp_path / "clients.sqlite", who="Dr. M", now=lambda: NOON) as book:
        book.add_client(Client("A031"))
        known = read_known(book, "A031", NOON)

    def minutes_told(plan: Plan, protocol: Protocol) -> list[str]:
        return [one.words for one in hurdles(known, plan, protocol, NOON) if "in one day" in one.words]

    assert minutes_told(plan, halves)[0].startswith("50 min of training in one day: 45 is the most")
    assert minutes_told(replace(plan, runs=3), halves) == []  # 30 minutes, as the protocol has it
    assert minutes_told(plan, SMR) == []


def test_carried_over_thresholds_keep_the_plans_target_for_when_they_are_taken_anew() -> None:
    options = visit_options(Plan("smr-central", target=0.7), Carried(3, NOON, (5.0, 12.0, 8.0)))
    assert (options.target, options.thresholds) == (0.7, (5.0, 12.0, 8.0))


def test_a_study_trains_as_its_protocol_says_and_so_does_the_next_visit() -> None:
    planned = Plan("alpha-theta", runs=9, run_s=60.0, rest_s=5.0, target=0.8, feedback="dot", comfort="research")
    protocol = load_protocol(find_protocol("alpha-theta"))
    trained = as_trained(planned, protocol)
    runs = [stage for stage in protocol.stages if stage.kind is StageKind.RUN]
    assert (trained.runs, trained.run_s, trained.feedback) == (len(runs), runs[0].duration_s, "")
    options = visit_options(trained)
    assert (options.runs, options.run_s, options.rest_s, options.target) == (None, None, None, None)
    assert set(next_plans(planned)) == {"same"}
    assert as_trained(replace(planned, comfort="standard"), protocol).runs == 9


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [(6.0, 3.0, True), (6.0, 3.5, False), (3.0, 6.0, False), (None, 3.0, False)],
)
def test_a_mood_three_points_lower_than_last_time_is_pointed_out(
    tmp_path: Path, before: float | None, now: float, told: bool
) -> None:
    """Also where it was marked on an analogue scale, of 100."""
    for measure, unit in ((Measure.SLIDER, 1.0), (Measure.ANALOGUE, 10.0)):
        with open_book(tmp_path / f"{measure.value}.sqlite", who="Dr. M", now=lambda: NOON) as book:
            book.add_client(Client("A031"))
            if before is not None:
                taken = NOON - timedelta(days=7)
                book.add("A031", Rating("mood", before * unit, measure, Moment.BEFORE, taken, visit=1))
            known = read_known(book, "A031", NOON)
        found = {one.key for one in hurdles(known, Plan("smr-central"), SMR, NOON, mood=now)}
        assert ("mood" in found) == told


def test_the_baseline_is_the_protocols() -> None:
    assert baseline_of(SMR) == 120.0


CAP = DeviceInfo(
    "cap", ("F3", "Fz", "F4", "FCz", "C3", "Cz", "C4", "P3", "Pz", "P4", "O1", "O2", "TP9", "TP10"), 250.0
)


@pytest.mark.parametrize("iaf_hz", [None, 10.0], ids=["peak to be found", "peak known"])
@pytest.mark.parametrize("short_s", [None, SHORT_BASELINE_S], ids=["own baseline", "thresholds carried over"])
@pytest.mark.parametrize("path", list_protocols(), ids=lambda path: path.stem)
def test_a_visit_lasts_as_long_as_its_stages(path: Path, short_s: float | None, iaf_hz: float | None) -> None:
    protocol, plan = load_protocol(path), Plan("x", runs=3, run_s=240.0, rest_s=20.0)
    setup = make_setup(protocol, CAP, runs=3, run_s=240.0, rest_s=20.0, baseline_s=short_s, iaf_hz=iaf_hz)
    baseline_s = baseline_of(protocol, short_s, peak_known=iaf_hz is not None)
    planned = lengths(plan, baseline_s, reuse=True, parts=training_parts(protocol.stages))
    assert planned.baseline_s + planned.train_s == sum(stage.duration_s for stage in setup.stages)


def test_thresholds_are_carried_over_for_the_same_protocol_version_and_headset_only() -> None:
    past = [entry(1, thresholds=[2.0, 8.0, 3.0]), entry(2, thresholds=[2.5, 8.5, None]), entry(3, thresholds=[1.0])]
    found = carried_thresholds(past, SMR, "cyton")
    assert found is not None
    assert (found.visit, found.thresholds) == (1, (2.0, 8.0, 3.0)), "visits without all thresholds are passed over"
    assert carried_thresholds(past, SMR, "muse-2") is None
    assert carried_thresholds([entry(1, version=2, thresholds=[2.0, 8.0, 3.0])], SMR, "cyton") is None


def test_a_course_keeps_the_bands_it_began_with() -> None:
    found = entry(1, iaf_hz=10.2, iaf_used_hz=None)
    assert kept_iaf_hz([found], "smr-central") is None, "the first visit trained the protocol's own bands"
    assert kept_iaf_hz([found], "ua-posterior") == 10.2, "another protocol begins with the peak that is known"
    assert kept_iaf_hz([found, entry(2, iaf_hz=9.8, iaf_used_hz=10.1)], "smr-central") == 10.1
    assert kept_iaf_hz([], "ua-posterior") is None


def test_a_peak_set_by_hand_goes_before_the_measured_one_and_keeps_its_reason() -> None:
    by_hand = entry(2, iaf_hz=9.1, iaf_used_hz=10.4, iaf_reason="two crests")
    past = [entry(1, iaf_hz=9.8, iaf_used_hz=9.8), by_hand]
    assert kept_peak(past, "ua-posterior") == kept_peak(past, "smr-central") == KeptPeak(10.4, 2, "two crests")
    none = entry(3, iaf_hz=9.1, iaf_used_hz=None, iaf_reason="muscle, not alpha")
    assert kept_peak([*past, none], "ua-posterior") == KeptPeak(None, 3, "muscle, not alpha")
    assert kept_peak([], "ua-posterior") is None


def test_headset_connection_and_display_are_those_of_the_last_visit() -> None:
    plan = Plan("smr-central", feedback="bar", sound="rain")
    choices = {"params": {"serial_port": "/dev/ttyUSB0"}, "feedback": "dawn", "sound": "", "runs": 2}
    today = todays_choices(plan, [entry(1, choices=choices)], "synthetic")
    assert (today.device, dict(today.params)) == ("cyton", {"serial_port": "/dev/ttyUSB0"})
    assert (today.plan.feedback, today.plan.sound, today.plan.runs) == ("dawn", "rain", 5)
    assert todays_choices(plan, [], "synthetic").device == "synthetic"
    assert todays_choices(plan, [entry(1, choices="nonsense")], "synthetic").plan == plan


def test_an_open_session_of_the_last_hours_may_run_elsewhere_and_an_old_one_does_not() -> None:
    lately = SessionEntry(7, "x", NOON - timedelta(minutes=30), summary={"state": "running"})
    assert running_elsewhere([Stored(7, 1, 1, lately)], NOON) == lately
    assert running_elsewhere([Stored(7, 1, 1, lately)], NOON + timedelta(hours=4)) is None
    assert running_elsewhere([entry(1, state="done")], NOON) is None


def test_next_plans_are_less_or_easier_and_never_more() -> None:
    plan = Plan("x", runs=5, run_s=300.0, target=0.65)
    found = next_plans(plan)
    assert found["same"] == plan
    assert (found["shorter"].run_s, found["fewer"].runs, found["easier"].target) == (240.0, 4, 0.70)
    assert set(next_plans(Plan("x", runs=1, run_s=120.0, target=0.85))) == {"same"}
