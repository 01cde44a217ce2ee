"""Session notes: drafts that may be edited, signed notes that may not, and amendments to these."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Annotated, ClassVar, Self

from nfb.practice.book_words import BOOK_WORDS
from nfb.practice.errors import BookError
from nfb.practice.field_words import FIELD_WORDS
from nfb.practice.fields import Line, NeededLine, NeededProse, Number, Prose, Refers
from nfb.practice.record import Record


class NoteState(Enum):
    DRAFT = "draft"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Note(Record):
    """A note of a visit. Once signed it is never changed again; what is to be added is an :class:`Amendment`."""

    kind: ClassVar[str] = "note"

    text: Prose
    author: Line
    written: datetime
    visit: Annotated[int, Number(0, 100_000)] | None = None
    state: NoteState = NoteState.DRAFT
    signed_by: Line = ""
    signed: datetime | None = None

    def problem(self) -> str:
        if (self.state is NoteState.SIGNED) != (self.signed is not None and self.signed_by != ""):
            return FIELD_WORDS["signed"]
        if self.state is NoteState.SIGNED and not self.text:
            return FIELD_WORDS["empty note"]
        return ""

    def may_become(self, new: Self) -> str:
        if self.state is NoteState.SIGNED:
            return FIELD_WORDS["note stays"]
        return ""

    def may_go(self) -> str:
        return "the note is signed and stays" if self.state is NoteState.SIGNED else ""


def signed(note: Note, by: str, at: datetime) -> Note:
    """The note as signed by `by`.

    Raises
    ------
    BookError
        It is signed already, or nobody signs.
    """
    if note.state is NoteState.SIGNED:
        raise BookError(BOOK_WORDS["signed by"].format(who=note.signed_by))
    if not by.strip():
        raise BookError(BOOK_WORDS["no signer"])
    return replace(note, state=NoteState.SIGNED, signed_by=by, signed=at)


@dataclass(frozen=True, slots=True)
class Amendment(Record):
    """What is added to a signed note later on."""

    kind: ClassVar[str] = "amendment"

    note_id: Annotated[int, Refers("note")]
    text: NeededProse
    author: NeededLine
    written: datetime

    def may_become(self, new: Self) -> str:
        return "an amendment stays as it was written; add another one"

    def may_go(self) -> str:
        return "an amendment stays"
