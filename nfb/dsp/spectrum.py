"""Welch spectra of what is clean, band powers, and the 1/f background under the rhythms.

Conventions: µV²/Hz, one-sided density; a band's power is the rectangle sum of its bins, so that a sinusoid of
amplitude A inside the band has A²/2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nfb.model.samples import Float64

Mask = NDArray[np.bool_]

BANDS_HZ: dict[str, tuple[float, float]] = {
    "delta": (1.0, 4.0),
    "theta": (4.0, 8.0),
    "alpha": (8.0, 13.0),
    "smr": (12.0, 15.0),
    "beta": (13.0, 30.0),
    "gamma": (30.0, 45.0),
}

# Below and above the alpha range: a rhythm between them does not bend the line.
ONE_OVER_F_RANGES_HZ = ((2.0, 6.0), (15.0, 30.0))


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """Power spectral density, averaged over windows.

    Parameters
    ----------
    frequencies_hz
        ``(n_bins,)``, from 0 to half the sampling rate.
    psd_uv2_per_hz
        ``(n_channels, n_bins)``; NaN in the rows that had no window.
    n_windows
        How many windows were averaged, one number per channel.
    """

    frequencies_hz: Float64
    psd_uv2_per_hz: Float64
    n_windows: tuple[int, ...]

    @property
    def resolution_hz(self) -> float:
        return float(self.frequencies_hz[1] - self.frequencies_hz[0])

    def mean(self) -> "Spectrum":
        """Mean power over the channels that have windows, as a spectrum of one row."""
        used = np.array(self.n_windows) > 0
        if not used.any():
            return Spectrum(self.frequencies_hz, self.psd_uv2_per_hz[:1], (0,))
        psd = _frozen(self.psd_uv2_per_hz[used].mean(axis=0, keepdims=True))
        return Spectrum(self.frequencies_hz, psd, (min(n for n in self.n_windows if n > 0),))


@dataclass(frozen=True, slots=True)
class OneOverF:
    """The line log10(PSD) = offset - exponent · log10(f); `r2` is the share of variance that it explains."""

    offset: float
    exponent: float
    r2: float

    def log10_psd(self, frequencies_hz: Float64) -> Float64:
        """Height of the line, log10(µV²/Hz), at frequencies above 0."""
        return self.offset - self.exponent * np.log10(frequencies_hz)


def welch(eeg: Float64, rate: float, window_s: float = 2.0, keep: Mask | None = None) -> Spectrum:
    """Mean Hann periodogram of the windows that are whole and clean.

    Parameters
    ----------
    eeg
        ``(n_channels, n_samples)``, µV.
    rate
        Sampling rate, Hz.
    window_s
        Length of a window; windows overlap by half and lose their mean.
    keep
        Samples that may be used, ``(n_samples,)`` for all channels or ``(n_channels, n_samples)``. A window counts
        only if all its samples are kept and finite.

    Returns
    -------
    Spectrum
        A channel without a window is NaN with ``n_windows`` 0: no number is made up for it.

    Notes
    -----
    Where everything is kept this is ``scipy.signal.welch(eeg, rate, nperseg=round(window_s * rate))``.

    Examples
    --------
    >>> tone = 10.0 * np.sin(2 * np.pi * 10.0 * np.arange(2500) / 250.0)
    >>> spectrum = welch(tone[None, :], 250.0)
    >>> spectrum.n_windows, round(float(band_power(spectrum, (8.0, 13.0))[0]), 6)
    ((9,), 50.0)
    """
    n_channels, n_samples = eeg.shape
    length = round(window_s * rate)
    if length < 2:
        raise ValueError(f"window_s = {window_s:g}: must span at least 2 samples at {rate:g} Hz")
    frequencies_hz = _frozen(scipy.fft.rfftfreq(length, 1.0 / rate))
    psd = np.full((n_channels, len(frequencies_hz)), np.nan)
    if n_samples < length:
        return Spectrum(frequencies_hz, _frozen(psd), (0,) * n_channels)

    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(length) / length)
    per_hz = np.full(len(frequencies_hz), 2.0 / (rate * float(hann @ hann)))
    per_hz[0] /= 2.0  # zero and half the rate have no mirror image
    if length % 2 == 0:
        per_hz[-1] /= 2.0

    step = length - length // 2
    n_windows = []
    for channel in range(n_channels):
        row = np.asarray(eeg[channel], dtype=np.float64)
        usable = np.isfinite(row)
        if keep is not None:
            usable &= keep if keep.ndim == 1 else keep[channel]
        whole = sliding_window_view(usable, length)[::step].all(axis=1)
        windows = sliding_window_view(row, length)[::step][whole]
        n_windows.append(len(windows))
        if len(windows):
            windows = (windows - windows.mean(axis=1, keepdims=True)) * hann
            transform = scipy.fft.rfft(windows, axis=1)
            psd[channel] = (transform.real**2 + transform.imag**2).mean(axis=0) * per_hz
    return Spectrum(frequencies_hz, _frozen(psd), tuple(n_windows))


def band_power(spectrum: Spectrum, band_hz: tuple[float, float]) -> Float64:
    """Power of a band, ``(n_channels,)`` in µV²: the sum of its bins, lower edge included, upper edge not.

    NaN for channels without a window and for a band that reaches above half the sampling rate.
    """
    low, high = band_hz
    if high > spectrum.frequencies_hz[-1]:
        return _frozen(np.full(len(spectrum.psd_uv2_per_hz), np.nan))
    inside = (spectrum.frequencies_hz >= low) & (spectrum.frequencies_hz < high)
    return _frozen(spectrum.psd_uv2_per_hz[:, inside].sum(axis=1) * spectrum.resolution_hz)


def fit_one_over_f(
    spectrum: Spectrum, ranges_hz: Sequence[tuple[float, float]] = ONE_OVER_F_RANGES_HZ
) -> tuple[OneOverF, ...]:
    """Straight line through each channel's spectrum in log-log coordinates.

    Parameters
    ----------
    ranges_hz
        Frequencies that belong to the fit, both ends included; leave out where rhythms are expected.

    Returns
    -------
    tuple of OneOverF
        One per channel; all NaN where a channel has no windows, no power, or fewer than 3 bins in the ranges.
    """
    f = spectrum.frequencies_hz
    used = np.zeros(len(f), dtype=bool)
    for low, high in ranges_hz:
        used |= (f >= max(low, spectrum.resolution_hz)) & (f <= high)
    return tuple(_fit_line(f[used], row[used]) for row in spectrum.psd_uv2_per_hz)


def _fit_line(frequencies_hz: Float64, psd: Float64) -> OneOverF:
    if len(psd) < 3 or not np.all(psd > 0):  # NaN is not above 0 either
        return OneOverF(np.nan, np.nan, np.nan)
    x, y = np.log10(frequencies_hz), np.log10(psd)
    dx, dy = x - x.mean(), y - y.mean()
    slope = float(dx @ dy / (dx @ dx))
    residual = dy - slope * dx
    total = float(dy @ dy)
    r2 = 1.0 - float(residual @ residual) / total if total > 0 else np.nan
    return OneOverF(float(y.mean() - slope * x.mean()), -slope, r2)


def _frozen(values: Float64) -> Float64:
    values.flags.writeable = False
    return values
