"""The last stage of everything that is heard: never loud, never sudden, never a click."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

RATE_HZ = 48_000
RMS_MOST = 10 ** (-20 / 20)
PEAK_MOST = 10 ** (-6 / 20)
STEP_MOST = 0.02  # between neighbouring samples: nothing that is heard as a click
RMS_WINDOW_S = 0.1
LOOK_AHEAD_S = 0.005
_RELEASE_S = 1.0
# Aims stay below the limits by what the gain itself adds while it moves (at most 1 / look-ahead a sample).
_STEP_AIM = 0.75 * STEP_MOST
_RMS_AIM = 10 ** (-1.5 / 20) * RMS_MOST
_PEAK_AIM = 10 ** (-0.2 / 20) * PEAK_MOST


class Limiter:
    """Turns the gain down, never up, so that RMS, peak and the step between samples stay within their limits.

    It looks 5 ms ahead: the smallest gain that any sample of the next 5 ms needs is averaged over the last 5 ms, so
    the gain has arrived when the sample does and moves smoothly. Output is `LOOK_AHEAD_S` late.
    """

    def __init__(self) -> None:
        n = round(LOOK_AHEAD_S * RATE_HZ)
        self._n_ahead = n
        self._n_window = round(RMS_WINDOW_S * RATE_HZ)
        self._delayed = np.zeros((2, n - 1), np.float32)  # the last samples in, not yet out
        self._needed = np.ones(2 * n - 2)  # gains that the last samples in called for
        self._squares = np.zeros(self._n_window)  # of the louder side, over the window
        self._resting = True
        self._ceiling = 1.0  # what the gain may be after the last reduction

    def step(self, block: Float32) -> Float32:
        """``(2, n_samples)`` in and out, full scale 1; beyond full scale is cut off first."""
        n = block.shape[1]
        if n == 0:
            return block
        inside = np.concatenate((self._delayed, np.clip(block, -1.0, 1.0)), axis=1, dtype=np.float32)
        self._delayed = inside[:, n:]
        asked = self._gain_needed(inside[:, -n - 1 :])
        if self._resting and asked.min() >= 1.0:
            return inside[:, :n]  # nothing to do, as nearly always
        needed = np.concatenate((self._needed, self._released(asked)))
        self._needed = needed[-2 * self._n_ahead + 2 :]
        self._resting = bool(self._needed.min() >= 1.0) and self._ceiling >= 1.0
        ahead = self._n_ahead
        lowest = np.lib.stride_tricks.sliding_window_view(needed, ahead).min(axis=1)
        sums = np.cumsum(np.concatenate(((0.0,), lowest)))
        gain = (sums[ahead:] - sums[:-ahead]) / ahead
        limited: Float32 = (inside[:, :n] * np.minimum(gain, 1.0)).astype(np.float32)
        return limited

    def _gain_needed(self, samples: Float32) -> NDArray[np.float64]:
        """One gain per new sample; `samples` begins with the last one before them."""
        new = np.abs(samples[:, 1:]).max(axis=0).astype(np.float64)
        rise = np.abs(np.diff(samples, axis=1)).max(axis=0)
        squares = np.concatenate((self._squares, np.square(samples[:, 1:], dtype=np.float64).max(axis=0)))
        sums = np.cumsum(np.concatenate(((0.0,), squares)))
        rms = np.sqrt(np.maximum(sums[self._n_window :] - sums[: -self._n_window], 0.0) / self._n_window)[1:]
        self._squares = squares[len(new) :]
        tiny = 1e-9
        peak_and_step = np.minimum(_PEAK_AIM / np.maximum(new, tiny), _STEP_AIM / np.maximum(rise, tiny))
        needed: NDArray[np.float64] = np.minimum(np.minimum(peak_and_step, _RMS_AIM / np.maximum(rms, tiny)), 1.0)
        return needed

    def _released(self, needed: NDArray[np.float64]) -> NDArray[np.float64]:
        """Let the gain rise slowly after a reduction: no pumping."""
        if self._ceiling >= 1.0 and needed.min() >= 1.0:
            return needed
        rise = np.arange(1, len(needed) + 1) / (_RELEASE_S * RATE_HZ)
        # The lowest so far plus what it may have risen since: a running minimum on a slope.
        allowed = np.minimum(np.minimum.accumulate(needed - rise), self._ceiling) + rise
        allowed = np.minimum(allowed, 1.0)
        self._ceiling = float(allowed[-1])
        return allowed


class Slew:
    """A value that moves no faster than it may."""

    def __init__(self, value: float, full_range_s: float) -> None:
        self.value = value
        self._step = 1.0 / (full_range_s * RATE_HZ)

    def ramp(self, target: float, n: int) -> Float32:
        """``(n,)``: the way from the present value towards `target`."""
        reach = self._step * np.arange(1, n + 1)
        way = (
            np.minimum(self.value + reach, target) if target >= self.value else np.maximum(self.value - reach, target)
        )
        if n:
            self.value = float(way[-1])
        moved: Float32 = way.astype(np.float32)
        return moved
