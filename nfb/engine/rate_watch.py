"""Measures how many samples a second a device really delivers."""

import math

from nfb.engine.engine_words import ENGINE_WORDS
from nfb.model.device import DeviceInfo
from nfb.model.samples import Chunk

# Bursts and hand-over shift an arrival by tens of milliseconds: over this time that is 0.2 %.
_MEASURED_S = 30.0
_TOLERATED = 0.02


def rate_words(rate_hz: float, declared_hz: float) -> tuple[str, str]:
    """What a wrong rate does to the bands, and the way out."""
    percent = f"{100 * abs(rate_hz / declared_hz - 1):.0f}"
    what = ENGINE_WORDS["rate"].format(rate_hz=f"{rate_hz:.1f}", declared_hz=f"{declared_hz:g}", percent=percent)
    return what, ENGINE_WORDS["look for rate"]


class RateWatch:
    """Compares the rate of arrival with the declared rate, once in a stretch without a gap.

    A rate that is wrong by a share moves every band by that share, and no filter can know.

    Parameters
    ----------
    device
        For the declared rate.
    """

    def __init__(self, device: DeviceInfo) -> None:
        self._declared_hz = device.sampling_rate_hz
        self._told = False
        self.clear()

    def clear(self) -> None:
        """Samples were lost: measure anew."""
        self._first_s = math.nan
        self._n_samples = 0

    def take(self, chunk: Chunk) -> float | None:
        """Add a chunk; the measured rate in Hz, once, if it is off by more than 2 %."""
        if self._told or math.isnan(chunk.arrived_s):
            return None
        if math.isnan(self._first_s):
            self._first_s = chunk.arrived_s  # this chunk's samples were taken before it
            return None
        self._n_samples += chunk.n_samples
        passed_s = chunk.arrived_s - self._first_s
        if passed_s < _MEASURED_S:
            return None
        rate_hz = self._n_samples / passed_s
        self.clear()
        if abs(rate_hz / self._declared_hz - 1) <= _TOLERATED:
            return None
        self._told = True
        return rate_hz
