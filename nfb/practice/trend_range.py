"""How much of a client's past is drawn: all of it, the newest visits, three months, or the present course."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from enum import Enum

from nfb.practice.record import Stored
from nfb.practice.sessions import SessionEntry
from nfb.practice.trends import Series, Trends

N_VISITS, N_MONTHS = 10, 3


class Range(Enum):
    """A stretch of time up to now."""

    ALL = "all"
    VISITS = "visits"
    MONTHS = "months"
    COURSE = "course"


def first_day(wanted: Range, sessions: Iterable[Stored[SessionEntry]], protocol_id: str, today: date) -> date | None:
    """The day that a stretch begins with; None: with whatever there is.

    Parameters
    ----------
    protocol_id
        Of the plan. Its visits are the present course; without any, the visits of the newest one's protocol are.
    today
        Local day.
    """
    visits = sorted((stored.value for stored in sessions), key=lambda entry: entry.started)
    if wanted is Range.MONTHS:
        return months_before(today, N_MONTHS)
    if wanted is Range.VISITS and len(visits) > N_VISITS:
        return visits[-N_VISITS].started.astimezone().date()
    if wanted is Range.COURSE and visits:
        course = [entry for entry in visits if entry.protocol_id == protocol_id]
        course = course or [entry for entry in visits if entry.protocol_id == visits[-1].protocol_id]
        return course[0].started.astimezone().date()
    return None


def months_before(day: date, n: int) -> date:
    """The same day `n` months ago, or the last one of that month.

    >>> months_before(date(2026, 5, 31), 3)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 - n, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


def since(trends: Trends, day: date | None) -> Trends:
    """What there is from `day` on; series without a value and treatments that were over by then are left out."""
    if day is None:
        return trends
    series = (_since(line, day) for line in trends.series)
    spans = tuple(span for span in trends.treatments if span.stop is None or span.stop >= day)
    return Trends(tuple(line for line in series if line.n_values), spans)


def _since(line: Series, day: date) -> Series:
    return replace(line, points=tuple(point for point in line.points if point.at.astimezone().date() >= day))
