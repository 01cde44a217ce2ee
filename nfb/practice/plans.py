"""What is to be trained, for what, and when: plan, goals, own symptoms, appointments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from statistics import fmean
from typing import Annotated, ClassVar

from nfb.practice.fields import Line, NeededLine, NeededProse, Number, Prose, Text
from nfb.practice.record import Record

OWN_SYMPTOMS_FEWEST = 5
OWN_SYMPTOMS_MOST = 8

FilePath = Annotated[str, Text(4096)]  # as long as Linux allows one to be


@dataclass(frozen=True, slots=True)
class Plan(Record):
    """The course as planned; one per client, its history is in the audit trail.

    Parameters
    ----------
    protocol_id, protocol_version
        The protocol, as its file says.
    runs, run_s, rest_s
        Runs of a visit, seconds of clean time of each, seconds of break between them.
    client_ends_break
        The client may go on by a key; `rest_s` is then the shortest break.
    target
        Wanted share in range of all conditions together, 0..1.
    comfort
        Key of :data:`nfb.practice.comfort.PROFILES`.
    feedback, sound
        What the client chose to see and to hear.
    film, film_blur, music
        Files of the client's own film and music, and whether the film also blurs; empty for none.
    chime
        Timbre of the tone for a reward.
    volume
        0..1 of full scale, for the client's device.
    sessions, review_at
        Planned number of visits; the visit after which the plan is looked at again (0: none).
    """

    kind: ClassVar[str] = "plan"
    single: ClassVar[bool] = True

    protocol_id: NeededLine
    protocol_version: Annotated[int, Number(0, 100_000)] = 1
    runs: Annotated[int, Number(1, 30)] = 5
    run_s: Annotated[float, Number(10, 3600)] = 300.0
    rest_s: Annotated[float, Number(0, 600)] = 30.0
    client_ends_break: bool = True
    target: Annotated[float, Number(0.3, 0.95)] = 0.65
    comfort: Line = "standard"
    feedback: Line = ""
    sound: Line = ""
    volume: Annotated[float, Number(0, 1)] = 0.25
    sessions: Annotated[int, Number(0, 500)] = 20
    review_at: Annotated[int, Number(0, 500)] = 0
    note: Prose = ""
    film: FilePath = ""
    film_blur: bool = False
    music: FilePath = ""
    chime: Line = "soft"

    @property
    def net_s(self) -> float:
        """Training time of a visit, breaks left out, seconds."""
        return self.runs * self.run_s


@dataclass(frozen=True, slots=True)
class Goal(Record):
    """What the client wants to be different, in the client's words."""

    kind: ClassVar[str] = "goal"

    text: NeededProse
    set_on: date
    reached_on: date | None = None


@dataclass(frozen=True, slots=True)
class OwnSymptom(Record):
    """A concern of the client's own, rated 0 to 10 at every visit.

    `good_week`, `usual_week` and `hard_week` are its ratings of remembered weeks, taken once at intake.
    """

    kind: ClassVar[str] = "own_symptom"

    label: NeededLine
    low_word: Line = "not at all"
    high_word: Line = "very much"
    more_is_worse: bool = True
    good_week: Annotated[float, Number(0, 10)] | None = None
    usual_week: Annotated[float, Number(0, 10)] | None = None
    hard_week: Annotated[float, Number(0, 10)] | None = None
    active: bool = True

    @property
    def baseline(self) -> float | None:
        """Mean of the good, the usual and the hard week; None unless all three were rated."""
        weeks = (self.good_week, self.usual_week, self.hard_week)
        rated = [week for week in weeks if week is not None]
        return fmean(rated) if len(rated) == len(weeks) else None


# What is said of their number; the window translates by these.
OWN_SYMPTOMS_WORDS: dict[str, str] = {
    "few": "Own symptoms: {n}. {fewest} to {most} of them show changes best.",
    "many": "{n} own symptoms: more than {most} take too long at every visit. Rest some of them.",
}


def own_symptoms_advice(symptoms: Iterable[OwnSymptom]) -> str:
    """What to say about the number of own symptoms; empty from five to eight."""
    n = sum(symptom.active for symptom in symptoms)
    if n < OWN_SYMPTOMS_FEWEST:
        return OWN_SYMPTOMS_WORDS["few"].format(n=n, fewest=OWN_SYMPTOMS_FEWEST, most=OWN_SYMPTOMS_MOST)
    if n > OWN_SYMPTOMS_MOST:
        return OWN_SYMPTOMS_WORDS["many"].format(n=n, most=OWN_SYMPTOMS_MOST)
    return ""


class AppointmentState(Enum):
    BOOKED = "booked"
    DONE = "done"
    CANCELLED = "cancelled"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Appointment(Record):
    """A slot of the day: when it begins and how long it is."""

    kind: ClassVar[str] = "appointment"

    starts: datetime
    length_min: Annotated[int, Number(5, 480)] = 45
    state: AppointmentState = AppointmentState.BOOKED
    note: Line = ""

    @property
    def ends(self) -> datetime:
        return self.starts + timedelta(minutes=self.length_min)
