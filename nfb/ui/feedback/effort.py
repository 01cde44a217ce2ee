"""Paints less where painting takes too long: decides from measured times. No Qt in here."""

from __future__ import annotations

from statistics import median

BUDGET_S = 0.012  # of the 16.7 ms between two pictures; the rest belongs to the operator's window
_WINDOW = 45  # pictures that a decision rests on


class Effort:
    """Steps down, one saving at a time, while the median picture takes longer than the budget; never up again.

    Attributes
    ----------
    level
        0: everything; 1: fewer small things; 2: also painted at half size; 3: also every second picture only.
    median_s
        Seconds that a picture took, at the last decision; 0 before it.
    """

    HIGHEST = 3

    def __init__(self) -> None:
        self.level = 0
        self.median_s = 0.0
        self._spent: list[float] = []

    def spent(self, seconds: float) -> bool:
        """Take the time that one picture took; True if the level has changed."""
        self._spent.append(seconds)
        if len(self._spent) < _WINDOW:
            return False
        self.median_s = median(self._spent)
        self._spent.clear()
        if self.median_s <= BUDGET_S or self.level == self.HIGHEST:
            return False
        self.level += 1
        return True

    @property
    def fewer(self) -> bool:
        return self.level >= 1

    @property
    def scale(self) -> float:
        """Size to paint at, of the window's."""
        return 0.5 if self.level >= 2 else 1.0

    @property
    def every(self) -> int:
        """Paint each first, or each second frame."""
        return 2 if self.level >= 3 else 1
