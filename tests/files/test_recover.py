"""A recording that was cut off, by a kill or at any byte, opens and can be finished."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfb.files.bids import layout_of
from nfb.files.recorder import Recorder
from nfb.files.recording import open_own_recording
from nfb.files.recover import recover, unfinished
from nfb.files.session_file import read_session
from nfb.model.commands import EndReason
from nfb.model.errors import RecordingError
from nfb.model.samples import Gap
from nfb.session.setup import Setup

Record = Callable[..., None]


@pytest.fixture(scope="module")
def killed(
    tmp_path_factory: pytest.TempPathFactory, setup: Setup, samples: np.ndarray, record: Record, gap: Gap
) -> Path:
    """A dataset as a kill leaves it: one recording of 20 s that nobody finished."""
    root = tmp_path_factory.mktemp("killed") / "recordings"
    recorder = Recorder(root, "A031", setup)
    record(recorder, samples, (gap,))
    copy = tmp_path_factory.mktemp("copy") / "recordings"
    shutil.copytree(root, copy)
    recorder.finish(EndReason.STOPPED)
    return copy


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 59_999), st.floats(0, 1), st.floats(0, 1))
def test_cut_at_any_byte_it_opens_and_is_finished_with_all_whole_samples(
    killed: Path, samples: np.ndarray, gap: Gap, eeg_cut: int, journal_cut: float, feedback_cut: float
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "recordings"
        shutil.copytree(killed, root)
        layout = layout_of(root / "sub-A031/ses-001")
        assert layout is not None
        os.truncate(layout.eeg("eeg"), eeg_cut)
        os.truncate(layout.journal, int(journal_cut * layout.journal.stat().st_size))
        os.truncate(layout.feedback, int(feedback_cut * layout.feedback.stat().st_size))

        torn = open_own_recording(layout.folder)
        n_samples = eeg_cut // 12  # three channels of four bytes
        np.testing.assert_array_equal(torn.eeg, samples[:, :n_samples])
        assert any(f".eeg: {eeg_cut % 12} bytes" in text for text in torn.warnings) == bool(eeg_cut % 12)
        hops = [event.hop for event in torn.session.journal.events]
        assert hops == sorted(hops)
        lines = torn.session.feedback.lines

        (session,) = recover(root)
        assert session.duration_s == n_samples / 250
        own = open_own_recording(layout.folder)
        np.testing.assert_array_equal(own.eeg, samples[:, :n_samples])
        assert own.warnings == ()
        assert own.session.feedback.lines == lines
        assert (own.session.content["state"], own.session.content["end_reason"]) == ("recovered", "INTERRUPTED")
        if n_samples:
            raw = mne.io.read_raw_brainvision(layout.eeg("vhdr"), verbose="error")
            np.testing.assert_array_equal(raw.get_data(), samples[:, :n_samples].astype(float) * 1e-6)
        has_gap = gap in own.session.journal.gaps and n_samples > gap.sample
        rows = layout.table("events.tsv").read_text(encoding="utf-8").splitlines()
        assert any(row.split("\t")[2] == "gap" for row in rows) == has_gap
        assert recover(root) == []


def test_what_is_missing_beside_samples_and_session_file_is_made_again(killed: Path, tmp_path: Path) -> None:
    root = tmp_path / "recordings"
    shutil.copytree(killed, root)
    layout = layout_of(root / "sub-A031/ses-001")
    assert layout is not None
    before = {path: path.read_bytes() for path in layout.eeg_folder.iterdir()}
    for path in before:
        if path.suffix != ".eeg":
            path.unlink()
    # Without any name in the folder but the .eeg, the task is still told by it.
    layout.journal.unlink()
    recover(root)
    assert {path.name for path in layout.eeg_folder.iterdir()} == {path.name for path in before}
    assert layout.eeg("vhdr").read_bytes() == before[layout.eeg("vhdr")]


def test_a_recording_that_is_being_written_is_left_alone(
    root: Path, setup: Setup, samples: np.ndarray, record: Record
) -> None:
    recorder = Recorder(root, "A031", setup)
    record(recorder, samples[:, :500])
    assert recover(root) == []
    assert unfinished(root) == []
    record(recorder, samples[:, :1000], start_hop=100)
    recorder.finish(EndReason.COMPLETED)
    assert recover(root) == []
    assert open_own_recording(recorder.folder).n_samples == 1000


def test_a_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"holds no recordings.*dataset_description\.json"):
        recover(tmp_path)


# ---- kill -9 -----------------------------------------------------------------------------------------------------

_WRITER = """
import os, sys
import importlib.util
from pathlib import Path
import numpy as np

spec = importlib.util.spec_from_file_location("kit", sys.argv[1])
kit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(kit)
from nfb.files.recorder import Recorder
from nfb.model.samples import Chunk, as_chunk_samples
from nfb.session.setup import make_setup

device = kit.DeviceInfo("cyton", ("C3", "C4", "Cz"), 250.0)
recorder = Recorder(Path(sys.argv[2]), "A031", make_setup(kit._protocol(), device))
hop = 0
while True:
    samples = np.full((3, 5), hop, dtype=np.float32)
    recorder.write_chunk(Chunk(hop * 5, as_chunk_samples(samples), np.full(5, np.nan)))
    recorder.write_events([kit.Rewarded(hop, hop * 5 + 4, hop)], 0.0)
    recorder.write_hops([kit.hop_result(hop)], 0.0, 0.0)
    hop += 1
    os.write(1, b"%d\\n" % hop)  # told to the outside: this hop has been handed over
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
@pytest.mark.parametrize("seed", range(3))
def test_kill_9_loses_no_sample_and_at_most_a_second_of_decisions(tmp_path: Path, seed: int) -> None:
    told = tmp_path / "told"
    kit = Path(__file__).with_name("conftest.py")
    with told.open("wb") as output:
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(kit), str(tmp_path / "recordings")], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        stop_after = random.Random(seed).randrange(60, 2500)
        for _ in range(stop_after):
            output.write(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        output.write(writer.stdout.read())
        writer.wait()
        writer.stdout.close()
    n_hops = int(told.read_text().splitlines()[-1])
    folder = tmp_path / "recordings/sub-A031/ses-001"

    own = open_own_recording(folder)
    n_samples = own.n_samples
    assert n_samples >= 5 * n_hops
    np.testing.assert_array_equal(own.eeg, np.repeat(np.arange(n_samples // 5), 5)[None, :].repeat(3, 0))
    events = [event.hop for event in own.session.journal.events]
    assert events == list(range(len(events)))
    assert len(events) >= n_hops
    rows = own.session.feedback.columns["sample"]
    assert rows.tolist() == list(range(4, 5 * len(rows), 5))
    assert 5 * n_hops - 250 <= 5 * len(rows) <= 5 * len(events) <= n_samples  # 250 samples are a second
    assert own.session.journal.complete_sample >= int(rows[-1])

    assert unfinished(tmp_path / "recordings") == [folder]
    (session,) = recover(tmp_path / "recordings")
    assert session.duration_s == n_samples / 250
    layout = layout_of(folder)
    assert layout is not None
    assert read_session(layout)["state"] == "recovered"
    raw = mne.io.read_raw_brainvision(layout.eeg("vhdr"), verbose="error")
    assert raw.n_times == n_samples
