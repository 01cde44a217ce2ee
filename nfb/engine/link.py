"""The link to the device: its state, what a silence leads to, and the way back from a loss."""

import threading
from collections.abc import Callable

from nfb.devices.source import Source
from nfb.engine.engine_words import ENGINE_WORDS
from nfb.engine.pace import Pace
from nfb.engine.supervisor import PAUSED_S, STALLED_S, Supervisor
from nfb.model.errors import DeviceError
from nfb.model.samples import LinkChange, LinkState


class Link:
    """Takes care of the link of one source. All but :meth:`cancel` is called by the engine's thread.

    Parameters
    ----------
    source
        Opened and reconnected here.
    supervisor
        When to try again, and when to give up.
    stopping
        While it is set, nothing that blocks is begun.
    tell
        Called with every change, after `state` has become it.
    pause
        Called once in a silence, when it is time to pause the session.

    Attributes
    ----------
    state
        The link's present state.
    """

    def __init__(
        self,
        source: Source,
        supervisor: Supervisor,
        stopping: threading.Event,
        *,
        tell: Callable[[LinkChange], None],
        pause: Callable[[], None],
    ) -> None:
        self.state = LinkState.CONNECTING
        self._source = source
        self._supervisor = supervisor
        self._stopping = stopping
        self._tell = tell
        self._pause = pause
        self._connecting = False  # inside a call of the source that may block for long
        self._paused = False  # in this silence

    def open(self) -> None:
        """Connect, unless the session is to stop; raises :class:`~nfb.model.errors.DeviceError`."""
        self.change(LinkChange(LinkState.CONNECTING))
        self._connect(self._source.open)

    def cancel(self) -> None:
        """Cut short what blocks, where the source can; from any thread, after `stopping` was set."""
        cancel = getattr(self._source, "cancel", None)
        if self._connecting and cancel is not None:
            cancel()

    def change(self, change: LinkChange) -> None:
        """The link is now so; a lost one pauses the session."""
        self.state = change.state
        self._tell(change)
        if change.state is LinkState.LOST:
            self._pause_once()

    def heard(self, now_s: float) -> None:
        """Samples came: whatever was, is over. Times are the source's, in seconds."""
        self._supervisor.heard(now_s)
        self._paused = False
        if self.state is not LinkState.STREAMING:
            self.change(LinkChange(LinkState.STREAMING))

    def watch_silence(self, now_s: float) -> None:
        """Nothing came: neutral feedback, then a pause, also where the source itself says nothing about its link."""
        silent_s = self._supervisor.silent_s(now_s)
        if silent_s >= STALLED_S and self.state is LinkState.STREAMING:
            self.change(LinkChange(LinkState.STALLED, ENGINE_WORDS["silent"]))
        if silent_s >= PAUSED_S:
            self._pause_once()

    def regain(self, pace: Pace) -> bool:
        """Try for a lost link when it is time; False if it was given up."""
        supervisor = self._supervisor
        supervisor.lost(pace.now_s)
        if not supervisor.is_due(pace.now_s):
            return True
        self.change(LinkChange(LinkState.RECONNECTING))
        try:
            self._connect(self._source.reconnect)
        except DeviceError as error:
            self.change(LinkChange(LinkState.LOST, error.what, error.way_out))
            supervisor.failed(pace.now_s)
            return self._stopping.is_set() or not supervisor.is_over(pace.now_s)
        self.change(LinkChange(LinkState.WAITING))
        return True

    def _pause_once(self) -> None:
        if not self._paused:
            self._paused = True
            self._pause()

    def _connect(self, connect: Callable[[], None]) -> None:
        """Call what may block for long, so that :meth:`cancel` can cut it short."""
        self._connecting = True
        try:
            # Who stops sets the event and then reads the flag, here it is the other way round: one always notices.
            if not self._stopping.is_set():
                connect()
        finally:
            self._connecting = False
