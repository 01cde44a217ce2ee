"""Who ends a break: the clock alone, or the client once its time is over. No Qt in here."""

from __future__ import annotations

from dataclasses import dataclass

from nfb.model.protocol import StageKind


@dataclass(slots=True)
class Pacing:
    """Follows a session's stages.

    A break lasts as long as it is planned, at least. Where the client ends it, the session waits after it for the
    client's key; a key that comes early is kept, so that nobody has to press twice.

    Parameters
    ----------
    client_ends
        The client ends the breaks.
    waiting
        The break's time is over, and the client has not said so yet.
    ready
        The client has said so.
    """

    client_ends: bool = False
    waiting: bool = False
    ready: bool = False
    _resting: bool = False

    def stage_started(self, kind: StageKind | None) -> bool:
        """A stage has begun; True if it waits for nobody but a client who has pressed the key already."""
        held = self._resting and kind is not StageKind.REST and self.client_ends
        told = held and self.ready
        self.waiting = held and not self.ready
        self._resting = kind is StageKind.REST
        self.ready = False
        return told

    def skipped(self) -> None:
        """The operator went on: what comes next waits for nobody."""
        self._resting = False

    def key(self) -> bool:
        """The client's key; True if what waits for it may begin now."""
        if self.waiting:
            self.waiting = False
            return True
        self.ready = self.ready or (self._resting and self.client_ends)
        return False

    def resumed(self) -> None:
        """The session goes on, whoever said so."""
        self.waiting = False
