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
        return DayFinding(
            DayRule.NOTE, f"{event.name} is due at {event.at_time:%H:%M}: be done with training before it."
        )
    return DayFinding(DayRule.STOP, f"{event.name} today: no training on the same day.")


def _tms(event: TreatmentEvent, now: datetime) -> list[DayFinding]:
    if event.at_time is None:
        if event.day != now.date():
            return []
        return [DayFinding(DayRule.ASK, f"{event.name} today: at what time? Train before it, or two hours after it.")]
    given = datetime.combine(event.day, event.at_time)
    if given > now:
        return [DayFinding(DayRule.NOTE, f"{event.name} is due at {event.at_time:%H:%M}: train before it.")]
    until = given + TMS_WAIT
    if now < until:
        return [DayFinding(DayRule.WAIT, f"{event.name} at {given:%H:%M}: wait until {until:%H:%M}.", until)]
    return []


def leaving_note(eyes_closed: bool, drowsy: bool) -> str:
    """What to say at the end to somebody who got drowsy with eyes closed; else empty."""
    if not (eyes_closed and drowsy):
        return ""
    return "Sit up for five minutes before you leave, and do not drive until you are fully awake."


def may_train_now(findings: Iterable[DayFinding]) -> bool:
    """Whether nothing of today speaks against training now."""
    return all(finding.rule is DayRule.NOTE for finding in findings)
