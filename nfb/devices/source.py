"""The interface every source of EEG has."""

from collections.abc import Sequence
from typing import Protocol

from nfb.model.commands import Command
from nfb.model.device import DeviceInfo
from nfb.model.hop import HopResult
from nfb.model.samples import SourceItem


class Source(Protocol):
    """Where samples come from: a board, the simulated client, a recording, a network stream.

    A source is used by one thread. It numbers received samples from 0 without holes for its whole life, also across
    a reconnect, and tells what was lost by a :class:`~nfb.model.samples.Gap` before the first chunk after it.

    Attributes
    ----------
    info
        Known after :meth:`open`.
    realtime
        False if samples come as fast as they are asked for; the engine then sets the pace.
    """

    info: DeviceInfo
    realtime: bool

    def open(self) -> None:
        """Connect and start streaming. Blocks; raises :class:`~nfb.model.errors.DeviceError`."""

    def read(self, timeout_s: float) -> Sequence[SourceItem | Command]:
        """What has arrived, oldest first; waits at most `timeout_s` for something. Never raises for a lost link:
        that is a :class:`~nfb.model.samples.LinkChange`. A source that has ended says so once with
        ``LinkChange(LinkState.ENDED)``. Commands come only from a replayed recording."""

    def reconnect(self) -> None:
        """Try once to get a lost link back. Blocks; raises :class:`~nfb.model.errors.DeviceError`."""

    def receive_feedback(self, hop: HopResult) -> None:
        """Told after every hop. Only the simulated client listens (it can learn)."""

    def close(self) -> None:
        """Release the device. May be called twice and from :meth:`open`'s failure; never raises."""
