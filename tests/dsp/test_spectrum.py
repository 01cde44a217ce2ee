"""Spectra equal scipy's where everything is kept, and use only what is clean where it is not."""

import numpy as np
import pytest
from scipy import signal

from nfb.dsp.spectrum import BANDS_HZ, OneOverF, Spectrum, band_power, fit_one_over_f, welch


def tone(frequency_hz, amplitude_uv, rate, seconds):
    t = np.arange(int(seconds * rate)) / rate
    return amplitude_uv * np.sin(2 * np.pi * frequency_hz * t)[None]


@pytest.mark.parametrize("rate", [125.0, 128.0, 160.0, 199.7, 250.0, 256.0, 2048.0])
@pytest.mark.parametrize("window_s", [1.0, 2.0, 4.0])
def test_a_spectrum_of_all_samples_is_that_of_scipy(rate, window_s):
    eeg = np.random.default_rng(3).normal(50.0, 10.0, size=(3, int(21.3 * rate)))
    f, psd = signal.welch(eeg, rate, nperseg=round(window_s * rate))
    ours = welch(eeg, rate, window_s)
    np.testing.assert_allclose(ours.frequencies_hz, f, rtol=1e-12)
    np.testing.assert_allclose(ours.psd_uv2_per_hz, psd, rtol=1e-9)


def test_an_odd_window_is_that_of_scipy():
    eeg = np.random.default_rng(4).normal(size=(1, 1000))
    f, psd = signal.welch(eeg, 125.0, nperseg=125)
    ours = welch(eeg, 125.0, 1.0)
    np.testing.assert_allclose(ours.frequencies_hz, f, rtol=1e-12)
    np.testing.assert_allclose(ours.psd_uv2_per_hz, psd, rtol=1e-9)


# A window of 1 s spreads a tone over 1 Hz to either side, which the upper edge of the band cuts from 11 Hz on.
@pytest.mark.parametrize("rate", [125.0, 200.0, 250.0, 256.0, 500.0])
@pytest.mark.parametrize(
    ("window_s", "tolerance", "frequencies_hz"),
    [
        (1.0, 1e-3, (9.0, 10.0)),
        (2.0, 1e-3, (9.0, 9.37, 10.0, 10.5, 11.0)),
        (4.0, 1e-4, (9.0, 9.37, 10.0, 10.5, 11.0)),
    ],
)
def test_check_1_a_sine_of_10_uv_has_50_uv2(rate, window_s, tolerance, frequencies_hz):
    for frequency_hz in frequencies_hz:
        power = band_power(welch(tone(frequency_hz, 10.0, rate, 60), rate, window_s), (8.0, 12.0))[0]
        assert power == pytest.approx(50.0, rel=tolerance)


@pytest.mark.parametrize("rate", [125.0, 200.0, 250.0, 256.0, 500.0])
@pytest.mark.parametrize("length", [499, 500, 512, 1001])
def test_check_3_the_sum_over_one_window_is_its_weighted_mean_square(rate, length):
    """Parseval: nothing is lost or counted twice, at zero, at half the rate, or in a window of odd length."""
    eeg = np.random.default_rng(length).normal(-30.0, 7.0, size=(2, length))
    weight = signal.get_window("hann", length) ** 2
    deviation = eeg - eeg.mean(axis=1, keepdims=True)
    spectrum = welch(eeg, rate, length / rate)
    assert spectrum.n_windows == (1, 1)
    power = spectrum.psd_uv2_per_hz.sum(axis=1) * spectrum.resolution_hz
    np.testing.assert_allclose(power, deviation**2 @ weight / weight.sum(), rtol=1e-9)


@pytest.mark.parametrize("rate", [125.0, 200.0, 250.0, 256.0, 500.0])
@pytest.mark.parametrize("length", [499, 500, 512, 1001])
def test_check_3_the_sum_over_one_window_of_whole_waves_is_their_variance(rate, length):
    """The squared window varies by one and by two waves, so that waves three apart do not meet in the sum."""
    amplitudes_uv, waves = np.array([20.0, 7.0, 3.0, 0.5]), np.array([4, 11, 40, 163])
    eeg = amplitudes_uv @ np.sin(2 * np.pi * np.outer(waves, np.arange(length)) / length + waves[:, None])
    spectrum = welch(eeg[None] - 30.0, rate, length / rate)
    power = spectrum.psd_uv2_per_hz[0].sum() * spectrum.resolution_hz
    assert power == pytest.approx((amplitudes_uv**2).sum() / 2, rel=1e-9)
    assert power == pytest.approx(eeg.var(), rel=1e-9)


def test_check_3_the_sum_over_the_spectrum_is_the_variance_of_white_noise():
    rate = 250.0
    powers = []
    for seed in range(20):
        noise = np.random.default_rng(seed).normal(0.0, 7.0, size=(1, int(60 * rate)))
        spectrum = welch(noise, rate)
        powers.append(spectrum.psd_uv2_per_hz[0].sum() * spectrum.resolution_hz / noise.var())
    assert np.mean(powers) == pytest.approx(1.0, abs=0.01)


def test_only_windows_that_are_clean_throughout_are_averaged():
    rate = 100.0
    eeg = np.random.default_rng(0).normal(size=(2, 1000))
    keep = np.ones(1000, dtype=bool)
    keep[430] = False
    starts = [s for s in range(0, 801, 100) if not s <= 430 < s + 200]
    by_hand = np.mean([signal.periodogram(eeg[:, s : s + 200], rate, "hann")[1] for s in starts], axis=0)
    spectrum = welch(eeg, rate, keep=keep)
    assert spectrum.n_windows == (len(starts), len(starts)) == (7, 7)
    np.testing.assert_allclose(spectrum.psd_uv2_per_hz, by_hand, rtol=1e-9)


def test_what_is_not_kept_has_no_influence_whatever_it_is():
    eeg = np.random.default_rng(1).normal(size=(1, 3000))
    keep = np.ones(3000, dtype=bool)
    keep[1200:1300] = False
    before = welch(eeg, 250.0, keep=keep).psd_uv2_per_hz
    eeg[0, 1200:1300] = 1e6
    np.testing.assert_array_equal(welch(eeg, 250.0, keep=keep).psd_uv2_per_hz, before)
    eeg[0, 1200:1300] = np.nan
    np.testing.assert_array_equal(welch(eeg, 250.0).psd_uv2_per_hz, before)


def test_each_channel_may_have_its_own_mask():
    eeg = np.random.default_rng(2).normal(size=(2, 2000))
    keep = np.ones((2, 2000), dtype=bool)
    keep[1, :1000] = False
    spectrum = welch(eeg, 250.0, keep=keep)
    assert spectrum.n_windows == (7, 3)
    np.testing.assert_allclose(spectrum.psd_uv2_per_hz[1], signal.welch(eeg[1, 1000:], 250.0, nperseg=500)[1])


def test_a_channel_without_a_window_has_no_number():
    keep = np.zeros((2, 2000), dtype=bool)
    keep[0] = True
    spectrum = welch(np.ones((2, 2000)), 250.0, keep=keep)
    assert spectrum.n_windows == (7, 0)
    assert np.isnan(spectrum.psd_uv2_per_hz[1]).all()
    assert np.isnan(band_power(spectrum, BANDS_HZ["alpha"])[1])
    assert welch(np.ones((1, 499)), 250.0).n_windows == (0,)


def test_the_mean_leaves_out_channels_without_windows():
    eeg = np.random.default_rng(5).normal(size=(3, 2000))
    eeg[1] = np.nan
    mean = welch(eeg, 250.0).mean()
    by_hand = signal.welch(eeg[[0, 2]], 250.0, nperseg=500)[1].mean(axis=0)
    np.testing.assert_allclose(mean.psd_uv2_per_hz[0], by_hand, rtol=1e-9)
    assert mean.n_windows == (7,)
    assert welch(np.full((2, 2000), np.nan), 250.0).mean().n_windows == (0,)


def test_a_band_takes_its_lower_edge_and_leaves_its_upper():
    flat = Spectrum(np.arange(0.0, 60.5, 0.5), np.ones((1, 121)), (1,))
    assert {name: band_power(flat, band)[0] for name, band in BANDS_HZ.items()} == pytest.approx(
        {"delta": 3.0, "theta": 4.0, "alpha": 5.0, "smr": 3.0, "beta": 17.0, "gamma": 15.0}
    )


def test_a_band_above_half_the_rate_has_no_number():
    spectrum = welch(np.random.default_rng(0).normal(size=(1, 500)), 50.0)
    assert np.isnan(band_power(spectrum, BANDS_HZ["gamma"])[0])
    assert np.isfinite(band_power(spectrum, BANDS_HZ["alpha"])[0])


@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.5, 2.0])
def test_check_8_the_exponent_of_coloured_noise_is_found(pink_noise, exponent):
    found = []
    for seed in range(20):
        noise = pink_noise(np.random.default_rng(seed), 1, 30_000, 250.0, exponent)
        found.append(fit_one_over_f(welch(noise, 250.0, 4.0))[0].exponent)
    np.testing.assert_allclose(found, exponent, atol=0.1)


def test_the_line_through_a_power_law_is_the_power_law():
    f = np.arange(0.0, 50.0, 0.25)
    psd = 80.0 * np.maximum(f, 0.1) ** -1.3
    psd[(f > 6) & (f < 15)] *= 30.0  # a rhythm outside the fitted ranges
    (line,) = fit_one_over_f(Spectrum(f, psd[None], (9,)))
    assert (line.offset, line.exponent, line.r2) == pytest.approx((np.log10(80.0), 1.3, 1.0))
    assert line.log10_psd(np.array([10.0]))[0] == pytest.approx(np.log10(80.0 * 10.0**-1.3))


def test_there_is_no_line_without_power():
    nothing = OneOverF(np.nan, np.nan, np.nan)
    for eeg in (np.zeros((1, 1000)), np.full((1, 1000), np.nan)):
        np.testing.assert_equal(fit_one_over_f(welch(eeg, 250.0)), (nothing,))


def test_results_are_read_only():
    spectrum = welch(np.ones((1, 1000)), 250.0)
    with pytest.raises(ValueError, match="read-only"):
        spectrum.psd_uv2_per_hz[0, 0] = 1.0


def test_a_window_of_less_than_two_samples_is_refused():
    with pytest.raises(ValueError, match="at least 2 samples"):
        welch(np.ones((1, 1000)), 250.0, 0.001)


REFERENCE = {
    "edf/eegmmidb_S001R01.edf#0-60s": lambda people: people.eyes_open(),
    "derived/eegmmidb_S001R02_first60s.edf": lambda people: people.eyes_closed(),
    "edf/eegmmidb_S001R03.edf": lambda people: people.edf("edf/eegmmidb_S001R03.edf"),
    "edf/eegmat_Subject03_1.edf": lambda people: people.edf("edf/eegmat_Subject03_1.edf"),
    "edf/mne_test.edf": lambda people: people.edf("edf/mne_test.edf"),
    "openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt": lambda people: people.cyton(),
    "muse/muse_P300_subject1_data_2017-02-11-14.57.30.csv": lambda people: people.muse("P300_subject1"),
}


@pytest.mark.parametrize("key", REFERENCE)
def test_band_powers_of_recorded_people_are_the_reference_figures(people, key):
    recorded, reference = REFERENCE[key](people), people.expected[key]
    rows = [k for k, name in enumerate(reference["channels"]) if name in recorded.names]
    spectrum = welch(recorded.pick(*(reference["channels"][k] for k in rows)), recorded.rate)
    for band, powers in reference["bandpower_uV2"].items():
        expected = [powers[k] for k in rows]
        np.testing.assert_allclose(band_power(spectrum, BANDS_HZ[band]), expected, rtol=0.02, err_msg=band)


def test_check_23_alpha_rises_when_the_eyes_close(people):
    ratio = {
        "O1": 13.7, "Oz": 11.9, "O2": 13.5, "Pz": 6.3, "Cz": 4.1, "Fz": 3.0, "Fp1": 2.3, "T9": 1.7,
    }  # fmt: skip
    high_pass = signal.butter(2, 1.0, "highpass", fs=160.0, output="sos")
    powers = []
    for recorded in (people.eyes_closed(), people.eyes_open()):
        eeg = signal.sosfiltfilt(high_pass, recorded.pick(*ratio))
        powers.append(band_power(welch(eeg, recorded.rate), BANDS_HZ["alpha"]))
    np.testing.assert_allclose(powers[0] / powers[1], list(ratio.values()), rtol=0.05)


@pytest.mark.parametrize("window_s", [2.0, 4.0])
def test_check_23_with_closed_eyes_the_spectrum_is_highest_at_10_hz(people, window_s):
    recorded = people.eyes_closed()
    high_pass = signal.butter(2, 1.0, "highpass", fs=recorded.rate, output="sos")
    spectrum = welch(signal.sosfiltfilt(high_pass, recorded.pick("O1", "Oz", "O2", "Pz")), recorded.rate, window_s)
    f = spectrum.frequencies_hz
    search = (f >= 7) & (f <= 13)
    highest = f[search][spectrum.psd_uv2_per_hz[:, search].argmax(axis=1)]
    np.testing.assert_array_equal(highest, 10.0)
