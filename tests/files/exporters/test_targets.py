"""Where exports may go, that what has the name is whole, and the command that makes them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nfb.cli import main
from nfb.files.exporters import EXPORTERS, export_recording
from nfb.files.importers import open_recording
from nfb.model.errors import SetupError

KINDS = pytest.mark.parametrize("kind", list(EXPORTERS))


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@KINDS
def test_a_file_that_exists_is_kept_unless_it_is_to_be_replaced(torn, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"x.{kind}"
    path.write_text("mine")
    with pytest.raises(SetupError, match="exists already"):
        export_recording(torn.recording, path, kind)
    assert path.read_text() == "mine"
    export_recording(torn.recording, path, kind, overwrite=True)
    assert path.stat().st_size > 1000


def test_a_description_beside_the_table_that_is_another_s_is_kept(torn, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(SetupError, match=r"x\.json: exists already"):
        export_recording(torn.recording, tmp_path / "x.csv", "csv")
    assert files_in(tmp_path) == ["x.json"]


def test_the_recording_itself_is_never_replaced(make, tmp_path: Path) -> None:
    first = export_recording(make(), tmp_path / "x.edf", "edf").path
    before = first.read_bytes()
    with pytest.raises(SetupError, match="is the recording itself"):
        export_recording(open_recording(first), tmp_path / "x.edf", "edf", overwrite=True)
    assert first.read_bytes() == before


@KINDS
def test_the_raw_folders_of_a_dataset_are_refused_and_derivatives_are_not(torn, kind: str) -> None:
    root = torn.recording.session.layout.root
    for folder in (root, torn.recording.path, torn.recording.path / "eeg"):
        before = files_in(folder)
        with pytest.raises(SetupError, match="is a BIDS dataset, whose raw folders hold recordings only"):
            export_recording(torn.recording, folder / f"x.{kind}", kind)
        assert files_in(folder) == before
    (root / "derivatives" / "exports").mkdir(exist_ok=True)
    assert export_recording(torn.recording, root / "derivatives" / "exports" / f"{kind}.{kind}", kind).path.is_file()


def test_another_dataset_s_raw_folders_are_refused_too(make, tmp_path: Path) -> None:
    (tmp_path / "sub-1").mkdir()
    (tmp_path / "dataset_description.json").write_text("{}")
    with pytest.raises(SetupError, match="BIDS dataset"):
        export_recording(make(), tmp_path / "sub-1" / "x.edf", "edf")


def test_a_dataset_with_exports_is_valid(torn, tmp_path: Path) -> None:
    beside = Path(sys.executable).with_name("bids-validator-deno")
    if not beside.exists():
        pytest.skip("bids-validator-deno is not installed")
    root = tmp_path / "dataset"
    shutil.copytree(torn.recording.session.layout.root, root)
    (root / "derivatives" / "exports").mkdir(exist_ok=True)
    for kind in EXPORTERS:
        export_recording(torn.recording, root / "derivatives" / "exports" / f"A031.{kind}", kind)
    run = subprocess.run([str(beside), str(root), "--format", "json"], capture_output=True, text=True, timeout=100)
    issues = json.loads(run.stdout)["issues"]["issues"]
    assert [issue for issue in issues if issue["severity"] == "error"] == []


@KINDS
def test_a_full_disk_is_said_and_leaves_nothing(torn, tmp_path: Path, kind: str) -> None:
    resource = pytest.importorskip("resource")
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, old[1]))  # the system refuses what goes beyond
    try:
        with pytest.raises(
            SetupError, match=r"x\..*: cannot be written: .*Choose another folder, or free some space"
        ):
            export_recording(torn.recording, tmp_path / f"x.{kind}", kind)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert files_in(tmp_path) == []


def test_a_disk_that_fills_up_keeps_the_file_that_was_there(torn, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    (tmp_path / "x.edf").write_text("mine")
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, old[1]))
    try:
        with pytest.raises(SetupError, match="cannot be written"):
            export_recording(torn.recording, tmp_path / "x.edf", "edf", overwrite=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert (files_in(tmp_path), (tmp_path / "x.edf").read_text()) == (["x.edf"], "mine")


def test_a_folder_that_cannot_be_written_is_said(make, tmp_path: Path) -> None:
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        pytest.skip("this user may write everywhere")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(SetupError, match="permission denied"):
            export_recording(make(), tmp_path / "x.edf", "edf")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("nowhere/x.edf", "edf", "there is no folder"),
        ("x.edf", "bdf", r"must end with \.bdf"),
        ("x.edf", "edff", r"must be one of edf, bdf, xdf, csv, parquet \(did you mean 'edf'\?\)"),
        ("folder.edf", "edf", "is a folder"),
        ("x\0.edf", "edf", "zero byte"),
    ],
)
def test_names_that_cannot_be_are_refused(make, tmp_path: Path, name: str, kind: str, told: str) -> None:
    (tmp_path / "folder.edf").mkdir()
    with pytest.raises(SetupError, match=told):
        export_recording(make(), f"{tmp_path}/{name}", kind)
    assert files_in(tmp_path) == ["folder.edf"]


# -------------------------------------------------------------------------------------------------------- the command


@KINDS
def test_the_command_takes_the_format_from_the_name(torn, tmp_path: Path, kind: str, capsys) -> None:
    out = tmp_path / f"x.{kind}"
    assert main(["export", str(torn.recording.path), str(out)]) == 0
    printed = capsys.readouterr()
    assert printed.out == f"{out}\n"
    assert ("Note: The file is discontinuous" in printed.err) == (kind in ("edf", "bdf"))


def test_the_command_tells_scripts_what_was_written(torn, tmp_path: Path, capsys) -> None:
    out = tmp_path / "x.csv"
    assert main(["export", str(torn.recording.path), str(out), "--format", "csv", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"path": str(out), "format": "csv", "sidecar": str(tmp_path / "x.json"), "notes": []}


def test_the_command_refuses_in_one_line(torn, tmp_path: Path, capsys) -> None:
    assert main(["export", str(torn.recording.path), str(tmp_path / "x.txt")]) == 2
    told = capsys.readouterr().err
    assert told.endswith("stands for no format; end it with .edf, .bdf, .xdf, .csv, .parquet\n")
    assert told.count("\n") == 1
