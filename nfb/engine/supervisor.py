"""How long and how often to try for a lost link."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Reconnect after 1, 2, 4, 8, 8, … seconds, for five minutes of pauses.

    Parameters
    ----------
    first_pause_s, longest_pause_s, give_up_s
        First pause, longest pause, and the sum of pauses after which the device counts as gone.
    """

    first_pause_s: float = 1.0
    longest_pause_s: float = 8.0
    give_up_s: float = 300.0

    def pauses_s(self) -> Iterator[float]:
        """Pauses before each try.

        >>> list(Supervisor(give_up_s=20.0).pauses_s())
        [1.0, 2.0, 4.0, 8.0]
        """
        pause_s, waited_s = self.first_pause_s, 0.0
        while waited_s + pause_s <= self.give_up_s:
            yield pause_s
            waited_s += pause_s
            pause_s = min(2 * pause_s, self.longest_pause_s)
