"""The end of a visit: answers afterwards, adverse effects, note and next plan, as the client book keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from nfb.engine.check_in import ratings_of
from nfb.engine.visit import relative_folder
from nfb.files.reassign import reassign_recording
from nfb.practice.book_words import BOOK_WORDS
from nfb.practice.comfort import is_fixed
from nfb.practice.effects import AdverseEffect, Effect
from nfb.practice.errors import BookError
from nfb.practice.notes import Note, NoteState, signed
from nfb.practice.plans import Plan
from nfb.practice.ratings import Moment, Rating
from nfb.practice.record import R, Stored
from nfb.practice.sessions import NEXT_PLAN, SessionEntry

if TYPE_CHECKING:
    from nfb.practice.book import Book

K = TypeVar("K")
_LEAST_RUN_S, _STEP_S = 120.0, 60.0
_MOST_TARGET, _TARGET_STEP = 0.85, 0.05
# After these a shorter visit is suggested to the person; nothing is changed by itself.
_CALL_FOR_LESS = frozenset({Effect.AGITATION, Effect.HEADACHE, Effect.DIZZINESS})


@dataclass(frozen=True, slots=True)
class Closing:
    """What is said at the end of a visit.

    Parameters
    ----------
    answers
        By item, as in a check-in.
    effects
        Severity 0 to 3 of the effects that were asked about; empty if they were not.
    other
        Words on another effect.
    note
        Text of the note; `sign_as` the name it is signed with, empty for a draft.
    next_plan
        In words; `plan` the plan it changes to, or None to leave it.
    """

    answers: Mapping[str, float]
    effects: Mapping[Effect, int]
    note: str
    other: str = ""
    sign_as: str = ""
    next_plan: str = ""
    plan: Plan | None = None


@dataclass(slots=True)
class Kept:
    """What of a closing is in the book already, so that the next time changes it rather than adding it again."""

    entry: Stored[SessionEntry]
    ratings: dict[str, Stored[Rating]] = field(default_factory=dict)
    effects: dict[Effect, Stored[AdverseEffect]] = field(default_factory=dict)
    note: Stored[Note] | None = None


def keep_closing(book: "Book", code: str, kept: Kept, closing: Closing, now: datetime) -> None:
    """Write a closing into the client book.

    Raises
    ------
    BookError
        Another desk changed the same records, the note is signed already, or the book cannot be written.
    """
    visit = kept.entry.value.number
    ratings = {rating.item: rating for rating in ratings_of(closing.answers, Moment.AFTER, now, visit)}
    _keep_all(book, code, kept.ratings, ratings)
    effects = {
        effect: AdverseEffect(
            effect, severity, now, visit=visit, note=closing.other if effect is Effect.OTHER else ""
        )
        for effect, severity in closing.effects.items()
    }
    _keep_all(book, code, kept.effects, effects)
    _keep_note(book, code, kept, closing, now, visit)
    summary = {**kept.entry.value.summary, NEXT_PLAN: closing.next_plan}
    kept.entry = book.change(kept.entry, replace(kept.entry.value, summary=summary))
    if closing.plan is not None:
        stored = book.single(code, Plan)
        if stored is None:
            book.add(code, closing.plan)
        elif stored.value != closing.plan:
            book.change(stored, closing.plan, f"chosen after visit {visit}")


def _keep_all(book: "Book", code: str, kept: dict[K, Stored[R]], wanted: Mapping[K, R]) -> None:
    for key in [key for key in kept if key not in wanted]:
        book.remove(kept.pop(key), "taken back at the end of the visit")
    for key, record in wanted.items():
        stored = kept.get(key)
        if stored is None:
            kept[key] = book.add(code, record)
        else:
            kept[key] = book.change(stored, record)


def _keep_note(book: "Book", code: str, kept: Kept, closing: Closing, now: datetime, visit: int) -> None:
    if kept.note is not None and kept.note.value.state is NoteState.SIGNED:
        return
    text = closing.note.strip()
    if not text and kept.note is None:
        return
    note = Note(text, book.who, now, visit)
    if closing.sign_as.strip() and text:
        note = signed(note, closing.sign_as.strip(), now)
    kept.note = book.add(code, note) if kept.note is None else book.change(kept.note, note)


def next_plans(plan: Plan) -> dict[str, Plan]:
    """Plans to choose from for the next visit; ``same`` first. None is chosen by itself."""
    found = {"same": plan}
    if is_fixed(plan):
        return found
    if plan.run_s - _STEP_S >= _LEAST_RUN_S:
        found["shorter"] = replace(plan, run_s=plan.run_s - _STEP_S)
    if plan.runs > 1:
        found["fewer"] = replace(plan, runs=plan.runs - 1)
    if plan.target + _TARGET_STEP <= _MOST_TARGET:
        found["easier"] = replace(plan, target=round(plan.target + _TARGET_STEP, 2))
    return found


def calls_for_less(effects: Mapping[Effect, int]) -> bool:
    """Whether a shorter visit is worth proposing to the practitioner."""
    return any(effects.get(effect, 0) for effect in _CALL_FOR_LESS)


def reassign(
    book: "Book", code: str, entry: Stored[SessionEntry], to_code: str, reason: str, root: Path
) -> Stored[SessionEntry]:
    """Give a visit that was run for the wrong client to the right one: session, answers, effects, note, recording.

    Answers about the wrong client's own symptoms are removed, for the other client does not have these. The recording
    under `root` is renamed to the right client's next session; the audit trail of both clients says where it was.

    Raises
    ------
    BookError
        No reason, no such client, or the note is signed.
    RecordingError
        The recording cannot be renamed.

    In both cases the recording is where it was.
    """
    book.client(to_code)
    if not reason.strip():
        raise BookError(BOOK_WORDS["visit, no reason"])
    for note in book.records(code, Note):
        if note.value.visit == entry.value.number and note.value.state is NoteState.SIGNED:
            raise BookError(BOOK_WORDS["visit, signed"])
    folder = root / entry.value.folder
    if not (folder / "eeg").is_dir():  # the session was not recorded
        return _move_records(book, code, entry, to_code, reason)
    moved_to = reassign_recording(folder, to_code)
    try:
        moved = _move_records(book, code, entry, to_code, reason)
        return book.change(moved, replace(moved.value, folder=relative_folder(moved_to, root)), reason)
    except BookError:
        reassign_recording(moved_to, code)
        raise


def _move_records(
    book: "Book", code: str, entry: Stored[SessionEntry], to_code: str, reason: str
) -> Stored[SessionEntry]:
    visit = entry.value.number
    number = 1 + max((s.value.number for s in book.records(to_code, SessionEntry)), default=0)
    own: tuple[type[Rating] | type[AdverseEffect] | type[Note], ...] = (Rating, AdverseEffect, Note)
    moved = book.move(entry, to_code, reason)
    moved = book.change(moved, replace(moved.value, number=number), reason)
    for kind in own:
        for stored in book.records(code, kind):
            if stored.value.visit != visit:
                continue
            if isinstance(stored.value, Rating) and stored.value.symptom_id is not None:
                book.remove(stored, reason)
            else:
                other = book.move(stored, to_code, reason)
                book.change(other, replace(other.value, visit=number), reason)
    return moved
