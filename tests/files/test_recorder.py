"""A session on disk: read by others, opened again, and alive when its disk is not."""

import errno
import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import mne
import numpy as np
import pytest

from nfb.files import recorder as recorder_module
from nfb.files import store as store_module
from nfb.files.recorder import Recorder
from nfb.files.recording import Recording, open_own_recording
from nfb.files.recover import recover
from nfb.files.session_file import read_setup
from nfb.model.commands import EndReason, Mark
from nfb.model.errors import RecordingError, SetupError
from nfb.model.hop import HopResult
from nfb.model.samples import Chunk, DeviceStatus, Gap, LinkChange, LinkState, as_chunk_samples
from nfb.session.setup import Setup, make_setup

Record = Callable[..., None]
STARTED = datetime(2026, 3, 1, 9, 30, 15, tzinfo=UTC)


@pytest.fixture
def finished(root: Path, setup: Setup, samples: np.ndarray, record: Record, gap: Gap) -> Recording:
    with Recorder(root, "A031", setup, protocol_path_name="protocols/smr-up.toml", started=STARTED) as recorder:
        record(recorder, samples, (gap,))
        recorder.write_link(LinkChange(LinkState.LOST, "dongle gone", "Plug it in."), 3.0)
        recorder.write_status(DeviceStatus(battery_percent=81.0, impedance_kohm={"C3": 4.5}), 4.0)
        recorder.finish(EndReason.COMPLETED, {"rewards": 1})
        assert recorder.problems() == ()
    return open_own_recording(recorder.folder)


def test_mne_reads_names_microvolts_events_and_date(finished: Recording, samples: np.ndarray) -> None:
    raw = mne.io.read_raw_brainvision(finished.session.layout.eeg("vhdr"), verbose="error")
    assert raw.ch_names == ["C3", "C4", "Cz"]
    assert raw.info["sfreq"] == 250.0
    assert raw.info["meas_date"] == STARTED
    np.testing.assert_array_equal(raw.get_data(), samples.astype(np.float64) * 1e-6)
    at = dict(zip(raw.annotations.description, raw.time_as_index(raw.annotations.onset, True), strict=True))
    assert at == {
        "Comment/stage baseline begins": 0,
        "Comment/stage baseline ends": 1004,
        "Comment/stage run-1 begins": 1004,
        "New Segment/": 2500,
        "Comment/gap 0.1 s": 2500,
        "Comment/mark: yawn, deep": 2504,
        "Comment/reward": 2504,
        "Comment/note: client smiled and moved": 3004,
    }


def test_to_mne_is_what_mne_reads_from_the_file(finished: Recording) -> None:
    raw = mne.io.read_raw_brainvision(finished.session.layout.eeg("vhdr"), verbose="error")
    ours = finished.to_mne()
    np.testing.assert_array_equal(ours.get_data(), raw.get_data())
    assert ours.ch_names == raw.ch_names
    assert ours.info["meas_date"] == raw.info["meas_date"]
    assert "EDGE gap 0.1 s" in ours.annotations.description


def test_samples_gaps_setup_and_journal_come_back(
    finished: Recording, samples: np.ndarray, setup: Setup, gap: Gap
) -> None:
    recording = finished
    np.testing.assert_array_equal(recording.eeg, samples)
    assert not recording.eeg.flags.writeable
    assert recording.gaps == (gap,)
    assert recording.started_utc == STARTED
    assert recording.warnings == ()
    assert recording.acceleration_g is None
    assert recording.device_times_s is None
    assert finished.session.setup == setup
    assert finished.session.setup.protocol.text == setup.protocol.text
    assert finished.session.journal.commands[0] == (500, Mark("yawn, deep"))
    assert finished.session.journal.complete_sample >= 4750
    assert finished.session.feedback.n_rows == 1000
    assert finished.session.feedback.columns["arrived_s"][500] == 10.0
    assert finished.session.feedback.columns["delay_s"][0] == 0.15


def test_items_give_all_samples_and_break_at_the_gap(finished: Recording, samples: np.ndarray, gap: Gap) -> None:
    items = list(finished.items(chunk_samples=300))
    chunks = [item for item in items if isinstance(item, Chunk)]
    np.testing.assert_array_equal(np.concatenate([chunk.eeg for chunk in chunks], axis=1), samples)
    at = items.index(gap)
    before, after = items[at - 1], items[at + 1]
    assert isinstance(before, Chunk)
    assert isinstance(after, Chunk)
    assert (before.stop_sample, after.first_sample) == (2500, 2500)


def test_session_json_says_what_ran(finished: Recording, setup: Setup) -> None:
    told = finished.session.content
    assert (told["state"], told["end_reason"], told["client"]) == ("finished", "COMPLETED", "A031")
    assert told["started_utc"] == "2026-03-01T09:30:15.000000Z"
    assert told["summary"] == {"rewards": 1}
    assert told["delays_s"] == {"smr": 0.15, "theta": 0.2}
    protocol = told["protocol"]
    assert isinstance(protocol, dict)
    assert protocol["sha256"] == hashlib.sha256(setup.protocol.text.encode()).hexdigest()
    assert protocol["file"] == "protocols/smr-up.toml"
    assert set(told["software"]) >= {"nfb", "python", "numpy", "scipy", "brainflow"}  # type: ignore[arg-type]


def test_the_link_is_in_the_journal(finished: Recording) -> None:
    (link,) = [record for record in finished.session.journal.records if record["event"] == "link_change"]
    assert (link["state"], link["detail"], link["way_out"]) == ("LOST", "dongle gone", "Plug it in.")


def test_battery_and_impedances_are_in_the_journal(finished: Recording) -> None:
    (status,) = [record for record in finished.session.journal.records if record["event"] == "device_status"]
    assert (status["battery_percent"], status["impedance_kohm"]) == (81.0, {"C3": 4.5})


def test_checkpoints_come_at_least_once_a_second(finished: Recording) -> None:
    at = [0, *(int(str(r["sample"])) for r in finished.session.journal.records if r["event"] == "checkpoint"), 4999]
    assert max(np.diff(at)) <= 250


def test_every_way_to_name_a_session_opens_it(finished: Recording) -> None:
    layout = finished.session.layout
    for path in (layout.folder, layout.eeg_folder, layout.eeg("eeg"), layout.eeg("vhdr"), layout.derivatives):
        assert open_own_recording(path).n_samples == 5000
    assert read_setup(layout.folder) == finished.session.setup
    with pytest.raises(RecordingError, match="is not a recording of nfb"):
        open_own_recording(layout.root)


def test_thresholds_and_options_of_a_setup_come_back(
    root: Path, setup: Setup, samples: np.ndarray, record: Record
) -> None:
    chosen = make_setup(
        setup.protocol, setup.device, signal_check=True, mains_hz=50.0, iaf_hz=9.5, thresholds=(6.1, float("inf"))
    )
    with Recorder(root, "A031", chosen) as recorder:
        record(recorder, samples[:, :50])
    assert read_setup(recorder.folder) == chosen


def test_acceleration_and_device_times_go_with_their_samples(root: Path, setup: Setup) -> None:
    eeg = as_chunk_samples(np.ones((3, 4)))
    acceleration = as_chunk_samples(np.arange(12.0).reshape(3, 4))
    times_s = 1.7e9 + np.arange(4) / 250
    with Recorder(root, "A031", setup) as recorder:
        recorder.write_chunk(Chunk(0, eeg, np.full(4, np.nan)))
        recorder.write_chunk(Chunk(4, eeg, times_s, acceleration_g=acceleration))
        recorder.write_chunk(Chunk(8, eeg, np.full(4, np.nan)))
    recording = open_own_recording(recorder.folder)
    nothing = np.full((3, 4), np.nan)
    np.testing.assert_array_equal(recording.acceleration_g, np.hstack([nothing, acceleration, nothing]))
    np.testing.assert_array_equal(recording.device_times_s, [*nothing[0], *times_s, *nothing[0]])


def test_samples_that_do_not_follow_are_refused(root: Path, setup: Setup) -> None:
    eeg = as_chunk_samples(np.ones((3, 4)))
    with Recorder(root, "A031", setup) as recorder:
        recorder.write_chunk(Chunk(0, eeg, np.full(4, np.nan)))
        with pytest.raises(RecordingError, match="first_sample = 5: must be 4"):
            recorder.write_chunk(Chunk(5, eeg, np.full(4, np.nan)))


def test_a_start_without_time_zone_is_refused(root: Path, setup: Setup) -> None:
    with pytest.raises(SetupError, match="no time zone"):
        Recorder(root, "A031", setup, started=datetime(2026, 3, 1))


def test_an_error_in_the_program_ends_the_recording_and_keeps_it(
    root: Path, setup: Setup, samples: np.ndarray, record: Record
) -> None:
    with pytest.raises(ZeroDivisionError), Recorder(root, "A031", setup) as recorder:
        record(recorder, samples[:, :500])
        _ = 1 / 0
    own = open_own_recording(recorder.folder)
    assert own.session.content["end_reason"] == "ERROR"
    assert own.n_samples == 500


# ---- disks that fail ---------------------------------------------------------------------------------------------


class FullDisk:
    """Stands in for os.write: files under `folders` take `left` more bytes in all, as a disk does that fills up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *folders: Path, left: int) -> None:
        self.folders = folders
        self.left = left
        self._write = os.write
        monkeypatch.setattr(os, "write", self)

    def __call__(self, fd: int, data: bytes) -> int:
        path = Path(f"/proc/self/fd/{fd}").readlink()
        if not any(folder in path.parents for folder in self.folders):
            return self._write(fd, data)
        if self.left <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = self._write(fd, data[: self.left])
        self.left -= written
        return written


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux' /proc to tell files apart")


@needs_proc
@pytest.mark.parametrize("left", [0, 1, 3001, 20_000, 40_003])
def test_a_disk_that_fills_up_moves_the_recording_and_joins_it_when_there_is_space(
    tmp_path: Path,
    setup: Setup,
    samples: np.ndarray,
    record: Record,
    gap: Gap,
    monkeypatch: pytest.MonkeyPatch,
    left: int,
) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    recorder = Recorder(home, "A031", setup, fallback_roots=(other,))
    FullDisk(monkeypatch, home, left=left)
    record(recorder, samples, (gap,))
    (problem,) = recorder.problems()
    assert problem == f"{home}: no space left on device. The recording goes on in {other}."
    assert list(other.glob("sub-A031/ses-001/eeg/*.eeg"))
    monkeypatch.undo()
    recorder.finish(EndReason.COMPLETED)
    assert recorder.problems() == ()
    assert not list(other.glob("sub-A031/ses-*"))
    own = open_own_recording(recorder.folder)
    assert own.path == home / "sub-A031/ses-001"
    np.testing.assert_array_equal(own.eeg, samples)
    assert own.gaps == (gap,)
    assert own.warnings == ()
    assert own.session.feedback.columns["sample"].tolist() == list(range(4, 5000, 5))
    assert own.session.content["state"] == "finished"
    folders = [record["folder"] for record in own.session.journal.records if record["event"] == "storage"]
    assert folders[-1] == str(other / "sub-A031/ses-001")
    assert problem in own.session.content["problems"]  # type: ignore[operator]


@needs_proc
def test_what_no_disk_takes_waits_in_memory_until_one_does(
    tmp_path: Path, setup: Setup, samples: np.ndarray, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    monkeypatch.setattr(store_module, "RETRY_S", 0.0)
    recorder = Recorder(home, "A031", setup, fallback_roots=(other,))
    disk = FullDisk(monkeypatch, home, other, left=30_001)
    record(recorder, samples[:, :4000])
    assert any("kept in memory for 30 minutes" in problem for problem in recorder.problems())
    disk.left = 10**9
    record(recorder, samples, start_hop=800)
    assert "on disk again" in recorder.problems()[-1]
    recorder.finish(EndReason.COMPLETED)
    own = open_own_recording(recorder.folder)
    np.testing.assert_array_equal(own.eeg, samples)
    assert own.session.feedback.n_rows == 1000


@needs_proc
def test_memory_is_bounded_and_what_is_kept_has_no_hole(
    tmp_path: Path, setup: Setup, samples: np.ndarray, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(tmp_path / "home", "A031", setup)
    recorder._store._ram_bytes = 20_000
    disk = FullDisk(monkeypatch, tmp_path / "home", left=6_000)
    record(recorder, samples)
    assert recorder._store.in_memory_bytes <= 20_000
    assert sum("Memory for the recording is full" in problem for problem in recorder.problems()) == 1
    disk.left = 10**9
    recorder.finish(EndReason.COMPLETED)
    eeg = open_own_recording(recorder.folder).eeg
    assert 500 < eeg.shape[1] < 5000
    np.testing.assert_array_equal(eeg, samples[:, : eeg.shape[1]])


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let open files be removed")
@pytest.mark.parametrize("root_stays", [True, False])
def test_a_folder_that_is_removed_is_written_again(
    tmp_path: Path, setup: Setup, samples: np.ndarray, record: Record, gap: Gap, root_stays: bool
) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    recorder = Recorder(home, "A031", setup, fallback_roots=(other,))
    record(recorder, samples[:, :2000])
    shutil.rmtree(home)
    if not root_stays:
        home.write_text("no folder can be made here")
    record(recorder, samples, (gap,), start_hop=400)
    (problem,) = recorder.problems()
    assert "was removed. The recording was written again to" in problem
    recorder.finish(EndReason.COMPLETED)
    own = open_own_recording(recorder.folder)
    assert own.session.layout.root == (home if root_stays else other)
    np.testing.assert_array_equal(own.eeg, samples)
    assert own.session.journal.commands[0] == (500, Mark("yawn, deep"))
    assert own.session.feedback.n_rows == 1000
    assert own.warnings == ()


def test_a_root_that_cannot_be_written_leaves_the_fallback(
    tmp_path: Path, setup: Setup, samples: np.ndarray, record: Record
) -> None:
    home = tmp_path / "home"
    home.write_text("a file, not a folder")  # root may write anywhere, so permissions would not stop a test as root
    with Recorder(home, "A031", setup, fallback_roots=(tmp_path / "other",)) as recorder:
        record(recorder, samples[:, :500])
        assert "trying the next folder" in recorder.problems()[0]
    assert recorder.folder == tmp_path / "other" / "sub-A031" / "ses-001"
    assert open_own_recording(recorder.folder).n_samples == 500


def test_no_root_at_all_is_an_error_before_the_session_with_a_way_out(tmp_path: Path, setup: Setup) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(RecordingError, match=r"home: cannot be written: .*Choose another folder"):
        Recorder(tmp_path / "home", "A031", setup)


def test_a_low_disk_keeps_the_samples_and_drops_what_can_be_computed_again(
    root: Path, setup: Setup, samples: np.ndarray, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(root.parent)
    free = 90_000_000
    monkeypatch.setattr(store_module.shutil, "disk_usage", lambda _: usage._replace(free=free))
    monkeypatch.setattr(recorder_module, "_DISK_CHECK_S", 0.0)
    recorder = Recorder(root, "A031", setup)
    record(recorder, samples)
    (problem,) = recorder.problems()
    assert "90 MB free: only samples and events are recorded now" in problem
    # 3 channels × 4 bytes × 250 Hz and 50 rows of 60 bytes are 6 kB a second.
    assert recorder.hours_left() == pytest.approx(90e6 / 6000 / 3600)
    recorder.finish(EndReason.COMPLETED)
    own = open_own_recording(recorder.folder)
    np.testing.assert_array_equal(own.eeg, samples)
    assert own.session.feedback.n_rows < 100
    assert len(own.session.journal.commands) == 2


@needs_proc
def test_a_disk_that_stays_full_keeps_both_parts_and_says_how_to_join_them(
    tmp_path: Path, setup: Setup, samples: np.ndarray, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    recorder = Recorder(home, "A031", setup, fallback_roots=(other,))
    FullDisk(monkeypatch, home, left=31_000)
    record(recorder, samples)
    recorder.problems()
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(store_module.shutil, "disk_usage", lambda _: usage._replace(free=0))
    recorder.finish(EndReason.COMPLETED)
    assert f"`nfb recover {other}`" in recorder.problems()[0]
    n_home = open_own_recording(home / "sub-A031/ses-001").n_samples
    part = open_own_recording(other / "sub-A031/ses-001")
    assert n_home + part.n_samples == 5000
    assert any("joins the parts" in warning for warning in part.warnings)
    monkeypatch.undo()
    (joined,) = recover(other)
    assert joined.folder == home / "sub-A031/ses-001"
    np.testing.assert_array_equal(open_own_recording(joined.folder).eeg, samples)
    assert recover(home) == []


def test_the_sync_thread_ends_with_the_recording(
    root: Path, setup: Setup, make_hop: Callable[..., HopResult]
) -> None:
    before = threading.active_count()
    recorder = Recorder(root, "A031", setup)
    assert threading.active_count() == before + 1
    recorder.finish(EndReason.STOPPED)
    assert threading.active_count() == before
    assert json.loads(recorder.layout.session_file.read_text())["end_reason"] == "STOPPED"
