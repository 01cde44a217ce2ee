"""Muse recordings: muse-lsl CSV (raw EEG at 256 Hz) and Mind Monitor CSV (band powers, mostly without raw EEG)."""

from pathlib import Path

import numpy as np

from nfb.files.importers import textgrid, timing
from nfb.files.importers.common import Hints, finish, refusal, refused, utc
from nfb.files.recording import Annotation, Recording
from nfb.model.device import DeviceInfo
from nfb.model.samples import Float64

_SITES = ("TP9", "AF7", "AF8", "TP10")
_AUX = "Right AUX"
# 256 Hz from the Muse 2016 on, 220 Hz on the Muse 2014.
_RATES_HZ = (256.0, 220.0)
_RATE_TOLERANCE = 0.04


def recognises(path: Path, head: bytes) -> bool:
    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].lower()
    return first.startswith(b"timestamp") and (b"tp9" in first)


def read(path: Path, hints: Hints) -> Recording:
    """Read a muse-lsl file.

    Notes
    -----
    The declared rate is kept: stamps are those of Bluetooth arrivals and now and then run backwards. A hole in them
    becomes a gap. `Right AUX` is an input for one more electrode; it is kept under its own name and reported.
    """
    lines = textgrid.read_lines(path)
    names = [name.strip() for name in lines[0].split(textgrid.separator_of(lines[0]))]
    if "Alpha_TP9" in names:
        raise _mind_monitor_refusal(path)
    missing = [site for site in _SITES if site not in names]
    if missing:
        raise refusal(path, f"the columns {', '.join(missing)} are missing", "Record it again with muse-lsl")
    grid = textgrid.make_grid(path, lines[1:], n_header_cells=len(names))
    channels = [*_SITES, *([_AUX] if _AUX in names else [])]
    markers = [index for index, name in enumerate(names) if name.lower().startswith("marker")]
    columns = [0, *(names.index(channel) for channel in channels), *markers]
    if max(columns) >= grid.n_columns:
        raise refusal(path, f"{len(names)} column names but {grid.n_columns} cells per row", "Export it again")
    values = grid.numbers(columns)
    times = timing.in_seconds(values[0])
    eeg = values[1 : 1 + len(channels)]
    warnings = list(grid.notes)
    if _AUX in channels and not np.any(np.nan_to_num(eeg[-1])):
        channels, eeg = list(_SITES), eeg[:-1]
    if _AUX in channels:
        warnings.append(f"{_AUX} is no site of the headset: it is EEG only if an electrode was plugged in there.")
    rate = _rate_hz(path, times)
    return finish(
        path,
        "muse",
        DeviceInfo(
            name="muse",
            channel_names=tuple(channels),
            sampling_rate_hz=rate,
            model="Muse",
            manufacturer="InteraXon",
            reference="Fpz",
            rail_uv=1000.0,
            burst_samples=12,
        ),
        eeg,
        gaps=timing.gaps_from_times(times, rate),
        annotations=[note for row in values[len(columns) - len(markers) :] for note in _markers(row)],
        device_times_s=times,
        warnings=warnings,
        started_utc=utc(float(times[0])),
    )


def _rate_hz(path: Path, times: Float64) -> float:
    measured = timing.measured_rate_hz(times)
    if measured is not None:
        for rate in _RATES_HZ:
            if abs(measured / rate - 1) <= _RATE_TOLERANCE:
                return rate
    found = "no rate" if measured is None else f"{measured:.1f} Hz"
    raise refusal(
        path,
        f"its time stamps tell {found}, a Muse samples at 256 Hz",
        "Record it again; nothing can be timed with it",
    )


def _markers(values: Float64) -> list[Annotation]:
    """muse-lsl writes a marker into one row; a value held over several rows is one marker."""
    held = np.nan_to_num(values)
    return [Annotation(start, 0.0, f"{held[start]:g}") for start, _ in timing.runs(held) if held[start] != 0]


def _mind_monitor_refusal(path: Path) -> Exception:
    return refused(path, "band powers")
