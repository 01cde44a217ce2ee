"""For ears: a dark, quiet surround, and a soft light that says for the eye what the sound says."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QRadialGradient

from nfb.ui.feedback.colours import Stops, between, vertical
from nfb.ui.feedback.light import Light
from nfb.ui.feedback.mode import Quiet, Wishes
from nfb.ui.feedback.plate import plate, sprite

_CUE_S = 2.4
_SURROUND: Stops = ((0.0, "#0E1419"), (0.55, "#131D26"), (1.0, "#0F171E"))


class Sound(Quiet):
    """A glow above a still horizon. Nothing moves but its light, and, at a reward, one ring on the way out."""

    def __init__(self, wishes: Wishes) -> None:
        self._light = Light(wishes.safety)
        self._surround, self._glow, self._ring = QImage(), QImage(), QImage()
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
        painter.setOpacity(self._light.brightness * 0.9)
        painter.drawImage(_centred(self._glow, centre), self._glow)
        if self._cue_s < _CUE_S:
            share = self._cue_s / _CUE_S
            reach = self._ring.height() * (0.55 + 0.40 * share)
            painter.setOpacity(0.8 * math.sin(math.pi * share))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(centre.x() - reach / 2, centre.y() - reach / 2, reach, reach), self._ring)
        painter.setOpacity(1.0)

    def _prepare(self, size: QSize) -> None:
        self._surround = plate(_paint_surround, size)
        side = int(0.62 * min(size.width(), size.height()))
        self._glow = sprite(_paint_glow, QSize(side, side))
        self._ring = sprite(_paint_ring, QSize(side, side))


def _centred(image: QImage, centre: QPointF) -> QPointF:
    return QPointF(round(centre.x() - image.width() / 2), round(centre.y() - image.height() / 2))


def _paint_surround(painter: QPainter, width: float, height: float) -> None:
    painter.fillRect(QRectF(0, 0, width, height), vertical(0, height, _SURROUND, _SURROUND, 0.0))


def _paint_glow(painter: QPainter, width: float, height: float) -> None:
    glow = QRadialGradient(QPointF(width / 2, height / 2), width / 2)
    # Near a normal curve, so that no edge can be seen.
    for i in range(13):
        place = i / 12
        fall = (math.exp(-4.5 * place * place) - math.exp(-4.5)) / (1.0 - math.exp(-4.5))
        glow.setColorAt(place, between("#2C5A6E", "#8FC3C4", fall, 0.75 * fall))
    painter.fillRect(QRectF(0, 0, width, height), glow)


def _paint_ring(painter: QPainter, width: float, height: float) -> None:
    ring = QRadialGradient(QPointF(width / 2, height / 2), width / 2)
    for place, share in ((0.0, 0.0), (0.78, 0.0), (0.86, 0.4), (0.89, 1.0), (0.92, 0.4), (1.0, 0.0)):
        ring.setColorAt(place, between("#A8D3D0", "#A8D3D0", 0.0, 0.55 * share))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(QRectF(0, 0, width, height), ring)
