"""A value with its past: undo and redo."""

from typing import Generic, TypeVar

Value = TypeVar("Value")
_MOST_STEPS = 500


class History(Generic[Value]):
    """The present value, those before it and those that were taken back.

    Changes in a row with the same `place` are one step, so that undo takes back a word and not a letter.

    >>> history = History("")
    >>> history.change("a", place="name"); history.change("ab", place="name"); history.change("ab!", place="sites")
    >>> history.undo(), history.undo(), history.redo()
    ('ab', '', 'ab')
    """

    def __init__(self, value: Value) -> None:
        self.now = value
        self._past: list[Value] = []
        self._future: list[Value] = []
        self._place: object = None

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def change(self, value: Value, place: object = None) -> None:
        """Go on to `value`; what had been taken back is forgotten."""
        if value == self.now:
            return
        if place is None or place != self._place:
            self._past = [*self._past[1 - _MOST_STEPS :], self.now]
        self._place = place
        self._future = []
        self.now = value

    def undo(self) -> Value:
        """The value before the last step, which is the present one now."""
        return self._go(self._past, self._future)

    def redo(self) -> Value:
        """The value that was taken back last, which is the present one again."""
        return self._go(self._future, self._past)

    def _go(self, source: list[Value], other: list[Value]) -> Value:
        if source:
            other.append(self.now)
            self.now = source.pop()
            self._place = None
        return self.now
