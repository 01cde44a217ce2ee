"""The spectrum to expect of a person nobody has measured yet, and how a person's own takes its place."""

import numpy as np

from nfb.dsp.taps import Float64, Spectrum

# Resting EEG as a power law plus peaks (Donoghue et al. 2020, 10.1038/s41593-020-00744-x).
EXPONENT = 1.3
BACKGROUND_UV2 = 12.0  # µV²/Hz of the power law at 1 Hz
KNEE_HZ = 1.0  # flattens below: amplifiers high-pass, and the design adds its own drift
ALPHA_HZ = 10.0
ALPHA_SPREAD_HZ = 1.0  # of the peak frequency between adults
ALPHA_WIDTH_HZ = 1.0  # standard deviation of one person's peak
ALPHA_RATIO = 10.0  # peak over background (10 dB)
BETA_HZ = 19.0
BETA_WIDTH_HZ = 4.0
BETA_RATIO = 1.0
PRIOR_S = 5.0  # the prior counts as much as so many seconds of clean EEG
WELCH_S = 2.0
PEAK_SEARCH_HZ = np.arange(7.5, 13.01, 0.25)
PEAK_FIT_HZ = (5.0, 16.0)


def prior_spectrum(alpha_hz: float | None = None) -> Spectrum:
    """Population mean spectrum of resting EEG, 0 to 500 Hz in steps of 0.125 Hz.

    Parameters
    ----------
    alpha_hz
        The person's alpha peak, where known; the peak is then as narrow as one person's, otherwise as wide as a
        population's.
    """
    freqs = np.arange(0, 500.0, 0.125)
    background = BACKGROUND_UV2 / (KNEE_HZ + freqs) ** EXPONENT
    centre = ALPHA_HZ if alpha_hz is None else alpha_hz
    width = ALPHA_WIDTH_HZ if alpha_hz is not None else float(np.hypot(ALPHA_WIDTH_HZ, ALPHA_SPREAD_HZ))
    height = ALPHA_RATIO * ALPHA_WIDTH_HZ / width
    peaks = height * np.exp(-0.5 * ((freqs - centre) / width) ** 2)
    peaks += BETA_RATIO * np.exp(-0.5 * ((freqs - BETA_HZ) / BETA_WIDTH_HZ) ** 2)
    return Spectrum(freqs, np.asarray(background * (1 + peaks), dtype=np.float64))


def likely_prior(person: Spectrum) -> Spectrum:
    """The prior whose alpha peak suits a person's spectrum best (Whittle likelihood from 5 to 16 Hz).

    A few seconds place a peak well long before they show its shape. Where no place suits better than the population's
    wide peak, that one stays.
    """
    near = (person.freqs_hz >= PEAK_FIT_HZ[0]) & (person.freqs_hz <= PEAK_FIT_HZ[1])
    freqs, psd = person.freqs_hz[near], np.maximum(person.psd[near], 1e-12)

    def misfit(prior: Spectrum) -> float:
        expected = np.interp(freqs, prior.freqs_hz, prior.psd)
        expected = expected * np.mean(psd / expected)
        return float(np.mean(np.log(expected) + psd / expected))

    return min([prior_spectrum(), *(prior_spectrum(float(peak)) for peak in PEAK_SEARCH_HZ)], key=misfit)


def shrink(prior: Spectrum | None, person: Spectrum, clean_s: float) -> Spectrum:
    """Weigh a person's spectrum against the prior by how long it was measured.

    The prior is first brought to the person's level (geometric mean over 2 to 40 Hz), since only its shape is known
    beforehand; then the two are averaged with weights `PRIOR_S` and `clean_s`.

    Parameters
    ----------
    prior
        What was expected; None for :func:`likely_prior`.
    person
        What was measured, on any grid; the result is on the same.
    clean_s
        Seconds of clean EEG behind the person's spectrum.
    """
    prior = likely_prior(person) if prior is None else prior
    freqs, psd = person
    expected = np.interp(freqs, prior.freqs_hz, prior.psd)
    common = (freqs >= 2.0) & (freqs <= 40.0)
    level = np.exp(np.mean(np.log(np.maximum(psd[common], 1e-12) / expected[common])))
    share = clean_s / (clean_s + PRIOR_S)
    return Spectrum(freqs, np.asarray(share * psd + (1 - share) * level * expected, dtype=np.float64))


def person_spectrum(eeg_uv: Float64, sampling_rate_hz: float, window_s: float = WELCH_S) -> Spectrum:
    """Welch spectrum (Hann, half overlap, straight line removed from every window) of clean EEG.

    Parameters
    ----------
    eeg_uv
        ``(n_samples,)`` µV; shorter than `window_s` is one shorter window.
    """
    n = min(round(window_s * sampling_rate_hz), eeg_uv.size)
    windows = np.lib.stride_tricks.sliding_window_view(eeg_uv, n)[:: max(1, n // 2)]
    line = np.linspace(-1, 1, n)
    flat = windows - windows.mean(axis=1, keepdims=True)
    flat = flat - np.outer(flat @ line / (line @ line), line)
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    power = np.mean(np.abs(np.fft.rfft(flat * taper, axis=1)) ** 2, axis=0)
    psd = 2 * power / (sampling_rate_hz * np.sum(taper**2))
    psd[0] /= 2
    if n % 2 == 0:
        psd[-1] /= 2
    return Spectrum(np.asarray(np.fft.rfftfreq(n, 1 / sampling_rate_hz)), np.asarray(psd, dtype=np.float64))
