"""From raw samples to what a decision needs: band amplitudes and artefact measures, hop by hop or in bulk.

Everything linear (high-pass, notch, band filters, detectors' probes) is one FIR bank applied to the raw window, so a
hop is one small product and there is no recursive state to carry. NumPy runs a stacked product as the same product
once per hop: a thousand hops at once give the same bits as a thousand single hops.
"""

import numpy as np
from numpy.typing import NDArray

from nfb.dsp.artefacts import (
    CONSTANT_S,
    FIRST_SIZE,
    FLAT_S,
    FLAT_UV,
    N_MUSCLE,
    Measure,
    Probes,
    design_probes,
)
from nfb.dsp.buffer import HopBuffer
from nfb.dsp.hop_batch import HopBatch
from nfb.dsp.taps import BandFilter
from nfb.model.samples import Float32, Float64

_MOTION_S = 0.5
# A hop of a dead electrode hardly changes even in the un-narrowed signal; one that does need not be looked at longer.
_STILL_UV = 0.1
# Of the rail's square: a sum of squares in single precision may be a little short.
_HARMLESS = 0.99
# The root mean square of a swing is this share of its range.
_RMS_PER_RANGE = 0.5**1.5
# A product takes its rows in fours: sixteen cost a fifth less than fifteen.
_ROWS_AT_ONCE = 4
# A product of matrices first brings them into another order, one with a vector does not: for two channels it takes
# half of the time, for eight as long.
_FEW_CHANNELS = 8


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
    rail_uv
        Magnitude above which a raw value is at the converter's limit.
    """

    def __init__(
        self,
        filters: tuple[BandFilter, ...],
        derivation: Float64,
        rate_hz: float,
        n_hop: int,
        most_hops: int,
        rail_uv: float = np.inf,
        wants_phase: bool = False,
    ) -> None:
        self._wants_phase = wants_phase
        self._n_hop = n_hop
        self._rail_uv = rail_uv
        self._harmless_uv2 = _HARMLESS * rail_uv**2
        self._most_hops = most_hops
        n_channels = derivation.shape[1]
        self._mixing = np.ascontiguousarray(derivation.T)
        self._n_flat = max(2, round(FLAT_S * rate_hz))
        self._n_constant = max(2, round(CONSTANT_S * rate_hz))
        self._n_motion = max(n_hop, round(_MOTION_S * rate_hz))
        n_taps = max(self._n_flat, *(f.n_taps for f in filters))
        self._probes: Probes = design_probes(rate_hz, n_taps, n_hop)
        self._bank = self._stack(filters, n_taps)
        self._n_pairs = N_MUSCLE + len(filters)
        # Where every derivation is a channel as it is, amplitudes need no product of their own.
        plain = np.count_nonzero(derivation, axis=1).max() == 1 and derivation.max(axis=1).min() == 1.0
        self._rows = _stretch(derivation.argmax(axis=1)) if plain else None
        self._derives = wants_phase or not isinstance(self._rows, slice)
        self.buffer = HopBuffer(n_channels, n_taps, n_hop, most_hops)
        self._last: Float32 = np.zeros((n_channels, 1), dtype=np.float32)  # samples that were put, all finite
        self._bad: list[tuple[int, NDArray[np.bool_]]] = []  # sample (as counted by _put) and who was not finite
        self._put = self._taken = 0
        # Largest noted raw value since the hops before, and before that: some may wait for its hop to be whole.
        self._peak_uv = self._peak_before_uv = 0.0
        self._acceleration: HopBuffer | None = None
        self._last_acceleration = np.zeros((3, 1), dtype=np.float32)

    def _stack(self, filters: tuple[BandFilter, ...], n_taps: int) -> Float64:
        """Probes and filters, ``(n_rows, n_taps)``, in the order of :attr:`HopBatch.product`."""
        probes = self._probes
        pairs = np.zeros((n_taps, N_MUSCLE + len(filters)), dtype=complex)
        pairs[:, :N_MUSCLE] = probes.muscle
        for column, band_filter in enumerate(filters, N_MUSCLE):
            pairs[n_taps - len(band_filter.taps) :, column] = band_filter.taps
        rows = np.hstack([probes.slow, probes.wide[:, ::-1], pairs.real, pairs.imag]).T
        bank = np.zeros((-(-len(rows) // _ROWS_AT_ONCE) * _ROWS_AT_ONCE, n_taps))
        bank[: len(rows)] = rows
        return bank

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
        # The sum of squares is cheaper than a look at every value, and finite and small only if all of them are.
        if not np.vdot(eeg, eeg) < self._harmless_uv2:
            eeg = self._mended(eeg)
        self._last = eeg
        self.buffer.put(eeg)
        self._put += n
        if acceleration_g is not None or self._acceleration is not None:
            self._put_acceleration(acceleration_g, n)

    def _mended(self, eeg: Float32) -> Float32:
        """Samples that may hold values at the rail or none at all: both are noted, the latter bridged."""
        finite = np.isfinite(eeg)
        if not finite.all():
            for sample in np.flatnonzero(~finite.all(axis=0)).tolist():
                self._bad.append((self._put + sample, ~finite[:, sample]))
            eeg = _bridged(eeg, finite, self._last[:, -1:])
        self._peak_uv = max(self._peak_uv, float(np.abs(eeg).max()))
        return eeg

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
        self._peak_uv = self._peak_before_uv = 0.0
        self._acceleration = None

    def room(self, n_hops: int) -> HopBatch:
        """Memory for `n_hops` hops."""
        batch = HopBatch(n_hops, self._n_hop, self._mixing.shape[0], len(self._bank), self._n_pairs)
        if not self._derives:
            batch.amplitude_uv = batch.amplitude_uv[:, self._rows]
        return batch

    def take(self, n_hops: int, out: HopBatch | None = None) -> HopBatch:
        """Compute the next `n_hops` hops, into the memory of `out` if it is given."""
        batch = self.room(n_hops) if out is None else out
        windows = self.buffer.windows(n_hops)
        if windows.shape[1] <= _FEW_CHANNELS:
            np.matvec(self._bank, windows, out=batch.product_by_channel)
        else:
            np.matmul(self._bank, windows.swapaxes(1, 2), out=batch.product)
        batch.size_up()
        if self._derives:
            self._derive(batch)
        batch.broken = self._broken(windows, batch.largest_step_uv)
        batch.motion_g = None if self._acceleration is None else self._motion(self._acceleration, n_hops)
        self.buffer.take(n_hops)
        self._taken += n_hops * self._n_hop
        if not self.buffer.n_due:
            self._peak_before_uv, self._peak_uv = self._peak_uv, 0.0
        return batch

    def _derive(self, batch: HopBatch) -> None:
        """Amplitudes of derivations other than channels in a row, and the analytic signals if they are wanted."""
        n_pairs = self._n_pairs
        if self._rows is None:
            pairs = np.matmul(batch.pairs, self._mixing)
            squares = pairs * pairs
            roots = np.sqrt(squares[:, :n_pairs] + squares[:, n_pairs:])
        else:
            pairs, roots = batch.pairs[:, :, self._rows], batch.roots[:, :, self._rows]
        batch.amplitude_uv = roots[:, N_MUSCLE:].swapaxes(1, 2)
        if self._wants_phase:
            both = np.concatenate([pairs[:, N_MUSCLE:n_pairs], pairs[:, n_pairs + N_MUSCLE :]], axis=1)
            batch.parts_uv = both.swapaxes(1, 2)

    def _broken(self, windows: Float64, steps: Float64) -> Float64 | None:
        """What does not depend on scale, as :attr:`HopBatch.broken`; quick where there is nothing."""
        still = min(steps.ravel().tolist()) < _STILL_UV  # Python is done before NumPy has begun
        railed = self._peak_uv > self._rail_uv or self._peak_before_uv > self._rail_uv
        if not (still or railed or self._bad):
            return None
        broken = np.zeros((FIRST_SIZE, *steps.shape))
        if self._bad:
            self._note_bad(len(steps), broken[Measure.NOT_FINITE])
        if railed:
            broken[Measure.RAIL] = np.abs(windows[:, :, -self._n_hop :]).max(axis=2) > self._rail_uv
        if still:
            self._note_flat(windows, steps, broken[Measure.FLAT])
        return broken

    def _note_flat(self, windows: Float64, steps: Float64, flat: Float64) -> None:
        """Say which hops end a second without signal; only one that hardly changes itself can."""
        for hop in np.flatnonzero((steps < _STILL_UV).any(axis=1)).tolist():
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

    def _motion(self, acceleration: HopBuffer, n_hops: int) -> Float64:
        windows = acceleration.windows(n_hops)
        swing = windows.max(axis=2) - windows.min(axis=2)
        acceleration.take(n_hops)
        x, y, z = swing[:, 0], swing[:, 1], swing[:, 2]
        motion: Float64 = _RMS_PER_RANGE * np.sqrt(x * x + y * y + z * z)
        return motion


def _stretch(rows: NDArray[np.intp]) -> NDArray[np.intp] | slice:
    """Indices that follow one another as a slice, which NumPy takes without copying."""
    first, n = int(rows[0]), len(rows)
    return slice(first, first + n) if np.array_equal(rows, np.arange(first, first + n)) else rows


def _bridged(samples: Float32, finite: NDArray[np.bool_], before: Float32) -> Float32:
    """`samples` with every value that is not finite replaced by the last finite one of its row."""
    samples = samples.copy()
    for row in np.flatnonzero(~finite.all(axis=1)):
        last = np.maximum.accumulate(np.where(finite[row], np.arange(samples.shape[1]), -1))
        samples[row] = np.where(last >= 0, samples[row, np.maximum(last, 0)], before[row, 0])
    return samples
