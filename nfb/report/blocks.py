"""The trained feature of a session, block by block: what the learning metrics are computed from."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nfb.dsp.spectrum import Mask
from nfb.files.feedback_reader import FeedbackTable
from nfb.files.recording import Recording
from nfb.model.errors import RecordingError
from nfb.model.hop import CAUSE_WORDS, Cause
from nfb.model.protocol import Condition, Direction, Feature, FeatureKind, Role, StageKind
from nfb.model.samples import Float64
from nfb.session.plan import stage_kind
from nfb.session.setup import Setup

_SETTLING = CAUSE_WORDS[Cause.SETTLING]


@dataclass(frozen=True, slots=True)
class Measure:
    """The feature that learning is measured on, and how.

    Parameters
    ----------
    direction
        The way it is trained.
    takes_log
        Metrics are computed on its natural logarithm.
    in_percent
        Differences of what metrics are computed on can be said in percent; an asymmetry's cannot.
    bandwidth_hz
        Of its band; `valid_s` times this is the number of independent looks at it. NaN for a ratio.
    auto
        Its threshold follows the signal, so that rewards say nothing about learning.
    """

    name: str
    unit: str
    direction: Direction = Direction.UP
    takes_log: bool = True
    in_percent: bool = True
    bandwidth_hz: float = float("nan")
    auto: bool = False

    @property
    def sign(self) -> int:
        """1 where more is trained, -1 where less is."""
        return 1 if self.direction is Direction.UP else -1


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One stage of a session.

    Parameters
    ----------
    first_row
        Its first row in the feedback table.
    values
        ``(n_hops,)`` the feature (or its logarithm) at every hop; NaN where the hop is not clean.
    in_range
        ``(n_hops,)`` 1 or 0: all conditions met; NaN where the hop is not clean or had no threshold.
    rewards
        Discrete rewards given.
    """

    label: str
    kind: StageKind
    hop_s: float
    values: Float64
    in_range: Float64
    rewards: int = 0
    first_row: int = 0

    @property
    def clean(self) -> Mask:
        return np.isfinite(self.values)

    @property
    def valid_s(self) -> float:
        return float(self.clean.sum()) * self.hop_s

    @property
    def elapsed_s(self) -> float:
        return len(self.values) * self.hop_s


@dataclass(frozen=True, slots=True, eq=False)
class SessionBlocks:
    """The blocks of one session in order."""

    measure: Measure
    blocks: tuple[Block, ...]

    @property
    def baseline(self) -> Block | None:
        """B0, the rest before."""
        return next((block for block in self.blocks if block.kind is StageKind.BASELINE), None)

    @property
    def after(self) -> Block | None:
        """B1, a rest of the baseline's kind after the last run."""
        kinds = [block.kind for block in self.blocks]
        last_run = len(kinds) - 1 - kinds[::-1].index(StageKind.RUN) if StageKind.RUN in kinds else len(kinds)
        return next((block for block in self.blocks[last_run:] if block.kind is StageKind.BASELINE), None)

    @property
    def runs(self) -> tuple[Block, ...]:
        return tuple(block for block in self.blocks if block.kind is StageKind.RUN)

    @property
    def transfer(self) -> Block | None:
        return next((block for block in self.blocks if block.kind is StageKind.TRANSFER), None)

    @property
    def valid_share(self) -> float:
        """Clean share of the runs' time; NaN without runs."""
        elapsed = sum(block.elapsed_s for block in self.runs)
        return sum(block.valid_s for block in self.runs) / elapsed if elapsed else float("nan")


def trained_condition(setup: Setup) -> Condition:
    """The protocol's first rewarded condition: what its learning is measured on."""
    return next(condition for condition in setup.protocol.conditions if condition.role is Role.REWARD)


def measure_of(setup: Setup, feature_name: str = "") -> Measure:
    """How a feature is measured; the rewarded one if none is named."""
    trained = trained_condition(setup)
    feature = setup.protocol.feature(feature_name or trained.feature)
    condition = next((c for c in setup.protocol.conditions if c.feature == feature.name), trained)
    in_percent = feature.kind is not FeatureKind.ASYMMETRY
    rewards = [c for c in setup.protocol.conditions if c.role is Role.REWARD]
    return Measure(
        name=feature.name,
        unit=feature.unit,
        direction=condition.direction,
        takes_log=in_percent and not feature.log,
        in_percent=in_percent,
        bandwidth_hz=_bandwidth_hz(feature, setup.iaf_hz),
        auto=any(c.threshold.rule.is_auto for c in rewards),
    )


def session_blocks(setup: Setup, table: FeedbackTable, feature_name: str = "") -> SessionBlocks:
    """Cut a feedback table into blocks.

    Parameters
    ----------
    feature_name
        The feature, or empty for the rewarded one.

    Notes
    -----
    Clean is a hop that is neither held nor paused nor settling and whose feature is a number; a feature that is to
    be taken the logarithm of must also be above 0.
    """
    measure = measure_of(setup, feature_name)
    columns = table.columns
    raw = np.asarray(columns[f"feature.{measure.name}"], dtype=np.float64)
    clean = clean_rows(table) & np.isfinite(raw)
    if measure.takes_log:
        clean &= raw > 0
    values = np.full(len(raw), np.nan)
    values[clean] = np.log(raw[clean]) if measure.takes_log else raw[clean]
    threshold = np.asarray(columns[f"threshold.{trained_condition(setup).feature}"], dtype=np.float64)
    in_range = np.where(clean & np.isfinite(threshold), np.asarray(columns["in_range"], dtype=np.float64), np.nan)
    rewards = np.asarray(columns["reward"], dtype=np.int64)
    # Its bands are not those of the stages after it.
    for_peak = {stage.label for stage in setup.stages if stage.for_peak}
    blocks = []
    for label, first, stop in spans(columns["stage"]):
        kind = stage_kind(label, setup.stages)
        if kind is not None and label not in for_peak:
            rows = slice(first, stop)
            n_rewards = int(rewards[rows].sum())
            blocks.append(Block(str(label), kind, setup.hop_s, values[rows], in_range[rows], n_rewards, first))
    return SessionBlocks(measure, tuple(blocks))


def session_of(recording: Recording, feature_name: str = "") -> SessionBlocks:
    """The blocks of a recorded session, for a feature or, unnamed, the rewarded one.

    Raises
    ------
    RecordingError
        The recording is of another program, or its decisions were not recorded.
    """
    if recording.session is None:
        raise RecordingError(
            f"{recording.path.name}: was not recorded by this program, so it holds no training to measure; "
            "`nfb replay` runs a protocol on it"
        )
    return session_blocks(recording.session.setup, recording.session.feedback, feature_name)


def clean_rows(table: FeedbackTable) -> Mask:
    """``(n_rows,)`` neither held nor paused nor settling."""
    clean: Mask = (np.asarray(table.columns["artefact"]) == 0) & (np.asarray(table.columns["state"]) == "running")
    return clean


def held_rows(table: FeedbackTable) -> Mask:
    """``(n_rows,)`` held for an artefact or poor contact; filters that settle at the start are none."""
    held = np.asarray(table.columns["artefact"]) == 1
    mask: Mask = held & (np.asarray(table.columns["artefact_cause"]) != _SETTLING)
    return mask


def spans(values: NDArray[np.generic]) -> list[tuple[str, int, int]]:
    """Stretches of equal values: value, first row, row after the last.

    >>> spans(np.array(["a", "a", "b"]))
    [('a', 0, 2), ('b', 2, 3)]
    """
    if not len(values):
        return []
    borders = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist(), len(values)]
    return [(str(values[a]), a, b) for a, b in pairwise(borders)]


def _bandwidth_hz(feature: Feature, iaf_hz: float | None) -> float:
    if feature.band is None:
        return float("nan")
    low, high = feature.band.at(iaf_hz)
    return high - low
