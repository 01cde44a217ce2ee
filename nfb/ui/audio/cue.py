"""What the newest hop asks of the sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nfb.engine.live import Live
from nfb.model.protocol import Stage
from nfb.session.states import State

NEUTRAL = 0.5


class Cue(NamedTuple):
    """Feedback 0..1, whether the bed sounds at all, and the number of the hop that says so (-1: none yet)."""

    feedback: float
    sounding: bool
    hop: int = -1


SILENCE = Cue(NEUTRAL, False)


def cue_of(live: Live | None, stages: Sequence[Stage]) -> Cue:
    """The bed sounds in stages that give feedback, and fades in a pause, in a break and at the end."""
    if live is None:
        return SILENCE
    hop = live.hop
    running = hop.state in (State.RUNNING, State.HELD, State.SETTLING) and 0 <= hop.stage < len(stages)
    return Cue(live.feedback, running and stages[hop.stage].has_feedback, hop.hop)
