"""Finishes frames: paints a picture, lets the flash guard judge it, and keeps what may be shown."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from nfb.ui.feedback import flash

Paint = Callable[[QPainter, float, float], None]


class Canvas:
    """Holds the frame that is shown.

    Parameters
    ----------
    guard
        Judges every frame.

    Attributes
    ----------
    picture
        The frame to show; null before the first.
    """

    def __init__(self, guard: flash.FlashGuard) -> None:
        self.guard = guard
        self.picture = QImage()
        self._next = QImage()

    def compose(self, paint: Paint, size: QSize, passed_s: float) -> None:
        """Make the next frame of `size` pixels, at most as different from the last one as is safe.

        Where the same scene comes in another size the last frame stays, for the view to scale, until the next one may
        take its place in one step: laid over each other they would show everything twice.
        """
        if self._next.size() != size:
            self._next = QImage(size, QImage.Format.Format_RGB32)
        painter = QPainter(self._next)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        try:
            paint(painter, size.width(), size.height())
        finally:
            # A picture that is given up while a painter is at work on it takes the process with it.
            painter.end()
        grid = self._judge_red()
        resized = not self.picture.isNull() and self.picture.size() != size and self._is_as_light(grid)
        if resized:
            self.guard.slew_per_s = math.inf
        share = self.guard.share(grid, passed_s)
        if resized and share < 1.0:
            return
        if share >= 1.0 or self.picture.isNull():
            self.picture, self._next = self._next, self.picture
        else:
            self._lay_over(size, share)
            grid = flash.sample(pixels_of(self.picture))
        self.guard.shown(grid)

    def _is_as_light(self, grid: flash.Pixels) -> bool:
        now = flash.luminance(flash.sample(pixels_of(self.picture))).mean()
        return bool(abs(flash.luminance(grid).mean() - now) < flash.SWING)

    def _judge_red(self) -> flash.Pixels:
        pixels = pixels_of(self._next)
        grid = flash.sample(pixels)
        # From two in a hundred on, as the grid may miss some: a tenth would be a field that counts.
        if flash.saturated_red(grid).mean() > 0.02:
            flash.repair_red(pixels)
            grid = flash.sample(pixels)
        return grid

    def _lay_over(self, size: QSize, share: float) -> None:
        if self.picture.size() != size:
            self.picture = self.picture.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio)
        painter = QPainter(self.picture)
        painter.setOpacity(share)
        painter.drawImage(QRectF(0, 0, size.width(), size.height()), self._next)
        painter.end()


def pixels_of(image: QImage) -> flash.Pixels:
    """The memory of an RGB32 image as ``(height, width, 4)``: blue, green, red, unused; writing changes the image."""
    flat = np.frombuffer(image.bits(), dtype=np.uint8)
    return flat.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width()]
