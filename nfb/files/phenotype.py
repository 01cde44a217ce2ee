"""``phenotype/`` of a BIDS dataset: ratings and scales, one table per instrument, only where they were chosen.

Notes
-----
BIDS, "Phenotypic and assessment data": ``<name>.tsv`` has one row per participant, for its index is
``participant_id`` alone; so the columns of each session stand side by side (``ses001_mood_before``), and
``<name>.json`` describes the instrument and each column. Dates are not written: time is told in days since the
participant's first session.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nfb.files.codec import Json, json_text
from nfb.files.storage import write_atomic

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Phenotype:
    """The table of one instrument.

    Parameters
    ----------
    name
        Name of the file: letters, digits and underscores, e.g. ``ratings`` or ``phq9``.
    title
        The instrument, in words.
    columns
        Name → ``Description``, and ``Units`` or ``Levels`` where there are any.
    rows
        Session label and cells, in the order of `columns`; a label stands once. None is written ``n/a``.
    """

    name: str
    title: str
    columns: Mapping[str, Mapping[str, Json]]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def write_phenotype(root: Path, tables: Iterable[tuple[str, Sequence[Phenotype]]]) -> None:
    """Write the tables of several participants, instrument by instrument.

    Parameters
    ----------
    root
        The dataset.
    tables
        Participant's label and tables; what one of them lacks is ``n/a``.
    """
    by_name: dict[str, list[tuple[str, Phenotype]]] = {}
    for participant, each in tables:
        for table in each:
            by_name.setdefault(table.name, []).append((participant, table))
    folder = root / "phenotype"
    for name, parts in by_name.items():
        folder.mkdir(parents=True, exist_ok=True)
        columns: dict[str, Mapping[str, Json]] = {}
        rows: dict[str, dict[str, Cell]] = {}
        for participant, table in parts:
            row = rows.setdefault(f"sub-{participant}", {})
            for session, cells in table.rows:
                for (column, facts), cell in zip(table.columns.items(), cells, strict=True):
                    wide = f"ses{session}_{column}"
                    columns.setdefault(wide, {**facts, "Description": f"{facts['Description']}; session {session}"})
                    row[wide] = cell
        names = sorted(columns, key=lambda wide: wide.partition("_")[0])  # session by session, else as they came
        lines = [["participant_id", *names]]
        lines += [[label, *(_text(row.get(wide)) for wide in names)] for label, row in rows.items()]
        write_atomic(folder / f"{name}.tsv", "".join("\t".join(line) + "\n" for line in lines))
        described: dict[str, Json] = {
            "MeasurementToolMetadata": {"Description": parts[0][1].title},
            "participant_id": {"Description": "sub- and the code of the participant"},
        }
        write_atomic(folder / f"{name}.json", json_text(described | {wide: dict(columns[wide]) for wide in names}))


def _text(cell: Cell) -> str:
    if cell is None or cell != cell:
        return "n/a"
    return f"{cell:g}" if isinstance(cell, float) else " ".join(str(cell).split()) or "n/a"
