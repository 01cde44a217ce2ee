"""A disk that fails during a session: told in plain words, the session goes on, and nothing written is lost."""

import errno
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from nfb.devices.simulated import SimulatedSource
from nfb.engine.live import Fault, Finished
from nfb.engine.replaying import verify
from nfb.files import recorder as recorder_module
from nfb.files import store as store_module
from nfb.files.recording import open_own_recording
from nfb.model.commands import EndReason

N_SAMPLES = 2500  # ten seconds


class Happening(SimulatedSource):
    """The simulated client, and something that happens after certain hops."""

    def __init__(self, **at_hop) -> None:
        super().__init__({"scenario": "typical"}, seed=4)
        self._at_hop = {int(name.removeprefix("hop")): action for name, action in at_hop.items()}

    def receive_feedback(self, hop) -> None:
        super().receive_feedback(hop)
        self._at_hop.pop(hop.hop, lambda: None)()


class Broken:
    """Stands in for os.write: while `error` is set, files under `folder` cannot be written."""

    def __init__(self, monkeypatch, folder: Path) -> None:
        self.error = 0
        self._folder = folder
        self._write = os.write
        monkeypatch.setattr(os, "write", self)

    def __call__(self, fd: int, data: bytes) -> int:
        if self.error and self._folder in Path(f"/proc/self/fd/{fd}").readlink().parents:
            raise OSError(self.error, os.strerror(self.error))
        return self._write(fd, data)

    def fail(self, error: int) -> None:
        self.error = error


@pytest.fixture
def expected_uv() -> np.ndarray:
    """What the simulated client sends, from another one of the same seed."""
    source = SimulatedSource({"scenario": "typical"}, seed=4)
    source.open()
    chunks = []
    while sum(chunk.n_samples for chunk in chunks) < N_SAMPLES:
        chunks += source.read(0.02)
    return np.concatenate([chunk.eeg for chunk in chunks], axis=1)


def faults(engine) -> list[str]:
    events = engine.take_events()
    assert isinstance(events[-1], Finished)
    assert not [event for event in events if isinstance(event, Fault) and event.fatal]
    return [event.what for event in events if isinstance(event, Fault)]


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux' /proc to tell files apart")


@needs_proc
@pytest.mark.parametrize(
    ("error", "words"), [(errno.ENOSPC, "no space left on device"), (errno.EROFS, "read-only file system")]
)
def test_a_disk_that_fills_up_or_turns_read_only(desk, tmp_path, monkeypatch, expected_uv, error, words):
    disk = Broken(monkeypatch, desk.root)
    source = Happening(hop211=lambda: disk.fail(error), hop480=lambda: disk.fail(0))
    engine = desk.run(source, seconds=10, fallbacks=(tmp_path / "other",))
    assert faults(engine) == [f"{desk.root}: {words}. The recording goes on in {tmp_path / 'other'}."]
    assert engine.summary.end_reason is EndReason.TIME_LIMIT
    assert engine.folder.is_relative_to(desk.root), "the parts were joined at home"
    recording = desk.recording(engine)
    np.testing.assert_array_equal(recording.eeg, expected_uv)
    verdict = verify(recording)
    assert (verdict.identical, verdict.n_hops) == (True, 500)


@needs_proc
def test_no_other_folder_until_there_is_space_again(desk, monkeypatch, expected_uv):
    monkeypatch.setattr(store_module, "RETRY_S", 0.0)
    disk = Broken(monkeypatch, desk.root)
    source = Happening(hop90=lambda: disk.fail(errno.ENOSPC), hop400=lambda: disk.fail(0))
    engine = desk.run(source, seconds=10)
    told = faults(engine)
    assert "samples are kept in memory for 30 minutes. Free some disk space" in told[0]
    assert told[1:] == [f"The recording is on disk again, in {desk.root}."]
    recording = desk.recording(engine)
    np.testing.assert_array_equal(recording.eeg, expected_uv)
    verdict = verify(recording)
    assert (verdict.identical, verdict.n_hops) == (True, 500)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let open files be removed")
def test_a_folder_that_vanishes_is_written_again(desk, expected_uv):
    engine = desk.run(Happening(hop230=lambda: shutil.rmtree(desk.root)), seconds=10)
    (told,) = faults(engine)
    assert "was removed. The recording was written again to" in told
    recording = desk.recording(engine)
    np.testing.assert_array_equal(recording.eeg, expected_uv)
    verdict = verify(recording)
    assert (verdict.identical, verdict.n_hops) == (True, 500)


@needs_proc
def test_a_disk_that_is_full_to_the_end_is_told_after_the_end(desk, monkeypatch):
    """What could not be finished is said in a Fault, although the session is over by then."""
    disk = Broken(monkeypatch, desk.root)
    engine = desk.run(Happening(hop211=lambda: disk.fail(errno.ENOSPC)), seconds=10)
    told = faults(engine)
    assert any("could not be written to any folder" in text for text in told)
    disk.fail(0)
    recording = open_own_recording(engine.folder)
    assert recording.n_samples >= 5 * 211
    assert verify(recording).identical


def test_while_the_disk_is_nearly_full_samples_are_kept_and_the_rest_still_replays(desk, monkeypatch, expected_uv):
    usage = shutil.disk_usage("/")
    free = {"bytes": 10**12}
    monkeypatch.setattr(store_module.shutil, "disk_usage", lambda _: usage._replace(free=free["bytes"]))
    monkeypatch.setattr(recorder_module, "_DISK_CHECK_S", 0.0)
    source = Happening(hop160=lambda: free.update(bytes=90_000_000), hop310=lambda: free.update(bytes=10**12))
    engine = desk.run(source, seconds=10)
    (told,) = faults(engine)
    assert "90 MB free: only samples and events are recorded now" in told
    recording = desk.recording(engine)
    np.testing.assert_array_equal(recording.eeg, expected_uv)
    verdict = verify(recording)
    assert verdict.identical
    assert 300 <= verdict.n_hops == recording.session.feedback.n_rows <= 400


def test_a_recordings_folder_that_cannot_be_made_is_an_error_before_the_session(desk):
    desk.root.write_text("a file stands in the way")
    engine = desk.engine(seconds=5)
    engine.run()
    events = engine.take_events()
    (fault,) = [event for event in events if isinstance(event, Fault)]
    assert fault.fatal
    assert "Choose another folder, or free some space." in fault.what
    assert events[-1] == Finished(None, None, None)
