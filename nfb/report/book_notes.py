"""The professional's part of a session's reports, read from the client book."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from nfb.model.speech import Translate, in_english
from nfb.practice.clients import Identity
from nfb.practice.effects import EFFECT_WORDS, SEVERITY_WORDS, AdverseEffect
from nfb.practice.notes import Note
from nfb.practice.plans import Appointment, AppointmentState, OwnSymptom
from nfb.practice.ratings import ITEMS, OWN, Measure, Moment, Rating
from nfb.practice.sessions import CHECK_IN_NOTE, NEXT_PLAN, SessionEntry
from nfb.practice.treatments import TreatmentEvent
from nfb.practice.trends import trends
from nfb.report.given import Series, SessionNotes

if TYPE_CHECKING:
    from nfb.practice.book import Book

_MOST_SERIES = 4
_SCALED = (Measure.SLIDER, Measure.ANALOGUE)


def visit_notes(
    book: "Book", code: str, visit: int, *, with_name: bool = True, tr: Translate = in_english
) -> SessionNotes:
    """What the client book holds about one visit, as the reports take it.

    Parameters
    ----------
    visit
        Number of the session.
    with_name
        Print the client's name, if there is one, beside the code.
    tr
        Puts this program's words into another language; what people wrote stays as it is.
    """
    identity = book.single(code, Identity)
    entry = next((s.value for s in book.records(code, SessionEntry) if s.value.number == visit), None)
    symptoms = {stored.id: stored.value for stored in book.records(code, OwnSymptom)}
    all_ratings = book.records(code, Rating)
    ratings = [stored.value for stored in all_ratings if stored.value.visit == visit]
    effects = [s.value for s in book.records(code, AdverseEffect) if s.value.visit == visit]
    notes = [stored.value for stored in book.records(code, Note) if stored.value.visit == visit]
    began = None if entry is None else entry.started
    lines = trends(book.records(code, SessionEntry), all_ratings, book.records(code, OwnSymptom), (), ()).series
    return SessionNotes(
        shown_name=identity.value.name if identity is not None and with_name else "",
        clinician=notes[-1].signed_by or notes[-1].author if notes else book.who,
        check_in=_check_in(ratings, symptoms, entry, tr),
        treatment_changes="; ".join(_treatments(book, code, began, tr)),
        adverse_effects=_effects(effects, tr),
        note=notes[-1].text if notes else "",
        plan=str(entry.summary.get(NEXT_PLAN) or "") if entry is not None else "",
        next_visit=_next_visit(book, code, began),
        felt_before=_felt(ratings, Moment.BEFORE, symptoms, tr),
        felt_after=_felt(ratings, Moment.AFTER, symptoms, tr),
        series=tuple(
            Series(
                tr(line.label),
                line.unit or "0–10",
                tuple((p.at.astimezone().date(), p.value) for p in line.points),
                (line.low, line.high),
            )
            for line in lines
            if line.high == 10
        )[:_MOST_SERIES],
    )


def _check_in(
    ratings: list[Rating], symptoms: dict[int, OwnSymptom], entry: SessionEntry | None, tr: Translate
) -> str:
    said = [f"{_label(r, symptoms, tr)} {_value(r, tr)}" for r in ratings if r.moment is Moment.BEFORE]
    note = str(entry.summary.get(CHECK_IN_NOTE) or "") if entry is not None else ""
    return ". ".join(part for part in ("; ".join(said), note) if part)


def _label(rating: Rating, symptoms: dict[int, OwnSymptom], tr: Translate) -> str:
    if rating.item == OWN and rating.symptom_id is not None:
        return symptoms[rating.symptom_id].label if rating.symptom_id in symptoms else tr("own symptom")
    return tr(ITEMS[rating.item].label)


def _value(rating: Rating, tr: Translate) -> str:
    if rating.measure is Measure.YES_NO:
        return tr("yes") if rating.value else tr("no")
    unit = " h" if rating.measure is Measure.HOURS else ""
    return f"{rating.value:g}{unit}"


def _felt(
    ratings: list[Rating], moment: Moment, symptoms: dict[int, OwnSymptom], tr: Translate
) -> tuple[tuple[str, str], ...]:
    asked_after = {(r.item, r.symptom_id) for r in ratings if r.moment is Moment.AFTER}
    return tuple(
        (f"{_label(r, symptoms, tr)}, 0–{10 if r.measure is Measure.SLIDER else 100}", f"{r.value:g}")
        for r in ratings
        if r.moment is moment and r.measure in _SCALED and (r.item, r.symptom_id) in asked_after
    )


def _effects(effects: Iterable[AdverseEffect], tr: Translate) -> str:
    effects = list(effects)
    felt = [f"{tr(EFFECT_WORDS[e.effect])} ({tr(SEVERITY_WORDS[e.severity])})" for e in effects if e.severity]
    if felt:
        return ", ".join(felt)
    return tr("asked, none") if effects else ""


def _treatments(book: "Book", code: str, began: datetime | None, tr: Translate) -> list[str]:
    if began is None:
        return []
    day = began.astimezone().date()
    return [
        " ".join(part for part in (e.name, tr(e.step.value), e.dose) if part)
        for e in (stored.value for stored in book.records(code, TreatmentEvent))
        if e.day == day
    ]


def _next_visit(book: "Book", code: str, began: datetime | None) -> str:
    booked = [
        a.value.starts
        for a in book.records(code, Appointment)
        if a.value.state is AppointmentState.BOOKED and (began is None or a.value.starts > began)
    ]
    return f"{min(booked).astimezone():%Y-%m-%d %H:%M}" if booked else ""
