"""A growing branch: time in range lets it unfold leaf by leaf, feedback gives it light. It never withers."""

from __future__ import annotations

import math
import random

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QRadialGradient

from nfb.ui.feedback.colours import Stops, between, vertical
from nfb.ui.feedback.light import Light
from nfb.ui.feedback.mode import Quiet, Wishes

_GROWN_S = 420.0  # seconds at full feedback until the last leaf is open
_SEED = 0.16  # what is there at the beginning
_N_LEAVES = 34
_OPENING = 0.10  # share of the growth during which one leaf unfolds
_BLOOM_S = 2.5

_DIM: Stops = ((0.0, "#5E7F80"), (0.55, "#54757A"), (1.0, "#3F5C66"))
_BRIGHT: Stops = ((0.0, "#C9E4CF"), (0.55, "#96C8BC"), (1.0, "#4F93A0"))


class Branch(Quiet):
    """A branch in soft light; small lights drift behind it, and every reward opens one blossom a little more."""

    def __init__(self, wishes: Wishes) -> None:
        self._light = Light(wishes.safety)
        self._moves = wishes.safety.motion
        self._time_s = 0.0
        self.growth = _SEED
        self._blooms = [0.0] * 9
        self._blooming: list[tuple[int, float]] = []
        dice = random.Random(12)
        self._lights = [
            (dice.random(), dice.random(), dice.uniform(0.02, 0.075), dice.random() * 6.28) for _ in range(16)
        ]
        self._turns = [dice.uniform(-0.22, 0.22) for _ in range(_N_LEAVES)]

    def update(self, value: float | None, passed_s: float) -> None:
        self._light.step(value, passed_s)
        if self._moves:
            self._time_s += passed_s
        if value is not None:
            self.growth = min(1.0, self.growth + max(0.0, value - 0.25) / 0.75 * passed_s / _GROWN_S)
        still = []
        for which, age in self._blooming:
            self._blooms[which] = min(1.0, self._blooms[which] + 0.25 * passed_s / _BLOOM_S)
            if age + passed_s < _BLOOM_S:
                still.append((which, age + passed_s))
        self._blooming = still

    def reward(self) -> None:
        open_now = max(1, sum(self._place_of_bloom(i) < self.growth for i in range(len(self._blooms))))
        # The least open of the blossoms that have a place on the branch yet.
        which = min(range(open_now), key=lambda i: self._blooms[i] + sum(0.25 for b, _ in self._blooming if b == i))
        self._blooming.append((which, 0.0))

    def paint(self, painter: QPainter, width: float, height: float) -> None:
        light = self._light.share
        painter.fillRect(QRectF(0, 0, width, height), vertical(0, height, _DIM, _BRIGHT, light))
        self._paint_glow(painter, width, height, light)
        self._paint_lights(painter, width, height, light)
        unit = min(width / 1.6, height)
        painter.save()
        painter.translate(width * 0.5, height * 0.5)
        painter.scale(unit, unit)
        painter.rotate(0.6 * math.sin(self._time_s * 0.23))
        self._paint_branch(painter, light)
        painter.restore()

    def _paint_glow(self, painter: QPainter, width: float, height: float, light: float) -> None:
        glow = QRadialGradient(QPointF(width * 0.66, height * 0.20), width * 0.62)
        for place, share in ((0.0, 1.0), (0.3, 0.55), (0.65, 0.16), (1.0, 0.0)):
            glow.setColorAt(place, between("#A9BDB0", "#FFFBE2", light, share * (0.25 + 0.60 * light)))
        painter.fillRect(QRectF(0, 0, width, height), glow)

    def _paint_lights(self, painter: QPainter, width: float, height: float, light: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for x, y, size, phase in self._lights:
            drift = self._time_s * 0.006
            centre = QPointF(
                width * ((x + 0.03 * math.sin(drift * 9 + phase)) % 1.0),
                height * ((y - drift * (0.4 + size * 6)) % 1.0),
            )
            # Faint near the edges, so that none pops in or out.
            edge = min(1.0, 6.0 * min(centre.y(), height - centre.y()) / height)
            opacity = edge * (0.05 + 0.13 * light) * (0.7 + 0.3 * math.sin(self._time_s * 0.3 + phase))
            painter.setBrush(between("#BFD2C6", "#FFFDEB", light, opacity))
            painter.drawEllipse(centre, height * size, height * size)

    def _paint_branch(self, painter: QPainter, light: float) -> None:
        grown = 0.30 + 0.70 * self.growth
        steps = 60
        points = [_stem(grown * i / steps) for i in range(steps + 1)]
        wood = between("#34494A", "#4E5E48", light)
        for i in range(steps):
            thick = 0.0125 * (1.0 - 0.80 * i / steps) + 0.0018
            painter.setPen(QPen(wood, thick, c=Qt.PenCapStyle.RoundCap))
            painter.drawLine(points[i], points[i + 1])
        painter.setPen(Qt.PenStyle.NoPen)
        for i in range(_N_LEAVES):
            place = 0.10 + 0.88 * i / _N_LEAVES
            opened = min(1.0, max(0.0, (grown - place) / _OPENING))
            if opened > 0.0:
                self._paint_leaf(painter, i, place, opened, light)
        for i, bloom in enumerate(self._blooms):
            if bloom > 0.0:
                self._paint_blossom(painter, i, bloom, light)

    def _paint_leaf(self, painter: QPainter, i: int, place: float, opened: float, light: float) -> None:
        eased = opened * opened * (3.0 - 2.0 * opened)
        side = 1.0 if i % 2 else -1.0
        sway = 0.045 * math.sin(self._time_s * 0.5 + i * 0.9)
        painter.save()
        painter.translate(_stem(place))
        painter.rotate(math.degrees(_slope(place) + side * (0.42 + 0.55 * eased) + self._turns[i] + sway))
        size = eased * (0.128 - 0.062 * place)
        painter.scale(size, size)
        leaf = QPainterPath(QPointF(0.0, 0.0))
        leaf.cubicTo(QPointF(0.22, -0.30), QPointF(0.68, -0.28), QPointF(1.0, 0.0))
        leaf.cubicTo(QPointF(0.68, 0.28), QPointF(0.22, 0.30), QPointF(0.0, 0.0))
        tone = 0.5 + 0.5 * math.sin(i * 2.4)
        dim = between("#45686A", "#4F7569", tone)
        bright = between("#4F9A6B", "#9CCB6B", tone)
        painter.setBrush(between(dim.name(), bright.name(), light))
        painter.drawPath(leaf)
        # The half away from the light, then the vein.
        shade = QPainterPath(QPointF(0.0, 0.0))
        shade.cubicTo(QPointF(0.22, 0.30), QPointF(0.68, 0.28), QPointF(1.0, 0.0))
        shade.quadTo(QPointF(0.5, 0.03), QPointF(0.0, 0.0))
        painter.setBrush(QColor.fromRgbF(0.08, 0.20, 0.20, 0.16))
        painter.drawPath(shade)
        painter.setPen(QPen(QColor.fromRgbF(1.0, 1.0, 0.9, 0.16 + 0.16 * light), 0.018))
        painter.drawLine(QPointF(0.04, 0.0), QPointF(0.92, 0.0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.restore()

    def _place_of_bloom(self, i: int) -> float:
        return 0.22 + 0.76 * i / (len(self._blooms) - 1)

    def _paint_blossom(self, painter: QPainter, i: int, bloom: float, light: float) -> None:
        place = min(self._place_of_bloom(i), 0.30 + 0.70 * self.growth)
        painter.save()
        painter.translate(_stem(place) + QPointF(0.0, -0.016 if i % 2 else 0.016))
        painter.rotate(31.0 * i)
        size = (0.012 + 0.030 * bloom) * (1.0 - 0.25 * place)
        painter.scale(size, size)
        painter.setBrush(between("#9DB0AE", "#FFF6EA", light, 0.94))
        for _ in range(5):
            painter.rotate(72.0)
            painter.drawEllipse(QPointF(0.0, -0.58), 0.40, 0.30 + 0.28 * bloom)
        painter.setBrush(between("#B2A56F", "#F2CE6A", light))
        painter.drawEllipse(QPointF(0.0, 0.0), 0.22, 0.22)
        painter.restore()


def _stem(place: float) -> QPointF:
    """Where the branch runs: from the lower left in a long curve to the upper right, in heights from the centre."""
    x = -0.66 + 1.28 * place
    return QPointF(x, 0.34 - 0.62 * place + 0.115 * math.sin(3.6 * place + 0.4))


def _slope(place: float) -> float:
    before, after = _stem(place - 0.01), _stem(place + 0.01)
    return math.atan2(after.y() - before.y(), after.x() - before.x())
