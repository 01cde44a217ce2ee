"""Treatments beside the training: a log of starts, changes, stops and single applications; the spans they make."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from typing import ClassVar

from nfb.practice.fields import Line, NeededLine, Prose
from nfb.practice.record import Record, Stored


class TreatmentKind(Enum):
    MEDICATION = "medication"
    PSYCHOTHERAPY = "psychotherapy"
    TMS = "tms"
    KETAMINE = "ketamine"
    ECT = "ect"
    IMPLANT = "implant"
    PSYCHEDELIC = "psychedelic"
    ANAESTHESIA = "anaesthesia"
    LIGHT = "light"
    SLEEP = "sleep"
    EXERCISE = "exercise"
    NUTRITION = "nutrition"
    GENETIC_TEST = "genetic_test"
    OTHER = "other"


TREATMENT_WORDS: dict[TreatmentKind, str] = {
    TreatmentKind.MEDICATION: "medication",
    TreatmentKind.PSYCHOTHERAPY: "psychotherapy",
    TreatmentKind.TMS: "TMS (transcranial magnetic stimulation)",
    TreatmentKind.KETAMINE: "esketamine or ketamine",
    TreatmentKind.ECT: "ECT (electroconvulsive therapy)",
    TreatmentKind.IMPLANT: "DBS or VNS (implanted stimulator)",
    TreatmentKind.PSYCHEDELIC: "psychedelic-assisted therapy",
    TreatmentKind.ANAESTHESIA: "anaesthesia or sedation",
    TreatmentKind.LIGHT: "light therapy",
    TreatmentKind.SLEEP: "sleep therapy",
    TreatmentKind.EXERCISE: "exercise",
    TreatmentKind.NUTRITION: "nutrition",
    TreatmentKind.GENETIC_TEST: "genetic testing that informs medication",
    TreatmentKind.OTHER: "other",
}


class Step(Enum):
    START = "start"
    CHANGE = "change"  # of dose or schedule
    STOP = "stop"
    GIVEN = "given"  # one application: a TMS session, an ECT, an infusion, a test result


class Source(Enum):
    CLIENT = "client"
    PRESCRIBER = "prescriber"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class TreatmentEvent(Record):
    """One entry of the treatment log. `day` and `at_time` are local, as the person said them."""

    kind: ClassVar[str] = "treatment_event"

    treatment: TreatmentKind
    name: NeededLine
    step: Step
    day: date
    at_time: time | None = None
    dose: Line = ""
    source: Source = Source.CLIENT
    note: Prose = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a treatment at one dose.

    `start` is None if it began before the log; `stop` is None if it goes on. Both are the day of a
    single application.
    """

    treatment: TreatmentKind
    name: str
    dose: str
    start: date | None
    stop: date | None
    single: bool = False

    @property
    def label(self) -> str:
        return f"{self.name} {self.dose}".strip()


def spans(events: Iterable[Stored[TreatmentEvent]]) -> tuple[Span, ...]:
    """The log as stretches of time: one per treatment and dose, in order of their beginning.

    Entries of the same kind and name (letter case aside) belong together. A change or a stop without a start before
    it makes a stretch whose beginning is not known; a second start ends the stretch before it.
    """
    found: list[Span] = []
    open_spans: dict[tuple[TreatmentKind, str], Span] = {}
    for stored in sorted(events, key=lambda e: (e.value.day, e.value.at_time or time.min, e.id)):
        event = stored.value
        key = event.treatment, event.name.casefold()
        if event.step is Step.GIVEN:
            found.append(Span(event.treatment, event.name, event.dose, event.day, event.day, single=True))
            continue
        running = open_spans.pop(key, None)
        if running is not None:
            found.append(_ended(running, event.day))
        elif event.step is not Step.START:
            found.append(Span(event.treatment, event.name, "", None, event.day))
        if event.step is not Step.STOP:
            dose = event.dose or (running.dose if running is not None else "")
            open_spans[key] = Span(event.treatment, event.name, dose, event.day, None)
    found.extend(open_spans.values())
    return tuple(sorted(found, key=lambda span: (span.start or date.min, span.treatment.value, span.name)))


def _ended(span: Span, day: date) -> Span:
    return Span(span.treatment, span.name, span.dose, span.start, day)
