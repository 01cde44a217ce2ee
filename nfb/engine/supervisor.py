"""When a silence is told and when it pauses, when a lost link is tried for, and when it is given up."""

STALLED_S = 0.5
PAUSED_S = 2.0


class Supervisor:
    """Watches one link. All times are seconds on one clock, the source's.

    Parameters
    ----------
    first_pause_s, longest_pause_s
        Pause before the first try to reconnect, and the longest; each is twice the one before.
    give_up_s
        So long after the loss the device counts as gone.

    Examples
    --------
    >>> supervisor = Supervisor(give_up_s=20.0)
    >>> supervisor.lost(100.0)
    >>> supervisor.is_due(100.9), supervisor.is_due(101.0)
    (False, True)
    >>> supervisor.failed(101.5)
    >>> supervisor.is_due(103.4), supervisor.is_due(103.5), supervisor.is_over(120.0)
    (False, True, True)
    """

    def __init__(self, first_pause_s: float = 1.0, longest_pause_s: float = 8.0, give_up_s: float = 300.0) -> None:
        self._first_pause_s = first_pause_s
        self._longest_pause_s = longest_pause_s
        self._give_up_s = give_up_s
        self._heard_s = 0.0
        self._lost_s: float | None = None
        self._pause_s = 0.0
        self._try_s = 0.0

    def heard(self, now_s: float) -> None:
        """Samples came: whatever was, is over."""
        self._heard_s = now_s
        self._lost_s = None

    def silent_s(self, now_s: float) -> float:
        """Seconds since samples came."""
        return now_s - self._heard_s

    def lost(self, now_s: float) -> None:
        """The link is lost; may be said again."""
        if self._lost_s is None:
            self._lost_s = now_s
            self._pause_s = self._first_pause_s
            self._try_s = now_s + self._pause_s

    def is_due(self, now_s: float) -> bool:
        """Whether it is time for a try."""
        return now_s >= self._try_s

    def failed(self, now_s: float) -> None:
        """A try was in vain."""
        self._pause_s = min(2 * self._pause_s, self._longest_pause_s)
        self._try_s = now_s + self._pause_s

    def is_over(self, now_s: float) -> bool:
        """Whether to give up."""
        return self._lost_s is not None and now_s - self._lost_s >= self._give_up_s
