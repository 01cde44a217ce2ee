"""How well a causal envelope follows the one that could be known with the future at hand."""

from dataclasses import dataclass

import numpy as np
from scipy.fft import fft, fftfreq, ifft, next_fast_len

from nfb.dsp.estimators import design_band_filter
from nfb.dsp.prior import person_spectrum, shrink
from nfb.dsp.taps import BandFilter, Float64

EDGE_S = 1.0  # the reference itself is uncertain so near the ends of a recording
SHARE_ABOVE = 0.35
LEAST_TEST_S = 5.0


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Agreement with the zero-phase envelope: correlation and F1 of "above its own threshold"; NaN if not known."""

    r: float
    f1: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Decisions that agree: `accuracy` is their share, `f1` is that of "above"."""

    accuracy: float
    f1: float


def zero_phase_envelope(eeg_uv: Float64, sampling_rate_hz: float, band_hz: tuple[float, float]) -> Float64:
    """Amplitude envelope of the ideal band: Fourier transform, keep the band, modulus of the analytic signal.

    Parameters
    ----------
    eeg_uv
        ``(n_samples,)`` µV; a straight line is removed first, and the ends are faded over half a second.

    Returns
    -------
    ``(n_samples,)`` µV. The first and last second are uncertain.
    """
    n = eeg_uv.size
    time = np.linspace(-1, 1, n)
    centred = eeg_uv - eeg_uv.mean()
    centred = centred - time * (centred @ time) / (time @ time)
    n_fade = min(round(sampling_rate_hz / 2), n // 2)
    fade = np.ones(n)
    fade[:n_fade] = np.sin(np.pi / 2 * (np.arange(n_fade) + 0.5) / n_fade) ** 2
    fade[n - n_fade :] = fade[:n_fade][::-1]
    n_fft = next_fast_len(n + round(8 * sampling_rate_hz))
    freqs = fftfreq(n_fft, 1 / sampling_rate_hz)
    keep = (freqs >= band_hz[0]) & (freqs <= band_hz[1])
    return np.asarray(np.abs(ifft(2 * keep * fft(centred * fade, n_fft)))[:n], dtype=np.float64)


def causal_envelope(eeg_uv: Float64, band_filter: BandFilter) -> Float64:
    """The filter's envelope at every sample, ``(n_samples,)`` µV; NaN until its window is full."""
    offset = float(np.median(eeg_uv))
    n_fft = next_fast_len(eeg_uv.size + band_filter.n_taps)
    convolved = ifft(fft(eeg_uv - offset, n_fft) * fft(band_filter.taps[::-1], n_fft))
    output = np.abs(convolved[: eeg_uv.size])
    output[: band_filter.n_taps - 1] = np.nan
    return np.asarray(output, dtype=np.float64)


def aligned(estimate: Float64, truth: Float64, delay_s: float, sampling_rate_hz: float) -> tuple[Float64, Float64]:
    """Pair each estimate with the truth `delay_s` before it; without the ends and where the estimate is NaN."""
    lag = round(delay_s * sampling_rate_hz)
    margin = round(EDGE_S * sampling_rate_hz)
    paired = estimate[lag:][margin : truth.size - lag - margin]
    wanted = truth[: truth.size - lag][margin : truth.size - lag - margin]
    known = np.isfinite(paired)
    return paired[known], wanted[known]


def envelope_correlation(estimate: Float64, truth: Float64) -> float:
    """Pearson correlation; NaN for fewer than three samples or where one of the two never changes."""
    if estimate.size < 3 or estimate.std() == 0 or truth.std() == 0:
        return float("nan")
    return float(np.corrcoef(estimate, truth)[0, 1])


def decision_agreement(estimate: Float64, truth: Float64, share_above: float = SHARE_ABOVE) -> Agreement:
    """Compare "above its own threshold", each threshold being passed `share_above` of the time."""
    if estimate.size < 3:
        return Agreement(float("nan"), float("nan"))
    said = estimate > np.quantile(estimate, 1 - share_above)
    was = truth > np.quantile(truth, 1 - share_above)
    both = int(np.sum(said & was))
    return Agreement(float(np.mean(said == was)), 2 * both / max(1, int(said.sum()) + int(was.sum())))


def measured_accuracy(
    eeg_uv: Float64, band_filter: BandFilter, share_above: float = SHARE_ABOVE, delay_s: float | None = None
) -> Accuracy:
    """Accuracy of a filter on EEG it was not made from, at its own delay or at another one."""
    rate = band_filter.sampling_rate_hz
    truth = zero_phase_envelope(eeg_uv, rate, band_filter.band_hz)
    delay = band_filter.delay_s if delay_s is None else delay_s
    estimate, wanted = aligned(causal_envelope(eeg_uv, band_filter), truth, delay, rate)
    return Accuracy(envelope_correlation(estimate, wanted), decision_agreement(estimate, wanted, share_above).f1)


def expected_accuracy(
    eeg_clean: Float64,
    sampling_rate_hz: float,
    band_hz: tuple[float, float],
    delay_s: float,
    taps_s: float = 2.0,
    mains_hz: float | None = None,
    estimator: str = "wiener",
    share_above: float = SHARE_ABOVE,
) -> Accuracy:
    """What to expect for this person: the filter is made from the first half and measured on the second.

    Parameters
    ----------
    eeg_clean
        ``(n_samples,)`` µV of one derivation without artefacts. Where less than 5 s would remain to measure on
        (that is, below about 18 s with 2 s taps), the answer is NaN.
    share_above
        Share of the time for which the envelope is to be above its threshold.
    """
    half = eeg_clean.size // 2
    first, second = eeg_clean[:half], eeg_clean[half:]
    if second.size / sampling_rate_hz < LEAST_TEST_S + taps_s + 2 * EDGE_S:
        return Accuracy(float("nan"), float("nan"))
    own = person_spectrum(first, sampling_rate_hz)
    spectrum = shrink(None, own, half / sampling_rate_hz)
    band_filter = design_band_filter(
        band_hz, sampling_rate_hz, delay_s, taps_s, spectrum, mains_hz=mains_hz, estimator=estimator
    )
    return measured_accuracy(second, band_filter, share_above)
