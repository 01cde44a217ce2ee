"""The alpha peak is found where there is one, to a few hundredths of a hertz, and refused where there is none."""

import numpy as np
import pytest
from scipy import signal

from nfb.dsp.alpha_peak import _SMOOTHING, AlphaPeak, NoPeak, find_alpha_peak

RATE = 250.0


def bursts(rng, peak_hz, seconds, rms_uv, width_hz=1.0):
    """Alpha that waxes and wanes: noise shaped by a Gaussian of `width_hz` at half height, times slow bursts."""
    n = int(seconds * RATE)
    f = np.fft.rfftfreq(n, 1 / RATE)

    def shaped(gain):
        return np.fft.irfft(gain * (rng.normal(size=len(f)) + 1j * rng.normal(size=len(f))), n)

    rhythm = shaped(np.exp(-0.5 * ((f - peak_hz) / (width_hz / 2.355)) ** 2))
    slow = shaped(np.exp(-0.5 * (f / 0.1) ** 2))
    alpha = rhythm * np.exp(0.5 * slow / slow.std())
    return rms_uv * alpha / alpha.std()


def found_hz(eeg, rate=RATE, keep=None):
    peak = find_alpha_peak(np.atleast_2d(eeg), rate, keep)
    return peak.frequency_hz if isinstance(peak, AlphaPeak) else None


def test_check_7_bursts_over_1_over_f_are_found_to_a_few_hundredths_of_a_hertz(pink_noise):
    errors = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        peak_hz = rng.uniform(8.5, 11.5)
        found = found_hz(pink_noise(rng, 1, 30_000, RATE) + bursts(rng, peak_hz, 120, rms_uv=3.0))
        assert found is not None
        errors.append(abs(found - peak_hz))
    assert np.mean(errors) <= 0.06
    assert np.quantile(errors, 0.95) <= 0.15


def test_check_7_a_pure_tone_is_found_to_a_hundredth_of_a_hertz():
    t = np.arange(30_000) / RATE
    for seed in range(40):
        rng = np.random.default_rng(seed)
        tone_hz = rng.uniform(8.0, 12.0)
        eeg = 5.0 * np.sin(2 * np.pi * tone_hz * t) + rng.normal(0.0, 5.0, size=len(t))
        assert found_hz(eeg) == pytest.approx(tone_hz, abs=0.01)


@pytest.mark.parametrize("seconds", [60, 120])
@pytest.mark.parametrize("exponent", [0.0, 1.0, 1.5])
def test_check_7_noise_without_a_rhythm_has_no_peak(pink_noise, seconds, exponent):
    noise = pink_noise(np.random.default_rng(seconds), 100, int(seconds * RATE), RATE, exponent)
    assert sum(found_hz(row) is None for row in noise) >= 98


def test_a_weak_rhythm_is_not_missed(pink_noise):
    missed = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        missed += found_hz(pink_noise(rng, 1, 30_000, RATE) + bursts(rng, 9.5, 120, rms_uv=1.5)) is None
    assert missed == 0


def test_averaging_channels_takes_the_error_of_their_noise_down(pink_noise):
    single, averaged = [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        rhythm = bursts(rng, 10.4, 60, rms_uv=2.0)
        true_hz = found_hz(rhythm + pink_noise(rng, 1, 15_000, RATE, rms_uv=0.1)[0])
        eeg = rhythm + pink_noise(rng, 8, 15_000, RATE)
        single += [abs(found_hz(row) - true_hz) for row in eeg]
        averaged.append(abs(found_hz(eeg) - true_hz))
    assert np.mean(averaged) < 0.6 * np.mean(single)


def test_the_background_is_that_of_the_noise_under_the_rhythm(pink_noise):
    rng = np.random.default_rng(5)
    peak = find_alpha_peak(pink_noise(rng, 1, 30_000, RATE, 1.5) + bursts(rng, 10.0, 120, rms_uv=4.0), RATE)
    assert isinstance(peak, AlphaPeak)
    assert peak.background.exponent == pytest.approx(1.5, abs=0.15)
    assert peak.n_windows == 59


def test_only_clean_samples_count(pink_noise):
    rng = np.random.default_rng(8)
    eeg = pink_noise(rng, 1, 30_000, RATE) + bursts(rng, 9.2, 120, rms_uv=4.0)
    t = np.arange(30_000) / RATE
    eeg[:, 15_000:] = 300.0 * np.sin(2 * np.pi * 12.0 * t[15_000:])
    keep = np.arange(30_000) < 15_000
    assert found_hz(eeg, keep=keep) == pytest.approx(9.2, abs=0.3)
    assert found_hz(eeg) == pytest.approx(12.0, abs=0.1)


def test_a_drifting_rhythm_is_one_rhythm(pink_noise):
    rng = np.random.default_rng(2)
    t = np.arange(int(60 * RATE)) / RATE
    eeg = pink_noise(rng, 1, len(t), RATE) + 8.0 * signal.chirp(t, 10.4, 60.0, 9.8)
    assert found_hz(eeg) == pytest.approx(10.1, abs=0.35)


def test_a_rhythm_that_changes_its_frequency_by_turns_is_not_accepted(pink_noise):
    rng = np.random.default_rng(3)
    eeg = pink_noise(rng, 1, 15_000, RATE)
    eeg[0] += np.where(
        np.arange(15_000) // 3750 % 2 == 0, bursts(rng, 8.2, 60, rms_uv=5.0), bursts(rng, 11.8, 60, rms_uv=5.0)
    )
    peak = find_alpha_peak(eeg, RATE)
    assert isinstance(peak, NoPeak)
    assert "not found again in both halves" in peak.reason


def test_too_little_clean_eeg_is_said(pink_noise):
    eeg = pink_noise(np.random.default_rng(0), 1, 5000, RATE)
    assert find_alpha_peak(eeg, RATE) == NoPeak("too little clean EEG: 20 s, needs 30 s")
    assert find_alpha_peak(np.full((1, 30_000), np.nan), RATE) == NoPeak("too little clean EEG: 0 s, needs 30 s")


def test_a_constant_has_no_peak():
    assert isinstance(find_alpha_peak(np.full((1, 30_000), 7.0), RATE), NoPeak)


def test_smoothing_is_that_of_savitzky_and_golay():
    np.testing.assert_allclose(_SMOOTHING, signal.savgol_coeffs(11, 5), atol=1e-12)


# --- recorded people ---


@pytest.mark.parametrize("site", ["O1", "Oz", "O2", "Pz", "Cz", "C3", "C4", "Fp1", "Fp2"])
def test_eyes_closed_has_the_reference_peak(people, site):
    recorded = people.eyes_closed()
    reference = people.expected["derived/eegmmidb_S001R02_first60s.edf"]
    expected_hz = reference["alpha_peak"][reference["channels"].index(site)]["hz"]
    assert found_hz(recorded.pick(site), recorded.rate) == pytest.approx(expected_hz, abs=0.25)


def test_check_23_eyes_closed_at_the_back_of_the_head(people):
    recorded = people.eyes_closed()
    for site, hz in {"O1": 10.00, "Oz": 10.05, "O2": 10.11}.items():
        assert found_hz(recorded.pick(site), recorded.rate) == pytest.approx(hz, abs=0.05)
    # Two crests, 9.9 and 10.7 Hz; the spectrum's highest bin is 10.0 Hz there too.
    assert found_hz(recorded.pick("Pz"), recorded.rate) == pytest.approx(10.1, abs=0.1)
    assert found_hz(recorded.pick("O1", "Oz", "O2", "Pz"), recorded.rate) == pytest.approx(10.05, abs=0.1)


@pytest.mark.parametrize("sites", [("O1",), ("Oz",), ("O2",), ("O1", "Oz", "O2"), ("O1", "Oz", "O2", "Pz")])
def test_check_23_eyes_open_has_no_clear_peak(people, sites):
    recorded = people.eyes_open()
    assert found_hz(recorded.pick(*sites), recorded.rate) is None


@pytest.mark.parametrize(("part", "hz"), [("1", 10.0), ("2", 10.5)])
@pytest.mark.parametrize("sites", [("O1",), ("O2",), ("Pz",), ("O1", "O2", "Pz")])
def test_rest_and_arithmetic_have_the_reference_peak(people, part, hz, sites):
    recorded = people.edf(f"edf/eegmat_Subject03_{part}.edf")
    assert found_hz(recorded.pick(*sites), recorded.rate) == pytest.approx(hz, abs=0.25)


@pytest.mark.parametrize("sites", [("O1",), ("O2",), ("O1", "O2")])
def test_closed_eyes_on_a_cyton_have_the_reference_peak(people, sites):
    recorded = people.cyton()
    closed = slice(20 * 250, 75 * 250)
    assert found_hz(recorded.pick(*sites)[:, closed], recorded.rate) == pytest.approx(11.5, abs=0.25)


@pytest.mark.parametrize("sites", [("O1",), ("O2",), ("P8",), ("O1", "O2"), ("O1", "O2", "P", "P8")])
def test_the_negative_control_has_no_clear_peak(people, sites):
    recorded = people.emotiv()
    eeg = recorded.pick(*sites)
    eeg[np.abs(eeg - np.median(eeg, axis=1, keepdims=True)) > 500] = np.nan
    assert found_hz(eeg, recorded.rate) is None


def test_muse_recordings_without_closed_eyes_have_no_clear_peak(people):
    for part in ("P300_subject1", "P300_subject5", "N170_subject3"):
        recorded = people.muse(part)
        for row in recorded.eeg:
            assert found_hz(row, recorded.rate) is None
