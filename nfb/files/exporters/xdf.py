"""XDF 1.0 (github.com/sccn/xdf/wiki/Specifications): EEG, acceleration, decisions and markers on one clock.

Notes
-----
Every sample carries its time stamp, UNIX seconds where the start is known and seconds since the first sample
elsewhere, so that gaps show. All streams were stamped by one clock: their clock offsets are 0, and stand every five
seconds also in gaps, because readers take a hole among them for a clock that was reset.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from nfb import __version__
from nfb.files.exporters.table import descriptions
from nfb.files.exporters.timeline import NS, Timeline, notes_of
from nfb.files.recording import Recording
from nfb.model.errors import RecordingError
from nfb.model.samples import Float64

_FILE_HEADER, _STREAM_HEADER, _SAMPLES, _CLOCK_OFFSET, _BOUNDARY, _STREAM_FOOTER = 1, 2, 3, 4, 5, 6
_BOUNDARY_UUID = bytes.fromhex("43A546DCCBF5410FB30ED5467383CBE4")
_CHUNK_VALUES = 1 << 18
_OFFSET_EVERY_S = 5.0
_NO_MEASURE = frozenset({"sample", "time_s", "elapsed_s", "arrived_s", "decided_s"})


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of a stream as its header describes it."""

    label: str
    unit: str
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """One stream.

    Parameters
    ----------
    rate_hz
        Nominal rate; 0 for what comes now and then.
    times_s
        ``(n_samples,)`` stamps.
    values
        ``(n_samples, n_channels)`` float32 or float64, or one text per sample.
    """

    name: str
    kind: str
    rate_hz: float
    channels: tuple[Channel, ...]
    times_s: Float64
    values: NDArray[np.floating] | Sequence[str]

    @property
    def channel_format(self) -> str:
        if isinstance(self.values, np.ndarray):
            return "float32" if self.values.dtype == np.float32 else "double64"
        return "string"


def write(recording: Recording, file: BinaryIO) -> list[str]:
    """Write a recording as XDF."""
    timeline = Timeline(recording)
    start_s = 0.0 if recording.started_utc is None else recording.started_utc.timestamp()
    times_s = start_s + _sample_times_s(timeline)
    streams = [_eeg(recording, times_s)]
    if recording.acceleration_g is not None:
        streams.append(_acceleration(recording, times_s))
    warnings = []
    if recording.session is not None:
        try:
            streams.append(_decisions(recording, times_s))
        except RecordingError as error:
            warnings.append(f"The decisions are left out: {error}")
    streams.append(_markers(recording, timeline, start_s))
    file.write(b"XDF:")
    header = ElementTree.Element("info")
    _add(header, "version", "1.0")
    if recording.started_utc is not None:
        _add(header, "datetime", recording.started_utc.isoformat())
    file.write(_chunk(_FILE_HEADER, _xml(header)))
    end_s = start_s + timeline.end_ns / NS
    for number, stream in enumerate(streams, 1):
        described = _header(recording, stream, can_drop=len(timeline.segments) > 1)
        file.write(_chunk(_STREAM_HEADER, _xml(described), number))
    for number, stream in enumerate(streams, 1):
        for content in _samples(stream):
            file.write(_chunk(_SAMPLES, content, number))
            file.write(_chunk(_BOUNDARY, _BOUNDARY_UUID))
        for when_s in np.arange(start_s, end_s + _OFFSET_EVERY_S, _OFFSET_EVERY_S):
            file.write(_chunk(_CLOCK_OFFSET, struct.pack("<dd", when_s, 0.0), number))
        file.write(_chunk(_STREAM_FOOTER, _xml(_footer(stream)), number))
    return warnings


# ------------------------------------------------------------------------------------------------------- streams


def _sample_times_s(timeline: Timeline) -> Float64:
    """``(n_samples,)`` seconds since the first sample, gaps counted."""
    parts = [
        segment.onset_ns / NS + np.arange(segment.stop - segment.start) / timeline.rate_hz
        for segment in timeline.segments
    ]
    return np.concatenate(parts)


def _eeg(recording: Recording, times_s: Float64) -> Stream:
    channels = tuple(Channel(name, "microvolts", "EEG") for name in recording.device.channel_names)
    return Stream("NFB-EEG", "EEG", recording.sampling_rate_hz, channels, times_s, recording.eeg.T)


def _acceleration(recording: Recording, times_s: Float64) -> Stream:
    assert recording.acceleration_g is not None
    channels = tuple(Channel(f"Acc {axis}", "g", "Acceleration") for axis in "XYZ")
    values = recording.acceleration_g.T
    return Stream("NFB-Acceleration", "Accelerometer", recording.sampling_rate_hz, channels, times_s, values)


def _decisions(recording: Recording, times_s: Float64) -> Stream:
    """What is a number in the table of decisions, at the newest sample of each hop."""
    assert recording.session is not None
    table, setup = recording.session.feedback, recording.session.setup
    described = descriptions(recording)
    names = [
        name
        for name, values in table.columns.items()
        if name not in _NO_MEASURE and np.issubdtype(values.dtype, np.number)
    ]
    channels = tuple(Channel(name, str(described[name].get("Units", "1")), "Decision") for name in names)
    samples = table.columns["sample"].astype(np.int64)
    known = samples < len(times_s)
    values = np.stack([table.columns[name][known].astype(np.float64) for name in names], axis=1)
    return Stream("NFB-Feature", "Feature", 1 / setup.hop_s, channels, times_s[samples[known]], values)


def _markers(recording: Recording, timeline: Timeline, start_s: float) -> Stream:
    """Everything noted; what lasts has a second marker at its end."""
    marks = []
    for note in notes_of(recording, timeline):
        marks.append((note.onset_ns, note.text))
        if note.duration_ns is not None:
            marks.append((note.onset_ns + note.duration_ns, f"{note.text} ends"))
    marks.sort(key=lambda mark: mark[0])
    times_s = start_s + np.array([onset_ns for onset_ns, _ in marks], dtype=np.float64) / NS
    return Stream("NFB-Markers", "Markers", 0.0, (Channel("marker", "", "Markers"),), times_s, [t for _, t in marks])


# -------------------------------------------------------------------------------------------------------- chunks


def _header(recording: Recording, stream: Stream, *, can_drop: bool) -> ElementTree.Element:
    device = recording.device
    info = ElementTree.Element("info")
    _add(info, "name", stream.name)
    _add(info, "type", stream.kind)
    _add(info, "channel_count", str(len(stream.channels)))
    _add(info, "nominal_srate", repr(stream.rate_hz))
    _add(info, "channel_format", stream.channel_format)
    _add(info, "source_id", f"nfb-{stream.kind.lower()}")
    desc = ElementTree.SubElement(info, "desc")
    channels = ElementTree.SubElement(desc, "channels")
    for channel in stream.channels:
        described = ElementTree.SubElement(channels, "channel")
        _add(described, "label", channel.label)
        _add(described, "unit", channel.unit)
        _add(described, "type", channel.kind)
    if stream.kind == "EEG":
        _add(ElementTree.SubElement(desc, "reference"), "label", device.reference)
        acquisition = ElementTree.SubElement(desc, "acquisition")
        _add(acquisition, "manufacturer", device.manufacturer)
        _add(acquisition, "model", device.model or device.name)
        _add(acquisition, "serial_number", device.serial)
        _add(acquisition, "software", f"nfb {__version__}")
    if can_drop and stream.rate_hz:
        # Readers would otherwise draw one straight line of time through short gaps.
        _add(ElementTree.SubElement(desc, "synchronization"), "can_drop_samples", "true")
    return info


def _footer(stream: Stream) -> ElementTree.Element:
    info = ElementTree.Element("info")
    if len(stream.times_s):
        _add(info, "first_timestamp", repr(float(stream.times_s[0])))
        _add(info, "last_timestamp", repr(float(stream.times_s[-1])))
    _add(info, "sample_count", str(len(stream.times_s)))
    return info


def _samples(stream: Stream) -> Iterator[bytes]:
    """Contents of the sample chunks."""
    if isinstance(stream.values, np.ndarray):
        width = len(stream.channels)
        size = max(1, _CHUNK_VALUES // width)
        row = np.dtype(
            [("stamped", "u1"), ("stamp", "<f8"), ("values", stream.values.dtype.newbyteorder("<"), width)]
        )
        for first in range(0, len(stream.times_s), size):
            part = slice(first, first + size)
            rows = np.empty(len(stream.times_s[part]), dtype=row)
            rows["stamped"], rows["stamp"] = 8, stream.times_s[part]
            rows["values"] = stream.values[part].reshape(len(rows), *rows["values"].shape[1:])
            yield _length(len(rows)) + rows.tobytes()
    elif stream.values:
        rows_text = [
            b"\x08" + struct.pack("<d", stamp) + _length(len(text)) + text
            for stamp, text in zip(stream.times_s, map(str.encode, stream.values), strict=True)
        ]
        yield _length(len(rows_text)) + b"".join(rows_text)


def _chunk(tag: int, content: bytes, stream: int | None = None) -> bytes:
    body = struct.pack("<H", tag) + (b"" if stream is None else struct.pack("<I", stream)) + content
    return _length(len(body)) + body


def _length(n: int) -> bytes:
    """A length in as few bytes as its kinds of field have: 1, 4 or 8."""
    for n_bytes in (1, 4):
        if n < 1 << (8 * n_bytes):
            return bytes([n_bytes]) + n.to_bytes(n_bytes, "little")
    return b"\x08" + n.to_bytes(8, "little")


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    # Control characters have no form in XML.
    ElementTree.SubElement(parent, name).text = "".join(char if char.isprintable() else " " for char in text)


def _xml(element: ElementTree.Element) -> bytes:
    return f'<?xml version="1.0"?>{ElementTree.tostring(element, encoding="unicode")}'.encode()
