"""A recording in memory, whatever format it came from: what replay, analysis and export work on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nfb.files.bids import Layout, layout_of
from nfb.files.brainvision import FRAME_DTYPE
from nfb.files.features import Features, features_of
from nfb.files.feedback_reader import FeedbackTable, read_feedback
from nfb.files.finish import marker_of
from nfb.files.journal import Journal, read_journal
from nfb.files.recording_words import RECORDING_WORDS
from nfb.files.session_file import JsonObject, moment, read_session, setup_of
from nfb.files.store import continues_of
from nfb.model.device import DeviceInfo
from nfb.model.errors import RecordingError
from nfb.model.samples import Chunk, Float32, Float64, Gap, as_chunk_samples
from nfb.session.setup import Setup

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
    session
        Set-up, journal and decisions, if this program recorded it.
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
    session: "OwnSession | None" = None

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

    def chunk(self, start: int, stop: int) -> Chunk:
        """Samples `start` to `stop` (exclusive), as the source would deliver them; no gap may lie between."""
        part = slice(start, stop)
        times, acceleration = self.device_times_s, self.acceleration_g
        return Chunk(
            first_sample=start,
            eeg=as_chunk_samples(self.eeg[:, part]),
            device_times_s=np.full(stop - start, np.nan) if times is None else times[part],
            acceleration_g=None if acceleration is None else as_chunk_samples(acceleration[:, part]),
        )

    def _chunks(self, start: int, stop: int, chunk_samples: int) -> Iterator[Chunk]:
        for first in range(start, stop, chunk_samples):
            yield self.chunk(first, min(first + chunk_samples, stop))

    def features(self) -> Features:
        """The decisions: one row per hop with features, thresholds, artefacts, feedback and rewards, and their units.

        Raises
        ------
        RecordingError
            Another program recorded it, or its decisions were not kept; ``nfb.replay`` makes some.
        """
        if self.session is None:
            raise RecordingError(
                f"{self.path}: was not recorded by this program, so it has no decisions; nfb.replay(recording, "
                "protocol) makes them"
            )
        return features_of(self.session.setup, self.session.feedback)

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


@dataclass(frozen=True)
class OwnSession:
    """What this program knows of a session that it recorded: all that is needed to run it again.

    Parameters
    ----------
    setup
        The setup that ran.
    journal
        Events and commands.
    content
        Content of session.json.
    layout
        Where its files are.
    """

    setup: Setup
    journal: Journal
    content: JsonObject
    layout: Layout

    @cached_property
    def feedback(self) -> FeedbackTable:
        """The decisions, one row per hop; RecordingError if they were not recorded."""
        return read_feedback(self.layout.feedback)

    @property
    def folder(self) -> Path:
        """The session's folder, ``sub-…/ses-…``."""
        return self.layout.folder


def is_own_recording(path: Path) -> bool:
    """Whether `path` is a folder or file of a session that this program recorded."""
    layout = layout_of(path)
    return layout is not None and layout.session_file.is_file()


def open_own_recording(path: Path) -> Recording:
    """Open a recording of this program, also one that was cut off or is being written.

    Parameters
    ----------
    path
        The session's folder ``sub-…/ses-…``, its ``eeg`` folder, its folder in ``derivatives/nfb``, or a file there.

    Raises
    ------
    RecordingError
        `path` is no session of this program, or its session.json is damaged.
    """
    layout = layout_of(path)
    if layout is None or not layout.session_file.is_file():
        raise RecordingError(f"{path}: {RECORDING_WORDS['not ours']}")
    content = read_session(layout)
    setup = setup_of(content)
    journal = read_journal(layout.journal)
    warnings = list(journal.warnings)
    if content.get("state") == "recording":
        warnings.append("The recording was not finished; `nfb recover` completes its tables.")
    if continues_of(content) is not None:
        warnings.append("This is a part of a recording whose disk failed; `nfb recover` joins the parts.")
    eeg = _read_frames(layout.eeg("eeg"), setup.device.n_channels, warnings)
    n_samples = eeg.shape[1]
    markers = [marker for event in journal.events if (marker := marker_of(event)) is not None]
    times = _read_aligned(layout.device_times, "<f8", 1, n_samples)
    return Recording(
        path=layout.folder,
        format="nfb",
        device=setup.device,
        eeg=eeg,
        gaps=tuple(gap for gap in journal.gaps if gap.sample <= n_samples),
        annotations=tuple(
            Annotation(marker.sample, 0.0, marker.text) for marker in markers if marker.sample < n_samples
        ),
        device_times_s=None if times is None else times[0],
        acceleration_g=_read_aligned(layout.acceleration, "<f4", 3, n_samples),
        warnings=tuple(warnings),
        started_utc=moment(content.get("started_utc")),
        session=OwnSession(setup, journal, content, layout),
    )


def _read_frames(path: Path, n_channels: int, warnings: list[str]) -> Float32:
    """Memory map of the whole frames of an .eeg file, ``(n_channels, n_samples)``."""
    n_bytes = path.stat().st_size if path.exists() else 0
    frame_bytes = n_channels * FRAME_DTYPE.itemsize
    n_samples, rest = divmod(n_bytes, frame_bytes)
    if rest:
        warnings.append(f"{path.name}: {rest} bytes of an unfinished last sample were left out")
    if not n_samples:
        return as_chunk_samples(np.empty((n_channels, 0)))
    frames: Float32 = np.memmap(path, dtype=FRAME_DTYPE, mode="r", shape=(n_samples, n_channels))
    return frames.T


def _read_aligned(path: Path, dtype: str, width: int, n_samples: int) -> NDArray[np.floating] | None:
    """``(width, n_samples)`` values that go with the samples, NaN where the file is shorter; None without a file."""
    if not path.exists():
        return None
    n_rows = min(path.stat().st_size // (width * np.dtype(dtype).itemsize), n_samples)
    values = np.full((n_samples, width), np.nan, dtype=dtype)
    values[:n_rows] = np.fromfile(path, dtype=dtype, count=n_rows * width).reshape(n_rows, width)
    values.flags.writeable = False
    return values.T
