"""Keeps what the client sees from flashing, whatever the signal does. No Qt in here."""

from __future__ import annotations

from collections import deque

SLEW_PER_S = 1.0
MAX_PAIRS_PER_S = 2
OPPOSING = 0.10  # WCAG 2.3.1: an opposing pair changes relative luminance by a tenth of its range, twice

FLOOR = 0.45  # of the brightest; out of range the picture dims, it never goes dark


class Glow:
    """Turns feedback 0..1 into a level 0..1 that is safe to show on a full screen.

    Two limits, the second for when the first is not enough: the level moves at most 1.0 per second, and after two
    opposing pairs of a tenth or more within a second it rests until the oldest of them is a second old. WCAG 2.3.1
    allows three pairs.
    """

    def __init__(self, level: float = 0.5) -> None:
        self.level = level
        self._time_s = 0.0
        self._extreme = level
        self._rising = True
        self._swings: deque[float] = deque()

    def step(self, target: float, passed_s: float) -> float:
        """Move towards `target` for `passed_s` seconds and return the level to show."""
        self._time_s += passed_s
        while self._swings and self._time_s - self._swings[0] >= 1.0:
            self._swings.popleft()
        reach = SLEW_PER_S * min(max(passed_s, 0.0), 0.1)
        wanted = min(max(target, self.level - reach, 0.0), self.level + reach, 1.0)
        onwards = wanted >= self._extreme if self._rising else wanted <= self._extreme
        if onwards:
            self._extreme = wanted
        elif abs(wanted - self._extreme) >= OPPOSING:
            if len(self._swings) >= 2 * MAX_PAIRS_PER_S:
                return self.level
            self._swings.append(self._time_s)
            self._rising = not self._rising
            self._extreme = wanted
        self.level = wanted
        return self.level


def luminance(level: float) -> float:
    """Relative luminance shown for a level: linear, so that the level's slew limit is the luminance's."""
    return FLOOR + (1.0 - FLOOR) * level


def grey_of(share: float) -> float:
    """sRGB value (0..1) whose relative luminance is `share` (IEC 61966-2-1)."""
    return 12.92 * share if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055
