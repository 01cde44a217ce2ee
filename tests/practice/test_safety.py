"""Intake, dose, treatment days, adverse effects, comfort profiles: the rules as they are written."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.protocol import Direction, Eyes, FeatureKind
from nfb.practice.comfort import PROFILES, with_profile
from nfb.practice.dose import Dose, check_dose, override
from nfb.practice.effects import AdverseEffect, Effect, effect_banners
from nfb.practice.errors import BookError
from nfb.practice.intake import QUESTIONS, Lock, Rule, locks_of, screen
from nfb.practice.plans import OwnSymptom, Plan, own_symptoms_advice
from nfb.practice.record import Stored
from nfb.practice.screening import Answer, Intake
from nfb.practice.sessions import SessionEntry
from nfb.practice.treatment_day import DayRule, leaving_note, treatment_day
from nfb.practice.treatments import Step, TreatmentEvent, TreatmentKind, spans

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LOCAL_NOON = datetime(2026, 3, 2, 12, 0)
TODAY = date(2026, 3, 2)


def _intake(confirmed: tuple[str, ...] = (), **answers: Answer) -> Intake:
    return Intake(NOON, dict.fromkeys(QUESTIONS, Answer.NO) | answers, confirmed, "Dr. M", "known to me")


def test_a_clear_screen_lets_train_and_an_unanswered_one_does_not() -> None:
    assert screen(_intake()).may_train
    assert not screen(None).may_train
    assert set(screen(None).unanswered) == set(QUESTIONS)
    assert not screen(Intake(NOON, {"seizures": Answer.NO})).may_train


@pytest.mark.parametrize("key", ["seizures", "blackout", "photosensitive"])
@pytest.mark.parametrize("answer", [Answer.YES, Answer.UNSURE])
def test_seizures_blackouts_and_photosensitivity_stop_and_stay_photosafe(key: str, answer: Answer) -> None:
    found = screen(_intake(**{key: answer}))
    assert found.findings[0].rule is Rule.STOP
    assert not found.may_train
    assert found.photosafe
    confirmed = screen(_intake((key,), **{key: answer}))
    assert confirmed.may_train, "a clinician confirmed it"
    assert confirmed.photosafe, "confirming does not make light safe"


@pytest.mark.parametrize("key", ["psychosis", "mania", "dissociation"])
def test_psychosis_mania_and_dissociation_lock_deep_and_alpha_down_training(key: str) -> None:
    found = screen(_intake((key,), **{key: Answer.YES}))
    assert found.locks == {Lock.ALPHA_THETA, Lock.ALPHA_DOWN}
    assert found.may_train


@pytest.mark.parametrize("key", ["stimulator", "brain_injury", "neurological", "pregnancy", "self_harm", "minor"])
def test_other_conditions_need_a_clinician_but_lock_nothing(key: str) -> None:
    found = screen(_intake(**{key: Answer.YES}))
    assert not found.may_train
    assert found.locks == frozenset()
    assert screen(_intake((key,), **{key: Answer.YES})).may_train


def test_a_stimulator_marks_the_session_and_age_sets_the_sound_limit() -> None:
    assert screen(_intake(stimulator=Answer.YES)).mark_session
    assert screen(_intake(), age=17).sound_limit_db == 75
    assert not screen(_intake(), age=17).may_train
    assert screen(_intake(minor=Answer.YES), age=18).sound_limit_db == 80
    assert screen(_intake(scalp=Answer.YES, medication=Answer.YES)).may_train


def test_locks_follow_what_a_protocol_trains() -> None:
    up = load_protocol(find_protocol("ua-posterior"))
    assert locks_of(up) == frozenset()
    assert locks_of(load_protocol(find_protocol("smr-central"))) == frozenset()
    down = replace(up, conditions=tuple(replace(c, direction=Direction.DOWN) for c in up.conditions))
    assert locks_of(down) == {Lock.ALPHA_DOWN}
    (alpha,) = up.features
    assert alpha.band is not None
    theta = replace(alpha, band=replace(alpha.band, hz=(4.0, 8.0), from_iaf_hz=None))
    assert locks_of(replace(up, features=(theta,))) == frozenset(), "frontal midline theta, eyes open"
    closed = tuple(replace(stage, eyes=Eyes.CLOSED) for stage in up.stages)
    assert locks_of(replace(up, features=(theta,), stages=closed)) == {Lock.ALPHA_THETA}
    parts = (replace(theta, name="theta"), replace(alpha, name="alpha"))
    ratio = replace(alpha, kind=FeatureKind.RATIO, band=None, numerator="theta", denominator="alpha")
    assert locks_of(replace(up, features=(ratio, *parts))) == {Lock.ALPHA_THETA}


# Dose


def _session(days_ago: float, trained_min: float = 20, total_min: float = 40) -> SessionEntry:
    return SessionEntry(1, "x", NOON - timedelta(days=days_ago), trained_s=60 * trained_min, total_s=60 * total_min)


def _limits(dose: Dose, *earlier: SessionEntry) -> list[tuple[str, bool]]:
    return [(excess.limit, excess.beyond_cap) for excess in check_dose(dose, earlier, NOON, UTC)]


def test_the_first_visit_is_limited_to_15_minutes_of_training() -> None:
    assert _limits(Dose(3, 300, 30)) == []
    assert _limits(Dose(4, 240, 30)) == [("first visit", False)]
    assert _limits(Dose(4, 240, 30), _session(7)) == []


def test_a_day_has_30_minutes_of_training_and_60_of_visits_and_a_cap() -> None:
    before = _session(30)
    assert _limits(Dose(6, 300, 30), before) == []
    assert _limits(Dose(7, 300, 30), before) == [("training today", False)]
    assert _limits(Dose(9, 300, 15, 600), before) == [("training today", False)]
    assert _limits(Dose(10, 300, 15, 600), before) == [("training today", True), ("visit today", False)]
    assert _limits(Dose(3, 300, 30), _session(0.1, 20, 40)) == [("training today", False), ("visit today", False)]
    assert _limits(Dose(5, 300, 30), _session(0.1, 25, 60)) == [("training today", True), ("visit today", True)]


def test_runs_breaks_and_weeks_have_limits() -> None:
    assert _limits(Dose(2, 301, 30), _session(30)) == [("run length", False)]
    assert _limits(Dose(2, 300, 14), _session(30)) == [("break", False)]
    week = [_session(day) for day in (1, 2, 3, 4, 6)]
    assert _limits(Dose(2, 300, 15), *week) == [("week", False)]
    assert _limits(Dose(2, 300, 15), *week[:4], _session(7)) == []


def test_sessions_after_a_clock_was_set_back_still_count() -> None:
    found = _limits(Dose(6, 300, 30), _session(-400, 25, 40))
    assert found == [("training today", True), ("visit today", False)]


def test_limits_are_passed_with_a_reason_and_caps_never() -> None:
    (excess,) = check_dose(Dose(4, 240, 30), [], NOON, UTC)
    with pytest.raises(BookError, match="Say why"):
        override([excess], "  ", NOON)
    record = override([excess], "trained elsewhere for a year", NOON)
    assert record.limits == ("first visit",)
    assert record.remark() == "overrode first visit: trained elsewhere for a year"
    beyond = check_dose(Dose(12, 300, 15), [_session(30)], NOON, UTC)
    with pytest.raises(BookError, match="Shorten the visit"):
        override(beyond, "wants it", NOON)


# Treatment days


def _given(kind: TreatmentKind, day: date = TODAY, at: time | None = None) -> TreatmentEvent:
    return TreatmentEvent(kind, kind.value, Step.GIVEN, day, at)


@pytest.mark.parametrize(
    "kind", [TreatmentKind.ECT, TreatmentKind.KETAMINE, TreatmentKind.ANAESTHESIA, TreatmentKind.PSYCHEDELIC]
)
def test_no_training_on_the_day_of_ect_ketamine_anaesthesia_or_a_psychedelic(kind: TreatmentKind) -> None:
    for at in (None, time(8, 0)):
        findings = treatment_day([_given(kind, at=at)], LOCAL_NOON)
        assert [finding.rule for finding in findings] == [DayRule.STOP]
    later = treatment_day([_given(kind, at=time(16, 0))], LOCAL_NOON)
    assert [finding.rule for finding in later] == [DayRule.NOTE], "before it is another matter"
    assert treatment_day([_given(kind, TODAY - timedelta(days=1), time(23, 30))], LOCAL_NOON) == ()


@pytest.mark.parametrize(
    ("at", "rule"),
    [(time(10, 1), DayRule.WAIT), (time(10, 0), None), (time(12, 0), DayRule.WAIT), (time(15, 0), DayRule.NOTE)],
)
def test_tms_needs_two_hours_before_training(at: time, rule: DayRule | None) -> None:
    findings = treatment_day([_given(TreatmentKind.TMS, at=at)], LOCAL_NOON)
    assert [finding.rule for finding in findings] == ([] if rule is None else [rule])
    if rule is DayRule.WAIT:
        assert findings[0].until == datetime.combine(TODAY, at) + timedelta(hours=2)


def test_tms_without_a_time_is_asked_about_and_reaches_past_midnight() -> None:
    assert [f.rule for f in treatment_day([_given(TreatmentKind.TMS)], LOCAL_NOON)] == [DayRule.ASK]
    late = _given(TreatmentKind.TMS, TODAY - timedelta(days=1), time(23, 30))
    assert [f.rule for f in treatment_day([late], datetime(2026, 3, 2, 1, 0))] == [DayRule.WAIT]


def test_a_course_that_runs_says_nothing_about_today() -> None:
    assert treatment_day([TreatmentEvent(TreatmentKind.TMS, "TMS", Step.START, TODAY)], LOCAL_NOON) == ()
    assert treatment_day([_given(TreatmentKind.EXERCISE)], LOCAL_NOON) == ()
    assert leaving_note(True, True) != "" and leaving_note(True, False) == "" and leaving_note(False, True) == ""


# Treatments as spans


def _log(*entries: tuple[str, Step, int, str]) -> list[Stored[TreatmentEvent]]:
    return [
        Stored(n, 1, 1, TreatmentEvent(TreatmentKind.MEDICATION, name, step, date(2026, 1, day), dose=dose))
        for n, (name, step, day, dose) in enumerate(entries, 1)
    ]


def test_a_start_a_change_and_a_stop_make_two_spans() -> None:
    log = _log(("sertraline", Step.START, 1, "100 mg"), ("Sertraline", Step.CHANGE, 10, "150 mg"))
    found = [(span.label, span.start, span.stop) for span in spans(log)]
    assert found == [
        ("sertraline 100 mg", date(2026, 1, 1), date(2026, 1, 10)),
        ("Sertraline 150 mg", date(2026, 1, 10), None),
    ]
    stopped = spans([*log, *_log(*[("x", Step.STOP, 1, "")] * 2, ("sertraline", Step.STOP, 20, ""))[2:]])
    assert stopped[1].stop == date(2026, 1, 20)


def test_a_stop_without_a_start_began_before_the_log_and_entries_need_not_come_in_order() -> None:
    assert [(s.start, s.stop) for s in spans(_log(("lithium", Step.STOP, 5, "")))] == [(None, date(2026, 1, 5))]
    log = _log(("x", Step.STOP, 20, ""), ("x", Step.START, 3, "5 mg"))
    assert [(s.start, s.stop) for s in spans(log)] == [(date(2026, 1, 3), date(2026, 1, 20))]
    single = spans(_log(("ECT 3", Step.GIVEN, 7, "")))[0]
    assert single.single and single.start == single.stop == date(2026, 1, 7)


# Adverse effects


def _effects(*reports: tuple[Effect, int, int]) -> list[Stored[AdverseEffect]]:
    return [
        Stored(n, 1, 1, AdverseEffect(effect, severity, NOON + timedelta(days=visit), visit=visit))
        for n, (effect, severity, visit) in enumerate(reports, 1)
    ]


def test_the_same_effect_at_2_or_more_twice_raises_the_banner() -> None:
    assert effect_banners(_effects((Effect.HEADACHE, 2, 1))) == ()
    assert effect_banners(_effects((Effect.HEADACHE, 2, 1), (Effect.HEADACHE, 1, 2))) == ()
    assert effect_banners(_effects((Effect.HEADACHE, 2, 1), (Effect.FOG, 2, 2))) == ()
    assert effect_banners(_effects((Effect.HEADACHE, 2, 1), (Effect.HEADACHE, 3, 1))) == (), "one visit"
    (banner,) = effect_banners(_effects((Effect.HEADACHE, 2, 1), (Effect.HEADACHE, 3, 2)))
    assert banner.text == "Headache (2 or above) 2 times: change or stop, inform clinician."
    assert not banner.blocks_start
    (again,) = effect_banners(_effects(*[(Effect.HEADACHE, 2, visit) for visit in (1, 2, 3)]))
    assert again.about != banner.about, "a third time asks to be acknowledged anew"


def test_a_seizure_or_a_faint_blocks_the_start_at_once() -> None:
    (banner,) = effect_banners(_effects((Effect.SEIZURE, 1, 1)))
    assert banner.blocks_start
    assert effect_banners(_effects((Effect.FAINTING, 0, 1))) == ()


# Ratings, symptoms, comfort


def test_five_to_eight_own_symptoms_and_a_baseline_of_three_weeks() -> None:
    symptom = OwnSymptom("x", good_week=2, usual_week=4, hard_week=9)
    assert symptom.baseline == 5
    assert OwnSymptom("x", good_week=2).baseline is None
    assert [bool(own_symptoms_advice([symptom] * n)) for n in (4, 5, 8, 9)] == [True, False, False, True]
    assert own_symptoms_advice([*[symptom] * 8, replace(symptom, active=False)]) == ""


def test_comfort_profiles_are_those_of_the_table() -> None:
    table = {key: (p.target, p.fewest_runs, p.runs, p.run_s) for key, p in PROFILES.items()}
    assert table == {
        "standard": (0.65, 5, 5, 300),
        "low_energy": (0.75, 3, 4, 240),
        "sensitive": (0.75, 4, 4, 240),
        "child": (0.7, 6, 6, 180),
        "photosensitive": (0.65, 5, 5, 300),
        "research": (None, 1, 5, 300),
    }
    assert PROFILES["photosensitive"].brightness_floor == 0.7
    assert PROFILES["photosensitive"].luminance_slew_per_s <= 0.3
    assert not PROFILES["sensitive"].chimes
    assert not any(profile.client_numbers for profile in PROFILES.values())
    plan = with_profile(Plan("smr", feedback="own film"), "low_energy")
    assert (plan.comfort, plan.target, plan.runs, plan.run_s) == ("low_energy", 0.75, 4, 240)
    fixed = Plan("smr", runs=9, target=0.6)
    assert with_profile(fixed, "research") == replace(fixed, comfort="research")
