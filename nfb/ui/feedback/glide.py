"""One kite over plain ground: feedback is its speed. At nought it still drifts; nothing is won, lost or counted."""

from __future__ import annotations

import math
import random

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from nfb.ui.feedback.colours import Stops, between, vertical
from nfb.ui.feedback.light import Light
from nfb.ui.feedback.mode import Quiet, Wishes
from nfb.ui.feedback.plate import glow, plate

_SLOWEST, _FASTEST = 0.012, 0.10  # picture widths per second
_LIFT_S = 2.4
_GROUND: Stops = ((0.0, "#7BA1B4"), (0.35, "#93B5BF"), (0.7, "#B3CCC9"), (1.0, "#CADACB"))


class Glide(Quiet):
    """The kite flies from left to right in long waves, and comes in again where it left."""

    def __init__(self, wishes: Wishes) -> None:
        self._light = Light(wishes.safety)
        self._moves = wishes.safety.motion
        self._ornaments = wishes.ornaments and wishes.safety.motion
        self._ground, self._halo = QImage(), QImage()
        self.x = 0.32
        self._way = 0.0
        self._time_s = 0.0
        self._lift_s = _LIFT_S
        dice = random.Random(8)
        self._clouds = [
            (dice.random(), dice.uniform(0.10, 0.80), dice.uniform(0.03, 0.06), dice.uniform(0.2, 0.5))
            for _ in range(6)
        ]

    def update(self, value: float | None, passed_s: float) -> None:
        self._light.step(value, passed_s)
        self._lift_s += passed_s
        if self._moves:
            step = (_SLOWEST + (_FASTEST - _SLOWEST) * self._light.level) * passed_s
            self.x = (self.x + step) % 1.0
            self._way += step
            self._time_s += passed_s

    def reward(self) -> None:
        self._lift_s = 0.0

    def paint(self, painter: QPainter, width: float, height: float) -> None:
        size = QSize(int(width), int(height))
        if self._ground.size() != size:
            self._ground = plate(_paint_ground, size)
            self._halo = glow(round(0.44 * min(width / 1.6, height)), 3.0, (1.0, 0.99, 0.92))
        painter.drawImage(0, 0, self._ground)
        if self._ornaments and not self.fewer:
            self._paint_clouds(painter, width, height)
        lift = math.sin(math.pi * min(1.0, self._lift_s / _LIFT_S))
        unit = min(width / 1.6, height)
        rise = 0.045 * lift if self._moves else 0.0
        y = height * (0.46 - rise) + unit * 0.07 * math.sin(self._way * 16.0)
        # The cue for the eye: a soft rise with a halo.
        beyond = unit * 0.24  # it leaves the picture whole before it comes in again
        centre = QPointF(self.x * (width + 2.0 * beyond) - beyond, y)
        painter.setOpacity(0.16 + 0.10 * self._light.share + 0.42 * lift)
        halo = self._halo
        painter.drawImage(QPoint(round(centre.x() - halo.width() / 2), round(centre.y() - halo.height() / 2)), halo)
        painter.save()
        painter.translate(centre)
        painter.scale(unit * 0.13, unit * 0.13)
        painter.rotate(-7.0 + 9.0 * math.cos(self._way * 16.0))
        painter.setOpacity(1.0)
        self._paint_kite(painter, self._light.share)
        painter.restore()

    def _paint_clouds(self, painter: QPainter, width: float, height: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for x, y, size, depth in self._clouds:
            place = (x - self._way * depth) % 1.0
            centre = QPointF(width * place, height * y)
            painter.setBrush(QColor.fromRgbF(1.0, 1.0, 1.0, 0.16 * min(1.0, 6.0 * place, 6.0 * (1.0 - place))))
            for dx, dy, share in ((-0.9, 0.15, 0.6), (0.0, 0.0, 1.0), (0.9, 0.2, 0.55)):
                painter.drawEllipse(
                    centre + QPointF(dx, dy) * height * size,
                    height * size * share * 1.4,
                    height * size * share * 0.55,
                )

    def _paint_kite(self, painter: QPainter, light: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        nose, tail = QPointF(1.0, 0.02), QPointF(-0.78, 0.10)
        upper, lower = QPointF(-0.12, -0.56), QPointF(-0.20, 0.50)
        for wing, dim, bright in ((upper, "#C9A267", "#FFF6DC"), (lower, "#AD8450", "#EFDDB0")):
            path = QPainterPath(nose)
            path.quadTo(QPointF(0.35, wing.y() * 0.85), wing)
            path.quadTo(QPointF(-0.42, wing.y() * 0.55), tail)
            path.quadTo(QPointF(0.10, 0.10), nose)
            painter.setBrush(between(dim, bright, light))
            painter.drawPath(path)
        painter.setPen(QPen(between("#7E5F38", "#C9B587", light, 0.55), 0.014))
        painter.drawLine(upper, lower)
        painter.drawLine(nose, tail)
        ribbon = QPainterPath(tail)
        sway = 0.10 * math.sin(self._time_s * 1.1)
        ribbon.cubicTo(QPointF(-1.05, 0.02 + sway), QPointF(-1.25, 0.30 - sway), QPointF(-1.62, 0.18 + sway))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(between("#AD8450", "#EFDDB0", light), 0.040, c=Qt.PenCapStyle.RoundCap))
        painter.drawPath(ribbon)


def _paint_ground(painter: QPainter, width: float, height: float) -> None:
    painter.fillRect(QRectF(0, 0, width, height), vertical(0, height, _GROUND, _GROUND, 0.0))
