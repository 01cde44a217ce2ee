"""Tables with one row of channel names: CSV or TSV of any origin."""

import re
from pathlib import Path

import numpy as np

from nfb.files.importers import textgrid, timing
from nfb.files.importers.channels import is_site, microvolts_per, pick_eeg
from nfb.files.importers.common import Hints, finish, refusal, refused, utc
from nfb.files.recording import Annotation, Recording
from nfb.model.device import DeviceInfo
from nfb.model.samples import Float64

_TIME = re.compile(r"^(time|timestamps?|times?tamp|t|seconds|lsl_timestamp)\b", re.IGNORECASE)
_INDEX = re.compile(r"^(|#|index|sample( ?index)?|counter|row|n|epoch|unnamed: 0)$", re.IGNORECASE)
_MARK = re.compile(
    r"^(class|label|markers?\d*|events?|triggers?|stim\w*|target|status|condition|eyedetection)$", re.IGNORECASE
)
_UNIT = re.compile(r"^(.*?)\s*[\[(]\s*([^\])]*?)\s*[\])]$")


def recognises(path: Path, head: bytes) -> bool:
    """A first line of names: at least one cell that is no number, more than one cell, text throughout."""
    if b"\x00" in head:
        return False
    line = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").split("\n", 1)[0].strip().replace('"', "")
    cells = line.split(textgrid.separator_of(line))
    return len(cells) > 1 and line.replace("\t", "").isprintable() and not all(map(textgrid.is_number, cells))


def read(path: Path, hints: Hints) -> Recording:
    """Read a table of numbers under channel names.

    Notes
    -----
    The rate comes from a time column, or from the caller. Columns called class, marker, event, … become
    annotations, one per stretch of equal values other than 0. A unit may follow a name in brackets; µV otherwise.
    """
    lines = textgrid.read_lines(path)
    separator = textgrid.separator_of(lines[0])
    header = [name.strip() for name in lines[0].split(separator)]
    grid = textgrid.make_grid(path, lines[1:], n_header_cells=len(header))
    header = header[: grid.n_columns]
    labels, units = _split_units(header)
    times = _times(grid, header)
    rate = _rate_hz(path, hints, times)
    marks = [index for index, label in enumerate(labels) if _MARK.match(label)]
    skipped = {index for index, label in enumerate(labels) if _TIME.match(label) or _INDEX.match(label)} | set(marks)
    candidates = [index for index in range(len(labels)) if index not in skipped]
    picks = pick_eeg([labels[index] for index in candidates], [units[index] for index in candidates])
    if not picks.indices:
        raise refused(path, "no EEG column")
    columns = [candidates[index] for index in picks.indices]
    values = grid.numbers([*columns, *marks])
    eeg = values[: len(columns)] * np.array(picks.scales)[:, None]
    annotations = []
    for label, row in zip((labels[index] for index in marks), values[len(columns) :], strict=True):
        annotations += _stretches(label, row, rate)
    return finish(
        path,
        "table",
        DeviceInfo(
            name="table",
            channel_names=picks.names,
            sampling_rate_hz=rate,
            sites_named=all(is_site(name) for name in picks.names),
        ),
        eeg,
        gaps=() if times is None else timing.gaps_from_times(times, rate),
        annotations=annotations,
        device_times_s=times,
        warnings=grid.notes + picks.notes,
        started_utc=None if times is None else utc(float(times[0])),
    )


def _split_units(header: list[str]) -> tuple[list[str], list[str]]:
    """Labels and units of ``Cz (mV)`` or ``Cz [mV]``; a bracket that is no voltage stays in the label."""
    labels, units = [], []
    for cell in header:
        match = _UNIT.match(cell)
        is_unit = match is not None and microvolts_per(match[2]) is not None
        labels.append(match[1] if match and is_unit else cell)
        units.append(match[2] if match and is_unit else "uV")
    return labels, units


def _times(grid: textgrid.Grid, header: list[str]) -> Float64 | None:
    """Seconds from the first time column that holds numbers."""
    for index, name in enumerate(header):
        if _TIME.match(name):
            values = grid.numbers([index])[0]
            if not np.isfinite(values).all():
                continue
            return values / 1000.0 if re.search(r"\bms\b", name.lower()) else timing.in_seconds(values)
    return None


def _rate_hz(path: Path, hints: Hints, times: Float64 | None) -> float:
    measured = None if times is None else timing.measured_rate_hz(times)
    if hints.sampling_rate_hz is not None:
        if measured is not None and abs(measured / hints.sampling_rate_hz - 1) > 0.05:
            raise refusal(
                path,
                f"sampling_rate_hz = {hints.sampling_rate_hz:g} was given, its time column says {measured:.1f} Hz",
                "Give the rate it was recorded at, or leave it out",
            )
        return hints.sampling_rate_hz
    if measured is None:
        raise refused(path, "no rate")
    nominal = timing.nominal_rate_hz(measured)
    if nominal is None:
        raise refusal(
            path,
            f"its time column says {measured:.2f} Hz, which no amplifier declares",
            "Give the rate as sampling_rate_hz (--rate on the command line)",
        )
    return nominal


def _stretches(label: str, values: Float64, rate: float) -> list[Annotation]:
    """One annotation per stretch of equal values other than 0, e.g. ``class=1``."""
    held = np.nan_to_num(values)
    if len(stretches := timing.runs(held)) > len(held) / 2:
        return []
    return [
        Annotation(start, (stop - start) / rate, f"{label}={held[start]:g}")
        for start, stop in stretches
        if held[start] != 0
    ]
