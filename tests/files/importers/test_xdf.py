"""XDF: choice of the stream, clocks, holes, damaged chunks."""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import pyxdf

from nfb.files.importers import open_recording
from nfb.model.errors import RecordingError

Save = Callable[[str, bytes | str], Path]


def test_samples_names_and_markers_are_those_pyxdf_reads(make, save: Save) -> None:
    recording = open_recording(save("rec.xdf", make.xdf_bytes()))
    streams, _ = pyxdf.load_xdf(io.BytesIO(make.xdf_bytes()), dejitter_timestamps=False)
    np.testing.assert_array_equal(recording.eeg, streams[0]["time_series"].T)
    np.testing.assert_allclose(recording.eeg, make.eeg_uv(), rtol=1e-6)
    assert recording.device.channel_names == make.sites
    # The amplifier's clock is 100 s behind the recorder's.
    assert recording.device_times_s is not None
    assert recording.device_times_s[0] == pytest.approx(150.0, abs=1e-3)
    assert recording.annotations == ((500, 0.0, "tap"),)
    assert recording.warnings == ()


@pytest.mark.parametrize(("unit", "factor"), [("volts", 1e6), ("mV", 1e3), ("microvolts", 1)])
def test_the_unit_of_the_stream_counts(make, save: Save, unit: str, factor: float) -> None:
    recording = open_recording(save("rec.xdf", make.xdf_bytes(unit=unit)))
    np.testing.assert_allclose(recording.eeg, make.eeg_uv() * factor, rtol=1e-6)


def test_a_missing_unit_is_taken_as_microvolts_and_said(make, save: Save) -> None:
    recording = open_recording(save("rec.xdf", make.xdf_bytes(unit="")))
    np.testing.assert_allclose(recording.eeg, make.eeg_uv(), rtol=1e-6)
    assert any("gives no unit" in warning for warning in recording.warnings)


@pytest.mark.parametrize("hole_s", [0.4, 700.0])
def test_a_hole_in_the_stamps_is_a_gap(make, save: Save, hole_s: float) -> None:
    (gap,) = open_recording(save("rec.xdf", make.xdf_bytes(hole_s=hole_s))).gaps
    assert (gap.sample, gap.missing_samples) == (600, round(hole_s * 250))
    assert gap.missing_s == pytest.approx(hole_s, abs=0.001)


def test_a_truncated_file_keeps_its_whole_chunks(make, save: Save) -> None:
    data = make.xdf_bytes()
    end = data.index(b"tap") - 40
    recording = open_recording(save("rec.xdf", data[: end - 500]))
    assert recording.n_samples == 900
    assert any("could not be told into chunks" in warning for warning in recording.warnings)


@pytest.mark.parametrize("channel_format", ["float32", "string"])
def test_a_chunk_that_counts_a_billion_samples_is_left_out(make, save: Save, channel_format: str) -> None:
    data = make.xdf_bytes()
    stream = 1 if channel_format == "float32" else 2
    boast = struct.pack("<H", 3) + struct.pack("<I", stream) + b"\x08" + struct.pack("<Q", 2**33) + b"\x00" * 50
    recording = open_recording(save("rec.xdf", data + b"\x01" + bytes([len(boast)]) + boast))
    assert recording.n_samples == 1000
    assert any(warning == "1 damaged chunks were left out." for warning in recording.warnings)


def test_streams_without_clock_offsets_are_reported(make, save: Save) -> None:
    data = make.xdf_bytes()
    data = data[: data.index(b"\x04" + struct.pack("<I", 22) + struct.pack("<H", 4))]
    recording = open_recording(save("rec.xdf", data))
    assert any(warning.startswith("No clock offsets for Amp, Marks") for warning in recording.warnings)


def test_a_file_without_an_eeg_stream_is_refused_with_what_it_holds(make, save: Save) -> None:
    data = make.xdf_bytes().replace(b"<type>EEG</type><channel_count>", b"<type>ACC</type><channel_count>")
    with pytest.raises(RecordingError, match=r"no EEG stream with samples but Amp \(ACC, 1000 samples\)"):
        open_recording(save("rec.xdf", data))
