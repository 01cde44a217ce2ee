"""From noted times to figures: how long after a step the feedback, the picture and the sound changed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from nfb.devices.step_source import MIDDLE_UV, Decision, Step, StepSource
from nfb.engine.delay import Budget, budget
from nfb.engine.engine import Engine
from nfb.model.errors import SetupError
from nfb.model.protocol import FeatureKind, Protocol, Role, Stage, StageKind
from nfb.session.session import Session
from nfb.session.setup import make_setup

SETTLED_SAMPLES = 1000  # four seconds: twice what the longest filter of the shelf holds
_REST = 3  # observations before a decision that say how much the picture or the sound moves by itself
_CHANGED = 0.1  # share of the feedback's whole change at which it counts as changed


@dataclass(frozen=True, slots=True)
class Observed:
    """What was presented at a time, as one number that moves with the feedback."""

    at_s: float
    value: float


@dataclass(frozen=True, slots=True)
class Answer:
    """How one step went through, seconds.

    Parameters
    ----------
    to_half_s
        From the step's arrival to the first decision with at least half of the feedback's change: the algorithm's
        delay as it is, with the wait for a hop.
    decision_s
        From the arrival of the hop's newest samples to the first changed decision.
    frame_s, audio_s
        From that decision to the first changed picture and the first changed block of sound; NaN if there was none.
    """

    to_half_s: float
    decision_s: float
    frame_s: float
    audio_s: float


@dataclass(frozen=True, slots=True)
class Bench:
    """An engine that measures one protocol on a stepping client, its source, and the declared delays."""

    engine: Engine
    source: StepSource
    budget: Budget


def bench(protocol: Protocol, *, every_s: float = 0.8) -> Bench:
    """Reduce a protocol to its first reward, and put it on a client whose rhythm steps around its threshold.

    Raises
    ------
    SetupError
        The protocol does not reward the amplitude of a band.
    """
    features = {feature.name: feature for feature in protocol.features}
    for condition in protocol.conditions:
        feature = features[condition.feature]
        if condition.role is Role.REWARD and feature.kind is FeatureKind.AMPLITUDE and feature.band is not None:
            break
    else:
        raise SetupError(
            f"{protocol.id}: rewards no amplitude of a band, which is what steps. Choose another, e.g. hbeta-down."
        )
    reduced = replace(
        protocol, features=(feature,), conditions=(condition,), stages=(Stage(StageKind.RUN, "run-1", 3600.0),)
    )
    source = StepSource(feature.band.hz, protocol.montage.sites, every_s)
    # Without a baseline a feature at its threshold gives neutral feedback, and the steps lie on either side of it.
    setup = make_setup(reduced, source.info, mains_hz=50.0, thresholds=(MIDDLE_UV,), find_iaf=False)
    declared = budget(setup, Session(setup).reward_delay_s)
    return Bench(Engine(source, lambda _: setup, None), source, declared)


def answers(
    steps: Sequence[Step], decisions: Sequence[Decision], frames: Sequence[Observed], audio: Sequence[Observed]
) -> list[Answer]:
    """One answer per step that was seen whole and after the filters had settled."""
    found = []
    for step, following in pairwise(steps):
        before = [each.feedback for each in decisions if each.arrived_s < step.arrived_s]
        after = [each for each in decisions if step.arrived_s <= each.arrived_s < following.arrived_s]
        if step.sample < SETTLED_SAMPLES or not before or not after:
            continue
        change = after[-1].feedback - before[-1]
        gone = [(each.feedback - before[-1]) / change if change else 0.0 for each in after]
        first = after[next(i for i, share in enumerate(gone) if share >= _CHANGED)] if change else None
        if first is None:
            continue
        half = after[next(i for i, share in enumerate(gone) if share >= 0.5)]
        found.append(
            Answer(
                to_half_s=half.decided_s - step.arrived_s,
                decision_s=first.decided_s - first.arrived_s,
                frame_s=_first_change(frames, first.decided_s, following.arrived_s),
                audio_s=_first_change(audio, first.decided_s, following.arrived_s),
            )
        )
    return found


def _first_change(observed: Sequence[Observed], decided_s: float, until_s: float) -> float:
    """Time from a decision to the first observation that differs from the last before it by more than those do."""
    rest = [each.value for each in observed if each.at_s < decided_s][-_REST:]
    if len(rest) < _REST:
        return math.nan
    restless = max(rest) - min(rest)
    for each in observed:
        if decided_s <= each.at_s < until_s and abs(each.value - rest[-1]) > restless:
            return each.at_s - decided_s
    return math.nan


def figures(found: Sequence[Answer], declared: Budget) -> dict[str, float | None]:
    """Milliseconds, None where nothing was seen: what the self-test prints."""

    def percentile(values: list[float], percent: float) -> float | None:
        seen = np.array(values)[np.isfinite(values)] if values else np.array([])
        return round(1000 * float(np.percentile(seen, percent)), 1) if seen.size else None

    loops = [declared.total_s + each.decision_s + each.frame_s for each in found]
    return {
        "algorithm_delay_ms": round(1000 * declared.algorithm_s, 1),
        "hop_and_burst_ms": round(1000 * (declared.hop_s + declared.burst_s), 1),
        "step_to_half_ms_median": percentile([each.to_half_s for each in found], 50),
        "arrival_to_decision_ms_p95": percentile([each.decision_s for each in found], 95),
        "decision_to_frame_ms_median": percentile([each.frame_s for each in found], 50),
        "decision_to_frame_ms_p95": percentile([each.frame_s for each in found], 95),
        "decision_to_audio_ms_median": percentile([each.audio_s for each in found], 50),
        "decision_to_audio_ms_p95": percentile([each.audio_s for each in found], 95),
        "loop_delay_ms_median": percentile(loops, 50),
        "loop_delay_ms_p95": percentile(loops, 95),
    }
