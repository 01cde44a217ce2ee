"""50 or 60 Hz, or neither."""

import numpy as np
import pytest
from scipy import signal

from nfb.dsp.mains import detect_mains, line_ratios

LINE = {
    "edf/eegmmidb_S001R01.edf#0-60s": (60.0, lambda people: people.eyes_open()),
    "derived/eegmmidb_S001R02_first60s.edf": (60.0, lambda people: people.eyes_closed()),
    "edf/eegmmidb_S001R03.edf": (60.0, lambda people: people.edf("edf/eegmmidb_S001R03.edf")),
    "edf/eegmat_Subject03_1.edf": (None, lambda people: people.edf("edf/eegmat_Subject03_1.edf")),
    "edf/eegmat_Subject03_2.edf": (None, lambda people: people.edf("edf/eegmat_Subject03_2.edf")),
    "edf/mne_test.edf": (50.0, lambda people: people.edf("edf/mne_test.edf")),
    "openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt": (60.0, lambda people: people.cyton()),
    "muse/muse_P300_subject1_data_2017-02-11-14.57.30.csv": (50.0, lambda people: people.muse("P300_subject1")),
    "muse/muse_P300_subject5_data_2018-04-15-20.33.55.csv": (60.0, lambda people: people.muse("P300_subject5")),
    "muse/muse_N170_subject3_data_2018-05-14-19.14.37.csv": (60.0, lambda people: people.muse("N170_subject3")),
    "muse/muse_SSVEP_subject1_data_2017-09-14-21.25.17.csv": (60.0, lambda people: people.muse("SSVEP_subject1")),
    "emotiv/eeg-eye-state.csv (samples >500 from channel median set to median)": (
        None,
        lambda people: people.emotiv(),
    ),
}


@pytest.mark.parametrize("key", LINE)
def test_the_line_of_recorded_people_is_the_reference_line(people, key):
    line_hz, load = LINE[key]
    strongest = max(people.expected[key]["line"], key=lambda line: line["db"])
    assert line_hz == (strongest["hz"] if strongest["db"] >= 3 else None)
    recorded = load(people)
    assert detect_mains(recorded.eeg, recorded.rate) == line_hz


@pytest.mark.parametrize("line_hz", [50.0, 60.0])
@pytest.mark.parametrize("rate", [125.0, 128.0, 160.0, 250.0, 2048.0])
def test_hum_of_3_uv_in_one_channel_of_four_is_found(pink_noise, line_hz, rate):
    eeg = pink_noise(np.random.default_rng(1), 4, int(10 * rate), rate)
    eeg[2] += 3.0 * np.sin(2 * np.pi * (line_hz + 0.04) * np.arange(eeg.shape[1]) / rate)
    assert detect_mains(eeg, rate) == line_hz


@pytest.mark.parametrize("seconds", [2, 4, 8, 60])
def test_noise_has_no_line(pink_noise, seconds):
    found = [
        detect_mains(pink_noise(np.random.default_rng(seed), 8, int(seconds * 250), 250.0), 250.0)
        for seed in range(40)
    ]
    assert found == [None] * 40


def test_a_glitch_does_not_hide_the_line(pink_noise):
    eeg = pink_noise(np.random.default_rng(2), 2, 15_000, 250.0)
    eeg += 10.0 * np.sin(2 * np.pi * 60.0 * np.arange(15_000) / 250.0)
    eeg[:, 7000] = 642_564.0
    assert detect_mains(eeg, 250.0) == 60.0


def test_a_notched_recording_has_no_line(pink_noise):
    eeg = pink_noise(np.random.default_rng(3), 2, 15_000, 250.0)
    eeg += 100.0 * np.sin(2 * np.pi * 50.0 * np.arange(15_000) / 250.0)
    assert detect_mains(eeg, 250.0) == 50.0
    assert detect_mains(signal.filtfilt(*signal.iirnotch(50.0, 10.0, 250.0), eeg), 250.0) is None


def test_a_ratio_is_the_line_over_the_floor_beside_it():
    rng = np.random.default_rng(4)
    eeg = rng.normal(0.0, 10.0, size=(1, 100_000))  # 0.8 µV²/Hz
    eeg += 5.0 * np.sin(2 * np.pi * 50.0 * np.arange(100_000) / 250.0)  # 12.5 µV², 1.5 bins of 0.5 Hz wide
    expected = (12.5 / 0.75 + 0.8) / 0.8
    assert line_ratios(eeg, 250.0)[0] == pytest.approx([expected, 1.3], rel=0.3)


@pytest.mark.parametrize(
    ("eeg", "rate"),
    [
        (np.zeros((2, 5000)), 250.0),
        (np.full((2, 5000), -187_500.02), 250.0),
        (np.full((2, 5000), np.nan), 250.0),
        (np.ones((2, 300)), 250.0),
        (np.ones((2, 0)), 250.0),
        (np.random.default_rng(0).normal(size=(2, 1000)), 50.0),
    ],
    ids=["zero", "constant", "not a number", "1.2 s", "empty", "50 Hz board"],
)
def test_where_nothing_can_be_measured_there_is_no_line(eeg, rate):
    assert detect_mains(eeg, rate) is None
