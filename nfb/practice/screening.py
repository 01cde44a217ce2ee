"""Records of intake screening, of overridden limits, and of the person responsible when somebody is in danger."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import ClassVar, Self

from nfb.practice.field_words import FIELD_WORDS
from nfb.practice.fields import Line, NeededProse, Prose
from nfb.practice.record import Record


class Answer(Enum):
    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Intake(Record):
    """An intake screen as answered; keys are those of :data:`nfb.practice.intake.QUESTIONS`.

    `confirmed` are the conditions under which a clinician allowed training, by whom and why.
    """

    kind: ClassVar[str] = "intake"

    taken: datetime
    answers: dict[str, Answer]
    confirmed: tuple[Line, ...] = ()
    confirmed_by: Line = ""
    reason: Prose = ""

    def problem(self) -> str:
        if self.confirmed and not (self.confirmed_by and self.reason):
            return FIELD_WORDS["confirmation"]
        return ""

    def remark(self) -> str:
        return f"{self.confirmed_by} confirmed: {', '.join(self.confirmed)}" if self.confirmed else ""


@dataclass(frozen=True, slots=True)
class Override(Record):
    """Limits that were passed on purpose, and why."""

    kind: ClassVar[str] = "override"

    limits: tuple[Line, ...]
    reason: NeededProse
    taken: datetime

    def may_become(self, new: Self) -> str:
        return "an override stays as it was written"

    def may_go(self) -> str:
        return "an override stays"

    def remark(self) -> str:
        return f"overrode {', '.join(self.limits)}: {self.reason}"


@dataclass(frozen=True, slots=True)
class SafetyContact(Record):
    """Whom the practice names when somebody may be in danger: needed before scales that ask about it are offered."""

    kind: ClassVar[str] = "safety_contact"
    of_client: ClassVar[bool] = False
    single: ClassVar[bool] = True

    responsible: Line = ""
    crisis_text: Prose = ""
    emergency_numbers: Line = ""

    @property
    def complete(self) -> bool:
        """Whether a responsible person is named and the local crisis text is written."""
        return bool(self.responsible.strip() and self.crisis_text.strip())
