"""The header and marker files follow the BrainVision Core Data Format 1.0, and MNE reads them."""

import configparser
from datetime import UTC, datetime
from pathlib import Path

import mne
import numpy as np
import pytest

from nfb.files.brainvision import Marker, frames, header, marker_file
from nfb.model.device import DeviceInfo

STARTED = datetime(2026, 3, 1, 9, 30, 15, 250_000, tzinfo=UTC)


def _write(folder: Path, device: DeviceInfo, eeg: np.ndarray, markers: list[Marker]) -> Path:
    (folder / "a.vhdr").write_text(header(device, "a"), encoding="utf-8")
    (folder / "a.vmrk").write_text(marker_file("a", STARTED, markers), encoding="utf-8")
    (folder / "a.eeg").write_bytes(frames(eeg))
    return folder / "a.vhdr"


@pytest.mark.parametrize("rate_hz", [125.0, 200.0, 250.0, 254.3, 256.0, 300.0, 512.0, 1000.0])
def test_mne_reads_the_sampling_rate(tmp_path: Path, rate_hz: float) -> None:
    device = DeviceInfo("x", ("Cz",), rate_hz)
    raw = mne.io.read_raw_brainvision(_write(tmp_path, device, np.zeros((1, 10), np.float32), []), verbose="error")
    assert raw.info["sfreq"] == pytest.approx(rate_hz, rel=1e-15)


def test_mne_reads_names_microvolts_and_date(tmp_path: Path) -> None:
    device = DeviceInfo("x", ("Fp1", "Cz", "A1, left"), 250.0, reference="Fpz")
    eeg = np.array([[1, 2, 3, 4], [-50.5, 0, 50.5, 1e-3], [187500, 1, 1, 1]], dtype=np.float32)
    raw = mne.io.read_raw_brainvision(_write(tmp_path, device, eeg, []), verbose="error")
    assert raw.ch_names == ["Fp1", "Cz", "A1, left"]
    np.testing.assert_array_equal(raw.get_data(), eeg.astype(np.float64) * 1e-6)
    assert raw.info["meas_date"] == STARTED


def test_mne_reads_markers_at_their_samples(tmp_path: Path) -> None:
    markers = [Marker(0, "begin"), Marker(2, "mark: cough, left\n and right"), Marker(3, "", "New Segment")]
    device = DeviceInfo("x", ("Cz",), 256.0)
    raw = mne.io.read_raw_brainvision(
        _write(tmp_path, device, np.zeros((1, 4), np.float32), markers), verbose="error"
    )
    texts = ["Comment/begin", "Comment/mark: cough, left and right", "New Segment/"]
    assert list(raw.annotations.description) == texts
    assert raw.time_as_index(raw.annotations.onset, use_rounding=True).tolist() == [0, 2, 3]


def test_clause_first_line_names_file_and_version() -> None:
    device = DeviceInfo("x", ("Cz",), 250.0)
    assert header(device, "a").splitlines()[0] == "Brain Vision Data Exchange Header File Version 1.0"
    assert marker_file("a", STARTED, []).splitlines()[0] == "Brain Vision Data Exchange Marker File, Version 1.0"


def test_clause_common_and_binary_infos() -> None:
    text = header(DeviceInfo("x", ("Cz", "Pz"), 256.0), "a").split("\n", 1)[1]
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read_string(text)
    assert dict(parsed["Common Infos"]) == {
        "Codepage": "UTF-8",
        "DataFile": "a.eeg",
        "MarkerFile": "a.vmrk",
        "DataFormat": "BINARY",
        "DataOrientation": "MULTIPLEXED",
        "NumberOfChannels": "2",
        "SamplingInterval": "3906.25",
    }
    assert dict(parsed["Binary Infos"]) == {"BinaryFormat": "IEEE_FLOAT_32"}
    assert dict(parsed["Channel Infos"]) == {"Ch1": "Cz,,1,µV", "Ch2": "Pz,,1,µV"}


def test_clause_first_marker_is_a_dated_new_segment() -> None:
    lines = marker_file("a", STARTED, [Marker(249, "x")]).splitlines()
    assert "Mk1=New Segment,,1,1,0,20260301093015250000" in lines
    assert lines[-1] == "Mk2=Comment,x,250,1,0"


def test_clause_frames_are_little_endian_with_all_channels_of_a_sample_together() -> None:
    eeg = np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32)
    assert frames(eeg) == b"".join(np.float32(v).astype("<f4").tobytes() for v in (1.0, 3.0, 2.0, 4.0))
