"""A filled-in scale as it is kept: the answers, and the score as it was computed then."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Annotated, ClassVar, Self

from nfb.practice.field_words import FIELD_WORDS
from nfb.practice.fields import Line, NeededLine, Number
from nfb.practice.record import Record
from nfb.practice.scales.catalogue import SCALES


class Place(Enum):
    CLINIC = "clinic"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class ScaleResult(Record):
    """One filled-in scale.

    Parameters
    ----------
    scale
        Key of :data:`nfb.practice.scales.catalogue.SCALES`, or the name of another scale entered by its total.
    answers
        One per item, None where left out; empty if only the total was entered.
    total, band
        Computed once, at the time; total None if too many answers are missing.
    imputed
        How many missing answers the total estimates.
    safety_answer
        Answer to the item about thoughts of death or self-harm; None if the scale has none or it was left out.
    wording
        Which text was shown.
    retracted
        Why the result is not to be used, e.g. entered for the wrong client; empty while it is.
    """

    kind: ClassVar[str] = "scale_result"

    scale: NeededLine
    taken: datetime
    answers: tuple[Annotated[int, Number(0, 100)] | None, ...] = ()
    total: Annotated[float, Number(-10_000, 10_000)] | None = None
    imputed: Annotated[int, Number(0, 100)] = 0
    band: Line = ""
    safety_answer: Annotated[int, Number(0, 100)] | None = None
    wording: Line = ""
    place: Place = Place.CLINIC
    visit: Annotated[int, Number(0, 100_000)] | None = None
    retracted: Line = ""

    @property
    def safety_item_answered_above_zero(self) -> bool:
        return self.safety_answer is not None and self.safety_answer > 0

    def problem(self) -> str:
        scale = SCALES.get(self.scale)
        if scale is None:
            return ""
        if self.answers and len(self.answers) != scale.n_items:
            given = {"n": len(self.answers), "scale": scale.name, "items": scale.n_items}
            return FIELD_WORDS["answers"].format(**given)
        if self.answers and scale.safety_item and self.safety_answer != self.answers[scale.safety_item - 1]:
            item = FIELD_WORDS["safety answer"].format(item=scale.safety_item)
            return f"safety_answer = {self.safety_answer}: {item}"
        if self.total is not None and not scale.low <= self.total <= scale.high:
            limits = {"scale": scale.name, "low": f"{scale.low:g}", "high": f"{scale.high:g}"}
            return f"total = {self.total:g}: {FIELD_WORDS['total'].format(**limits)}"
        return ""

    def may_become(self, new: Self) -> str:
        if replace(new, retracted=self.retracted) != self:
            return FIELD_WORDS["result stays"]
        return ""

    def may_go(self) -> str:
        return "a result stays. Retract it with a reason."

    def remark(self) -> str:
        if self.safety_item_answered_above_zero:
            return f"{self.scale}: item about thoughts of death or self-harm answered above 'not at all'"
        return ""
