"""BrainVision Core Data Format 1.0: header (.vhdr), markers (.vmrk) and float32 frames (.eeg).

Notes
-----
The clauses followed here, from Brain Products' description of the format: the first line names file and version;
``Codepage=UTF-8`` because of the µ; frames are little-endian and multiplexed (all channels of a sample together); a
comma inside a name or description is written ``\\1``; positions of markers count from 1; the first marker is a
``New Segment`` that carries the date, and another one stands wherever the recording is not continuous.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from nfb.model.device import DeviceInfo
from nfb.model.samples import Float32

FRAME_DTYPE = np.dtype("<f4")


class Marker(NamedTuple):
    """A line of the marker file; `sample` counts from 0, `kind` is ``Comment``, ``Stimulus`` or ``New Segment``."""

    sample: int
    text: str
    kind: str = "Comment"
    n_samples: int = 1


def header(device: DeviceInfo, stem: str) -> str:
    """Text of the .vhdr for ``stem.eeg`` and ``stem.vmrk``.

    The length of the recording is not in it, so that it is true from the first sample on.
    """
    reference = "" if device.reference == "n/a" else _plain(device.reference)
    channels = "".join(f"Ch{i}={_plain(name)},{reference},1,µV\n" for i, name in enumerate(device.channel_names, 1))
    return (
        "Brain Vision Data Exchange Header File Version 1.0\n"
        "\n"
        "[Common Infos]\n"
        "Codepage=UTF-8\n"
        f"DataFile={stem}.eeg\n"
        f"MarkerFile={stem}.vmrk\n"
        "DataFormat=BINARY\n"
        "; all channels of one sample stand together\n"
        "DataOrientation=MULTIPLEXED\n"
        f"NumberOfChannels={device.n_channels}\n"
        "; microseconds\n"
        f"SamplingInterval={_microseconds(device.sampling_rate_hz)}\n"
        "\n"
        "[Binary Infos]\n"
        "BinaryFormat=IEEE_FLOAT_32\n"
        "\n"
        "[Channel Infos]\n"
        "; Ch<number>=<name>,<reference>,<resolution>,<unit>\n"
        f"{channels}"
    )


def marker_head(stem: str, started_utc: datetime) -> str:
    """Beginning of the .vmrk, with the first marker; further ones are appended as :func:`marker_line`."""
    date = started_utc.astimezone(UTC).strftime("%Y%m%d%H%M%S%f")
    return (
        "Brain Vision Data Exchange Marker File, Version 1.0\n"
        "\n"
        "[Common Infos]\n"
        "Codepage=UTF-8\n"
        f"DataFile={stem}.eeg\n"
        "\n"
        "[Marker Infos]\n"
        "; Mk<number>=<type>,<description>,<position in samples>,<length in samples>,<channel, 0 for all>,<date>\n"
        f"Mk1=New Segment,,1,1,0,{date}\n"
    )


def marker_line(number: int, marker: Marker) -> str:
    """Line of marker `number`; the New Segment of the head is number 1.

    >>> marker_line(2, Marker(249, "mark: cough, left"))
    'Mk2=Comment,mark: cough\\\\1 left,250,1,0\\n'
    """
    return f"Mk{number}={marker.kind},{_plain(marker.text)},{marker.sample + 1},{marker.n_samples},0\n"


def marker_file(stem: str, started_utc: datetime, markers: Iterable[Marker]) -> str:
    """The whole .vmrk."""
    lines = (marker_line(number, marker) for number, marker in enumerate(markers, 2))
    return marker_head(stem, started_utc) + "".join(lines)


def frames(eeg: Float32) -> bytes:
    """``(n_channels, n_samples)`` float32 as they stand in the .eeg."""
    return np.ascontiguousarray(eeg.T, dtype=FRAME_DTYPE).tobytes()


def _plain(text: str) -> str:
    return " ".join(text.split()).replace(",", r"\1")


def _microseconds(rate_hz: float) -> str:
    interval = 1e6 / rate_hz
    return str(int(interval)) if interval.is_integer() else repr(interval)
