"""The individual alpha peak, or the words "no clear peak"."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nfb.dsp.spectrum import Mask, OneOverF, Spectrum, fit_one_over_f, welch
from nfb.model.samples import Float64

SEARCH_HZ = (7.0, 13.0)
WINDOW_S = 4.0
MIN_CLEAN_S = 30.0
MIN_HEIGHT_LOG10 = 0.2
MAX_HALF_DIFFERS_HZ = 0.5
SHOWN_HZ = (4.0, 20.0)
_MIN_HEIGHT_DB = 10 * MIN_HEIGHT_LOG10

# Why there is no clear peak.
TOO_SHORT = "too little clean EEG: {clean} s, needs {needed} s"
NOTHING = "no peak between 7 and 13 Hz"
TOO_LOW = "highest point {height} dB above the 1/f line, needs {needed} dB"
PLATEAU = "a plateau around {hz} Hz, not a peak"
NOT_AGAIN = "peak at {hz} Hz is not found again in both halves"
NO_PEAK_REASONS = (TOO_SHORT, NOTHING, TOO_LOW, PLATEAU, NOT_AGAIN)

# Where the flanks of a peak are followed. An eyes-open beta plateau has little crests in the search range that stand
# above the 1/f line without being a peak: they do not fall off on both sides before the curve rises above them.
_FLANKS_HZ = (5.0, 15.0)
_LEAST_PSD = 1e-9  # µV²/Hz: far below any amplifier's noise


@dataclass(frozen=True, slots=True)
class AlphaPeak:
    """A clear alpha peak.

    Parameters
    ----------
    frequency_hz
        Of the crest, interpolated between bins.
    height_log10
        How far the crest is above the 1/f line, log10 units of power; tenfold is dB.
    half_differs_hz
        How far from it the peak of one half of the clean time lies, the larger distance of the two.
    background
        The 1/f line.
    n_windows
        Windows of 4 s that were averaged (of the channel that had fewest).
    """

    frequency_hz: float
    height_log10: float
    half_differs_hz: float
    background: OneOverF
    n_windows: int


@dataclass(frozen=True, slots=True)
class NoPeak:
    """No clear peak, and why in plain words."""

    reason: str


def find_alpha_peak(eeg: Float64, rate: float, keep: Mask | None = None) -> AlphaPeak | NoPeak:
    """Find the alpha peak of the mean spectrum of some channels.

    Parameters
    ----------
    eeg
        ``(n_channels, n_samples)``, µV: the channels to average, best parieto-occipital ones with eyes closed.
    rate
        Sampling rate, Hz.
    keep
        Clean samples, ``(n_samples,)`` or ``(n_channels, n_samples)``.

    Returns
    -------
    AlphaPeak or NoPeak
        A peak is the highest local maximum between 7 and 13 Hz. It is accepted if it is 0.2 log10 above the 1/f line
        fitted on 2–6 and 15–30 Hz, falls by as much on both sides, and is found again in either half of the clean
        time (blocks of some 12 s by turns) not more than 0.5 Hz away.

    Notes
    -----
    Welch with 4 s windows, smoothed by Savitzky and Golay's polynomial (11 bins, order 5, as Corcoran et al. 2018,
    doi:10.1111/psyp.13064), then the vertex of the parabola through the logarithms of crest and neighbours:
    smoothing and interpolation together halve the error of the highest bin. Smoothing is done on power, not on its
    logarithm, which would displace a pure tone by up to 0.03 Hz.
    """
    whole = welch(eeg, rate, WINDOW_S, keep)
    n_windows = whole.mean().n_windows[0]
    clean_s = 0.0 if n_windows == 0 else (n_windows + 1) * WINDOW_S / 2
    if clean_s < MIN_CLEAN_S:
        return NoPeak(TOO_SHORT.format(clean=f"{clean_s:.0f}", needed=f"{MIN_CLEAN_S:.0f}"))
    background, crests = _crests(whole)
    if not crests:
        return NoPeak(NOTHING)
    peak = max(crests, key=lambda crest: crest.height_log10)
    if peak.height_log10 < MIN_HEIGHT_LOG10:
        return NoPeak(TOO_LOW.format(height=f"{10 * peak.height_log10:.1f}", needed=f"{_MIN_HEIGHT_DB:g}"))
    if peak.fall_log10 < MIN_HEIGHT_LOG10:
        return NoPeak(PLATEAU.format(hz=f"{peak.frequency_hz:.1f}"))

    apart = 0.0
    for half in _halves(eeg, rate, keep):
        again = [crest for crest in _crests(welch(eeg, rate, WINDOW_S, half))[1] if crest.clear]
        apart = max(apart, min((abs(crest.frequency_hz - peak.frequency_hz) for crest in again), default=math.inf))
    if apart > MAX_HALF_DIFFERS_HZ:
        return NoPeak(NOT_AGAIN.format(hz=f"{peak.frequency_hz:.1f}"))
    return AlphaPeak(peak.frequency_hz, peak.height_log10, apart, background, n_windows)


def alpha_curve(eeg: Float64, rate: float, keep: Mask | None = None) -> tuple[Float64, Float64, Float64] | None:
    """What :func:`find_alpha_peak` looks at, for a plot.

    Returns
    -------
    tuple or None
        Frequencies from 4 to 20 Hz, log10 of the mean spectrum (µV²/Hz) and of the 1/f line, ``(n_bins,)`` each; None
        where no window is clean or no line can be fitted.
    """
    mean = welch(eeg, rate, WINDOW_S, keep).mean()
    if not mean.n_windows[0]:
        return None
    background = fit_one_over_f(mean)[0]
    if not math.isfinite(background.exponent):
        return None
    f = mean.frequencies_hz
    shown = (f >= SHOWN_HZ[0]) & (f <= SHOWN_HZ[1])
    psd = np.maximum(mean.psd_uv2_per_hz[0][shown], _LEAST_PSD)
    return f[shown], np.log10(psd), background.log10_psd(f[shown])


def _halves(eeg: Float64, rate: float, keep: Mask | None) -> tuple[Mask, Mask]:
    """Two masks that share the clean samples out in blocks of about 12 s, by turns.

    By turns, because the rhythm drifts: eyes-closed alpha of 12 dB slows by 0.6 Hz from the first to the second half
    of a minute, and is no less clear for it.
    """
    usable = np.isfinite(eeg).all(axis=0)
    if keep is not None:
        usable &= keep if keep.ndim == 1 else keep.all(axis=0)
    clean = np.cumsum(usable)
    n_blocks = 2 * max(1, round(clean[-1] / rate / 24.0))
    odd = (clean - 1) * n_blocks // max(1, int(clean[-1])) % 2 == 1
    return usable & ~odd, usable & odd


class _Crest(NamedTuple):
    frequency_hz: float
    height_log10: float
    fall_log10: float

    @property
    def clear(self) -> bool:
        return min(self.height_log10, self.fall_log10) >= MIN_HEIGHT_LOG10


def _crests(spectrum: Spectrum) -> tuple[OneOverF, list[_Crest]]:
    """The 1/f line of the mean spectrum, and its local maxima in the search range."""
    mean = spectrum.mean()
    background = fit_one_over_f(mean)[0]
    if not math.isfinite(background.exponent):
        return background, []
    psd = mean.psd_uv2_per_hz[0]
    # The polynomial may swing below zero beside a sharp peak; a tenth of the raw value is deep enough for any flank.
    smooth = np.log10(np.maximum(np.convolve(psd, _SMOOTHING, "same"), psd / 10))
    f = mean.frequencies_hz
    flanks = (f >= _FLANKS_HZ[0]) & (f <= _FLANKS_HZ[1])
    f, smooth = f[flanks], smooth[flanks]
    above = smooth - background.log10_psd(f)

    crests = []
    for at in range(1, len(f) - 1):
        if SEARCH_HZ[0] <= f[at] <= SEARCH_HZ[1] and above[at - 1] < above[at] >= above[at + 1]:
            fall = min(_fall(above[at::-1]), _fall(above[at:]))
            frequency_hz = float(f[at]) + _vertex(smooth[at - 1 : at + 2]) * mean.resolution_hz
            crests.append(_Crest(frequency_hz, float(above[at]), fall))
    return background, crests


def _vertex(three_points: Float64) -> float:
    """Where the parabola through three points has its vertex, in steps from the middle one, one step at most.

    The limit is for weak crests: on the slope of the 1/f background they may be no maximum of the power itself.
    """
    before, at, after = (float(value) for value in three_points)
    curvature = before - 2 * at + after
    return min(1.0, max(-1.0, 0.5 * (before - after) / curvature)) if curvature < 0 else 0.0


def _fall(path: Float64) -> float:
    """How far a curve sinks below its first point before it rises above it."""
    higher = np.flatnonzero(path > path[0])
    end = int(higher[0]) if len(higher) else len(path)
    return float(path[0] - path[:end].min())


def _savitzky_golay(n_points: int, order: int) -> Float64:
    """Weights that give the centre value of the least-squares polynomial through `n_points` neighbours."""
    offsets = np.arange(n_points) - n_points // 2
    powers = np.vander(offsets, order + 1, increasing=True).astype(np.float64)
    weights: Float64 = np.linalg.pinv(powers)[0]
    return weights


_SMOOTHING = _savitzky_golay(11, 5)
