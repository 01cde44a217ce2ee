"""Exports are read by other people's programs and by our importers: samples to 1 LSB, events to 1 sample."""

from collections.abc import Callable
from pathlib import Path

import edfio
import mne
import numpy as np
import pyedflib
import pytest
import pyxdf

from nfb.files.exporters import export_recording
from nfb.files.importers import open_recording
from nfb.files.recording import Recording
from nfb.model.samples import Gap, GapCause

KINDS = pytest.mark.parametrize("kind", ["edf", "bdf"])


def lsb_uv(kind: str, eeg: np.ndarray) -> np.ndarray:
    """One step of each channel, ``(n_channels, 1)``, by the range of its data; the header rounds it outwards."""
    bits = {"edf": 16, "bdf": 24}[kind]
    return 1.001 * (np.ptp(eeg, axis=1, keepdims=True) + 1e-3) / (2**bits - 1)


def assert_same_samples(read_uv: np.ndarray, recording: Recording, kind: str) -> None:
    eeg = np.asarray(recording.eeg, dtype=np.float64)
    error = np.abs(read_uv[:, : recording.n_samples] - eeg)
    assert np.all(error <= lsb_uv(kind, eeg)), error.max(axis=1)


def texts_at(ran, kind: str) -> list[int]:
    return sorted(int(row["sample"]) for row in ran.events if row["trial_type"] == kind)


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory, whole, torn) -> Callable[[str, str], Path]:
    folder = tmp_path_factory.mktemp("exports")
    for name, ran in (("whole", whole), ("torn", torn)):
        for kind in ("edf", "bdf", "xdf"):
            export_recording(ran.recording, folder / f"{name}.{kind}", kind)
    return lambda name, kind: folder / f"{name}.{kind}"


# ------------------------------------------------------------------------------------------------------- EDF and BDF


@KINDS
def test_mne_reads_samples_names_start_and_events_of_a_whole_recording(exported, whole, kind: str) -> None:
    read = {"edf": mne.io.read_raw_edf, "bdf": mne.io.read_raw_bdf}[kind]
    raw = read(exported("whole", kind), preload=True, infer_types=True, verbose="warning")
    recording = whole.recording
    raw.pick(list(recording.device.channel_names))
    assert raw.ch_names == list(recording.device.channel_names)
    assert raw.info["sfreq"] == recording.sampling_rate_hz
    assert raw.info["meas_date"].replace(tzinfo=None) == recording.started_utc.astimezone().replace(
        microsecond=0, tzinfo=None
    )
    assert_same_samples(raw.get_data() * 1e6, recording, kind)
    events, ids = mne.events_from_annotations(raw, verbose="error")
    names = {number: name for name, number in ids.items()}
    for text, row in (("stage run-1", "stage"), ("reward", "reward")):
        found = [int(sample) for sample, _, number in events if names[number] == text]
        rows = [r for r in whole.events if r["trial_type"] == row and (row != "stage" or r["value"] == "run-1")]
        assert rows, row
        assert found == pytest.approx([int(r["sample"]) for r in rows], abs=1)


@KINDS
def test_edfio_reads_samples_parts_and_events(exported, ran, kind: str, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.params["ran"]
    recording = ran.recording
    file = {"edf": edfio.read_edf, "bdf": edfio.read_bdf}[kind](exported(name, kind))
    assert file.is_continuous == (name == "whole")
    labels = [f"EEG {channel}" for channel in recording.device.channel_names]
    assert list(file.labels) == [*labels, "Acc X", "Acc Y", "Acc Z"]
    assert_same_samples(np.stack([file.get_signal(label).data for label in labels]), recording, kind)
    sample_s = 1 / recording.sampling_rate_hz
    for kind_of_event in ("reward", "stage", "hold", "threshold"):
        onsets = [note.onset for note in file.annotations if note.text.startswith(kind_of_event)]
        truth = [ran.time_s(sample) for sample in texts_at(ran, kind_of_event)]
        assert truth
        assert onsets == pytest.approx(truth, abs=sample_s)
    gaps = [(note.onset, note.duration) for note in file.annotations if note.text.startswith("gap")]
    truth = [(ran.time_s(gap.sample - 1) + sample_s, gap.missing_s) for gap in recording.gaps]
    np.testing.assert_allclose(np.reshape(gaps, (-1, 2)), np.reshape(truth, (-1, 2)), atol=1e-6)


@KINDS
def test_edflib_reads_a_whole_recording(exported, whole, kind: str) -> None:
    recording = whole.recording
    with pyedflib.EdfReader(str(exported("whole", kind))) as file:
        assert (file.getPatientCode(), file.getAdmincode(), file.getEquipment()) == (
            "test",
            "ses-001",
            "nfb simulated client",
        )
        n_channels = recording.device.n_channels
        assert_same_samples(np.stack([file.readSignal(index) for index in range(n_channels)]), recording, kind)
        onsets, durations, texts = file.readAnnotations()
    rewards = onsets[texts == "reward"] * recording.sampling_rate_hz
    assert rewards == pytest.approx(texts_at(whole, "reward"), abs=1)
    (stage,) = [row for row in whole.events if row["value"] == "baseline"]
    assert durations[texts == "stage baseline"] == pytest.approx([float(stage["duration"])], abs=1e-6)


@KINDS
def test_edflib_refuses_a_torn_recording_as_the_report_says(exported, torn, tmp_path: Path, kind: str) -> None:
    with pytest.raises(OSError, match="discontinuous"):
        pyedflib.EdfReader(str(exported("torn", kind)))
    report = export_recording(torn.recording, tmp_path / f"x.{kind}", kind)
    assert any("refuse it (EDFlib)" in warning for warning in report.warnings)


@KINDS
def test_mne_joins_the_parts_of_a_torn_recording_as_the_report_says(exported, torn, kind: str) -> None:
    read = {"edf": mne.io.read_raw_edf, "bdf": mne.io.read_raw_bdf}[kind]
    with pytest.warns(RuntimeWarning, match="outside the data range"):
        raw = read(exported("torn", kind), preload=True, infer_types=True, verbose="warning")
    assert raw.n_times == torn.recording.n_samples
    assert_same_samples(raw.get_data(list(torn.recording.device.channel_names)) * 1e6, torn.recording, kind)


@KINDS
def test_our_importer_reads_the_same_samples_gaps_and_places(exported, ran, kind: str, request) -> None:
    back = open_recording(exported(request.node.callspec.params["ran"], kind))
    recording = ran.recording
    assert back.n_samples == recording.n_samples
    assert back.device.channel_names == recording.device.channel_names
    assert_same_samples(back.eeg, recording, kind)
    assert [(gap.sample, gap.missing_samples) for gap in back.gaps] == [
        (gap.sample, gap.missing_samples) for gap in recording.gaps
    ]
    for text in ("reward", "stage", "hold", "threshold"):
        found = sorted(note.sample for note in back.annotations if note.text.startswith(text))
        assert found == pytest.approx(texts_at(ran, text), abs=1)


@pytest.mark.parametrize("kind", ["edf", "bdf", "xdf"])
def test_recorded_people_come_back(shared_eeg: Path, tmp_path: Path, kind: str) -> None:
    for name in ("edf/eegmmidb_S001R03.edf", "derived/openbci_v6.xdf", "edf/eegmat_Subject03_2.edf"):
        recording = open_recording(shared_eeg / name)
        path = export_recording(recording, tmp_path / f"out.{kind}", kind, overwrite=True).path
        back = open_recording(path)
        assert back.device.channel_names == recording.device.channel_names
        assert back.sampling_rate_hz == recording.sampling_rate_hz
        if kind == "xdf":
            np.testing.assert_array_equal(back.eeg, recording.eeg)
        else:
            assert_same_samples(back.eeg, recording, kind)
        texts = {note.text for note in recording.annotations}
        found = [(note.sample, note.text) for note in back.annotations if note.text in texts]
        assert found == [(note.sample, note.text) for note in recording.annotations]


# --------------------------------------------------------------------------------------------------------------- XDF


def streams_of(path: Path, **options: object) -> dict[str, dict]:
    streams, _ = pyxdf.load_xdf(path, **options)
    return {stream["info"]["name"][0]: stream for stream in streams}


def test_pyxdf_reads_samples_as_they_are_and_their_times(exported, ran, request) -> None:
    recording = ran.recording
    # With its removal of jitter, which must not draw time through the gaps.
    eeg = streams_of(exported(request.node.callspec.params["ran"], "xdf"))["NFB-EEG"]
    np.testing.assert_array_equal(eeg["time_series"], recording.eeg.T)
    truth = np.array([ran.time_s(sample) for sample in range(recording.n_samples)])
    np.testing.assert_allclose(eeg["time_stamps"] - recording.started_utc.timestamp(), truth, atol=5e-6)
    assert float(eeg["info"]["nominal_srate"][0]) == recording.sampling_rate_hz
    channels = eeg["info"]["desc"][0]["channels"][0]["channel"]
    assert [channel["label"][0] for channel in channels] == list(recording.device.channel_names)
    assert {channel["unit"][0] for channel in channels} == {"microvolts"}
    assert int(eeg["footer"]["info"]["sample_count"][0]) == recording.n_samples


def test_pyxdf_reads_markers_at_their_samples(exported, ran, request) -> None:
    markers = streams_of(exported(request.node.callspec.params["ran"], "xdf"))["NFB-Markers"]
    times_s = markers["time_stamps"] - ran.recording.started_utc.timestamp()
    texts = [row[0] for row in markers["time_series"]]
    rewards = [time for time, text in zip(times_s, texts, strict=True) if text == "reward"]
    assert rewards == pytest.approx([ran.time_s(sample) for sample in texts_at(ran, "reward")], abs=1e-6)
    for row in ran.events:
        if row["trial_type"] == "stage":
            begin = times_s[texts.index(f"stage {row['value']}")]
            assert begin == pytest.approx(ran.time_s(int(row["sample"])), abs=1e-6)
            assert f"stage {row['value']} ends" in texts


def test_pyxdf_reads_the_decisions_bit_for_bit(exported, ran, request) -> None:
    stream = streams_of(exported(request.node.callspec.params["ran"], "xdf"), dejitter_timestamps=False)[
        "NFB-Feature"
    ]
    labels = [channel["label"][0] for channel in stream["info"]["desc"][0]["channels"][0]["channel"]]
    table = ran.recording.session.feedback.columns
    for name in ("feature.smr", "threshold.smr", "feedback", "reward", "artefact"):
        np.testing.assert_array_equal(stream["time_series"][:, labels.index(name)], table[name].astype(np.float64))
    times_s = stream["time_stamps"] - ran.recording.started_utc.timestamp()
    truth = [ran.time_s(int(sample)) for sample in table["sample"]]
    np.testing.assert_allclose(times_s, truth, atol=1e-6)


def test_every_xdf_stream_has_its_offsets_also_in_gaps(exported, torn) -> None:
    streams = streams_of(exported("torn", "xdf"))
    assert list(streams) == ["NFB-EEG", "NFB-Acceleration", "NFB-Feature", "NFB-Markers"]
    for stream in streams.values():
        assert len(stream["info"]["clock_segments"]) == 1
        assert set(stream["clock_values"]) == {0.0}
        assert np.all(np.diff(stream["clock_times"]) == 5.0)


def test_our_importer_reads_the_xdf_bit_for_bit_with_the_same_gaps(exported, ran, request) -> None:
    back = open_recording(exported(request.node.callspec.params["ran"], "xdf"))
    np.testing.assert_array_equal(back.eeg, ran.recording.eeg)
    assert back.warnings == ()
    assert abs((back.started_utc - ran.recording.started_utc).total_seconds()) < 1e-5
    assert [(gap.sample, gap.missing_samples) for gap in back.gaps] == [
        (gap.sample, gap.missing_samples) for gap in ran.recording.gaps
    ]


def test_an_hour_long_hole_is_no_reset_of_the_clock(make, tmp_path: Path) -> None:
    recording = make(gaps=(Gap(500, 900_000, 3600.0, GapCause.LINK_LOST),))
    path = export_recording(recording, tmp_path / "out.xdf", "xdf").path
    stream = streams_of(path)["NFB-EEG"]
    steps = np.diff(stream["time_stamps"])
    assert np.max(steps) == pytest.approx(3600.004, abs=1e-5)
    assert len(stream["info"]["clock_segments"]) == 1


def test_an_xdf_without_a_known_start_counts_from_the_first_sample(make, tmp_path: Path) -> None:
    path = export_recording(make(started_utc=None), tmp_path / "out.xdf", "xdf").path
    stamps = streams_of(path)["NFB-EEG"]["time_stamps"]
    assert (stamps[0], stamps[-1]) == pytest.approx((0.0, 3.996))
    assert open_recording(path).started_utc is None
