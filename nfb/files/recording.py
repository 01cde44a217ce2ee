"""A recording in memory, whatever format it came from: what replay, analysis and export work on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nfb.model.device import DeviceInfo
from nfb.model.errors import RecordingError
from nfb.model.samples import Chunk, Float32, Float64, Gap, as_chunk_samples

if TYPE_CHECKING:
    from mne.io import BaseRaw


class Annotation(NamedTuple):
    """Something noted in a recording: first sample, length in seconds (0 for a moment), text."""

    sample: int
    duration_s: float
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """EEG that was recorded, with what its file tells about it.

    Parameters
    ----------
    path
        The file or folder it was read from.
    format
        ``nfb``, ``edf``, ``bdf``, ``brainvision``, ``xdf``, ``brainflow``, ``openbci`` or ``muse``.
    device
        Channel names, declared rate and what else is known of the headset.
    eeg
        ``(n_channels, n_samples)`` float32, µV, read-only; a memory map where the file allows it.
    gaps
        Samples that were lost, oldest first; ``gap.sample`` is an index into `eeg`.
    annotations
        What the file notes beside the samples, oldest first.
    device_times_s
        ``(n_samples,)`` float64 UNIX seconds, NaN where unknown; None if the file has none.
    acceleration_g
        ``(3, n_samples)`` float32 in g, where it was measured.
    warnings
        What was amended on reading, one plain sentence each.
    started_utc
        When the first sample was taken, with time zone; None if the file does not say.
    """

    path: Path
    format: str
    device: DeviceInfo
    eeg: Float32
    gaps: tuple[Gap, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    device_times_s: Float64 | None = None
    acceleration_g: Float32 | None = None
    warnings: tuple[str, ...] = ()
    started_utc: datetime | None = None

    def __post_init__(self) -> None:
        if self.eeg.ndim != 2 or self.eeg.shape[0] != self.device.n_channels:
            raise RecordingError(
                f"{self.path}: samples of shape {self.eeg.shape} do not fit {self.device.n_channels} channels"
            )

    @property
    def n_samples(self) -> int:
        return int(self.eeg.shape[1])

    @property
    def sampling_rate_hz(self) -> float:
        return self.device.sampling_rate_hz

    @property
    def duration_s(self) -> float:
        """Length of the samples; gaps are not counted."""
        return self.n_samples / self.device.sampling_rate_hz

    @property
    def times_s(self) -> Float64:
        """``(n_samples,)`` seconds since the first sample by the sample index; gaps take no time."""
        times: Float64 = np.arange(self.n_samples) / self.device.sampling_rate_hz
        return times

    def items(self, chunk_samples: int = 25) -> Iterator[Chunk | Gap]:
        """Chunks and gaps in the order in which they came; no chunk reaches across a gap.

        Parameters
        ----------
        chunk_samples
            Samples per chunk; the last one before a gap or the end is shorter.
        """
        if chunk_samples < 1:
            raise RecordingError(f"chunk_samples = {chunk_samples}: must be at least 1")
        start = 0
        for gap in self.gaps:
            yield from self._chunks(start, min(gap.sample, self.n_samples), chunk_samples)
            start = gap.sample
            yield gap
        yield from self._chunks(start, self.n_samples, chunk_samples)

    def _chunks(self, start: int, stop: int, chunk_samples: int) -> Iterator[Chunk]:
        for first in range(start, stop, chunk_samples):
            part = slice(first, min(first + chunk_samples, stop))
            times = self.device_times_s
            acceleration = self.acceleration_g
            yield Chunk(
                first_sample=first,
                eeg=as_chunk_samples(self.eeg[:, part]),
                device_times_s=np.full(part.stop - first, np.nan) if times is None else times[part],
                acceleration_g=None if acceleration is None else as_chunk_samples(acceleration[:, part]),
            )

    def to_mne(self) -> "BaseRaw":
        """The recording as an MNE ``RawArray`` in volts.

        Gaps become annotations that start with ``EDGE``, so that MNE filters each side of them by itself.

        Raises
        ------
        RecordingError
            MNE is not installed.
        """
        try:
            import mne
        except ImportError as error:
            raise RecordingError("to_mne() needs MNE-Python: python -m pip install 'nfb[mne]'") from error
        info = mne.create_info(list(self.device.channel_names), self.sampling_rate_hz, "eeg")
        raw = mne.io.RawArray(np.asarray(self.eeg, dtype=np.float64) * 1e-6, info, verbose="error")
        if self.started_utc is not None:
            raw.set_meas_date(self.started_utc)
        notes = [Annotation(gap.sample, 0.0, f"EDGE gap {gap.missing_s:g} s") for gap in self.gaps]
        notes = sorted([*notes, *self.annotations])
        raw.set_annotations(
            mne.Annotations(
                [note.sample / self.sampling_rate_hz for note in notes],
                [note.duration_s for note in notes],
                [note.text for note in notes],
                orig_time=raw.info["meas_date"],
            ),
            verbose="error",
        )
        return raw
