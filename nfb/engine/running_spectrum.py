"""Spectrum of the trained sites while samples come in, for people to look at; nothing is decided by it."""

from collections import deque

import numpy as np

from nfb.model.samples import Chunk, Float64, Gap

WINDOW_S = 2.0
RANGE_HZ = (1.0, 40.0)
HISTORY_S = 60.0
# Each look overlaps the one before; weights that fade this fast make about three independent windows of it.
_FADE_S = 3.0


class RunningSpectrum:
    """Hann windows of two seconds over some channels, averaged over them and, fading, over time.

    Parameters
    ----------
    channels
        Rows of the chunks to look at.
    sampling_rate_hz
        Of the device.

    Attributes
    ----------
    frequencies_hz
        ``(n_bins,)`` from 1 to 40 Hz, half a hertz apart.
    psd
        ``(n_bins,)`` µV²/Hz as of the last :meth:`look`; empty before the first.
    baseline
        ``(n_bins,)`` mean over the clean baseline so far; empty before there is any.
    history
        The spectra of the last minute without fading, oldest first.
    """

    def __init__(self, channels: tuple[int, ...], sampling_rate_hz: float) -> None:
        self._channels = list(channels)
        self._n_window = round(WINDOW_S * sampling_rate_hz)
        n = np.arange(self._n_window)
        self._hann = 0.5 - 0.5 * np.cos(2 * np.pi * n / self._n_window)
        self._scale = 2.0 / (sampling_rate_hz * float(np.sum(self._hann**2)))
        self._ramp = n - n.mean()
        hz = np.fft.rfftfreq(self._n_window, 1.0 / sampling_rate_hz)
        self._bins = (hz >= RANGE_HZ[0]) & (hz <= RANGE_HZ[1])
        self.frequencies_hz: Float64 = hz[self._bins].astype(np.float64)
        self._parts: deque[Chunk] = deque()
        self.psd: Float64 = np.empty(0)
        self.baseline: Float64 = np.empty(0)
        self._n_baseline = 0
        self._looked_at = 0  # newest sample of the last look
        self._rate_hz = sampling_rate_hz
        self.history: deque[Float64] = deque()

    def add(self, items: list[Chunk | Gap]) -> None:
        """Take what arrived; a window never reaches across a gap."""
        for item in items:
            if isinstance(item, Gap):
                self._parts.clear()
                continue
            self._parts.append(item)
            newest = item.stop_sample
            while len(self._parts) > 1 and newest - self._parts[1].first_sample >= self._n_window:
                self._parts.popleft()

    def look(self, *, in_baseline: bool = False) -> bool:
        """Compute the newest spectrum; False if less than two seconds are there, or nothing came since.

        Parameters
        ----------
        in_baseline
            The window is clean and belongs to the baseline.
        """
        if not self._parts or self._parts[-1].stop_sample - self._parts[0].first_sample < self._n_window:
            return False
        newest = self._parts[-1].stop_sample
        if newest == self._looked_at:
            return False
        eeg = np.concatenate([part.eeg[self._channels] for part in self._parts], axis=1)[:, -self._n_window :]
        now = self._density(np.nan_to_num(eeg.astype(np.float64)))
        passed_s = min((newest - self._looked_at) / self._rate_hz, WINDOW_S)
        self._looked_at = newest
        keep = np.exp(-passed_s / _FADE_S) if self.psd.size else 0.0
        self.psd = keep * self.psd + (1.0 - keep) * now if self.psd.size else now
        if in_baseline:
            self._n_baseline += 1
            if self.baseline.size:
                self.baseline = self.baseline + (now - self.baseline) / self._n_baseline
            else:
                self.baseline = now
        self.history.append(now)
        while len(self.history) * passed_s > HISTORY_S:
            self.history.popleft()
        return True

    def _density(self, eeg: Float64) -> Float64:
        """``(n_bins,)`` mean over channels; the linear trend goes first, an electrode's drift is not EEG."""
        slope = eeg @ self._ramp / float(self._ramp @ self._ramp)
        flat = eeg - eeg.mean(axis=1, keepdims=True) - slope[:, None] * self._ramp
        power = np.abs(np.fft.rfft(flat * self._hann, axis=1)) ** 2
        return np.asarray(self._scale * power[:, self._bins].mean(axis=0))
