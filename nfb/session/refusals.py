"""Why a command has no meaning now, in plain words."""

import math
from collections.abc import Callable
from typing import NamedTuple

from nfb.model.commands import (
    Auto,
    Command,
    Pause,
    PauseCause,
    Recalibrate,
    Refit,
    Resume,
    SetIaf,
    SetRuns,
    SetTarget,
    SetThreshold,
    SetThresholds,
)
from nfb.session.plan import MOST_RUNS, RUN_LIMITS_S

IAF_LIMITS_HZ = (5.0, 15.0)
# Of clean training behind a percentile taken by hand: the rate it gives then scatters by 2.5 points.
RECALIBRATE_S = 60.0
# Of clean EEG behind a spectrum that says more about the person than the population's does.
REFIT_S = 10.0


class Situation(NamedTuple):
    """What decides whether a command has a meaning.

    Parameters
    ----------
    paused_for
        Why the session is paused; None if it is not.
    n_conditions
        Conditions of the protocol.
    with_baseline
        Conditions with a clean baseline to take thresholds from.
    has_percentile
        Whether a threshold of the present stage can be taken anew as a percentile.
    recalibrated
        Whether the one recalibration of the session has been.
    trained_s, refit_s
        Clean seconds to look back on: of runs, and of samples for new filters.
    runs_begun
        Runs that have begun; None if the last one is over.
    misfit
        Says why bands do not fit an alpha peak, or nothing.
    """

    paused_for: PauseCause | None
    n_conditions: int
    with_baseline: frozenset[int]
    has_percentile: bool
    recalibrated: bool
    trained_s: float
    refit_s: float
    runs_begun: int | None
    misfit: Callable[[float], str]


def refusal(command: Command, now: Situation) -> str:
    """Why a session refuses a command; empty if it does not."""
    match command:
        case Resume() if now.paused_for is None:
            return "the session is not paused"
        case Pause(cause) if now.paused_for is not None and not _overrules(cause, now.paused_for):
            return "the session is paused already"
        case SetThreshold() | SetTarget() | SetThresholds():
            return _threshold_refusal(command, now)
        case Auto(on=True) | Recalibrate() if not now.has_percentile:
            return "no threshold here is a percentile that could be taken anew"
        case Recalibrate():
            return _recalibrate_refusal(now)
        case Refit() if now.refit_s < REFIT_S:
            return f"new filters need {REFIT_S:g} s of clean EEG, there are {now.refit_s:.0f} s"
        case SetRuns(runs, run_s):
            return _runs_refusal(runs, run_s, now.runs_begun)
        case SetIaf(hz, reason):
            return _iaf_refusal(hz, reason, now.misfit)
    return ""


def _threshold_refusal(command: SetThreshold | SetTarget | SetThresholds, now: Situation) -> str:
    if isinstance(command, SetThresholds):
        if len(command.values) != now.n_conditions:
            return f"{len(command.values)} thresholds: the protocol has {now.n_conditions} conditions"
        if any(math.isinf(value) for value in command.values):
            return "thresholds must be finite numbers"
        return ""
    if not 0 <= command.condition < now.n_conditions:
        return f"condition {command.condition}: the protocol has conditions 0 to {now.n_conditions - 1}"
    if isinstance(command, SetThreshold):
        return "" if math.isfinite(command.value) else f"threshold {command.value}: must be a finite number"
    if not 0.0 < command.target < 1.0:
        return f"target {command.target:g}: must lie between 0 and 1"
    return "" if command.condition in now.with_baseline else "there is no clean baseline to take the threshold from"


def _recalibrate_refusal(now: Situation) -> str:
    if now.recalibrated:
        return "thresholds are recalibrated once a session at the most, and this one has been"
    if now.trained_s < RECALIBRATE_S:
        return f"a recalibration needs {RECALIBRATE_S:g} s of clean training, there are {now.trained_s:.0f} s"
    return ""


def _runs_refusal(runs: int, run_s: float, begun: int | None) -> str:
    shortest_s, longest_s = RUN_LIMITS_S
    if begun is None:
        return "the last run is over"
    if not 1 <= runs <= MOST_RUNS:
        return f"{runs} runs: a session has 1 to {MOST_RUNS}"
    if runs < begun:
        return f"{runs} runs: run {begun} has begun already"
    if not shortest_s <= run_s <= longest_s:
        return f"runs of {run_s:g} s: must last {shortest_s:g} to {longest_s:g} s"
    return ""


def _iaf_refusal(hz: float | None, reason: str, misfit: Callable[[float], str]) -> str:
    lowest, highest = IAF_LIMITS_HZ
    if hz is not None and not lowest <= hz <= highest:
        return f"alpha peak {hz:g} Hz: must lie from {lowest:g} to {highest:g} Hz"
    if not reason.strip():
        return "say why this alpha peak is used"
    return "" if hz is None else misfit(hz)


def _overrules(cause: PauseCause, present: PauseCause) -> bool:
    """A person who pauses a paused session means it to stay so when the link or the contact is back."""
    return cause is PauseCause.OPERATOR and present is not PauseCause.OPERATOR
