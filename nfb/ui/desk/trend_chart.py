"""A client's course on one axis of time: small panels above each other, treatments as bars below, gaps left open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.practice.treatments import Span
from nfb.practice.trends import Series, Trends
from nfb.ui.language import day_words, tr, tr_n
from nfb.ui.theme import BODY_PX, SECONDARY_PX, colour, font, tokens

NAME_PX, SCALE_PX, VALUE_PX = 200, 52, 72  # left: what it is, and its range; right: the newest value
PANEL_PX, TALLEST_PX = 58, 104  # of one series; where there is room it grows
LANE_PX, AXIS_PX, DATE_PX, GAP_PX = 26, 28, 72, 8
YEAR_DAYS = 330  # a longer axis tells months and years instead of days

_RIGHT, _LEFT = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
_MIDDLE, _TOP, _BOTTOM = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom


class TrendChart(QWidget):
    """Draws a :class:`~nfb.practice.trends.Trends`; its accessible name says in a line what is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self._trends = Trends((), ())
        self._first, self._last = date.today(), date.today()

    def show_trends(self, trends: Trends, since: date | None = None) -> None:
        """Draw what happened from `since` on; None: everything."""
        self._trends = trends
        first, last = trends.first_day, trends.last_day
        if first is not None and last is not None:
            self._first = max(first, since) if since is not None else first
            self._last = max(last, self._first)
        said = [tr("{name}: {n} values", name=tr(series.label), n=series.n_values) for series in trends.series]
        said.append(tr_n("one treatment", "{n} treatments", len(trends.treatments)))
        self.setAccessibleName(tr("Trends. {what}", what="; ".join(said)))
        self.updateGeometry()
        self.update()

    def _below_px(self) -> int:
        return len(_lanes(self._trends)) * LANE_PX + AXIS_PX + GAP_PX

    def sizeHint(self) -> QSize:
        return QSize(640, len(self._trends.series) * PANEL_PX + self._below_px())

    def minimumSizeHint(self) -> QSize:
        return QSize(480, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        n = len(self._trends.series)
        panel_px = min(TALLEST_PX, (self.height() - self._below_px()) // n) if n else 0
        y = 0.0
        for series in self._trends.series:
            self._draw_series(painter, series, QRectF(0, y, self.width(), panel_px))
            y += panel_px
        self._draw_axis(painter, y)
        y += AXIS_PX
        for name, spans in _lanes(self._trends).items():
            self._draw_lane(painter, name, spans, y)
            y += LANE_PX
        painter.end()

    # the axis of time ---------------------------------------------------------------------------------------------

    @property
    def _left(self) -> float:
        return NAME_PX + SCALE_PX

    @property
    def _right(self) -> float:
        return self.width() - VALUE_PX

    def _x(self, day: float) -> float:
        first, last = self._first.toordinal(), self._last.toordinal() + 1
        left, right = self._left + 10, self._right - 10
        return left + (right - left) * (day - first) / max(last - first, 1)

    def _x_of(self, at: datetime) -> float:
        local = at.astimezone()
        return self._x(local.toordinal() + (local.hour + local.minute / 60) / 24)

    def _ticks(self) -> list[date]:
        days = (self._last - self._first).days
        n = max(1, min(6, days, int((self._right - self._left) / 110)))
        return [self._first + timedelta(days=round(i * days / n)) for i in range(n + 1 if days else 1)]

    def _draw_axis(self, painter: QPainter, top: float) -> None:
        painter.setPen(QColor(tokens().text2))
        painter.setFont(font(SECONDARY_PX))
        long = (self._last - self._first).days > YEAR_DAYS
        pattern = tr("MMM yyyy") if long else tr("d MMM")
        for day in self._ticks():
            x = self._x(day.toordinal() + 0.5)
            painter.drawLine(QPointF(x, top - 4), QPointF(x, top))
            where = QRectF(x - DATE_PX / 2, top, DATE_PX, AXIS_PX - 6)
            painter.drawText(where, Qt.AlignmentFlag.AlignHCenter | _MIDDLE, day_words(day, pattern))

    # one series ---------------------------------------------------------------------------------------------------

    def _draw_series(self, painter: QPainter, series: Series, whole: QRectF) -> None:
        theme = tokens()
        inside = whole.adjusted(0, 4, 0, -4)
        self._draw_name(painter, series, QRectF(0, inside.top(), NAME_PX, inside.height()))
        low, high = series.low, series.high if series.high > series.low else series.low + 1
        painter.setFont(font(SECONDARY_PX))
        painter.setPen(QColor(theme.text2))
        scale = QRectF(NAME_PX, inside.top(), SCALE_PX - 8, inside.height())
        painter.drawText(scale, _RIGHT | _TOP, f"{high:g} {series.unit}".strip())
        painter.drawText(scale, _RIGHT | _BOTTOM, f"{low:g} {series.unit}".strip())
        box = QRectF(self._left, inside.top(), self._right - self._left, inside.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.plot))
        painter.drawRoundedRect(box, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)

        def y(value: float) -> float:
            return box.bottom() - 6 - (box.height() - 12) * (value - low) / (high - low)

        painter.setPen(QPen(colour(theme.hairline, 0.55), 1))
        for level in (low, (low + high) / 2, high):
            painter.drawLine(QPointF(box.left(), y(level)), QPointF(box.right(), y(level)))
        for day in self._ticks():
            x = self._x(day.toordinal() + 0.5)
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setClipRect(box)
        if series.baseline is not None:
            painter.setPen(QPen(QColor(theme.text2), 1.25, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(box.left(), y(series.baseline)), QPointF(box.right(), y(series.baseline)))
        painter.setPen(QPen(QColor(theme.accent), 1.75))
        for stretch in series.stretches():
            dots = [QPointF(self._x_of(p.at), y(p.value)) for p in stretch if p.value is not None]
            if len(dots) > 1:
                painter.drawPolyline(dots)
            painter.setBrush(QColor(theme.accent))
            for dot in dots:
                painter.drawEllipse(dot, 2.5, 2.5)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setClipping(False)
        painter.setPen(QColor(theme.text))
        painter.setFont(font(BODY_PX, bold=True))
        newest = QRectF(box.right() + 8, inside.top(), VALUE_PX - 8, inside.height())
        painter.drawText(newest, _LEFT | _MIDDLE, newest_value(series))

    def _draw_name(self, painter: QPainter, series: Series, room: QRectF) -> None:
        """What is drawn, in up to two lines, and from how many values."""
        painter.setFont(font(SECONDARY_PX))
        metrics = painter.fontMetrics()
        few = tr(" · too few") if series.too_few else ""
        remark = f"n = {series.n_values}{few}"
        if series.baseline is not None:
            remark = tr("{n} · dashed: {level:.1f} before", n=remark, level=series.baseline)
        lines = _wrapped(tr(series.label), metrics.horizontalAdvance, room.width() - 4)
        top = room.center().y() - (len(lines) + 1) * metrics.height() / 2
        for i, line in enumerate([*lines, remark]):
            painter.setPen(QColor(tokens().text if i < len(lines) else tokens().text2))
            shown = metrics.elidedText(line, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(QRectF(0, top, room.width(), metrics.height()), _LEFT | _MIDDLE, shown)
            top += metrics.height()

    # treatments ---------------------------------------------------------------------------------------------------

    def _draw_lane(self, painter: QPainter, name: str, spans: list[Span], top: float) -> None:
        theme = tokens()
        painter.setFont(font(SECONDARY_PX))
        painter.setPen(QColor(theme.text))
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, NAME_PX)
        painter.drawText(QRectF(0, top, NAME_PX, LANE_PX), _LEFT | _MIDDLE, shown)
        painter.setClipRect(QRectF(self._left, top, self._right - self._left, LANE_PX))
        for span in spans:
            first = self._first if span.start is None else span.start
            left = self._x(first.toordinal())
            after = 1 if span.single else 0
            right = self._right if span.stop is None else self._x(span.stop.toordinal() + after)
            bar = QRectF(left, top + 2, max(right - left - 1, 4), LANE_PX - 4)
            painter.setPen(QPen(QColor(theme.border), 1))
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(bar, 4, 4)
            painter.setPen(QColor(theme.text))
            if painter.fontMetrics().horizontalAdvance(span.dose) + 16 < bar.width():
                painter.drawText(bar.adjusted(8, 0, 0, 0), _MIDDLE, span.dose)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setClipping(False)


def _lanes(trends: Trends) -> dict[str, list[Span]]:
    """Treatments by name, in order of their first beginning; changes of dose follow each other in one lane."""
    lanes: dict[str, list[Span]] = {}
    for span in trends.treatments:
        lanes.setdefault(span.name, []).append(span)
    return lanes


def newest_value(series: Series) -> str:
    """The newest value of a line with its unit; empty if there is none."""
    values = [point.value for point in series.points if point.value is not None]
    if not values:
        return ""
    return f"{values[-1]:.0f} %" if series.unit == "%" else f"{values[-1]:.3g} {series.unit}".strip()


def _wrapped(text: str, width_of: Callable[[str], float], room_px: float) -> list[str]:
    """`text` in one line or two; the second holds all that is left."""
    words = text.split()
    for n in range(len(words), 0, -1):
        if width_of(" ".join(words[:n])) <= room_px:
            return [" ".join(words[:n]), *([" ".join(words[n:])] if n < len(words) else [])]
    return [text]
