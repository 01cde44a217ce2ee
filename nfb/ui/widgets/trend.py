"""The session so far: a feature and its threshold over time, with breaks, holds and marks."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.ui.theme import SECONDARY_PX, colour, font, tokens
from nfb.ui.trend import Trend, pieces


class TrendStrip(QWidget):
    """Draws one feature of a :class:`~nfb.ui.trend.Trend`."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._trend: Trend | None = None
        self._drawn = 0
        self._index = 0
        self._name = ""
        self._unit = ""
        self._band_hz: tuple[float, float] | None = None

    def sizeHint(self) -> QSize:
        return QSize(300, 84)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 72)

    def begin(self, trend: Trend, feature: int, name: str, unit: str, band_hz: tuple[float, float] | None) -> None:
        """Follow feature number `feature` of `trend`."""
        self._trend, self._index, self._band_hz = trend, feature, band_hz
        self._name, self._unit = name, unit
        self._drawn = 0
        self.update()

    def refresh(self) -> None:
        """Repaint if there is something new."""
        if self._trend is not None and len(self._trend.steps) != self._drawn:
            self._drawn = len(self._trend.steps)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot = QRectF(self.rect()).adjusted(0, 20, 0, -2)
        painter.fillRect(plot, QColor(theme.plot))
        painter.setFont(font(SECONDARY_PX))
        painter.setPen(QColor(theme.text2))
        head = QRectF(0, 0, self.width(), 18)
        unit = f", {self._unit}" if self._unit not in ("", "1") else ""
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft, f"{self._name}{unit} over the session")
        steps = self._trend.steps if self._trend is not None else []
        seen = [v for s in steps for v in (s.feature(self._index), s.thresholds[self._index]) if v == v]
        if seen and self._trend is not None:
            low, high = min(0.0, *seen), max(*seen, 1e-9) * 1.1
            painter.drawText(head, Qt.AlignmentFlag.AlignRight, f"{low:.3g} – {high:.3g}")
            self._paint_lines(painter, plot, low, high, self._trend)
        painter.end()

    def _paint_lines(self, painter: QPainter, plot: QRectF, low: float, high: float, trend: Trend) -> None:
        theme = tokens()
        width = max(len(trend.steps), 60)

        def at(i: int, value: float) -> QPointF:
            return QPointF(
                plot.left() + plot.width() * (i + 0.5) / width,
                plot.bottom() - plot.height() * (value - low) / (high - low),
            )

        hatch = QBrush(colour(theme.text2, 0.4), Qt.BrushStyle.BDiagPattern)
        step_px = plot.width() / width
        for i, step in enumerate(trend.steps):
            if step.held:
                painter.fillRect(QRectF(plot.left() + i * step_px, plot.top(), step_px, plot.height()), hatch)
        hue = theme.band(*self._band_hz) if self._band_hz else theme.accent
        for values, pen in (
            ([s.thresholds[self._index] for s in trend.steps], QPen(QColor(theme.text2), 1.25, Qt.PenStyle.DashLine)),
            ([s.feature(self._index) for s in trend.steps], QPen(QColor(hue), 1.75)),
        ):
            painter.setPen(pen)
            for piece in pieces(values):
                painter.drawPolyline(QPolygonF([at(i, value) for i, value in piece]))
        painter.setPen(QPen(QColor(theme.text), 1))
        for mark in trend.marks:
            x = plot.left() + mark * step_px
            painter.drawLine(QLineF(x, plot.top(), x, plot.top() + 10))
