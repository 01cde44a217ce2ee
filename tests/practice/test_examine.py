"""Looking at a client book without changing it."""

from pathlib import Path

import pytest

from nfb.practice.clients import Client
from nfb.practice.errors import BookError
from nfb.practice.opening import examine_book, open_book, without_password


def test_a_book_is_counted_and_left_as_it_is(tmp_path: Path) -> None:
    place = tmp_path / "clients.sqlite"
    with open_book(place) as book:
        for code in ("A031", "B007"):
            book.add_client(Client(code))
    before = place.read_bytes()
    assert examine_book(place) == 2
    assert place.read_bytes() == before


def test_a_place_without_a_book_stays_without(tmp_path: Path) -> None:
    assert examine_book(tmp_path / "new" / "clients.sqlite") is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_book_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a book, and longer than the head of one " * 40)
    with pytest.raises(BookError, match=r"notes\.txt"):
        examine_book(tmp_path / "notes.txt")
    with pytest.raises(BookError, match="is a folder"):
        examine_book(tmp_path)
    with pytest.raises(BookError, match="no file can be made there"):
        examine_book("/dev/null/clients.sqlite")


def test_a_server_that_does_not_answer_is_said() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(BookError):
        examine_book("postgresql://desk@127.0.0.1:1/nfb")


def test_a_password_is_not_shown() -> None:
    assert "secret" not in without_password("postgresql://desk:secret@server/nfb")
    assert "secret" not in without_password("postgresql://desk:secret@server:port/nfb")
    assert without_password("/home/desk/clients.sqlite") == "/home/desk/clients.sqlite"


def test_an_address_that_is_none_is_said() -> None:
    with pytest.raises(BookError):
        examine_book("postgresql://desk@server:port/nfb")
