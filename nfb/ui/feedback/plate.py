"""Pictures painted once, in sixteen bits a colour, dithered down to eight, so that slow gradients show no bands."""

from __future__ import annotations

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
    return _to_eight_bits(_paint(paint, size), QImage.Format.Format_RGB32)


def sprite(paint: Paint, size: QSize) -> QImage:
    """A picture with transparency."""
    return _to_eight_bits(_paint(paint, size), QImage.Format.Format_ARGB32_Premultiplied)


def texture(density: NDArray[np.float64], colour: tuple[float, float, float]) -> QImage:
    """One colour (red, green, blue, each 0..1) at the opacity of ``(height, width)`` numbers 0..1."""
    height, width = density.shape
    values = density[:, :, None] * np.array([*colour[::-1], 1.0]) * 255.0
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    _words(image, np.uint8)[:] = np.floor(values + _noise(height, width))
    return image


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


def _paint(paint: Paint, size: QSize) -> QImage:
    image = QImage(size, QImage.Format.Format_RGBA64_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    paint(painter, size.width(), size.height())
    painter.end()
    return image


def _to_eight_bits(image: QImage, form: QImage.Format) -> QImage:
    result = QImage(image.size(), form)
    deep, flat = _words(image, np.uint16), _words(result, np.uint8)
    noise = _noise(image.height(), image.width())
    for target, source in enumerate((2, 1, 0, 3)):  # blue, green, red, opacity in memory
        # One noise for all four: a colour must not exceed its opacity.
        flat[:, :, target] = np.floor(deep[:, :, source] * np.float32(254.999 / 65535) + noise[:, :, 0])
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
