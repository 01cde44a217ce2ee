"""What an operator (or a script, or a supervisor) can ask of a running session.

A command takes effect at the next hop border, is echoed as :class:`~nfb.model.events.CommandApplied`, written to the
journal with its hop, and fed back by replay at that hop.
"""

from dataclasses import dataclass
from enum import Enum


class PauseCause(Enum):
    OPERATOR = "operator"
    LINK = "link"
    CONTACT = "contact"
    DISK = "disk"


class EndReason(Enum):
    COMPLETED = "completed"  # all stages done
    STOPPED = "stopped by the operator"
    TIME_LIMIT = "time limit"
    DEVICE_GONE = "device gone"
    SOURCE_ENDED = "end of the data"
    INTERRUPTED = "interrupted"  # crash, kill or log-off; set by recovery
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Pause:
    cause: PauseCause = PauseCause.OPERATOR


@dataclass(frozen=True, slots=True)
class Resume:
    pass


@dataclass(frozen=True, slots=True)
class NextStage:
    """End the present stage now and begin the next."""


@dataclass(frozen=True, slots=True)
class End:
    reason: EndReason = EndReason.STOPPED


@dataclass(frozen=True, slots=True)
class WaitAfter:
    """From now on, pause at the border after these stages until somebody says to go on.

    `baseline`: its thresholds are looked at before anybody trains with them. `rest`: the client ends the break; an
    operator who goes on early does not have to say it twice.
    """

    baseline: bool
    rest: bool


@dataclass(frozen=True, slots=True)
class SetThreshold:
    """Set the threshold of condition number `condition` to `value` (feature's unit)."""

    condition: int
    value: float


@dataclass(frozen=True, slots=True)
class SetTarget:
    """Aim at another share of time passed (0..1) and recompute the threshold from the clean baseline."""

    condition: int
    target: float


@dataclass(frozen=True, slots=True)
class SetThresholds:
    """Set all thresholds at once, one value per condition; NaN leaves one where it is. Undoes whatever moved them."""

    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class AimAt:
    """From now on take thresholds anew so that all conditions are met at once in a share `target` of the time; it
    moves nothing by itself."""

    target: float


@dataclass(frozen=True, slots=True)
class Auto:
    """Estimate the percentile thresholds anew at the start of every run, and at most once within it."""

    on: bool


@dataclass(frozen=True, slots=True)
class Recalibrate:
    """The session's one guarded recalibration, by hand: percentiles of the last clean seconds of training."""


@dataclass(frozen=True, slots=True)
class Refit:
    """Design the band filters anew from the last clean seconds; thresholds keep the share that passes them."""


@dataclass(frozen=True, slots=True)
class SetFeedback:
    """What the client sees and hears from now on; no decision depends on it."""

    mode: str
    sound: str


@dataclass(frozen=True, slots=True)
class SetRuns:
    """Plan the runs that have not begun: `runs` in all, of `run_s` valid seconds each."""

    runs: int
    run_s: float


@dataclass(frozen=True, slots=True)
class SetIaf:
    """Use `hz` as the individual alpha frequency (None: the protocol's fixed bands) from the next stage on."""

    hz: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker; `text` is free, e.g. ``yawn``."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    text: str


Command = (
    Pause
    | Resume
    | NextStage
    | End
    | WaitAfter
    | SetThreshold
    | SetTarget
    | SetThresholds
    | AimAt
    | Auto
    | Recalibrate
    | Refit
    | SetFeedback
    | SetRuns
    | SetIaf
    | Mark
    | Note
)

COMMANDS: dict[str, type[Command]] = {
    "pause": Pause,
    "resume": Resume,
    "next_stage": NextStage,
    "end": End,
    "wait_after": WaitAfter,
    "set_threshold": SetThreshold,
    "set_target": SetTarget,
    "set_thresholds": SetThresholds,
    "aim_at": AimAt,
    "auto": Auto,
    "recalibrate": Recalibrate,
    "refit": Refit,
    "set_feedback": SetFeedback,
    "set_runs": SetRuns,
    "set_iaf": SetIaf,
    "mark": Mark,
    "note": Note,
}
