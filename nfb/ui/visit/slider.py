"""A slider from 0 to 10 that is empty until it is answered, with the last answer as a faint ring."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.ui.language import tr
from nfb.ui.theme import tokens

HIGHEST = 10
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
}


class AnswerSlider(QWidget):
    """Arrows, digits, Home and End answer it; Delete takes the answer back.

    Parameters
    ----------
    radius_px
        Of the knob; the rest follows from it.

    Attributes
    ----------
    answered
        Signal: the value, or None.
    """

    answered = Signal(object)

    def __init__(self, radius_px: int = 8) -> None:
        super().__init__()
        self._radius = radius_px
        self._value: int | None = None
        self._ghost: float | None = None
        self.colours = tokens
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(18 * self._radius, 4 * self._radius)

    def minimumSizeHint(self) -> QSize:
        return QSize(10 * self._radius, 4 * self._radius)

    @property
    def value(self) -> int | None:
        return self._value

    def show_value(self, value: float | None, ghost: float | None = None) -> None:
        """Set without telling."""
        self._value = None if value is None else round(value)
        self._ghost = ghost
        self.setAccessibleDescription(tr("not answered") if value is None else tr("{n} of 10", n=self._value))
        self.update()

    def _answer(self, value: int | None) -> None:
        if value is not None:
            value = min(max(value, 0), HIGHEST)
        if value != self._value:
            self.show_value(value, self._ghost)
            self.answered.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in _STEPS:
            step = _STEPS[Qt.Key(key)]
            start = self._value
            if start is None:
                ghost = 5.0 if self._ghost is None else self._ghost
                self._answer(round(ghost) + (0 if self._ghost is not None else step))
            else:
                self._answer(start + step)
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            self._answer(key - Qt.Key.Key_0)
        elif key == Qt.Key.Key_Home:
            self._answer(0)
        elif key == Qt.Key.Key_End:
            self._answer(HIGHEST)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._answer(None)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._answer(self._nearest(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._answer(self._nearest(event.position().x()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _x(self, value: float) -> float:
        margin = self._radius + 4.0
        return margin + (self.width() - 2 * margin) * value / HIGHEST

    def _nearest(self, x: float) -> int:
        margin = self._radius + 4.0
        return round(HIGHEST * (x - margin) / max(1.0, self.width() - 2 * margin))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, middle, radius = self.colours(), self.height() / 2, float(self._radius)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.setPen(QPen(QColor(theme.border), max(2.0, radius / 4)))
        painter.drawLine(QPointF(self._x(0), middle), QPointF(self._x(HIGHEST), middle))
        for mark in range(0, HIGHEST + 1, 5):
            painter.drawLine(QPointF(self._x(mark), middle - radius / 2), QPointF(self._x(mark), middle + radius / 2))
        if self._ghost is not None:
            painter.setPen(QPen(QColor(theme.text2), 1.5, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(self._x(self._ghost), middle), radius, radius)
        if self._value is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
            painter.drawEllipse(QPointF(self._x(self._value), middle), radius, radius)
        painter.end()
