"""The source's own time: the host's clock for a device, counted samples and waits for a source without a clock."""

import math
import threading
import time

# What a computer that slept, or was busy elsewhere, missed is not made up for.
_CATCH_UP_S = 1.0


class Pace:
    """Tells a source's time and, where the source has no clock, makes it pass.

    Parameters
    ----------
    realtime
        The source keeps time by itself.
    rate_hz
        Its sampling rate.
    speed
        Pace of a source without a clock: 1 is real time, infinity does not wait at all.
    stopping
        Ends any wait when it is set.
    """

    def __init__(self, realtime: bool, rate_hz: float, speed: float, stopping: threading.Event) -> None:
        self._realtime = realtime
        self._rate_hz = rate_hz
        self._speed = speed
        self._stopping = stopping
        self._passed_s = 0.0
        self._due_s = math.nan

    @property
    def waits(self) -> bool:
        """False where everything comes as fast as it can be computed."""
        return self._realtime or math.isfinite(self._speed)

    @property
    def now_s(self) -> float:
        """Seconds of the source's time; only differences mean something."""
        return time.monotonic() if self._realtime else self._passed_s

    def samples(self, n_samples: int) -> float:
        """Wait until `n_samples` more are due; returns when they were (host clock), NaN if there was no waiting."""
        return self.idle(n_samples / self._rate_hz)

    def idle(self, seconds: float) -> float:
        """Let so much of the source's time pass, if it does not pass by itself."""
        if self._realtime:
            return math.nan
        self._passed_s += seconds
        if not self.waits:
            return math.nan
        now_s = time.monotonic()
        self._due_s += seconds / self._speed
        if not now_s - self._due_s <= _CATCH_UP_S:  # also at the first time, when it is NaN
            self._due_s = now_s
        if self._due_s > now_s:
            self._stopping.wait(self._due_s - now_s)
        return self._due_s
