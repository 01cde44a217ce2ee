"""People recorded by others: rates, names, lengths and band powers as computed independently (expected.json)."""

import json
from pathlib import Path

import mne
import numpy as np
import pytest
from scipy.signal import welch

from nfb.files.importers import open_recording
from nfb.files.recording import Recording
from nfb.model.errors import RecordingError

BANDS_HZ = {"delta": (1, 4), "theta": (4, 8), "alpha": (8, 13), "smr": (12, 15), "beta": (13, 30), "gamma": (30, 45)}
FILES = {
    "edf/eegmmidb_S001R01.edf": "edf/eegmmidb_S001R01.edf#0-60s",
    "derived/eegmmidb_S001R02_first60s.edf": "derived/eegmmidb_S001R02_first60s.edf",
    "edf/eegmmidb_S001R03.edf": "edf/eegmmidb_S001R03.edf",
    "edf/eegmat_Subject03_1.edf": "edf/eegmat_Subject03_1.edf",
    "edf/eegmat_Subject03_2.edf": "edf/eegmat_Subject03_2.edf",
    "edf/mne_test.edf": "edf/mne_test.edf",
    "openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt": "openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt",
    "openbci/OpenBCI-sampleData-1-blinks-jawClench-alpha.txt": "openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt",
    "derived/openbci_v6.xdf": "openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt",
    "derived/openbci_v6_brainflow_cyton.csv": "openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt",
    **{
        f"muse/{name}": f"muse/{name}"
        for name in (
            "muse_N170_subject3_data_2018-05-14-19.14.37.csv",
            "muse_P300_subject1_data_2017-02-11-14.57.30.csv",
            "muse_P300_subject5_data_2018-04-15-20.33.55.csv",
            "muse_SSVEP_subject1_data_2017-09-14-21.25.17.csv",
        )
    },
}


def band_powers(samples: np.ndarray, rate: float) -> dict[str, np.ndarray]:
    """The reference method: Welch, Hann, 2 s, half overlap; sum of bins from lo to below hi."""
    window = int(2 * rate)
    freqs, psd = welch(samples.astype(float), rate, "hann", window, window // 2, detrend="constant")
    return {
        band: psd[:, (freqs >= low) & (freqs < high)].sum(axis=1) * freqs[1] for band, (low, high) in BANDS_HZ.items()
    }


def rows(recording: Recording, names: list[str]) -> list[int]:
    return [recording.device.channel_names.index(name) for name in names]


@pytest.mark.parametrize("name", FILES)
def test_rate_names_length_and_band_powers_are_those_computed_independently(shared_eeg: Path, name: str) -> None:
    expected = json.loads((shared_eeg / "expected.json").read_text())[FILES[name]]
    recording = open_recording(shared_eeg / name)
    assert recording.sampling_rate_hz == expected["fs"]
    assert set(expected["channels"]) <= set(recording.device.channel_names)
    n_samples = expected["n_samples"]
    assert recording.n_samples == (9760 if "R01" in name else n_samples)
    powers = band_powers(recording.eeg[rows(recording, expected["channels"]), :n_samples], expected["fs"])
    for band, values in expected["bandpower_uV2"].items():
        np.testing.assert_allclose(powers[band], values, rtol=0.02, atol=5e-4, err_msg=f"{name} {band}")


def test_the_emotiv_table_opens_with_its_rate_given_and_reports_its_four_glitches(shared_eeg: Path) -> None:
    name = "emotiv/eeg-eye-state.csv"
    expected = json.loads((shared_eeg / "expected.json").read_text())
    figures = expected[f"{name} (samples >500 from channel median set to median)"]
    recording = open_recording(shared_eeg / name, sampling_rate_hz=128)
    assert list(recording.device.channel_names) == figures["channels"]
    assert recording.n_samples == figures["n_samples"]
    glitches = ", ".join(str(sample) for sample in expected["emotiv glitch samples"])
    assert any(f"sample {glitches}." in warning for warning in recording.warnings)
    assert recording.eeg.max() == pytest.approx(715897)
    closed_s = sum(note.duration_s for note in recording.annotations if note.text == "class=1")
    assert closed_s / recording.duration_s == pytest.approx(0.449, abs=0.0005)
    samples = recording.eeg.astype(float)
    median = np.median(samples, axis=1, keepdims=True)
    samples = np.where(abs(samples - median) > 500, median, samples)
    powers = band_powers(samples, 128)
    for band, values in figures["bandpower_uV2"].items():
        np.testing.assert_allclose(powers[band], values, rtol=0.02, atol=5e-4)


def test_the_emotiv_table_without_a_rate_is_refused(shared_eeg: Path) -> None:
    with pytest.raises(RecordingError, match=r"does not say its sampling rate\. Give it as sampling_rate_hz"):
        open_recording(shared_eeg / "emotiv/eeg-eye-state.csv")


def test_one_recording_in_four_formats_has_the_same_samples(shared_eeg: Path) -> None:
    v6 = open_recording(shared_eeg / "openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt")
    for other in (
        "openbci/OpenBCI-sampleData-1-blinks-jawClench-alpha.txt",
        "derived/openbci_v6.xdf",
        "derived/openbci_v6_brainflow_cyton.csv",
    ):
        recording = open_recording(shared_eeg / other)
        np.testing.assert_array_equal(recording.eeg, v6.eeg, err_msg=other)
        assert recording.device.channel_names == v6.device.channel_names
        assert recording.gaps == ()
        assert recording.started_utc == v6.started_utc


def test_acceleration_is_the_same_in_both_openbci_formats(shared_eeg: Path) -> None:
    """Up to v5 rows between two measurements hold zeros, from v6 on the last one."""
    v6 = open_recording(shared_eeg / "openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt").acceleration_g
    v5 = open_recording(shared_eeg / "openbci/OpenBCI-sampleData-1-blinks-jawClench-alpha.txt").acceleration_g
    assert v5 is not None
    assert v6 is not None
    # The v6 file also holds an axis whose own value was 0 (30 of 67,470 values).
    assert np.count_nonzero(v5 != v6) == 30
    np.testing.assert_allclose(v5, v6, atol=0.02)
    # A head at rest feels one g.
    assert np.median(np.linalg.norm(v6, axis=0)) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(
    "name",
    ["edf/eegmmidb_S001R01.edf", "edf/eegmmidb_S001R03.edf", "edf/eegmat_Subject03_1.edf", "edf/mne_test.edf"],
)
def test_mne_reads_the_same_samples_and_annotations_from_edf(shared_eeg: Path, name: str) -> None:
    raw = mne.io.read_raw_edf(shared_eeg / name, preload=True, verbose="error")
    recording = open_recording(shared_eeg / name)
    kept = [
        label
        for label in raw.ch_names
        if not label.startswith(("ECG", "Ergo")) and label not in ("Status", "STI 014")
    ]
    assert len(kept) == len(recording.device.channel_names)
    np.testing.assert_allclose(recording.eeg, raw.get_data(kept) * 1e6, rtol=1e-6, atol=1e-4)
    theirs = [(round(a["onset"] * raw.info["sfreq"]), a["description"]) for a in raw.annotations]
    assert [(note.sample, note.text) for note in recording.annotations] == theirs


def test_mne_reads_the_same_samples_from_bdf(shared_eeg: Path) -> None:
    raw = mne.io.read_raw_bdf(shared_eeg / "edf/mne_test.bdf", preload=True, verbose="error")
    recording = open_recording(shared_eeg / "edf/mne_test.bdf")
    assert recording.sampling_rate_hz == 2048
    names = list(recording.device.channel_names)
    assert "Status" not in names
    assert "REOG" not in names
    # One step of the 24-bit converter is 1/32 µV.
    np.testing.assert_allclose(recording.eeg, raw.get_data(names) * 1e6, rtol=1e-6, atol=0.01)


def test_the_zero_filled_tail_of_s001r01_is_reported(shared_eeg: Path) -> None:
    recording = open_recording(shared_eeg / "edf/eegmmidb_S001R01.edf")
    assert any("exactly 0 from 60.20 s to the end" in warning for warning in recording.warnings)


def test_s001r03_has_15_rests_8_left_and_7_right_fists_of_4_seconds(shared_eeg: Path) -> None:
    notes = open_recording(shared_eeg / "edf/eegmmidb_S001R03.edf").annotations
    assert {kind: sum(note.text == kind for note in notes) for kind in ("T0", "T1", "T2")} == {
        "T0": 15,
        "T1": 8,
        "T2": 7,
    }
    assert {note.duration_s for note in notes} == {4.1, 4.2}


def test_muse_stamps_that_run_backwards_are_reported_and_make_no_gap(shared_eeg: Path) -> None:
    recording = open_recording(shared_eeg / "muse/muse_SSVEP_subject1_data_2017-09-14-21.25.17.csv")
    assert any(warning.startswith("91 time stamps do not increase") for warning in recording.warnings)
    assert recording.gaps == ()
    assert any("Right AUX is no site" in warning for warning in recording.warnings)


def test_a_mind_monitor_export_is_refused_because_it_is_a_table_of_bands(shared_eeg: Path) -> None:
    with pytest.raises(RecordingError, match="Mind Monitor table of band powers"):
        open_recording(shared_eeg / "muse/museS_monitor1_mindmonitor.csv")


def test_an_xdf_clock_reset_is_reported_and_leaves_a_gap(shared_eeg: Path) -> None:
    recording = open_recording(shared_eeg / "xdf/clock_resets.xdf")
    assert (recording.n_samples, recording.sampling_rate_hz) == (27815, 100)
    assert any("was reset 1 time" in warning for warning in recording.warnings)
    # pyxdf puts the reset between the samples 12875 and 12876.
    assert [gap.sample for gap in recording.gaps] == [12876]


def test_the_minimal_xdf_has_three_channels_and_nine_samples(shared_eeg: Path) -> None:
    recording = open_recording(shared_eeg / "xdf/minimal.xdf")
    np.testing.assert_array_equal(recording.eeg[:, 0], [192, 255, 238])
    assert recording.eeg.shape == (3, 9)
    assert recording.annotations[1].text == "Hello"


def test_an_xdf_without_eeg_names_the_streams_it_holds(shared_eeg: Path) -> None:
    with pytest.raises(RecordingError, match=r"holds no EEG stream .* ctrl \(CONTROL, 1 samples\)"):
        open_recording(shared_eeg / "xdf/empty_streams.xdf")


def test_line_feed_damage_of_a_real_edf_is_recognised_and_can_be_undone(shared_eeg: Path, tmp_path: Path) -> None:
    good = (shared_eeg / "edf/eegmmidb_S001R01.edf").read_bytes()
    damaged = tmp_path / "S001R01.edf"
    damaged.write_bytes(good.replace(b"\n", b"\r\n"))
    with pytest.raises(RecordingError, match=r"carriage return before each of its 5528 line feeds\. .*CR LF by LF"):
        open_recording(damaged)
    # Public copies of these files had also lost their end.
    damaged.write_bytes(damaged.read_bytes()[:-20_000])
    with pytest.raises(RecordingError, match="carriage return"):
        open_recording(damaged)
    damaged.write_bytes(good.replace(b"\n", b"\r\n").replace(b"\r\n", b"\n"))
    assert open_recording(damaged).n_samples == 9760
