"""Paints less where painting takes too long: decides from measured times. No Qt in here."""

from __future__ import annotations

BUDGET_S = 0.012  # of the 16.7 ms between two pictures; the rest belongs to the operator's window
_WINDOW = 45  # pictures that a decision rests on
_EASY = 0.25  # of the budget: then more can be asked again
_PATIENCE = 12  # decisions in a row that found it easy, at first


class Effort:
    """Steps down, one saving at a time, while the median picture takes longer than the budget.

    It steps up again after a long easy time, and waits twice as long each time, so that it comes to rest.

    Attributes
    ----------
    level
        0: everything; 1: fewer small things; 2: also painted at half size; 3: also every second picture only.
    median_s
        Seconds that a picture took when it was last too long; 0 before.
    """

    HIGHEST = 3

    def __init__(self) -> None:
        self.level = 0
        self.median_s = 0.0
        self._spent: list[float] = []
        self._easy = 0
        self._patience = _PATIENCE

    def spent(self, seconds: float) -> bool:
        """Take the time that one picture took; True if the level has changed."""
        self._spent.append(seconds)
        if len(self._spent) < _WINDOW:
            return False
        took_s = sorted(self._spent)[_WINDOW // 2]
        self._spent.clear()
        self._easy = self._easy + 1 if took_s <= _EASY * BUDGET_S else 0
        if took_s > BUDGET_S and self.level < self.HIGHEST:
            self.median_s = took_s
            self.level += 1
            return True
        if self.level > 0 and self._easy >= self._patience:
            self._easy = 0
            self._patience *= 2
            self.level -= 1
            return True
        return False

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
