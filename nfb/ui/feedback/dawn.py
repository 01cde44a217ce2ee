"""Dawn over water: feedback brings light and clears the mist. Nothing in it moves faster than breath."""

from __future__ import annotations

import math
import random

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QRadialGradient,
    QTransform,
)

from nfb.ui.feedback.colours import Stops, between, vertical
from nfb.ui.feedback.light import Light
from nfb.ui.feedback.mode import Quiet, Wishes

_HORIZON = 0.58
_SUN_X = 0.62
_RIPPLE_S = 4.0

_SKY_DIM: Stops = ((0.0, "#5A6B86"), (0.45, "#7F8CA1"), (0.8, "#A3A4AE"), (1.0, "#B3ABAE"))
_SKY_BRIGHT: Stops = ((0.0, "#5C8FC4"), (0.45, "#A9C6DD"), (0.8, "#F3DDBB"), (1.0, "#FFE7BC"))
_WATER_DIM: Stops = ((0.0, "#A19FA8"), (0.3, "#7E8A9D"), (1.0, "#4C5C74"))
_WATER_BRIGHT: Stops = ((0.0, "#F6DDB8"), (0.3, "#A4C0D4"), (1.0, "#3F74A6"))

# Ridges from far to near: height over the horizon, roughness, colour in mist and in clear light.
_RIDGES = (
    (0.130, 1.0, 11, "#A2A5B0", "#A8BDD2"),
    (0.085, 1.7, 23, "#98A0AD", "#7FA0BE"),
    (0.046, 2.6, 37, "#8D98A7", "#537B9A"),
)


class Dawn(Quiet):
    """A lake before and after sunrise. The sun also climbs a little with all the time that was spent in range."""

    def __init__(self, wishes: Wishes) -> None:
        self._light = Light(wishes.safety)
        self._moves = wishes.safety.motion
        self._time_s = 0.0
        self._climb = 0.0  # 0..1 over some twenty minutes
        self._ripples: list[float] = []
        self._ridges = [_ridge(height, roughness, seed) for height, roughness, seed, _, _ in _RIDGES]
        dice = random.Random(5)
        self._glints = [
            (dice.random() ** 1.6, dice.gauss(0.0, 1.0), dice.random() * 6.28, 0.25 + 0.35 * dice.random())
            for _ in range(130)
        ]
        self._reeds = [(dice.uniform(-0.02, 0.15), dice.uniform(0.16, 0.36), dice.random() * 6.28) for _ in range(26)]

    def update(self, value: float | None, passed_s: float) -> None:
        self._light.step(value, passed_s)
        if self._moves:
            self._time_s += passed_s
            self._ripples = [age + passed_s for age in self._ripples if age + passed_s < _RIPPLE_S]
        if value is not None:
            self._climb = min(1.0, self._climb + max(0.0, value - 0.3) * passed_s / 600.0)

    def reward(self) -> None:
        if self._moves:
            self._ripples = [*self._ripples[-3:], 0.0]

    def paint(self, painter: QPainter, width: float, height: float) -> None:
        level = self._light.level
        light = self._light.share
        horizon = height * _HORIZON
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(QRectF(0, 0, width, horizon + 1), vertical(0, horizon, _SKY_DIM, _SKY_BRIGHT, light))
        sun = QPointF(width * _SUN_X, horizon - height * (0.035 + 0.13 * self._climb))
        self._paint_sun(painter, sun, width, height, light)
        self._paint_ridges(painter, width, horizon, height, light)
        painter.fillRect(
            QRectF(0, horizon, width, height - horizon), vertical(horizon, height, _WATER_DIM, _WATER_BRIGHT, light)
        )
        self._paint_reflection(painter, width, horizon, height, light)
        self._paint_glints(painter, sun.x(), width, horizon, height, level)
        self._paint_ripples(painter, sun.x(), width, horizon, height, light)
        self._paint_mist(painter, width, horizon, height, 1.0 - light)
        self._paint_reeds(painter, width, height, light)

    def _paint_sun(self, painter: QPainter, sun: QPointF, width: float, height: float, light: float) -> None:
        for radius, opacity in ((0.62, 0.30), (0.26, 0.40)):
            glow = QRadialGradient(sun, width * radius)
            for place, share in ((0.0, 1.0), (0.35, 0.42), (0.7, 0.1), (1.0, 0.0)):
                glow.setColorAt(place, between("#D9D2CC", "#FFEBBB", light, opacity * share * (0.35 + 0.65 * light)))
            painter.fillRect(QRectF(0, 0, width, height * _HORIZON), glow)
        radius = height * 0.036
        disc = QRadialGradient(sun, radius)
        for place, share in ((0.0, 1.0), (0.86, 1.0), (1.0, 0.0)):
            disc.setColorAt(place, between("#DCD6D2", "#FFFBE8", light, share * (0.40 + 0.60 * light)))
        painter.setBrush(disc)
        painter.drawEllipse(sun, radius, radius)

    def _paint_ridges(self, painter: QPainter, width: float, horizon: float, height: float, light: float) -> None:
        painter.save()
        for (_, _, _, misty, clear), ridge in zip(_RIDGES, self._ridges, strict=True):
            painter.setTransform(QTransform(width, 0, 0, height, 0, horizon))
            top = horizon - height * 0.13
            fade = QLinearGradient(0.0, (top - horizon) / height, 0.0, 0.0)
            fade.setColorAt(0.0, between(misty, clear, light))
            fade.setColorAt(1.0, between("#ABA9B0", "#D6D5CE", light))
            painter.setBrush(fade)
            painter.drawPolygon(ridge)
        painter.restore()

    def _paint_reflection(self, painter: QPainter, width: float, horizon: float, height: float, light: float) -> None:
        painter.save()
        painter.setTransform(QTransform(width, 0, 0, -height * 0.85, 0, horizon))
        for (_, _, _, misty, clear), ridge in zip(_RIDGES[1:], self._ridges[1:], strict=True):
            painter.setBrush(between(misty, clear, light, 0.20 + 0.16 * light))
            painter.drawPolygon(ridge)
        painter.restore()

    def _paint_glints(
        self, painter: QPainter, sun_x: float, width: float, horizon: float, height: float, level: float
    ) -> None:
        """The sun's path on the water: short strokes that come and go within seconds, wider towards the viewer."""
        depth = height - horizon
        for far, side, phase, speed in self._glints:
            y = horizon + depth * (0.015 + 0.95 * far)
            breadth = width * (0.012 + 0.085 * far)
            length = width * (0.006 + 0.034 * far)
            x = sun_x + side * breadth + math.sin(self._time_s * 0.21 + phase) * length * 0.5
            shimmer = 0.5 + 0.5 * math.sin(self._time_s * speed + phase)
            opacity = (0.10 + 0.62 * level) * shimmer * (1.0 - 0.62 * far)
            colour = between("#E4DDD6", "#FFF4D4", level, opacity)
            painter.setPen(QPen(colour, max(1.0, height * (0.0016 + 0.0034 * far)), c=Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(x - length, y), QPointF(x + length, y))
        painter.setPen(Qt.PenStyle.NoPen)

    def _paint_ripples(
        self, painter: QPainter, sun_x: float, width: float, horizon: float, height: float, light: float
    ) -> None:
        centre = QPointF(sun_x - width * 0.16, horizon + (height - horizon) * 0.52)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for age in self._ripples:
            share = age / _RIPPLE_S
            for ring in (0.0, 0.16):
                grown = share - ring
                if grown > 0.0:
                    opacity = 0.5 * math.sin(math.pi * min(1.0, grown / (1.0 - ring)))
                    painter.setPen(QPen(between("#E8E6E4", "#FFFBEE", light, opacity), max(1.0, height * 0.003)))
                    painter.drawEllipse(centre, width * 0.16 * grown, width * 0.034 * grown)
        painter.setPen(Qt.PenStyle.NoPen)

    def _paint_mist(self, painter: QPainter, width: float, horizon: float, height: float, share: float) -> None:
        """Clarity: banks of mist over the shore that thin out as feedback rises."""
        for offset, thickness, drift, opacity in ((-0.05, 0.10, 0.011, 0.75), (0.03, 0.13, -0.008, 0.6)):
            y = horizon + offset * height + math.sin(self._time_s * 0.05 + drift * 300) * height * 0.006
            half = thickness * height
            bank = QLinearGradient(0.0, y - half, 0.0, y + half)
            for place, density in ((0.0, 0.0), (0.5, 1.0), (1.0, 0.0)):
                bank.setColorAt(place, QColor.fromRgbF(0.74, 0.74, 0.78, opacity * (0.10 + 0.90 * share) * density))
            painter.fillRect(QRectF(0, y - half, width, 2 * half), bank)

    def _paint_reeds(self, painter: QPainter, width: float, height: float, light: float) -> None:
        """Something near in a lower corner, so that the distance is felt."""
        painter.setBrush(between("#3E4B5A", "#28485A", light, 0.92))
        for x, tall, phase in self._reeds:
            sway = math.sin(self._time_s * 0.35 + phase) * 0.010 + 0.03 * math.sin(phase)
            foot, tip = QPointF(width * x, height * 1.01), QPointF(width * (x + sway), height * (1.0 - tall))
            thick = width * 0.0024
            reed = QPainterPath(QPointF(foot.x() - thick, foot.y()))
            reed.quadTo(QPointF(foot.x() - thick * 0.6, (foot.y() + tip.y()) / 2), tip)
            reed.quadTo(QPointF(foot.x() + thick, (foot.y() + tip.y()) / 2), QPointF(foot.x() + thick, foot.y()))
            painter.drawPath(reed)


def _ridge(height: float, roughness: float, seed: int) -> QPolygonF:
    """A skyline in units of the picture: x from 0 to 1, y negative above the shore."""
    dice = random.Random(seed)
    waves = [(roughness * (k + 0.6), dice.random() * 6.28, 1.0 / (1.0 + k) ** 1.25) for k in range(7)]
    total = sum(weight for _, _, weight in waves)
    points = [QPointF(0.0, 0.0)]
    for i in range(161):
        x = i / 160
        y = sum(weight * (0.5 + 0.5 * math.sin(2.0 * math.pi * turns * x + phase)) for turns, phase, weight in waves)
        points.append(QPointF(x, -height * (0.25 + 0.75 * y / total)))
    return QPolygonF([*points, QPointF(1.0, 0.0)])
