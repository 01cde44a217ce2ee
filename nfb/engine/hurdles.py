"""What stands in the way of training today: banners, screening, treatments of the day, dose, a fall of mood."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from nfb.engine.known import Known
from nfb.engine.visit import running_elsewhere
from nfb.model.protocol import Protocol
from nfb.practice.clients import Scope
from nfb.practice.dose import Dose, check_dose
from nfb.practice.intake import locks_of, screen
from nfb.practice.plans import Plan
from nfb.practice.ratings import MOOD_DROP
from nfb.practice.treatment_day import DayRule, treatment_day
from nfb.practice.treatments import TreatmentEvent
from nfb.session.plan import training_parts


class Weight(Enum):
    """What a hurdle asks for before training may start."""

    STOP = "stop"  # not now
    ACKNOWLEDGE = "acknowledge"  # who dealt with it, and how
    SAFETY = "safety"  # the practice's own safety text, to be read first
    REASON = "reason"  # say why it is passed
    LOOK = "look"  # to be read
    NOTE = "note"  # good to know


@dataclass(frozen=True, slots=True)
class Hurdle:
    """One thing to mind before the start; `key` names it in records."""

    key: str
    weight: Weight
    words: str


# What stands in the way, in words; the window translates by these.
HURDLE_WORDS: dict[str, str] = {
    "other window": "Visit {n} of this client began at {began} and is not closed: is another window open?",
    "no intake": "The intake screen has not been answered yet: do it before the first visit.",
    "open question": "One question of the intake screen is open.",
    "open questions": "{n} questions of the intake screen are open.",
    "finding": "{consequence} A clinician has to confirm first.",
    "locked protocol": "{protocol}: locked by the intake screen. Choose another protocol.",
    "consent": "No consent to training is on file.",
    "mood": "Mood {before} → {now} since the last visit. {safety}",
    "no safety text": "No safety text is set: Settings, Safety.",
}


def hurdles(
    known: Known,
    plan: Plan,
    protocol: Protocol | None,
    now: datetime,
    *,
    treatment: TreatmentEvent | None = None,
    mood: float | None = None,
    around_s: float = 900.0,
) -> tuple[Hurdle, ...]:
    """What to mind before this visit may start, the strictest first.

    Parameters
    ----------
    plan
        Today's: runs and their length as chosen for this visit; each part of the protocol gets so many.
    protocol
        The one chosen, or None if none is.
    treatment
        The change that was just told, not in the book yet.
    mood
        Today's answer, 0 to 10; a fall of three or more shows the practice's own safety text.
    around_s
        Time of the visit besides runs and breaks.
    """
    found = [
        Hurdle(banner.about, Weight.ACKNOWLEDGE if banner.blocks_start else Weight.LOOK, banner.text)
        for banner in known.banners
    ]
    found += _of_screening(known, protocol, now)
    found += _of_today(known, treatment, now)
    parts = 1 if protocol is None else training_parts(protocol.stages)
    dose = Dose(parts * plan.runs, plan.run_s, plan.rest_s, around_s)
    for excess in check_dose(dose, [stored.value for stored in known.sessions], now):
        weight = Weight.STOP if excess.beyond_cap else Weight.REASON
        found.append(Hurdle(excess.limit, weight, excess.words))
    if mood is not None and "mood" in known.last and known.last["mood"] - mood >= MOOD_DROP:
        found.append(Hurdle("mood", Weight.SAFETY, _mood_words(known, mood)))
    other = running_elsewhere(known.sessions, now)
    if other is not None:
        began = f"{other.started.astimezone():%H:%M}"
        words = HURDLE_WORDS["other window"].format(n=other.number, began=began)
        found.append(Hurdle("other window", Weight.LOOK, words))
    order = list(Weight)
    return tuple(sorted(found, key=lambda hurdle: order.index(hurdle.weight)))


def _of_screening(known: Known, protocol: Protocol | None, now: datetime) -> list[Hurdle]:
    found = []
    screening = screen(known.intake, known.age)
    if known.intake is None:
        weight = Weight.LOOK if not known.sessions else Weight.NOTE
        found.append(Hurdle("intake", weight, HURDLE_WORDS["no intake"]))
    elif screening.unanswered:
        n = len(screening.unanswered)
        words = HURDLE_WORDS["open question" if n == 1 else "open questions"].format(n=n)
        found.append(Hurdle("intake", Weight.LOOK, words))
    open_findings = [finding for finding in screening.findings if not finding.settled]
    if known.intake is not None:
        found += [
            Hurdle(f"intake: {each.key}", Weight.STOP, HURDLE_WORDS["finding"].format(consequence=each.consequence))
            for each in open_findings
        ]
    if protocol is not None and locks_of(protocol) & screening.locks:
        words = HURDLE_WORDS["locked protocol"].format(protocol=protocol.name)
        found.append(Hurdle("locked protocol", Weight.STOP, words))
    if not any(consent.covers(Scope.TRAINING, now.astimezone().date()) for consent in known.consents):
        found.append(Hurdle("consent", Weight.NOTE, HURDLE_WORDS["consent"]))
    return found


_DAY_WEIGHTS = {
    DayRule.STOP: Weight.STOP,
    DayRule.WAIT: Weight.REASON,
    DayRule.ASK: Weight.REASON,
    DayRule.NOTE: Weight.NOTE,
}


def _of_today(known: Known, treatment: TreatmentEvent | None, now: datetime) -> list[Hurdle]:
    events = [*known.treatments, *(() if treatment is None else (treatment,))]
    local = now.astimezone().replace(tzinfo=None)
    return [
        Hurdle(f"treatment today {finding.rule.value}", _DAY_WEIGHTS[finding.rule], finding.words)
        for finding in treatment_day(events, local)
    ]


def _mood_words(known: Known, mood: float) -> str:
    contact, safety = known.contact, HURDLE_WORDS["no safety text"]
    if contact is not None and contact.complete:
        safety = " ".join(part for part in (contact.crisis_text, contact.emergency_numbers) if part)
    return HURDLE_WORDS["mood"].format(before=f"{known.last['mood']:g}", now=f"{mood:g}", safety=safety)


def open_hurdles(found: Iterable[Hurdle], reason: str) -> tuple[Hurdle, ...]:
    """Those that still keep training from starting, given why limits are passed.

    What was acknowledged is no hurdle any more: its banner is down.
    """
    closed = {Weight.STOP, Weight.ACKNOWLEDGE} | (set() if reason.strip() else {Weight.REASON})
    return tuple(hurdle for hurdle in found if hurdle.weight in closed)
