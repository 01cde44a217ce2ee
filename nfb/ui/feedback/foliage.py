"""Shapes of the branch scene: the garden behind it, out of focus, and stems, leaves and blossoms in front."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QRadialGradient

from nfb.ui.feedback.colours import Stops, between, vertical
from nfb.ui.feedback.plate import plate, texture

DIM: Stops = ((0.0, "#83A09A"), (0.5, "#6F9190"), (1.0, "#4F7078"))
BRIGHT: Stops = ((0.0, "#DCEBCB"), (0.5, "#A9CFB4"), (1.0, "#5E9C9B"))


@dataclass(frozen=True, slots=True)
class Stem:
    """A curve in units of the picture's height, from the middle: where it begins, when it grows, how thick it is."""

    points: tuple[QPointF, ...]
    begins: float
    full: float
    thick: float

    def at(self, place: float) -> QPointF:
        steps = min(max(place, 0.0), 1.0) * (len(self.points) - 1)
        i = min(int(steps), len(self.points) - 2)
        return self.points[i] + (self.points[i + 1] - self.points[i]) * (steps - i)

    def slope(self, place: float) -> float:
        """Direction, radians."""
        way = self.at(place + 0.02) - self.at(place - 0.02)
        return math.atan2(way.y(), way.x())

    def length(self, growth: float) -> float:
        """Share of it that is there."""
        return min(1.0, max(0.0, (growth - self.begins) / (self.full - self.begins)))


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where a leaf sits, how it turns, its length, its tone 0..1 and its own swaying."""

    stem: int
    place: float
    turn: float
    size: float
    tone: float
    phase: float


@dataclass(frozen=True, slots=True)
class Bud:
    """Where a blossom will be."""

    stem: int
    place: float
    offset: QPointF
    size: float
    turn: float


def stems() -> tuple[Stem, ...]:
    """The branch and its twigs, by the growth at which they come."""
    main = Stem(
        tuple(_main(i / 60) for i in range(61)),
        begins=-1.1,
        full=1.0,
        thick=0.0125,
    )
    twigs = []
    for place, side, long, bend, begins in (
        (0.27, -1, 0.26, 0.5, -0.30),
        (0.39, 1, 0.24, -0.5, -0.12),
        (0.51, -1, 0.30, 0.7, 0.02),
        (0.63, 1, 0.20, -0.6, 0.22),
        (0.74, -1, 0.22, 0.6, 0.40),
        (0.85, 1, 0.14, -0.5, 0.62),
    ):
        start, angle = main.at(place), main.slope(place) + side * 0.62
        points = [start]
        for _ in range(24):
            angle += bend * side * -0.5 / 24
            points.append(points[-1] + QPointF(math.cos(angle), math.sin(angle)) * (long / 24))
        twigs.append(Stem(tuple(points), begins, begins + 0.42, 0.0050))
    return (main, *twigs)


def leaves(of: tuple[Stem, ...]) -> tuple[Leaf, ...]:
    """Leaves on all stems, those behind first."""
    dice = random.Random(21)
    found = []
    for number in range(len(of)):
        n = 17 if number == 0 else 8
        for i in range(n):
            first, last = (0.22, 0.93) if number == 0 else (0.26, 0.92)
            place = first + (last - first) * i / (n - 1)
            side = 1.0 if i % 2 else -1.0
            turn = side * dice.uniform(0.50, 0.95) * (1.0 if i < n - 1 else 0.15)
            size = dice.uniform(0.100, 0.135) * (1.0 - 0.38 * place) * (1.0 if number == 0 else 0.86)
            found.append(Leaf(number, place, turn, size, dice.random(), dice.random() * 6.28))
    return tuple(sorted(found, key=lambda leaf: leaf.tone))


def buds(of: tuple[Stem, ...]) -> tuple[Bud, ...]:
    """Places of blossoms in small groups, in the order in which they open."""
    dice = random.Random(2)
    places = [
        (1, 0.55),
        (2, 0.62),
        (3, 0.48),
        (1, 0.97),
        (2, 0.99),
        (4, 0.66),
        (3, 0.97),
        (5, 0.6),
        (4, 0.98),
        (0, 0.52),
    ]
    found = []
    for stem, place in places:
        for i in range(3):
            angle = 2.1 * i + dice.random()
            offset = QPointF(math.cos(angle), math.sin(angle)) * (0.020 + 0.006 * i)
            found.append(Bud(stem, place, offset, dice.uniform(0.022, 0.031), 72.0 * dice.random()))
    # One of every group first, so that they spread over the whole branch.
    return tuple(found[0::3] + found[1::3] + found[2::3])


def leaf_path() -> QPainterPath:
    """A leaf of length 1 along x, with a bent midrib and a drawn-out tip."""
    path = QPainterPath(QPointF(0.0, 0.0))
    path.cubicTo(QPointF(0.20, -0.25), QPointF(0.62, -0.27), QPointF(1.0, 0.045))
    path.cubicTo(QPointF(0.64, 0.20), QPointF(0.22, 0.23), QPointF(0.0, 0.0))
    return path


def leaf_shadow() -> QPainterPath:
    """The half of the leaf that is turned away from the light."""
    path = QPainterPath(QPointF(0.0, 0.0))
    path.cubicTo(QPointF(0.30, -0.055), QPointF(0.68, -0.045), QPointF(1.0, 0.045))
    path.cubicTo(QPointF(0.64, 0.20), QPointF(0.22, 0.23), QPointF(0.0, 0.0))
    return path


def leaf_rib() -> QPainterPath:
    """The midrib, as a sliver: filling it costs a third of drawing a line along it."""
    path = QPainterPath(QPointF(0.0, 0.010))
    path.cubicTo(QPointF(0.30, -0.043), QPointF(0.66, -0.037), QPointF(0.95, 0.035))
    path.cubicTo(QPointF(0.66, -0.055), QPointF(0.30, -0.069), QPointF(0.0, -0.010))
    return path


def petal_path() -> QPainterPath:
    """A petal of length 1 that points upwards, with a shallow notch."""
    path = QPainterPath(QPointF(0.0, 0.0))
    path.cubicTo(QPointF(-0.55, -0.35), QPointF(-0.50, -1.02), QPointF(-0.10, -1.0))
    path.quadTo(QPointF(0.0, -0.92), QPointF(0.10, -1.0))
    path.cubicTo(QPointF(0.50, -1.02), QPointF(0.55, -0.35), QPointF(0.0, 0.0))
    return path


def paint_garden(size: QSize, light: float) -> QImage:
    """What lies behind, in dim (0) or bright (1) light."""
    return plate(lambda painter, w, h: _paint_garden(painter, w, h, light), size)


def paint_bokeh(side: int) -> QImage:
    """A light out of focus: an even disc with a soft, slightly brighter rim."""
    line = np.linspace(-1.12, 1.12, side)
    radius = np.hypot(line[:, None], line[None, :])
    disc = np.clip((1.0 - radius) / 0.16 + 0.5, 0.0, 1.0)
    disc = disc * disc * (3.0 - 2.0 * disc)
    return texture(disc * (0.68 + 0.32 * np.clip(radius, 0.0, 1.0) ** 4), (1.0, 0.99, 0.90))


def _paint_garden(painter: QPainter, width: float, height: float, light: float) -> None:
    box = QRectF(0, 0, width, height)
    painter.fillRect(box, vertical(0, height, DIM, BRIGHT, light))
    _paint_glow(painter, box, QPointF(width * 0.70, height * 0.14), width * 0.72, light, 0.85)
    painter.drawImage(box, _thicket(light))
    _paint_glow(painter, box, QPointF(width * 0.70, height * 0.14), width * 0.45, light, 0.55)
    edge = QRadialGradient(QPointF(width * 0.55, height * 0.42), math.hypot(width, height) * 0.62)
    for place, opacity in ((0.0, 0.0), (0.55, 0.0), (0.8, 0.10), (1.0, 0.26)):
        edge.setColorAt(place, QColor.fromRgbF(0.10, 0.24, 0.27, opacity))
    painter.fillRect(box, edge)


def _paint_glow(painter: QPainter, box: QRectF, centre: QPointF, radius: float, light: float, opacity: float) -> None:
    glow = QRadialGradient(centre, radius)
    for i in range(11):
        place = i / 10
        fall = math.exp(-3.6 * place**2) - math.exp(-3.6)
        glow.setColorAt(place, between("#A9B8A8", "#FFF9DC", light, opacity * (0.35 + 0.65 * light) * fall))
    painter.fillRect(box, glow)


def _thicket(light: float) -> QImage:
    """Leaves far out of focus: painted tiny, to be enlarged smoothly."""
    small = QImage(96, 54, QImage.Format.Format_RGBA64_Premultiplied)
    small.fill(0)
    painter = QPainter(small)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    dice = random.Random(14)
    for _ in range(46):
        x, y = dice.random() * 96, 54 * (1.0 - abs(dice.gauss(0.0, 0.38)))
        tone = dice.random()
        dim, bright = between("#4F7375", "#71948A", tone).name(), between("#5FA58C", "#B9D99B", tone).name()
        painter.setBrush(between(dim, bright, light, dice.uniform(0.12, 0.34)))
        painter.save()
        painter.translate(x, y)
        painter.rotate(dice.uniform(-70.0, 10.0))
        painter.drawEllipse(QPointF(0.0, 0.0), dice.uniform(5.0, 15.0), dice.uniform(2.0, 5.5))
        painter.restore()
    painter.end()
    # Down once and up in steps: repeated linear interpolation comes close to a smooth bell.
    for width in (32, 64, 128, 256, 512):
        small = small.scaled(
            width, width * 9 // 16, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    return small


def _main(place: float) -> QPointF:
    """From the lower left in a long curve to the upper right."""
    x = -0.95 + 1.62 * place
    return QPointF(x, 0.34 - 0.30 * place - 0.32 * place * place + 0.085 * math.sin(4.6 * place - 0.3))
