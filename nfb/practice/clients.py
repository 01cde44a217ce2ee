"""Who is trained: the code, what to mind about a person, the identity kept apart from it, and consent."""

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated, ClassVar, Self

from nfb.practice.errors import FieldError
from nfb.practice.field_words import FIELD_WORDS
from nfb.practice.fields import Line, NeededLine, Prose, Text
from nfb.practice.record import Record


class Flag(Enum):
    """What everybody at the desk must know before starting."""

    PHOTOSENSITIVE = "photosensitive"
    SEIZURES = "seizures"
    STIMULATOR = "stimulator"
    MEDICATION = "medication"
    PREGNANCY = "pregnancy"
    BRAIN_INJURY = "brain_injury"
    NEUROLOGICAL = "neurological"
    PSYCHOSIS = "psychosis"
    MANIA = "mania"
    DISSOCIATION = "dissociation"
    SKIN = "skin"
    HEARING = "hearing"
    MINOR = "minor"
    OTHER = "other"


FLAG_WORDS: dict[Flag, str] = {
    Flag.PHOTOSENSITIVE: "photosensitive",
    Flag.SEIZURES: "seizure history",
    Flag.STIMULATOR: "implanted stimulator",
    Flag.MEDICATION: "medication that changes the EEG",
    Flag.PREGNANCY: "pregnancy",
    Flag.BRAIN_INJURY: "head or brain injury",
    Flag.NEUROLOGICAL: "neurological condition",
    Flag.PSYCHOSIS: "psychosis",
    Flag.MANIA: "mania or bipolar disorder",
    Flag.DISSOCIATION: "dissociation or trauma",
    Flag.SKIN: "skin, wound or allergy at the head",
    Flag.HEARING: "hearing",
    Flag.MINOR: "under 18",
    Flag.OTHER: "other, see the remark",
}


class Handedness(Enum):
    RIGHT = "right"
    LEFT = "left"
    BOTH = "both"
    UNKNOWN = "unknown"


_CODE = re.compile(r"(?=[0-9]*[A-Z])(?=[A-Z]*[0-9])[A-Z0-9]{2,16}")


def client_code(text: str) -> str:
    """A client's code as it stands in files: capital letters and digits, at least one of each, so that it is no name.

    >>> client_code(" a-031")
    'A031'

    Raises
    ------
    FieldError
        The text is no code.
    """
    code = text.strip().replace("-", "").upper()
    if not _CODE.fullmatch(code):
        shown = repr(text) if len(text) <= 40 else f"{text[:40]!r}…"
        raise FieldError(f"client.code = {shown}: {FIELD_WORDS['code']}")
    return code


@dataclass(frozen=True, slots=True)
class Client(Record):
    """A client by code; it is the only identity that recordings, logs and window titles carry."""

    kind: ClassVar[str] = "client"
    of_client: ClassVar[bool] = False

    code: Annotated[str, Text(16, needed=True)]
    flags: tuple[Flag, ...] = ()
    flag_note: Prose = ""
    handedness: Handedness = Handedness.UNKNOWN
    since: date | None = None
    demo: bool = False

    def problem(self) -> str:
        return "" if self.code == client_code(self.code) else f"code = {self.code!r}: write {client_code(self.code)}"

    def may_become(self, new: Self) -> str:
        if new.code != self.code:
            return FIELD_WORDS["code stays"]
        return ""

    def may_go(self) -> str:
        return "a client is erased, not removed: see nfb.practice.erase"


@dataclass(frozen=True, slots=True)
class Identity(Record):
    """Who a code stands for. Optional, kept in a table of its own, and in no file but the client book.

    The book relies on the disk's encryption (FileVault, BitLocker, LUKS) or the database server's.
    """

    kind: ClassVar[str] = "identity"
    single: ClassVar[bool] = True

    name: Line = ""
    birth_date: date | None = None
    contact: Prose = ""

    def age_on(self, day: date) -> int | None:
        """Completed years on a day; None if the date of birth is not known or lies after it."""
        born = self.birth_date
        if born is None or born > day:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class Scope(Enum):
    """What the client agreed to."""

    TRAINING = "training"
    RESEARCH = "research"
    SHARING = "sharing"


@dataclass(frozen=True, slots=True)
class Consent(Record):
    """A consent as given: the version of the text, the day, what for, who took it."""

    kind: ClassVar[str] = "consent"

    text_version: NeededLine
    given: date
    scopes: tuple[Scope, ...] = (Scope.TRAINING,)
    taken_by: Line = ""
    guardian: Line = ""
    withdrawn: date | None = None
    note: Prose = ""

    def problem(self) -> str:
        if self.withdrawn is not None and self.withdrawn < self.given:
            return f"withdrawn = {self.withdrawn}: {FIELD_WORDS['withdrawn'].format(given=self.given)}"
        return ""

    def covers(self, scope: Scope, day: date) -> bool:
        """Whether it allows `scope` on a day."""
        return scope in self.scopes and self.given <= day and (self.withdrawn is None or day < self.withdrawn)
