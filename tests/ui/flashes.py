"""Counts flashes in rendered pictures, from the wording of WCAG 2.3.1 and IEC 61966-2-1 alone."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

FRAME_S = 1 / 60
STEP = 3  # pixels between the points that are looked at


def light_of(image: QImage) -> NDArray[np.float64]:
    """Linear red, green and blue, 0..1, ``(points, 3)``."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    code = flat[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)[1::STEP, 1::STEP] / 255.0
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    return linear.reshape(-1, 3)


def luminance_of(light: NDArray[np.float64]) -> NDArray[np.float64]:
    return light @ np.array([0.2126, 0.7152, 0.0722])


def saturated_red_share(light: NDArray[np.float64]) -> float:
    """Share of the picture where R / (R + G + B) is at least 0.8."""
    total = light.sum(axis=1)
    return float(((light[:, 0] >= 0.8 * total) & (total > 0.01)).mean())


def swings(luminances: NDArray[np.float64]) -> NDArray[np.bool_]:
    """``(frames, points)``: where a change of a tenth or more, opposed to the one before, is complete."""
    low = high = luminances[0].copy()
    direction = np.zeros(luminances.shape[1])
    found = np.zeros(luminances.shape, dtype=bool)
    for i, now in enumerate(luminances):
        low, high = np.minimum(low, now), np.maximum(high, now)
        up = (direction != 1) & (now - low >= 0.10)
        down = (direction != -1) & (high - now >= 0.10) & ~up
        found[i] = (up & (direction == -1)) | (down & (direction == 1)) | ((up | down) & (direction == 0))
        direction = np.where(up, 1, np.where(down, -1, direction))
        high, low = np.where(up, now, high), np.where(down, now, low)
    return found


def flashing_share(luminances: NDArray[np.float64]) -> float:
    """Largest share of the picture with more than one opposing pair of changes within a second."""
    found = swings(luminances).astype(int)
    second = round(1 / FRAME_S)
    sums = np.cumsum(np.vstack([np.zeros((1, found.shape[1]), dtype=int), found]), axis=0)
    n = len(found)
    return max(float((sums[min(i + second, n)] - sums[i] >= 3).mean()) for i in range(n))


def fastest_slew(luminances: NDArray[np.float64]) -> float:
    """Change of luminance per second that a tenth of the picture makes or exceeds, in the worst frame."""
    change = np.abs(np.diff(luminances, axis=0)) / FRAME_S
    return float(np.quantile(change, 0.90, axis=1).max())
