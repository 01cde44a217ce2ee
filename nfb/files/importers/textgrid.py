"""Numbers out of text tables: separators, decimal commas, ragged rows, cells that are no numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nfb.files.importers.common import read_bytes, refusal, refused
from nfb.model.samples import Float64

_MAX_COLUMNS = 4096


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of a text table that have the right number of cells.

    Parameters
    ----------
    rows
        Unparsed lines; decimal points only.
    separator
        Between cells.
    n_columns
        Cells per row.
    notes
        What was left out or amended, one sentence each.
    """

    rows: list[str]
    separator: str
    n_columns: int
    notes: list[str]

    def cells(self, row: int) -> list[str]:
        """The text of one row's cells."""
        return [cell.strip() for cell in self.rows[row].split(self.separator)]

    def numbers(self, columns: Sequence[int]) -> Float64:
        """``(n_columns, n_rows)`` values of some columns; what is no number is NaN."""
        try:
            values = np.loadtxt(
                self.rows, delimiter=self.separator, usecols=columns, comments=None, ndmin=2, dtype=np.float64
            )
        except ValueError:
            # Only damaged files come here: cell by cell is ten times slower.
            parsed = (row.split(self.separator) for row in self.rows)
            values = np.array([[_number(cells[column]) for column in columns] for cells in parsed])
        return np.ascontiguousarray(values.T)


def read_lines(path: Path) -> list[str]:
    """Lines of a text file without their ends; blank ones are kept.

    Raises
    ------
    RecordingError
        Not readable, or not text.
    """
    data = read_bytes(path)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", errors="replace")
    else:
        if b"\x00" in data:
            raise refused(path, "no text")
        text = data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace('"', "").split("\n")


def separator_of(line: str) -> str:
    """The separator that a line of a table uses.

    >>> separator_of("0\\t1,5\\t2"), separator_of("1,5;2,5"), separator_of("a,b")
    ('\\t', ';', ',')
    """
    for separator in ("\t", ";"):
        if separator in line:
            return separator
    return ","


def make_grid(path: Path, lines: list[str], *, n_header_cells: int | None = None) -> Grid:
    """Rows of a table from its lines.

    Parameters
    ----------
    lines
        Data lines without the header.
    n_header_cells
        Cells of the header row, if there is one; rows may have one empty cell more.

    Raises
    ------
    RecordingError
        No rows, or rows that cannot be told into cells.
    """
    lines = [line for line in lines if line and not line.isspace()]
    if not lines:
        raise refused(path, "no samples")
    separator = separator_of(lines[len(lines) // 2])
    counts = [line.count(separator) for line in lines]
    usual = Counter(counts).most_common(1)[0][0]
    if n_header_cells is not None and separator == "," and usual + 1 in (2 * n_header_cells, 2 * n_header_cells - 1):
        raise refusal(
            path,
            f"{n_header_cells} column names but {usual + 1} cells per row: decimal commas and separating commas "
            "cannot be told apart",
            "Export it again with decimal points or with semicolons between cells",
        )
    if usual + 1 > _MAX_COLUMNS:
        raise refusal(path, f"{usual + 1} cells per row are not EEG", f"At most {_MAX_COLUMNS} columns are read")
    notes = []
    rows = lines
    n_ragged = sum(count != usual for count in counts)
    if n_ragged:
        first = next(index for index, count in enumerate(counts) if count != usual)
        where = "the last row is" if first == len(lines) - 1 else f"the first is row {first + 1} of the data"
        rows = [line for line, count in zip(lines, counts, strict=True) if count == usual]
        notes.append(f"{n_ragged} rows without {usual + 1} cells were left out ({where}).")
    if separator != "," and any("," in line for line in rows[:100]):
        rows = [line.replace(",", ".") for line in rows]
        notes.append("Decimal commas were read as decimal points.")
    return Grid(rows, separator, usual + 1, notes)


def is_number(cell: str) -> bool:
    """Whether a cell reads as a number."""
    return not np.isnan(_number(cell)) or cell.strip().lower() == "nan"


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
