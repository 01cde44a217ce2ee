"""For ears: a dark, quiet surround, and a soft light that says for the eye what the sound says."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from nfb.ui.feedback.colours import Stops, vertical
from nfb.ui.feedback.light import Light
from nfb.ui.feedback.mode import Quiet, Wishes
from nfb.ui.feedback.plate import glow, plate, ring

_CUE_S = 2.4
_SURROUND: Stops = ((0.0, "#0E1419"), (0.55, "#131D26"), (1.0, "#0F171E"))


class Sound(Quiet):
    """A still glow. Nothing moves but its light, and, at a reward, one ring on the way out."""

    def __init__(self, wishes: Wishes) -> None:
        self._light = Light(wishes.safety)
        self._surround, self._glow, self._core, self._ring = QImage(), QImage(), QImage(), QImage()
        self._cue_s = _CUE_S

    def update(self, value: float | None, passed_s: float) -> None:
        self._light.step(value, passed_s)
        self._cue_s += passed_s

    def reward(self) -> None:
        self._cue_s = 0.0

    def paint(self, painter: QPainter, width: float, height: float) -> None:
        size = QSize(int(width), int(height))
        if self._surround.size() != size:
            self._prepare(size)
        painter.drawImage(0, 0, self._surround)
        centre = QPointF(width * 0.5, height * 0.5)
        for light, opacity in ((self._glow, 0.62), (self._core, 0.70)):
            painter.setOpacity(self._light.brightness * opacity)
            painter.drawImage(_centred(light, centre), light)
        if self._cue_s < _CUE_S:
            share = self._cue_s / _CUE_S
            reach = self._ring.height() * (0.62 + 0.36 * share)
            painter.setOpacity(0.5 * math.sin(math.pi * share))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(centre.x() - reach / 2, centre.y() - reach / 2, reach, reach), self._ring)
        painter.setOpacity(1.0)

    def _prepare(self, size: QSize) -> None:
        self._surround = plate(_paint_surround, size)
        side = round(0.62 * min(size.width(), size.height()))
        self._glow = glow(side, 3.6, (0.46, 0.68, 0.70))
        self._core = glow(round(side * 0.46), 3.2, (0.80, 0.92, 0.88))
        self._ring = ring(side, 0.86, 0.022, (0.70, 0.86, 0.84))


def _centred(image: QImage, centre: QPointF) -> QPoint:
    return QPoint(round(centre.x() - image.width() / 2), round(centre.y() - image.height() / 2))


def _paint_surround(painter: QPainter, width: float, height: float) -> None:
    painter.fillRect(QRectF(0, 0, width, height), vertical(0, height, _SURROUND, _SURROUND, 0.0))
