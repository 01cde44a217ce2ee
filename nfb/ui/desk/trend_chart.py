"""A client's course on one axis of time: small panels above each other, treatments as bars below, gaps left open."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.practice.treatments import Span
from nfb.practice.trends import Point, Series, Trends
from nfb.ui.language import tr, tr_n
from nfb.ui.theme import SECONDARY_PX, font, tokens

NAME_PX, PANEL_PX, LANE_PX, AXIS_PX, DATE_PX = 230, 52, 24, 24, 80


class TrendChart(QWidget):
    """Draws a :class:`~nfb.practice.trends.Trends`; its accessible name says in a line what is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
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
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:
        lanes = len(_lanes(self._trends)) * LANE_PX
        return QSize(640, len(self._trends.series) * PANEL_PX + lanes + AXIS_PX + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(400, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = 0.0
        for series in self._trends.series:
            self._draw_series(painter, series, y)
            y += PANEL_PX
        self._draw_axis(painter, y)
        y += AXIS_PX
        for name, spans in _lanes(self._trends).items():
            self._draw_lane(painter, name, spans, y)
            y += LANE_PX
        painter.end()

    def _x(self, day: float) -> float:
        first, last = self._first.toordinal(), self._last.toordinal() + 1
        left, right = NAME_PX + 12.0, self.width() - 16.0
        return left + (right - left) * (day - first) / max(last - first, 1)

    def _x_of(self, at: datetime) -> float:
        local = at.astimezone()
        return self._x(local.toordinal() + (local.hour + local.minute / 60) / 24)

    def _draw_series(self, painter: QPainter, series: Series, top: float) -> None:
        theme = tokens()
        painter.setFont(font(SECONDARY_PX))
        painter.setPen(QColor(theme.text))
        few = tr(" · too few") if series.too_few else ""
        names = QRectF(8, top + 6, NAME_PX - 40, PANEL_PX - 12)
        words = f"{tr(series.label)}\nn = {series.n_values}{few}"
        shown = "\n".join(
            painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, int(names.width()))
            for line in words.split("\n")
        )
        painter.drawText(names, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(QColor(theme.text2))
        low, high = series.low, series.high if series.high > series.low else series.low + 1
        box = QRectF(NAME_PX, top + 6, self.width() - NAME_PX - 8, PANEL_PX - 12)
        for value, align in ((high, Qt.AlignmentFlag.AlignTop), (low, Qt.AlignmentFlag.AlignBottom)):
            painter.drawText(
                QRectF(NAME_PX - 36, top + 2, 30, PANEL_PX - 4), Qt.AlignmentFlag.AlignRight | align, f"{value:g}"
            )
        painter.fillRect(box, QColor(theme.plot))

        def y(value: float) -> float:
            return box.bottom() - 4 - (box.height() - 8) * (value - low) / (high - low)

        painter.setClipRect(box)
        if series.baseline is not None:
            painter.setPen(QPen(QColor(theme.text2), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(box.left(), y(series.baseline)), QPointF(box.right(), y(series.baseline)))
        painter.setPen(QPen(QColor(theme.accent), 1.75))
        for stretch in series.stretches():
            dots = [QPointF(self._x_of(p.at), y(p.value)) for p in stretch if p.value is not None]
            if len(dots) > 1:
                painter.drawPolyline(dots)
            painter.setBrush(QColor(theme.accent))
            for dot in dots:
                painter.drawEllipse(dot, 3, 3)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setClipping(False)

    def _draw_axis(self, painter: QPainter, top: float) -> None:
        painter.setPen(QColor(tokens().text2))
        painter.setFont(font(SECONDARY_PX))
        days = (self._last - self._first).days
        n = max(1, min(6, days, int((self.width() - NAME_PX) / 120)))
        for i in range(n + 1 if days else 1):
            day = self._first + timedelta(days=round(i * days / n))
            x = self._x(day.toordinal() + 0.5)
            left = min(max(x - DATE_PX / 2, NAME_PX), self.width() - DATE_PX - 8)
            painter.drawLine(QPointF(x, top), QPointF(x, top + 3))
            centred = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(left, top + 2, DATE_PX, AXIS_PX - 2), centred, day.isoformat())

    def _draw_lane(self, painter: QPainter, name: str, spans: list[Span], top: float) -> None:
        theme = tokens()
        painter.setFont(font(SECONDARY_PX))
        painter.setPen(QColor(theme.text))
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, NAME_PX - 16)
        painter.drawText(QRectF(8, top, NAME_PX - 12, LANE_PX), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setClipRect(QRectF(NAME_PX, top, self.width() - NAME_PX - 8, LANE_PX))
        for span in spans:
            first = self._first if span.start is None else span.start
            left = self._x(first.toordinal())
            after = 1 if span.single else 0
            right = self.width() - 8.0 if span.stop is None else self._x(span.stop.toordinal() + after)
            bar = QRectF(left, top + 2, max(right - left - 1, 4), LANE_PX - 4)
            painter.setPen(QPen(QColor(theme.border), 1))
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(bar, 3, 3)
            painter.setPen(QColor(theme.text2))
            if painter.fontMetrics().horizontalAdvance(span.dose) + 12 < bar.width():
                painter.drawText(bar.adjusted(6, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, span.dose)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setClipping(False)


def _lanes(trends: Trends) -> dict[str, list[Span]]:
    """Treatments by name, in order of their first beginning; changes of dose follow each other in one lane."""
    lanes: dict[str, list[Span]] = {}
    for span in trends.treatments:
        lanes.setdefault(span.name, []).append(span)
    return lanes


def latest_words(series: Series) -> str:
    """The newest value of a line, and what it is compared with."""
    values = [point for point in series.points if point.value is not None]
    if not values:
        return "–"
    newest: Point = values[-1]
    assert newest.value is not None
    words = f"{newest.value:g} {series.unit}".strip()
    if series.baseline is not None:
        words = tr("{value} (weeks before: {baseline:.1f})", value=words, baseline=series.baseline)
    return words
