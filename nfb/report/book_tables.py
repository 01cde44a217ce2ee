"""Ratings and scales of the client book as tables without names and dates, for ``phenotype/`` of an archive."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from nfb.files.codec import Json
from nfb.files.phenotype import Cell, Phenotype
from nfb.practice.plans import OwnSymptom
from nfb.practice.ratings import ITEMS, OWN, Measure, Moment, Rating
from nfb.practice.scales.catalogue import SCALES
from nfb.practice.scales.result import ScaleResult
from nfb.practice.sessions import SessionEntry

if TYPE_CHECKING:
    from nfb.practice.book import Book

_DAYS: dict[str, Json] = {"Description": "Days since the first session", "Units": "d"}
_UNITS = {Measure.HOURS: "h"}


def phenotype_tables(book: "Book", code: str, fields: Iterable[str]) -> tuple[Phenotype, ...]:
    """A client's tables.

    Parameters
    ----------
    fields
        ``ratings`` and ``scales`` are looked for in it; without either there is no table.

    Notes
    -----
    One row per session: what was asked between sessions stands with the session before it, and of two answers to
    the same instrument in one session the later counts. Own symptoms appear by number, since their words are the
    client's; retracted results are left out.
    """
    sessions = sorted((s.value for s in book.records(code, SessionEntry)), key=lambda entry: entry.started)
    if not sessions:
        return ()
    chosen = frozenset(fields)
    tables: list[Phenotype] = []
    if "ratings" in chosen:
        tables += _ratings(book, code, sessions)
    if "scales" in chosen:
        tables += _scales(book, code, sessions)
    return tuple(tables)


def _ratings(book: "Book", code: str, sessions: list[SessionEntry]) -> list[Phenotype]:
    own = {stored.id: number for number, stored in enumerate(book.records(code, OwnSymptom), 1)}
    columns: dict[str, dict[str, Json]] = {"days": _DAYS}
    rows: dict[str, dict[str, Cell]] = {}
    for stored in sorted(book.records(code, Rating), key=lambda stored: (stored.value.taken, stored.id)):
        rating = stored.value
        # The words of an own symptom are the client's; its number is not.
        number = own.get(rating.symptom_id or 0, 0)
        item = f"own{number}" if rating.item == OWN else rating.item
        name = f"{item}_{rating.moment.value}"
        columns.setdefault(name, _described(rating, number))
        entry = _session_at(sessions, rating.taken, rating.visit)
        row = rows.setdefault(_label(entry), {"days": _days(sessions, entry.started)})
        row[name] = rating.value
    if not rows:
        return []
    cells = tuple((label, tuple(row.get(name) for name in columns)) for label, row in sorted(rows.items()))
    return [Phenotype("ratings", "Check-in ratings before, after and between sessions", columns, cells)]


def _described(rating: Rating, number: int) -> dict[str, Json]:
    when = {Moment.BEFORE: "before", Moment.AFTER: "after", Moment.HOME: "at home", Moment.NEXT_DAY: "the day after"}
    scale = {
        Measure.SLIDER: "0-10",
        Measure.ANALOGUE: "0-100",
        Measure.HOURS: "hours",
        Measure.COUNT: "count",
        Measure.YES_NO: "0 no, 1 yes",
    }[rating.measure]
    if rating.item == OWN:
        what = f"Concern {number} of the participant's own"
    else:
        item = ITEMS[rating.item]
        ends = f" ({item.low_word} to {item.high_word})" if item.low_word else ""
        what = f"{item.label}{ends}"
    described: dict[str, Json] = {"Description": f"{what}, {when[rating.moment]}, {scale}"}
    unit = _UNITS.get(rating.measure)
    return described | {"Units": unit} if unit else described


def _scales(book: "Book", code: str, sessions: list[SessionEntry]) -> list[Phenotype]:
    results = [stored.value for stored in book.records(code, ScaleResult) if not stored.value.retracted]
    tables = []
    for key in dict.fromkeys(result.scale for result in results):
        given = sorted((result for result in results if result.scale == key), key=lambda result: result.taken)
        n_items = max(len(result.answers) for result in given)
        columns: dict[str, dict[str, Json]] = {
            "days": _DAYS,
            **{f"item_{k}": {"Description": f"Answer to item {k}, as a number"} for k in range(1, n_items + 1)},
            "total": {"Description": "Sum, as it was computed when the scale was answered"},
            "imputed": {"Description": "How many missing answers the total estimates"},
        }
        rows: dict[str, tuple[Cell, ...]] = {}
        for result in given:
            answers: list[Cell] = [None if answer is None else float(answer) for answer in result.answers]
            answers += [None] * (n_items - len(answers))
            label = _label(_session_at(sessions, result.taken, result.visit))
            rows[label] = (_days(sessions, result.taken), *answers, result.total, float(result.imputed))
        title = SCALES[key].name if key in SCALES else "A scale that was entered by its total"
        tables.append(Phenotype(_file_name(key), title, columns, tuple(sorted(rows.items()))))
    return tables


def _session_at(sessions: list[SessionEntry], when: datetime, visit: int | None) -> SessionEntry:
    """The session of that number, else the newest one before `when`, else the first."""
    by_number = [entry for entry in sessions if entry.number == visit]
    before = [entry for entry in sessions if entry.started <= when]
    return (by_number or before or sessions[:1])[-1]


def _label(entry: SessionEntry) -> str:
    """The recording's own session label, so that rows and recordings belong together."""
    found = re.search(r"ses-([A-Za-z0-9]+)/?$", entry.folder.replace("\\", "/"))
    return found[1] if found else f"{entry.number:03d}"


def _days(sessions: list[SessionEntry], when: datetime) -> float:
    return float((when.date() - sessions[0].started.date()).days)


def _file_name(scale: str) -> str:
    return "scale_" + (re.sub(r"[^a-z0-9]+", "_", scale.lower()).strip("_") if scale in SCALES else "other")
