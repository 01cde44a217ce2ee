"""BrainVision files of other programs: formats, orientations, units, segments, missing parts."""

from pathlib import Path

import mne
import numpy as np
import pytest

from nfb.files.importers import open_recording
from nfb.model.errors import RecordingError

START = "New Segment,,1,1,0,20240102030405000000"


@pytest.mark.parametrize("vectorized", [False, True])
@pytest.mark.parametrize("binary_format", ["INT_16", "INT_32", "IEEE_FLOAT_32"])
def test_every_binary_format_gives_the_samples_mne_reads(
    make, tmp_path: Path, binary_format: str, vectorized: bool
) -> None:
    path = make.brainvision(tmp_path, binary_format=binary_format, vectorized=vectorized)
    recording = open_recording(path)
    assert (recording.device.channel_names, recording.sampling_rate_hz) == (make.sites, 250)
    raw = mne.io.read_raw_brainvision(path, preload=True, verbose="error")
    np.testing.assert_allclose(recording.eeg, raw.get_data() * 1e6, rtol=2e-7, atol=1e-5)
    np.testing.assert_allclose(recording.eeg, make.eeg_uv(), atol=0.051)
    assert recording.annotations == ((500, 0.0, "Stimulus/S  1"),)
    assert recording.gaps == ()


@pytest.mark.parametrize(("unit", "resolution"), [("mV", 1e-4), ("nV", 100.0), ("V", 1e-7)])
def test_resolution_and_unit_scale_to_microvolts(make, tmp_path: Path, unit: str, resolution: float) -> None:
    path = make.brainvision(tmp_path, binary_format="INT_16", unit=unit, resolution=resolution)
    np.testing.assert_allclose(open_recording(path).eeg, make.eeg_uv(), atol=0.051)


def test_any_of_the_three_files_opens_the_recording(make, tmp_path: Path) -> None:
    make.brainvision(tmp_path)
    for suffix in (".vhdr", ".eeg", ".vmrk"):
        assert open_recording(tmp_path / f"rec{suffix}").n_samples == 1000


def test_a_segment_that_follows_without_a_pause_is_no_gap(make, tmp_path: Path) -> None:
    # Sample 501 is 2 s after the first.
    path = make.brainvision(tmp_path, markers=(START, "New Segment,,501,1,0,20240102030407000000"))
    assert open_recording(path).gaps == ()


def test_a_segment_that_begins_later_is_a_gap_of_the_time_between(make, tmp_path: Path) -> None:
    path = make.brainvision(tmp_path, markers=(START, "New Segment,,501,1,0,20240102030412500000"))
    (gap,) = open_recording(path).gaps
    assert (gap.sample, gap.missing_samples, gap.missing_s) == (500, 1375, 5.5)


def test_a_segment_without_dates_is_a_gap_of_unknown_length(make, tmp_path: Path) -> None:
    path = make.brainvision(tmp_path, markers=("New Segment,,1,1,0", "New Segment,,501,1,0"))
    (gap,) = open_recording(path).gaps
    assert (gap.sample, gap.missing_samples, gap.missing_s) == (500, 0, 0.0)


def test_a_missing_data_file_is_named(make, tmp_path: Path) -> None:
    path = make.brainvision(tmp_path)
    (tmp_path / "rec.eeg").unlink()
    with pytest.raises(RecordingError, match=r"^rec.vhdr: its data file rec.eeg is not beside it\. Copy"):
        open_recording(path)


def test_renamed_files_are_found_and_reported(make, tmp_path: Path) -> None:
    make.brainvision(tmp_path)
    for suffix in (".vhdr", ".eeg", ".vmrk"):
        (tmp_path / f"rec{suffix}").rename(tmp_path / f"new{suffix}")
    recording = open_recording(tmp_path / "new.vhdr")
    assert recording.n_samples == 1000
    assert len(recording.annotations) == 1
    assert any("names rec.eeg, which is not there; new.eeg was read" in warning for warning in recording.warnings)


def test_a_missing_marker_file_is_reported(make, tmp_path: Path) -> None:
    path = make.brainvision(tmp_path)
    (tmp_path / "rec.vmrk").unlink()
    recording = open_recording(path)
    assert any("markers and gaps are unknown" in warning for warning in recording.warnings)


def test_a_data_file_cut_inside_a_sample_is_read_as_far_as_it_goes(make, tmp_path: Path) -> None:
    path = make.brainvision(tmp_path)
    data = tmp_path / "rec.eeg"
    data.write_bytes(data.read_bytes()[: 700 * 32 + 5])
    recording = open_recording(path)
    assert recording.n_samples == 700
    assert any("its last 5 bytes were left out" in warning for warning in recording.warnings)
    assert any("promises 1000 samples, the data file holds 700" in warning for warning in recording.warnings)


def test_a_cut_vectorized_file_is_refused(make, tmp_path: Path) -> None:
    path = make.brainvision(tmp_path, vectorized=True)
    data = tmp_path / "rec.eeg"
    data.write_bytes(data.read_bytes()[: 700 * 32])
    with pytest.raises(RecordingError, match="is not 8 channels one after the other"):
        open_recording(path)


def test_a_text_mode_transfer_of_the_data_file_is_recognised(make, tmp_path: Path) -> None:
    path = make.brainvision(tmp_path, binary_format="INT_16")
    data = tmp_path / "rec.eeg"
    data.write_bytes(data.read_bytes().replace(b"\n", b"\r\n"))
    with pytest.raises(RecordingError, match="its data file is damaged: a text-mode transfer"):
        open_recording(path)


def test_values_that_are_not_finite_stay_nan_and_are_counted(make, tmp_path: Path) -> None:
    path = make.brainvision(tmp_path)
    data = tmp_path / "rec.eeg"
    samples = np.frombuffer(data.read_bytes(), "<f4").reshape(1000, 8).copy()
    samples[400, 2], samples[401, 3] = np.nan, np.inf
    data.write_bytes(samples.tobytes())
    recording = open_recording(path)
    assert np.argwhere(np.isnan(recording.eeg)).tolist() == [[2, 400], [3, 401]]
    assert any(w.startswith("2 values are not finite numbers, the first at 1.60 s") for w in recording.warnings)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("NumberOfChannels=8", "NumberOfChannels=0", "NumberOfChannels = 0"),
        ("NumberOfChannels=8", "NumberOfChannels=99999999", "NumberOfChannels = 99999999"),
        ("NumberOfChannels=8", "", "lacks numberofchannels"),
        ("SamplingInterval=4000", "SamplingInterval=-1", "SamplingInterval = -1"),
        ("SamplingInterval=4000", "SamplingInterval=fast", "'fast' for samplinginterval"),
        ("=IEEE_FLOAT_32", "=COMPLEX_64", "BinaryFormat = COMPLEX_64"),
        ("DataFormat=BINARY", "DataFormat=ASCII", "stored as text"),
        (",0.1,", ",x,", "resolution of Fp1 is 'x'"),
    ],
)
def test_a_header_that_cannot_be_used_is_refused_with_its_value(
    make, tmp_path: Path, old: str, new: str, reason: str
) -> None:
    path = make.brainvision(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(RecordingError) as caught:
        open_recording(path)
    assert reason in str(caught.value)
