"""XDF recordings (LabRecorder): one EEG stream, marker streams as annotations."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nfb.files.importers import timing
from nfb.files.importers.channels import pick_eeg
from nfb.files.importers.common import Hints, finish, read_bytes, refusal, refused, some, utc
from nfb.files.importers.xdf_chunks import sound_chunks
from nfb.files.recording import Annotation, Recording
from nfb.model.device import DeviceInfo
from nfb.model.samples import Float64


@dataclass(frozen=True, slots=True)
class _Stream:
    """One stream: `samples` is ``(n_samples, n_channels)``, or a list of lists of text."""

    name: str
    kind: str
    rate_hz: float
    is_text: bool
    samples: Any  # pyxdf gives an array or nested lists, by channel format
    times_s: Float64
    n_clock_offsets: int
    n_clock_segments: int
    labels: list[str]
    units: list[str]
    kinds: list[str]


def recognises(path: Path, head: bytes) -> bool:
    return head.startswith(b"XDF:")


def read(path: Path, hints: Hints) -> Recording:
    """Read the EEG stream of an XDF file and the markers of the others.

    Notes
    -----
    Clocks are synchronised by pyxdf; its removal of jitter is not used, because it draws a straight line through
    holes shorter than 500 samples. Among several streams of type EEG the one with the most samples is taken.
    """
    chunks = sound_chunks(read_bytes(path))
    streams, heard = _load(path, chunks.data)
    eeg_streams = [s for s in streams if s.kind == "EEG" and not s.is_text and len(s.times_s) and s.rate_hz > 0]
    if not eeg_streams:
        listed = some([f"{s.name} ({s.kind or 'no type'}, {len(s.times_s)} samples)" for s in streams]) or "no stream"
        raise refused(path, "no EEG stream", names=listed)
    stream = max(eeg_streams, key=lambda one: len(one.times_s))
    warnings = chunks.notes + heard
    if len(eeg_streams) > 1:
        others = [one.name for one in eeg_streams if one is not stream]
        warnings.append(f"Stream {stream.name!r} was taken; it also holds EEG in {some(others)}.")
    picks = pick_eeg(stream.labels, stream.units, stream.kinds)
    if not picks.indices:
        raise refusal(path, f"no channel of its stream {stream.name!r} is EEG", "Check the channel types and units")
    warnings += picks.notes + _clock_notes(stream, streams)
    samples = np.asarray(stream.samples[:, list(picks.indices)].T, dtype=np.float64)
    eeg = samples * np.array(picks.scales)[:, None]
    if not np.isfinite(stream.times_s).all():
        raise refusal(path, "its time stamps are not finite", "Record it again")
    sizes = np.abs(eeg[np.isfinite(eeg)])
    if "" in stream.units and sizes.size and 0 < float(np.median(sizes)) < 0.01:
        warnings.append("Values without a unit are below 0.01: they may be volts, and were read as µV.")
    return finish(
        path,
        "xdf",
        DeviceInfo(
            name="xdf",
            channel_names=picks.names,
            sampling_rate_hz=stream.rate_hz,
            model=stream.name,
            sites_named=picks.sites_named,
        ),
        eeg,
        gaps=timing.gaps_from_times(stream.times_s, stream.rate_hz),
        annotations=[note for other in streams if other.is_text for note in _annotations(other, stream)],
        device_times_s=stream.times_s,
        warnings=warnings,
        started_utc=utc(float(stream.times_s[0])),
    )


def _load(path: Path, data: bytes) -> tuple[list[_Stream], list[str]]:
    """All streams, and what pyxdf logged about them."""
    import pyxdf

    with _overheard("pyxdf.pyxdf") as heard:
        try:
            loaded, _ = pyxdf.load_xdf(io.BytesIO(data), dejitter_timestamps=False)
        except Exception as error:
            # pyxdf raises whatever its arithmetic meets on damaged clock offsets and headers.
            raise refusal(path, f"it cannot be decoded ({error})", "Copy it again, or record it again") from error
    return [_as_stream(stream) for stream in loaded], heard


@contextmanager
def _overheard(logger_name: str) -> Iterator[list[str]]:
    """Collect the warnings of a library's logger instead of printing them."""
    messages: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            # pyxdf compares dejittered with clock segments; the first are not asked for here.
            if "Segments and clock-segments differ" not in record.getMessage():
                messages.append(f"XDF: {record.getMessage().rstrip('.')}.")

    logger = logging.getLogger(logger_name)
    collector = Collector(logging.WARNING)
    was_propagating = logger.propagate
    logger.addHandler(collector)
    logger.propagate = False
    try:
        yield messages
    finally:
        logger.removeHandler(collector)
        logger.propagate = was_propagating


def _as_stream(stream: dict[str, Any]) -> _Stream:
    info = stream["info"]
    n_channels = int(info["channel_count"][0])
    described = _channels(info)
    if len(described) != n_channels:
        described = [{}] * n_channels
    return _Stream(
        name=_text(info, "name"),
        kind=_text(info, "type").upper(),
        rate_hz=float(info["nominal_srate"][0]),
        is_text=info["channel_format"][0].strip() == "string",
        samples=stream["time_series"],
        times_s=np.asarray(stream["time_stamps"], dtype=np.float64),
        n_clock_offsets=len(stream["clock_times"]),
        n_clock_segments=len(info["clock_segments"]),
        labels=[_text(channel, "label") for channel in described],
        units=[_text(channel, "unit") for channel in described],
        kinds=[_text(channel, "type") for channel in described] if any(described) else ["EEG"] * n_channels,
    )


def _text(element: Any, key: str) -> str:
    """The text of a child element of pyxdf's dictionaries; empty if it is not there or not text."""
    value = element.get(key) if isinstance(element, dict) else None
    return value[0].strip() if value and isinstance(value[0], str) else ""


def _channels(info: dict[str, Any]) -> list[dict[str, Any]]:
    """The ``desc/channels/channel`` elements, as far as they are there."""
    element: Any = info
    for key in ("desc", "channels"):
        children = element.get(key) if isinstance(element, dict) else None
        element = children[0] if children else None
    found = element.get("channel") if isinstance(element, dict) else None
    return [channel if isinstance(channel, dict) else {} for channel in found or []]


def _clock_notes(stream: _Stream, streams: list[_Stream]) -> list[str]:
    notes = []
    if stream.n_clock_segments > 1:
        notes.append(
            f"The clock of {stream.name!r} was reset {stream.n_clock_segments - 1} time(s) during the recording."
        )
    others = [other for other in streams if other is not stream and len(other.times_s)]
    unsynchronised = [one.name for one in [stream, *others] if others and not one.n_clock_offsets]
    if unsynchronised:
        notes.append(f"No clock offsets for {some(unsynchronised)}: its time against other streams is not known.")
    measured = timing.measured_rate_hz(stream.times_s)
    if measured is not None and abs(measured / stream.rate_hz - 1) > 0.01:
        notes.append(
            f"Time stamps run at {measured:.1f} Hz, the stream declares {stream.rate_hz:g} Hz; that is kept."
        )
    return notes


def _annotations(markers: _Stream, stream: _Stream) -> list[Annotation]:
    """Each marker at the sample whose time stamp is nearest after it."""
    order = np.maximum.accumulate(stream.times_s)
    places = np.searchsorted(order, markers.times_s - 0.5 / stream.rate_hz)
    last = len(order) - 1
    return [
        Annotation(min(int(place), last), 0.0, " ".join(text for text in texts if text))
        for place, texts in zip(places, markers.samples, strict=True)
    ]
