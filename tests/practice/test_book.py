"""Every kind of record goes in and comes out as it was; limits are kept; writes are audited."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest

from nfb.practice.banners import Acknowledgement
from nfb.practice.book import Book
from nfb.practice.clients import Client, Consent, Flag, Handedness, Identity, Scope, client_code
from nfb.practice.effects import AdverseEffect, Effect, Relation
from nfb.practice.errors import BookError, FieldError
from nfb.practice.kinds import KINDS
from nfb.practice.notes import Amendment, Note, NoteState, signed
from nfb.practice.opening import open_book
from nfb.practice.plans import Appointment, AppointmentState, Goal, OwnSymptom, Plan
from nfb.practice.ratings import Measure, Moment, Rating
from nfb.practice.record import Record
from nfb.practice.scales.phq_gad import PHQ9
from nfb.practice.scales.result import ScaleResult
from nfb.practice.scales.scoring import answered
from nfb.practice.screening import Answer, Intake, Override, SafetyContact
from nfb.practice.sessions import SessionEntry
from nfb.practice.treatments import Source, Step, TreatmentEvent, TreatmentKind

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)

RECORDS: list[Record] = [
    Identity("Ångström-Łukasz 李 👩‍👩‍👧", date(1980, 2, 29), "mail\nphone"),
    Consent("v3", DAY, (Scope.TRAINING, Scope.RESEARCH), "Dr. M", "", DAY + timedelta(days=1), "on paper"),
    Plan("smr-central", 3, 4, 240.0, 45.0, False, 0.75, "sensitive", "scene", "rain", 0.3, 30, 15, "slowly"),
    Goal("Sleep through again", DAY, None),
    OwnSymptom("Rumination", "never", "all day", True, 2.0, 5.5, 9.0, True),
    Rating("mood", 4.5, Measure.SLIDER, Moment.BEFORE, NOON, 3),
    answered(PHQ9, [1, None, 2, 0, 1, 2, 0, 1, 0], NOON, visit=3),
    TreatmentEvent(
        TreatmentKind.TMS, "TMS left", Step.GIVEN, DAY, time(9, 30), "120 %", Source.PRESCRIBER, "session 12"
    ),
    AdverseEffect(Effect.HEADACHE, 2, NOON, Moment.NEXT_DAY, Relation.POSSIBLE, "shorter", "gone by noon", 3),
    SessionEntry(1, "sub-A031/ses-001", NOON, "smr", 3, "muse-2", 1500.0, 2700.5, {"a": [1.5, None, {"ü": "µV"}]}),
    Note("Went well.", "Dr. M", NOON, 3),
    Intake(NOON, {"seizures": Answer.NO, "minor": Answer.UNSURE}, ("minor",), "Dr. M", "with parents"),
    Acknowledgement("safety:1", "Dr. M", "talked, plan made", NOON),
    Override(("week",), "travels next week", NOON),
    Appointment(NOON + timedelta(days=7), 50, AppointmentState.BOOKED, "bring film"),
]


@pytest.fixture
def any_book(place: str) -> Iterator[Book]:
    with open_book(place, who="Dr. M", now=lambda: NOON) as book:
        yield book


@pytest.fixture(scope="module")
def still_book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A book for tests that must not change it."""
    with open_book(tmp_path_factory.mktemp("still") / "clients.sqlite") as book:
        book.add_client(Client("A031"))
        yield book


def test_every_kind_of_record_comes_back_as_it_was_on_both_databases(any_book: Book) -> None:
    client = Client("A031", (Flag.PHOTOSENSITIVE, Flag.OTHER), "see letter", Handedness.LEFT, DAY)
    assert any_book.add_client(client).value == client
    stored = [any_book.add("A031", record) for record in RECORDS]
    for record, kept in zip(RECORDS, stored, strict=True):
        assert [s.value for s in any_book.records("a-031", type(record))] == [record]
        assert any_book.record(type(record), kept.id) == kept
    contact = SafetyContact("Dr. M", "Call the ward", "112")
    any_book.set_of_book(contact)
    any_book.set_of_book(replace(contact, emergency_numbers="112, 110"))
    found = any_book.of_book(SafetyContact)
    assert found is not None
    assert found.value.emergency_numbers == "112, 110"
    kinds = {type(record).kind for record in RECORDS} | {"client", "safety_contact", "amendment"}
    assert kinds == set(KINDS), "a kind of record is not tested"
    assert any_book.verify_audit().whole


def test_a_book_that_is_closed_and_opened_again_holds_the_same(place: str) -> None:
    with open_book(place) as book:
        book.add_client(Client("B2"))
        kept = [book.add("B2", record) for record in RECORDS]
    with open_book(place) as book:
        for stored in kept:
            assert book.record(type(stored.value), stored.id) == stored


def test_moments_come_back_in_utc_whatever_zone_they_came_in(book: Book) -> None:
    tokyo = timezone(timedelta(hours=9))
    stored = book.add(
        "A031", Rating("mood", 4, Measure.SLIDER, Moment.HOME, datetime(2026, 3, 2, 21, 0, tzinfo=tokyo))
    )
    assert stored.value.taken == NOON
    assert stored.value.taken.tzinfo is UTC


@pytest.mark.parametrize(
    ("written", "code"), [("A031", "A031"), ("a-031", "A031"), (" k7f-204 ", "K7F204"), ("7x", "7X")]
)
def test_a_code_is_capital_letters_and_digits(written: str, code: str) -> None:
    assert client_code(written) == code


@pytest.mark.parametrize("text", ["Anna", "Anna K.", "", "1234", "A" * 20 + "1", "Ä1", "../A1", "A1\x00", "A 1"])
def test_a_name_or_a_path_is_no_code(text: str) -> None:
    with pytest.raises(FieldError, match="such as A031"):
        client_code(text)


def test_a_code_is_given_once(book: Book) -> None:
    with pytest.raises(BookError, match="A031 is taken already"):
        book.add_client(Client("A031"))


def test_a_code_cannot_be_changed_since_recordings_carry_it(book: Book) -> None:
    stored = book.client("A031")
    with pytest.raises(BookError, match="recordings' names"):
        book.change(stored, Client("A032"))


def test_a_client_has_one_plan_at_most(book: Book) -> None:
    book.add("A031", Plan("smr"))
    with pytest.raises(BookError, match="already has its plan"):
        book.add("A031", Plan("alpha"))


def test_an_unknown_client_is_named(book: Book) -> None:
    with pytest.raises(BookError, match="Z9: there is no such client"):
        book.add("Z9", Plan("smr"))


def _plan(**values: object) -> Plan:
    return replace(Plan("smr"), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (_plan(target=1.5), "plan.target = 1.5: must be from 0.3 to 0.95"),
        (_plan(target=math.nan), "plan.target = nan: must be a finite number"),
        (_plan(runs=True), "plan.runs = True: must be a whole number"),
        (_plan(runs=10**400), "plan.runs = "),
        (_plan(protocol_id=" \n"), "plan.protocol_id: is empty"),
        (_plan(sound="x" * 201), "plan.sound: 201 characters: at most 200 fit"),
        (_plan(note=7), "plan.note = 7: must be a text"),
        (Rating("mood", 11, Measure.SLIDER, Moment.BEFORE, NOON), "the highest on this slider is 10"),
        (Rating("moood", 1, Measure.SLIDER, Moment.BEFORE, NOON), "item = 'moood': must be one of mood"),
        (Rating("own", 1, Measure.SLIDER, Moment.BEFORE, NOON), "rated with item 'own' and its number"),
        (Rating("mood", 1, Measure.HOURS, Moment.BEFORE, NOON), "mood is not answered that way"),
        (Rating("mood", 1, Measure.SLIDER, Moment.BEFORE, datetime(2026, 3, 2)), "a moment with its time zone"),
        (Consent("v1", DAY, withdrawn=DAY - timedelta(days=1)), "lies before it was given"),
        (Goal("x", NOON), "goal.set_on = .* must be a day"),
        (SessionEntry(0, "x", NOON), "session.number = 0: must be from 1"),
        (SessionEntry(1, "x", NOON, summary={"x": math.inf}), "cannot be kept as JSON"),
        (SessionEntry(1, "x", NOON, summary={"x": {1, 2}}), "cannot be kept as JSON"),
        (SessionEntry(1, "x", NOON, summary={"x": "y" * 1_000_001}), "at most 1000000 fit"),
        (SessionEntry(1, "x", NOON, summary={"x": 1, "x\0": 2}), "two keys differ only in characters"),
        (Intake(NOON, {"a": Answer.NO, "a ": Answer.YES}), "two keys differ only in characters"),
        (ScaleResult("phq9", NOON, (0,) * 8, 0.0), "8 answers given, PHQ-9 has 9"),
        (ScaleResult("phq9", NOON, (0,) * 8 + (1,), 1.0), "is not the answer to item 9"),
        (ScaleResult("phq9", NOON, total=28.0), "PHQ-9 goes from 0 to 27"),
        (Intake(NOON, {}, ("seizures",)), "needs the clinician's name and a reason"),
    ],
)
def test_a_value_beyond_its_limit_is_refused_with_its_place(still_book: Book, record: Record, text: str) -> None:
    before = still_book.audit_entries()
    with pytest.raises(FieldError, match=text):
        still_book.add("A031", record)
    assert still_book.records("A031", type(record)) == ()
    assert still_book.audit_entries() == before


def test_a_record_refers_only_to_records_of_its_own_client(book: Book) -> None:
    book.add_client(Client("B2"))
    symptom = book.add("A031", OwnSymptom("Rumination"))
    rating = Rating("own", 5, Measure.SLIDER, Moment.BEFORE, NOON, 1, symptom.id)
    assert book.add("A031", rating).value == rating
    with pytest.raises(BookError, match="this client has no such own_symptom"):
        book.add("B2", rating)


def test_a_signed_note_stays_and_is_amended(book: Book) -> None:
    draft = book.add("A031", Note("First draft", "Dr. M", NOON))
    draft = book.change(draft, replace(draft.value, text="Second draft"))
    final = book.change(draft, signed(draft.value, "Dr. M", NOON))
    assert final.value.state is NoteState.SIGNED
    with pytest.raises(BookError, match="signed and stays"):
        book.change(final, replace(final.value, text="Third"))
    with pytest.raises(BookError, match="signed and stays"):
        book.remove(final)
    with pytest.raises(BookError, match=r"signed by Dr[.] M already"):
        signed(final.value, "Dr. X", NOON)
    amendment = Amendment(final.id, "He slept six hours.", "Dr. M", NOON)
    assert book.add("A031", amendment).value == amendment
    assert book.record(Note, final.id) == final


def test_the_database_itself_keeps_signed_notes_and_the_audit_trail(any_book: Book) -> None:
    from sqlalchemy import text

    any_book.add_client(Client("A1"))
    draft = any_book.add("A1", Note("Text", "Dr. M", NOON))
    any_book.change(draft, signed(draft.value, "Dr. M", NOON))
    for statement in ("UPDATE note SET text = 'x'", "UPDATE audit SET who = 'x'", "DELETE FROM audit"):
        with pytest.raises(Exception, match=r"signed note stays|append-only"), any_book.writes() as connection:
            connection.execute(text(statement))
    assert any_book.verify_audit().whole


def test_a_scale_result_stays_but_can_be_retracted(book: Book) -> None:
    stored = book.add("A031", answered(PHQ9, [0] * 9, NOON))
    with pytest.raises(BookError, match="Retract it"):
        book.change(stored, replace(stored.value, total=3.0))
    with pytest.raises(BookError, match="Retract it"):
        book.remove(stored)
    assert book.change(stored, replace(stored.value, retracted="wrong client")).value.retracted == "wrong client"


def test_the_audit_trail_says_who_what_old_new_and_why(book: Book) -> None:
    stored = book.add("A031", Plan("smr"))
    book.who = "Dr. X"
    stored = book.change(stored, replace(stored.value, target=0.75), reason="client was bored")
    book.remove(stored, reason="new course")
    book.log("exported", "A031", remark="client page")
    entries = book.audit_entries("A031")
    assert [entry.action for entry in entries] == ["added", "added", "changed", "removed", "exported"]
    assert [entry.who for entry in entries] == ["Dr. M", "Dr. M", "Dr. X", "Dr. X", "Dr. X"]
    changed = entries[2].detail
    assert changed is not None
    assert changed["changes"] == {"target": [0.65, 0.75]}
    assert changed["reason"] == "client was bored"
    assert entries[2].at == NOON
    assert book.records("A031", Plan) == ()


def test_writing_what_stands_there_already_changes_nothing(book: Book) -> None:
    stored = book.add("A031", Plan("smr"))
    n = len(book.audit_entries())
    assert book.change(stored, stored.value) == stored
    assert len(book.audit_entries()) == n


def test_a_session_started_for_the_wrong_client_goes_to_the_right_one(book: Book) -> None:
    book.add_client(Client("B2"))
    stored = book.add("A031", SessionEntry(1, "sub-A031/ses-001", NOON))
    with pytest.raises(BookError, match="Say why"):
        book.move(stored, "B2", " ")
    moved = book.move(stored, "B2", "wrong card clicked")
    assert book.records("A031", SessionEntry) == ()
    assert book.records("B2", SessionEntry) == (moved,)
    assert [e.action for e in book.audit_entries("B2")] == ["added", "moved"]
    assert book.audit_entries("A031")[-1].action == "moved"
    note = book.add("A031", Note("Text", "Dr. M", NOON))
    note = book.change(note, signed(note.value, "Dr. M", NOON))
    with pytest.raises(BookError, match="signed and stays"):
        book.move(note, "B2", "wrong client")
    with pytest.raises(BookError, match="it stays"):
        book.move(book.add("A031", Plan("smr")), "B2", "why not")


def test_the_age_counts_completed_years_also_from_a_leap_day() -> None:
    born = Identity(birth_date=date(2008, 2, 29))
    assert born.age_on(date(2026, 2, 28)) == 17
    assert born.age_on(date(2026, 3, 1)) == 18
    assert born.age_on(date(2000, 1, 1)) is None


def test_consent_covers_its_scopes_from_its_day_until_it_is_withdrawn() -> None:
    consent = Consent("v1", DAY, (Scope.TRAINING,), withdrawn=DAY + timedelta(days=2))
    assert consent.covers(Scope.TRAINING, DAY)
    assert not consent.covers(Scope.RESEARCH, DAY)
    assert not consent.covers(Scope.TRAINING, DAY - timedelta(days=1))
    assert not consent.covers(Scope.TRAINING, DAY + timedelta(days=2))


def test_a_clock_that_was_set_back_is_pointed_out_and_order_is_kept(tmp_path: Path) -> None:
    clock = [NOON]
    with open_book(tmp_path / "clients.sqlite", now=lambda: clock[0]) as book:
        book.add_client(Client("A1"))
        assert book.clock_advice() == ""
        clock[0] = NOON - timedelta(days=400)
        assert "2025-01-26 12:00 UTC, but the newest entry of the client book is of 2026-03-02" in book.clock_advice()
        book.add("A1", Plan("smr"))
        assert [entry.at for entry in book.audit_entries()] == [NOON, NOON - timedelta(days=400)]
        assert book.verify_audit().whole
