"""What a session reports besides its hops. Events hold sample indices, never clock times."""

from dataclasses import dataclass

from nfb.model.commands import Command, EndReason
from nfb.model.hop import Cause
from nfb.model.protocol import Stage
from nfb.model.samples import Gap


@dataclass(frozen=True, slots=True)
class StageStarted:
    hop: int
    sample: int
    stage: int
    label: str


@dataclass(frozen=True, slots=True)
class StageEnded:
    """`valid_s` is clean time, `held_s` time lost to artefacts, `elapsed_s` all of it, in samples ÷ rate."""

    hop: int
    sample: int
    stage: int
    label: str
    valid_s: float
    held_s: float
    elapsed_s: float
    rewards: int
    in_range_share: float  # of valid time; NaN if there was none


@dataclass(frozen=True, slots=True)
class StateChanged:
    """`state` is the name of a :class:`nfb.session.states.State`; `why` is in plain words."""

    hop: int
    sample: int
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CommandApplied:
    hop: int
    sample: int
    command: Command


@dataclass(frozen=True, slots=True)
class CommandRefused:
    """The command had no meaning in the session's state; nothing changed."""

    hop: int
    sample: int
    command: Command
    reason: str


@dataclass(frozen=True, slots=True)
class GapSeen:
    hop: int
    gap: Gap


@dataclass(frozen=True, slots=True)
class ArtefactStarted:
    hop: int
    sample: int
    cause: Cause
    channel: str


@dataclass(frozen=True, slots=True)
class ArtefactEnded:
    hop: int
    sample: int
    held_s: float


@dataclass(frozen=True, slots=True)
class Rewarded:
    hop: int
    sample: int
    number: int


@dataclass(frozen=True, slots=True)
class ThresholdChanged:
    """`by` says who moved it; `old` is NaN at first.

    ``baseline``, ``operator``, ``rule`` (rolling percentile, staircase), ``recalibration``, ``auto``, ``filters``
    (designed anew: the same share passes), ``course`` (the course's target at the start of a visit).
    """

    hop: int
    sample: int
    condition: int
    feature: str
    old: float
    new: float
    by: str


@dataclass(frozen=True, slots=True)
class BaselineDone:
    """Statistics of the clean baseline.

    `expected_in_range` is the share of it in which all conditions were met at once under the thresholds it gave.
    """

    hop: int
    sample: int
    clean_s: float
    expected_in_range: float
    feature_p10: tuple[float, ...]
    feature_median: tuple[float, ...]
    feature_p90: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BaselineShort:
    """The baseline ended with too little clean EEG for thresholds; it goes on until there is enough."""

    hop: int
    sample: int
    clean_s: float
    needed_s: float


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Once a second: one grade (``good``, ``weak``, ``off``, ``unknown``) and one reason per channel."""

    hop: int
    sample: int
    grades: tuple[str, ...]
    reasons: tuple[str, ...]
    mains_hz: float | None


@dataclass(frozen=True, slots=True)
class FilterFitted:
    """Band filters were designed: at the start from the population prior, later for this person.

    `basis` is ``prior``, or ``person`` for filters from clean EEG: of the baseline, of the first clean seconds where
    there is none, or of the last ones if the operator asks for it.
    """

    hop: int
    sample: int
    basis: str
    delays_s: tuple[float, ...]
    expected_r: tuple[float, ...]  # correlation with the zero-phase envelope, NaN where not known
    expected_f1: tuple[float, ...]  # agreement on "above its threshold", NaN where not known


@dataclass(frozen=True, slots=True)
class AlphaPeakFound:
    """The individual alpha frequency was looked for with eyes closed, in the mean spectrum of `channels`.

    `hz` is None where there is no clear peak; `why` says what was seen. The spectrum that was looked at follows, for
    people to look at: log10 of µV²/Hz from 4 to 20 Hz and its 1/f line; empty where there was none.
    """

    hop: int
    sample: int
    hz: float | None
    why: str
    channels: tuple[str, ...]
    frequencies_hz: tuple[float, ...] = ()
    log10_psd: tuple[float, ...] = ()
    log10_line: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Crossed:
    """Theta has stood above alpha for as long as the protocol's crossover asks; or, with `began` False, no more."""

    hop: int
    sample: int
    began: bool


@dataclass(frozen=True, slots=True)
class StagesPlanned:
    """All stages of the session as they are meant now; those that have begun are as they were."""

    hop: int
    sample: int
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class AuditLine:
    """What a reader of the score must know, in words."""

    hop: int
    sample: int
    text: str


@dataclass(frozen=True, slots=True)
class SessionEnded:
    hop: int
    sample: int
    reason: EndReason


Event = (
    StageStarted
    | StageEnded
    | StateChanged
    | CommandApplied
    | CommandRefused
    | GapSeen
    | ArtefactStarted
    | ArtefactEnded
    | Rewarded
    | ThresholdChanged
    | BaselineDone
    | BaselineShort
    | QualityReport
    | FilterFitted
    | AlphaPeakFound
    | Crossed
    | StagesPlanned
    | AuditLine
    | SessionEnded
)
