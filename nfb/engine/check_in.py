"""The check-in and the closing questions of a visit: answers of forms, and how the client book keeps them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from nfb.engine.hurdles import Hurdle, Weight
from nfb.practice.ratings import HIGHEST, ITEMS, OWN, Measure, Moment, Rating
from nfb.practice.screening import Override
from nfb.practice.treatments import TreatmentEvent

if TYPE_CHECKING:
    from nfb.practice.book import Book

SLIDERS = ("mood", "energy", "stress")  # before and after
_MEASURES = {key: item.measures[0] for key, item in ITEMS.items()}


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A check-in as answered.

    Parameters
    ----------
    answers
        By item; own symptoms under ``own:`` and their number. What was not answered is left out.
    reason
        Why hurdles that ask for a reason are passed.
    """

    answers: Mapping[str, float]
    by_client: bool = False
    treatment: TreatmentEvent | None = None
    reason: str = ""


def ratings_of(
    answers: Mapping[str, float], moment: Moment, taken: datetime, visit: int, by_client: bool = False
) -> tuple[Rating, ...]:
    """Answers of a form as records."""
    made = []
    for key, value in answers.items():
        item, _, number = key.partition(":")
        measure = Measure.SLIDER if item == OWN else _MEASURES[item]
        value = min(max(float(value), 0.0), HIGHEST[measure])
        made.append(Rating(item, value, measure, moment, taken, visit, int(number) if number else None, by_client))
    return tuple(made)


def keep_check_in(
    book: "Book", code: str, visit: int, check_in: CheckIn, found: Iterable[Hurdle], now: datetime
) -> None:
    """Write a check-in into the client book: the reason first, then the answers."""
    passed = tuple(hurdle.key for hurdle in found if hurdle.weight is Weight.REASON)
    if passed:
        book.add(code, Override(passed, check_in.reason, now))
    if check_in.treatment is not None:
        book.add(code, check_in.treatment)
    for rating in ratings_of(check_in.answers, Moment.BEFORE, now, visit, check_in.by_client):
        book.add(code, rating)
