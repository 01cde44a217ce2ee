"""What a report may be given besides recordings: ratings, treatments and the professional's own words, as values."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Series:
    """A rating or scale over visits. A visit at which it was not asked has None, and is shown as a gap.

    Parameters
    ----------
    unit
        What its numbers are: ``0–10, lower is easier``, ``points of 27``, ``h``.
    limits
        Ends of the scale, drawn whole so that a small change looks small; None to fit the axis to the values.
    """

    name: str
    unit: str
    points: tuple[tuple[date, float | None], ...]
    limits: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Treatment:
    """Something else that went on; `end` is None while it lasts."""

    name: str
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class SessionNotes:
    """The professional's part of a session note; what is empty is printed as a line to write on, or left out.

    `felt_before` and `felt_after` are pairs of what was asked and the answer, such as ``("mood, 0–10", "4")``.
    """

    shown_name: str = ""
    clinician: str = ""
    check_in: str = ""
    treatment_changes: str = ""
    adverse_effects: str = ""
    note: str = ""
    plan: str = ""
    next_visit: str = ""
    billing_code: str = ""
    felt_before: tuple[tuple[str, str], ...] = ()
    felt_after: tuple[tuple[str, str], ...] = ()
    series: tuple[Series, ...] = ()


@dataclass(frozen=True, slots=True)
class CourseNotes:
    """The professional's part of a course report."""

    shown_name: str = ""
    clinician: str = ""
    goals: tuple[str, ...] = ()
    planned_sessions: int | None = None
    adverse_effects: str = ""
    comment: str = ""
    series: tuple[Series, ...] = ()
    treatments: tuple[Treatment, ...] = ()


NO_SESSION_NOTES = SessionNotes()
NO_COURSE_NOTES = CourseNotes()
