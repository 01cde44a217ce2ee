"""What the newest hop asks of the sound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from nfb.engine.live import Live
from nfb.model.hop import HopResult
from nfb.model.protocol import Crossover, Stage
from nfb.session.setup import Setup
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


def earned_by_alpha(setup: Setup, hop: HopResult) -> bool:
    """Whether a reward at `hop` is alpha's, the high bell of alpha-theta training, rather than theta's, the low one.

    It is that of the rhythm that stands higher: against its threshold where both have one, else in µV. Protocols
    without the two rhythms have one bell, the high one, and so have parts of a session before the two are trained.
    """
    names = [feature.name for feature in setup.features]
    crossover = setup.protocol.crossover or Crossover()
    if crossover.theta not in names or crossover.alpha not in names:
        return True
    rhythms = {crossover.theta, crossover.alpha}
    trained = [f.name in rhythms or f.numerator in rhythms for f in setup.features]
    if all(math.isnan(limit) for limit, each in zip(hop.thresholds, trained, strict=True) if each):
        return True
    theta, alpha = (names.index(name) for name in (crossover.theta, crossover.alpha))
    limits = hop.thresholds[theta], hop.thresholds[alpha]
    if any(math.isnan(limit) or limit <= 0 for limit in limits):
        limits = 1.0, 1.0
    return hop.features[alpha] / limits[1] >= hop.features[theta] / limits[0]
