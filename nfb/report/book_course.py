"""The course report and the client's page out of the client book: recordings, plan, goals, ratings, treatments."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from nfb.files.recording import open_own_recording
from nfb.model.errors import NfbError, RecordingError, SetupError
from nfb.practice.clients import Identity
from nfb.practice.effects import EFFECT_WORDS, SEVERITY_WORDS, AdverseEffect
from nfb.practice.plans import Goal, OwnSymptom, Plan
from nfb.practice.ratings import Rating
from nfb.practice.scales.catalogue import SCALES
from nfb.practice.scales.result import ScaleResult
from nfb.practice.sessions import ABOVE_FIRST_P70, CLEAN_SHARE, SessionEntry
from nfb.practice.treatments import Span, TreatmentEvent
from nfb.practice.trends import Series as Line
from nfb.practice.trends import trends
from nfb.report.book_notes import visit_notes
from nfb.report.client_page import client_page
from nfb.report.course_report import course_report
from nfb.report.facts import SessionFacts, facts_of
from nfb.report.given import CourseNotes, Series, Treatment

if TYPE_CHECKING:
    from nfb.practice.book import Book

_FROM_RECORDINGS = (ABOVE_FIRST_P70, CLEAN_SHARE)  # drawn from the recordings themselves, with intervals


@dataclass(frozen=True, slots=True)
class FromBook:
    """A report, the sessions in it, and which of the book's sessions are not in it and why, one sentence each."""

    html: str
    sessions: tuple[SessionFacts, ...]
    left_out: tuple[str, ...]


def course_from_book(
    book: "Book", code: str, root: Path, *, protocol_id: str | None = None, with_name: bool = True
) -> FromBook:
    """The two-page course report of a client.

    Parameters
    ----------
    root
        The folder of recordings.
    protocol_id
        The course of this protocol; None for that of the newest session.
    with_name
        Print the client's name, if the book has one, instead of the code.

    Raises
    ------
    BookError
        There is no such client.
    SetupError
        No session of the client can be read.
    """
    entries = _entries(book, code)
    wanted = protocol_id or (entries[-1].protocol_id if entries else "")
    same = [entry for entry in entries if not wanted or entry.protocol_id in (wanted, "")]
    sessions, left_out = _facts(same, root)
    if sessions:
        trained = sessions[-1].setup.protocol.id
        left_out += [
            f"Session {s.session}: trained with {s.setup.protocol.id}."
            for s in sessions
            if s.setup.protocol.id != trained
        ]
        sessions = [s for s in sessions if s.setup.protocol.id == trained]
    others = len(entries) - len(same)
    if others:
        left_out.append(f"{others} of another protocol than {wanted}.")
    if not sessions:
        raise SetupError(f"{code}: the client book knows no session that can be read in {root}. {' '.join(left_out)}")
    html = course_report(sessions, course_notes(book, code, with_name=with_name))
    return FromBook(html, tuple(sessions), tuple(left_out))


def client_page_from_book(
    book: "Book", code: str, root: Path, *, visit: int | None = None, with_name: bool = True
) -> FromBook:
    """The page that a client takes home, of the visit with this number, or of the newest.

    Raises
    ------
    BookError, SetupError
        There is no such client or visit, or its recording cannot be read.
    """
    entries = [entry for entry in _entries(book, code) if visit in (None, entry.number)]
    if not entries:
        which = "session" if visit is None else f"session {visit}"
        raise SetupError(f"{code}: the client book knows no {which}.")
    sessions, left_out = _facts(entries[-1:], root)
    if not sessions:
        raise SetupError(f"{code}: {' '.join(left_out)}")
    notes = visit_notes(book, code, entries[-1].number, with_name=with_name)
    return FromBook(client_page(sessions[0], notes), tuple(sessions), ())


def course_notes(book: "Book", code: str, *, with_name: bool = True) -> CourseNotes:
    """What the client book holds about a course, as the report takes it.

    Parameters
    ----------
    with_name
        Print the client's name, if there is one, instead of the code.
    """
    plan = book.single(code, Plan)
    identity = book.single(code, Identity)
    found = trends(
        book.records(code, SessionEntry),
        book.records(code, Rating),
        book.records(code, OwnSymptom),
        book.records(code, ScaleResult),
        book.records(code, TreatmentEvent),
    )
    lines = [line for line in found.series if line.key not in _FROM_RECORDINGS]
    # The client's own concerns and the questionnaires first: the report has room for four.
    lines.sort(key=lambda line: not line.key.startswith(("own:", "scale:")))
    effects = [stored.value for stored in book.records(code, AdverseEffect)]
    return CourseNotes(
        shown_name=identity.value.name if identity is not None and with_name else "",
        clinician=book.who,
        goals=tuple(_goal(stored.value) for stored in book.records(code, Goal)),
        planned_sessions=(plan.value.sessions or None) if plan is not None else None,
        adverse_effects=_effects(effects),
        series=tuple(_series(line) for line in lines),
        treatments=tuple(_treatment(span) for span in found.treatments),
    )


def _entries(book: "Book", code: str) -> list[SessionEntry]:
    entries = (stored.value for stored in book.records(code, SessionEntry))
    return sorted(entries, key=lambda entry: (entry.started, entry.number))


def _facts(entries: Sequence[SessionEntry], root: Path) -> tuple[list[SessionFacts], list[str]]:
    """Facts of the sessions whose recordings can be read, and a sentence for each of the others."""
    sessions, left_out = [], []
    for entry in entries:
        try:
            sessions.append(facts_of(open_own_recording(root / entry.folder)))
        except (RecordingError, OSError) as error:
            left_out.append(f"Session {entry.number}: {error if isinstance(error, NfbError) else error.strerror}.")
    return sessions, left_out


def _goal(goal: Goal) -> str:
    return f"{goal.text} (reached {goal.reached_on:%Y-%m-%d})" if goal.reached_on is not None else goal.text


def _effects(effects: list[AdverseEffect]) -> str:
    """Each effect with how often it was felt and its worst grade, most frequent first."""
    if not effects:
        return ""
    occasions = len({effect.visit if effect.visit is not None else effect.taken.date() for effect in effects})
    times = "once" if occasions == 1 else f"{occasions} times"
    felt = [effect for effect in effects if effect.severity]
    if not felt:
        return f"Asked {times}; none."
    counts = Counter(effect.effect for effect in felt)
    words = [
        f"{EFFECT_WORDS[effect]} {n}× (at most "
        f"{SEVERITY_WORDS[max(each.severity for each in felt if each.effect is effect)]})"
        for effect, n in counts.most_common()
    ]
    return f"Asked {times}: {', '.join(words)}."


def _series(line: Line) -> Series:
    side = {True: "lower is easier", False: "higher is easier", None: ""}[line.more_is_worse]
    scale = SCALES.get(line.key.removeprefix("scale:"))
    unit = f"points of {line.high:g}" if scale is not None else line.unit or f"{line.low:g}–{line.high:g}"
    points = tuple((point.at.astimezone().date(), point.value) for point in line.points)
    return Series(line.label, ", ".join(part for part in (unit, side) if part), points, (line.low, line.high))


def _treatment(span: Span) -> Treatment:
    # One whose beginning is not known began before anything that was measured; the axis cuts it there.
    return Treatment(span.label, span.start or date.min, span.stop)
