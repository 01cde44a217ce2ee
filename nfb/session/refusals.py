"""Why a command has no meaning now, in plain words."""

import math
from collections.abc import Callable
from typing import NamedTuple

from nfb.model.commands import (
    AimAt,
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


# Why a command is refused; the window translates by these.
REFUSAL_WORDS: dict[str, str] = {
    "not paused": "the session is not paused",
    "paused": "the session is paused already",
    "no percentile": "no threshold here is a percentile that could be taken anew",
    "filters": "new filters need {needed} s of clean EEG, there are {there} s",
    "thresholds": "{n} thresholds: the protocol has {n_conditions} conditions",
    "infinite thresholds": "thresholds must be finite numbers",
    "condition": "condition {condition}: the protocol has conditions 0 to {last}",
    "infinite threshold": "threshold {value}: must be a finite number",
    "target": "target {value}: must lie between 0 and 1",
    "no baseline": "there is no clean baseline to take the threshold from",
    "recalibrated": "thresholds are recalibrated once a session at the most, and this one has been",
    "recalibration": "a recalibration needs {needed} s of clean training, there are {there} s",
    "last run": "the last run is over",
    "runs": "{runs} runs: a session has 1 to {most}",
    "runs begun": "{runs} runs: run {begun} has begun already",
    "run length": "runs of {run_s} s: must last {shortest} to {longest} s",
    "alpha peak": "alpha peak {hz} Hz: must lie from {lowest} to {highest} Hz",
    "no reason": "say why this alpha peak is used",
}


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
            return REFUSAL_WORDS["not paused"]
        case Pause(cause) if now.paused_for is not None and not _overrules(cause, now.paused_for):
            return REFUSAL_WORDS["paused"]
        case SetThreshold() | SetTarget() | SetThresholds():
            return _threshold_refusal(command, now)
        case AimAt(target):
            return _target_refusal(target)
        case Auto(on=True) | Recalibrate() if not now.has_percentile:
            return REFUSAL_WORDS["no percentile"]
        case Recalibrate():
            return _recalibrate_refusal(now)
        case Refit() if now.refit_s < REFIT_S:
            return REFUSAL_WORDS["filters"].format(needed=f"{REFIT_S:g}", there=f"{now.refit_s:.0f}")
        case SetRuns(runs, run_s):
            return _runs_refusal(runs, run_s, now.runs_begun)
        case SetIaf(hz, reason):
            return _iaf_refusal(hz, reason, now.misfit)
    return ""


def _threshold_refusal(command: SetThreshold | SetTarget | SetThresholds, now: Situation) -> str:
    if isinstance(command, SetThresholds):
        if len(command.values) != now.n_conditions:
            return REFUSAL_WORDS["thresholds"].format(n=len(command.values), n_conditions=now.n_conditions)
        if any(math.isinf(value) for value in command.values):
            return REFUSAL_WORDS["infinite thresholds"]
        return ""
    if not 0 <= command.condition < now.n_conditions:
        return REFUSAL_WORDS["condition"].format(condition=command.condition, last=now.n_conditions - 1)
    if isinstance(command, SetThreshold):
        finite = math.isfinite(command.value)
        return "" if finite else REFUSAL_WORDS["infinite threshold"].format(value=command.value)
    no_baseline = "" if command.condition in now.with_baseline else REFUSAL_WORDS["no baseline"]
    return _target_refusal(command.target) or no_baseline


def _target_refusal(target: float) -> str:
    return "" if 0.0 < target < 1.0 else REFUSAL_WORDS["target"].format(value=f"{target:g}")


def _recalibrate_refusal(now: Situation) -> str:
    if now.recalibrated:
        return REFUSAL_WORDS["recalibrated"]
    if now.trained_s < RECALIBRATE_S:
        return REFUSAL_WORDS["recalibration"].format(needed=f"{RECALIBRATE_S:g}", there=f"{now.trained_s:.0f}")
    return ""


def _runs_refusal(runs: int, run_s: float, begun: int | None) -> str:
    shortest_s, longest_s = RUN_LIMITS_S
    if begun is None:
        return REFUSAL_WORDS["last run"]
    if not 1 <= runs <= MOST_RUNS:
        return REFUSAL_WORDS["runs"].format(runs=runs, most=MOST_RUNS)
    if runs < begun:
        return REFUSAL_WORDS["runs begun"].format(runs=runs, begun=begun)
    if not shortest_s <= run_s <= longest_s:
        limits = {"shortest": f"{shortest_s:g}", "longest": f"{longest_s:g}"}
        return REFUSAL_WORDS["run length"].format(run_s=f"{run_s:g}", **limits)
    return ""


def _iaf_refusal(hz: float | None, reason: str, misfit: Callable[[float], str]) -> str:
    lowest, highest = IAF_LIMITS_HZ
    if hz is not None and not lowest <= hz <= highest:
        return REFUSAL_WORDS["alpha peak"].format(hz=f"{hz:g}", lowest=f"{lowest:g}", highest=f"{highest:g}")
    if not reason.strip():
        return REFUSAL_WORDS["no reason"]
    return "" if hz is None else misfit(hz)


def _overrules(cause: PauseCause, present: PauseCause) -> bool:
    """A person who pauses a paused session means it to stay so when the link or the contact is back."""
    return cause is PauseCause.OPERATOR and present is not PauseCause.OPERATOR
