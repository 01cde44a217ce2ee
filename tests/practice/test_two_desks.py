"""Two desks write to one client book, from two connections and from several processes; nothing is lost."""

import multiprocessing
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from nfb.practice.book import Book
from nfb.practice.clients import Client, Identity
from nfb.practice.errors import BookError, ConflictError, FieldConflict
from nfb.practice.opening import open_book
from nfb.practice.plans import Goal, Plan
from nfb.practice.screening import SafetyContact

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def desks(place: str) -> Iterator[tuple[Book, Book]]:
    with open_book(place, who="left") as left, open_book(place, who="right") as right:
        left.add_client(Client("A031"))
        yield left, right


def test_the_second_writer_learns_which_field_and_both_values(desks: tuple[Book, Book]) -> None:
    left, right = desks
    read = left.add("A031", Plan("smr", target=0.65, note="calm"))
    left.change(read, replace(read.value, target=0.75))
    with pytest.raises(ConflictError, match=r"target: theirs 0\.75, yours 0\.5") as caught:
        right.change(read, replace(read.value, target=0.5))
    assert caught.value.fields == (FieldConflict("target", 0.65, 0.75, 0.5),)
    now = right.single("A031", Plan)
    assert now is not None
    assert caught.value.theirs == now
    assert now.value.target == 0.75
    assert right.change(now, replace(now.value, target=0.5)).value.target == 0.5


def test_a_change_of_another_field_is_not_overwritten_either(desks: tuple[Book, Book]) -> None:
    left, right = desks
    read = left.add("A031", Plan("smr"))
    left.change(read, replace(read.value, runs=6, note="more"))
    with pytest.raises(ConflictError) as caught:
        right.change(read, replace(read.value, target=0.5))
    assert [conflict.field for conflict in caught.value.fields] == ["runs", "note"]


def test_two_desks_that_wrote_the_same_agree(desks: tuple[Book, Book]) -> None:
    left, right = desks
    read = left.add("A031", Plan("smr"))
    theirs = left.change(read, replace(read.value, runs=6))
    assert right.change(read, replace(read.value, runs=6)) == theirs


def test_a_record_that_was_removed_elsewhere_is_not_brought_back(desks: tuple[Book, Book]) -> None:
    left, right = desks
    read = left.add("A031", Goal("Sleep", date(2026, 3, 2)))
    left.remove(read)
    with pytest.raises(ConflictError, match="removed at another desk") as caught:
        right.change(read, replace(read.value, text="Sleep well"))
    assert caught.value.theirs is None


def test_a_record_that_was_changed_elsewhere_is_not_removed_unseen(desks: tuple[Book, Book]) -> None:
    left, right = desks
    read = left.add("A031", Goal("Sleep", date(2026, 3, 2)))
    left.change(read, replace(read.value, text="Sleep well"))
    with pytest.raises(ConflictError, match="Sleep well"):
        right.remove(read)
    assert [stored.value.text for stored in right.records("A031", Goal)] == ["Sleep well"]


def test_both_desks_cannot_add_the_one_identity_of_a_client(desks: tuple[Book, Book]) -> None:
    left, right = desks
    left.add("A031", Identity("Anna"))
    with pytest.raises(BookError, match="A031 already has its identity"):
        right.add("A031", Identity("Anne"))


def _write(place: str, name: str, count: int, gate: "multiprocessing.synchronize.Barrier") -> None:
    with open_book(place, who=name) as book:
        gate.wait(30)
        for number in range(count):
            book.add("A031", Goal(f"{name} {number}", date(2026, 3, 2)))
            while True:  # a text to which all desks add: every addition must be there
                read = book.of_book(SafetyContact)
                assert read is not None
                longer = f"{read.value.crisis_text} {name}:{number}"
                try:
                    book.change(read, replace(read.value, crisis_text=longer))
                    break
                except ConflictError:
                    continue


def test_processes_that_write_at_once_lose_nothing_and_keep_the_chain_whole(place: str) -> None:
    n_processes, count = 3, 6
    with open_book(place, who="first") as book:
        book.add_client(Client("A031"))
        book.set_of_book(SafetyContact())
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(n_processes)
    writers = [context.Process(target=_write, args=(place, f"desk{i}", count, gate)) for i in range(n_processes)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    with open_book(place) as book:
        goals = {stored.value.text for stored in book.records("A031", Goal)}
        assert goals == {f"desk{i} {number}" for i in range(n_processes) for number in range(count)}
        contact = book.of_book(SafetyContact)
        assert contact is not None
        additions = [f"desk{i}:{number}" for i in range(n_processes) for number in range(count)]
        assert sorted(contact.value.crisis_text.split()) == sorted(additions)
        check = book.verify_audit()
        assert (check.problem, check.n_entries) == ("", 2 + 2 * n_processes * count)


def test_two_desks_that_open_an_empty_place_at_once_make_one_book(place: str) -> None:
    opened: list[Book] = []
    gate = threading.Barrier(4)

    def open_it() -> None:
        gate.wait(30)
        opened.append(open_book(place))

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(opened) == 4
    opened[0].add_client(Client("A1"))
    assert [book.client("A1").value.code for book in opened] == ["A1"] * 4
    for book in opened:
        book.close()


def test_a_writer_that_waits_too_long_is_told_so_and_nothing_changes(tmp_path: Path) -> None:
    path = tmp_path / "clients.sqlite"
    with open_book(path, busy_s=0.05) as book:
        book.add_client(Client("A1"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BookError, match=r"another program has held the client book.*Nothing was changed"):
            book.add("A1", Plan("smr"))
        assert book.client("A1").value.code == "A1", "reading goes on"
        other.execute("ROLLBACK")
        other.close()
        assert book.add("A1", Plan("smr")).version == 1


def test_a_postgres_desk_that_waits_too_long_is_told_so(
    new_database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    monkeypatch.setattr("nfb.practice.connecting.BUSY_S", 0.05)
    place = str(new_database())  # type: ignore[operator]
    with open_book(place) as book:
        book.add_client(Client("A1"))
        with psycopg.connect(place) as other:
            other.execute("LOCK TABLE audit IN EXCLUSIVE MODE")
            with pytest.raises(BookError, match="another program has held the client book"):
                book.add("A1", Plan("smr"))
        assert book.add("A1", Plan("smr")).version == 1
