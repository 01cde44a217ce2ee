"""A recording made under the wrong code: it becomes the right client's, whole, or stays where it was."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import mne
import numpy as np
import pytest

from nfb.engine.closing import reassign as reassign_visit
from nfb.files import reassign
from nfb.files.bids import find_sessions
from nfb.files.reassign import finish_reassigning, reassign_recording
from nfb.files.recording import open_own_recording
from nfb.model.errors import RecordingError
from nfb.practice.clients import Client
from nfb.practice.errors import BookError
from nfb.practice.notes import Note, NoteState
from nfb.practice.opening import open_book
from nfb.practice.sessions import SessionEntry

WRONG, RIGHT = "A031", "B117"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def wrong(desk):
    """Session 1 of each client, and a second one of A031 that was B117's."""
    desk.run(seconds=3, client=RIGHT)
    desk.run(seconds=3, client=WRONG)
    return desk.run(seconds=6, client=WRONG).folder


def names(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_it_is_the_same_recording_under_another_name(wrong, assert_replays):
    before = open_own_recording(wrong)
    samples, rows = np.array(before.eeg), before.session.feedback.columns["feedback"]
    folder = reassign_recording(wrong, RIGHT)
    assert folder == wrong.parents[1] / f"sub-{RIGHT}" / "ses-002"
    after = open_own_recording(folder)
    np.testing.assert_array_equal(after.eeg, samples)
    np.testing.assert_array_equal(after.session.feedback.columns["feedback"], rows)
    assert assert_replays(folder) > 200
    said = after.session.content
    assert (said["client"], said["session"], said["reassigned"][0]["from"]) == (RIGHT, "002", f"{WRONG}/002")
    raw = mne.io.read_raw_brainvision(next((folder / "eeg").glob("*.vhdr")), verbose="error")
    np.testing.assert_array_equal(raw.get_data(), samples.astype(float) * 1e-6)


def test_nothing_bears_the_wrong_code_any_more(wrong):
    root = wrong.parents[1]
    folder = reassign_recording(wrong, RIGHT)
    assert not wrong.exists() and not any(f"{WRONG}_ses-002" in name for name in names(root))
    for file in (*folder.rglob("*"), *(root / "derivatives" / "nfb" / f"sub-{RIGHT}" / "ses-002").iterdir()):
        if file.suffix in (".vhdr", ".vmrk", ".tsv", ".jsonl", ".json") and file.name != "session.json":
            assert WRONG not in file.read_text(encoding="utf-8"), file


def test_a_client_without_sessions_leaves_the_dataset_and_bids_is_content(desk, tmp_path):
    root = desk.run(seconds=3, client=WRONG).folder.parents[1]
    reassign_recording(root / f"sub-{WRONG}" / "ses-001", RIGHT)
    assert (root / "participants.tsv").read_text().split() == ["participant_id", f"sub-{RIGHT}"]
    assert not any(WRONG in path.name for path in root.rglob("*"))
    beside = Path(sys.executable).with_name("bids-validator-deno")
    program = str(beside) if beside.exists() else shutil.which("bids-validator-deno")
    if program is None:
        pytest.skip("bids-validator-deno is not installed")
    run = subprocess.run([program, str(root), "--format", "json"], capture_output=True, text=True, timeout=100)
    found = json.loads(run.stdout)
    assert [issue for issue in found["issues"]["issues"] if issue["severity"] == "error"] == []
    assert found["summary"]["subjects"] == [RIGHT]


class PowerCut(BaseException):
    pass


@pytest.mark.parametrize("step", ["_copy", "write_session"])
def test_what_is_cut_off_before_the_new_session_counts_is_taken_back(wrong, monkeypatch, step):
    root = wrong.parents[1]
    before = names(root)

    def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(reassign, step, cut)
        with pytest.raises(PowerCut):
            reassign_recording(wrong, RIGHT)
    assert finish_reassigning(root) == f"The recording {WRONG}/002 stays as it was."
    assert names(root) == before and finish_reassigning(root) == ""


def test_what_is_cut_off_after_it_is_completed(wrong, monkeypatch):
    root = wrong.parents[1]

    def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(reassign.shutil, "rmtree", cut)
        with pytest.raises(PowerCut):
            reassign_recording(wrong, RIGHT)
    listed = [(layout.subject, layout.session) for layout in find_sessions(root)]
    assert listed == [(WRONG, "001"), (RIGHT, "001"), (RIGHT, "002")], "one and the same recording never shows twice"
    assert finish_reassigning(root) == f"The recording {WRONG}/002 is {RIGHT}/002 now."
    assert not wrong.exists() and not (root / ".reassigning.json").exists()


def test_a_recording_that_is_not_finished_stays(wrong):
    session = wrong.parents[1] / "derivatives" / "nfb" / f"sub-{WRONG}" / "ses-002" / "session.json"
    session.write_text(session.read_text().replace('"state": "finished"', '"state": "recording"'))
    with pytest.raises(RecordingError, match="is not finished"):
        reassign_recording(wrong, RIGHT)
    assert wrong.exists()


@pytest.fixture
def book(tmp_path, wrong):
    with open_book(tmp_path / "clients.sqlite", who="Dr. A") as book:
        for code in (WRONG, RIGHT):
            book.add_client(Client(code))
        book.add(WRONG, SessionEntry(2, f"sub-{WRONG}/ses-002", NOON, "smr-central", 1, "simulated"))
        yield book


def test_the_book_follows_the_recording(book, wrong):
    root, entry = wrong.parents[1], book.records(WRONG, SessionEntry)[0]
    moved = reassign_visit(book, WRONG, entry, RIGHT, "two charts were open", root)
    assert (moved.value.folder, moved.value.number) == (f"sub-{RIGHT}/ses-002", 1)
    assert (root / moved.value.folder / "eeg").is_dir() and not wrong.exists()
    assert book.records(WRONG, SessionEntry) == ()
    assert any("two charts were open" in str(line.detail) for line in book.audit_entries(RIGHT))


def test_where_the_book_refuses_the_recording_stays(book, wrong):
    book.add(WRONG, Note("Slept badly.", "Dr. A", NOON, 2, NoteState.SIGNED, "Dr. A", NOON))
    root, entry = wrong.parents[1], book.records(WRONG, SessionEntry)[0]
    for to_code, reason in (("C999", "typo"), (RIGHT, " "), (RIGHT, "two charts were open")):
        with pytest.raises(BookError):
            reassign_visit(book, WRONG, entry, to_code, reason, root)
        assert (wrong / "eeg").is_dir() and not (root / f"sub-{RIGHT}" / "ses-002").exists()
