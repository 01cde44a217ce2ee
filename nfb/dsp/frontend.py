"""From raw samples to what a decision needs: band amplitudes and artefact measures, hop by hop or in bulk.

Everything linear (high-pass, notch, band filters, detectors' probes) is one FIR bank applied to the raw window, so a
hop is one small matrix product and there is no recursive state to carry. NumPy runs a stacked product as the same
product once per hop: a thousand hops at once give the same bits as a thousand single hops.
"""

from dataclasses import dataclass

import numpy as np

from nfb.dsp.artefacts import MEASURES, Probes, design_probes
from nfb.dsp.buffer import HopBuffer
from nfb.dsp.taps import BandFilter
from nfb.model.samples import Float32, Float64


@dataclass(frozen=True, slots=True, eq=False)
class HopBatch:
    """Measures of consecutive hops.

    Parameters
    ----------
    amplitude_uv
        ``(n_hops, n_derivations, n_filters)`` band envelopes, µV.
    measures
        ``(n_hops, n_measures, n_channels)``, rows as :data:`nfb.dsp.artefacts.MEASURES`.
    wide_uv
        ``(n_hops, n_channels, n_hop + 1)`` un-narrowed signal, the sample before each hop first.
    slow_uv, muscle_uv
        ``(n_hops, n_channels)``.
    """

    amplitude_uv: Float64
    measures: Float64
    wide_uv: Float64
    slow_uv: Float64
    muscle_uv: Float64


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
        self._flat_hops = max(1, round(rate_hz / n_hop))
        self._same_hops = max(1, round(0.2 * rate_hz / n_hop))
        n_taps = max(round(rate_hz), *(f.n_taps for f in filters))
        self._probes: Probes = design_probes(rate_hz, n_taps, n_hop)
        self._bank = self._stack(filters, n_taps)
        self._n_filters = len(filters)
        self.buffer = HopBuffer(n_channels, n_taps, n_hop, most_hops)
        self._bad = HopBuffer(n_channels, n_hop, n_hop, most_hops)
        # Highest value and minus the lowest of every hop, so that the last second's range costs 50 numbers, not 250.
        self._extremes = HopBuffer(2 * n_channels, self._flat_hops, 1, most_hops)
        self._last_finite = np.zeros((n_channels, 1), dtype=np.float32)

    def _stack(self, filters: tuple[BandFilter, ...], n_taps: int) -> Float64:
        """Probes and filters side by side: ``(n_taps, n_columns)``; real parts of all filters, then imaginary."""
        band = np.zeros((n_taps, len(filters)), dtype=complex)
        for column, band_filter in enumerate(filters):
            band[n_taps - len(band_filter.taps) :, column] = band_filter.taps
        return np.ascontiguousarray(np.hstack([self._probes.taps, band.real, band.imag]))

    def refit(self, filters: tuple[BandFilter, ...]) -> None:
        """Replace the band filters from the next hop on; their number and the window stay."""
        self._bank = self._stack(filters, self.buffer.n_window)

    def put(self, eeg: Float32) -> None:
        """Append ``(n_channels, n)`` raw samples, µV. Values that are not finite are bridged and remembered."""
        bad = ~np.isfinite(eeg)
        if bad.any():
            eeg = eeg.copy()
            for channel in np.flatnonzero(bad.any(axis=1)):
                good = np.where(bad[channel], -1, np.arange(eeg.shape[1]))
                last = np.maximum.accumulate(good)
                held = np.where(last >= 0, eeg[channel, np.maximum(last, 0)], self._last_finite[channel, 0])
                eeg[channel] = held
        if eeg.shape[1]:
            self._last_finite = eeg[:, -1:]
        self.buffer.put(eeg)
        self._bad.put(bad.astype(np.float32))

    def reset(self) -> None:
        """Forget all samples: after a gap the filters start on new ones."""
        self.buffer.reset()
        self._bad.reset()
        self._extremes.reset()

    def take(self, n_hops: int) -> HopBatch:
        """Compute the next `n_hops` hops."""
        windows = self.buffer.windows(n_hops)
        out = np.matmul(windows, self._bank)
        n_hop, n_probes = self._n_hop, self._probes.n_columns
        wide = out[:, :, : n_hop + 1]
        slow = out[:, :, n_hop + 1]
        muscle = np.sqrt(out[:, :, n_hop + 2] ** 2 + out[:, :, n_hop + 3] ** 2)
        band = np.matmul(self._derivation, out[:, :, n_probes:])
        real, imaginary = band[:, :, : self._n_filters], band[:, :, self._n_filters :]
        amplitude = np.sqrt(real * real + imaginary * imaginary)

        n_channels = windows.shape[1]
        newest = windows[:, :, -n_hop:]
        highest, lowest = newest.max(axis=2), newest.min(axis=2)
        self._extremes.put(np.concatenate([highest, -lowest], axis=1).T)
        extremes = self._extremes.windows(n_hops)
        second = extremes.max(axis=2)
        same = extremes[:, :, -self._same_hops :].max(axis=2)
        constant = same[:, :n_channels] + same[:, n_channels:] == 0.0
        measures = np.empty((n_hops, len(MEASURES), n_channels))
        measures[:, 0] = self._bad.windows(n_hops).max(axis=2)
        measures[:, 1] = np.maximum(highest, -lowest)
        # Constant for 0.2 s counts as flat at once; otherwise a second within 1 µV.
        measures[:, 2] = np.where(constant, 0.0, -(second[:, :n_channels] + second[:, n_channels:]))
        peak = np.abs(wide[:, :, 1:]).max(axis=2)
        measures[:, 3] = peak
        measures[:, 4] = peak
        measures[:, 5] = np.abs(wide[:, :, 1:] - wide[:, :, :-1]).max(axis=2)
        measures[:, 6] = np.abs(slow)
        measures[:, 7] = muscle
        self.buffer.take(n_hops)
        self._bad.take(n_hops)
        self._extremes.take(n_hops)
        return HopBatch(amplitude, measures, wide, slow, muscle)
