"""The lake of the dawn scene, in the light of before and of after sunrise: what stands still, painted once."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPolygonF, QRadialGradient

from nfb.ui.feedback.colours import Stops
from nfb.ui.feedback.plate import cloud, plate, texture

HORIZON = 0.60  # share of the height
SUN_X = 0.64  # share of the width


@dataclass(frozen=True, slots=True)
class Weather:
    """Colours of one light: sky and water from top to bottom, ridges from far to near, clouds, sun, haze."""

    sky: Stops
    water: Stops
    ridges: tuple[str, ...]
    haze: str
    cloud: str
    cloud_opacity: float
    sun: str
    sun_opacity: float


MISTY = Weather(
    sky=((0.0, "#66748D"), (0.40, "#858EA5"), (0.75, "#A8A5B2"), (1.0, "#BBAFB3")),
    water=((0.0, "#6F7F93"), (0.4, "#5A6C82"), (1.0, "#3F5067")),
    ridges=("#A09FAF", "#9097A8", "#7E899C", "#6A788C", "#55657A"),
    haze="#B9B1B8",
    cloud="#C6BFC8",
    cloud_opacity=0.30,
    sun="#E3D3CB",
    sun_opacity=0.25,
)
CLEAR = Weather(
    sky=((0.0, "#4F8AC4"), (0.38, "#94BCDD"), (0.72, "#E8D9C4"), (1.0, "#FFE3B0")),
    water=((0.0, "#8FB6CF"), (0.4, "#5E93BC"), (1.0, "#2F669A")),
    ridges=("#B4BDCF", "#93A9C4", "#6F92B2", "#4C7794", "#2F5C70"),
    haze="#F3DDBE",
    cloud="#FFF1DC",
    cloud_opacity=0.62,
    sun="#FFE9B8",
    sun_opacity=0.85,
)

# Ridges from far to near: height over the shore, wavelengths across the picture, sharpness of the peaks, seed.
_RIDGES = (
    (0.205, 1.3, 0.9, 41),
    (0.150, 1.9, 0.7, 7),
    (0.108, 2.7, 0.4, 23),
    (0.066, 3.4, 0.2, 31),
    (0.030, 2.2, 0.0, 13),
)


def paint_shore(size: QSize, weather: Weather) -> QImage:
    """Sky and ridges, down to the water; `size` is that of the whole picture."""
    height = round(size.height() * HORIZON)
    return plate(lambda painter, w, h: _paint_shore(painter, w, h, weather), QSize(size.width(), max(height, 1)))


def paint_water(shore: QImage, size: QSize, margin: int, weather: Weather) -> QImage:
    """The water under `shore`, wider by `margin` pixels on either side so that its rows may sway."""

    def paint(painter: QPainter, width: float, height: float) -> None:
        # Small and large again along the rows: still water smears sideways.
        small = shore.scaled(
            max(8, shore.width() // 5),
            max(8, shore.height() // 2),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        reach = height * 1.25
        painter.save()
        painter.translate(0.0, reach)
        painter.scale(1.0, -1.0)
        painter.drawImage(QRectF(0, 0, width, reach), small)
        painter.restore()
        tint = QLinearGradient(0.0, 0.0, 0.0, height)
        for (place, name), opacity in zip(weather.water, (0.22, 0.52, 0.86), strict=True):
            colour = QColor(name)
            colour.setAlphaF(opacity)
            tint.setColorAt(place, colour)
        painter.fillRect(QRectF(0, 0, width, height), tint)
        _paint_swell(painter, width, height, weather)

    height = max(1, size.height() - shore.height())
    return plate(paint, QSize(size.width() + 2 * margin, height))


def paint_mist(width: int, height: int, seed: int) -> QImage:
    """A bank of mist that meets itself at left and right, thickest along its middle."""
    height = max(height, 1)
    lines = np.linspace(-1.0, 1.0, height)[:, None]
    bank = np.exp(-5.0 * lines**2) - math.exp(-5.0)
    density = _large(cloud(48, 256, seed, 3.5, 2.1), width, height)
    return texture(np.clip(bank * (0.25 + 0.95 * density), 0.0, 1.0), (0.80, 0.775, 0.79))


def paint_column(width: int, height: int) -> QImage:
    """The sun's light on the water, which widens towards the viewer and fades."""
    width, height = max(width, 2), max(height, 1)
    x, y = np.linspace(-1.0, 1.0, width)[None, :], np.linspace(0.0, 1.0, height)[:, None]
    light = np.exp(-((x / (0.13 + 0.50 * y)) ** 2)) * (1.0 - y) ** 0.9
    return texture(np.clip(0.62 * light * (1.0 - x**2), 0.0, 1.0), (1.0, 0.92, 0.74))


def paint_glint(width: int, height: int) -> QImage:
    """A lens of light on a wave."""
    width, height = max(width, 4), max(height, 2)
    x, y = np.linspace(-1.0, 1.0, width)[None, :], np.linspace(-1.0, 1.0, height)[:, None]
    light = np.clip(1.0 - x**2 - y**2 / (1.0 - 0.7 * np.abs(x)), 0.0, 1.0) ** 1.3
    return texture(light, (1.0, 0.955, 0.83))


def _paint_shore(painter: QPainter, width: float, height: float, weather: Weather) -> None:
    sky = QLinearGradient(0.0, 0.0, 0.0, height)
    for place, name in weather.sky:
        sky.setColorAt(place, QColor(name))
    painter.fillRect(QRectF(0, 0, width, height), sky)
    sun = QPointF(width * SUN_X, height * 0.98)
    for radius, opacity in ((0.75, 0.45), (0.34, 0.55)):
        painter.fillRect(QRectF(0, 0, width, height), _radial(sun, width * radius, weather, opacity))
    _paint_clouds(painter, width, height, weather)
    for (tall, waves, sharp, seed), name in zip(_RIDGES, weather.ridges, strict=True):
        top = height * (1.0 - tall / HORIZON)
        fade = QLinearGradient(0.0, top, 0.0, height)
        fade.setColorAt(0.0, QColor(name))
        fade.setColorAt(1.0, _mix(name, weather.haze, 0.55))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fade)
        painter.drawPolygon(_ridge(width, height, tall / HORIZON, waves, sharp, seed))
    # The light that lies in the haze along the shore.
    haze = QLinearGradient(0.0, height * 0.86, 0.0, height)
    for place, opacity in ((0.0, 0.0), (0.75, 0.26), (1.0, 0.42)):
        colour = QColor(weather.haze)
        colour.setAlphaF(opacity)
        haze.setColorAt(place, colour)
    painter.fillRect(QRectF(0, height * 0.86, width, height * 0.14), haze)
    painter.fillRect(QRectF(0, 0, width, height), _radial(sun, width * 0.26, weather, 0.35))


def _radial(centre: QPointF, radius: float, weather: Weather, opacity: float) -> QRadialGradient:
    glow = QRadialGradient(centre, radius)
    for i in range(11):
        place = i / 10
        colour = QColor(weather.sun)
        colour.setAlphaF(weather.sun_opacity * opacity * (math.exp(-4.0 * place**2) - math.exp(-4.0)))
        glow.setColorAt(place, colour)
    return glow


def _paint_clouds(painter: QPainter, width: float, height: float, weather: Weather) -> None:
    field = cloud(72, 256, 19, 5.0, 1.9)
    window = np.sin(np.pi * np.linspace(0.0, 1.0, 72))[:, None] ** 1.2
    colour = QColor(weather.cloud)
    density = np.clip(field * 1.7 - 0.75, 0.0, 1.0) * window * weather.cloud_opacity
    streaks = texture(
        _large(density, int(width), int(height * 0.66)), (colour.redF(), colour.greenF(), colour.blueF())
    )
    painter.drawImage(QPointF(0.0, height * 0.12), streaks)


def _paint_swell(painter: QPainter, width: float, height: float, weather: Weather) -> None:
    """Long faint swells, closer together towards the shore."""
    dice = random.Random(4)
    painter.setPen(Qt.PenStyle.NoPen)
    for _ in range(150):
        near = dice.random() ** 1.5
        colour = QColor(weather.sky[1][1] if dice.random() < 0.6 else weather.water[2][1])
        colour.setAlphaF(0.05 + 0.10 * dice.random())
        painter.setBrush(colour)
        centre = QPointF(width * dice.random(), height * (0.02 + 0.98 * near))
        painter.drawEllipse(centre, width * (0.03 + 0.12 * near), height * (0.002 + 0.007 * near))


def _ridge(width: float, height: float, tall: float, waves: float, sharp: float, seed: int) -> QPolygonF:
    dice = np.random.default_rng(seed)
    x = np.linspace(0.0, 1.0, 481)
    line = np.zeros_like(x)
    total = 0.0
    for octave in range(7):
        weight = 0.5**octave
        phase, stretch = dice.random(2)
        wave = np.sin(2.0 * np.pi * (waves * 1.93**octave * (0.85 + 0.3 * stretch) * x + phase))
        # Sharp ridges fold their waves at the top; soft hills leave them round.
        line += weight * ((1.0 - sharp) * (0.5 + 0.5 * wave) + sharp * (1.0 - np.abs(wave)))
        total += weight
    line = (line - line.min()) / (line.max() - line.min())
    # Lower where the sun is, so that the eye is led there.
    line *= 1.0 - 0.55 * np.exp(-(((x - SUN_X) / 0.16) ** 2))
    if sharp == 0.0:
        line = 0.35 + 0.45 * line + _firs(x, dice)
    top = height * (1.0 - tall * (0.18 + 0.82 * line))
    points = [QPointF(0.0, height), *(QPointF(width * a, b) for a, b in zip(x, top, strict=True))]
    return QPolygonF([*points, QPointF(width, height)])


def _firs(x: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """A wood along a near shore: peaks of uneven height, thinner towards the sun."""
    wood = np.zeros_like(x)
    for centre in dice.uniform(0.0, 1.0, 150):
        tall = dice.uniform(0.10, 0.42) * (1.0 - 0.8 * math.exp(-(((centre - SUN_X) / 0.14) ** 2)))
        wood = np.maximum(wood, tall * np.clip(1.0 - np.abs(x - centre) / 0.0042, 0.0, None))
    return wood


def _large(field: np.ndarray, width: int, height: int) -> np.ndarray:
    """`field` at another size, smoothly."""
    width, height = max(width, 1), max(height, 1)
    low = np.ascontiguousarray(np.round(field * 65535), dtype=np.uint16)
    image = QImage(low.data, low.shape[1], low.shape[0], low.strides[0], QImage.Format.Format_Grayscale16)
    wide = image.scaled(
        width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    ).convertToFormat(QImage.Format.Format_Grayscale16)
    flat = np.frombuffer(wide.bits(), dtype=np.uint16).reshape(height, wide.bytesPerLine() // 2)[:, :width]
    return flat / 65535.0


def _mix(name: str, other: str, share: float) -> QColor:
    a, b = QColor(name), QColor(other)
    return QColor.fromRgbF(
        a.redF() + (b.redF() - a.redF()) * share,
        a.greenF() + (b.greenF() - a.greenF()) * share,
        a.blueF() + (b.blueF() - a.blueF()) * share,
    )
