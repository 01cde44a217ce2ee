"""The filter of the raw view: for the eye only, what is recorded and trained on never passes through it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nfb.model.samples import Float32

BAND_HZ = (1.0, 40.0)


class DisplayFilter:
    """Second-order Butterworth high-pass at 1 Hz and low-pass at 40 Hz with a mains notch, one state per channel.

    Parameters
    ----------
    notch_hz
        Mains frequency, or None for no notch.
    """

    def __init__(self, n_channels: int, sampling_rate_hz: float, notch_hz: float | None) -> None:
        from scipy import signal  # a second of import that the first paint must not wait for

        nyquist = sampling_rate_hz / 2
        sections = [signal.butter(2, BAND_HZ[0], "highpass", fs=sampling_rate_hz, output="sos")]
        if nyquist > BAND_HZ[1]:
            sections.append(signal.butter(2, BAND_HZ[1], "lowpass", fs=sampling_rate_hz, output="sos"))
        if notch_hz is not None and notch_hz < nyquist:
            b, a = signal.iirnotch(notch_hz, 30.0, fs=sampling_rate_hz)
            sections.append(np.concatenate([b, a])[np.newaxis])
        self._sosfilt = signal.sosfilt
        self._sos = np.vstack(sections)
        self._unit_state = signal.sosfilt_zi(self._sos)[:, np.newaxis, :]
        self._state: NDArray[np.float64] | None = None
        self.n_channels = n_channels
        self.notch_hz = notch_hz

    def step(self, eeg: Float32) -> NDArray[np.float32]:
        """Filter ``(n_channels, n_samples)`` µV. The first call settles the state on its first sample."""
        samples = np.nan_to_num(eeg.astype(np.float64))
        if self._state is None:
            self._state = self._unit_state * samples[:, 0][np.newaxis, :, np.newaxis]
        filtered, self._state = self._sosfilt(self._sos, samples, axis=1, zi=self._state)
        return np.asarray(filtered, dtype=np.float32)

    def reset(self) -> None:
        """Forget the past, as after a gap."""
        self._state = None
