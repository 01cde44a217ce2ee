"""The loop delay: from the electrode to what the client sees, summed from what is declared and what is measured."""

import math
from collections import deque
from enum import Enum

import numpy as np

from nfb.session.setup import Setup

_KEPT = 3000  # hops: a minute at 20 ms


class DelayPart(Enum):
    """What a delay is spent on."""

    NONE = ""
    HEADSET = "headset"  # transport, and waiting for a burst and a hop to be full
    FILTERS = "filters"
    COMPUTING = "computing"
    SCREEN = "screen"


class LoopDelay:
    """Collects the parts of the delay of every hop.

    Parameters
    ----------
    setup
        For the device's declared transport time and burst, which this program cannot measure.
    algorithm_s
        Declared delay of the slowest feature that earns the reward.
    """

    def __init__(self, setup: Setup, algorithm_s: float) -> None:
        device = setup.device
        # On average a sample waits half a burst for its last companion, then half a hop for the hop's border.
        waiting_s = (device.burst_samples - 1 + setup.hop_samples - 1) / 2 / device.sampling_rate_hz
        self.fixed_s = device.transport_delay_s + waiting_s + algorithm_s
        self.algorithm_s = algorithm_s
        self._decision_s: deque[float] = deque(maxlen=_KEPT)
        self._presentation_s: deque[float] = deque(maxlen=_KEPT)

    def decided(self, arrived_s: float, decided_s: float) -> None:
        """A hop was decided `decided_s`, from samples that arrived at `arrived_s` (host clock)."""
        if math.isfinite(arrived_s):
            self._decision_s.append(decided_s - arrived_s)

    def shown(self, decided_s: float, shown_s: float) -> None:
        """A hop that was decided at `decided_s` was on the screen at `shown_s` (host clock)."""
        self._presentation_s.append(shown_s - decided_s)

    def percentile_ms(self, percent: float) -> float:
        """Percentile of the loop delay in ms; NaN before the first decision. Parts are taken as independent."""
        if not self._decision_s:
            return math.nan
        total_s = self.fixed_s + _percentile(self._decision_s, percent)
        if self._presentation_s:
            total_s += _percentile(self._presentation_s, percent)
        return 1000 * total_s

    def largest_part(self) -> DelayPart:
        """What the slowest hops spend most of their delay on; NONE before the first decision."""
        if not self._decision_s:
            return DelayPart.NONE
        parts = {
            DelayPart.HEADSET: self.fixed_s - self.algorithm_s,
            DelayPart.FILTERS: self.algorithm_s,
            DelayPart.COMPUTING: _percentile(self._decision_s, 95),
            DelayPart.SCREEN: _percentile(self._presentation_s, 95) if self._presentation_s else 0.0,
        }
        return max(parts, key=lambda part: parts[part])

    def to_record(self) -> dict[str, float | None]:
        """Median and 95th percentile of each part, ms; None where it was not measured."""

        def of(values: deque[float], percent: float) -> float | None:
            return round(1000 * _percentile(values, percent), 3) if values else None

        return {
            "fixed_ms": round(1000 * self.fixed_s, 3),
            "algorithm_ms": round(1000 * self.algorithm_s, 3),
            "decision_ms_median": of(self._decision_s, 50),
            "decision_ms_p95": of(self._decision_s, 95),
            "presentation_ms_median": of(self._presentation_s, 50),
            "presentation_ms_p95": of(self._presentation_s, 95),
        }


def _percentile(values: deque[float], percent: float) -> float:
    # A copy, made in one step: the display adds values from its own thread.
    return float(np.percentile(list(values), percent))
