"""Erasing a client: nothing of them is left in the book or its copies, except that they were erased."""

import json
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from nfb.practice import audit
from nfb.practice.book import Book
from nfb.practice.clients import Client, Identity
from nfb.practice.erase import erase_client
from nfb.practice.errors import BookError
from nfb.practice.notes import Amendment, Note, signed
from nfb.practice.opening import open_book
from nfb.practice.plans import OwnSymptom
from nfb.practice.ratings import Measure, Moment, Rating
from nfb.practice.scales.phq_gad import PHQ9
from nfb.practice.scales.scoring import answered
from nfb.practice.schema import backup_file
from nfb.practice.sessions import SessionEntry
from nfb.practice.tables import TABLES

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECRET = "Zwiebelfisch"


def _fill(book: Book) -> None:
    for code in ("A031", "B2"):
        book.add_client(Client(code))
        name = SECRET if code == "A031" else "Berta"
        book.add(code, Identity(name, date(1980, 1, 1), f"{name}@example.org"))
        symptom = book.add(code, OwnSymptom(f"{name} ruminates"))
        book.add(code, Rating("own", 3, Measure.SLIDER, Moment.BEFORE, NOON, 1, symptom.id))
        book.add(code, SessionEntry(1, f"sub-{code}/ses-001", NOON, summary={"note": name}))
        note = book.add(code, Note(f"{name} slept", "Dr. M", NOON))
        note = book.change(note, signed(note.value, "Dr. M", NOON))
        book.add(code, Amendment(note.id, f"{name} again", "Dr. M", NOON))
        book.add(code, answered(PHQ9, [0] * 8 + [1], NOON))


def test_an_erased_client_is_gone_and_the_other_one_untouched(place: str) -> None:
    with open_book(place, who="Dr. M", now=lambda: NOON) as book:
        _fill(book)
        others = [book.records("B2", kind) for kind in (Identity, Note, Rating, SessionEntry)]
        n_entries = len(book.audit_entries())
        done = erase_client(book, "a-031", "asked for it")
        assert done.recordings == ("sub-A031/ses-001",)
        assert done.copies_left == ()
        assert [stored.value.code for stored in book.clients()] == ["B2"]
        assert [book.records("B2", kind) for kind in (Identity, Note, Rating, SessionEntry)] == others
        with book.reads() as connection:
            for name in TABLES:
                rows = connection.execute(text(f"SELECT * FROM {name}")).all()
                assert SECRET not in str(rows), name
                assert len(rows) == (1 if name not in ("safety_contact", *_EMPTY) else 0), name
        trail = book.audit_entries("A031")
        assert [entry.action for entry in trail if entry.detail] == [audit.ERASED]
        assert len(book.audit_entries()) == n_entries + 1, "that something was written stays"
        assert all(entry.detail for entry in book.audit_entries("B2"))
        assert book.verify_audit().whole
        with pytest.raises(BookError, match="belonged to a client who was erased"):
            book.add_client(Client("A031"))


_EMPTY = (
    *("consent", "plan", "goal", "treatment_event", "adverse_effect", "intake", "acknowledgement"),
    *("override", "appointment"),
)


def test_no_byte_of_an_erased_client_stays_in_the_file_or_its_copies(tmp_path: Path) -> None:
    path = tmp_path / "clients.sqlite"
    with open_book(path, now=lambda: NOON) as book:
        _fill(book)
        copy = backup_file(path, 2, NOON)
        assert SECRET.encode() in copy.read_bytes()
        erase_client(book, "A031", "asked for it")
    left = [file for file in tmp_path.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()]
    assert left == []
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT code FROM client").fetchall() == [("B2",)]
    connection.close()


def test_copies_inside_a_postgres_database_are_cleaned_too(new_database: object) -> None:
    place = str(new_database())  # type: ignore[operator]
    with open_book(place, now=lambda: NOON) as book:
        _fill(book)
        with book.writes() as connection:
            connection.execute(text("CREATE SCHEMA nfb_before_v9_x"))
            for name in [*TABLES, "audit", "audit_detail"]:
                connection.execute(text(f"CREATE TABLE nfb_before_v9_x.{name} AS TABLE {name}"))
        erase_client(book, "A031", "asked for it")
        with book.reads() as connection:
            for name in [*TABLES, "audit_detail"]:
                assert SECRET not in str(connection.execute(text(f"SELECT * FROM nfb_before_v9_x.{name}")).all()), (
                    name
                )
            assert connection.scalar(text("SELECT count(*) FROM nfb_before_v9_x.identity")) == 1


def test_erasing_needs_a_reason_and_a_client(book: Book) -> None:
    with pytest.raises(BookError, match="Say why"):
        erase_client(book, "A031", " ")
    with pytest.raises(BookError, match="Z9: there is no such client"):
        erase_client(book, "Z9", "asked")
    assert book.client("A031").value.code == "A031"


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE audit SET who = 'somebody else' WHERE seq = 2", "entry 2 .*was altered"),
        ("DELETE FROM audit WHERE seq = 2", "entry 2 is missing"),
        ("UPDATE audit_detail SET detail = '{}' WHERE seq = 3", "entry 3 .*its detail was altered"),
        ("DELETE FROM audit_detail WHERE seq = 3", "entry 3 .*its detail is missing, though nobody was erased"),
    ],
)
def test_a_change_behind_the_programs_back_is_found(tmp_path: Path, statement: str, problem: str) -> None:
    path = tmp_path / "clients.sqlite"
    with open_book(path) as book:
        _fill(book)
        assert book.verify_audit().whole
    with sqlite3.connect(path) as connection:
        for trigger in ("audit_no_update", "audit_no_delete"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)
    connection.close()
    with open_book(path) as book:
        check = book.verify_audit()
        assert not check.whole
        import re

        assert re.search(problem, check.problem)


def test_the_chain_can_be_checked_without_this_program(book: Book) -> None:
    """Each hash is SHA-256 over the JSON of the one before and the entry's own fields."""
    import hashlib

    book.log("exported", "A031")
    previous = "0" * 64
    with book.reads() as connection:
        for row in connection.execute(text("SELECT * FROM audit ORDER BY seq")).mappings():
            fields = {key: value for key, value in row.items() if key != "hash"}
            sealed = json.dumps([previous, fields], ensure_ascii=False, sort_keys=True)
            assert row["hash"] == hashlib.sha256(sealed.encode()).hexdigest()
            previous = row["hash"]
