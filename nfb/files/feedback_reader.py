"""Reading feedback.tsv.gz: the whole text at once, a column when it is asked for.

A full session has two million cells, and a report looks at a dozen of its columns. Finding where the cells begin
takes a tenth of a second; what stands unchanged from row to row, such as a threshold, is turned into a number once.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from nfb.files.recording_words import RECORDING_WORDS
from nfb.files.storage import reason
from nfb.model.errors import RecordingError

Column = NDArray[np.float64] | NDArray[np.int64] | NDArray[np.str_]

_TEXT_COLUMNS = ("stage", "artefact_cause", "artefact_channel", "state", "why")
_WHOLE_COLUMNS = ("sample", "artefact", "in_range", "reward")
_TAB, _NEWLINE = 9, 10
_WIDEST_CELL = 1000  # bytes; the longest reason that the program gives has a tenth of that
_MOST_BYTES = 2**31  # three days of hops at 125 a second


@dataclass(frozen=True, slots=True, eq=False)
class FeedbackTable:
    """A table as read.

    Parameters
    ----------
    columns
        Name → one value per row: int64 for counts and flags, float64 (NaN for n/a) for measures, text otherwise. A
        column is read when it is first asked for, and raises RecordingError if it holds something else than numbers.
    text
        The rows as they stand in the file, without head.
    n_rows
        Number of rows.
    whole_bytes
        Length of the file up to its last whole member.
    warnings
        What could not be read.
    """

    columns: Mapping[str, Column]
    text: bytes
    n_rows: int
    whole_bytes: int
    warnings: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The rows one by one: equal lines are equal to the last bit."""
        return tuple(self.text.decode(errors="surrogateescape").split("\n")[:-1])


def read_feedback(path: Path) -> FeedbackTable:
    """Read a table; what follows the last whole gzip member is left out with a warning.

    Raises
    ------
    RecordingError
        The file cannot be read, its rows have not as many cells as its head, or it is no table of this program.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordingError(f"{path}: {RECORDING_WORDS['file unread'].format(reason=reason(error))}") from error
    parts = []
    whole = 0
    for content, end in _members(data):
        parts.append(content)
        whole = end
    warnings = (
        () if whole == len(data) else (f"{path.name}: {len(data) - whole} bytes of an unfinished part left out",)
    )
    head, _, text = b"".join(parts).partition(b"\n")
    try:
        names = head.decode().split("\t") if head else []
    except UnicodeDecodeError as error:
        raise RecordingError(f"{path}: the head of the table is no text") from error
    columns = _Columns(path, names, text)
    return FeedbackTable(columns, text, columns.n_rows, whole, warnings)


def whole_bytes(path: Path) -> int:
    """Length of a table up to its last whole gzip member."""
    return max((end for _, end in _members(path.read_bytes())), default=0)


class _Columns(Mapping[str, Column]):
    """Columns by name, each read once."""

    def __init__(self, path: Path, names: list[str], text: bytes) -> None:
        self._path = path
        self._places = {name: place for place, name in enumerate(names)}
        self._read: dict[str, Column] = {}
        self._bytes = np.frombuffer(text, dtype=np.uint8)
        ends = np.flatnonzero((self._bytes == _TAB) | (self._bytes == _NEWLINE))
        width = max(1, len(names))
        if len(ends) % width or np.any(
            (self._bytes[ends] == _NEWLINE) != (np.arange(len(ends)) % width == width - 1)
        ):
            raise RecordingError(f"{path}: has rows that do not have the {width} columns of its head")
        self._ends = ends.reshape(-1, width)

    @property
    def n_rows(self) -> int:
        return len(self._ends)

    def __getitem__(self, name: str) -> Column:
        if name not in self._read:
            self._read[name] = self._column(name, self._places[name])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def _column(self, name: str, place: int) -> Column:
        if not self.n_rows:
            return self._values(name, np.empty(0, dtype="S1"))
        cells = self._cells(place)
        first = np.flatnonzero(np.concatenate([[True], cells[1:] != cells[:-1]]))
        lengths = np.diff(first, append=len(cells))
        column = cast(Column, np.repeat(self._values(name, cells[first]), lengths))
        column.flags.writeable = False
        return column

    def _values(self, name: str, cells: NDArray[np.bytes_]) -> Column:
        try:
            if name in _TEXT_COLUMNS:
                return np.char.decode(cells, "utf-8")
            if name in _WHOLE_COLUMNS:
                return cells.astype(np.int64)
            return np.where(cells == b"n/a", b"nan", cells).astype(np.float64)
        except (ValueError, OverflowError) as error:
            what = "text" if name in _TEXT_COLUMNS else "numbers"
            why = str(error).splitlines()[0]
            raise RecordingError(f"{self._path}: {name} holds something else than {what}: {why}") from error

    def _cells(self, place: int) -> NDArray[np.bytes_]:
        """``(n_rows,)`` texts of one column, as bytes."""
        ends = self._ends[:, place]
        before = self._ends[:, place - 1] if place else np.concatenate([[-1], self._ends[:-1, -1]])
        starts = before + 1
        lengths = ends - starts
        width = max(1, int(lengths.max()))
        if width > _WIDEST_CELL:
            raise RecordingError(f"{self._path}: has a cell of {width} bytes; the program writes none above 1000")
        at = np.arange(width)
        # Beyond a short cell other cells follow, and behind the last there is nothing: both become empty bytes.
        chars = self._bytes[np.minimum(starts[:, np.newaxis] + at, len(self._bytes) - 1)]
        chars[at >= lengths[:, np.newaxis]] = 0
        cells: NDArray[np.bytes_] = chars.view(f"S{width}")[:, 0]
        return cells


def _members(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Content and end of every whole gzip member."""
    view = memoryview(data)
    start = n_bytes = 0
    while start < len(data):
        decompressor = zlib.decompressobj(31)
        parts = []
        end = start
        try:
            while not decompressor.eof and end < len(data):
                # In pieces: what follows the member is copied by the decompressor.
                piece = view[end : end + 16384]
                parts.append(decompressor.decompress(piece))
                end += len(piece)
                n_bytes += len(parts[-1])
                if n_bytes > _MOST_BYTES:
                    raise RecordingError(
                        f"the table unpacks to more than {_MOST_BYTES >> 20} MiB, which no session fills"
                    )
        except zlib.error:
            return
        if not decompressor.eof:
            return
        start = end - len(decompressor.unused_data)
        yield b"".join(parts), start
