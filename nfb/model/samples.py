"""What a source delivers: chunks of samples, gaps between them, and the state of the link."""

from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Samples as the board delivered them.

    Parameters
    ----------
    first_sample
        Index of the first sample. Indices count *received* samples from 0 without holes, so that an index
        is also a position in the recorded file; what was lost is told by a :class:`Gap`.
    eeg
        ``(n_channels, n_samples)`` float32, µV, read-only: exactly the values that are recorded and computed on.
    device_times_s
        ``(n_samples,)`` float64 time stamps of the device or its driver in UNIX seconds; NaN where unknown.
    arrived_s
        Host monotonic clock when the program received the chunk; NaN in replay.
    acceleration_g
        ``(3, n_samples)`` float32 in g at the EEG's rate, where the device measures it.
    """

    first_sample: int
    eeg: Float32
    device_times_s: Float64
    arrived_s: float = float("nan")
    acceleration_g: Float32 | None = None

    @property
    def n_samples(self) -> int:
        return int(self.eeg.shape[1])

    @property
    def stop_sample(self) -> int:
        return self.first_sample + int(self.eeg.shape[1])


class GapCause(Enum):
    PACKETS_LOST = "packets lost"
    LINK_LOST = "link lost"
    CLOCK_JUMP = "clock jump"
    RECORDED = "gap in the recording"


@dataclass(frozen=True, slots=True)
class Gap:
    """Samples that never arrived. They are not invented: the file simply goes on after them.

    Parameters
    ----------
    sample
        Index of the first sample received after the gap.
    missing_samples
        How many samples are missing, as far as counter and clock tell; 0 if unknown.
    missing_s
        The same as a duration in seconds.
    """

    sample: int
    missing_samples: int
    missing_s: float
    cause: GapCause


class LinkState(Enum):
    CONNECTING = "connecting"
    WAITING = "waiting for the first sample"
    STREAMING = "streaming"
    STALLED = "no samples"
    LOST = "link lost"
    RECONNECTING = "reconnecting"
    FAILED = "failed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class LinkChange:
    """The link to the device changed state; `detail` says why in plain words, `way_out` what to do."""

    state: LinkState
    detail: str = ""
    way_out: str = ""


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """Slow facts about the device. Absent values are None; `impedance_kohm` maps channel name to kΩ."""

    battery_percent: float | None = None
    impedance_kohm: dict[str, float] = field(default_factory=dict)


SourceItem = Chunk | Gap | LinkChange | DeviceStatus


def as_chunk_samples(values: NDArray[np.generic]) -> Float32:
    """Round samples to float32 once, at the door, and freeze them (shape ``(n_channels, n_samples)``, µV)."""
    eeg = np.ascontiguousarray(values, dtype=np.float32)
    if eeg is values:
        eeg = eeg.copy()
    eeg.flags.writeable = False
    return eeg
