"""The session so far: share in range above, the chosen feature with its threshold below; breaks, holds and marks."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.ui.language import tr
from nfb.ui.theme import SECONDARY_PX, colour, font, tokens
from nfb.ui.trend import Trend, pieces
from nfb.ui.words import capital, percent

_LEAST_STEPS = 60
_LEFT_PX, _AXIS_PX = 36, 11
_SMOOTH_STEPS = 5  # ten seconds: a single step of two says little about a share
_LOW, _HIGH = 0.30, 0.85


class TrendStrip(QWidget):
    """Draws a :class:`~nfb.ui.trend.Trend`: the reward's share, and one feature."""

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
        return QSize(300, 88)

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

    def shares(self) -> list[float]:
        """Share in range over the last ten seconds, one per step; NaN outside of training."""
        steps = self._trend.steps if self._trend is not None else []
        found = []
        for i, step in enumerate(steps):
            near = [s for s in steps[max(0, i - _SMOOTH_STEPS + 1) : i + 1] if s.stage == step.stage]
            judged = sum(s.judged for s in near)
            found.append(sum(s.in_range for s in near) / judged if judged else math.nan)
        return found

    def summary(self) -> str:
        """One line for a screen reader."""
        known = [share for share in self.shares() if share == share]
        if not known:
            return tr("Session so far: no training yet")
        return tr(
            "Session so far: in range {first} at first, {last} lately",
            first=percent(known[0]),
            last=percent(known[-1]),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect()).adjusted(_LEFT_PX, 18, 0, -1)
        above = QRectF(whole.left(), whole.top(), whole.width(), whole.height() * 0.48)
        below = QRectF(whole.left(), above.bottom() + 2, whole.width(), whole.height() - above.height() - 2)
        for plot in (above, below):
            painter.fillRect(plot, QColor(theme.plot))
        painter.setFont(font(SECONDARY_PX))
        painter.setPen(QColor(theme.text2))
        head = QRectF(0, 0, self.width(), 17)
        unit = f", {self._unit}" if self._unit not in ("", "1") else ""
        said = tr("In range · {feature}{unit}, threshold dashed", feature=capital(self._name), unit=unit)
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft, painter.fontMetrics().elidedText(
            said, Qt.TextElideMode.ElideRight, int(head.width())))  # fmt: skip
        for share in (_LOW, _HIGH):
            self._paint_level(painter, above.bottom() - above.height() * share, percent(share))
        steps = self._trend.steps if self._trend is not None else []
        seen = [v for s in steps for v in (s.feature(self._index), s.thresholds[self._index]) if v == v]
        if self._trend is not None and steps:
            self._paint_holds_and_marks(painter, whole, self._trend)
            self._paint_shares(painter, above)
        if seen and self._trend is not None:
            low, high = min(0.0, *seen), max(*seen, 1e-9) * 1.1
            self._paint_feature(painter, below, low, high, self._trend)
            self._paint_level(painter, below.top() + 7, f"{high:.2g}".replace("-", "−"))
            self._paint_level(painter, below.bottom() - 7, f"{low:.2g}".replace("-", "−"))
        painter.end()

    @staticmethod
    def _paint_level(painter: QPainter, y: float, words: str) -> None:
        """A figure of the axis, beside the plots."""
        painter.setPen(QColor(tokens().text2))
        painter.setFont(font(_AXIS_PX))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, y - 7, _LEFT_PX - 4, 14), flags, words)

    def _step_px(self, plot: QRectF) -> float:
        return plot.width() / max(self._drawn, len(self._trend.steps) if self._trend else 0, _LEAST_STEPS)

    def _paint_holds_and_marks(self, painter: QPainter, plot: QRectF, trend: Trend) -> None:
        hatch = QBrush(colour(tokens().text2, 0.4), Qt.BrushStyle.BDiagPattern)
        step_px = self._step_px(plot)
        for i, step in enumerate(trend.steps):
            if step.held:
                painter.fillRect(QRectF(plot.left() + i * step_px, plot.top(), step_px, plot.height()), hatch)
            if i and step.stage != trend.steps[i - 1].stage:
                painter.setPen(QPen(QColor(tokens().hairline), 1))
                x = plot.left() + i * step_px
                painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
        painter.setPen(QPen(QColor(tokens().text), 1))
        for mark in trend.marks:
            x = plot.left() + mark * step_px
            painter.drawLine(QLineF(x, plot.top(), x, plot.top() + 10))

    def _paint_shares(self, painter: QPainter, plot: QRectF) -> None:
        """Share in range, 0 to 100 % from foot to top, with the band in which a threshold is worth keeping."""
        theme, step_px = tokens(), self._step_px(plot)
        guard = QRectF(
            plot.left(), plot.bottom() - plot.height() * _HIGH, plot.width(), plot.height() * (_HIGH - _LOW)
        )
        painter.fillRect(guard, colour(theme.ok, 0.12))
        painter.setPen(QPen(QColor(theme.accent), 1.75))
        for piece in pieces(self.shares()):
            painter.drawPolyline(
                QPolygonF(
                    [
                        QPointF(plot.left() + (i + 0.5) * step_px, plot.bottom() - 1 - (plot.height() - 2) * share)
                        for i, share in piece
                    ]
                )
            )

    def _paint_feature(self, painter: QPainter, plot: QRectF, low: float, high: float, trend: Trend) -> None:
        theme, step_px = tokens(), self._step_px(plot)
        hue = theme.band(*self._band_hz) if self._band_hz else theme.accent
        for values, pen in (
            ([s.thresholds[self._index] for s in trend.steps], QPen(QColor(theme.text2), 1.25, Qt.PenStyle.DashLine)),
            ([s.feature(self._index) for s in trend.steps], QPen(QColor(hue), 1.75)),
        ):
            painter.setPen(pen)
            for piece in pieces(values):
                painter.drawPolyline(
                    QPolygonF(
                        [
                            QPointF(
                                plot.left() + (i + 0.5) * step_px,
                                plot.bottom() - plot.height() * (value - low) / (high - low),
                            )
                            for i, value in piece
                        ]
                    )
                )
