"""Whether training fits on a day with TMS, ECT, ketamine, anaesthesia or a psychedelic."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from nfb.practice.treatments import Step, TreatmentEvent, TreatmentKind

TMS_WAIT = timedelta(hours=2)
# The EEG is altered, the person sedated or dissociated, and driving rules apply.
WHOLE_DAY = frozenset(
    {TreatmentKind.ECT, TreatmentKind.KETAMINE, TreatmentKind.ANAESTHESIA, TreatmentKind.PSYCHEDELIC}
)
# What is said of a treatment of today; the window translates by these.
DAY_WORDS: dict[str, str] = {
    "due": "{treatment} is due at {at}: be done with training before it.",
    "stop": "{treatment} today: no training on the same day.",
    "ask": "{treatment} today: at what time? Train before it, or two hours after it.",
    "before": "{treatment} is due at {at}: train before it.",
    "wait": "{treatment} at {at}: wait until {until}.",
}
LEAVING_NOTE = "Sit up for five minutes before you leave, and do not drive until you are fully awake."


class DayRule(Enum):
    STOP = "stop"  # not today
    WAIT = "wait"  # not before `until`
    ASK = "ask"  # the time is not known
    NOTE = "note"  # good to know


@dataclass(frozen=True, slots=True)
class DayFinding:
    """What a treatment of today means for training; `until` is local time, for WAIT."""

    rule: DayRule
    words: str
    until: datetime | None = None


def treatment_day(events: Iterable[TreatmentEvent], now: datetime) -> tuple[DayFinding, ...]:
    """What the treatments of today mean for training.

    Parameters
    ----------
    events
        The client's treatment log.
    now
        Local time without a time zone, as the log's days and times are.

    Returns
    -------
    tuple of DayFinding
        The strictest first. Only applications (:attr:`~nfb.practice.treatments.Step.GIVEN`) count: a running course
        says nothing about today. One planned for later today is no reason to wait: train before it.
    """
    found = []
    for event in events:
        if event.step is not Step.GIVEN or not _within_reach(event, now):
            continue
        if event.treatment in WHOLE_DAY and event.day == now.date():
            found.append(_whole_day(event, now))
        elif event.treatment is TreatmentKind.TMS:
            found.extend(_tms(event, now))
    order = list(DayRule)
    return tuple(sorted(found, key=lambda finding: order.index(finding.rule)))


def _within_reach(event: TreatmentEvent, now: datetime) -> bool:
    # TMS late last evening can reach past midnight.
    return event.day in (now.date(), (now - TMS_WAIT).date())


def _whole_day(event: TreatmentEvent, now: datetime) -> DayFinding:
    if event.at_time is not None and datetime.combine(event.day, event.at_time) > now:
        words = DAY_WORDS["due"].format(treatment=event.name, at=f"{event.at_time:%H:%M}")
        return DayFinding(DayRule.NOTE, words)
    return DayFinding(DayRule.STOP, DAY_WORDS["stop"].format(treatment=event.name))


def _tms(event: TreatmentEvent, now: datetime) -> list[DayFinding]:
    if event.at_time is None:
        if event.day != now.date():
            return []
        return [DayFinding(DayRule.ASK, DAY_WORDS["ask"].format(treatment=event.name))]
    given = datetime.combine(event.day, event.at_time)
    at = f"{given:%H:%M}"
    if given > now:
        return [DayFinding(DayRule.NOTE, DAY_WORDS["before"].format(treatment=event.name, at=at))]
    until = given + TMS_WAIT
    if now < until:
        words = DAY_WORDS["wait"].format(treatment=event.name, at=at, until=f"{until:%H:%M}")
        return [DayFinding(DayRule.WAIT, words, until)]
    return []


def leaving_note(eyes_closed: bool, drowsy: bool) -> str:
    """What to say at the end to somebody who got drowsy with eyes closed; else empty."""
    if not (eyes_closed and drowsy):
        return ""
    return LEAVING_NOTE
