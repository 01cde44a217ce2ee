"""A band filter as a value: complex taps, what they estimate and how late."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Complex128 = NDArray[np.complex128]


class Spectrum(NamedTuple):
    """One-sided power spectral density on rising frequencies, µV²/Hz."""

    freqs_hz: Float64
    psd: Float64


@dataclass(frozen=True, slots=True, eq=False)
class BandFilter:
    """A complex FIR filter whose output estimates the analytic signal of a band.

    ``window @ taps``, with `window` the newest ``n_taps`` raw samples in µV and the newest of them last, estimates
    the band's analytic signal `delay_s` before that newest sample. Its modulus is the amplitude envelope: a
    sinusoid of amplitude A inside the band reads A.

    Parameters
    ----------
    taps
        ``(n_taps,)`` complex128, read-only, applied as ``window @ taps``.
    delay_s
        Age of what the output describes.
    band_hz
        Lower and upper edge.
    sampling_rate_hz
        Rate the taps are made for.
    estimator
        Key of :data:`nfb.dsp.estimators.ESTIMATORS`.
    basis
        Where the spectrum came from that shaped it: ``prior`` (population), ``person`` or ``uniform`` (none).
    """

    taps: Complex128
    delay_s: float
    band_hz: tuple[float, float]
    sampling_rate_hz: float
    estimator: str
    basis: str

    @property
    def n_taps(self) -> int:
        return int(self.taps.size)

    def response(self, freqs_hz: Float64 | float) -> Complex128:
        """Complex gain for ``exp(2πi·f·t)`` at each of `freqs_hz` (negative ones too), newest sample at ``t = 0``."""
        age_s = np.arange(self.n_taps - 1, -1, -1) / self.sampling_rate_hz
        phase = np.exp(-2j * np.pi * np.outer(np.atleast_1d(freqs_hz), age_s))
        return np.asarray(phase @ self.taps, dtype=np.complex128)

    def amplitude_gain(self, freqs_hz: Float64 | float) -> Float64:
        """What a sinusoid of amplitude 1 µV reads at each of `freqs_hz`, averaged over its phase (RMS).

        A real sinusoid is two rotating halves; the output is the wanted one plus what passes of its mirror image.
        """
        freqs = np.atleast_1d(np.asarray(freqs_hz, dtype=np.float64))
        wanted, mirror = np.abs(self.response(freqs)), np.abs(self.response(-freqs))
        return np.asarray(0.5 * np.hypot(wanted, mirror), dtype=np.float64)

    def envelope_lag_s(self, modulation_hz: float = 0.6) -> float:
        """How late the envelope of a tone in the middle of the band, modulated at `modulation_hz`, comes out.

        Closed form from the gains at the carrier and its two side bands.
        """
        middle = sum(self.band_hz) / 2
        carrier, upper, lower = self.response(np.array([middle, middle + modulation_hz, middle - modulation_hz]))
        turn = np.angle(upper / carrier + np.conj(lower / carrier))
        return float(-turn / (2 * np.pi * modulation_hz))


def frozen_taps(taps: Complex128) -> Complex128:
    """A read-only complex128 copy of `taps`."""
    copy = np.array(taps, dtype=np.complex128)
    copy.flags.writeable = False
    return copy
