"""Least-squares design of complex FIR filters with a spectrum for weight and exact zeros.

The filter ``h`` minimises ``∫ S(f) |H(f)·exp(-2πi·f·d) - Σ h_k·exp(-2πi·f·k/rate)|² df + ridge·|h|²``: with ``S`` the
spectrum of the EEG this is the Wiener filter (no linear filter of that length has a smaller error on such EEG); with
``S`` constant it is the truncated inverse Fourier transform of Smetanin et al. 2020 ("cFIR",
10.1088/1741-2552/ab890f). ``S`` of a real signal is symmetric, so the normal equations are a real symmetric Toeplitz
system.
"""

import numpy as np
from scipy.fft import irfft, next_fast_len, rfftfreq
from scipy.linalg import solve_toeplitz

from nfb.dsp.even_gain import even_gain
from nfb.dsp.taps import Complex128, Float64

DRIFT_HZ = 1.0  # electrode drift is assumed to rise as 1/f² below this frequency
DRIFT_KNEE_HZ = 0.25
DRIFT_LEVEL = 1.0  # at DRIFT_HZ, × the mean power density inside the band
MAINS_WIDTH_HZ = 0.5  # half-width of what is kept free: networks stay within ±0.2 Hz, board clocks within 0.5 %
MAINS_LEVEL = 1000.0  # × the mean power density inside the band
CALIBRATED_SHARE = 0.7  # of the band, around its middle


def design_grid(n_taps: int, sampling_rate_hz: float) -> Float64:
    """Frequencies (0 to half the rate) on which target and weight are given; eight per tap-length resolution."""
    n_fft = next_fast_len(8 * n_taps + 1, real=True)
    n_fft += n_fft % 2
    return np.asarray(rfftfreq(n_fft, 1 / sampling_rate_hz), dtype=np.float64)


def band_target(freqs_hz: Float64, band_hz: tuple[float, float], edge_hz: float = 0.0) -> Float64:
    """The analytic band-pass: 2 inside the band, 0 outside.

    Parameters
    ----------
    edge_hz
        Half-width of the sloping edges; 0 for the ideal band, where a grid cell cut by an edge counts by its share.
    """
    low, high = band_hz
    half = max(edge_hz, (freqs_hz[1] - freqs_hz[0]) / 2)
    rising = np.clip((freqs_hz - low + half) / (2 * half), 0.0, 1.0)
    falling = np.clip((high + half - freqs_hz) / (2 * half), 0.0, 1.0)
    return np.asarray(2 * np.minimum(rising, falling), dtype=np.float64)


def mains_lines_hz(mains_hz: float | None, sampling_rate_hz: float) -> tuple[float, ...]:
    """Mains frequency and harmonics up to half the rate; those of 50 and of 60 Hz where it is not known."""
    nyquist = sampling_rate_hz / 2
    bases = (50.0, 60.0) if mains_hz is None else (mains_hz,)
    return tuple(sorted({base * k for base in bases for k in range(1, int(nyquist / base) + 1)}))


def nuisance(freqs_hz: Float64, lines_hz: tuple[float, ...], level: float) -> Float64:
    """Power density of drift and mains to be reckoned with whatever the spectrum at hand says.

    Parameters
    ----------
    freqs_hz
        Grid.
    lines_hz
        Mains and harmonics.
    level
        Mean power density inside the band; what is added is a multiple of it.
    """
    low = np.maximum(freqs_hz, DRIFT_KNEE_HZ)
    power = np.where(freqs_hz < DRIFT_HZ, DRIFT_LEVEL * (DRIFT_HZ / low) ** 2, 0.0)
    for line in lines_hz:
        power = power + np.where(np.abs(freqs_hz - line) <= MAINS_WIDTH_HZ, MAINS_LEVEL, 0.0)
    return np.asarray(level * power, dtype=np.float64)


def null_space(n_taps: int, sampling_rate_hz: float, lines_hz: tuple[float, ...]) -> Float64:
    """``(n_taps, n_nulls)`` orthogonal signals that must read exactly 0: a constant, a straight drift, mains."""
    time_s = np.arange(n_taps) / sampling_rate_hz
    columns = [np.ones(n_taps), time_s - time_s.mean()]
    for line in lines_hz:
        columns.append(np.cos(2 * np.pi * line * time_s))
        # At half the rate there is only one phase; a sine beside it would make the system singular.
        if line < 0.995 * sampling_rate_hz / 2:
            columns.append(np.sin(2 * np.pi * line * time_s))
    return np.asarray(np.linalg.qr(np.column_stack(columns))[0], dtype=np.float64)


def solve_taps(
    target: Float64,
    weight: Float64,
    delay_s: float,
    n_taps: int,
    sampling_rate_hz: float,
    nulls: Float64,
    ridge: float = 1e-4,
    even_hz: Float64 | None = None,
) -> Complex128:
    """Taps that minimise the weighted squared error, are exactly orthogonal to `nulls` and of even gain where asked.

    Parameters
    ----------
    target
        Wanted gain on :func:`design_grid`, for positive frequencies; 0 for negative ones.
    weight
        Power density on the same grid.
    delay_s
        Delay of the target.
    nulls
        ``(n_taps, n_nulls)`` from :func:`null_space`.
    ridge
        Share of the mean power added as white noise.
    even_hz
        Frequencies between which the gain may differ no more than :data:`nfb.dsp.even_gain.EVEN_GAIN` allows.

    Returns
    -------
    ``(n_taps,)`` complex128 for ``window @ taps`` with the newest sample last.
    """
    n_fft = 2 * (target.size - 1)
    grid = np.arange(target.size) * (sampling_rate_hz / n_fft)
    autocovariance = irfft(weight, n_fft)[:n_taps]
    column = autocovariance.copy()
    column[0] *= 1 + ridge
    cross = _one_sided_inverse(weight * target * np.exp(-2j * np.pi * grid * delay_s), n_fft)[:n_taps]
    # The system is written by age, newest sample first.
    aged_nulls = nulls[::-1]
    towards_nulls = solve_toeplitz(column, aged_nulls)
    among_nulls = aged_nulls.T @ towards_nulls

    def least_error(wanted: Complex128) -> Complex128:
        solved = solve_toeplitz(column, np.column_stack([wanted.real, wanted.imag]))
        free = solved[:, 0] + 1j * solved[:, 1]
        return np.asarray(free - towards_nulls @ np.linalg.solve(among_nulls, aged_nulls.T @ free))

    aged = least_error(cross)
    if even_hz is not None:
        aged = even_gain(aged, least_error, even_hz, sampling_rate_hz)
    # A second, plain projection takes away what rounding left: 0.19 V of offset must not show.
    aged = aged - aged_nulls @ (aged_nulls.T @ aged)
    return np.ascontiguousarray(aged[::-1])


def _one_sided_inverse(half: Complex128, n_fft: int) -> Complex128:
    full = np.zeros(n_fft, dtype=np.complex128)
    full[: half.size] = half
    return np.asarray(np.fft.ifft(full), dtype=np.complex128)


def project_out(taps: Complex128, nulls: Float64) -> Complex128:
    """The taps nearest to `taps` that are orthogonal to `nulls`."""
    return np.asarray(taps - nulls @ (nulls.T @ taps), dtype=np.complex128)


def inner_hz(band_hz: tuple[float, float]) -> Float64:
    """Frequencies across the inner 70 % of the band, where a microvolt is to read a microvolt."""
    low, high = band_hz
    margin = (1 - CALIBRATED_SHARE) / 2 * (high - low)
    return np.linspace(low + margin, high - margin, 29)


def calibrated(taps: Complex128, band_hz: tuple[float, float], sampling_rate_hz: float) -> Complex128:
    """Scale `taps` so that sinusoids in the inner 70 % of the band read their amplitude on average."""
    age_s = np.arange(taps.size - 1, -1, -1) / sampling_rate_hz
    gain = np.abs(np.exp(-2j * np.pi * np.outer(inner_hz(band_hz), age_s)) @ taps) / 2
    return np.asarray(taps / gain.mean(), dtype=np.complex128)
