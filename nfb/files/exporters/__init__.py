"""Recordings for other people's programs.

A new format is one module with a function that writes a :class:`~nfb.files.recording.Recording` to an open file and
returns what the reader of that file should know, and one line in :data:`EXPORTERS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from nfb.files.exporters import edf, table, xdf
from nfb.files.exporters.target import check_target, put
from nfb.files.recording import Recording
from nfb.model.errors import RecordingError, SetupError, nearest

__all__ = ["EXPORTERS", "ExportReport", "Exporter", "export_recording", "format_of"]


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format.

    Parameters
    ----------
    suffix
        Ending that its files have.
    write
        Writes a recording to a file that is open for writing and seeking; returns warnings, one sentence each.
    sidecar
        Text of the JSON file that describes the columns, where the format has no room for it.
    """

    suffix: str
    write: Callable[[Recording, BinaryIO], list[str]]
    sidecar: Callable[[Recording], str] | None = None


EXPORTERS: dict[str, Exporter] = {
    "edf": Exporter(".edf", partial(edf.write, edf.EDF)),
    "bdf": Exporter(".bdf", partial(edf.write, edf.BDF)),
    "xdf": Exporter(".xdf", xdf.write),
    "csv": Exporter(".csv", table.write_csv, table.sidecar),
    "parquet": Exporter(".parquet", table.write_parquet, table.sidecar),
}


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written.

    Parameters
    ----------
    path
        The file.
    warnings
        What the format could not hold as it was, or what its readers should know; one plain sentence each.
    sidecar
        The JSON file with the meaning and units of the columns, if there is one.
    """

    path: Path
    warnings: tuple[str, ...] = ()
    sidecar: Path | None = None


def format_of(path: Path) -> str:
    """The format that a file's ending stands for.

    Raises
    ------
    SetupError
        It stands for none.
    """
    for name, exporter in EXPORTERS.items():
        if path.suffix.lower() == exporter.suffix:
            return name
    raise SetupError(
        f"{path}: the ending {path.suffix or '(none)'} stands for no format; end it with "
        f"{', '.join(exporter.suffix for exporter in EXPORTERS.values())}"
    )


def export_recording(
    recording: Recording,
    path: Path | str,
    format: str,  # noqa: A002  # the word of the command line
    *,
    overwrite: bool = False,
) -> ExportReport:
    """Write a recording in another program's format.

    Parameters
    ----------
    recording
        From :func:`nfb.files.importers.open_recording`; ``csv`` and ``parquet`` need one of this program.
    path
        File to make, in a folder that exists; it appears only when it is complete.
    format
        A key of :data:`EXPORTERS`: ``edf`` (16 bit), ``bdf`` (24 bit) and ``xdf`` hold the EEG; ``csv`` and
        ``parquet`` the decisions, one row per hop.
    overwrite
        Replace the file if it exists.

    Returns
    -------
    ExportReport
        Its warnings say what the format cannot hold.

    Raises
    ------
    SetupError
        The file may not or cannot be written.
    RecordingError
        The recording lacks what the format holds.
    """
    if format not in EXPORTERS:
        raise SetupError(f"format = {format!r}: must be one of {', '.join(EXPORTERS)}{nearest(format, EXPORTERS)}")
    exporter = EXPORTERS[format]
    path = Path(path)
    if path.suffix.lower() != exporter.suffix:
        raise SetupError(f"{path}: a file of the format {format} must end with {exporter.suffix}")
    if recording.n_samples == 0:
        raise RecordingError(f"{recording.path}: holds no samples. Choose a recording that went on for longer.")
    check_target(path, recording, overwrite=overwrite)
    if exporter.sidecar is None:
        return ExportReport(path, tuple(put(path, partial(exporter.write, recording))))
    beside, text = path.with_suffix(".json"), exporter.sidecar(recording)
    # Two tables of one session have the same columns, and may share what describes them.
    shared = beside.is_file() and beside.read_bytes() == text.encode()
    if not shared:
        check_target(beside, recording, overwrite=overwrite)
    warnings = put(path, partial(exporter.write, recording))
    if not shared:
        put(beside, partial(_write_text, text))
    return ExportReport(path, tuple(warnings), beside)


def _write_text(text: str, file: BinaryIO) -> list[str]:
    file.write(text.encode())
    return []
