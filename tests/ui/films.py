"""Tiny films for tests, written by hand: uncompressed AVI, which every player reads."""

import struct
from pathlib import Path


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _list(kind: bytes, *parts: bytes) -> bytes:
    return _chunk(b"LIST", kind + b"".join(parts))


def write_film(
    path: Path, greys: list[int], *, fps: int = 25, codec: bytes = b"DIB ", size: tuple[int, int] = (64, 36)
) -> Path:
    """A film of plain frames, one per grey value. An unknown `codec` makes it one that nobody can decode."""
    width, height = size
    n_bytes = width * height * 3
    compression = 0 if codec == b"DIB " else int.from_bytes(codec, "little")
    frames = [bytes([grey]) * n_bytes for grey in greys]
    head = struct.pack(
        "<14I", 1_000_000 // fps, n_bytes * fps, 0, 0x10, len(frames), 0, 1, n_bytes, width, height, 0, 0, 0, 0
    )
    stream = (
        b"vids"
        + codec
        + struct.pack(
            "<IHHIIIIIIIIhhhh", 0, 0, 0, 0, 1, fps, 0, len(frames), n_bytes, 0xFFFFFFFF, 0, 0, 0, width, height
        )
    )
    form = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, compression, n_bytes, 0, 0, 0, 0)
    index = b"".join(b"00db" + struct.pack("<III", 0x10, 4 + i * (n_bytes + 8), n_bytes) for i in range(len(frames)))
    body = b"AVI " + b"".join(
        (
            _list(b"hdrl", _chunk(b"avih", head), _list(b"strl", _chunk(b"strh", stream), _chunk(b"strf", form))),
            _list(b"movi", *(_chunk(b"00db", frame) for frame in frames)),
            _chunk(b"idx1", index),
        )
    )
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path
