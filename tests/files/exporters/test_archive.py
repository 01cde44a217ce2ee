"""An archive tells nothing of who it is about, and is a dataset that opens and replays all the same."""

import gzip
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from nfb.files.bids import Layout, find_sessions
from nfb.files.exporters.archive import FIELDS, LEFT_OUT, write_archive
from nfb.files.phenotype import Phenotype
from nfb.files.recorder import Recorder
from nfb.files.recording import Recording, open_own_recording
from nfb.model.commands import COMMANDS, EndReason, Mark, Note, SetIaf
from nfb.model.errors import RecordingError, SetupError
from nfb.model.events import CommandApplied
from nfb.model.samples import LinkChange, LinkState
from nfb.session.setup import Setup

CODE = "QX7731"
FIRST = datetime(2026, 3, 17, 9, 41, 27, 123456, tzinfo=UTC)
BETWEEN = timedelta(days=6, hours=2)
# What must not be in it: code, name in free text, serial number, host, folder, dates in the forms that files use.
SECRETS = (
    CODE, "Miller", "quarrel", "Alpenblick", "SN-99887", "amp-host", "client smiled", "yawn, deep", "yawn",
    "2026-03-17", "20260317", "2026-03-23", "20260323", "2026-03",
)  # fmt: skip


@pytest.fixture(scope="module")
def sessions(
    tmp_path_factory: pytest.TempPathFactory, setup: Setup, samples: np.ndarray, record: Callable[..., None]
) -> list[Layout]:
    """Two sessions of a client, full of identity."""
    root = tmp_path_factory.mktemp("clinic") / "recordings"
    told = replace(
        setup,
        device=replace(setup.device, serial="SN-99887"),
        protocol=replace(setup.protocol, text=f'schema = 1\nid = "smr-up"  # for {CODE}, Ms Miller\n'),
    )
    for number in range(2):
        started = FIRST + number * BETWEEN
        with Recorder(root, CODE, told, protocol_path_name="/home/miller/smr.toml", started=started) as recorder:
            recorder.write_link(LinkChange(LinkState.STREAMING, "stream on amp-host"), 4711.0)
            record(recorder, samples)
            for command in (Note("Ms Miller, quarrel at work"), Mark("Alpenblick"), SetIaf(10.0, "Miller said so")):
                recorder.write_events([CommandApplied(700, 3504, command)], 15.0)
            recorder.finish(EndReason.COMPLETED)
        # Live sessions are stamped by the clock of the day; here that day is the one of the session.
        for path in (recorder.layout.session_file, recorder.layout.journal):
            text = path.read_text(encoding="utf-8").replace(f"{datetime.now(UTC):%Y-%m-%d}", f"{started:%Y-%m-%d}")
            path.write_text(text, encoding="utf-8")
        stamps_s = started.timestamp() + np.arange(5000) / 250
        stamps_s.astype("<f8").tofile(recorder.layout.device_times)
    return find_sessions(root)


def unpacked(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder


def every_byte(path: Path) -> dict[str, bytes]:
    """Names and contents of all members, compressed ones unpacked, and the archive's own bytes."""
    found = {path.name: path.read_bytes()}
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            content = archive.read(info)
            found[info.filename] = repr(info).encode() + content
            if info.filename.endswith(".gz"):
                found[f"{info.filename} unpacked"] = gzip.decompress(content)
    return found


@pytest.mark.parametrize("fields", [(), tuple(FIELDS.keys() - {"notes", "protocol-text"})])
def test_no_code_name_text_date_or_serial_number_is_in_any_byte(
    sessions: list[Layout], tmp_path: Path, fields: tuple[str, ...]
) -> None:
    path = tmp_path / "course.zip"
    write_archive(sessions, path, fields=fields)
    for name, content in every_byte(path).items():
        for secret in SECRETS:
            assert secret.lower().encode() not in name.lower().encode() + content.lower(), (name, secret)


def test_the_search_would_find_them(sessions: list[Layout]) -> None:
    contents = b"".join(p.read_bytes() for p in sessions[0].root.rglob("*") if p.is_file() and p.suffix != ".eeg")
    names = "".join(str(path) for path in sessions[0].root.rglob("*")).encode()
    for secret in set(SECRETS) - {"2026-03-23", "20260323"}:
        assert secret.encode() in contents + names, secret


def test_what_is_chosen_is_kept(sessions: list[Layout], tmp_path: Path) -> None:
    write_archive(sessions, tmp_path / "a.zip", fields=("notes", "protocol-text"))
    root = unpacked(tmp_path / "a.zip", tmp_path / "a")
    recording = open_own_recording(root / "sub-P001" / "ses-001")
    assert "note: Ms Miller, quarrel at work" in [note.text for note in recording.annotations]
    assert recording.session is not None
    assert "Ms Miller" in recording.session.setup.protocol.text
    assert not (root / "derivatives/nfb/sub-P001/ses-001/feedback.tsv.gz").exists()
    assert recording.device_times_s is None


def of(sessions: list[Layout], number: int) -> Recording:
    return open_own_recording(sessions[number].folder)


def test_intervals_are_kept_and_dates_are_not(sessions: list[Layout], tmp_path: Path) -> None:
    write_archive(sessions, tmp_path / "a.zip")
    root = unpacked(tmp_path / "a.zip", tmp_path / "a")
    made = [open_own_recording(root / "sub-P001" / f"ses-00{number}") for number in (1, 2)]
    assert made[0].started_utc is not None
    assert made[1].started_utc is not None
    assert made[1].started_utc - made[0].started_utc == BETWEEN
    moved = FIRST - made[0].started_utc
    assert moved % timedelta(days=1) == timedelta(0)
    assert 365 <= moved.days < 3650
    assert made[0].device_times_s is not None
    assert made[0].device_times_s[0] == pytest.approx(made[0].started_utc.timestamp(), abs=1e-3)


def test_two_archives_of_a_client_have_different_dates_unless_told(sessions: list[Layout], tmp_path: Path) -> None:
    def started(name: str, **options: int) -> datetime | None:
        write_archive(sessions[:1], tmp_path / f"{name}.zip", **options)
        root = unpacked(tmp_path / f"{name}.zip", tmp_path / name)
        return open_own_recording(root / "sub-P001" / "ses-001").started_utc

    drawn = {started(f"drawn{k}") for k in range(4)}
    assert len(drawn) > 1
    assert started("told", shift_days=-100) == FIRST - timedelta(days=100)


def test_samples_decisions_and_events_are_those_of_the_course(sessions: list[Layout], tmp_path: Path) -> None:
    write_archive(sessions, tmp_path / "a.zip")
    root = unpacked(tmp_path / "a.zip", tmp_path / "a")
    old, new = of(sessions, 0), open_own_recording(root / "sub-P001" / "ses-001")
    assert np.array_equal(old.eeg, new.eeg)
    assert old.session is not None
    assert new.session is not None
    assert old.session.feedback.text == new.session.feedback.text
    texts = [note.text.partition(":") for note in new.annotations]
    assert [(n.sample, n.text.partition(":")[0]) for n in old.annotations] == [
        (n.sample, n.text.partition(":")[0]) for n in new.annotations
    ]
    assert {rest for kind, _, rest in texts if kind in ("note", "mark")} == {f" {LEFT_OUT}"}
    assert len(new.session.journal.commands) == len(old.session.journal.commands)


def test_it_is_a_valid_dataset_with_its_phenotype(sessions: list[Layout], tmp_path: Path) -> None:
    columns = {"days": {"Description": "Days", "Units": "d"}, "mood_before": {"Description": "Mood, 0-10"}}
    table = Phenotype("ratings", "Check-in", columns, (("001", (0.0, 4.0)), ("002", (6.0, None))))
    write_archive(sessions, tmp_path / "a.zip", fields=FIELDS, phenotype={CODE: [table]})
    root = unpacked(tmp_path / "a.zip", tmp_path / "a")
    assert (root / "phenotype/ratings.tsv").read_text(encoding="utf-8") == (
        "participant_id\tses001_days\tses001_mood_before\tses002_days\tses002_mood_before\nsub-P001\t0\t4\t6\tn/a\n"
    )
    beside = Path(sys.executable).with_name("bids-validator-deno")
    program = str(beside) if beside.exists() else shutil.which("bids-validator-deno")
    if program is None:
        pytest.skip("bids-validator-deno is not installed")
    run = subprocess.run([program, str(root), "--format", "json"], capture_output=True, text=True, timeout=100)
    issues = json.loads(run.stdout)["issues"]["issues"]
    assert [issue for issue in issues if issue["severity"] == "error"] == []


def test_every_word_that_a_command_can_carry_counts_as_free_text() -> None:
    """A new command cannot bring identity in by the back door."""
    from nfb.files.exporters.archive import _FREE_TEXT

    assert _FREE_TEXT["note"] == _FREE_TEXT["mark"] == {"text"}
    assert _FREE_TEXT["set_iaf"] == {"reason"}
    assert _FREE_TEXT["end"] == frozenset()  # its reason is one of a list
    assert _FREE_TEXT.keys() == COMMANDS.keys()


def test_what_cannot_be_is_refused(
    sessions: list[Layout], tmp_path: Path, setup: Setup, samples: np.ndarray, record: Callable[..., None]
) -> None:
    with pytest.raises(SetupError, match="did you mean 'notes'"):
        write_archive(sessions, tmp_path / "a.zip", fields=("note",))
    with pytest.raises(SetupError, match=r"must end with \.zip"):
        write_archive(sessions, tmp_path / "a.tar")
    with pytest.raises(SetupError, match="no session"):
        write_archive([], tmp_path / "a.zip")
    (tmp_path / "a.zip").write_bytes(b"mine")
    with pytest.raises(SetupError, match="exists already"):
        write_archive(sessions, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == b"mine"
    with Recorder(tmp_path / "r", "B7", setup) as recorder:
        record(recorder, samples[:, :500])
        with pytest.raises(RecordingError, match="is not finished"):
            write_archive([recorder.layout], tmp_path / "b.zip")
        recorder.finish(EndReason.COMPLETED)
    assert not (tmp_path / "b.zip").exists()
