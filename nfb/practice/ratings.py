"""Quick ratings before and after a visit and at home: sliders 0 to 10, visual analogue scales 0 to 100, counts."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Annotated, ClassVar, NamedTuple

from nfb.practice.field_words import FIELD_WORDS
from nfb.practice.fields import NeededLine, Number, Refers
from nfb.practice.record import Record


class Measure(Enum):
    """How an item is answered."""

    SLIDER = "slider"  # 0..10
    ANALOGUE = "analogue"  # 0..100
    HOURS = "hours"
    COUNT = "count"
    YES_NO = "yes_no"  # 0 or 1


HIGHEST: dict[Measure, float] = {
    Measure.SLIDER: 10,
    Measure.ANALOGUE: 100,
    Measure.HOURS: 24,
    Measure.COUNT: 50,
    Measure.YES_NO: 1,
}


class Item(NamedTuple):
    """A standard item of the check-in; `more_is_worse` is None where neither end is the better one."""

    label: str
    low_word: str
    high_word: str
    measures: tuple[Measure, ...]
    more_is_worse: bool | None


_SCALED = (Measure.SLIDER, Measure.ANALOGUE)

ITEMS: dict[str, Item] = {
    "mood": Item("Mood", "very low", "very good", _SCALED, False),
    "energy": Item("Energy", "none", "plenty", _SCALED, False),
    "stress": Item("Stress", "none", "very much", _SCALED, True),
    "calm": Item("Calm", "tense", "calm", _SCALED, False),
    "sleep_quality": Item("Sleep last night", "very poor", "very good", _SCALED, False),
    "sleep_hours": Item("Hours slept", "", "", (Measure.HOURS,), None),
    "caffeine": Item("Caffeine, cups", "", "", (Measure.COUNT,), None),
    "alcohol": Item("Alcohol, drinks", "", "", (Measure.COUNT,), None),
    "pain": Item("Pain or headache", "", "", (Measure.YES_NO,), True),
    "drowsy": Item("Drowsy", "", "", (Measure.YES_NO,), True),
    # CRED-nf 3a: asked before (first three) and after (last two).
    "expectancy": Item("Expect it to help", "not at all", "very much", (Measure.ANALOGUE,), None),
    "motivation": Item("Motivation", "none", "very high", (Measure.ANALOGUE,), None),
    "sleepiness": Item("Sleepiness", "wide awake", "very sleepy", (Measure.ANALOGUE,), None),
    "effort": Item("Effort", "none", "very much", (Measure.ANALOGUE,), None),
    "control": Item("Control felt", "none", "full", (Measure.ANALOGUE,), None),
}

OWN = "own"  # item of a rating of an own symptom
MOOD_DROP = 3.0  # points of 10 from which a fall of mood is pointed out


class Moment(Enum):
    BEFORE = "before"
    AFTER = "after"
    HOME = "home"
    NEXT_DAY = "next_day"


@dataclass(frozen=True, slots=True)
class Rating(Record):
    """One answer. `item` is a key of :data:`ITEMS`, or ``own`` with the number of the own symptom."""

    kind: ClassVar[str] = "rating"

    item: NeededLine
    value: Annotated[float, Number(0, 100)]
    measure: Measure
    moment: Moment
    taken: datetime
    visit: Annotated[int, Number(0, 100_000)] | None = None
    symptom_id: Annotated[int, Refers("own_symptom")] | None = None
    by_client: bool = False

    def problem(self) -> str:
        if (self.item == OWN) != (self.symptom_id is not None):
            return "an own symptom is rated with item 'own' and its number, any other item without"
        if self.item != OWN and self.item not in ITEMS:
            return f"item = {self.item!r}: must be one of {', '.join(ITEMS)} or {OWN}"
        if self.item != OWN and self.measure not in ITEMS[self.item].measures:
            return f"measure = {self.measure.value}: {self.item} is not answered that way"
        if self.value > HIGHEST[self.measure]:
            highest = {"measure": self.measure.value, "highest": f"{HIGHEST[self.measure]:g}"}
            return f"value = {self.value:g}: {FIELD_WORDS['highest'].format(**highest)}"
        return ""

    @property
    def tenth(self) -> float:
        """The value on 0..10, where it is a slider or an analogue scale."""
        return self.value / 10 if self.measure is Measure.ANALOGUE else self.value
