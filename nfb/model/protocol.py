"""A training protocol as frozen values. Files are read into these by :mod:`nfb.files.protocol_file`."""

from dataclasses import dataclass, field
from enum import Enum


class FeatureKind(Enum):
    AMPLITUDE = "amplitude"  # mean over sites of the band envelope, µV
    POWER = "power"  # mean over sites of envelope²/2, µV² (a sinusoid of amplitude A has A²/2)
    RELATIVE = "relative"  # band power ÷ power of `relative_to_hz`, 0..1
    RATIO = "ratio"  # quotient of two other features
    ASYMMETRY = "asymmetry"  # ln power(right sites) - ln power(left sites)
    COHERENCE = "coherence"  # magnitude-squared coherence of two sites, 0..1
    IMAGINARY_COHERENCE = "imaginary_coherence"  # the same without what reaches both sites at once, 0..1
    PHASE_LOCKING = "phase_locking"  # constancy of the phase difference of two sites, 0..1

    @property
    def is_coupling(self) -> bool:
        """Whether it tells how two sites go together."""
        return self in (FeatureKind.COHERENCE, FeatureKind.IMAGINARY_COHERENCE, FeatureKind.PHASE_LOCKING)


class Direction(Enum):
    UP = "up"
    DOWN = "down"


class Role(Enum):
    REWARD = "reward"  # its value drives the feedback
    INHIBIT = "inhibit"  # must stay on its side of the threshold for a reward, trained and shown


class ThresholdRule(Enum):
    FIXED = "fixed"  # a value in the feature's unit
    BASELINE_PERCENTILE = "baseline_percentile"  # `target` of the clean baseline would have passed; then frozen
    BASELINE_Z = "baseline_z"  # `k` standard deviations from the clean baseline's mean; then frozen
    COURSE = "course"  # as BASELINE_PERCENTILE at the first visit; then kept, and raised after a good one
    ROLLING_PERCENTILE = "rolling_percentile"  # auto: `target` of the last clean `window_s` would have passed
    STAIRCASE = "staircase"  # auto: moves against every surplus of success by `gain` per second

    @property
    def is_auto(self) -> bool:
        """Whether it follows the signal during a run: then the score says nothing about learning."""
        return self in (ThresholdRule.ROLLING_PERCENTILE, ThresholdRule.STAIRCASE)

    @property
    def has_target(self) -> bool:
        """Whether it aims at a share of time passed."""
        return self not in (ThresholdRule.FIXED, ThresholdRule.BASELINE_Z)


class StageKind(Enum):
    CHECK = "check"  # signal check: lasts until the operator goes on
    BASELINE = "baseline"
    RUN = "run"
    REST = "rest"
    TRANSFER = "transfer"  # as a run, without feedback


class Eyes(Enum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Reference:
    """A published source: what it is (`text`) and its DOI (may be empty)."""

    text: str
    doi: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known and what is not. `level` is a short tag, `limits` is never empty."""

    level: str
    summary: str
    limits: str
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Fallback:
    """Sites to use on a headset that lacks the protocol's own.

    Parameters
    ----------
    replace
        For each wanted site those that stand in for it; a feature averages over several. Wanted sites that are not
        named are dropped.
    reference
        Replaces the montage's, if not empty.
    note
        What stands in for what, in words.
    adapted
        Sessions that use these sites are labelled "adapted". False where the sources used these sites as well.
    """

    replace: dict[str, tuple[str, ...]]
    reference: str | tuple[str, ...] = ""
    note: str = ""
    adapted: bool = True


@dataclass(frozen=True, slots=True)
class Montage:
    """Electrodes and derivation.

    Parameters
    ----------
    sites
        10-10 names that the features use.
    min_sites
        How many of `sites` must be there for the montage to count as exact.
    reference
        ``"device"`` (as recorded), ``"average"`` (of all good channels, needs eight), or a tuple of sites whose
        mean is subtracted (``("A1", "A2")`` = linked ears).
    fallbacks
        Tried in order where `sites` cannot be met.
    """

    sites: tuple[str, ...]
    min_sites: int
    reference: str | tuple[str, ...] = "device"
    fallbacks: tuple[Fallback, ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """A frequency band: fixed, or relative to the individual alpha frequency (IAF) with a fixed stand-in.

    `hz` is the band used when `from_iaf_hz` is None or no individual alpha peak is known.
    """

    hz: tuple[float, float]
    from_iaf_hz: tuple[float, float] | None = None

    def at(self, iaf_hz: float | None) -> tuple[float, float]:
        """Edges in Hz for a person whose alpha peak is `iaf_hz` (None: no clear peak).

        >>> Band((10.0, 12.0), (0.0, 2.0)).at(9.5)
        (9.5, 11.5)
        """
        if self.from_iaf_hz is None or iaf_hz is None:
            return self.hz
        return (iaf_hz + self.from_iaf_hz[0], iaf_hz + self.from_iaf_hz[1])


@dataclass(frozen=True, slots=True)
class Feature:
    """A number computed at every hop.

    Parameters
    ----------
    sites
        Sites averaged over; for ASYMMETRY the right ones; the two of a coupling. Empty for RATIO.
    left_sites
        ASYMMETRY only.
    numerator, denominator
        RATIO only: names of other features of the same protocol.
    log
        Natural logarithm of the value (a ratio becomes a difference of logs).
    delay_s
        Delay at which the band envelope is estimated; the file reader fills in the default for the bandwidth.
    estimator
        Key of :data:`nfb.dsp.estimators.ESTIMATORS`.
    slow
        Band power over about a second, `delay_s` late, by a second stage of weights on the last 1.2 s of power.
    smoothing_s
        Time constant of a one-pole smoothing of the value; 0 for none. Its delay is declared and shown. Of a coupling
        it is that of the averages which it is made of.
    """

    name: str
    kind: FeatureKind
    band: Band | None = None
    relative_to_hz: tuple[float, float] = (1.0, 45.0)
    sites: tuple[str, ...] = ()
    left_sites: tuple[str, ...] = ()
    numerator: str = ""
    denominator: str = ""
    log: bool = False
    estimator: str = "wiener"
    delay_s: float = 0.15
    taps_s: float = 2.0
    slow: bool = False
    smoothing_s: float = 0.0

    @property
    def unit(self) -> str:
        """Unit of the value: µV, µV² or none."""
        if self.log or self.kind not in (FeatureKind.AMPLITUDE, FeatureKind.POWER):
            return "1"
        return "µV" if self.kind is FeatureKind.AMPLITUDE else "µV²"


@dataclass(frozen=True, slots=True)
class Threshold:
    """How a condition's limit is found.

    Parameters
    ----------
    rule
        The rule; the other values serve those rules that name them.
    target
        Share of time passed, 0..1: percentile rules and staircase.
    value
        FIXED: the limit in the feature's unit.
    k
        BASELINE_Z: standard deviations (of the logarithm, where the feature is positive) towards the harder side.
    window_s
        ROLLING_PERCENTILE: clean seconds looked back on.
    gain
        STAIRCASE: change per second and surplus of success, as a share of the threshold.
    """

    rule: ThresholdRule
    target: float = 0.65
    value: float | None = None
    k: float = 0.0
    window_s: float = 90.0
    gain: float = 0.03


@dataclass(frozen=True, slots=True)
class Recalibrate:
    """One guarded correction a session: once `after_s` clean seconds have been trained and the share in range lies
    outside `low`..`high`, the baseline percentiles are taken anew from the last `from_s` clean seconds."""

    after_s: float = 180.0
    low: float = 0.4
    high: float = 0.9
    from_s: float = 90.0


@dataclass(frozen=True, slots=True)
class Condition:
    """`feature` must be above (UP) or below (DOWN) its threshold."""

    feature: str
    role: Role
    direction: Direction
    threshold: Threshold


@dataclass(frozen=True, slots=True)
class Guards:
    """Limits of the artefact detectors; defaults and meaning in :mod:`nfb.dsp.artefacts`. None switches one off."""

    amplitude_uv: float | None = 100.0
    gradient_uv: float | None = 50.0
    blink_uv: float | None = 60.0
    muscle_uv: float | None = 10.0
    motion_g: float | None = 0.05
    drowsiness: bool = False


@dataclass(frozen=True, slots=True)
class Reward:
    """Discrete reward: all conditions met for `dwell_s` without a break, then none for `refractory_s`.

    With `must_fall_back` the reward features must also have fallen past their thresholds by `fall_back` (a share
    of the threshold) before the dwell of the next reward can begin.
    """

    dwell_s: float = 0.5
    refractory_s: float = 1.0
    must_fall_back: bool = False
    fall_back: float = 0.05


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the client sees and hears by default."""

    mode: str = "bar"
    chime: bool = True
    instruction: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of a session. `duration_s` counts *valid* time (holds stop the clock), except in a REST.

    `conditions` names the features whose conditions hold in it; none named means all. A baseline `for_peak` has its
    eyes closed so that the alpha peak can be found, and no threshold comes from it.
    """

    kind: StageKind
    label: str  # "check", "baseline", "run-1", "rest-1", "transfer"
    duration_s: float
    eyes: Eyes = Eyes.OPEN
    min_clean_s: float = 0.0
    conditions: tuple[str, ...] = ()
    for_peak: bool = False

    @property
    def has_feedback(self) -> bool:
        return self.kind is StageKind.RUN

    @property
    def gives_thresholds(self) -> bool:
        """Whether it is a baseline that thresholds come from."""
        return self.kind is StageKind.BASELINE and not self.for_peak

    def holding(self, conditions: tuple[Condition, ...]) -> tuple[int, ...]:
        """Numbers of the conditions that hold in it."""
        return tuple(i for i, c in enumerate(conditions) if not self.conditions or c.feature in self.conditions)


@dataclass(frozen=True, slots=True)
class Crossover:
    """The state that alpha-theta training waits for: feature `theta` above `alpha` by `by_uv` for `for_s` clean
    seconds (Johnson 2011). It is told, not rewarded."""

    theta: str = "theta"
    alpha: str = "alpha"
    by_uv: float = 1.0
    for_s: float = 180.0


@dataclass(frozen=True, slots=True)
class Course:
    """How often the source protocols were given; words for people, not enforced."""

    sessions: str = ""
    per_week: str = ""


@dataclass(frozen=True, slots=True)
class Protocol:
    """A training protocol, whole and checked.

    `text` is the file it came from, verbatim; it is stored with every session.
    """

    id: str
    version: int
    name: str
    purpose: str
    evidence: Evidence
    montage: Montage
    features: tuple[Feature, ...]
    conditions: tuple[Condition, ...]
    stages: tuple[Stage, ...]
    cautions: tuple[str, ...] = ()
    guards: Guards = Guards()
    reward: Reward = Reward()
    recalibrate: Recalibrate | None = None
    feedback: Feedback = Feedback()
    course: Course = Course()
    crossover: Crossover | None = None
    hop_s: float = 0.02
    text: str = field(default="", compare=False, repr=False)

    def feature(self, name: str) -> Feature:
        """The feature called `name`; KeyError if there is none."""
        for feature in self.features:
            if feature.name == name:
                return feature
        raise KeyError(name)
