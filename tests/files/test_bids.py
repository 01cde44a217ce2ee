"""Recordings are a BIDS dataset; the standard's own validator says so."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nfb.files.bids import claim_session, find_sessions, layout_of, subject_label, task_label, write_dataset
from nfb.files.locations import default_recordings_root
from nfb.files.recorder import Recorder
from nfb.model.commands import EndReason, Mark
from nfb.model.errors import SetupError
from nfb.model.events import ArtefactEnded, ArtefactStarted, CommandApplied, QualityReport, ThresholdChanged
from nfb.model.hop import Cause
from nfb.model.samples import Gap
from nfb.session.setup import Setup

Record = Callable[..., None]


def validate(root: Path) -> list[str]:
    """Errors that bids-validator-deno finds; it holds the standard's schema itself and needs no network."""
    beside = Path(sys.executable).with_name("bids-validator-deno")
    program = str(beside) if beside.exists() else shutil.which("bids-validator-deno")
    if program is None:
        pytest.skip("bids-validator-deno is not installed")
    run = subprocess.run([program, str(root), "--format", "json"], capture_output=True, text=True, timeout=100)
    issues = json.loads(run.stdout)["issues"]["issues"]
    errors = [issue for issue in issues if issue["severity"] == "error"]
    return [f"{error['code']} {error.get('subCode', '')} {error.get('location', '')}" for error in errors]


@pytest.fixture(scope="module")
def dataset(
    tmp_path_factory: pytest.TempPathFactory, setup: Setup, samples: np.ndarray, record: Record, gap: Gap
) -> Path:
    """Two clients, one of them with two sessions, one session with a gap."""
    root = tmp_path_factory.mktemp("bids") / "recordings"
    for client, gaps in (("A031", ()), ("A031", (gap,)), ("B7", ())):
        with Recorder(root, client, setup) as recorder:
            record(recorder, samples, gaps)
            recorder.finish(EndReason.COMPLETED)
            assert recorder.problems() == ()
    return root


def test_the_validator_finds_no_error(dataset: Path) -> None:
    assert validate(dataset) == []


def test_the_validator_would_find_one(dataset: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(dataset, broken)
    sidecar = next(broken.glob("sub-B7/**/*_eeg.json"))
    facts = json.loads(sidecar.read_text())
    del facts["PowerLineFrequency"]
    sidecar.write_text(json.dumps(facts))
    assert any(error.startswith("SIDECAR_KEY_REQUIRED PowerLineFrequency") for error in validate(broken))


def test_the_validator_knows_the_vocabulary_of_the_tags(dataset: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(dataset, broken)
    table = next(broken.glob("sub-B7/**/*_events.tsv"))
    table.write_text(table.read_text(encoding="utf-8").replace("Time-block", "Time-bock"), encoding="utf-8")
    assert any(error.startswith("HED_ERROR") for error in validate(broken))


def test_tags_stay_valid_where_equal_events_begin_together(
    root: Path, setup: Setup, samples: np.ndarray, record: Record
) -> None:
    with Recorder(root, "A031", setup) as recorder:
        record(recorder, samples[:, :500])
        for _ in range(2):
            recorder.write_events(
                [CommandApplied(90, 454, Mark("twice")), ThresholdChanged(90, 454, 0, "smr", 1.0, 2.0, "operator")],
                2.0,
            )
        recorder.finish(EndReason.COMPLETED)
    assert validate(root) == []


def test_a_dataset_from_before_there_were_tags_gets_their_version(dataset: Path, tmp_path: Path) -> None:
    root = tmp_path / "older"
    shutil.copytree(dataset, root)
    path = root / "dataset_description.json"
    described = json.loads(path.read_text())
    del described["HEDVersion"]
    path.write_text(json.dumps({**described, "Authors": ["A. Author"]}))
    assert any(error.startswith("HED_ERROR") for error in validate(root))
    write_dataset(root)
    assert validate(root) == []
    assert json.loads(path.read_text()) == {**described, "Authors": ["A. Author"], "HEDVersion": "8.4.0"}


def test_what_is_known_of_device_and_subject_is_in_the_sidecar(dataset: Path) -> None:
    facts = json.loads(next(dataset.glob("sub-B7/**/*_eeg.json")).read_text())
    assert facts["SubjectArtefactDescription"] == "none was detected by the program"
    assert [facts[f"{kind}ChannelCount"] for kind in ("EEG", "EOG", "ECG", "EMG", "MISC", "Trigger")] == [3] + [0] * 5
    assert (
        json.loads(next(dataset.glob("sub-B7/**/*_events.json")).read_text())["StimulusPresentation"]["SoftwareName"]
        == "nfb"
    )


def test_the_mains_frequency_is_the_one_seen_in_the_signal(
    root: Path, setup: Setup, samples: np.ndarray, record: Record
) -> None:
    with Recorder(root, "A031", setup) as recorder:
        record(recorder, samples[:, :500])
        for hop, mains_hz in ((50, 60.0), (99, None)):
            recorder.write_events([QualityReport(hop, hop * 5 + 4, ("good",) * 3, ("",) * 3, mains_hz)], 2.0)
        recorder.finish(EndReason.COMPLETED)
    assert json.loads(next(root.glob("sub-A031/**/*_eeg.json")).read_text())["PowerLineFrequency"] == 60.0
    assert validate(root) == []


def test_artefacts_of_the_subject_are_told_with_their_share(
    root: Path, setup: Setup, samples: np.ndarray, record: Record
) -> None:
    with Recorder(root, "A031", setup) as recorder:
        record(recorder, samples)
        recorder.write_events(
            [
                ArtefactStarted(100, 500, Cause.BLINK, "C3"),
                ArtefactEnded(150, 750, 1.0),
                ArtefactStarted(200, 1000, Cause.CONTACT, "C3"),
                ArtefactEnded(300, 1500, 2.0),
            ],
            10.0,
        )
        recorder.finish(EndReason.COMPLETED)
    facts = json.loads(next(root.glob("sub-A031/**/*_eeg.json")).read_text())
    assert facts["SubjectArtefactDescription"] == "detected by the program, in parts of the samples: blink 5.0 %"


def test_the_folder_that_is_shipped_is_a_dataset() -> None:
    shipped = Path(__file__).resolve().parents[2] / "recordings"
    description = json.loads((shipped / "dataset_description.json").read_text())
    assert description["DatasetType"] == "raw"
    assert (shipped / "README").is_file()


def test_a_recording_is_a_valid_dataset_while_it_is_being_written(
    root: Path, setup: Setup, samples: np.ndarray, record: Record
) -> None:
    with Recorder(root, "A031", setup) as recorder:
        record(recorder, samples[:, :500])
        assert validate(root) == []


def test_names_of_files_and_folders(dataset: Path) -> None:
    files = {str(path.relative_to(dataset)) for path in dataset.rglob("*") if path.is_file()}
    stem = "sub-A031/ses-002/eeg/sub-A031_ses-002_task-smrup"
    endings = ("eeg.vhdr", "eeg.eeg", "eeg.vmrk", "eeg.json", "channels.tsv", "events.tsv", "events.json")
    session = {f"{stem}_{ending}" for ending in endings}
    placed = "sub-A031/ses-002/eeg/sub-A031_ses-002_space-CapTrak"
    session |= {f"{placed}_electrodes.tsv", f"{placed}_coordsystem.json"}
    names = ("session.json", "journal.jsonl", "feedback.tsv.gz", "feedback.json")
    session |= {f"derivatives/nfb/sub-A031/ses-002/{name}" for name in names}
    assert {name for name in files if "sub-A031/ses-002" in name} == session
    top = {"README", "dataset_description.json", "participants.tsv", "participants.json"}
    assert {name for name in files if "sub-" not in name} == top | {"derivatives/nfb/dataset_description.json"}
    assert (dataset / "participants.tsv").read_text() == "participant_id\nsub-A031\nsub-B7\n"


def test_a_gap_is_a_row_of_the_events_and_makes_the_recording_discontinuous(dataset: Path) -> None:
    folder = dataset / "sub-A031/ses-002/eeg"
    rows = [row.split("\t") for row in (folder / "sub-A031_ses-002_task-smrup_events.tsv").read_text().splitlines()]
    gaps = [dict(zip(rows[0], row, strict=True)) for row in rows if row[2] == "gap"]
    assert gaps == [
        {"onset": "10.0", "duration": "0.0", "trial_type": "gap", "value": "packets lost", "sample": "2500"}
        | {"missing_samples": "25", "missing_s": "0.1", "HED": "(Data-feature, Data-break-marker, Mishap)"}
    ]
    facts = json.loads((folder / "sub-A031_ses-002_task-smrup_eeg.json").read_text())
    assert (facts["RecordingType"], facts["RecordingDuration"]) == ("discontinuous", 20.0)
    markers = (folder / "sub-A031_ses-002_task-smrup_eeg.vmrk").read_text(encoding="utf-8")
    assert "New Segment,,2501,1,0\n" in markers
    assert "Comment,gap 0.1 s,2501,1,0\n" in markers


def test_stages_holds_and_notes_are_rows_of_the_events(dataset: Path) -> None:
    text = (dataset / "sub-B7/ses-001/eeg/sub-B7_ses-001_task-smrup_events.tsv").read_text(encoding="utf-8")
    rows = [row.split("\t")[:5] for row in text.splitlines()[1:]]
    assert ["0.0", "4.016", "stage", "baseline", "0"] in rows
    assert ["4.016", "15.984", "stage", "run-1", "1004"] in rows
    assert ["10.016", "0.0", "mark", "yawn, deep", "2504"] in rows
    assert ["10.016", "0.0", "reward", "1", "2504"] in rows
    assert ["12.016", "0.0", "note", "client smiled and moved", "3004"] in rows


def test_identity_stays_out_and_channels_are_described(dataset: Path) -> None:
    table = (dataset / "sub-B7/ses-001/eeg/sub-B7_ses-001_task-smrup_channels.tsv").read_text(encoding="utf-8")
    rows = [row.split("\t") for row in table.splitlines()]
    assert rows[0][:3] == ["name", "type", "units"]
    assert [row[:4] for row in rows[1:]] == [[name, "EEG", "µV", "A1"] for name in ("C3", "C4", "Cz")]


@pytest.mark.parametrize("client", ["", "A 1", "A-031", "Ännchen", "../x", "a" * 65, "A031\n"])
def test_a_client_code_that_cannot_name_a_folder_is_refused(client: str) -> None:
    with pytest.raises(SetupError, match="letters A-Z and digits only"):
        subject_label(client)


def test_labels_of_tasks() -> None:
    assert [task_label(text) for text in ("smr-up", "alpha_posterior.2", "µ")] == ["smrup", "alphaposterior2", "nfb"]


def test_programs_that_start_at_once_get_different_sessions(root: Path) -> None:
    claimed: list[str] = []
    ready = threading.Barrier(8)

    def claim() -> None:
        ready.wait()
        claimed.extend(claim_session(root, "A031", "x").session for _ in range(5))

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == [f"{number:03d}" for number in range(1, 41)]


def test_every_folder_and_file_of_a_session_leads_to_it(dataset: Path) -> None:
    sessions = find_sessions(dataset)
    assert [(s.subject, s.session) for s in sessions] == [("A031", "001"), ("A031", "002"), ("B7", "001")]
    layout = sessions[1]
    for path in (layout.folder, layout.eeg_folder, layout.derivatives, layout.eeg("vmrk"), layout.feedback):
        assert layout_of(path) == layout
    assert layout_of(dataset) is None


def test_recordings_go_where_the_environment_says_else_beside_the_checkout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NFB_RECORDINGS", str(tmp_path / "mine"))
    assert default_recordings_root() == tmp_path / "mine"
    monkeypatch.delenv("NFB_RECORDINGS")
    assert default_recordings_root() == Path(__file__).resolve().parents[2] / "recordings"
