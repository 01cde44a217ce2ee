"""The loop delay: from the electrode to what the client sees, summed from what is declared and what is measured."""

import math
from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import Literal

import numpy as np

from nfb.session.setup import Setup

_KEPT = 3000  # hops: a minute at 20 ms

# A quarter of a second more already weakened training (Belinskaia 2020), and at half a second nothing was left.
AMBER_MS = 350.0
RED_MS = 500.0

Level = Literal["unknown", "good", "amber", "red"]


def level(delay_ms: float) -> Level:
    """What a loop delay is worth: ``good`` up to 350 ms, ``amber`` up to 500 ms, ``red`` over it.

    >>> level(180.0), level(351.0), level(501.0), level(float("nan"))
    ('good', 'amber', 'red', 'unknown')
    """
    if math.isnan(delay_ms):
        return "unknown"
    if delay_ms > RED_MS:
        return "red"
    return "amber" if delay_ms > AMBER_MS else "good"


class DelayPart(Enum):
    """What a delay is spent on."""

    NONE = ""
    HEADSET = "headset"  # transport, and waiting for a burst and a hop to be full
    FILTERS = "filters"
    COMPUTING = "computing"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class Budget:
    """What is known of the delay before a sample comes, seconds.

    Parameters
    ----------
    transport_s
        From electrode to computer, as the device's maker or a measurement of it says.
    burst_s
        How long a sample waits on average for the last of its burst.
    hop_s
        How long it then waits on average for the hop's last sample.
    algorithm_s
        Declared delay of the slowest feature that earns the reward.
    """

    transport_s: float
    burst_s: float
    hop_s: float
    algorithm_s: float

    @property
    def total_s(self) -> float:
        return self.transport_s + self.burst_s + self.hop_s + self.algorithm_s


def budget(setup: Setup, algorithm_s: float) -> Budget:
    """The declared delays of a session."""
    device = setup.device
    period_s = 1.0 / device.sampling_rate_hz
    return Budget(
        transport_s=device.transport_delay_s,
        burst_s=(device.burst_samples - 1) / 2 * period_s,
        hop_s=(setup.hop_samples - 1) / 2 * period_s,
        algorithm_s=algorithm_s,
    )


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
        self.budget = budget(setup, algorithm_s)
        self._decision_s: deque[float] = deque(maxlen=_KEPT)
        self._presentation_s: deque[float] = deque(maxlen=_KEPT)
        self._audio_s: deque[float] = deque(maxlen=_KEPT)

    def decided(self, arrived_s: float, decided_s: float) -> None:
        """A hop was decided `decided_s`, from samples that arrived at `arrived_s` (host clock)."""
        if math.isfinite(arrived_s):
            self._decision_s.append(decided_s - arrived_s)

    def shown(self, decided_s: float, shown_s: float) -> None:
        """A hop that was decided at `decided_s` was on the screen at `shown_s` (host clock)."""
        self._presentation_s.append(shown_s - decided_s)

    def heard(self, decided_s: float, rendered_s: float) -> None:
        """A hop that was decided at `decided_s` was in the sound handed to the device at `rendered_s`."""
        self._audio_s.append(rendered_s - decided_s)

    def percentile_ms(self, percent: float) -> float:
        """Percentile of the loop delay in ms; NaN before the first decision. Parts are taken as independent."""
        if not self._decision_s:
            return math.nan
        total_s = self.budget.total_s + _percentile(self._decision_s, percent)
        if self._presentation_s:
            total_s += _percentile(self._presentation_s, percent)
        return 1000 * total_s

    def largest_part(self) -> DelayPart:
        """What the slowest hops spend most of their delay on; NONE before the first decision."""
        if not self._decision_s:
            return DelayPart.NONE
        parts = {
            DelayPart.HEADSET: self.budget.total_s - self.budget.algorithm_s,
            DelayPart.FILTERS: self.budget.algorithm_s,
            DelayPart.COMPUTING: _percentile(self._decision_s, 95),
            DelayPart.SCREEN: _percentile(self._presentation_s, 95) if self._presentation_s else 0.0,
        }
        return max(parts, key=lambda part: parts[part])

    def to_record(self) -> dict[str, float | None]:
        """The budget, then median and 95th percentile of what was measured, ms; None where it was not."""

        def of(values: deque[float], percent: float) -> float | None:
            return round(1000 * _percentile(values, percent), 3) if values else None

        def total(percent: float) -> float | None:
            total_ms = self.percentile_ms(percent)
            return None if math.isnan(total_ms) else round(total_ms, 3)

        declared = self.budget
        return {
            "transport_ms": round(1000 * declared.transport_s, 3),
            "burst_ms": round(1000 * declared.burst_s, 3),
            "hop_ms": round(1000 * declared.hop_s, 3),
            "algorithm_ms": round(1000 * declared.algorithm_s, 3),
            "fixed_ms": round(1000 * declared.total_s, 3),
            "decision_ms_median": of(self._decision_s, 50),
            "decision_ms_p95": of(self._decision_s, 95),
            "presentation_ms_median": of(self._presentation_s, 50),
            "presentation_ms_p95": of(self._presentation_s, 95),
            "audio_ms_median": of(self._audio_s, 50),
            "audio_ms_p95": of(self._audio_s, 95),
            "loop_ms_median": total(50),
            "loop_ms_p95": total(95),
        }


def _percentile(values: deque[float], percent: float) -> float:
    # A copy, made in one step: the display adds values from its own thread.
    return float(np.percentile(list(values), percent))
