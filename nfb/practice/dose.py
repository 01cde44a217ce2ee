"""How much training is too much: limits for a visit, a day and a week, and passing them with a reason.

Side effects are reported as mild and passing, and more often with long sessions (Hammond & Kirk 2008; Rahmani 2023);
the limits are this program's caution, not a published dose.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from nfb.practice.book_words import BOOK_WORDS
from nfb.practice.errors import BookError
from nfb.practice.screening import Override
from nfb.practice.sessions import SessionEntry

FIRST_NET_MIN = 15.0
DAY_NET_MIN, DAY_TOTAL_MIN = 30.0, 60.0
CAP_NET_MIN, CAP_TOTAL_MIN = 45.0, 90.0
LONGEST_RUN_MIN = 5.0
SHORTEST_REST_S = 15.0
WEEK_SESSIONS = 5

# What is said of a limit; the window translates by these.
DOSE_WORDS: dict[str, str] = {
    "first visit": "{n} min of training on the first visit: begin with {most} min.",
    "training today": "{n} min of training in one day: more than {most} needs a reason.",
    "training today, cap": "{n} min of training in one day: {most} is the most, with a reason.",
    "visit today": "{n} min of visit in one day: more than {most} needs a reason.",
    "visit today, cap": "{n} min of visit in one day: {most} is the most, with a reason.",
    "run length": "Runs of {n} min: give a break after {most} min at the latest.",
    "break": "Breaks of {n} s: at least {least} s.",
    "week": "{n} sessions within seven days: at most {most}.",
}


@dataclass(frozen=True, slots=True)
class Dose:
    """A visit as planned: seconds of a run of clean time, of a break, and of everything around the runs."""

    runs: int
    run_s: float
    rest_s: float
    around_s: float = 900.0

    @property
    def net_min(self) -> float:
        return self.runs * self.run_s / 60

    @property
    def total_min(self) -> float:
        return (self.runs * self.run_s + max(0, self.runs - 1) * self.rest_s + self.around_s) / 60


@dataclass(frozen=True, slots=True)
class Excess:
    """A limit that a plan passes. `beyond_cap`: it may not be passed at all."""

    limit: str
    words: str
    beyond_cap: bool = False


def check_dose(
    dose: Dose, earlier: Iterable[SessionEntry], now: datetime, zone: tzinfo | None = None
) -> tuple[Excess, ...]:
    """Limits that a visit now would pass.

    Parameters
    ----------
    earlier
        The client's sessions; those after `now` (a clock that was set back) count as of today.
    zone
        The time zone in which a day begins and ends; the computer's if None.
    """
    today = now.astimezone(zone).date()
    sessions = list(earlier)
    days = [min(entry.started.astimezone(zone).date(), today) for entry in sessions]
    net = dose.net_min + sum(e.trained_s for e, day in zip(sessions, days, strict=True) if day == today) / 60
    total = dose.total_min + sum(e.total_s for e, day in zip(sessions, days, strict=True) if day == today) / 60
    found = []
    if not sessions and dose.net_min > FIRST_NET_MIN:
        words = DOSE_WORDS["first visit"].format(n=f"{dose.net_min:g}", most=f"{FIRST_NET_MIN:g}")
        found.append(Excess("first visit", words))
    found += _day("training today", net, DAY_NET_MIN, CAP_NET_MIN)
    found += _day("visit today", total, DAY_TOTAL_MIN, CAP_TOTAL_MIN)
    if dose.run_s > LONGEST_RUN_MIN * 60:
        words = DOSE_WORDS["run length"].format(n=f"{dose.run_s / 60:g}", most=f"{LONGEST_RUN_MIN:g}")
        found.append(Excess("run length", words))
    if dose.runs > 1 and dose.rest_s < SHORTEST_REST_S:
        words = DOSE_WORDS["break"].format(n=f"{dose.rest_s:g}", least=f"{SHORTEST_REST_S:g}")
        found.append(Excess("break", words))
    n_week = 1 + _in_week(days, today)
    if n_week > WEEK_SESSIONS:
        found.append(Excess("week", DOSE_WORDS["week"].format(n=n_week, most=WEEK_SESSIONS)))
    return tuple(found)


def _day(limit: str, minutes: float, most: float, cap: float) -> list[Excess]:
    if minutes <= most:
        return []
    n = f"{minutes:.0f}"
    if minutes > cap:
        return [Excess(limit, DOSE_WORDS[f"{limit}, cap"].format(n=n, most=f"{cap:g}"), True)]
    return [Excess(limit, DOSE_WORDS[limit].format(n=n, most=f"{most:g}"))]


def _in_week(days: list[date], today: date) -> int:
    return sum(today - timedelta(days=6) <= day <= today for day in days)


def override(excesses: Iterable[Excess], reason: str, now: datetime) -> Override:
    """The record that lets a visit pass its limits.

    Raises
    ------
    BookError
        No reason is given, or a cap would be passed, which no reason allows.
    """
    excesses = tuple(excesses)
    for excess in excesses:
        if excess.beyond_cap:
            raise BookError(BOOK_WORDS["cap"].format(advice=excess.words))
    if not reason.strip():
        raise BookError(BOOK_WORDS["limits, no reason"])
    return Override(tuple(excess.limit for excess in excesses), reason, now)
