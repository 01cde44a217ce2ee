"""Bar and dot: plain meters, the reference for delays. Their size follows the feedback itself, their light slowly."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nfb.ui.feedback.light import NEUTRAL, Light, grey_of
from nfb.ui.feedback.mode import Quiet, Wishes
from nfb.ui.theme import DARK

RING_S = 1.2
_HOLD_TAU_S = 0.2


class _Meter(Quiet):
    def __init__(self, wishes: Wishes) -> None:
        self._light = Light(wishes.safety)
        self._calm = not wishes.safety.motion
        self._position = NEUTRAL
        self._ring_s = RING_S

    def update(self, value: float | None, passed_s: float) -> None:
        self._light.step(value, passed_s)
        if value is None:
            # To neutral by easing, not by a jump: a hold is no event the client should notice.
            self._position += (NEUTRAL - self._position) * min(1.0, passed_s / _HOLD_TAU_S)
        elif self._calm:
            self._position = self._light.level
        else:
            self._position = value
        self._ring_s += passed_s

    def reward(self) -> None:
        self._ring_s = 0.0

    def _colour(self) -> QColor:
        """A calm blue-green as bright as the light is."""
        grey = grey_of(self._light.brightness)
        return QColor.fromRgbF(0.56 * grey, 0.84 * grey, 0.82 * grey)

    def _ring(self, painter: QPainter, centre: QPointF, radius: float, side: float) -> None:
        if self._ring_s >= RING_S:
            return
        share = self._ring_s / RING_S
        ring = self._colour()
        ring.setAlphaF(0.5 * (1.0 - share) * min(1.0, self._ring_s / 0.15))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ring, max(1.5, side / 160)))
        painter.drawEllipse(centre, radius * (1.05 + 0.2 * share), radius * (1.05 + 0.2 * share))


def _side(width: float, height: float) -> float:
    """Unit of size: what changes fast must stay below a tenth of the picture in windows of any shape."""
    return min(width, height, 0.75 * math.sqrt(width * height))


class Bar(_Meter):
    """A broad column: its top follows the feedback, its foot and frame stand still."""

    def paint(self, painter: QPainter, width: float, height: float) -> None:
        painter.fillRect(QRectF(0, 0, width, height), QColor(DARK.plot))
        side = _side(width, height)
        # The lowest quarter of the picture is left to the instruction.
        frame = QRectF(width / 2 - side * 0.10, height * 0.42 - side * 0.30, side * 0.20, side * 0.60)
        top = frame.bottom() - frame.height() * (0.06 + 0.94 * self._position)
        radius = side * 0.02
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(DARK.panel))
        painter.drawRoundedRect(frame, radius, radius)
        painter.setBrush(self._colour())
        painter.drawRoundedRect(QRectF(frame.left(), top, frame.width(), frame.bottom() - top), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(DARK.hairline), max(1.0, side / 400)))
        painter.drawRoundedRect(frame, radius, radius)
        self._ring(painter, frame.center(), frame.height() * 0.54, side)


class Dot(_Meter):
    """A disc that grows and shrinks."""

    def paint(self, painter: QPainter, width: float, height: float) -> None:
        painter.fillRect(QRectF(0, 0, width, height), QColor(DARK.plot))
        side = _side(width, height)
        centre = QPointF(width / 2, height * 0.45)
        radius = side * (0.12 + 0.11 * self._position)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour())
        painter.drawEllipse(centre, radius, radius)
        self._ring(painter, centre, radius, side)
