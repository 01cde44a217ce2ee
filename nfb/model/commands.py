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
class Mark:
    """A marker; `text` is free, e.g. ``yawn``."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    text: str


Command = Pause | Resume | NextStage | End | SetThreshold | SetTarget | Mark | Note

COMMANDS: dict[str, type[Command]] = {
    "pause": Pause,
    "resume": Resume,
    "next_stage": NextStage,
    "end": End,
    "set_threshold": SetThreshold,
    "set_target": SetTarget,
    "mark": Mark,
    "note": Note,
}
