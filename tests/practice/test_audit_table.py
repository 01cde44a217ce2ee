"""The audit trail as CSV, read by Python's own reader, and what of the past is drawn."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from nfb.practice.audit_table import HEADS, change_line, csv_of
from nfb.practice.clients import Client, Identity
from nfb.practice.notes import Note
from nfb.practice.opening import open_book
from nfb.practice.plans import Plan
from nfb.practice.record import Stored
from nfb.practice.sessions import CLEAN_SHARE, SessionEntry
from nfb.practice.treatments import Step, TreatmentEvent, TreatmentKind
from nfb.practice.trend_range import Range, first_day, months_before, since
from nfb.practice.trends import trends

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_every_field_of_every_entry_is_a_line_that_another_reader_gets_back(tmp_path: Path) -> None:
    text = 'said "no",\nthen ←א 🙂'
    with open_book(tmp_path / "book.sqlite", who="Dr. M, desk 2") as book:
        book.add_client(Client("A031"))
        book.add("A031", Identity("Zoë, née “O’Neil”"))
        note = book.add("A031", Note(text, "Dr. M", NOW))
        book.change(note, Note("shorter", "Dr. M", NOW), reason="typed twice; wrong")
        entries = book.audit_entries("A031")
    rows = list(csv.DictReader(StringIO(csv_of(entries), newline="")))
    assert tuple(rows[0]) == HEADS
    assert {row["entry"] for row in rows} == {str(entry.seq) for entry in entries}
    changed = [row for row in rows if row["action"] == "changed"]
    assert [(row["field"], row["old"], row["new"]) for row in changed] == [("text", text, "shorter")]
    assert changed[0]["reason"] == "typed twice; wrong" and changed[0]["who"] == "Dr. M, desk 2"
    assert [row["new"] for row in rows if row["kind"] == "identity" and row["field"] == "name"] == [
        "Zoë, née “O’Neil”"
    ]


def test_a_line_says_what_changed(tmp_path: Path) -> None:
    with open_book(tmp_path / "book.sqlite", who="Dr. M") as book:
        book.add_client(Client("A031"))
        plan = book.add("A031", Plan("smr-central"))
        book.change(plan, Plan("smr-central", runs=4, run_s=240.0))
        last = book.audit_entries("A031")[-1]
    assert change_line(last) == "run s: 300 → 240; runs: 5 → 4"


def visits(*protocols: str) -> list[Stored[SessionEntry]]:
    """One visit every ten days, the last one yesterday."""
    n = len(protocols)
    return [
        Stored(
            i,
            1,
            1,
            SessionEntry(
                i, f"s{i}", NOW - DAY - 10 * DAY * (n - i), name, 1, "cyton", 60.0, 60.0, {CLEAN_SHARE: 0.9}
            ),
        )
        for i, name in enumerate(protocols, start=1)
    ]


def test_ranges_begin_where_they_say() -> None:
    past = visits(*["alpha-p4"] * 4, *["smr-central"] * 9)
    days = [stored.value.started.astimezone().date() for stored in past]
    today = NOW.date()
    assert first_day(Range.ALL, past, "smr-central", today) is None
    assert first_day(Range.VISITS, past, "smr-central", today) == days[-10]
    assert first_day(Range.MONTHS, past, "smr-central", today) == date(2026, 3, 1)
    assert first_day(Range.COURSE, past, "smr-central", today) == days[4]
    assert first_day(Range.COURSE, past, "a plan that was never trained", today) == days[4]
    assert first_day(Range.COURSE, [], "smr-central", today) is None
    assert first_day(Range.VISITS, past[:10], "smr-central", today) is None


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 5, 31), date(2026, 2, 28)),
        (date(2024, 5, 30), date(2024, 2, 29)),
        (date(2026, 1, 1), date(2025, 10, 1)),
        (date(2026, 3, 31), date(2025, 12, 31)),
    ],
)
def test_three_months_before_a_day_is_a_day_of_the_calendar(day: date, before: date) -> None:
    assert months_before(day, 3) == before


def test_what_was_before_a_range_is_left_out_and_what_goes_on_stays() -> None:
    past = visits("smr-central", "smr-central", "smr-central")
    over = TreatmentEvent(TreatmentKind.TMS, "TMS", Step.GIVEN, date(2026, 1, 5))
    on = TreatmentEvent(TreatmentKind.MEDICATION, "sertraline", Step.START, date(2026, 1, 5))
    found = trends(past, [], [], [], [Stored(1, 1, 1, over), Stored(2, 1, 1, on)])
    drawn = since(found, past[1].value.started.astimezone().date())
    assert [point.visit for point in drawn.series[0].points] == [2, 3]
    assert [span.name for span in drawn.treatments] == ["sertraline"]
    assert since(found, date(2027, 1, 1)).series == ()
