"""From raw samples to what a decision needs: band amplitudes and artefact measures, hop by hop or in bulk.

Everything linear (high-pass, notch, band filters, detectors' probes) is one FIR bank applied to the raw window, so a
hop is one small matrix product and there is no recursive state to carry. NumPy runs a stacked product as the same
product once per hop: a thousand hops at once give the same bits as a thousand single hops.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nfb.dsp.artefacts import CONSTANT_S, FLAT_S, FLAT_UV, N_MEASURES, Probes, design_probes
from nfb.dsp.buffer import HopBuffer
from nfb.dsp.taps import BandFilter
from nfb.model.samples import Float32, Float64

_MOTION_S = 0.5
# The root mean square of a swing is this share of its range.
_RMS_PER_RANGE = 0.5**1.5


@dataclass(frozen=True, slots=True, eq=False)
class HopBatch:
    """Measures of consecutive hops.

    Parameters
    ----------
    amplitude_uv
        ``(n_hops, n_derivations, n_filters)`` band envelopes, µV.
    measures
        ``(n_measures, n_hops, n_channels)``, first axis as :class:`nfb.dsp.artefacts.Measure`.
    wide_uv
        ``(n_hops, n_channels, n_hop + 1)`` un-narrowed signal, the sample before each hop first.
    slow_uv, muscle_uv
        ``(n_hops, n_channels)``.
    motion_g
        ``(n_hops,)`` root mean square of what the acceleration swings in half a second; None without accelerometer.
    """

    amplitude_uv: Float64
    measures: Float64
    wide_uv: Float64
    slow_uv: Float64
    muscle_uv: Float64
    motion_g: Float64 | None = None


class FrontEnd:
    """Raw samples in, :class:`HopBatch` out.

    Parameters
    ----------
    filters
        Band filters, all for the same sampling rate.
    derivation
        ``(n_derivations, n_channels)`` weights of channels in each derived signal (site minus reference).
    rate_hz, n_hop
        Sampling rate and samples per hop.
    most_hops
        Most hops computed in one go.
    """

    def __init__(
        self, filters: tuple[BandFilter, ...], derivation: Float64, rate_hz: float, n_hop: int, most_hops: int
    ) -> None:
        self._n_hop = n_hop
        self._most_hops = most_hops
        n_channels = derivation.shape[1]
        self._derivation = derivation
        self._n_flat = max(2, round(FLAT_S * rate_hz))
        self._n_constant = max(2, round(CONSTANT_S * rate_hz))
        self._n_motion = max(n_hop, round(_MOTION_S * rate_hz))
        n_taps = max(self._n_flat, *(f.n_taps for f in filters))
        self._probes: Probes = design_probes(rate_hz, n_taps, n_hop)
        self._bank = self._stack(filters, n_taps)
        self._n_filters = len(filters)
        self.buffer = HopBuffer(n_channels, n_taps, n_hop, most_hops)
        self._last_finite = np.zeros((n_channels, 1), dtype=np.float32)
        self._bad: list[tuple[int, NDArray[np.bool_]]] = []  # sample (as counted by _put) and who was not finite
        self._put = self._taken = 0
        self._acceleration: HopBuffer | None = None
        self._last_acceleration = np.zeros((3, 1), dtype=np.float32)

    def _stack(self, filters: tuple[BandFilter, ...], n_taps: int) -> Float64:
        """Probes and filters side by side: ``(n_taps, n_columns)``; real parts of all filters, then imaginary."""
        band = np.zeros((n_taps, len(filters)), dtype=complex)
        for column, band_filter in enumerate(filters):
            band[n_taps - len(band_filter.taps) :, column] = band_filter.taps
        return np.ascontiguousarray(np.hstack([self._probes.taps, band.real, band.imag]))

    def refit(self, filters: tuple[BandFilter, ...]) -> None:
        """Replace the band filters from the next hop on; their number and the window stay."""
        self._bank = self._stack(filters, self.buffer.n_window)

    def put(self, eeg: Float32, acceleration_g: Float32 | None = None) -> None:
        """Append raw samples; values that are not finite are bridged and remembered.

        Parameters
        ----------
        eeg
            ``(n_channels, n)`` µV.
        acceleration_g
            ``(3, n)`` g, where the device measures it.
        """
        n = eeg.shape[1]
        if n == 0:
            return
        finite = np.isfinite(eeg)
        if not finite.all():
            for sample in np.flatnonzero(~finite.all(axis=0)).tolist():
                self._bad.append((self._put + sample, ~finite[:, sample]))
            eeg = _bridged(eeg, finite, self._last_finite)
        self._last_finite = eeg[:, -1:]
        self.buffer.put(eeg)
        self._put += n
        if acceleration_g is not None or self._acceleration is not None:
            self._put_acceleration(acceleration_g, n)

    def _put_acceleration(self, acceleration_g: Float32 | None, n: int) -> None:
        if self._acceleration is None:
            self._acceleration = HopBuffer(3, self._n_motion, self._n_hop, self._most_hops)
            self._acceleration.put(np.zeros((3, self.buffer.n_partial - n)))
        if acceleration_g is None:
            acceleration_g = np.repeat(self._last_acceleration, n, axis=1)
        finite = np.isfinite(acceleration_g)
        if not finite.all():
            acceleration_g = _bridged(acceleration_g, finite, self._last_acceleration)
        self._last_acceleration = acceleration_g[:, -1:]
        self._acceleration.put(acceleration_g)

    def reset(self) -> None:
        """Forget all samples: after a gap the filters start on new ones."""
        self.buffer.reset()
        self._bad.clear()
        self._put = self._taken = 0
        self._acceleration = None

    def take(self, n_hops: int) -> HopBatch:
        """Compute the next `n_hops` hops."""
        windows = self.buffer.windows(n_hops)
        out = np.matmul(windows, self._bank)
        n_hop, n_probes = self._n_hop, self._probes.n_columns
        wide = out[:, :, : n_hop + 1]
        slow = out[:, :, n_hop + 1]
        real, imaginary = out[:, :, n_hop + 2], out[:, :, n_hop + 3]
        muscle = np.sqrt(real * real + imaginary * imaginary)
        band = np.matmul(self._derivation, out[:, :, n_probes:])
        real, imaginary = band[:, :, : self._n_filters], band[:, :, self._n_filters :]
        amplitude = np.sqrt(real * real + imaginary * imaginary)

        measures = np.empty((N_MEASURES, n_hops, windows.shape[1]))
        not_finite, rail, flat, peak, step, slowness, tension = measures  # in the order of Measure
        newest = windows[:, :, -n_hop:]
        highest, lowest = np.maximum.reduce(newest, axis=2), np.minimum.reduce(newest, axis=2)
        not_finite[:] = 0.0
        if self._bad:
            self._note_bad(n_hops, not_finite)
        np.maximum(highest, -lowest, out=rail)
        spread = highest - lowest
        flat[:] = 0.0
        if spread.min() < FLAT_UV:
            self._note_flat(windows, spread, flat)
        np.maximum.reduce(np.abs(wide[:, :, 1:]), axis=2, out=peak)
        np.maximum.reduce(np.abs(wide[:, :, 1:] - wide[:, :, :-1]), axis=2, out=step)
        np.abs(slow, out=slowness)
        tension[:] = muscle
        motion = self._motion(n_hops)
        self.buffer.take(n_hops)
        self._taken += n_hops * n_hop
        return HopBatch(amplitude, measures, wide, slow, muscle, motion)

    def _note_flat(self, windows: Float64, spread: Float64, flat: Float64) -> None:
        """Say which hops end a second without signal; only one that is flat itself can."""
        for hop in np.flatnonzero((spread < FLAT_UV).any(axis=1)).tolist():
            second = windows[hop, :, -self._n_flat :]
            last = second[:, -self._n_constant :]
            still = second.max(axis=1) - second.min(axis=1) < FLAT_UV
            flat[hop] = still | (last.max(axis=1) == last.min(axis=1))

    def _note_bad(self, n_hops: int, not_finite: Float64) -> None:
        """Say which hops have samples that were not finite."""
        stop = self._taken + n_hops * self._n_hop
        while self._bad and self._bad[0][0] < stop:
            sample, channels = self._bad.pop(0)
            not_finite[(sample - self._taken) // self._n_hop, channels] = 1.0

    def _motion(self, n_hops: int) -> Float64 | None:
        if self._acceleration is None:
            return None
        windows = self._acceleration.windows(n_hops)
        swing = windows.max(axis=2) - windows.min(axis=2)
        self._acceleration.take(n_hops)
        x, y, z = swing[:, 0], swing[:, 1], swing[:, 2]
        motion: Float64 = _RMS_PER_RANGE * np.sqrt(x * x + y * y + z * z)
        return motion


def _bridged(samples: Float32, finite: NDArray[np.bool_], before: Float32) -> Float32:
    """`samples` with every value that is not finite replaced by the last finite one of its row."""
    samples = samples.copy()
    for row in np.flatnonzero(~finite.all(axis=1)):
        last = np.maximum.accumulate(np.where(finite[row], np.arange(samples.shape[1]), -1))
        samples[row] = np.where(last >= 0, samples[row, np.maximum(last, 0)], before[row, 0])
    return samples
