"""Text files of the OpenBCI GUI: ``%`` header lines, then rows (before v5) or a row of names and rows (v5, v6)."""

import re
from pathlib import Path

import numpy as np

from nfb.files.importers import textgrid, timing
from nfb.files.importers.common import Hints, finish, refusal, utc
from nfb.files.recording import Annotation, Recording
from nfb.model.device import DeviceInfo
from nfb.model.samples import Float64, Gap

_CYTON_SITES = ("Fp1", "Fp2", "C3", "C4", "P7", "P8", "O1", "O2")
_DAISY_SITES = (*_CYTON_SITES, "F7", "F8", "F3", "F4", "T7", "T8", "P3", "P4")
_GANGLION_SITES = ("ch1", "ch2", "ch3", "ch4")
_BOARDS = {
    4: ("ganglion", "Ganglion", 200.0, _GANGLION_SITES, None),
    8: ("cyton", "Cyton", 250.0, _CYTON_SITES, 187500.0),
    16: ("cyton-daisy", "Cyton Daisy", 125.0, _DAISY_SITES, 187500.0),
}
# The counter of the radio packets is one byte; a Daisy sample needs two packets, so it counts by two.
_MODULO = 256


def recognises(path: Path, head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf").startswith(b"%OpenBCI") or (
        head.startswith(b"Sample Index") and b"EXG Channel" in head[:400]
    )


def read(path: Path, hints: Hints) -> Recording:
    """Read an OpenBCI GUI text file.

    Notes
    -----
    Gaps come from the sample index: rows arrive in bursts (0–35 ms apart), so their times are no clock. The files
    do not say where electrodes sat; the GUI's default sites are taken and reported.
    """
    lines = textgrid.read_lines(path)
    start = next((i for i, line in enumerate(lines) if line and not line.startswith("%")), len(lines))
    header = "\n".join(lines[:start])
    names: list[str] = []
    if start < len(lines) and "EXG Channel" in lines[start]:
        names = [name.strip() for name in lines[start].split(",")]
        start += 1
    grid = textgrid.make_grid(path, lines[start:])
    first = grid.cells(0)
    n_eeg = _n_channels(path, header, names)
    if n_eeg not in _BOARDS or len(first) < n_eeg + 1:
        raise refusal(
            path,
            f"{n_eeg} channels in rows of {len(first)} cells fit no OpenBCI board",
            "Boards with 4, 8 or 16 channels are read; export it from the OpenBCI GUI again",
        )
    board, model, rate, sites, rail_uv = _BOARDS[n_eeg]
    stated = re.search(r"Sample Rate\s*=\s*([0-9.]+)", header)
    if stated:
        rate = float(stated[1]) if textgrid.is_number(stated[1]) else rate
    stamp = _stamp_column(first, names)
    marker = names.index("Marker Channel") if "Marker Channel" in names else None
    columns = [0, *range(1, n_eeg + 1), *(c for c in (stamp, marker) if c is not None and c < len(first))]
    values = grid.numbers(columns)
    acceleration_columns = _acceleration_columns(header, names, n_eeg, grid.n_columns)
    times = None if stamp is None else timing.in_seconds(values[n_eeg + 1])
    warnings = [
        f"The file does not say where the electrodes were: the {model}'s default sites are taken "
        f"({', '.join(sites)}); check them.",
        *grid.notes,
    ]
    return finish(
        path,
        "openbci",
        DeviceInfo(
            name=board,
            channel_names=sites,
            sampling_rate_hz=rate,
            model=model,
            manufacturer="OpenBCI",
            rail_uv=rail_uv,
            sites_named=False,
        ),
        values[1 : n_eeg + 1],
        gaps=_gaps(values[0], rate, times, warnings),
        annotations=_markers(values[-1]) if marker is not None and marker < len(first) else [],
        device_times_s=times,
        acceleration_g=_held(grid.numbers(acceleration_columns)) if acceleration_columns else None,
        warnings=warnings,
        started_utc=None if times is None else utc(float(times[0])),
    )


def _n_channels(path: Path, header: str, names: list[str]) -> int:
    stated = re.search(r"Number of channels\s*=\s*(\d{1,3})\b", header)
    if stated:
        return int(stated[1])
    counted = sum(name.startswith("EXG Channel") for name in names)
    if counted:
        return counted
    raise refusal(
        path,
        "its header lacks the line 'Number of channels'",
        "Put the OpenBCI GUI's header back in front of the rows",
    )


def _stamp_column(cells: list[str], names: list[str]) -> int | None:
    """The column of UNIX time stamps: by name, or before v5 the last one, if it is a number of milliseconds."""
    if "Timestamp" in names:
        return names.index("Timestamp") if names.index("Timestamp") < len(cells) else None
    if not names and textgrid.is_number(cells[-1]) and float(cells[-1]) > 1e11:
        return len(cells) - 1
    return None


def _acceleration_columns(header: str, names: list[str], n_eeg: int, n_columns: int) -> list[int]:
    """The three columns of the accelerometer, or none."""
    named = [index for index, name in enumerate(names) if name.startswith("Accel Channel")]
    if not names and "Accel Data" in header:
        named = [n_eeg + 1, n_eeg + 2, n_eeg + 3]
    return named if len(named) == 3 and max(named) < n_columns else []


def _held(acceleration: Float64) -> Float64:
    """Values held until the next one: they come at a tenth of the EEG's rate, and older files say 0 between."""
    measured = np.any(acceleration != 0, axis=0)
    latest = np.maximum.accumulate(np.where(measured, np.arange(measured.size), 0))
    return acceleration[:, latest]


def _gaps(index: Float64, rate: float, times: Float64 | None, warnings: list[str]) -> tuple[Gap, ...]:
    step = timing.commonest_step(index, _MODULO)
    if step is not None:
        return timing.gaps_from_counter(index, modulo=_MODULO, step=step, sampling_rate_hz=rate, times_s=times)
    warnings.append("The sample index does not count up, so lost packets cannot be told from it.")
    return () if times is None else timing.gaps_from_times(times, rate)


def _markers(values: Float64) -> list[Annotation]:
    """One annotation at each sample whose marker is not 0."""
    marked = np.flatnonzero(np.nan_to_num(values))
    return [Annotation(int(sample), 0.0, f"{values[sample]:g}") for sample in marked]
