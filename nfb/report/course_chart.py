"""Small multiples of a course on one time axis: ratings, the trained feature, success, clean time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from nfb.model.speech import Translate, in_english
from nfb.report.charts import CHARACTER_PX, WIDTH
from nfb.report.given import Series, Treatment
from nfb.report.stats import Estimate
from nfb.report.svg import ACCENT, BORDER, BREAK, HAIRLINE, TEXT, Drawing, Frame, pieces, ticks

LEFT, PANEL_PX, LANE_PX = 52.0, 92.0, 18.0


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart of the stack.

    Parameters
    ----------
    points, open_points
        Place on the axis and estimate; unknown values are gaps. `open_points` are drawn as rings, dashed.
    """

    title: str
    points: tuple[tuple[float, Estimate], ...]
    open_points: tuple[tuple[float, Estimate], ...] = ()
    y: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """The common axis: days since `first`, or session numbers where sessions share a day."""

    first: date | None
    low: float
    high: float

    def place(self, when: date) -> float:
        assert self.first is not None
        return float((when - self.first).days)

    def marks(self) -> list[tuple[float, str]]:
        if self.first is None:
            n = round(self.high - 0.5)
            step = max(1, math.ceil(n / 15))
            return [(float(i), str(i)) for i in range(1, n + 1, step)]
        found = [tick for tick in ticks(self.low, self.high, 6) if float(tick).is_integer()]
        return [(tick, f"{self.first + timedelta(days=tick):%Y-%m-%d}") for tick in found]

    def label(self, tr: Translate = in_english) -> str:
        return tr("session number") if self.first is None else tr("date")


def course_axis(
    sessions: Sequence[datetime | None], series: Sequence[Series], treatments: Sequence[Treatment]
) -> tuple[Axis, tuple[float, ...]]:
    """The axis, and the place of each session on it.

    Dates, if every session has one of its own or if ratings or treatments have to be placed; else session numbers.
    """
    days = [when.astimezone().date() for when in sessions if when is not None]
    others = [when for each in series for when, _ in each.points]
    others += [day for each in treatments for day in (each.start, each.end) if day is not None]
    dated = len(days) == len(sessions) and (bool(others) or len(set(days)) == len(days) > 1)
    if not dated:
        places = tuple(float(i) for i in range(1, len(sessions) + 1))
        return Axis(None, 0.5, len(sessions) + 0.5), places
    # Treatments from long before would press the course flat: they are cut at the first day of anything measured.
    measured = [*days, *(when for each in series for when, _ in each.points)]
    first, last = min(measured), max(measured)
    span = max(1.0, float((last - first).days))
    return Axis(first, -0.03 * span, 1.03 * span), tuple(float((day - first).days) for day in days)


def course_chart(
    axis: Axis, panels: Sequence[Panel], treatments: Sequence[Treatment] = (), tr: Translate = in_english
) -> str:
    """Draw the stack: treatments as labelled bars above, then one panel each; gaps are never joined."""
    lanes = treatments if axis.first is not None else ()
    top = 8 + LANE_PX * len(lanes) + (16 if lanes else 0)
    height = top + PANEL_PX * len(panels) + 34
    names = "; ".join(panel.title for panel in panels)
    told = tr("No treatments shown.")
    if lanes:
        told = tr("Treatments: {treatments}.", treatments=", ".join(t.name for t in lanes))
    drawing = Drawing(
        WIDTH,
        height,
        tr("The course over time"),
        tr("One chart each on a common axis of {axis}: {charts}.", axis=axis.label(tr), charts=names) + f" {told}",
    )
    bottom = height - 34
    whole = Frame(LEFT, top, WIDTH - 10, bottom, (axis.low, axis.high), (0.0, 1.0))
    if lanes:
        drawing.text((4, 14), tr("other treatment, as told"))
    for i, treatment in enumerate(lanes):
        _lane(drawing, whole, axis, treatment, 20 + LANE_PX * i, bottom, tr)
    for i, panel in enumerate(panels):
        _panel(drawing, whole, panel, top + PANEL_PX * i, tr)
    whole.draw_x(drawing, axis.marks())
    drawing.text((whole.right, bottom + 30), axis.label(tr), anchor="end")
    return drawing.markup()


def _lane(
    drawing: Drawing, whole: Frame, axis: Axis, treatment: Treatment, y: float, bottom: float, tr: Translate
) -> None:
    start = max(axis.place(treatment.start), axis.low)
    end = axis.high if treatment.end is None else min(axis.place(treatment.end), axis.high)
    if end < axis.low or start > axis.high:
        start = end = axis.low if end < axis.low else axis.high
    left, right = whole.px(start), max(whole.px(end), whole.px(start) + 3)
    drawing.rect(left, y, right - left, LANE_PX - 5, BREAK, BORDER)
    for edge, inside in ((left, start > axis.low), (right, treatment.end is not None and end < axis.high)):
        if inside:
            drawing.line((edge, y), (edge, bottom), BORDER, 0.8, "2 3")
    words = treatment.name if treatment.end else tr("{treatment} (goes on)", treatment=treatment.name)
    room = right - left - 8
    if len(words) * CHARACTER_PX <= room or right + len(words) * CHARACTER_PX > whole.right:
        # Where neither the bar nor the space beside it has room, the words begin early enough to end on the page.
        at = min(left + 4, whole.right - len(words) * CHARACTER_PX)
        drawing.text((max(at, whole.left + 2), y + 10), words, colour=TEXT)
    else:
        drawing.text((right + 4, y + 10), words, colour=TEXT)


def _panel(drawing: Drawing, whole: Frame, panel: Panel, top: float, tr: Translate) -> None:
    frame = Frame(whole.left, top + 22, whole.right, top + PANEL_PX - 8, whole.x, panel.y or _range(panel))
    drawing.text((4, top + 13), panel.title, colour=TEXT, bold=True)
    for tick in ticks(*frame.y, 3):
        y = frame.py(tick)
        drawing.line((frame.left, y), (frame.right, y), HAIRLINE)
        drawing.text((frame.left - 5, y + 4), f"{tick:g}", anchor="end")
    for points, filled, dash in ((panel.open_points, False, "3 3"), (panel.points, True, "")):
        for piece in pieces([(x, estimate.value) for x, estimate in points]):
            drawing.path([frame.at(x, y) for x, y in piece], ACCENT if filled else BORDER, 1.25, dash)
        for x, estimate in points:
            if not math.isfinite(estimate.value):
                continue
            if estimate.has_interval:
                drawing.line(frame.at(x, estimate.low), frame.at(x, estimate.high), TEXT, 1)
            drawing.dot(frame.at(x, estimate.value), 3, ACCENT if filled else BORDER, filled=filled)
    if not any(math.isfinite(estimate.value) for _, estimate in panel.points):
        drawing.text(
            ((frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2), tr("no values"), anchor="middle"
        )


def _range(panel: Panel) -> tuple[float, float]:
    ends = [
        value
        for _, each in (*panel.points, *panel.open_points)
        for value in (each.value, each.low, each.high)
        if math.isfinite(value)
    ]
    if not ends:
        return 0.0, 1.0
    pad = 0.12 * (max(ends) - min(ends)) or max(0.1 * abs(ends[0]), 0.5)
    return min(ends) - pad, max(ends) + pad
