"""Pictures painted once, in sixteen bits a colour, dithered down to eight, so that slow gradients show no bands."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter

Paint = Callable[[QPainter, float, float], None]
Word = TypeVar("Word", np.uint8, np.uint16)
_TILE = 128


def plate(paint: Paint, size: QSize) -> QImage:
    """An opaque picture."""
    image = QImage(size, QImage.Format.Format_RGBA64_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    try:
        paint(painter, size.width(), size.height())
    finally:
        painter.end()
    return _to_eight_bits(image)


def texture(density: NDArray[np.float64], colour: tuple[float, float, float]) -> QImage:
    """One colour (red, green, blue, each 0..1) at the opacity of ``(height, width)`` numbers 0..1."""
    height, width = density.shape
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    levels, flat, noise = density.astype(np.float32), _words(image, np.uint8), _noise(height, width)[:, :, 0]
    for channel, share in enumerate((*colour[::-1], 1.0)):
        # One noise for all four: a colour must not exceed its opacity.
        flat[:, :, channel] = levels * np.float32(255.0 * share) + noise
    return image


def glow(side: int, sharp: float, colour: tuple[float, float, float]) -> QImage:
    """A round light of `side` pixels that fades to nothing at its edge, by a normal curve of `sharp`."""
    line = np.linspace(-1.0, 1.0, max(side, 2))
    square = line[:, None] ** 2 + line[None, :] ** 2
    light = (np.exp(-sharp * square) - math.exp(-sharp)) / (1.0 - math.exp(-sharp))
    return texture(np.clip(light, 0.0, 1.0), colour)


def ring(side: int, radius: float, thick: float, colour: tuple[float, float, float]) -> QImage:
    """A soft circle in a square of `side` pixels; radius and thickness in shares of half of it."""
    line = np.linspace(-1.0, 1.0, max(side, 2))
    distance = np.hypot(line[:, None], line[None, :]) - radius
    return texture(np.exp(-((distance / thick) ** 2)), colour)


def cloud(height: int, width: int, seed: int, stretch: float, roughness: float = 1.8) -> NDArray[np.float64]:
    """Fractal noise ``(height, width)``, 0..1, which meets itself at left and right.

    Parameters
    ----------
    stretch
        How many times wider than high its shapes are.
    roughness
        Exponent by which fine detail is weaker than coarse.
    """
    waves = np.fft.rfft2(np.random.default_rng(seed).standard_normal((height, width)))
    down = np.fft.fftfreq(height)[:, None] * height
    along = np.fft.rfftfreq(width)[None, :] * width * (height / width) * stretch
    radius = np.hypot(down, along)
    radius[0, 0] = np.inf
    field = np.fft.irfft2(waves / radius**roughness, s=(height, width))
    low, high = np.quantile(field, (0.02, 0.98))
    levels: NDArray[np.float64] = np.clip((field - low) / (high - low), 0.0, 1.0)
    return levels


def _to_eight_bits(image: QImage) -> QImage:
    result = QImage(image.size(), QImage.Format.Format_RGB32)
    deep, flat = _words(image, np.uint16), _words(result, np.uint8)
    noise = _noise(image.height(), image.width())[:, :, 0]
    for target, source in enumerate((2, 1, 0)):  # blue, green, red in memory
        flat[:, :, target] = deep[:, :, source] * np.float32(254.999 / 65535) + noise
    return result


def _words(image: QImage, kind: type[Word]) -> NDArray[Word]:
    flat = np.frombuffer(image.bits(), dtype=kind)
    return flat.reshape(image.height(), -1, 4)[:, : image.width()]


def _noise(height: int, width: int) -> NDArray[np.float32]:
    tiles = (-(-height // _TILE), -(-width // _TILE), 1)
    return np.tile(_tile(), tiles)[:height, :width]


@cache
def _tile() -> NDArray[np.float32]:
    """Even noise 0..1; rounding down after adding it rounds to the value on average."""
    return np.random.default_rng(3).random((_TILE, _TILE, 1), dtype=np.float32) * np.float32(0.999)
