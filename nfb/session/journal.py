"""Where a session stands, and what it has to tell since it was last asked."""

from nfb.model.events import Event
from nfb.model.hop import HopResult


class Journal:
    """Written by all parts of a session, so that its events keep their order.

    Attributes
    ----------
    hop
        Number of the next hop.
    sample
        Newest sample of the last hop, or the last one before a gap; -1 before the first.
    hops, events
        What has not been handed on yet.
    """

    __slots__ = ("events", "hop", "hops", "sample")

    def __init__(self) -> None:
        self.hop = 0
        self.sample = -1
        self.hops: list[HopResult] = []
        self.events: list[Event] = []

    def tell(self, event: Event) -> None:
        """Add an event."""
        self.events.append(event)

    def hand_on(self) -> tuple[list[HopResult], list[Event]]:
        """The hops and events so far; the next ones begin new lists."""
        told = self.hops, self.events
        self.hops, self.events = [], []
        return told
