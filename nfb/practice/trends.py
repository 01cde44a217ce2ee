"""Values over visits on one axis of time: symptoms, scales, the training metric, clean time; treatments as spans.

Gaps stay gaps: a visit without a value is a point without a value, and no line is drawn through it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean

from nfb.practice.plans import OwnSymptom
from nfb.practice.ratings import HIGHEST, ITEMS, OWN, Measure, Moment, Rating
from nfb.practice.record import Stored
from nfb.practice.scales.catalogue import SCALES
from nfb.practice.scales.result import ScaleResult
from nfb.practice.scales.scoring import in_order
from nfb.practice.sessions import ABOVE_FIRST_P70, CLEAN_SHARE, SessionEntry
from nfb.practice.treatments import Span, TreatmentEvent, spans

FEWEST = 4  # values from which a trend may be spoken of
CAPTION = "Timing only, not cause"
EMPTY = "Trends appear after the second visit."
TOO_FEW = "too few"

FIGURE_LABELS = {
    ABOVE_FIRST_P70: "Above the first session's 70th percentile",
    CLEAN_SHARE: "Clean time",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One value at one moment; `value` None is a gap. `visit` is its number, None between visits."""

    at: datetime
    value: float | None
    visit: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One line of the page.

    Parameters
    ----------
    key, label, unit
        Key, name for people, unit ("" for points of a scale).
    low, high
        Range of the axis.
    points
        In order of time.
    more_is_worse
        Direction; None where neither is better.
    baseline
        Level to compare with, e.g. the mean of a good, a usual and a hard week; None if there is none.
    """

    key: str
    label: str
    unit: str
    low: float
    high: float
    points: tuple[Point, ...]
    more_is_worse: bool | None = None
    baseline: float | None = None

    @property
    def n_values(self) -> int:
        return sum(point.value is not None for point in self.points)

    @property
    def too_few(self) -> bool:
        """Whether nothing may be said about a trend yet."""
        return self.n_values < FEWEST

    @property
    def latest(self) -> float | None:
        """Mean of the last three values, the level that is compared with the baseline; None below three."""
        values = [point.value for point in self.points if point.value is not None]
        return fmean(values[-3:]) if len(values) >= 3 else None

    def stretches(self) -> tuple[tuple[Point, ...], ...]:
        """Runs of points that follow each other without a gap: what may be joined by a line."""
        runs: list[list[Point]] = [[]]
        for point in self.points:
            if point.value is None:
                runs.append([])
            else:
                runs[-1].append(point)
        return tuple(tuple(run) for run in runs if run)


@dataclass(frozen=True, slots=True)
class Trends:
    """What the client page draws: series, and treatments on the same axis of time (local days)."""

    series: tuple[Series, ...]
    treatments: tuple[Span, ...]

    @property
    def first_day(self) -> date | None:
        return min(self._days(), default=None)

    @property
    def last_day(self) -> date | None:
        return max(self._days(), default=None)

    def _days(self) -> list[date]:
        days = [point.at.date() for series in self.series for point in series.points]
        days += [day for span in self.treatments for day in (span.start, span.stop) if day is not None]
        return days


def trends(
    sessions: Iterable[Stored[SessionEntry]],
    ratings: Iterable[Stored[Rating]],
    symptoms: Iterable[Stored[OwnSymptom]],
    results: Iterable[Stored[ScaleResult]],
    treatments: Iterable[Stored[TreatmentEvent]],
) -> Trends:
    """Put a client's records on one axis of time.

    Series without a single value are left out. Symptoms and standard items are the answers before the training; a
    visit without one is a gap. Ratings at home and scales stand at their own moments.
    """
    visits = sorted(sessions, key=lambda stored: (stored.value.started, stored.id))
    before = [r.value for r in sorted(ratings, key=lambda r: (r.value.taken, r.id))]
    series = [_symptom(stored, visits, before) for stored in symptoms]
    series += [_item(key, visits, before) for key in ITEMS]
    results = list(results)
    series += [_scale(key, results) for key in _scale_keys(results)]
    series += [_figure(key, label, visits) for key, label in FIGURE_LABELS.items()]
    return Trends(tuple(line for line in series if line.n_values), spans(treatments))


def _symptom(symptom: Stored[OwnSymptom], visits: Sequence[Stored[SessionEntry]], ratings: list[Rating]) -> Series:
    value = symptom.value
    own = [rating for rating in ratings if rating.item == OWN and rating.symptom_id == symptom.id]
    points = _over_visits(visits, own, ten=True)
    return Series(f"own:{symptom.id}", value.label, "", 0, 10, points, value.more_is_worse, value.baseline)


def _item(key: str, visits: Sequence[Stored[SessionEntry]], ratings: list[Rating]) -> Series:
    item = ITEMS[key]
    scaled = Measure.SLIDER in item.measures
    high = 10.0 if scaled else HIGHEST[item.measures[0]]
    unit = "h" if item.measures[0] is Measure.HOURS else ""
    points = _over_visits(visits, [rating for rating in ratings if rating.item == key], ten=scaled)
    return Series(key, item.label, unit, 0, high, points, item.more_is_worse)


def _over_visits(visits: Sequence[Stored[SessionEntry]], ratings: list[Rating], ten: bool) -> tuple[Point, ...]:
    """One point a visit, and one for each rating at home or from a visit without a session; in order of time."""
    by_visit = {r.visit: r for r in ratings if r.moment is Moment.BEFORE and r.visit is not None}
    points = []
    for stored in visits:
        rating = by_visit.pop(stored.value.number, None)
        points.append(Point(stored.value.started, _value(rating, ten), stored.value.number))
    loose = [r for r in ratings if r.moment is Moment.HOME or (r.moment is Moment.BEFORE and r.visit is None)]
    loose += by_visit.values()
    points += [Point(rating.taken, _value(rating, ten), rating.visit) for rating in loose]
    return tuple(sorted(points, key=lambda point: point.at))


def _value(rating: Rating | None, ten: bool) -> float | None:
    if rating is None:
        return None
    return rating.tenth if ten else rating.value


def _scale_keys(results: Iterable[Stored[ScaleResult]]) -> list[str]:
    used = dict.fromkeys(stored.value.scale for stored in results)
    return [key for key in SCALES if key in used] + [key for key in used if key not in SCALES]


def _scale(key: str, results: Iterable[Stored[ScaleResult]]) -> Series:
    rows = [stored.value for stored in in_order(results, key)]
    points = tuple(Point(result.taken, result.total, result.visit) for result in rows)
    scale = SCALES.get(key)
    if scale is not None:
        return Series(f"scale:{key}", scale.name, "", scale.low, scale.high, points, scale.more_is_worse)
    totals = [result.total for result in rows if result.total is not None] or [0.0]
    return Series(f"scale:{key}", key, "", min(0.0, *totals), max(totals), points)


def _figure(key: str, label: str, visits: Sequence[Stored[SessionEntry]]) -> Series:
    points = []
    for stored in visits:
        share = stored.value.figure(key)
        points.append(Point(stored.value.started, None if share is None else 100 * share, stored.value.number))
    return Series(key, label, "%", 0, 100, tuple(points), False)
