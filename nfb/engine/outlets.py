"""Sinks: who else is told of a session while it runs. All are off unless asked for, and reach this computer only.

A sink is told what has been recorded and decided already, so nothing that it does changes a session. It must not
block, nor raise once it is open.
"""

from collections.abc import Sequence
from typing import Protocol

from nfb.devices.lsl_library import Scope
from nfb.files.finish import marker_of
from nfb.model.commands import Note
from nfb.model.events import (
    ArtefactEnded,
    ArtefactStarted,
    CommandApplied,
    Event,
    GapSeen,
    SessionEnded,
    StateChanged,
    ThresholdChanged,
)
from nfb.model.hop import CAUSE_WORDS, HopResult
from nfb.model.samples import Chunk, Gap, LinkChange
from nfb.session.setup import Setup


class Sink(Protocol):
    """Takes part in a session from another program's side. Called by the engine's thread, in the order of things:
    the chunk first, then the events and the hops that it caused."""

    def open(self, setup: Setup) -> None:
        """Called once, when the device is connected; raises :class:`~nfb.model.errors.SetupError`."""

    def take(self, item: Chunk | Gap) -> None: ...

    def take_events(self, events: Sequence[Event]) -> None: ...

    def take_hops(self, hops: Sequence[HopResult]) -> None: ...

    def take_link(self, change: LinkChange) -> None:
        """The link to the headset changed; while it is not streaming, what is presented is neutral."""

    def close(self) -> None:
        """Called once, also after a failure, and without :meth:`open` if the session never came about."""


def make_sinks(lsl: Scope | None = None, osc: str = "") -> tuple[Sink, ...]:
    """The outlets that were asked for, ready to be opened.

    Parameters
    ----------
    lsl
        How far Lab Streaming Layer outlets are announced; None for no outlets.
    osc
        ``HOST:PORT`` or ``HOST:PORT/prefix`` that OSC messages go to; empty for none.

    Raises
    ------
    SetupError
        pylsl is missing, or `osc` is no address.
    """
    sinks: list[Sink] = []
    # Each is imported only if wanted: a session without outlets opens no socket and loads no network code.
    if lsl is not None:
        from nfb.engine.lsl_outlets import LslOutlets

        sinks.append(LslOutlets(lsl))
    if osc:
        from nfb.engine.osc import OscSink, parse_target

        sinks.append(OscSink(parse_target(osc)))
    return tuple(sinks)


def marker_text(event: Event) -> str | None:
    """What a stream of markers tells of an event; None for what is no moment of the session.

    The words are those of the recording's own marker file; holds, pauses, thresholds and gaps are told beside them.
    A note's text stays in the recording.
    """
    match event:
        case CommandApplied(command=Note()):
            return "note"
        case ArtefactStarted(cause=cause, channel=channel):
            return f"hold {CAUSE_WORDS[cause]} {channel}".rstrip()
        case ArtefactEnded():
            return "hold ends"
        case StateChanged(state=state, why=why):
            return f"state {state} {why}".rstrip()
        case ThresholdChanged(feature=feature, new=new, by=by):
            return f"threshold {feature} {new:.6g} {by}"
        case GapSeen(gap=gap):
            return f"gap {gap.missing_s:.6g} s"
        case SessionEnded(reason=reason):
            return f"session ends: {reason.value}"
    marker = marker_of(event)
    return None if marker is None else marker.text
