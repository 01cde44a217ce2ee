"""What can go wrong with a client book, in words for the person at the desk."""

from dataclasses import dataclass
from typing import Any

from nfb.model.errors import NfbError
from nfb.practice.book_words import BOOK_WORDS


class BookError(NfbError):
    """The client book cannot do what was asked; nothing was changed."""


class FieldError(BookError):
    """A field's value cannot be kept: names the field, the value, the limit."""


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """One field that somebody else wrote in the meantime, in the form in which it is stored."""

    field: str
    before: object
    theirs: object
    mine: object


class ConflictError(BookError):
    """Somebody else changed the record after it was read; nothing was overwritten.

    Parameters
    ----------
    kind
        What was to be written, e.g. ``plan``.
    fields
        Every field that the other desk changed, with what was read, what stands there now and what was to be written.
    theirs
        The record as it stands now (:class:`~nfb.practice.record.Stored`); None if it was removed.
    """

    def __init__(self, kind: str, fields: tuple[FieldConflict, ...], theirs: Any) -> None:
        self.kind = kind
        self.fields = fields
        self.theirs = theirs
        if theirs is None:
            super().__init__(BOOK_WORDS["removed"].format(kind=kind))
            return
        changes = "; ".join(_change(c) for c in fields)
        super().__init__(BOOK_WORDS["changed"].format(kind=kind, changes=changes))


def _change(one: FieldConflict) -> str:
    return BOOK_WORDS["change"].format(field=one.field, theirs=_short(one.theirs), yours=_short(one.mine))


def _short(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…'"
