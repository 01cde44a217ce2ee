"""A copy of everything: whole, readable elsewhere, and never within itself."""

import sqlite3
from pathlib import Path

import pytest

from nfb.engine.take_out import take_out
from nfb.files.preferences import change_preferences, read_preferences
from nfb.model.errors import SetupError
from nfb.practice.clients import Client
from nfb.practice.opening import open_book


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    place = tmp_path / "recordings"
    (place / "sub-A031").mkdir(parents=True)
    (place / "sub-A031" / "eeg.bin").write_bytes(bytes(range(256)))
    return place


def test_recordings_book_and_settings_are_copied(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NFB_PREFERENCES", str(tmp_path / "preferences.json"))
    change_preferences(who="Mia")
    with open_book(tmp_path / "clients.sqlite", who="Mia") as book:
        book.add_client(Client("A031"))
        target = take_out(
            tmp_path / "stick", recordings, book
        )  # while the book is open and its log not yet written back
    assert target.parent == tmp_path / "stick"
    assert (target / "recordings" / "sub-A031" / "eeg.bin").read_bytes() == bytes(range(256))
    assert read_preferences(target / "preferences.json").preferences.who == "Mia"
    with sqlite3.connect(target / "clients.sqlite") as copy:
        assert copy.execute("SELECT code FROM client").fetchall() == [("A031",)]
    copy.close()


def test_a_copy_within_the_recordings_is_refused(recordings: Path) -> None:
    with pytest.raises(SetupError, match="lies within the recordings"):
        take_out(recordings / "sub-A031", recordings, None)
    assert sorted(path.name for path in recordings.rglob("*")) == ["eeg.bin", "sub-A031"]


def test_a_place_that_cannot_be_written_is_said(recordings: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match=r"not everything could be copied \(.+\)\.$"):
        take_out(tmp_path / "file", recordings, None)
