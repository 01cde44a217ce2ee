"""A simulated client whose one rhythm steps between two sizes, with a clock of its own: for measuring delays."""

import math
import time
from dataclasses import dataclass

import numpy as np

from nfb.model.device import DeviceInfo
from nfb.model.hop import HopResult
from nfb.model.samples import Chunk, SourceItem, as_chunk_samples

SMALL_UV, LARGE_UV = 4.4, 5.7  # amplitude; moderate steps, so that every guard stays quiet
MIDDLE_UV = math.sqrt(SMALL_UV * LARGE_UV)
_RATE_HZ = 250.0
_BURST = 5


@dataclass(frozen=True, slots=True)
class Step:
    """A change of the rhythm's size: its first sample, and when the chunk with it arrived (host clock)."""

    sample: int
    arrived_s: float


@dataclass(frozen=True, slots=True)
class Decision:
    """A hop as it left the engine: its newest sample, its feedback, and arrival and decision on the host's clock."""

    hop: int
    sample: int
    feedback: float
    arrived_s: float
    decided_s: float


class StepSource:
    """A sine in the middle of a band on every channel, one size for `every_s` seconds, then the other.

    It notes when each step arrived and when each hop was decided. Between steps nothing changes, so that whatever
    changes after one was caused by it.

    Parameters
    ----------
    band_hz
        The band to be measured.
    channel_names
        Sites that a protocol asks for.
    every_s
        Seconds between steps; long enough for the picture to come to rest.
    """

    def __init__(self, band_hz: tuple[float, float], channel_names: tuple[str, ...], every_s: float = 0.8) -> None:
        self.realtime = True
        self.info = DeviceInfo(
            name="stepping",
            channel_names=channel_names,
            sampling_rate_hz=_RATE_HZ,
            model="simulated client with a rhythm that steps",
            manufacturer="nfb",
            burst_samples=_BURST,
        )
        self.steps: list[Step] = []
        self.decisions: list[Decision] = []
        self._hz = math.sqrt(band_hz[0] * band_hz[1])
        self._every = round(every_s * _RATE_HZ)
        self._n = 0
        self._began_s = math.nan
        self._arrived_s = math.nan

    def open(self) -> None:
        """The clock starts."""
        self._began_s = time.monotonic()

    def close(self) -> None:
        """Nothing to release."""

    def reconnect(self) -> None:
        """The link never breaks."""

    def read(self, timeout_s: float) -> list[SourceItem]:
        """The next burst, once its last sample is due."""
        due_s = self._began_s + (self._n + _BURST) / _RATE_HZ
        wait_s = due_s - time.monotonic()
        if wait_s > timeout_s:
            time.sleep(timeout_s)
            return []
        if wait_s > 0:
            time.sleep(wait_s)
        at = np.arange(self._n, self._n + _BURST)
        large = at // self._every % 2 == 1
        wave = np.where(large, LARGE_UV, SMALL_UV) * np.sin(2 * np.pi * self._hz * at / _RATE_HZ)
        self._arrived_s = time.monotonic()
        for sample in at[(at % self._every == 0) & (at > 0)]:
            self.steps.append(Step(int(sample), self._arrived_s))
        chunk = Chunk(
            first_sample=self._n,
            eeg=as_chunk_samples(np.tile(wave, (self.info.n_channels, 1))),
            device_times_s=np.full(_BURST, np.nan),
            arrived_s=self._arrived_s,
        )
        self._n += _BURST
        return [chunk]

    def receive_feedback(self, hop: HopResult) -> None:
        """Note when a hop was decided."""
        self.decisions.append(Decision(hop.hop, hop.sample, hop.feedback, self._arrived_s, time.monotonic()))
