"""Live changes that can be taken back, newest first. No Qt in here."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from nfb.model.commands import Command, SetThresholds


@dataclass(frozen=True, slots=True)
class Change:
    """One change as the operator knows it.

    Parameters
    ----------
    words
        What it was, for the message that says it is undone.
    back
        Commands that put things back.
    target
        Overall target to put back, or None if it did not change.
    """

    words: str
    back: tuple[Command, ...]
    target: float | None = None


@dataclass(slots=True)
class Changes:
    """A stack of changes of one session."""

    stack: list[Change] = field(default_factory=list)
    _moved_at: int = -1  # hop of the newest change that a rule made

    def __bool__(self) -> bool:
        return bool(self.stack)

    def push(self, change: Change) -> None:
        self.stack.append(change)
        self._moved_at = -1

    def pop(self) -> Change | None:
        self._moved_at = -1
        return self.stack.pop() if self.stack else None

    def rule_moved(self, words: str, hop: int, condition: int, old: float, n_conditions: int) -> None:
        """A rule moved one threshold; moves at the same hop are one change."""
        if math.isnan(old):
            return
        values = [math.nan] * n_conditions
        if self._moved_at == hop and self.stack:
            (before,) = self.stack.pop().back
            assert isinstance(before, SetThresholds)
            values = list(before.values)
        values[condition] = old
        self.stack.append(Change(words, (SetThresholds(tuple(values)),)))
        self._moved_at = hop
