"""BrainVision recordings of other programs: ``.vhdr`` header, ``.eeg`` samples, ``.vmrk`` markers."""

import contextlib
import re
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nfb.files.importers.channels import Picks, pick_eeg
from nfb.files.importers.common import Hints, finish, read_bytes, refusal, refused, transfer_damage
from nfb.files.recording import Annotation, Recording
from nfb.model.device import DeviceInfo
from nfb.model.samples import Gap, GapCause

_FORMATS = {"INT_16": "i2", "UINT_16": "u2", "INT_32": "i4", "IEEE_FLOAT_32": "f4", "IEEE_FLOAT_64": "f8"}
_MAX_CHANNELS = 4096

_Sections = dict[str, dict[str, str]]


def recognises(path: Path, head: bytes) -> bool:
    return bool(re.match(rb"(\xef\xbb\xbf)?\s*Brain ?Vision (Core )?Data Exchange Header File", head, re.IGNORECASE))


def read(path: Path, hints: Hints) -> Recording:
    """Read a BrainVision recording from its header file.

    Notes
    -----
    A ``New Segment`` marker after the first sample is a hole unless both dates beside it say that no time passed.
    Other markers are written as MNE writes them, ``Stimulus/S  1``.
    """
    header = _sections(read_bytes(path))
    common = header.get("common infos", {})
    if common.get("dataformat", "BINARY").upper() != "BINARY":
        raise refusal(path, "its samples are stored as text", "Export it with binary samples")
    n_channels = int(_number(path, common, "numberofchannels"))
    interval_us = _number(path, common, "samplinginterval")
    if not 1 <= n_channels <= _MAX_CHANNELS or not interval_us > 0:
        raise refusal(
            path, f"NumberOfChannels = {n_channels}, SamplingInterval = {interval_us:g} cannot be", "Export it again"
        )
    rate = 1e6 / interval_us
    # An interval is written in whole or fractional µs: 3906 or 3906.25 for 256 Hz.
    rate = round(rate) if abs(rate - round(rate)) < 1e-3 * rate and round(rate) > 0 else rate
    infos = _channel_infos(header, n_channels)
    picks = pick_eeg([label for label, _, _ in infos], [unit for _, _, unit in infos])
    if not picks.indices:
        raise refused(path, "no EEG channel")
    warnings = list(picks.notes)
    data_path = _beside(path, common.get("datafile", ""), (".eeg", ".dat"), warnings)
    if data_path is None:
        raise refused(path, "no data file", file=common.get("datafile") or path.stem + ".eeg")
    samples = _samples(path, read_bytes(data_path), common, header.get("binary infos", {}), n_channels, warnings)
    gaps, annotations = _markers(path, common, rate, samples.shape[1], warnings)
    return finish(
        path,
        "brainvision",
        DeviceInfo(
            name="brainvision",
            channel_names=picks.names,
            sampling_rate_hz=rate,
            reference=_reference(infos, picks, header),
            sites_named=picks.sites_named,
        ),
        _scaled(samples, infos, picks, path),
        gaps=gaps,
        annotations=annotations,
        warnings=warnings,
    )


def _sections(data: bytes) -> _Sections:
    """Keys in lower case; ``[Comment]`` holds free text and is skipped."""
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    sections: _Sections = {}
    current: dict[str, str] = {}
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1].lower(), {})
        elif "=" in line and not line.startswith(";"):
            key, value = line.split("=", 1)
            current[key.strip().lower()] = value.strip()
    sections.pop("comment", None)
    return sections


def _number(path: Path, section: dict[str, str], key: str) -> float:
    try:
        value = float(section[key])
    except KeyError:
        raise refusal(path, f"its header lacks {key}", "Export it again") from None
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise refusal(path, f"its header gives {section[key]!r} for {key}", "Export it again")
    return value


def _channel_infos(header: _Sections, n_channels: int) -> list[tuple[str, str, str]]:
    """Label, resolution and unit of each channel; ``\\1`` stands for a comma in a name, no unit means µV."""
    lines = header.get("channel infos", {})
    infos = []
    for number in range(1, n_channels + 1):
        parts = [part.replace("\\1", ",").strip() for part in lines.get(f"ch{number}", "").split(",")]
        label, _, resolution, unit = [*parts, "", "", "", ""][:4]
        infos.append((label, resolution or "1", unit or "µV"))
    return infos


def _reference(infos: list[tuple[str, str, str]], picks: Picks, header: _Sections) -> str:
    """The reference all picked channels share, or ``n/a``."""
    lines = header.get("channel infos", {})
    stated = {(lines.get(f"ch{index + 1}", "") + ",").split(",")[1].strip() for index in picks.indices}
    only = stated.pop() if len(stated) == 1 else ""
    return only or "n/a"


def _beside(path: Path, name: str, suffixes: tuple[str, ...], warnings: list[str]) -> Path | None:
    """The named file in the header's folder, or one with the header's own name (renamed recordings)."""
    name = name.replace("$b", path.stem)
    # Only the bare name counts: all three files stay in one folder (BrainVision Core Data Format 1.0).
    named = path.with_name(re.split(r"[/\\]", name)[-1].replace("\x00", "?")) if name.strip("./\\ ") else None
    with contextlib.suppress(OSError):
        if named is not None and named.is_file():
            return named
        for suffix in suffixes:
            other = path.with_suffix(suffix)
            if other.is_file():
                if name:
                    warnings.append(f"The header names {name}, which is not there; {other.name} was read.")
                return other
    return None


def _samples(
    path: Path, data: bytes, common: dict[str, str], binary: dict[str, str], n_channels: int, warnings: list[str]
) -> NDArray[np.generic]:
    """``(n_channels, n_samples)`` stored values."""
    stored = binary.get("binaryformat", "INT_16").upper()
    if stored not in _FORMATS:
        raise refusal(path, f"BinaryFormat = {stored} is not known", f"Export it as {', '.join(_FORMATS)}")
    order = ">" if binary.get("usebigendianorder", "NO").upper() == "YES" else "<"
    dtype = np.dtype(order + _FORMATS[stored])
    frame = n_channels * dtype.itemsize
    declared = common.get("datapoints", "")
    n_declared = int(declared) if declared.isdecimal() and len(declared) < 16 else 0
    n_samples, rest = divmod(len(data), frame)
    size_fits = rest == 0 and (n_declared in (0, n_samples))
    damage = transfer_damage(data, size_fits=size_fits)
    if damage:
        raise refused(path, "damaged data", why=damage)
    vectorized = common.get("dataorientation", "MULTIPLEXED").upper() == "VECTORIZED"
    if vectorized and not size_fits:
        raise refusal(
            path,
            f"its data file of {len(data)} bytes is not {n_channels} channels one after the other",
            "Copy the .eeg file again",
        )
    if rest:
        warnings.append(f"The data file ends inside a sample; its last {rest} bytes were left out.")
    if n_declared and n_declared != n_samples:
        warnings.append(f"The header promises {n_declared} samples, the data file holds {n_samples}; these are read.")
    if n_samples == 0:
        raise refusal(path, "its data file holds no samples", "Copy the .eeg file again")
    values = np.frombuffer(data, dtype=dtype, count=n_samples * n_channels)
    return values.reshape(n_channels, n_samples) if vectorized else values.reshape(n_samples, n_channels).T


def _scaled(
    samples: NDArray[np.generic], infos: list[tuple[str, str, str]], picks: Picks, path: Path
) -> NDArray[np.float32]:
    """``(n_picked, n_samples)`` µV."""
    eeg = np.empty((len(picks.indices), samples.shape[1]), dtype=np.float32)
    for row, (index, scale) in enumerate(zip(picks.indices, picks.scales, strict=True)):
        label, resolution, _ = infos[index]
        try:
            step = float(resolution.replace(",", "."))
        except ValueError:
            raise refusal(path, f"the resolution of {label} is {resolution!r}", "Export it again") from None
        eeg[row] = samples[index].astype(np.float64) * (step * scale)
    return eeg


def _markers(
    path: Path, common: dict[str, str], rate: float, n_samples: int, warnings: list[str]
) -> tuple[tuple[Gap, ...], list[Annotation]]:
    """Gaps and annotations from the marker file, if there is one."""
    if not common.get("markerfile"):
        return (), []
    marker_path = _beside(path, common["markerfile"], (".vmrk",), warnings)
    if marker_path is None:
        warnings.append(f"The marker file {common['markerfile']} is not there; markers and gaps are unknown.")
        return (), []
    gaps, annotations, n_outside = [], [], 0
    previous: tuple[int, datetime | None] | None = None
    entries = _sections(read_bytes(marker_path)).get("marker infos", {})
    for value in entries.values():
        kind, text, position, points, _, stamp = ([part.replace("\\1", ",") for part in value.split(",")] + [""] * 6)[
            :6
        ]
        if not position.strip().isdecimal() or len(position) > 15:
            continue
        sample = int(position) - 1
        if kind.strip().lower() != "new segment":
            length = int(points) if points.strip().isdecimal() and len(points) < 15 else 1
            if 0 <= sample < n_samples:
                duration = length / rate if length > 1 else 0.0
                annotations.append(Annotation(sample, duration, f"{kind}/{text}" if text else kind))
            else:
                n_outside += 1
            continue
        date = _date(stamp)
        if 0 < sample < n_samples and (previous is None or sample > previous[0]):
            gaps += _segment_gap(sample, date, previous, rate)
        previous = (sample, date)
    if n_outside:
        warnings.append(f"{n_outside} markers lie outside the samples and were left out.")
    return tuple(sorted(gaps, key=lambda gap: gap.sample)), annotations


def _segment_gap(
    sample: int, date: datetime | None, previous: tuple[int, datetime | None] | None, rate: float
) -> list[Gap]:
    """The hole before a segment; its length is unknown (0) where dates are missing or run backwards."""
    if date is None or previous is None or previous[1] is None:
        return [Gap(sample, 0, 0.0, GapCause.RECORDED)]
    missing_s = (date - previous[1]).total_seconds() - (sample - previous[0]) / rate
    # Dates come from the computer's clock; recorders that write a segment per file chunk agree within a sample.
    if abs(missing_s) <= max(1.5 / rate, 0.01):
        return []
    missing_s = max(0.0, missing_s)
    return [Gap(sample, round(missing_s * rate), missing_s, GapCause.RECORDED)]


def _date(stamp: str) -> datetime | None:
    """``YYYYMMDDhhmmssuuuuuu``; all zeros mean that it is not known."""
    with contextlib.suppress(ValueError):
        return datetime.strptime(stamp.strip(), "%Y%m%d%H%M%S%f")
    return None
