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
        What stood before it, for the message that says it is back.
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
    """The changes of one session. What is taken back does not become a change of its own."""

    stack: list[Change] = field(default_factory=list)
    _going_back: list[Command] = field(default_factory=list)  # sent and not yet applied
    _moved_at: int = -1  # hop of the newest change, if a rule made it

    def __bool__(self) -> bool:
        return bool(self.stack)

    def push(self, change: Change) -> None:
        self.stack.append(change)
        self._moved_at = -1

    def applied(self, command: Command, change: Change) -> None:
        """A command took effect; `change` is what would take it back."""
        if command in self._going_back:
            self._going_back.remove(command)
        else:
            self.push(change)

    def go_back(self) -> Change | None:
        """The newest change, whose commands are to be sent now; None if there is none."""
        if not self.stack:
            return None
        change = self.stack.pop()
        self._going_back += change.back
        self._moved_at = -1
        return change

    def rule_moved(self, words: str, hop: int, condition: int, old: float, n_conditions: int) -> None:
        """A rule moved one threshold; its moves at the same hop are one change."""
        if math.isnan(old):
            return
        values = [math.nan] * n_conditions
        if self._moved_at == hop:
            (before,) = self.stack.pop().back
            assert isinstance(before, SetThresholds)
            values = list(before.values)
        values[condition] = old
        self.stack.append(Change(words, (SetThresholds(tuple(values)),)))
        self._moved_at = hop
