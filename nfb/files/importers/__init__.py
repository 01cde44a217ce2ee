"""Recordings of other programs and devices, for replay and analysis.

A new format is one module with ``recognises(path, head)`` and ``read(path, hints)``, and one line in
:data:`IMPORTERS`. Files are told by their content; their names only help where content cannot.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nfb.files.importers import brainflow_csv, brainvision, edf, muse, openbci, table, xdf
from nfb.files.importers.common import Hints, refusal, refused
from nfb.files.recording import Recording, is_own_recording, open_own_recording
from nfb.files.storage import reason

__all__ = ["IMPORTERS", "Importer", "open_recording"]

_HEAD_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Importer:
    """One format.

    Parameters
    ----------
    recognises
        Whether a file with this path and these first 64 KiB is of the format.
    read
        Reads it; raises :class:`~nfb.model.errors.RecordingError` and nothing else.
    suffixes
        Usual endings, for files whose content tells nothing.
    """

    recognises: Callable[[Path, bytes], bool]
    read: Callable[[Path, Hints], Recording]
    suffixes: tuple[str, ...]


IMPORTERS: dict[str, Importer] = {
    "edf": Importer(edf.recognises, edf.read, (".edf", ".bdf", ".rec")),
    "brainvision": Importer(brainvision.recognises, brainvision.read, (".vhdr",)),
    "xdf": Importer(xdf.recognises, xdf.read, (".xdf",)),
    "openbci": Importer(openbci.recognises, openbci.read, ()),
    "muse": Importer(muse.recognises, muse.read, ()),
    "brainflow": Importer(brainflow_csv.recognises, brainflow_csv.read, ()),
    "table": Importer(table.recognises, table.read, ()),
}


def open_recording(path: Path | str, *, sampling_rate_hz: float | None = None, board: str | None = None) -> Recording:
    """Open a recording of any known format.

    Parameters
    ----------
    path
        A session folder of this program, or a file: EDF, BDF, BrainVision (any of its three files), XDF, OpenBCI
        text, muse-lsl CSV, BrainFlow CSV, or a table with channel names in its first row.
    sampling_rate_hz
        Needed for tables without a time column; elsewhere it must agree with the file.
    board
        Board of a BrainFlow file, where the number of columns fits several.

    Returns
    -------
    Recording
        Samples as they were measured, in µV; what was left out or is odd stands in its `warnings`.

    Raises
    ------
    RecordingError
        It cannot be read; one line with the reason and the way out.
    """
    path = Path(path)
    hints = Hints(sampling_rate_hz, board)
    if sampling_rate_hz is not None and not 0 < sampling_rate_hz < float("inf"):
        raise refusal(path, f"sampling_rate_hz = {sampling_rate_hz:g} is no rate", "Give a number of Hz above 0")
    if is_own_recording(path):
        recording = open_own_recording(path)
        _check_rate(path, recording, sampling_rate_hz)
        return recording
    path = _header_of(path)
    importer = _importer_for(path)
    try:
        # Damaged values overflow; what comes of it is not finite, and reported as such.
        with np.errstate(all="ignore"):
            recording = importer.read(path, hints)
    except MemoryError as error:
        raise refused(path, "no memory") from error
    _check_rate(path, recording, sampling_rate_hz)
    return recording


def _header_of(path: Path) -> Path:
    """The header of a BrainVision recording if its samples or markers were chosen."""
    if path.suffix.lower() in (".eeg", ".vmrk", ".dat") and path.with_suffix(".vhdr").is_file():
        return path.with_suffix(".vhdr")
    return path


def _importer_for(path: Path) -> Importer:
    head = _head(path)
    for importer in IMPORTERS.values():
        if importer.recognises(path, head):
            return importer
    for importer in IMPORTERS.values():
        if path.suffix.lower() in importer.suffixes:
            return importer
    raise refused(path, "unknown")


def _head(path: Path) -> bytes:
    """The first bytes of a file; of a pipe or a device nothing is read, since it might never answer."""
    try:
        if not path.exists():
            raise refused(path, "no file")
        if path.is_dir():
            raise refused(path, "folder")
        if not path.is_file():
            raise refused(path, "no plain file")
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise refused(path, "unreadable", reason=reason(error)) from error
    if not head:
        raise refused(path, "empty")
    return head


def _check_rate(path: Path, recording: Recording, sampling_rate_hz: float | None) -> None:
    stated = recording.sampling_rate_hz
    if sampling_rate_hz is not None and abs(stated / sampling_rate_hz - 1) > 1e-6:
        raise refusal(
            path,
            f"sampling_rate_hz = {sampling_rate_hz:g} was given, the file says {stated:g} Hz",
            "Leave it out",
        )
