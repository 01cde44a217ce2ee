"""Why a command has no meaning now, in plain words."""

import math

from nfb.model.commands import Command, Pause, PauseCause, Resume, SetTarget, SetThreshold


def refusal(command: Command, paused_for: PauseCause | None, n_conditions: int, has_baseline: bool) -> str:
    """Why a session refuses a command; empty if it does not.

    Parameters
    ----------
    paused_for
        Why the session is paused; None if it is not.
    n_conditions
        Conditions of the protocol.
    has_baseline
        Whether there is a clean baseline to take thresholds from.
    """
    if isinstance(command, Resume) and paused_for is None:
        return "the session is not paused"
    if isinstance(command, Pause) and paused_for is not None and not _overrules(command.cause, paused_for):
        return "the session is paused already"
    if isinstance(command, SetThreshold | SetTarget) and not 0 <= command.condition < n_conditions:
        return f"condition {command.condition}: the protocol has conditions 0 to {n_conditions - 1}"
    if isinstance(command, SetThreshold) and not math.isfinite(command.value):
        return f"threshold {command.value}: must be a finite number"
    if isinstance(command, SetTarget):
        if not 0.0 < command.target < 1.0:
            return f"target {command.target:g}: must lie between 0 and 1"
        if not has_baseline:
            return "there is no clean baseline to take the threshold from"
    return ""


def _overrules(cause: PauseCause, present: PauseCause) -> bool:
    """A person who pauses a paused session means it to stay so when the link or the contact is back."""
    return cause is PauseCause.OPERATOR and present is not PauseCause.OPERATOR
