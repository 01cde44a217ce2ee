"""From raw samples to what a decision needs: band amplitudes and artefact measures, hop by hop or in bulk.

Everything linear (high-pass, notch, band filters, detectors' probes) is one FIR bank applied to the raw window, so a
hop is one small matrix product and there is no recursive state to carry. NumPy runs a stacked product as the same
product once per hop: a thousand hops at once give the same bits as a thousand single hops.
"""

import numpy as np
from numpy.typing import NDArray

from nfb.dsp.artefacts import (
    CONSTANT_S,
    FIRST_SIZE,
    FLAT_S,
    FLAT_UV,
    N_MEASURES,
    N_MUSCLE,
    Measure,
    Probes,
    design_probes,
)
from nfb.dsp.buffer import HopBuffer
from nfb.dsp.taps import BandFilter
from nfb.model.samples import Float32, Float64

_MOTION_S = 0.5
# A hop of a dead electrode hardly changes even in the un-narrowed signal; one that does need not be looked at longer.
_STILL_UV = 0.1
# Of the rail's square: a sum of squares in single precision may be a little short.
_HARMLESS = 0.99
# The root mean square of a swing is this share of its range.
_RMS_PER_RANGE = 0.5**1.5
_STEP, _MUSCLE, _TENSION = (m - FIRST_SIZE for m in (Measure.STEP, Measure.MUSCLE, Measure.TENSION))
# A matrix product takes its rows in fours: sixteen cost a fifth less than fifteen.
_ROWS_AT_ONCE = 4


class HopBatch:
    """Measures of consecutive hops.

    Parameters
    ----------
    amplitude_uv
        ``(n_hops, n_derivations, n_filters)`` band envelopes, µV.
    largest_uv
        ``(n_hops, 5, n_channels)`` largest magnitudes in each hop: the sizes in the order of
        :class:`nfb.dsp.artefacts.Measure`.
    broken
        ``(3, n_hops, n_channels)`` 1 where a sample is not finite, at the rail, or the signal is flat; None where
        nothing is.
    signed_uv
        ``(n_hops, 2 n_hop + 2, n_channels)``: the change of the un-narrowed signal from sample to sample, the signal
        itself at the sample before the hop and at its samples, the slow value.
    motion_g
        ``(n_hops,)`` root mean square of what the acceleration swings in half a second; None without accelerometer.
    parts_uv
        ``(n_hops, n_derivations, 2 n_filters)`` real, then imaginary parts of the analytic signals; None unless the
        front end is asked for phases.
    """

    __slots__ = ("amplitude_uv", "broken", "largest_uv", "motion_g", "parts_uv", "signed_uv")

    def __init__(
        self,
        amplitude_uv: Float64,
        largest_uv: Float64,
        broken: Float64 | None,
        signed_uv: Float64,
        motion_g: Float64 | None,
        parts_uv: Float64 | None = None,
    ) -> None:
        self.parts_uv = parts_uv
        self.amplitude_uv = amplitude_uv
        self.largest_uv = largest_uv
        self.broken = broken
        self.signed_uv = signed_uv
        self.motion_g = motion_g

    @property
    def n_hop(self) -> int:
        """Samples in a hop."""
        return int(self.signed_uv.shape[1]) // 2 - 1

    @property
    def wide_uv(self) -> Float64:
        """``(n_hops, n_hop, n_channels)`` un-narrowed signal."""
        return self.signed_uv[:, self.n_hop + 1 : -1]

    @property
    def step_uv(self) -> Float64:
        """``(n_hops, n_hop, n_channels)`` change of the un-narrowed signal from sample to sample."""
        return self.signed_uv[:, : self.n_hop]

    @property
    def slow_uv(self) -> Float64:
        """``(n_hops, n_channels)`` slow signal at the newest sample."""
        return self.signed_uv[:, -1]

    @property
    def muscle_uv(self) -> Float64:
        """``(n_hops, n_channels)`` envelope of 30-45 Hz."""
        return self.largest_uv[:, _MUSCLE]

    @property
    def tension_uv(self) -> Float64:
        """``(n_hops, n_channels)`` envelopes of all muscle bands, added up."""
        return self.largest_uv[:, _TENSION]

    def measures(self) -> Float64:
        """``(n_measures, n_hops, n_channels)``, first axis as :class:`nfb.dsp.artefacts.Measure`.

        Made on demand: most hops are clean, which `largest_uv` and `broken` tell at a fraction of the cost.
        """
        n_hops, _, n_channels = self.largest_uv.shape
        measures = np.zeros((N_MEASURES, n_hops, n_channels))
        if self.broken is not None:
            measures[:FIRST_SIZE] = self.broken
        measures[FIRST_SIZE:] = self.largest_uv.swapaxes(0, 1)
        return measures


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
        self._n_hop, self._n_signed = n_hop, 2 * n_hop + 2
        # Of steps, the sample before the hop, the hop's samples, and the slow value twice.
        self._first_rows = np.array([0, n_hop, n_hop + 1, 2 * n_hop + 1, 2 * n_hop + 1])
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
        self.buffer = HopBuffer(n_channels, n_taps, n_hop, most_hops)
        self._last_finite = np.zeros((n_channels, 1), dtype=np.float32)
        self._bad: list[tuple[int, NDArray[np.bool_]]] = []  # sample (as counted by _put) and who was not finite
        self._put = self._taken = 0
        # Largest noted raw value since the hops before, and before that: some may wait for its hop to be whole.
        self._peak_uv = self._peak_before_uv = 0.0
        self._acceleration: HopBuffer | None = None
        self._last_acceleration = np.zeros((3, 1), dtype=np.float32)

    def _stack(self, filters: tuple[BandFilter, ...], n_taps: int) -> Float64:
        """Probes and filters, one a row, ``(n_rows, n_taps)``.

        Rows: wide, slow, the real parts of muscle's and all filters, their imaginary parts, and zeros.
        """
        probes = self._probes
        pairs = np.zeros((n_taps, N_MUSCLE + len(filters)), dtype=complex)
        pairs[:, :N_MUSCLE] = probes.muscle
        for column, band_filter in enumerate(filters, N_MUSCLE):
            pairs[n_taps - len(band_filter.taps) :, column] = band_filter.taps
        rows = np.hstack([probes.wide, probes.slow, pairs.real, pairs.imag]).T
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
        self._last_finite = eeg[:, -1:]
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
            eeg = _bridged(eeg, finite, self._last_finite)
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

    def take(self, n_hops: int) -> HopBatch:
        """Compute the next `n_hops` hops."""
        windows = self.buffer.windows(n_hops)
        n_hop, n_signed, n_rows = self._n_hop, self._n_signed, len(self._bank)
        # Channels last: all slices of the product are whole stretches of memory, which NumPy crosses fastest.
        out = np.empty((n_hops, n_hop + n_rows, windows.shape[1]))
        np.matmul(self._bank, windows.swapaxes(1, 2), out=out[:, n_hop:])
        np.subtract(out[:, n_hop + 1 : n_signed - 1], out[:, n_hop : n_signed - 2], out=out[:, :n_hop])
        signed, pairs = out[:, :n_signed], out[:, n_signed : n_signed + 2 * self._n_pairs]
        roots = self._magnitude(pairs)
        largest = np.maximum.reduceat(np.abs(signed), self._first_rows, axis=1)
        largest[:, _MUSCLE] = roots[:, 0]  # in place of the sample before the hop
        np.add.reduce(roots[:, :N_MUSCLE], axis=1, out=largest[:, _TENSION])
        if self._rows is None:
            pairs = np.matmul(pairs, self._mixing)
            amplitude = self._magnitude(pairs)
        else:
            amplitude = roots[:, :, self._rows]
        parts = self._parts(pairs) if self._wants_phase else None
        broken = self._broken(windows, largest[:, _STEP])
        motion = self._motion(n_hops)
        self.buffer.take(n_hops)
        self._taken += n_hops * self._n_hop
        if not self.buffer.n_due:
            self._peak_before_uv, self._peak_uv = self._peak_uv, 0.0
        return HopBatch(amplitude[:, N_MUSCLE:].swapaxes(1, 2), largest, broken, signed, motion, parts)

    def _magnitude(self, pairs: Float64) -> Float64:
        """Magnitudes of complex rows, whose imaginary parts follow all the real ones."""
        squares = pairs * pairs
        sums = squares[:, : self._n_pairs] + squares[:, self._n_pairs :]
        return np.sqrt(sums, out=sums)

    def _parts(self, pairs: Float64) -> Float64:
        """Real and imaginary parts of the band filters per derivation, of ``(n_hops, 2 n_pairs, n)`` products."""
        n_pairs = self._n_pairs
        chosen = pairs if self._rows is None else pairs[:, :, self._rows]
        both = np.concatenate([chosen[:, N_MUSCLE:n_pairs], chosen[:, n_pairs + N_MUSCLE :]], axis=1)
        parts: Float64 = both.swapaxes(1, 2)
        return parts

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

    def _motion(self, n_hops: int) -> Float64 | None:
        if self._acceleration is None:
            return None
        windows = self._acceleration.windows(n_hops)
        swing = windows.max(axis=2) - windows.min(axis=2)
        self._acceleration.take(n_hops)
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
