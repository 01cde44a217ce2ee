"""EDF+ and BDF+ files keep to edfplus.info/specs/edfplus.html; each test names its clause."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import edfio
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfb.files.exporters import export_recording
from nfb.files.exporters.edf_records import plan, record_length
from nfb.files.exporters.timeline import Segment
from nfb.files.importers import open_recording
from nfb.files.recording import Annotation, Recording
from nfb.model.errors import RecordingError
from nfb.model.samples import Gap, GapCause

Make = Callable[..., Recording]


def export(recording: Recording, folder: Path, kind: str = "edf") -> bytes:
    return export_recording(recording, folder / f"out.{kind}", kind, overwrite=True).path.read_bytes()


def gap(sample: int, missing: int, rate_hz: float = 250.0) -> Gap:
    return Gap(sample, missing, missing / rate_hz, GapCause.PACKETS_LOST)


def fields(data: bytes) -> dict[str, list[str]]:
    """The header by the byte positions of the specification."""
    fixed = {"version": 8, "patient": 80, "recording": 80, "date": 8, "time": 8, "bytes": 8}
    fixed |= {"reserved": 44, "records": 8, "duration": 8, "signals": 4}
    found, at = {}, 0
    for name, width in fixed.items():
        found[name] = [data[at : at + width].decode("latin-1").rstrip()]
        at += width
    n_signals = int(found["signals"][0])
    for name, width in {"label": 16, "transducer": 80, "unit": 8, "low": 8, "high": 8}.items():
        found[name] = [data[at + i * width : at + (i + 1) * width].decode().rstrip() for i in range(n_signals)]
        at += width * n_signals
    for name, width in {"digital_low": 8, "digital_high": 8, "filter": 80, "samples": 8, "spare": 32}.items():
        found[name] = [data[at + i * width : at + (i + 1) * width].decode().rstrip() for i in range(n_signals)]
        at += width * n_signals
    assert at == int(found["bytes"][0]) == 256 * (n_signals + 1)
    return found


def annotations_of(data: bytes) -> list[bytes]:
    """What the annotations signal, which is the last, holds in each record."""
    head = fields(data)
    width = 3 if data[0] == 255 else 2
    counts = [int(text) for text in head["samples"]]
    body = data[int(head["bytes"][0]) :]
    record = sum(counts) * width
    assert len(body) == record * int(head["records"][0])
    return [body[at + record - counts[-1] * width : at + record] for at in range(0, len(body), record)]


# ------------------------------------------------------------------------------------------------------ 2.1 header


def test_2_1_1_version_and_reserved_field(make: Make, tmp_path: Path) -> None:
    torn = make(gaps=(gap(300, 10),))
    heads = [fields(export(recording, tmp_path, kind)) for recording in (make(), torn) for kind in ("edf", "bdf")]
    assert [head["reserved"] for head in heads] == [["EDF+C"], ["BDF+C"], ["EDF+D"], ["BDF+D"]]
    assert [head["version"] for head in heads] == [["0"], ["\xffBIOSEMI"]] * 2


def test_2_1_3_1_the_header_is_printable_ascii(make: Make, tmp_path: Path) -> None:
    data = export(make(names=("Fühler µ", "電極"), model="Größe\t9\n"), tmp_path)
    assert all(32 <= byte <= 126 for byte in data[: int(fields(data)["bytes"][0])])
    assert fields(data)["label"][:2] == ["EEG Fuhler u", "EEG ??"]


@pytest.mark.parametrize(("year", "yy"), [(1985, "85"), (1999, "99"), (2000, "00"), (2084, "84"), (2085, "yy")])
def test_2_1_3_2_years_are_clipped_at_1985(make: Make, tmp_path: Path, year: int, yy: str) -> None:
    recording = make()
    assert recording.started_utc is not None
    head = fields(export(replace(recording, started_utc=recording.started_utc.replace(year=year, month=8)), tmp_path))
    assert head["date"][0].split(".")[1:] == ["08", yy]
    assert f"-AUG-{year}" in head["recording"][0]


def test_2_1_3_3_the_patient_is_a_code_and_three_unknowns(make: Make, torn, tmp_path: Path) -> None:
    assert fields(export(torn.recording, tmp_path))["patient"] == ["test X X X"]
    assert fields(export(make(), tmp_path))["patient"] == ["X X X X"]


def test_2_1_3_4_the_recording_says_start_investigation_technician_and_equipment(
    make: Make, torn, tmp_path: Path
) -> None:
    words = fields(export(torn.recording, tmp_path))["recording"][0].split(" ")
    assert words[0] == "Startdate"
    assert re.fullmatch(r"\d\d-[A-Z]{3}-\d{4}", words[1])
    assert words[2:5] == ["ses-001", "X", "nfb_simulated_client"]
    unknown = make(started_utc=None)
    assert fields(export(unknown, tmp_path))["recording"] == ["Startdate X X X X"]
    assert (fields(export(unknown, tmp_path))["date"], fields(export(unknown, tmp_path))["time"]) == (
        ["01.01.85"],
        ["00.00.00"],
    )


@pytest.mark.parametrize("kind", ["edf", "bdf"])
def test_2_1_3_5_limits_differ_also_for_a_flat_signal(make: Make, tmp_path: Path, kind: str) -> None:
    flat = np.array([np.zeros(1000), np.full(1000, -187_500.0), np.full(1000, 0.1)])
    data = export(make(flat), tmp_path, kind)
    head = fields(data)
    for low, high, digital_low, digital_high in zip(
        head["low"], head["high"], head["digital_low"], head["digital_high"], strict=True
    ):
        assert float(low) < float(high)
        assert int(digital_low) < int(digital_high)
    read = open_recording(tmp_path / f"out.{kind}").eeg
    np.testing.assert_allclose(read, flat, atol=1.1 / (2**16 - 1))


def test_2_1_3_6_numbers_have_neither_grouping_nor_comma_nor_exponent(make: Make, tmp_path: Path) -> None:
    values = np.array([[1e-7, -3e-6] * 500, [12_345_678.0, -1_234_567.0] * 500])
    head = fields(export(make(values), tmp_path))
    numbers = [*head["low"], *head["high"], *head["duration"], *head["samples"]]
    assert all(re.fullmatch(r"-?\d+(\.\d+)?", number) for number in numbers)


def test_2_1_3_7_samples_are_little_endian_two_s_complement(make: Make, tmp_path: Path) -> None:
    ramp = np.linspace(-100, 100, 1000)[None]
    for kind, width in (("edf", 2), ("bdf", 3)):
        data = export(make(ramp), tmp_path, kind)
        start = int(fields(data)["bytes"][0])
        first = int.from_bytes(data[start : start + width], "little", signed=True)
        assert first == -(2 ** (8 * width - 1))


def test_2_1_3_8_the_start_is_local_time_and_names_its_zone(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = pytest.importorskip("time")
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of a process cannot be set here")
    monkeypatch.setenv("TZ", "XXX-05:30")  # POSIX for five and a half hours east
    time.tzset()
    try:
        head = fields(export(make(), tmp_path))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (head["date"], head["time"]) == (["01.03.26"], ["15.00.15"])
    assert head["recording"][0].endswith(" UTC+0530")


def test_2_1_3_9_labels_are_the_standard_texts(make: Make, tmp_path: Path) -> None:
    data = export(make(names=("Fpz", "A2-A1")), tmp_path)
    assert fields(data)["label"] == ["EEG Fpz", "EEG A2-A1", "EDF Annotations"]
    assert fields(data)["unit"] == ["uV", "uV", ""]


def test_labels_that_are_too_long_stay_different(make: Make, tmp_path: Path) -> None:
    names = tuple(f"amplifier-input-{index}" for index in range(3))
    labels = fields(export(make(np.zeros((3, 500)), names=names), tmp_path))["label"]
    assert len(set(labels)) == 4
    assert all(len(label) <= 16 for label in labels)


def test_2_1_3_10_the_number_of_records_is_known(make: Make, tmp_path: Path) -> None:
    data = export(make(), tmp_path)
    assert int(fields(data)["records"][0]) == len(annotations_of(data)) == 4


# ------------------------------------------------------------------------------------------------ 2.2 annotations


@pytest.mark.parametrize("kind", ["edf", "bdf"])
def test_2_2_1_the_annotations_signal_has_its_limits_and_otherwise_spaces(
    make: Make, tmp_path: Path, kind: str
) -> None:
    head = fields(export(make(), tmp_path, kind))
    low, high = {"edf": ("-32768", "32767"), "bdf": ("-8388608", "8388607")}[kind]
    assert (head["label"][-1], head["digital_low"][-1], head["digital_high"][-1]) == (
        f"{kind.upper()} Annotations",
        low,
        high,
    )
    assert head["low"][-1] != head["high"][-1]
    assert [head[name][-1] for name in ("transducer", "unit", "filter", "spare")] == [""] * 4


def test_2_2_2_lists_are_made_of_onset_duration_and_texts(make: Make, tmp_path: Path) -> None:
    notes = (Annotation(250, 0.0, "Lights off"), Annotation(250, 0.0, "Close door"), Annotation(375, 0.5, "Apnea"))
    second = annotations_of(export(make(annotations=notes), tmp_path))[1].rstrip(b"\x00")
    # The file starts at a quarter of a second.
    assert second == b"+1.25\x14\x14\x00+1.25\x14Lights off\x14Close door\x14\x00+1.75\x150.5\x14Apnea\x14"


def test_2_2_3_text_is_unicode_without_control_characters(make: Make, tmp_path: Path) -> None:
    notes = (Annotation(0, 0.0, "π ≈ 3,14\x14\x00\x15end\nof it"),)
    export(make(annotations=notes), tmp_path)
    assert [note.text for note in edfio.read_edf(tmp_path / "out.edf").annotations] == ["π ≈ 3,14 end of it"]


def test_2_2_3_a_note_stands_in_the_record_that_it_is_about(make: Make, tmp_path: Path) -> None:
    notes = tuple(Annotation(sample, 0.0, f"at {sample}") for sample in (0, 249, 250, 999))
    records = annotations_of(export(make(annotations=notes), tmp_path))
    assert [re.findall(rb"at \d+", record) for record in records] == [
        [b"at 0", b"at 249"],
        [b"at 250"],
        [],
        [b"at 999"],
    ]


def test_2_2_4_each_record_begins_with_its_time_and_the_first_with_the_fraction(make: Make, tmp_path: Path) -> None:
    data = export(make(gaps=(gap(500, 40),)), tmp_path)
    starts = [record.split(b"\x14")[0] for record in annotations_of(data)]
    assert starts == [b"+0.25", b"+1.25", b"+2.41", b"+3.41"]
    assert fields(data)["time"][0].endswith(".15")


def test_2_2_4_continuous_files_have_no_hole_between_records(make: Make, tmp_path: Path) -> None:
    for rate_hz in (160.0, 250.0, 256.0, 254.3, 300.0, 512.0):
        export(make(np.zeros((1, 20 * 2543)), rate_hz), tmp_path)
        assert edfio.read_edf(tmp_path / "out.edf").is_continuous


# ------------------------------------------------------------------------------------------------- length of records


@pytest.mark.parametrize(
    ("rate_hz", "n_samples", "samples_in_record", "duration"),
    [
        (250.0, 1000, 250, "1"),
        (256.0, 1024, 256, "1"),
        (254.3, 5086, 2543, "10"),
        (250.0, 1025, 41, "0.164"),
        (250.0, 1009, 250, "1"),  # a prime number of samples: the last record is filled up
    ],
)
def test_rate_times_duration_is_whole(
    make: Make, tmp_path: Path, rate_hz: float, n_samples: int, samples_in_record: int, duration: str
) -> None:
    recording = make(np.random.default_rng(0).normal(0, 20, (1, n_samples)), rate_hz)
    head = fields(export(recording, tmp_path))
    assert (head["samples"][0], head["duration"][0]) == (str(samples_in_record), duration)
    read = open_recording(tmp_path / "out.edf")
    assert read.sampling_rate_hz == rate_hz
    np.testing.assert_allclose(read.eeg[:, :n_samples], recording.eeg, atol=0.01)


def test_what_fills_the_last_record_is_said_and_marked(make: Make, tmp_path: Path) -> None:
    recording = make(np.random.default_rng(0).normal(0, 20, (1, 1009)))
    report = export_recording(recording, tmp_path / "out.edf", "edf")
    assert any("241 samples were added" in warning for warning in report.warnings)
    (mark,) = edfio.read_edf(tmp_path / "out.edf").annotations
    assert mark == (pytest.approx(1009 / 250), pytest.approx(241 / 250), "BAD_ACQ_SKIP")
    read = open_recording(tmp_path / "out.edf").eeg
    assert read.shape == (1, 1250)
    assert np.all(read[0, 1009:] == read[0, 1008])


def test_a_rate_that_no_header_holds_is_stored_nearest_and_said(make: Make, tmp_path: Path) -> None:
    report = export_recording(make(rate_hz=1e6 / 3906), tmp_path / "out.edf", "edf")
    assert any("256.016385 Hz is stored as 256.016" in warning for warning in report.warnings)
    read = open_recording(tmp_path / "out.edf")
    assert read.sampling_rate_hz == pytest.approx(1e6 / 3906, rel=1e-6)
    assert read.gaps == ()


RATES = st.sampled_from([100.0, 160.0, 250.0, 254.3, 256.0, 300.0, 512.0, 1000.0, 1e6 / 3906])


@given(RATES, st.lists(st.tuples(st.integers(1, 700), st.integers(1, 900)), min_size=1, max_size=6))
def test_every_sample_keeps_its_time_whatever_the_gaps(rate_hz: float, parts: list[tuple[int, int]]) -> None:
    """`parts` are stretches of samples and what is missing after each."""
    segments, start, when = [], 0, 0.0
    truth = []
    for n_samples, missing in parts:
        segments.append(Segment(start, start + n_samples, round(when * 1e9)))
        truth += [when + index / rate_hz for index in range(n_samples)]
        start, when = start + n_samples, when + (n_samples + missing) / rate_hz
    length = record_length(tuple(segments), rate_hz)
    runs, fillings = plan(tuple(segments), length, rate_hz)
    written: list[float | None] = []
    for run in runs:
        places: list[int | None] = []
        for sample in range(run.start, run.stop):
            places.append(sample)
            places += [None] * sum(filling.n_samples for filling in fillings if filling.after_sample == sample)
        assert len(places) == run.n_records * length.n_samples
        for place, sample in enumerate(places):
            if sample is not None:
                written.append(run.onset_ns / 1e9 + place / rate_hz)
    assert len(written) == len(truth)
    np.testing.assert_allclose(written, truth, atol=1e-6)
    ends = [run.onset_ns / 1e9 + run.n_records * length.n_samples / rate_hz for run in runs]
    assert all(run.onset_ns / 1e9 > end - 1e-6 for run, end in zip(runs[1:], ends, strict=False))


def test_at_250_hz_no_value_is_made_up_for_a_gap(make: Make, tmp_path: Path) -> None:
    gaps = (gap(7, 1), gap(331, 12), gap(332, 700), gap(900, 3))
    recording = make(gaps=gaps)
    report = export_recording(recording, tmp_path / "out.edf", "edf")
    assert not any("were added" in warning for warning in report.warnings)
    assert any("1 sample long" in warning for warning in report.warnings)
    read = open_recording(tmp_path / "out.edf")
    assert [(one.sample, one.missing_samples) for one in read.gaps] == [(7, 1), (331, 12), (332, 700), (900, 3)]
    assert read.n_samples == 1000


def test_at_256_hz_a_short_gap_is_filled_marked_and_said(make: Make, tmp_path: Path) -> None:
    recording = make(rate_hz=256.0, gaps=(gap(101, 1, 256.0), gap(403, 64, 256.0)))
    report = export_recording(recording, tmp_path / "out.bdf", "bdf")
    assert any("were added" in warning for warning in report.warnings)
    marks = [note for note in edfio.read_bdf(tmp_path / "out.bdf").annotations if note.text == "BAD_ACQ_SKIP"]
    assert (marks[0].onset, marks[0].duration) == pytest.approx((101 / 256, 1 / 256))
    read = open_recording(tmp_path / "out.bdf").eeg
    np.testing.assert_allclose(read[:, :101], recording.eeg[:, :101], atol=1e-4)
    np.testing.assert_allclose(read[:, 102:404], recording.eeg[:, 101:403], atol=1e-4)


# ------------------------------------------------------------------------------------------------------- resolution


def test_offsets_between_the_rails_cost_resolution_and_that_is_said(make: Make, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    eeg = rng.normal(0, 20, (2, 1000))
    eeg[0, :10], eeg[0, 10:20] = -187_500, 187_500
    recording = make(eeg)
    report = export_recording(recording, tmp_path / "out.edf", "edf")
    (warning,) = report.warnings
    assert "Nothing is clipped" in warning
    assert "EEG C3 5.7 µV (-187500 to 187500)" in warning
    assert "BDF" in warning
    assert "C4" not in warning
    read = open_recording(tmp_path / "out.edf").eeg
    lsb = 375_000 / 65_535
    assert np.abs(read[0] - recording.eeg[0]).max() <= 0.5 * lsb * 1.01
    assert np.abs(read[1] - recording.eeg[1]).max() < 0.01
    fine = export_recording(recording, tmp_path / "out.bdf", "bdf")
    assert fine.warnings == ()
    assert np.abs(open_recording(tmp_path / "out.bdf").eeg - recording.eeg).max() <= 0.5 * 375_000 / 2**24 * 1.5


def test_an_offset_alone_costs_nothing(make: Make, tmp_path: Path) -> None:
    eeg = 62_000 + np.random.default_rng(5).normal(0, 20, (1, 1000))
    assert export_recording(make(eeg), tmp_path / "out.edf", "edf").warnings == ()
    assert np.abs(open_recording(tmp_path / "out.edf").eeg - make(eeg).eeg).max() < 0.01


def test_values_that_are_not_numbers_are_held_marked_and_said(make: Make, tmp_path: Path) -> None:
    eeg = np.random.default_rng(5).normal(0, 20, (2, 1000))
    eeg[0, 100:150] = np.nan
    eeg[1, 140:160] = np.inf
    report = export_recording(make(eeg), tmp_path / "out.edf", "edf")
    assert any("60 samples are not finite" in warning for warning in report.warnings)
    read = open_recording(tmp_path / "out.edf").eeg
    np.testing.assert_allclose(read[0, 100:150], np.full(50, eeg[0, 99]), atol=0.01)
    np.testing.assert_allclose(read[1, :140], eeg[1, :140], atol=0.01)
    (mark,) = edfio.read_edf(tmp_path / "out.edf").annotations
    assert mark == (pytest.approx(0.4), pytest.approx(0.24), "BAD_ACQ_SKIP")


def test_values_without_a_place_in_the_header_are_refused(make: Make, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"EEG C3 reaches from .* to 3e\+30 uV, .* Export as XDF"):
        export_recording(make(np.array([[0.0, 3e30] * 500])), tmp_path / "out.edf", "edf")
    assert list(tmp_path.iterdir()) == []


def test_a_long_recording_is_written_in_pieces_without_a_seam(make: Make, tmp_path: Path) -> None:
    n_samples = 250 * 60 * 40
    ramp = np.linspace(-1000, 1000, n_samples)
    export(make(np.stack([ramp, -ramp])), tmp_path, "bdf")
    read = open_recording(tmp_path / "out.bdf").eeg
    np.testing.assert_allclose(read, np.stack([ramp, -ramp]), atol=2e-4)


def test_a_gap_of_unknown_length_is_told_and_moves_nothing(make: Make, tmp_path: Path) -> None:
    export(make(gaps=(Gap(500, 0, 0.0, GapCause.CLOCK_JUMP),)), tmp_path)
    read = edfio.read_edf(tmp_path / "out.edf")
    assert read.is_continuous
    assert read.annotations == (edfio.EdfAnnotation(2.0, None, "gap: clock jump"),)


def test_the_start_of_the_file_is_that_of_the_first_sample(make: Make, tmp_path: Path) -> None:
    recording = make()
    assert recording.started_utc is not None
    export(recording, tmp_path)
    read = edfio.read_edf(tmp_path / "out.edf")
    local = recording.started_utc.astimezone()
    assert read.startdatetime - local.replace(tzinfo=None) == timedelta(0)
