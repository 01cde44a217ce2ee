"""The result of one hop: what was measured, what was decided, and why, in a form that is cheap to make."""

from enum import IntEnum
from typing import NamedTuple


class Cause(IntEnum):
    """Why a hop's samples cannot be trusted. NONE is clean; the order is the order of precedence."""

    NONE = 0
    DROPOUT = 1
    RAIL = 2
    FLAT = 3
    POP = 4
    AMPLITUDE = 5
    GRADIENT = 6
    BLINK = 7
    MUSCLE = 8
    MOTION = 9
    DROWSY = 10
    NOT_FINITE = 11
    SETTLING = 12
    CONTACT = 13


CAUSE_WORDS = {
    Cause.NONE: "",
    Cause.DROPOUT: "samples lost",
    Cause.RAIL: "amplifier at its limit",
    Cause.FLAT: "flat signal",
    Cause.POP: "electrode pop",
    Cause.AMPLITUDE: "movement",
    Cause.GRADIENT: "jump",
    Cause.BLINK: "blink",
    Cause.MUSCLE: "muscle",
    Cause.MOTION: "head movement",
    Cause.DROWSY: "drowsy",
    Cause.NOT_FINITE: "no valid number",
    Cause.SETTLING: "filters settling",
    Cause.CONTACT: "poor contact",
}


class WhyKind(IntEnum):
    """Why a hop did or did not earn a reward."""

    REWARD = 0  # dwell reached: rewarded at this hop
    DWELL = 1  # in range, dwell not reached
    REFRACTORY = 2  # in range, too soon after the last reward
    FALL_BACK = 3  # in range, but has not fallen back since the last reward
    LIMIT = 4  # a condition is not met
    ARTEFACT = 5  # held
    STAGE = 6  # this stage gives no feedback
    PAUSED = 7
    NO_THRESHOLD = 8


class Why(NamedTuple):
    """Reason of a hop, turned into words by :func:`nfb.session.reasons.words` only when someone reads it.

    Parameters
    ----------
    kind
        What decided.
    which
        Condition (LIMIT) or channel (ARTEFACT) that decided; -1 if none.
    value
        LIMIT: feature minus threshold, in the feature's unit. DWELL, REFRACTORY: seconds so far.
    cause
        ARTEFACT: its cause.
    """

    kind: WhyKind
    which: int = -1
    value: float = 0.0
    cause: Cause = Cause.NONE


class HopResult(NamedTuple):
    """One hop, decided.

    Parameters
    ----------
    hop
        Number of the hop since the session began.
    sample
        Index of the newest sample in it.
    stage
        Position in the session's list of stages; -1 before the first and after the last.
    state
        Value of :class:`nfb.session.states.State`.
    features
        One value per protocol feature, in its unit; NaN while filters settle.
    thresholds
        One per protocol *feature*; NaN where none is set (or the feature has no condition).
    artefact
        Held: neither reward, nor clock, nor learning.
    cause, channel
        Why it is held, and the channel it was seen on (-1: none).
    feedback
        0..1; 0.5 is neutral.
    reward
        A discrete reward is given at this hop.
    in_range
        All conditions are met and the hop is not held.
    valid_s
        Valid time of the stage so far, seconds.
    why
        The reason.
    """

    hop: int
    sample: int
    stage: int
    state: int
    features: tuple[float, ...]
    thresholds: tuple[float, ...]
    artefact: bool
    cause: Cause
    channel: int
    feedback: float
    reward: bool
    in_range: bool
    valid_s: float
    why: Why
