"""One row per condition: the value, its threshold as a marker that can be dragged, and what that would mean."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.model.protocol import Direction
from nfb.ui.language import tr
from nfb.ui.theme import BODY_PX, SECONDARY_PX, font, tokens
from nfb.ui.words import capital, percent, quantity, spoken

ROW_PX, LEAST_ROW_PX = 80, 38
_TWO_LINES_PX = 50  # rows lower than this have room for one line of words
_ROOMY_PX = 64  # in lower ones the words keep clear of the selection's frame
ExpectedShare = Callable[[int, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class BarRow:
    """A condition as it is drawn. `low` and `high` are the ends of the bar's scale, in `unit`."""

    name: str
    band_hz: tuple[float, float] | None
    direction: Direction
    unit: str
    low: float
    high: float


class BandBars(QWidget):
    """Bars of all conditions.

    Attributes
    ----------
    threshold_chosen
        Signal ``(condition, value)``: the marker was let go.
    selected
        Condition that the arrow keys act on.
    shows_bands
        Whether band edges are written beside the names.
    """

    threshold_chosen = Signal(int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(240)
        self.setMouseTracking(True)
        self.selected = 0
        self.shows_bands = True
        self.rows: tuple[BarRow, ...] = ()
        self._values: list[float] = []
        self._thresholds: list[float] = []
        self._shares: list[float] = []
        self._blocking = -1
        self._dragged: tuple[int, float] | None = None
        self.expected_share: ExpectedShare = lambda condition, value: (math.nan, math.nan)

    def begin(self, rows: tuple[BarRow, ...], expected_share: ExpectedShare) -> None:
        """Show other conditions; `expected_share` gives (this condition, all together) for a threshold."""
        self.rows, self.expected_share = rows, expected_share
        self._values = [math.nan] * len(rows)
        self._thresholds = [math.nan] * len(rows)
        self._shares = [math.nan] * len(rows)
        self.selected = 0
        self.setMinimumHeight(max(LEAST_ROW_PX * len(rows), 1))
        self.setMaximumHeight(max(ROW_PX * len(rows), 1))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, ROW_PX * max(len(self.rows), 1))

    @property
    def _row_px(self) -> float:
        return self.height() / max(len(self.rows), 1)

    def show_values(self, values: list[float], blocking: int) -> None:
        """One value per condition, and the condition that blocks the reward now (-1: none)."""
        if values != self._values or blocking != self._blocking:
            self._values, self._blocking = values, blocking
            self.update()

    def show_thresholds(self, thresholds: list[float]) -> None:
        """One threshold per condition; NaN where there is none yet."""
        self._thresholds = list(thresholds)
        self._shares = [self.expected_share(i, value)[0] for i, value in enumerate(thresholds)]
        self.update()

    def select(self, steps: int) -> None:
        """Move the selection down (positive) or up."""
        if self.rows:
            self.selected = (self.selected + steps) % len(self.rows)
            self.update()

    def expectation(self) -> str:
        """What is said about the marker that is being dragged; empty if none is."""
        return "" if self._dragged is None else self._share_words(self._dragged[0], True)

    def summary(self) -> str:
        """One line for a screen reader: ``SMR 5.6 microvolt, above threshold, 62 percent``."""
        parts = []
        for i, row in enumerate(self.rows):
            value, threshold = self._values[i], self._thresholds[i]
            said = f"{row.name} {spoken(value, row.unit)}"
            if threshold == threshold and value == value:
                said += ", " + (tr("above threshold") if value > threshold else tr("below threshold"))
            if self._shares[i] == self._shares[i]:
                said += ", " + tr("{share} percent", share=round(100 * self._shares[i]))
            parts.append(said)
        return "; ".join(parts)

    # geometry -----------------------------------------------------------------------------------------------------

    def _bar(self, i: int) -> QRectF:
        room = self._row_px
        height = 18 if room >= 72 else 14 if room >= 56 else 9
        middle = room / 2 if room >= _TWO_LINES_PX else room / 2 + 10
        return QRectF(12, i * room + middle - height / 2, self.width() - 24, height)

    def _x(self, i: int, value: float) -> float:
        row, bar = self.rows[i], self._bar(i)
        share = (value - row.low) / (row.high - row.low)
        return bar.left() + bar.width() * min(max(share, 0.0), 1.0)

    def _value_at(self, i: int, x: float) -> float:
        row, bar = self.rows[i], self._bar(i)
        return row.low + (row.high - row.low) * min(max((x - bar.left()) / bar.width(), 0.0), 1.0)

    def marker_position(self, condition: int) -> QPointF:
        """Centre of a condition's marker, in widget coordinates."""
        bar = self._bar(condition)
        return QPointF(self._x(condition, self._thresholds[condition]), bar.center().y())

    def _marker_at(self, at: QPointF) -> int:
        for i, threshold in enumerate(self._thresholds):
            near = abs(at.x() - self._x(i, threshold)) <= 16 if threshold == threshold else False
            if near and abs(at.y() - self._bar(i).center().y()) <= 16:
                return i
        return -1

    # mouse --------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int(event.position().y() // self._row_px)
        if 0 <= row < len(self.rows):
            self.selected = row
        marker = self._marker_at(event.position())
        if marker >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self._dragged = (marker, self._thresholds[marker])
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is None:
            over = self._marker_at(event.position()) >= 0
            self.setCursor(Qt.CursorShape.SizeHorCursor if over else Qt.CursorShape.ArrowCursor)
            return
        marker = self._dragged[0]
        self._dragged = (marker, self._value_at(marker, event.position().x()))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragged is not None:
            (condition, value), self._dragged = self._dragged, None
            if value != self._thresholds[condition]:
                self.threshold_chosen.emit(condition, value)
            self.update()

    # painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for i, row in enumerate(self.rows):
            self._paint_row(painter, i, row)
        painter.end()

    def _paint_row(self, painter: QPainter, i: int, row: BarRow) -> None:
        theme = tokens()
        top = i * self._row_px
        tight = self._row_px < 56
        if i == self.selected and tight:
            painter.fillRect(QRectF(1, top + 2, 4, self._row_px - 4), QColor(theme.accent))
        elif i == self.selected:
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(1, top + 1, self.width() - 2, self._row_px - 3), 6, 6)
        bar = self._bar(i)
        in_line = self._row_px < _TWO_LINES_PX  # the threshold stands beside the name
        value = self._values[i]
        dragged = self._dragged is not None and self._dragged[0] == i
        threshold = self._dragged[1] if self._dragged is not None and dragged else self._thresholds[i]
        hue = theme.band(*row.band_hz) if row.band_hz else theme.accent

        head = QRectF(bar.left(), bar.top() - (20 if tight else 23), bar.width(), 16 if tight else 19)
        arrow = "▲" if row.direction is Direction.UP else "▼"
        band = f"  {row.band_hz[0]:g}–{row.band_hz[1]:g} Hz" if row.band_hz and self.shows_bands else ""
        painter.setFont(font(SECONDARY_PX if tight else BODY_PX, bold=True))
        painter.setPen(QColor(theme.text))
        name = f"{arrow} {capital(row.name)}"
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        name_px = painter.fontMetrics().horizontalAdvance(name)
        painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, quantity(value, row.unit))
        painter.setFont(font(SECONDARY_PX))
        painter.setPen(QColor(theme.text2))
        beside = head.adjusted(name_px, 0, -76, 0)
        sign = "≥" if row.direction is Direction.UP else "≤"
        words = f"{sign} {quantity(threshold, row.unit)}" if threshold == threshold else tr("no threshold yet")
        if in_line:
            words = "   ".join(part for part in (words, self._share_words(i, dragged)) if part)
            band = f"   {'⊘ ' if i == self._blocking else ''}{words}"
        painter.drawText(beside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, band)

        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(bar, 4, 4)
        if value == value:
            painter.setBrush(QColor(hue))
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), self._x(i, value) - bar.left(), bar.height()), 4, 4)
        if threshold == threshold:
            self._paint_marker(painter, self._x(i, threshold), bar, row.direction)

        if in_line:
            return
        low = self._row_px < _ROOMY_PX
        foot = QRectF(bar.left(), bar.bottom() + (3 if low else 4), bar.width(), 15 if low else 18)
        painter.setFont(font(SECONDARY_PX))
        painter.setPen(QColor(theme.text))
        if i == self._blocking:
            words += "   " + tr("⊘ blocks the reward")
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        painter.drawText(
            foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._share_words(i, dragged)
        )

    def _share_words(self, i: int, dragged: bool) -> str:
        if dragged and self._dragged is not None:
            alone, together = self.expected_share(i, self._dragged[1])
            if alone != alone:
                return tr("expected: unknown before a baseline")
            return tr("expected {alone} · all {together}", alone=percent(alone), together=percent(together))
        return tr("{share} expected", share=percent(self._shares[i])) if self._shares[i] == self._shares[i] else ""

    def _paint_marker(self, painter: QPainter, x: float, bar: QRectF, direction: Direction) -> None:
        """A grip across the bar, and a line under the side of it that counts; words above and below stay free."""
        theme = tokens()
        left, right = (x, bar.right()) if direction is Direction.UP else (bar.left(), x)
        painter.setBrush(QColor(theme.ok))
        painter.drawRect(QRectF(left, bar.bottom() + 1, right - left, 2))
        painter.setBrush(QColor(theme.text))
        painter.setPen(QPen(QColor(theme.panel), 2))
        painter.drawRoundedRect(QRectF(x - 4, bar.top() - 4, 8, bar.height() + 8), 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
