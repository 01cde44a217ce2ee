"""Lost samples, found from the package counter of a board and, where that is ambiguous or absent, from the clock."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Bluetooth and USB stacks pass on late samples in bursts; a silence shorter than this is taken for lateness.
_LATE_S = 0.5
# A board may run this much faster than declared before its counter is said to contradict the clock.
_FAST = 1.1
_ANCHOR_S = 5.0
_CONTRADICTIONS = 3


@dataclass(frozen=True, slots=True)
class CounterRule:
    """How a board numbers its packages.

    Parameters
    ----------
    modulo
        Numbers are taken modulo this; ``2**32`` where the counter does not wrap within a session.
    step
        Difference between the numbers of two packages that follow each other.
    samples_per_number
        Samples that share one number.
    """

    modulo: int
    step: int = 1
    samples_per_number: int = 1

    @property
    def numbers(self) -> int:
        """How many different numbers there are."""
        return self.modulo // self.step

    @property
    def cycle_samples(self) -> int:
        """Samples after which the numbers repeat."""
        return self.numbers * self.samples_per_number


class Hole(NamedTuple):
    """`missing` samples lost just before sample `at` of the batch."""

    at: int
    missing: int


class GapFinder:
    """Finds the samples that a board sent and nobody received.

    Parameters
    ----------
    rule
        The board's counter, or None if it has none that can be used; then only silences of at least half a second
        are found, from the clock.
    sampling_rate_hz
        Declared rate.

    Notes
    -----
    The counter tells where samples are missing and how many, up to whole turns of the counter. Turns are told apart
    by the time that passed between batches. A counter that claims more samples than the time can hold is not
    believed; after three such claims the clock alone is used until :meth:`reset`.

    Examples
    --------
    >>> finder = GapFinder(CounterRule(256), 250.0)
    >>> finder.feed(np.array([254, 255, 0]), 10.000)
    []
    >>> finder.feed(np.array([1, 4]), 10.016)
    [Hole(at=1, missing=2)]
    """

    def __init__(self, rule: CounterRule | None, sampling_rate_hz: float) -> None:
        self._declared_rule = rule
        self._rate_hz = sampling_rate_hz
        self.reset()

    def reset(self) -> None:
        """Forget the stream; the next batch begins a new one."""
        self._rule = self._declared_rule
        self._number: int | None = None
        self._same_number = 0
        self._arrived_s: float | None = None
        self._position = 0  # samples sent by the board since the reset, lost ones included
        self._anchors: list[tuple[float, int]] = []  # (time, position), oldest first, at most two
        self._contradictions = 0

    def feed(self, numbers: NDArray[np.float64], arrived_s: float) -> list[Hole]:
        """Take the package numbers of one batch, oldest first.

        Parameters
        ----------
        numbers
            ``(n_samples,)`` package numbers as the board gave them.
        arrived_s
            Monotonic time at which the batch was fetched.

        Returns
        -------
        list of Hole
            In the order of the samples; empty if nothing is missing.
        """
        if not len(numbers):
            return []
        holes, n_repeats = self._counted(numbers)
        lost = sum(hole.missing for hole in holes)
        if lost and not self._plausible(self._position + len(numbers) + lost, arrived_s):
            self._contradictions += 1
            if self._contradictions >= _CONTRADICTIONS:
                self._rule = None
            holes, lost = [], 0
        if self._arrived_s is not None:
            surplus_s = arrived_s - self._arrived_s - (len(numbers) + lost) / self._rate_hz
            holes = self._with_silence(holes, surplus_s, n_repeats)
        self._arrived_s = arrived_s
        self._position += len(numbers) + sum(hole.missing for hole in holes)
        self._drop_anchor(arrived_s)
        return holes

    def _counted(self, numbers: NDArray[np.float64]) -> tuple[list[Hole], int]:
        """Holes that the counter shows, each shorter than one turn of it, and how often a number came too often."""
        rule = self._rule
        if rule is None:
            return [], 0
        holes = []
        n_repeats = 0
        for index, value in enumerate(numbers):
            number = int(value) % rule.modulo // rule.step
            if self._number is None:
                # Listening may begin inside a package: its absent samples were never ours to lose.
                self._same_number = rule.samples_per_number
            elif number == self._number:
                self._same_number += 1
                n_repeats += self._same_number > rule.samples_per_number
                continue
            else:
                packages = (number - self._number) % rule.numbers - 1
                missing = packages * rule.samples_per_number
                missing += max(rule.samples_per_number - self._same_number, 0)
                if missing:
                    holes.append(Hole(index, missing))
                self._same_number = 1
            self._number = number
        return holes, n_repeats

    def _with_silence(self, holes: list[Hole], surplus_s: float, n_repeats: int) -> list[Hole]:
        """Add what only the clock can tell: whole turns of the counter, or all of it where there is no counter.

        A repeated number is either a turn less one sample or a counter that stood still; the clock decides.
        """
        rule = self._rule
        turn_samples = rule.cycle_samples if rule else 1
        if surplus_s < max(_LATE_S, turn_samples / 2 / self._rate_hz):
            return holes
        turns = round((surplus_s * self._rate_hz + n_repeats) / turn_samples)
        extra = turns * turn_samples - n_repeats
        if not holes:
            return [Hole(0, extra)]
        longest = max(holes, key=lambda hole: hole.missing)
        return [Hole(h.at, h.missing + extra) if h is longest else h for h in holes]

    def _plausible(self, position: int, arrived_s: float) -> bool:
        if not self._anchors:
            return True
        time_s, anchor = self._anchors[0]
        return position - anchor <= ((arrived_s - time_s) * _FAST + _LATE_S) * self._rate_hz

    def _drop_anchor(self, arrived_s: float) -> None:
        """Keep a reference point five to ten seconds old, so that a small error of the rate does not add up."""
        if not self._anchors:
            self._anchors = [(arrived_s, self._position)]
        elif arrived_s - self._anchors[-1][0] >= _ANCHOR_S:
            self._anchors = [self._anchors[-1], (arrived_s, self._position)]
