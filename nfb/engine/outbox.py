"""What the engine keeps for other threads until they fetch it."""

from collections import deque
from dataclasses import dataclass, field
from typing import TypeVar

from nfb.engine.live import Live
from nfb.model.hop import HopResult
from nfb.model.samples import Chunk, Gap

# What nobody fetches is dropped, the oldest first: a session may last for hours.
_KEPT_EVENTS = 20_000
_KEPT_CHUNKS = 4_000
_KEPT_HOPS = 20_000

T = TypeVar("T")


@dataclass(slots=True)
class Outbox:
    """Filled by the engine's thread, emptied by :func:`drain` from any other.

    Parameters
    ----------
    live
        The newest hop and what goes with it; replaced as a whole.
    events, chunks, hops
        Since they were fetched last, oldest first.
    """

    live: Live | None = None
    events: deque[object] = field(default_factory=lambda: deque(maxlen=_KEPT_EVENTS))
    chunks: deque[Chunk | Gap] = field(default_factory=lambda: deque(maxlen=_KEPT_CHUNKS))
    hops: deque[HopResult] = field(default_factory=lambda: deque(maxlen=_KEPT_HOPS))


def drain(queue: deque[T]) -> list[T]:
    """Take everything out, oldest first, while others may go on putting in."""
    taken = []
    while queue:
        taken.append(queue.popleft())
    return taken
