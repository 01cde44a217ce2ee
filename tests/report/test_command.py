"""`nfb report` writes what was asked for, beside the recording or elsewhere."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import nfb
from nfb.cli import main
from nfb.files.recording import Recording


@pytest.fixture
def folder(typical: Recording, tmp_path: Path) -> Path:
    """A copy of the session in a dataset of its own."""
    shutil.copytree(typical.path.parents[1], tmp_path / "recordings")
    return tmp_path / "recordings" / "sub-A031" / "ses-001"


@pytest.mark.parametrize("kind", ["session", "client", "course", "crednf"])
def test_the_last_line_is_the_report(
    folder: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(folder), "--kind", kind, "--out", str(tmp_path / "out")]) == 0
    path = Path(capsys.readouterr().out.splitlines()[-1])
    assert path == tmp_path / "out" / f"report-{kind}.html"
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_without_out_it_lies_beside_the_recordings_own_files(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(folder)]) == 0
    beside = folder.parents[1] / "derivatives" / "nfb" / "sub-A031" / "ses-001"
    assert (beside / "report-session.html").is_file()


def test_the_clients_folder_gives_the_course(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(folder.parent), "--kind", "course", "--out", str(tmp_path / "out")]) == 0
    assert "too few" in (tmp_path / "out" / "report-course.html").read_text(encoding="utf-8")


def test_cred_nf_writes_its_record_with_the_answers_given(folder: Path, tmp_path: Path) -> None:
    answers = tmp_path / "study.toml"
    answers.write_text('1a = "osf.io/abcde"\n', encoding="utf-8")
    out = tmp_path / "out"
    assert main(["report", str(folder), "--kind", "crednf", "--answers", str(answers), "--out", str(out)]) == 0
    record = json.loads((out / "cred-nf.json").read_text(encoding="utf-8"))
    assert record["answers"][0] == {
        "item": "1a",
        "question": "Were protocol and planned analyses preregistered, and where?",
        "status": "asked",
        "answer": "osf.io/abcde",
    }


def test_answers_without_a_sheet_to_go_on_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(folder), "--answers", "study.toml"]) == 2
    assert "goes with --kind crednf only" in capsys.readouterr().err


def test_a_folder_without_recordings_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path)]) == 2
    assert "is not a recording of nfb" in capsys.readouterr().err


def test_a_pdf_needs_no_display(folder: Path, tmp_path: Path) -> None:
    """In a process of its own: a program without a window, as a server runs it."""
    command = [sys.executable, "-m", "nfb", "report", str(folder), "--pdf", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    path = Path(done.stdout.splitlines()[-1])
    assert path.name == "report-session.pdf"
    assert path.read_bytes().startswith(b"%PDF-")


def test_an_archive_of_a_client_is_made_by_code(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "course.zip"
    assert main(["archive", "A031", str(out), "--recordings", str(folder.parents[1])]) == 0
    told = capsys.readouterr()
    assert told.out == f"{out}\n"
    assert "A031 is P001 in the archive" in told.err
    with zipfile.ZipFile(out) as archive:
        assert "sub-P001/ses-001/eeg/sub-P001_ses-001_task-smrcentral_eeg.vhdr" in archive.namelist()
    with zipfile.ZipFile(out) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert nfb.verify(nfb.open_recording(tmp_path / "unpacked" / "sub-P001" / "ses-001")).identical
    assert main(["archive", "B7", str(out), "--recordings", str(folder.parents[1])]) == 2
    assert "B7: is neither a folder nor a client" in capsys.readouterr().err
