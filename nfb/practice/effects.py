"""Adverse effects: asked after every visit and the next day, graded 0 to 3, and the rule that follows from them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Annotated, ClassVar

from nfb.practice.banners import Banner
from nfb.practice.fields import Line, Number, Prose
from nfb.practice.ratings import Moment
from nfb.practice.record import Record, Stored


class Effect(Enum):
    HEADACHE = "headache"
    FATIGUE = "fatigue"
    FOG = "fog"
    DIZZINESS = "dizziness"
    NAUSEA = "nausea"
    ANXIETY = "anxiety"
    AGITATION = "agitation"
    LOW_MOOD = "low_mood"
    SLEEP_ONSET = "sleep_onset"
    DREAMS = "dreams"
    MEMORIES = "memories"
    SKIN = "skin"
    EYE_STRAIN = "eye_strain"
    SEIZURE = "seizure"
    FAINTING = "fainting"
    OTHER = "other"


EFFECT_WORDS: dict[Effect, str] = {
    Effect.HEADACHE: "headache",
    Effect.FATIGUE: "tired",
    Effect.FOG: "spacey or foggy",
    Effect.DIZZINESS: "dizzy",
    Effect.NAUSEA: "nausea",
    Effect.ANXIETY: "anxious",
    Effect.AGITATION: "restless or irritable",
    Effect.LOW_MOOD: "low mood or crying",
    Effect.SLEEP_ONSET: "trouble falling asleep",
    Effect.DREAMS: "vivid dreams",
    Effect.MEMORIES: "intrusive memories",
    Effect.SKIN: "tingling or skin",
    Effect.EYE_STRAIN: "eye strain",
    Effect.SEIZURE: "seizure",
    Effect.FAINTING: "fainting",
    Effect.OTHER: "other",
}
SERIOUS = frozenset({Effect.SEIZURE, Effect.FAINTING})
SEVERITY_WORDS = ("none", "mild", "moderate", "severe")
# What the banners say; the window translates by these.
BANNER_WORDS: dict[str, str] = {
    "serious": "Reported on {day}: {effect}. Do not train; inform the clinician.",
    "again": "{effect} (2 or above) {n} times: change or stop, inform clinician.",
}
NOTABLE = 2  # severity from which a repetition raises the banner


class Relation(Enum):
    UNKNOWN = "unknown"
    UNLIKELY = "unlikely"
    POSSIBLE = "possible"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True)
class AdverseEffect(Record):
    """One answer about one effect; severity 0 is an answer too."""

    kind: ClassVar[str] = "adverse_effect"

    effect: Effect
    severity: Annotated[int, Number(0, 3)]
    taken: datetime
    moment: Moment = Moment.AFTER
    relation: Relation = Relation.UNKNOWN
    action: Line = ""
    note: Prose = ""
    visit: Annotated[int, Number(0, 100_000)] | None = None

    @property
    def serious(self) -> bool:
        return self.effect in SERIOUS and self.severity > 0

    def remark(self) -> str:
        return f"serious adverse effect reported: {EFFECT_WORDS[self.effect]}" if self.serious else ""


def effect_banners(effects: Iterable[Stored[AdverseEffect]]) -> tuple[Banner, ...]:
    """Banners that the adverse effects raise.

    A seizure or a faint at once, blocking the start; the same effect at 2 or above on two occasions as advice.
    Answers of one visit, or of one day where the visit is not known, count as one occasion.
    """
    banners = []
    occasions: dict[Effect, dict[object, int]] = defaultdict(dict)
    for stored in sorted(effects, key=lambda e: e.id):
        effect = stored.value
        words = EFFECT_WORDS[effect.effect]
        if effect.serious:
            text = BANNER_WORDS["serious"].format(day=f"{effect.taken:%Y-%m-%d}", effect=words)
            banners.append(Banner(f"serious:{stored.id}", text, blocks_start=True))
        elif effect.severity >= NOTABLE:
            occasion = effect.visit if effect.visit is not None else effect.taken.date()
            occasions[effect.effect].setdefault(occasion, stored.id)
    for kind, seen in occasions.items():
        if len(seen) >= 2:
            newest = max(seen.values())
            text = BANNER_WORDS["again"].format(effect=EFFECT_WORDS[kind].capitalize(), n=len(seen))
            banners.append(Banner(f"effect:{kind.value}:{newest}", text, blocks_start=False))
    return tuple(banners)
