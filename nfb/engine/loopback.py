"""The true delay, with a sensor on the screen or at the loudspeaker: from a flash to the sample that saw it.

A photodiode or a microphone is wired to a channel of the headset. What is measured begins when the program hands over
a picture or a sound and ends when the sample that shows it arrives: screen or loudspeaker, sensor, amplifier and
link, each with the delay that no program can know of itself.
"""

import threading
import time
from collections.abc import Sequence

import numpy as np

from nfb.devices.source import Source
from nfb.model.errors import SetupError
from nfb.model.samples import Chunk, Float64

LIT_S, DARK_S = 0.5, 0.7  # below one flash a second, whoever looks on
_READ_S = 0.02
_NOISE = 6.0  # times the channel's own restlessness


class Tap:
    """Reads one channel of a device in a thread, with the time at which each sample was taken over.

    Raises
    ------
    SetupError
        The device has no such channel.
    """

    def __init__(self, source: Source, channel: str) -> None:
        self._source = source
        source.open()
        names = source.info.channel_names
        if channel not in names:
            source.close()
            raise SetupError(f"--loopback {channel}: {source.info.name} has {', '.join(names)}")
        self._row = names.index(channel)
        self._values: list[Float64] = []
        self._times: list[Float64] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="nfb-loopback", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopping.is_set():
            for item in self._source.read(_READ_S):
                if isinstance(item, Chunk):
                    arrived_s = time.monotonic() if np.isnan(item.arrived_s) else item.arrived_s
                    self._values.append(item.eeg[self._row].astype(np.float64))
                    self._times.append(np.full(item.n_samples, arrived_s))

    def close(self) -> tuple[Float64, Float64]:
        """Stop; values (µV) and arrival times (s) of all samples, each ``(n_samples,)``."""
        self._stopping.set()
        self._thread.join(2.0)
        self._source.close()
        if not self._values:
            return np.empty(0), np.empty(0)
        return np.concatenate(self._values), np.concatenate(self._times)


def round_trips_s(values: Float64, arrived_s: Float64, lit_s: Sequence[float]) -> list[float]:
    """Time from each flash or tone to the first sample that shows half of what it does to the channel.

    Parameters
    ----------
    values, arrived_s
        ``(n_samples,)`` each: the channel, and when its samples arrived (host clock).
    lit_s
        When the light or tone was switched on (host clock).

    Returns
    -------
    list of float
        Seconds; flashes that stayed within the channel's own noise are left out.
    """
    found = []
    for on_s in lit_s:
        before = values[(arrived_s >= on_s - DARK_S / 2) & (arrived_s < on_s)]
        during = (arrived_s >= on_s) & (arrived_s < on_s + LIT_S)
        if before.size < 5 or np.count_nonzero(during) < 5:
            continue
        # A microphone swings to both sides, a photodiode to one: the distance from rest serves for both.
        moved = np.abs(values[during] - np.median(before))
        restless = float(np.abs(before - np.median(before)).max())
        full = float(np.quantile(moved, 0.8))
        if full > _NOISE * max(restless, 1e-3):
            found.append(float(arrived_s[during][np.argmax(moved >= full / 2)] - on_s))
    return found
