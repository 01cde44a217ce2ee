"""EDF and BDF: scaling, rates, gaps (EDF+D), and files that are not what their header says."""

from collections.abc import Callable
from pathlib import Path

import mne
import numpy as np
import pytest

from nfb.files.importers import open_recording
from nfb.model.errors import RecordingError
from nfb.model.samples import GapCause

Save = Callable[[str, bytes | str], Path]

# 256 bytes of fixed header, then 8 signals and the annotations; unit field of signal k.
N_SIGNALS = 9
UNITS_AT = 256 + N_SIGNALS * (16 + 80)
COUNTS_AT = 256 + N_SIGNALS * (16 + 80 + 8 + 8 + 8 + 8 + 8 + 80)


def patched(data: bytes, position: int, text: bytes) -> bytes:
    return data[:position] + text + data[position + len(text) :]


@pytest.mark.parametrize(("kind", "step_uv"), [("edf", 1000 / 65535), ("bdf", 1000 / 16777215)])
def test_what_edfio_wrote_is_read_to_one_step_of_the_converter(make, save: Save, kind: str, step_uv: float) -> None:
    recording = open_recording(save(f"rec.{kind}", make.edf_bytes(kind)))
    assert recording.format == kind
    assert recording.device.channel_names == make.sites
    assert recording.sampling_rate_hz == 250
    np.testing.assert_allclose(recording.eeg, make.eeg_uv(), rtol=2e-7, atol=step_uv)
    assert recording.annotations == ((250, 0.0, "eyes closed"), (625, 0.4, "blink"))
    assert recording.warnings == ()
    assert not recording.eeg.flags.writeable


@pytest.mark.parametrize("kind", ["edf", "bdf"])
def test_mne_reads_the_same_samples(make, save: Save, kind: str) -> None:
    path = save(f"rec.{kind}", make.edf_bytes(kind))
    read = mne.io.read_raw_edf if kind == "edf" else mne.io.read_raw_bdf
    raw = read(path, preload=True, verbose="error")
    np.testing.assert_allclose(open_recording(path).eeg, raw.get_data() * 1e6, rtol=2e-7, atol=1e-5)


@pytest.mark.parametrize(("unit", "factor"), [(b"mV      ", 1e3), (b"V       ", 1e6), (b"nV      ", 1e-3)])
def test_the_unit_in_the_header_counts(make, save: Save, unit: bytes, factor: float) -> None:
    recording = open_recording(save("rec.edf", patched(make.edf_bytes(), UNITS_AT, unit * 8)))
    np.testing.assert_allclose(recording.eeg, make.eeg_uv() * factor, rtol=1e-6, atol=0.016 * factor)


@pytest.mark.parametrize(
    ("label", "name"),
    [(b"Fc5.", "FC5"), (b"EEG Fp1", "Fp1"), (b"EEG A2-A1", "A2-A1"), (b"EEG CZ-REF", "Cz"), (b"poz", "POz")],
)
def test_labels_are_spelled_as_in_the_10_10_system(make, save: Save, label: bytes, name: str) -> None:
    recording = open_recording(save("rec.edf", patched(make.edf_bytes(), 256, label.ljust(16))))
    assert recording.device.channel_names[0] == name


def test_a_channel_that_is_not_eeg_is_left_out_and_named(make, save: Save) -> None:
    recording = open_recording(save("rec.edf", patched(make.edf_bytes(), 256, b"ECG ECG         ")))
    assert recording.device.channel_names == make.sites[1:]
    assert recording.warnings == ("Left out, not EEG: ECG ECG.",)


def test_missing_and_repeated_labels_get_distinct_names(make, save: Save) -> None:
    recording = open_recording(save("rec.edf", patched(make.edf_bytes(), 256, b" " * 16 + b"C3".ljust(16))))
    assert recording.device.channel_names[:4] == ("ch1", "C3", "C3 2", "C4")
    assert not recording.device.sites_named
    assert any("without a label were numbered" in warning for warning in recording.warnings)


def test_channels_at_another_rate_are_left_out_and_named(make, save: Save) -> None:
    import edfio

    eeg = make.eeg_uv()
    signals = [edfio.EdfSignal(eeg[k], 250, label=site, physical_dimension="uV") for k, site in enumerate(make.sites)]
    signals.append(edfio.EdfSignal(eeg[0, :400], 100, label="Cz", physical_dimension="uV"))
    path = save("rec.edf", b"")
    edfio.Edf(signals, data_record_duration=1.0).write(path)
    recording = open_recording(path)
    assert recording.device.channel_names == make.sites
    assert recording.warnings == ("Left out, at another rate than 250 Hz: Cz (100 Hz).",)


def discontinuous(data: bytes) -> bytes:
    """The last two of four one-second records begin at 5 s and 6 s instead of 2 s and 3 s."""
    data = data.replace(b"EDF+C", b"EDF+D", 1)
    return data.replace(b"+2\x14\x14", b"+5\x14\x14", 1).replace(b"+3\x14\x14", b"+6\x14\x14", 1)


def test_a_discontinuous_file_has_a_gap_where_records_leave_a_hole(make, save: Save) -> None:
    data = discontinuous(make.edf_bytes()).replace(b"+2.5\x150.4", b"+5.5\x150.4", 1)
    recording = open_recording(save("rec.edf", data))
    assert [(gap.sample, gap.missing_samples, gap.missing_s, gap.cause) for gap in recording.gaps] == [
        (500, 750, 3.0, GapCause.RECORDED)
    ]
    # 5.5 s of the clock is half a second into the third record.
    assert recording.annotations[1] == (625, 0.4, "blink")
    assert recording.n_samples == 1000


def test_a_file_that_calls_itself_continuous_but_is_not_says_so(make, save: Save) -> None:
    recording = open_recording(save("rec.edf", discontinuous(make.edf_bytes()).replace(b"EDF+D", b"EDF+C", 1)))
    assert [gap.sample for gap in recording.gaps] == [500]
    assert any("calls itself continuous" in warning for warning in recording.warnings)


def test_a_truncated_file_is_read_as_far_as_it_goes(make, save: Save) -> None:
    recording = open_recording(save("rec.edf", make.edf_bytes()[:-1500]))
    assert recording.n_samples == 750
    np.testing.assert_allclose(recording.eeg, make.eeg_uv()[:, :750], atol=0.016)
    assert any("promises 4 data records of 1 s, the file holds 3" in warning for warning in recording.warnings)
    assert any("are not a whole data record" in warning for warning in recording.warnings)


def test_a_header_with_too_few_records_does_not_hide_the_others(make, save: Save) -> None:
    recording = open_recording(save("rec.edf", patched(make.edf_bytes(), 236, b"2       ")))
    assert recording.n_samples == 1000
    assert any("promises 2 data records" in warning for warning in recording.warnings)


def test_a_file_that_its_recorder_did_not_close_is_read(make, save: Save) -> None:
    recording = open_recording(save("rec.edf", patched(make.edf_bytes(), 236, b"-1      ")))
    assert recording.n_samples == 1000
    assert any("did not close the file" in warning for warning in recording.warnings)


@pytest.mark.parametrize("kind", ["edf", "bdf"])
def test_line_feed_damage_is_recognised(make, save: Save, kind: str) -> None:
    path = save(f"rec.{kind}", make.edf_bytes(kind).replace(b"\n", b"\r\n"))
    with pytest.raises(RecordingError, match=r"text-mode transfer .* undo it by replacing every CR LF by LF\.$"):
        open_recording(path)


def test_carriage_returns_taken_out_are_recognised(make, save: Save) -> None:
    good = make.edf_bytes()
    # The reverse damage loses bytes, so records no longer begin where the header says.
    damaged = good[:5000] + good[5003:]
    with pytest.raises(RecordingError, match="bytes were lost or added inside it"):
        open_recording(save("rec.edf", damaged))


def test_a_file_saved_as_utf8_text_is_recognised(make, save: Save) -> None:
    damaged = make.edf_bytes().decode("utf-8", "replace").encode()
    with pytest.raises(RecordingError, match="handled as UTF-8 text"):
        open_recording(save("rec.edf", damaged))


@pytest.mark.parametrize(
    ("position", "text", "reason"),
    [
        (252, b"9999", "does not fit 9999 signals"),
        (184, b"99999999", "does not fit 9 signals"),
        (244, b"0       ", "data records last 0 s"),
        (244, b"nan     ", "gives 'nan' for the length of a data record"),
        (244, b"1e-9    ", "sampling rate of 2.5e+11 Hz is outside"),
        (COUNTS_AT, b"99999999", "promises 99999999 samples of 'Fp1' per record"),
        (COUNTS_AT, b"-5      ", "promises -5 samples of 'Fp1' per record"),
        (COUNTS_AT, b"18000   ", "holds no whole data record"),
        (UNITS_AT, b"%       " * 8, "none of its 9 signals is EEG"),
    ],
)
def test_a_header_that_cannot_be_right_is_refused_with_its_value(
    make, save: Save, position: int, text: bytes, reason: str
) -> None:
    with pytest.raises(RecordingError) as caught:
        open_recording(save("rec.edf", patched(make.edf_bytes(), position, text)))
    assert str(caught.value).startswith("rec.edf: ")
    assert reason in str(caught.value)
