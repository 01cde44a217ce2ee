"""A growing branch: time in range lets it unfold leaf by leaf, feedback gives it light. It never withers."""

from __future__ import annotations

import math
import random

from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from nfb.ui.feedback import foliage
from nfb.ui.feedback.ahead import Ahead
from nfb.ui.feedback.colours import between
from nfb.ui.feedback.light import Light
from nfb.ui.feedback.mode import Quiet, Wishes

_GROWN_S = 600.0  # seconds at full feedback until the last leaf is open
_BLOOM_S = 3.0
_PART = 0.34  # how much one reward opens a blossom
_N_LIGHTS = 18
_OPENING = 0.10  # share of its stem's growth in which a leaf unfolds
_BREEZE = 8  # one leaf in eight sways


class Branch(Quiet):
    """A branch before a garden in soft light. Every reward opens a blossom a little more."""

    def __init__(self, wishes: Wishes) -> None:
        self._light = Light(wishes.safety)
        self._moves = wishes.safety.motion
        self._time_s = 0.0
        self.growth = 0.0
        self._stems = foliage.stems()
        self._leaves = foliage.leaves(self._stems)
        self._buds = foliage.buds(self._stems)
        self._shapes = (foliage.leaf_path(), foliage.leaf_shadow(), foliage.leaf_rib(), foliage.petal_path())
        self._blooms = [0.0] * len(self._buds)
        self._wanted = [0.0] * len(self._buds)
        # What of them is painted into the pictures behind.
        self._segments = [0] * len(self._stems)
        self._done: set[int] = set()
        self._kept_blooms = [0.0] * len(self._buds)
        self._pictures = Ahead(_Pictures)
        self._dim, self._bright = QImage(), QImage()
        self._bokeh: list[QImage] = []
        dice = random.Random(12)
        self._lights = [
            (dice.random(), dice.random(), dice.randrange(4), dice.random() * 6.28) for _ in range(_N_LIGHTS)
        ]

    def update(self, value: float | None, passed_s: float) -> None:
        self._light.step(value, passed_s)
        if self._moves:
            self._time_s += passed_s
        if value is not None:
            self.growth = min(1.0, self.growth + max(0.0, value - 0.25) / 0.75 * passed_s / _GROWN_S)
        for i, wanted in enumerate(self._wanted):
            self._blooms[i] = min(wanted, self._blooms[i] + _PART * passed_s / _BLOOM_S)

    def reward(self) -> None:
        there = [i for i, bud in enumerate(self._buds) if self._stems[bud.stem].length(self.growth) >= bud.place]
        # The least open of those that have a place on the branch yet; when all are open, all is well.
        which = min(there, key=lambda i: self._wanted[i], default=None)
        if which is not None:
            self._wanted[which] = min(1.0, self._wanted[which] + _PART)

    def paint(self, painter: QPainter, width: float, height: float) -> None:
        self._begin_anew(self._pictures.take(QSize(int(width), int(height))))
        light = self._light.share
        self._keep_what_is_done()
        painter.drawImage(0, 0, self._dim)
        painter.setOpacity(light)
        painter.drawImage(0, 0, self._bright)
        if not self.fewer:
            self._paint_lights(painter, width, height, light)
        painter.setOpacity(1.0)
        _place(painter, self._dim.size())
        for number, done in enumerate(self._segments):
            self._paint_stem(painter, number, done, light)
        for number, leaf in enumerate(self._leaves):
            if number not in self._done:
                self._paint_leaf(painter, leaf, light)
        for number, bloom in enumerate(self._blooms):
            if bloom > self._kept_blooms[number]:
                self._paint_blossom(painter, self._buds[number], bloom, light)

    def prepare(self, width: float, height: float) -> bool:
        return self._pictures.begin(QSize(int(width), int(height)))

    def _begin_anew(self, pictures: _Pictures) -> None:
        """Pictures of another size have nothing painted into them yet."""
        if pictures.dim is self._dim:
            return
        self._dim, self._bright, self._bokeh = pictures.dim, pictures.bright, pictures.bokeh
        self._segments = [0] * len(self._stems)
        self._done.clear()
        self._kept_blooms = [0.0] * len(self._buds)

    def _keep_what_is_done(self) -> None:
        """Paint what no longer changes into the pictures behind: a grown branch would cost 50 ms a frame."""
        segments = [int(stem.length(self.growth) * (len(stem.points) - 1)) for stem in self._stems]
        leaves = [
            number
            for number, leaf in enumerate(self._leaves)
            if number not in self._done
            and self._opened(leaf) >= 1.0
            and not (self._moves and not self.fewer and number % _BREEZE == 0)
        ]
        blooms = [
            number
            for number, bloom in enumerate(self._blooms)
            if self._kept_blooms[number] < bloom == self._wanted[number]
        ]
        if segments == self._segments and not leaves and not blooms:
            return
        for picture, light in ((self._dim, 0.0), (self._bright, 1.0)):
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _place(painter, picture.size())
            for number, done in enumerate(self._segments):
                self._paint_stem(painter, number, done, light, segments[number])
            for number in leaves:
                self._paint_leaf(painter, self._leaves[number], light, sways=False)
            for number in blooms:
                self._paint_blossom(painter, self._buds[number], self._blooms[number], light)
            painter.end()
        self._segments = segments
        self._done.update(leaves)
        for number in blooms:
            self._kept_blooms[number] = self._blooms[number]

    def _paint_lights(self, painter: QPainter, width: float, height: float, light: float) -> None:
        drift = self._time_s * 0.004
        for x, y, kind, phase in self._lights:
            image = self._bokeh[kind]
            place = (y - drift * (0.5 + 0.5 * kind)) % 1.0
            # Faint near the edges, so that none pops in or out.
            edge = min(1.0, 5.0 * min(place, 1.0 - place))
            breath = 0.7 + 0.3 * math.sin(self._time_s * 0.3 + phase)
            painter.setOpacity(edge * breath * (0.05 + 0.15 * light))
            centre = QPointF(width * (x + 0.02 * math.sin(drift * 11.0 + phase)), height * (1.2 * place - 0.1))
            painter.drawImage(
                QPoint(round(centre.x() - image.width() / 2), round(centre.y() - image.height() / 2)), image
            )

    def _opened(self, leaf: foliage.Leaf) -> float:
        """How far a leaf is open: it begins when its stem has grown past it."""
        past = self._stems[leaf.stem].length(self.growth) - leaf.place
        return min(1.0, max(0.0, past / _OPENING + 0.10)) if past >= 0.0 else 0.0

    def _paint_stem(self, painter: QPainter, number: int, begin: int, light: float, end: int | None = None) -> None:
        """One stem's segments from `begin` to `end`, or as far as it has grown."""
        stem = self._stems[number]
        n = len(stem.points) - 1
        tip = stem.length(self.growth) * n if end is None else end
        wood = between("#3E5456", "#5A5F47", light)
        for i in range(begin, math.ceil(tip)):
            painter.setPen(QPen(wood, stem.thick * (1.0 - 0.78 * i / n) + 0.0012, c=Qt.PenCapStyle.RoundCap))
            painter.drawLine(stem.points[i], stem.at(min(i + 1, tip) / n))
        painter.setPen(Qt.PenStyle.NoPen)

    def _paint_leaf(self, painter: QPainter, leaf: foliage.Leaf, light: float, *, sways: bool = True) -> None:
        opened = self._opened(leaf)
        if opened <= 0.0:
            return
        stem = self._stems[leaf.stem]
        eased = opened * opened * (3.0 - 2.0 * opened)
        blade, shadow, rib, _ = self._shapes
        sway = 0.05 * math.sin(self._time_s * 0.45 + leaf.phase) if sways else 0.0
        painter.save()
        painter.translate(stem.at(leaf.place))
        painter.rotate(math.degrees(stem.slope(leaf.place) + leaf.turn * (0.45 + 0.55 * eased) + sway))
        painter.scale(leaf.size * eased, math.copysign(leaf.size * eased * (0.55 + 0.45 * eased), leaf.turn))
        dim, bright = between("#4D716D", "#658C7B", leaf.tone), between("#5F9E64", "#AECF77", leaf.tone)
        painter.setBrush(between(dim.name(), bright.name(), light))
        painter.drawPath(blade)
        painter.setBrush(QColor.fromRgbF(0.08, 0.24, 0.22, 0.20))
        painter.drawPath(shadow)
        painter.setBrush(QColor.fromRgbF(1.0, 1.0, 0.88, 0.22 + 0.26 * light))
        painter.drawPath(rib)
        painter.restore()

    def _paint_blossom(self, painter: QPainter, bud: foliage.Bud, bloom: float, light: float) -> None:
        petal = self._shapes[3]
        painter.save()
        painter.translate(self._stems[bud.stem].at(bud.place) + bud.offset)
        painter.rotate(bud.turn)
        size = bud.size * (0.35 + 0.65 * bloom)
        painter.scale(size, size)
        for i in range(5):
            painter.setBrush(between("#B4BDBA" if i % 2 else "#BDC5C1", "#FFF3EE" if i % 2 else "#FFFAF4", light))
            painter.save()
            painter.rotate(72.0 * i)
            painter.scale(0.55 + 0.45 * bloom, 1.0)
            painter.drawPath(petal)
            painter.restore()
        painter.setBrush(between("#A9A47C", "#EBCB72", light))
        painter.drawEllipse(QPointF(0.0, 0.0), 0.20, 0.20)
        painter.restore()


class _Pictures:
    """What is painted once for a size: the garden in two lights, and lights out of focus."""

    def __init__(self, size: QSize) -> None:
        self.dim, self.bright = foliage.paint_garden(size, 0.0), foliage.paint_garden(size, 1.0)
        shares = (0.05, 0.08, 0.12, 0.17)
        self.bokeh = [foliage.paint_bokeh(max(6, round(size.height() * share))) for share in shares]


def _place(painter: QPainter, size: QSize) -> None:
    """From here on in heights from the middle; a narrow picture shows the branch smaller, never cut off."""
    unit = min(size.width() / 1.56, size.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.translate(size.width() * 0.5, size.height() * 0.5)
    painter.scale(unit, unit)
