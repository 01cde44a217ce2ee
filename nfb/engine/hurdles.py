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
        Today's: runs and their length as chosen for this visit.
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
    dose = Dose(plan.runs, plan.run_s, plan.rest_s, around_s)
    for excess in check_dose(dose, [stored.value for stored in known.sessions], now):
        weight = Weight.STOP if excess.beyond_cap else Weight.REASON
        found.append(Hurdle(excess.limit, weight, excess.words))
    if mood is not None and "mood" in known.last and known.last["mood"] - mood >= MOOD_DROP:
        found.append(Hurdle("mood", Weight.SAFETY, _mood_words(known, mood)))
    other = running_elsewhere(known.sessions, now)
    if other is not None:
        began = f"{other.started.astimezone():%H:%M}"
        words = f"Visit {other.number} of this client began at {began} and is not closed: is another window open?"
        found.append(Hurdle("other window", Weight.LOOK, words))
    order = list(Weight)
    return tuple(sorted(found, key=lambda hurdle: order.index(hurdle.weight)))


def _of_screening(known: Known, protocol: Protocol | None, now: datetime) -> list[Hurdle]:
    found = []
    screening = screen(known.intake, known.age)
    if known.intake is None:
        words = "The intake screen has not been answered yet: do it before the first visit."
        found.append(Hurdle("intake", Weight.LOOK if not known.sessions else Weight.NOTE, words))
    elif screening.unanswered:
        n = len(screening.unanswered)
        found.append(Hurdle("intake", Weight.LOOK, f"{n} questions of the intake screen are open."))
    open_findings = [finding for finding in screening.findings if not finding.settled]
    if known.intake is not None:
        found += [
            Hurdle(f"intake: {finding.key}", Weight.STOP, f"{finding.consequence} A clinician has to confirm first.")
            for finding in open_findings
        ]
    if protocol is not None and locks_of(protocol) & screening.locks:
        words = f"{protocol.name}: locked by the intake screen. Choose another protocol."
        found.append(Hurdle("locked protocol", Weight.STOP, words))
    if not any(consent.covers(Scope.TRAINING, now.astimezone().date()) for consent in known.consents):
        found.append(Hurdle("consent", Weight.NOTE, "No consent to training is on file."))
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
    said = f"Mood {known.last['mood']:g} → {mood:g} since the last visit."
    contact = known.contact
    if contact is None or not contact.complete:
        return f"{said} No safety text is set: Settings, Safety."
    return " ".join(part for part in (said, contact.crisis_text, contact.emergency_numbers) if part)


def open_hurdles(found: Iterable[Hurdle], reason: str) -> tuple[Hurdle, ...]:
    """Those that still keep training from starting, given why limits are passed.

    What was acknowledged is no hurdle any more: its banner is down.
    """
    closed = {Weight.STOP, Weight.ACKNOWLEDGE} | (set() if reason.strip() else {Weight.REASON})
    return tuple(hurdle for hurdle in found if hurdle.weight in closed)
