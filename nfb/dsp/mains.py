"""Is there mains hum in a recording, and is it 50 or 60 Hz?"""

from itertools import pairwise

import numpy as np

from nfb.dsp.spectrum import welch
from nfb.model.samples import Float64

MAINS_HZ = (50.0, 60.0)

# A line must be four times (6 dB) above the floor beside it on the channel that shows it best. Of noise alone, the
# highest of 64 channels reaches 3 dB in recordings, but 10 dB where less than 8 s can be averaged.
MIN_RATIO = 4.0
MIN_RATIO_SHORT = 16.0

# µV²/Hz; what is below any amplifier's noise is the rounding of a constant.
_LEAST_FLOOR = 1e-8

_SEGMENT_S = 8.0
_SHORTEST_S = 2.0
_WINDOW_S, _SHORT_WINDOW_S = 2.0, 1.0  # whole seconds, so that both lines fall on a bin


def detect_mains(eeg: Float64, rate: float) -> float | None:
    """The mains frequency that is visible in a recording.

    Parameters
    ----------
    eeg
        ``(n_channels, n_samples)``, µV, before any notch.
    rate
        Sampling rate, Hz.

    Returns
    -------
    float or None
        50.0 or 60.0; None where neither line stands out, where half the sampling rate is below them, and for
        recordings shorter than 2 s.
    """
    ratios = line_ratios(eeg, rate)
    if not np.isfinite(ratios).any():
        return None
    highest = np.nanmax(np.nan_to_num(ratios), axis=0)
    if highest.max() < (MIN_RATIO if eeg.shape[1] >= _SEGMENT_S * rate else MIN_RATIO_SHORT):
        return None
    return MAINS_HZ[int(highest.argmax())]


def line_ratios(eeg: Float64, rate: float) -> Float64:
    """Height of the 50 and of the 60 Hz line over the floor beside them.

    Parameters
    ----------
    eeg
        ``(n_channels, n_samples)``, µV, before any notch.
    rate
        Sampling rate, Hz.

    Returns
    -------
    ndarray
        ``(n_channels, 2)``: highest bin within 0.5 Hz of the line ÷ median of the bins 2–6 Hz away from it. NaN where
        nothing can be measured.

    Notes
    -----
    The median over segments of 8 s, so that one glitch, which lifts the floor of its own segment above any hum,
    does not hide the line of the others.
    """
    n_samples = eeg.shape[1]
    if n_samples < _SHORTEST_S * rate:
        return _frozen(np.full((len(eeg), len(MAINS_HZ)), np.nan))
    n_segments = max(1, int(n_samples / (_SEGMENT_S * rate)))
    window_s = _WINDOW_S if n_samples >= _SEGMENT_S * rate else _SHORT_WINDOW_S
    edges = np.linspace(0, n_samples, n_segments + 1).astype(int)
    ratios = np.stack([_segment_ratios(eeg[:, start:stop], rate, window_s) for start, stop in pairwise(edges)])
    measured = np.isfinite(ratios).any(axis=0)
    result = np.full(measured.shape, np.nan)
    result[measured] = np.nanmedian(ratios[:, measured], axis=0)
    return _frozen(result)


def _segment_ratios(eeg: Float64, rate: float, window_s: float) -> Float64:
    spectrum = welch(eeg, rate, window_s)
    f, psd = spectrum.frequencies_hz, spectrum.psd_uv2_per_hz
    ratios = np.full((len(eeg), len(MAINS_HZ)), np.nan)
    for k, line_hz in enumerate(MAINS_HZ):
        if f[-1] < line_hz + 1.0:
            continue
        away_hz = np.abs(f - line_hz)
        floor = np.median(psd[:, (away_hz >= 2.0) & (away_hz <= 6.0)], axis=1)
        np.divide(psd[:, away_hz <= 0.5].max(axis=1), floor, out=ratios[:, k], where=floor > _LEAST_FLOOR)
    return ratios


def _frozen(values: Float64) -> Float64:
    values.flags.writeable = False
    return values
