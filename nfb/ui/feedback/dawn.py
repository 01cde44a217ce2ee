"""Dawn over a lake: feedback brings light and clears the mist. Nothing in it moves faster than breath."""

from __future__ import annotations

import math
import random

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen

from nfb.ui.feedback import lake
from nfb.ui.feedback.ahead import Ahead
from nfb.ui.feedback.colours import between
from nfb.ui.feedback.light import Light
from nfb.ui.feedback.mode import Quiet, Wishes
from nfb.ui.feedback.plate import glow

_RIPPLE_S = 5.0
_CLIMB_S = 900.0  # at full feedback, until the sun stands where it stays
_N_GLINTS = 110
_N_ROWS = 64  # of water that sway


class Dawn(Quiet):
    """A lake before and after sunrise. The sun also climbs a little with all the time that was spent in range."""

    def __init__(self, wishes: Wishes) -> None:
        self._light = Light(wishes.safety)
        self._moves = wishes.safety.motion
        self._time_s = 0.0
        self.growth = 0.0
        self._ripples: list[float] = []
        self._pictures = Ahead(_Pictures)
        dice = random.Random(5)
        self._glints = [
            (dice.random() ** 1.5, dice.gauss(0.0, 1.0), dice.random() * 6.28, 0.22 + 0.33 * dice.random())
            for _ in range(_N_GLINTS)
        ]
        self._reeds = [
            (
                abs(dice.gauss(0.0, 0.055)) - 0.005,
                dice.uniform(0.12, 0.37),
                dice.random() * 6.28,
                dice.gauss(0.0, 0.02),
            )
            for _ in range(24)
        ]

    def update(self, value: float | None, passed_s: float) -> None:
        self._light.step(value, passed_s)
        if self._moves:
            self._time_s += passed_s
        self._ripples = [age + passed_s for age in self._ripples if age + passed_s < _RIPPLE_S]
        if value is not None:
            self.growth = min(1.0, self.growth + max(0.0, value - 0.3) / 0.7 * passed_s / _CLIMB_S)

    def reward(self) -> None:
        self._ripples = [*self._ripples[-3:], 0.0]

    def prepare(self, width: float, height: float) -> bool:
        return self._pictures.begin(QSize(int(width), int(height)))

    def paint(self, painter: QPainter, width: float, height: float) -> None:
        pictures, light = self._pictures.take(QSize(int(width), int(height))), self._light.share
        shore_y = pictures.misty_shore.height()
        painter.drawImage(0, 0, pictures.misty_shore)
        painter.setOpacity(light)
        painter.drawImage(0, 0, pictures.clear_shore)
        painter.setOpacity(1.0)
        self._paint_water(painter, pictures, light)
        sun = QPointF(width * lake.SUN_X, shore_y - height * (0.082 + 0.15 * self.growth))
        self._paint_sun(painter, pictures, sun, shore_y, light)
        self._paint_glints(painter, pictures, sun.x(), shore_y, light)
        self._paint_mist(painter, pictures, shore_y, light)
        self._paint_ripples(painter, sun.x(), shore_y, width, height, light)
        self._paint_reeds(painter, width, height, light)

    def _paint_water(self, painter: QPainter, pictures: _Pictures, light: float) -> None:
        top, width, depth = pictures.misty_shore.height(), pictures.size.width(), pictures.misty_water.height()
        rows = []
        for i in range(_N_ROWS):
            # Rows are finer towards the shore, and sway less.
            near, next_near = (i / _N_ROWS) ** 1.6, ((i + 1) / _N_ROWS) ** 1.6
            y, below = round(depth * near), round(depth * next_near)
            if below > y:
                sway = math.sin(self._time_s * 0.55 + i * 0.9) + 0.6 * math.sin(self._time_s * 0.34 - i * 0.47)
                rows.append((y, below - y, round(pictures.margin * (0.5 + 0.31 * sway * (0.12 + 0.88 * near)))))
        for water, opacity in ((pictures.misty_water, 1.0), (pictures.clear_water, light)):
            painter.setOpacity(opacity)
            for y, tall, x in rows:
                painter.drawImage(QPoint(0, top + y), water, QRect(x, y, width, tall))
        painter.setOpacity(1.0)

    def _paint_sun(self, painter: QPainter, pictures: _Pictures, sun: QPointF, shore_y: int, light: float) -> None:
        for round_light, opacity in ((pictures.glow, 0.20 + 0.62 * light), (pictures.disc, 0.34 + 0.66 * light)):
            painter.setOpacity(opacity)
            corner = _corner(round_light, sun)
            painter.drawImage(corner, round_light, QRect(0, 0, round_light.width(), shore_y - corner.y()))
        painter.setOpacity(0.10 + 0.50 * light)
        column = pictures.column
        painter.drawImage(QPoint(round(sun.x() - column.width() / 2), shore_y), column)
        painter.setOpacity(1.0)

    def _paint_glints(self, painter: QPainter, pictures: _Pictures, sun_x: float, shore_y: int, light: float) -> None:
        """The sun's path on the water: lenses of light that come and go within seconds, wider towards the viewer."""
        width, depth = pictures.size.width(), pictures.misty_water.height()
        for near, side, phase, speed in self._glints[:: 2 if self.fewer else 1]:
            glint = pictures.glints[min(len(pictures.glints) - 1, int(near * len(pictures.glints)))]
            x = sun_x + side * width * (0.008 + 0.060 * near)
            x += math.sin(self._time_s * 0.21 + phase) * glint.width() * 0.25
            shimmer = 0.5 + 0.5 * math.sin(self._time_s * speed + phase)
            painter.setOpacity((0.10 + 0.80 * light) * shimmer * shimmer * (1.0 - 0.55 * near))
            y = shore_y + depth * (0.012 + 0.93 * near)
            painter.drawImage(QPoint(round(x - glint.width() / 2), round(y)), glint)
        painter.setOpacity(1.0)

    def _paint_mist(self, painter: QPainter, pictures: _Pictures, shore_y: int, light: float) -> None:
        """Clarity: banks of mist along the shore that drift, and thin out as feedback rises."""
        width, height = pictures.size.width(), pictures.size.height()
        for mist, place, speed, thick in (
            (pictures.far_mist, -0.055, 0.0042, 0.95),
            (pictures.near_mist, 0.030, -0.0064, 0.80),
        ):
            painter.setOpacity(thick * (0.06 + 0.94 * (1.0 - light) ** 1.3))
            x = round((self._time_s * speed % 1.0) * width)
            y = round(shore_y + place * height - mist.height() / 2)
            painter.drawImage(x, y, mist)
            painter.drawImage(x - width, y, mist)
        painter.setOpacity(1.0)

    def _paint_ripples(
        self, painter: QPainter, sun_x: float, shore_y: int, width: float, height: float, light: float
    ) -> None:
        centre = QPointF(sun_x - width * 0.20, shore_y + (height - shore_y) * 0.56)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for age in self._ripples:
            for delay in (0.0, 0.13, 0.26):
                grown = (age / _RIPPLE_S - delay) / (1.0 - delay)
                if grown > 0.0:
                    opacity = 0.55 * math.sin(math.pi * min(1.0, grown)) * (1.0 - 1.8 * delay)
                    colour = between("#E3E0E2", "#FFFBEE", light, opacity)
                    painter.setPen(QPen(colour, max(1.0, height * 0.0024)))
                    reach = width * (0.012 + 0.13 * grown)
                    painter.drawEllipse(centre, reach, reach * 0.20)
        painter.setPen(Qt.PenStyle.NoPen)

    def _paint_reeds(self, painter: QPainter, width: float, height: float, light: float) -> None:
        """Something near in a lower corner, so that the distance is felt."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(between("#3A4757", "#1F4254", light))
        unit = min(width, height * 16 / 9)
        for x, tall, phase, lean in self._reeds:
            bend = lean + 0.008 * math.sin(self._time_s * 0.4 + phase)
            foot = QPointF(unit * (x + 0.02), height * 1.01)
            tip = QPointF(foot.x() + unit * (bend + 0.10 * tall), height * (1.0 - tall))
            middle = QPointF(foot.x() + unit * bend * 0.2, (foot.y() + tip.y()) / 2)
            thick = unit * 0.0016
            reed = QPainterPath(foot - QPointF(thick, 0))
            reed.quadTo(middle - QPointF(thick, 0), tip)
            reed.quadTo(middle + QPointF(thick, 0), foot + QPointF(thick, 0))
            painter.drawPath(reed)


class _Pictures:
    """Everything that is painted once for a size."""

    def __init__(self, size: QSize) -> None:
        width, height = size.width(), size.height()
        self.size = size
        self.margin = max(4, round(width * 0.008))
        self.misty_shore = lake.paint_shore(size, lake.MISTY)
        self.clear_shore = lake.paint_shore(size, lake.CLEAR)
        self.misty_water = lake.paint_water(self.misty_shore, size, self.margin, lake.MISTY)
        self.clear_water = lake.paint_water(self.clear_shore, size, self.margin, lake.CLEAR)
        unit = min(width / 1.5, height)
        self.glow = glow(round(unit * 0.62), 4.5, (1.0, 0.93, 0.74))
        self.disc = glow(round(unit * 0.125), 3.2, (1.0, 0.985, 0.92))
        self.column = lake.paint_column(round(width * 0.30), self.misty_water.height())
        self.glints = [
            lake.paint_glint(round(width * (0.010 + 0.0104 * i)), max(3, round(height * (0.0025 + 0.0014 * i))))
            for i in range(6)
        ]
        self.far_mist = lake.paint_mist(width, round(height * 0.24), 3)
        self.near_mist = lake.paint_mist(width, round(height * 0.20), 9)


def _corner(image: QImage, centre: QPointF) -> QPoint:
    return QPoint(round(centre.x() - image.width() / 2), round(centre.y() - image.height() / 2))
