"""Each fault of an electrode is named within four seconds, on that electrode and on no other."""

from collections import Counter

import numpy as np
import pytest

from nfb.dsp.quality import grade_channels

RATE = 250.0
NAMES = ("C3", "C4", "Pz", "Oz")
WINDOW = 1000


@pytest.fixture
def eeg(pink_noise):
    """Four seconds of four clean channels that share half their signal, with electrode offsets of up to 62 mV."""
    rng = np.random.default_rng(6)
    shared = pink_noise(rng, 1, WINDOW, RATE, rms_uv=8.0)
    offsets_uv = np.array([[62_000.0], [-15_000.0], [300.0], [0.0]])
    return pink_noise(rng, 4, WINDOW, RATE, rms_uv=8.0) + shared + offsets_uv


def hum(uv_rms, hz=50.0, rate=RATE, n=WINDOW):
    return np.sqrt(2) * uv_rms * np.sin(2 * np.pi * hz * np.arange(n) / rate + 0.4)


def grades(channels):
    return {channel.name: channel.grade for channel in channels}


def windows(recorded, step_s=4.0):
    length, step = int(4 * recorded.rate), int(step_s * recorded.rate)
    for start in range(0, recorded.eeg.shape[1] - length + 1, step):
        yield grade_channels(recorded.eeg[:, start : start + length], recorded.rate, recorded.names)


def test_clean_channels_are_good_whatever_their_offset(eeg):
    channels = grade_channels(eeg, RATE, NAMES)
    assert grades(channels) == dict.fromkeys(NAMES, "good")
    assert {channel.reason + channel.advice for channel in channels} == {""}


# Ground-truth check 26. What the fault does to the second channel, the grade, words of the reason and of the advice.
FAULTS = {
    "flat": (lambda x: np.full_like(x, 12.0), "off", "flat", "plug"),
    "flat for the last second": (lambda x: np.where(np.arange(WINDOW) < 740, x, 3.0), "off", "flat", "plug"),
    "at the rail": (lambda x: np.full_like(x, -187_500.02), "off", "amplifier at its limit", "press 5 s"),
    "now and then at the rail": (
        lambda x: np.minimum(x + 202_495.0, 187_500.02), "off", "amplifier at its limit", "press 5 s",
    ),
    "50 Hz of 100 µV": (lambda x: x + hum(100), "weak", "mains: 100 µV of 50 Hz", "charger"),
    "50 Hz of 300 µV": (lambda x: x + hum(300), "weak", "mains: 300 µV of 50 Hz", "cable"),
    "60 Hz of 100 µV": (lambda x: x + hum(100, 60.0), "weak", "mains: 100 µV of 60 Hz", "charger"),
    "in the air": (lambda x: np.random.default_rng(1).normal(0, 150, WINDOW), "off", "no contact", "moisten"),
    "clenched jaw": (
        lambda x: x + np.random.default_rng(1).normal(0, 60, WINDOW), "weak", "muscle", "relax the jaw",
    ),
    "movement": (lambda x: x + 400 * np.sin(2 * np.pi * 1.5 * np.arange(WINDOW) / RATE), "weak", "large", "still"),
    "all invalid": (lambda x: np.full_like(x, np.nan), "off", "no valid", "connection"),
    "a few invalid": (lambda x: np.where(np.arange(WINDOW) % 100 == 0, np.nan, x), "weak", "missing", "closer"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_check_26_a_fault_is_named_on_its_channel_and_on_no_other(eeg, fault):
    change, grade, reason, advice = FAULTS[fault]
    eeg[1] = change(eeg[1])
    channels = grade_channels(eeg, RATE, NAMES)
    assert grades(channels) == {"C3": "good", "C4": grade, "Pz": "good", "Oz": "good"}
    assert reason in channels[1].reason
    assert advice in channels[1].advice


@pytest.mark.parametrize("difference_uv", [0.0, 0.5])
def test_check_26_channels_with_the_same_signal_are_named_together(eeg, difference_uv):
    eeg[2] = eeg[0] - 40_000.0 + np.random.default_rng(2).normal(0.0, max(difference_uv, 1e-9), WINDOW)
    channels = grade_channels(eeg, RATE, NAMES)
    assert [channel.bridged_with for channel in channels] == ["Pz", "", "C3", ""]
    assert channels[0].reason == "same signal as Pz: bridged"
    assert "dry the skin" in channels[2].advice
    assert channels[0].max_correlation > 0.98


def test_two_faults_are_both_said(eeg):
    eeg[1] += hum(100) + np.random.default_rng(1).normal(0, 60, WINDOW)
    reason = grade_channels(eeg, RATE, NAMES)[1].reason
    assert "muscle" in reason
    assert "mains" in reason


def test_the_range_of_the_amplifier_may_be_known(eeg):
    eeg[3] = np.where(np.arange(WINDOW) % 7 == 0, 1000.0, eeg[3])  # a Muse ends at 1000 µV
    assert grade_channels(eeg[3:], 256.0, ("TP9",), rail_uv=1000.0)[0].reason == "amplifier at its limit"


def test_figures_are_those_of_the_signal():
    n = 4 * 500
    t = np.arange(n) / 500.0
    eeg = 25_000.0 + 300.0 * t + 20.0 * np.sqrt(2) * np.sin(2 * np.pi * 10 * t) + hum(80.0, 50.0, 500.0, n)
    (channel,) = grade_channels(eeg[None], 500.0, ("Oz",))
    assert channel.rms_uv == pytest.approx(20.0, rel=0.02)
    assert channel.line_uv == pytest.approx(80.0, rel=0.02)
    assert channel.line_hz == 50.0
    assert channel.level_uv == pytest.approx(25_600.0, rel=0.001)
    assert np.isnan(channel.max_correlation)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0])
def test_the_slope_is_the_exponent_of_the_noise(pink_noise, exponent):
    noise = pink_noise(np.random.default_rng(7), 40, WINDOW, RATE, exponent)
    slopes = [channel.slope for channel in grade_channels(noise, RATE, [str(k) for k in range(40)])]
    assert np.mean(slopes) == pytest.approx(exponent, abs=0.15)


def test_the_correlation_is_that_of_the_signals(pink_noise):
    eeg = pink_noise(np.random.default_rng(9), 2, 16 * WINDOW, RATE)
    eeg[1] = 0.8 * eeg[0] + 0.6 * eeg[1]
    found = [
        grade_channels(eeg[:, s : s + WINDOW], RATE, ("a", "b"))[0].max_correlation
        for s in range(0, 16 * WINDOW, WINDOW)
    ]
    assert np.mean(found) == pytest.approx(0.8, abs=0.05)


def test_less_than_a_second_is_unknown(eeg):
    channels = grade_channels(eeg[:, :249], RATE, NAMES)
    assert grades(channels) == dict.fromkeys(NAMES, "unknown")
    assert grades(grade_channels(eeg[:, :250], RATE, NAMES)) == dict.fromkeys(NAMES, "good")


@pytest.mark.parametrize("rate", [50.0, 100.0, 125.0, 199.7, 2048.0])
def test_every_rate_is_graded(pink_noise, rate):
    eeg = pink_noise(np.random.default_rng(3), 2, int(4 * rate), rate)
    assert grades(grade_channels(eeg, rate, ("a", "b"))) == {"a": "good", "b": "good"}


def test_names_must_match_the_channels(eeg):
    with pytest.raises(ValueError, match="3 names for 4 channels"):
        grade_channels(eeg, RATE, NAMES[:3])


# --- recorded people ---


def test_the_one_dead_electrode_is_named_and_no_other(people):
    graded = list(windows(people.muse("P300_subject5"), step_s=1.0))
    assert len(graded) == 117
    for channels in graded:
        assert {channel.name for channel in channels if channel.grade == "off"} == {"AF7"}
        assert channels[1].reason.startswith("no contact")


def test_a_clean_muse_is_good_except_for_hum_at_one_ear(people):
    for channels in windows(people.muse("P300_subject1"), step_s=1.0):
        assert grades(channels) == {"TP9": "weak", "AF7": "good", "AF8": "good", "TP10": "good"}
        assert channels[0].reason.startswith("mains: 3")
        assert channels[0].reason.endswith("of 50 Hz")


def test_offsets_and_hum_of_a_cyton_are_not_called_off(people):
    reference = people.expected["openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt"]["line"]
    graded = list(windows(people.cyton(), step_s=1.0))
    for channels in graded:
        for channel in channels:
            assert channel.grade == "weak"
            assert "of 60 Hz" in channel.reason
    for k, line in enumerate(reference):
        line_uv = np.sqrt(np.mean([channels[k].line_uv ** 2 for channels in graded]))
        assert line_uv == pytest.approx(line["uV_rms"], rel=0.1)


def test_clenched_jaws_are_muscle_and_closed_eyes_are_not(people):
    recorded = people.cyton()
    left, right, rest = (
        [c.name for c in grade_channels(recorded.eeg[:, s : s + 1000], 250.0, recorded.names) if "muscle" in c.reason]
        for s in (2000, 2450, 12_500)
    )
    assert {"C3", "P7"} <= set(left)
    assert {"C4", "P8"} <= set(right)
    assert rest == []


def test_large_eeg_is_good(people):
    """64 channels of 30–60 µV, with blinks: the median channel is always good, and none is ever off."""
    for recorded in (people.eyes_open(), people.eyes_closed()):
        count = Counter(channel.grade for channels in windows(recorded) for channel in channels)
        assert count["off"] == 0
        assert count["good"] / count.total() > 0.95


def test_research_recordings_are_good(people):
    for part in ("1", "2"):
        recorded = people.edf(f"edf/eegmat_Subject03_{part}.edf")
        count = Counter(channel.grade for channels in windows(recorded) for channel in channels)
        assert count["good"] / count.total() > 0.98
