"""Lines over visits: values where there are values, gaps where there are none."""

from datetime import UTC, date, datetime, timedelta

from nfb.practice.banners import Acknowledgement
from nfb.practice.book import Book
from nfb.practice.clients import Client, Identity
from nfb.practice.effects import AdverseEffect, Effect
from nfb.practice.notes import Note
from nfb.practice.overview import client_rows
from nfb.practice.plans import Appointment, AppointmentState, OwnSymptom, Plan
from nfb.practice.ratings import Measure, Moment, Rating
from nfb.practice.record import Stored
from nfb.practice.scales.phq_gad import PHQ9
from nfb.practice.scales.result import ScaleResult
from nfb.practice.scales.scoring import answered, named_total
from nfb.practice.sessions import ABOVE_FIRST_P70, CLEAN_SHARE, SessionEntry
from nfb.practice.treatments import Step, TreatmentEvent, TreatmentKind
from nfb.practice.trends import Series, Trends, trends

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def _at(visit: int) -> datetime:
    return NOON + timedelta(days=7 * visit)


def _visits(clean: list[float | None]) -> list[Stored[SessionEntry]]:
    return [
        Stored(n, 1, 1, SessionEntry(n, f"ses-{n}", _at(n), summary={CLEAN_SHARE: share, ABOVE_FIRST_P70: 0.3}))
        for n, share in enumerate(clean, 1)
    ]


def _series(found: Trends, key: str) -> Series:
    return next(series for series in found.series if series.key == key)


def test_a_visit_without_a_value_is_a_gap_that_no_line_crosses() -> None:
    found = trends(_visits([0.9, 0.8, None, 0.95, 0.7]), [], [], [], [])
    clean = _series(found, CLEAN_SHARE)
    assert [point.value for point in clean.points] == [90, 80, None, 95, 70]
    assert [[point.visit for point in run] for run in clean.stretches()] == [[1, 2], [4, 5]]
    assert [point.visit for point in clean.points] == [1, 2, 3, 4, 5]


def test_fewer_than_four_values_are_too_few() -> None:
    assert _series(trends(_visits([0.9, 0.8, 0.7, None]), [], [], [], []), CLEAN_SHARE).too_few
    assert not _series(trends(_visits([0.9, 0.8, 0.7, 0.6]), [], [], [], []), CLEAN_SHARE).too_few


def test_an_own_symptom_is_drawn_against_its_three_weeks_and_compared_by_its_last_three_values() -> None:
    symptom = Stored(4, 1, 1, OwnSymptom("Rumination", good_week=3, usual_week=6, hard_week=9))
    values = {1: 8.0, 2: 7.0, 4: 3.0, 5: 2.0}
    ratings = [
        Stored(visit, 1, 1, Rating("own", value, Measure.SLIDER, Moment.BEFORE, _at(visit), visit, 4))
        for visit, value in values.items()
    ]
    after = Stored(99, 1, 1, Rating("own", 0.0, Measure.SLIDER, Moment.AFTER, _at(1), 1, 4))
    found = trends(_visits([0.9] * 5), [*ratings, after], [symptom], [], [])
    line = _series(found, "own:4")
    assert [point.value for point in line.points] == [8, 7, None, 3, 2], "only what was said before the training"
    assert line.baseline == 6
    assert line.latest == 4
    assert not line.too_few


def test_sliders_and_analogue_scales_share_one_axis_and_home_ratings_stand_at_their_moment() -> None:
    ratings = [
        Stored(1, 1, 1, Rating("mood", 4, Measure.SLIDER, Moment.BEFORE, _at(1), 1)),
        Stored(2, 1, 1, Rating("mood", 55, Measure.ANALOGUE, Moment.BEFORE, _at(2), 2)),
        Stored(3, 1, 1, Rating("mood", 7, Measure.SLIDER, Moment.HOME, _at(1) + timedelta(days=3))),
        Stored(4, 1, 1, Rating("sleep_hours", 6.5, Measure.HOURS, Moment.BEFORE, _at(2), 2)),
    ]
    found = trends(_visits([0.9, 0.9]), ratings, [], [], [])
    assert [point.value for point in _series(found, "mood").points] == [4, 7, 5.5]
    hours = _series(found, "sleep_hours")
    assert [point.value for point in hours.points] == [None, 6.5]
    assert hours.unit == "h"


def test_scales_and_treatments_share_the_axis_of_time() -> None:
    results: list[Stored[ScaleResult]] = [
        Stored(1, 1, 1, answered(PHQ9, [2] * 9, _at(0))),
        Stored(2, 1, 1, answered(PHQ9, [None] * 9, _at(2))),
        Stored(3, 1, 1, answered(PHQ9, [1] * 9, _at(4))),
        Stored(4, 1, 1, named_total("QOL", 61.5, _at(4))),
    ]
    log = [Stored(1, 1, 1, TreatmentEvent(TreatmentKind.TMS, "TMS", Step.START, date(2026, 1, 5), dose="left"))]
    found = trends(_visits([0.9]), [], [], results, log)
    assert [point.value for point in _series(found, "scale:phq9").points] == [18, None, 9]
    assert _series(found, "scale:QOL").points[0].value == 61.5
    assert found.treatments[0].label == "TMS left"
    assert found.first_day == date(2026, 1, 5)
    assert found.last_day == _at(4).date()


def test_nothing_recorded_draws_nothing() -> None:
    found = trends([], [], [], [], [])
    assert (found.series, found.treatments, found.first_day) == ((), (), None)


def test_the_first_page_knows_plan_count_effects_slot_notes_and_banners(book: Book) -> None:
    book.add_client(Client("B2"))
    book.add("A031", Identity("Anna"))
    book.add("A031", Plan("smr", sessions=20))
    for number in (1, 2):
        book.add("A031", SessionEntry(number, f"ses-{number}", _at(number)))
    book.add("A031", AdverseEffect(Effect.FATIGUE, 1, _at(1), visit=1))
    book.add("A031", AdverseEffect(Effect.HEADACHE, 1, _at(2), visit=2))
    book.add("A031", Appointment(_at(3)))
    book.add("A031", Appointment(_at(2), state=AppointmentState.DONE))
    book.add("A031", Note("to be signed", "Dr. M", _at(2)))
    result = book.add("A031", answered(PHQ9, [0] * 8 + [1], _at(2)))
    anna, other = client_rows(book, _at(2) + timedelta(hours=3))
    assert (anna.name, anna.sessions_done, anna.unsigned_notes) == ("Anna", 2, 1)
    assert anna.plan is not None and anna.plan.sessions == 20
    assert [effect.effect for effect in anna.last_effects] == [Effect.HEADACHE]
    assert anna.next_appointment is not None and anna.next_appointment.starts == _at(3)
    assert [banner.about for banner in anna.banners] == [f"safety:{result.id}"]
    book.add("A031", Acknowledgement(f"safety:{result.id}", "Dr. M", "talked", _at(2)))
    assert client_rows(book, NOON)[0].banners == ()
    assert (other.name, other.plan, other.sessions_done, other.last_session) == ("", None, 0, None)
