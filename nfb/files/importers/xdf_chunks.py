"""The chunks of an XDF file, checked before they are decoded.

A chunk tells how many samples it holds, and a decoder that believes a damaged number fills the memory. Here each
chunk must fit its file and each sample its chunk; what does not is left out (XDF 1.0, github.com/sccn/xdf/wiki).
"""

import struct
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np

_HEADER, _SAMPLES, _CLOCK, _FOOTER = 2, 3, 4, 6
_BOUNDARY = bytes.fromhex("43A546DCCBF5410FB30ED5467383CBE4")
_VALUE_BYTES = {"int8": 1, "int16": 2, "int32": 4, "int64": 8, "float32": 4, "double64": 8}
_MAX_CHANNELS = 4096


@dataclass(frozen=True, slots=True)
class Chunks:
    """What is sound in an XDF file.

    Parameters
    ----------
    data
        The file with only its sound chunks.
    notes
        What was left out, one sentence each.
    """

    data: bytes
    notes: list[str]


def sound_chunks(data: bytes) -> Chunks:
    """Keep the chunks that can be decoded.

    Parameters
    ----------
    data
        The whole file, beginning with ``XDF:``.
    """
    kept = [data[:4]]
    streams: dict[int, tuple[str, int]] = {}
    position, n_unsound, n_lost = 4, 0, 0
    while position < len(data):
        content = _length_at(data, position)
        if content is None or content[0] + content[1] > len(data) or content[1] < 2:
            # The length cannot be right: go on after the next boundary chunk, as LabRecorder writes every 10 s.
            found = data.find(_BOUNDARY, position + 1)
            following = len(data) if found < 0 else found + len(_BOUNDARY)
            n_lost += following - position
            position = following
            continue
        start, length = content
        stop = start + length
        tag = struct.unpack_from("<H", data, start)[0]
        if _is_sound(data, tag, start, stop, streams):
            kept.append(data[position:stop])
        else:
            n_unsound += 1
        position = stop
    notes = []
    if n_unsound:
        notes.append(f"{n_unsound} damaged chunks were left out.")
    if n_lost:
        notes.append(f"{n_lost} bytes could not be told into chunks (a file that was cut?) and were left out.")
    return Chunks(b"".join(kept), notes)


def _length_at(data: bytes, position: int) -> tuple[int, int] | None:
    """Where the content of a variable-length field starts, and its length; None where there is none."""
    n_bytes = data[position]
    if n_bytes not in (1, 4, 8) or position + 1 + n_bytes > len(data):
        return None
    return position + 1 + n_bytes, int.from_bytes(data[position + 1 : position + 1 + n_bytes], "little")


def _is_sound(data: bytes, tag: int, start: int, stop: int, streams: dict[int, tuple[str, int]]) -> bool:
    """Whether a chunk (``start`` is at its tag) decodes; stream headers are remembered in `streams`."""
    if tag == 1:
        return _xml(data[start + 2 : stop]) is not None
    if tag not in (_HEADER, _SAMPLES, _CLOCK, _FOOTER):
        return True
    if stop - start < 6:
        return False
    stream = struct.unpack_from("<I", data, start + 2)[0]
    content = start + 6
    if tag == _HEADER:
        layout = _layout(data[content:stop])
        if layout is None or stream in streams:
            return False
        streams[stream] = layout
        return True
    if stream not in streams:
        return False
    if tag == _CLOCK:
        return stop - content == 16 and all(map(np.isfinite, struct.unpack_from("<dd", data, content)))
    if tag == _FOOTER:
        return _footer_is_sound(data[content:stop])
    return _samples_fit(data, content, stop, *streams[stream])


def _xml(raw: bytes) -> ElementTree.Element | None:
    # Entities could expand without end; LSL writes none.
    if b"<!" in raw.replace(b"<!--", b""):
        return None
    try:
        return ElementTree.fromstring(raw.decode("utf-8", "replace"))
    except ElementTree.ParseError:
        return None


def _layout(raw: bytes) -> tuple[str, int] | None:
    """Format and number of channels from a stream header, or None if it is incomplete."""
    root = _xml(raw)
    if root is None or root.tag != "info":
        return None
    text = {child.tag: (child.text or "").strip() for child in root}
    try:
        n_channels, rate = int(text["channel_count"]), float(text["nominal_srate"])
    except (KeyError, ValueError):
        return None
    kind = text.get("channel_format", "")
    known = kind == "string" or kind in _VALUE_BYTES
    fits = known and 1 <= n_channels <= _MAX_CHANNELS and np.isfinite(rate) and rate >= 0 and "name" in text
    return (kind, n_channels) if fits else None


def _footer_is_sound(raw: bytes) -> bool:
    root = _xml(raw)
    if root is None:
        return False
    count = root.findtext("sample_count")
    return root.tag == "info" and (count is None or (count.strip().isdecimal() and len(count) < 18))


def _samples_fit(data: bytes, start: int, stop: int, kind: str, n_channels: int) -> bool:
    """Whether a samples chunk holds exactly the samples that it counts."""
    counted = _length_at(data, start) if start < stop else None
    if counted is None:
        return False
    position, n_samples = counted
    if position > stop or n_samples > stop - position:
        return False
    if kind == "string":
        return _strings_end(data, position, stop, n_samples, n_channels) == stop
    values = n_channels * _VALUE_BYTES[kind]
    for n_stamp, flag in ((0, 0), (8, 8)):
        if stop - position == n_samples * (1 + n_stamp + values):
            flags = np.frombuffer(data, np.uint8, stop - position, position).reshape(n_samples, -1)[:, 0]
            if np.all(flags == flag):
                return True
    for _ in range(n_samples):
        if position >= stop:
            return False
        position += 1 + values + (8 if data[position] else 0)
    return position == stop


def _strings_end(data: bytes, position: int, stop: int, n_samples: int, n_channels: int) -> int | None:
    """Where a chunk of strings ends, or None if it reaches beyond `stop`."""
    for _ in range(n_samples):
        if position >= stop:
            return None
        position += 9 if data[position] else 1
        for _ in range(n_channels):
            text = _length_at(data, position) if position < stop else None
            if text is None or text[0] + text[1] > stop:
                return None
            position = text[0] + text[1]
    return position
