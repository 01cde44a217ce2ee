"""Estimators of a band's analytic signal, by name. Each is a complex FIR filter: no state, one product per hop."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nfb.dsp.fir_design import (
    band_target,
    calibrated,
    design_grid,
    inner_hz,
    mains_lines_hz,
    nuisance,
    null_space,
    project_out,
    solve_taps,
)
from nfb.dsp.oscillator import rhythm_share
from nfb.dsp.prior import prior_spectrum
from nfb.dsp.taps import BandFilter, Complex128, Float64, Spectrum, frozen_taps
from nfb.model.errors import ProtocolError, nearest

# Share of the in-band power density added everywhere: without it, muscle that the baseline did not have ruins the
# estimate. 1 % loses .024 of r under strong bursts at no delay, 2 % loses .016, for .002 on clean EEG.
FLOOR = 0.02
RIDGE = 1e-4
# Slightly sloping edges shorten what the filter remembers of an artefact. They cost less than .002 of r in most bands
# at short delays; from a delay × bandwidth of 0.7 on an ideal band is as soon forgotten and follows more closely.
EDGE_SHARE = 0.06
EDGE_MAX_HZ = 0.25
EDGELESS_FROM = 0.7
MAX_TAPS = 2000
FFT_WINDOW_S = 1.0


@dataclass(frozen=True, slots=True)
class Request:
    """What a designer is asked for; `spectrum` is the one to weigh with."""

    band_hz: tuple[float, float]
    sampling_rate_hz: float
    delay_s: float
    n_taps: int
    spectrum: Spectrum
    lines_hz: tuple[float, ...]


Designer = Callable[[Request], tuple[Complex128, float]]


def _wiener(request: Request) -> tuple[Complex128, float]:
    """Least squares weighted by the spectrum, with even gain across the band."""
    low, high = request.band_hz
    across_mains = any(low <= line <= high for line in request.lines_hz)
    needed = float(np.clip((EDGELESS_FROM - request.delay_s * (high - low)) / 0.1, 0.0, 1.0))
    edge_hz = needed * min(EDGE_SHARE * (high - low), EDGE_MAX_HZ)
    target = band_target(design_grid(request.n_taps, request.sampling_rate_hz), request.band_hz, edge_hz)
    return _weighted(request, target, None if across_mains else inner_hz(request.band_hz))


def _rhythm(request: Request) -> tuple[Complex128, float]:
    """Least squares for the rhythm in the band without the background under it."""
    grid = design_grid(request.n_taps, request.sampling_rate_hz)
    return _weighted(request, 2 * rhythm_share(request.spectrum, request.band_hz, grid))


def _weighted(request: Request, target: Float64, even_hz: Float64 | None = None) -> tuple[Complex128, float]:
    n_taps, rate = request.n_taps, request.sampling_rate_hz
    grid = design_grid(n_taps, rate)
    psd = np.interp(grid, request.spectrum.freqs_hz, request.spectrum.psd)
    inside = band_target(grid, request.band_hz)
    level = float(inside @ psd / inside.sum())
    weight = psd + FLOOR * level + nuisance(grid, request.lines_hz, level)
    nulls = null_space(n_taps, rate, request.lines_hz)
    taps = solve_taps(target, weight / level, request.delay_s, n_taps, rate, nulls, RIDGE, even_hz)
    return taps, request.delay_s


def _cfir(request: Request) -> tuple[Complex128, float]:
    """Least squares with equal weight for all frequencies (Smetanin et al. 2020)."""
    n_taps, rate = request.n_taps, request.sampling_rate_hz
    grid = design_grid(n_taps, rate)
    target = band_target(grid, request.band_hz)
    nulls = null_space(n_taps, rate, request.lines_hz)
    return solve_taps(target, np.ones_like(grid), request.delay_s, n_taps, rate, nulls, 0.0), request.delay_s


def _iir(request: Request) -> tuple[Complex128, float]:
    """Quadrature demodulation: shift the band to 0 Hz, Butterworth low-pass of order 2 at half its width."""
    from scipy.signal import butter, lfilter  # slow to import, and only this named alternative needs it

    n_taps, rate = request.n_taps, request.sampling_rate_hz
    low, high = request.band_hz
    impulse = np.zeros(n_taps)
    impulse[0] = 1.0
    low_pass = lfilter(*butter(2, (high - low) / 2, fs=rate), impulse)
    aged = 2 * low_pass * np.exp(2j * np.pi * (low + high) / 2 * np.arange(n_taps) / rate)
    taps = project_out(aged[::-1], null_space(n_taps, rate, request.lines_hz))
    lag = BandFilter(taps, 0.0, request.band_hz, rate, "iir", "uniform").envelope_lag_s()
    return taps, lag


def _fft(request: Request) -> tuple[Complex128, float]:
    """The band's part of a 1 s Hann window that ends now, read in the window's middle."""
    rate = request.sampling_rate_hz
    n_window = min(round(FFT_WINDOW_S * rate), request.n_taps)
    low, high = request.band_hz
    bins = np.fft.fftfreq(n_window, 1 / rate)
    bins = bins[(bins >= low) & (bins < high)]
    if bins.size == 0:
        bins = np.array([(low + high) / 2])
    centred_s = (np.arange(n_window) - (n_window - 1) / 2) / rate
    taper = np.sin(np.pi * (np.arange(n_window) + 0.5) / n_window) ** 2
    window = taper * np.exp(-2j * np.pi * np.outer(bins, centred_s)).sum(axis=0)
    taps = np.zeros(request.n_taps, dtype=np.complex128)
    taps[-n_window:] = project_out(window, null_space(n_window, rate, request.lines_hz))
    return taps, (n_window - 1) / 2 / rate


ESTIMATORS: dict[str, Designer] = {
    "wiener": _wiener,
    "cfir": _cfir,
    "iir": _iir,
    "fft": _fft,
    "rhythm": _rhythm,
}
_USES_SPECTRUM = frozenset({"wiener", "rhythm"})


def design_band_filter(
    band_hz: tuple[float, float],
    sampling_rate_hz: float,
    delay_s: float,
    taps_s: float = 2.0,
    spectrum: tuple[Float64, Float64] | None = None,
    mains_hz: float | None = None,
    estimator: str = "wiener",
    alpha_hz: float | None = None,
) -> BandFilter:
    """Design the filter that estimates a band's analytic signal `delay_s` late.

    Whatever the estimator, the taps are orthogonal to a constant and to a straight drift and are zero at the mains
    frequency and its harmonics, and sinusoids in the inner 70 % of the band read their amplitude on average; with
    ``wiener`` each of them reads 0.87 to 1.09 of it (up to 1.10 with no delay at all).

    The named alternatives have the gain that follows from their definition. That of ``cfir`` is the ideal band's, cut
    off at both ends of the filter, and depends on delay × bandwidth: at the shipped bands and delays 0.90 to 1.08,
    except 0.86 at the ends of the inner 70 % of 4-8 Hz after 0.2 s; at worst 0.845, where delay × bandwidth is 1. At
    the same bands ``iir`` reads 0.91 to 1.04 and ``fft`` 0.55 to 1.22; ``rhythm`` follows the rhythm's own peak and
    has no even gain.

    Parameters
    ----------
    band_hz
        Lower and upper edge.
    sampling_rate_hz
        Rate of the samples.
    delay_s
        Delay at which to estimate; ``iir`` and ``fft`` have a delay of their own and ignore it.
    taps_s
        Length of the filter.
    spectrum
        ``(freqs_hz, psd)`` of the person's clean EEG; None for the population prior.
    mains_hz
        50 or 60; None keeps both free.
    estimator
        Key of :data:`ESTIMATORS`.
    alpha_hz
        The person's alpha peak, for the prior; without effect if `spectrum` is given.

    Raises
    ------
    ProtocolError
        Unknown estimator, or band, delay or length out of range.
    """
    if estimator not in ESTIMATORS:
        raise ProtocolError(f"estimator = {estimator!r}: no such estimator{nearest(estimator, ESTIMATORS)}")
    _check(band_hz, sampling_rate_hz, delay_s, taps_s)
    n_taps = min(round(taps_s * sampling_rate_hz), MAX_TAPS)
    if spectrum is None:
        return _for_population(estimator, band_hz, sampling_rate_hz, delay_s, n_taps, mains_hz, alpha_hz)
    lines_hz = mains_lines_hz(mains_hz, sampling_rate_hz)
    request = Request(band_hz, sampling_rate_hz, delay_s, n_taps, Spectrum(*spectrum), lines_hz)
    return _design(estimator, request, "person")


@lru_cache(maxsize=64)
def _for_population(
    estimator: str,
    band_hz: tuple[float, float],
    sampling_rate_hz: float,
    delay_s: float,
    n_taps: int,
    mains_hz: float | None,
    alpha_hz: float | None,
) -> BandFilter:
    """The same for every session of a protocol, and half a second's work for some."""
    lines_hz = mains_lines_hz(mains_hz, sampling_rate_hz)
    request = Request(band_hz, sampling_rate_hz, delay_s, n_taps, prior_spectrum(alpha_hz), lines_hz)
    return _design(estimator, request, "prior")


def _design(estimator: str, request: Request, basis: str) -> BandFilter:
    taps, delay_s = ESTIMATORS[estimator](request)
    taps = frozen_taps(calibrated(taps, request.band_hz, request.sampling_rate_hz))
    if estimator not in _USES_SPECTRUM:
        basis = "uniform"
    return BandFilter(taps, delay_s, request.band_hz, request.sampling_rate_hz, estimator, basis)


def _check(band_hz: tuple[float, float], sampling_rate_hz: float, delay_s: float, taps_s: float) -> None:
    low, high = band_hz
    if not 0 < low < high:
        raise ProtocolError(f"band_hz = [{low:g}, {high:g}]: edges must rise from above 0 Hz")
    if not high < sampling_rate_hz / 2:
        raise ProtocolError(
            f"band_hz = [{low:g}, {high:g}]: upper edge must be below {sampling_rate_hz / 2:g} Hz "
            f"(half of {sampling_rate_hz:g} Hz). Choose a lower band or a headset with a higher rate."
        )
    if not 0.2 <= taps_s <= 10:
        raise ProtocolError(f"taps_s = {taps_s:g}: must be between 0.2 and 10 s")
    if not 0 <= delay_s <= taps_s:
        raise ProtocolError(f"delay_s = {delay_s:g}: must be between 0 and taps_s = {taps_s:g} s")
