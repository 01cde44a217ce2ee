"""The last stage before the screen: keeps any sequence of frames from flashing, whoever painted them. No Qt in here.

Follows WCAG 2.3.1 with stricter figures: a *swing* is a change of relative luminance by a tenth against the swing
before it, a flash is a pair of opposing swings. WCAG allows three pairs a second over a quarter of the central field;
here no more than a tenth of the picture may pass one pair a second, and no larger area may be lit faster than the
slew limit. Luminance is compared on a coarse grid of the picture, as it is shown.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GRID = (27, 48)  # rows and columns
SWING = 0.10
AREA = 0.10
PAIR_S = 1.0
RED_SHARE = 0.8
# Green and blue at this share of red's code value have an eighth of its light each: R / (R + G + B) stays below 0.8.
RED_REPAIR = 0.4
_LATE_S = 0.1
_CODE_STEP = 0.0095  # of luminance, between the two brightest values of 8 bits
_MARGIN = 0.9  # frames come a little sooner or later than they were timed, and 8 bits round
_WINDOW_S = PAIR_S / _MARGIN
_TRIALS = 10  # to a thousandth: one step of 255 matters near white

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_code = np.arange(256) / 255.0
#: Relative luminance of an sRGB code value (IEC 61966-2-1).
LINEAR: Floats = np.where(_code <= 0.04045, _code / 12.92, ((_code + 0.055) / 1.055) ** 2.4).astype(np.float32)
_WEIGHTS = np.array([0.0722, 0.7152, 0.2126], dtype=np.float32)  # blue, green, red: the order of Qt's RGB32 in memory


def luminance(pixels: Pixels) -> Floats:
    """Relative luminance 0..1 of ``(..., 3 or 4)`` pixels in the order blue, green, red."""
    result: Floats = LINEAR[pixels[..., :3]] @ _WEIGHTS
    return result


def saturated_red(pixels: Pixels) -> NDArray[np.bool_]:
    """Where red is at least 0.8 of the light; nearly black pixels have no hue."""
    light = LINEAR[pixels[..., :3]]
    total = light.sum(axis=-1)
    result: NDArray[np.bool_] = (light[..., 2] >= RED_SHARE * total) & (total > 0.01)
    return result


def repair_red(pixels: Pixels) -> None:
    """Take the saturation out of reds, in place; other pixels stay. ``(..., 4)`` as in :func:`luminance`."""
    least = (pixels[..., 2] * np.float32(RED_REPAIR) + 1).astype(np.uint8)
    red = (pixels[..., 1] < least) & (pixels[..., 0] < least)
    for channel in (0, 1):
        np.copyto(pixels[..., channel], least, where=red)


def sample(pixels: Pixels) -> Pixels:
    """A ``(27, 48, 4)`` grid of points of an ``(height, width, 4)`` picture."""
    rows = ((np.arange(GRID[0]) + 0.5) * pixels.shape[0] / GRID[0]).astype(np.intp)
    columns = ((np.arange(GRID[1]) + 0.5) * pixels.shape[1] / GRID[1]).astype(np.intp)
    result: Pixels = pixels[rows[:, None], columns[None, :]]
    return result


class FlashGuard:
    """Says how much of a new frame may be laid over the one before.

    Parameters
    ----------
    slew_per_s
        Largest change of relative luminance per second that more than a tenth of the picture may make; infinity for
        pictures whose own cuts are to stay, such as a film.
    """

    def __init__(self, slew_per_s: float = 0.5) -> None:
        self.slew_per_s = slew_per_s
        self.held = 0  # frames that were not shown whole
        self._time_s = 0.0
        self._since_s = 0.0  # since more than a tenth of the picture changed
        self._grid: Pixels | None = None
        # Since the last swing of each point: its extremes, and the direction of that swing (0 before the first).
        self._low = self._high = np.zeros(0, dtype=np.float32)
        self._direction: NDArray[np.int8] = np.zeros(0, dtype=np.int8)
        self._last = self._before_last = self._third_at = np.zeros(0, dtype=np.float64)

    def share(self, grid: Pixels, passed_s: float) -> float:
        """Opacity 0..1 at which a frame may be laid over what is shown.

        Parameters
        ----------
        grid
            :func:`sample` of the new frame.
        passed_s
            Time since the frame before.
        """
        self._time_s += max(passed_s, 0.0)
        passed_s = min(max(passed_s, 0.0), _LATE_S)
        self._since_s += passed_s
        if self._grid is None:
            return 1.0
        # Near white one step of 8 bits may be more than one frame's share: it waits for the next frames'.
        reach, saved = (self.slew_per_s * _MARGIN * s if s > 0.0 else 0.0 for s in (passed_s, self._since_s))
        reach = max(reach, min(saved, _CODE_STEP))
        if self._allows(grid, reach):
            return 1.0
        self.held += 1
        low, high = 0.0, 1.0
        for _ in range(_TRIALS):
            middle = (low + high) / 2
            if self._allows(self._blend(grid, middle), reach):
                low = middle
            else:
                high = middle
        return low

    def shown(self, grid: Pixels) -> None:
        """Remember what the screen shows now: :func:`sample` of the finished frame."""
        now = _levels(grid)
        if self._grid is None:
            self._low, self._high = now, now
            self._direction = np.zeros(now.shape, dtype=np.int8)
            self._last = self._before_last = self._third_at = np.full(now.shape, -np.inf)
        elif (grid != self._grid).any(axis=2).mean() > AREA:
            self._since_s = 0.0
        up, down = self._swings(now)
        swings = up | down
        third = swings & (self._time_s - self._before_last < _WINDOW_S)
        self._third_at = np.where(third, self._time_s, self._third_at)
        self._before_last = np.where(swings, self._last, self._before_last)
        self._last = np.where(swings, self._time_s, self._last)
        self._direction = np.where(up, 1, np.where(down, -1, self._direction)).astype(np.int8)
        self._high = np.where(swings, now, np.maximum(self._high, now))
        self._low = np.where(swings, now, np.minimum(self._low, now))
        self._grid = grid

    def _swings(self, levels: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Where a picture of `levels` would complete a swing against the one before, upwards and downwards."""
        up = (self._direction < 1) & (levels - self._low >= SWING * _MARGIN)
        down = (self._direction > -1) & (self._high - levels >= SWING * _MARGIN) & ~up
        return up, down

    def _blend(self, grid: Pixels, share: float) -> Pixels:
        assert self._grid is not None
        mixed = self._grid + (grid.astype(np.float32) - self._grid) * share
        return np.rint(mixed).astype(np.uint8)

    def _allows(self, grid: Pixels, reach: float) -> bool:
        assert self._grid is not None
        levels = _levels(grid)
        # A third swing within a second would begin a second pair; the last element is the whole picture's mean.
        up, down = self._swings(levels)
        third = (up | down) & (self._time_s - self._before_last < _WINDOW_S)
        # Small fields that flash in turn add up to a large one, so those of the last second count too.
        flashing = third | (self._time_s - self._third_at < _WINDOW_S)
        if third[-1] or (third.any() and flashing[:-1].mean() > AREA):
            return False
        change = np.abs(levels - _levels(self._grid))[:-1] > reach + 1e-6
        return bool(change.mean() <= AREA)


def _levels(grid: Pixels) -> Floats:
    """Luminance of every point, and of the whole."""
    cells = luminance(grid).ravel()
    return np.append(cells, cells.mean(dtype=np.float32))
