"""Learning metrics with 95 % intervals: within a session, against its baseline, and across a course.

All are pure functions of blocks (:mod:`nfb.report.blocks`) and give the same numbers every time: the bootstrap has a
fixed seed. Changes are on the measure's own scale, mostly the natural logarithm; :meth:`Estimate.percent` says them
in percent.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from nfb.model.protocol import Direction
from nfb.model.samples import Float64
from nfb.report.blocks import Block, SessionBlocks
from nfb.report.stats import (
    CHUNK_S,
    MIN_CHUNKS,
    N_DRAWS,
    UNKNOWN,
    Estimate,
    chunk_means,
    interval_of,
    line_estimate,
    mean_estimate,
    partial_correlation,
    resample_means,
    t_estimate,
    theil_sen,
)

MIN_SESSIONS = 4
MIN_VALID_SHARE = 0.6
SUCCESS_PERCENTILE = 70.0
FLAT_LN = math.log(1.05)  # a session whose whole change surely stays within 5 % is flat
COVARIES = 0.3


class Trend(Enum):
    RISING = "rising"
    FALLING = "falling"
    FLAT = "flat"
    UNCLEAR = "unclear"


class Learning(Enum):
    """`LEARNER` only if the trained feature moved the trained way within sessions and across them."""

    LEARNER = "learner"
    NOT_SHOWN = "not shown"
    TOO_FEW = "too few"


@dataclass(frozen=True, slots=True)
class BlockStats:
    """One block on the measure's scale. `n_eff` is valid time times bandwidth: independent looks at the band."""

    label: str
    mean: Estimate
    sd: float
    valid_s: float
    n_eff: float


@dataclass(frozen=True, slots=True)
class WithinSession:
    """Change over the runs of one session: per run, and of the last third against the first."""

    slope: Estimate
    last_minus_first: Estimate
    trend: Trend
    n_runs: int


@dataclass(frozen=True, slots=True)
class AgainstBaseline:
    """Runs minus baseline on the measure's scale, and in standard deviations of the baseline (Hedges' g)."""

    difference: Estimate
    hedges_g: Estimate


@dataclass(frozen=True, slots=True)
class RewardRate:
    """`share` of valid time in range (0..1) and rewards per minute of valid time, under the recorded thresholds."""

    share: Estimate
    tokens_per_min: float
    valid_s: float


@dataclass(frozen=True, slots=True)
class Bouts:
    """Episodes on the trained side of a limit, in clean time.

    `median_s` and `amplitude` (median of their means, on the measure's scale) are over episodes seen whole, from
    border to border; NaN if there were none.
    """

    per_min: float
    median_s: float
    amplitude: float
    n: int
    n_whole: int


@dataclass(frozen=True, slots=True)
class Course:
    """A series of sessions of one protocol.

    Parameters
    ----------
    means, baselines
        Per session, on the measure's scale.
    success
        Per session, share of clean training time beyond the first session's fixed limit: comparable between sessions.
    slope, baseline_slope, success_slope
        Per session; without an interval below four sessions.
    within
        Mean over sessions of the change per run.
    """

    means: tuple[Estimate, ...]
    baselines: tuple[Estimate, ...]
    success: tuple[Estimate, ...]
    slope: Estimate
    baseline_slope: Estimate
    success_slope: Estimate
    within: Estimate
    valid_share: float
    learning: Learning


def chunks_of(block: Block) -> Float64:
    """Means of consecutive 5 s of the block's clean time."""
    return chunk_means(block.values, round(CHUNK_S / block.hop_s))


def block_stats(block: Block, bandwidth_hz: float = math.nan) -> BlockStats:
    """Mean with interval, standard deviation over hops, and time."""
    known = block.values[block.clean]
    sd = float(known.std(ddof=1)) if len(known) > 1 else math.nan
    return BlockStats(block.label, mean_estimate(chunks_of(block)), sd, block.valid_s, block.valid_s * bandwidth_hz)


def session_mean(session: SessionBlocks, seed: int = 0) -> Estimate:
    """Mean of the runs' means; `n` counts chunks."""
    return _combined(_runs(session)[1], seed, lambda means: means.mean(axis=-1))


def within_session(session: SessionBlocks, seed: int = 0) -> WithinSession:
    """Theil–Sen slope of the runs' means against their number, and last third minus first third of the runs.

    Notes
    -----
    The intervals tell how well the means are known, not how much a person varies from run to run: they are narrower
    than those of a model that knows several sessions.
    """
    numbers, runs = _runs(session)
    if len(runs) < 2:
        return WithinSession(UNKNOWN, UNKNOWN, Trend.UNCLEAR, len(runs))
    third = max(1, len(runs) // 3)
    slope = _combined(runs, seed, lambda means: theil_sen(numbers, means))
    change = _combined(runs, seed, lambda m: m[..., -third:].mean(axis=-1) - m[..., :third].mean(axis=-1))
    return WithinSession(slope, change, _trend(slope, float(numbers[-1] - numbers[0])), len(runs))


def against_baseline(session: SessionBlocks, seed: int = 0) -> AgainstBaseline:
    """Mean of the runs minus B0; for Hedges' g in standard deviations of B0's hops, corrected for their number.

    Notes
    -----
    The correction 1 - 3/(4·dof - 1) takes valid time times bandwidth for the number of independent values, for hops
    are not independent; without a bandwidth it takes 5-s chunks.
    """
    baseline = session.baseline
    runs = _runs(session)[1]
    if baseline is None or not runs or len(rest := chunks_of(baseline)) < 2:
        return AgainstBaseline(UNKNOWN, UNKNOWN)
    difference = _combined([rest, *runs], seed, lambda m: m[..., 1:].mean(axis=-1) - m[..., 0])
    spread = block_stats(baseline, session.measure.bandwidth_hz)
    looks = spread.n_eff if math.isfinite(spread.n_eff) else len(rest)
    if not spread.sd > 0 or not difference.has_interval or looks <= 2:
        return AgainstBaseline(difference, UNKNOWN)
    correction = 1 - 3 / (4 * (looks - 1) - 1)
    value = correction * difference.value / spread.sd
    means = resample_means([rest, *runs], seed)
    # The baseline's spread is itself an estimate: its chunks are drawn together with their mean squares.
    squares = chunk_means(baseline.values**2, round(CHUNK_S / baseline.hop_s))
    picks = np.random.default_rng(seed + 1).integers(0, len(rest), (N_DRAWS, len(rest)))
    variance = squares[picks].mean(axis=1) - rest[picks].mean(axis=1) ** 2
    draws = correction * (means[:, 1:].mean(axis=1) - means[:, 0]) / np.sqrt(np.maximum(variance, 1e-12))
    return AgainstBaseline(difference, Estimate(value, *interval_of(draws, len(rest)), difference.n))


def sustained(session: SessionBlocks, seed: int = 0) -> Estimate:
    """B1 - B0: what is left in the rest after training; unknown where no rest was recorded after the last run."""
    return _minus_baseline(session, session.after, seed)


def transfer(session: SessionBlocks, seed: int = 0) -> Estimate:
    """The run without feedback minus B0; unknown where there was none."""
    return _minus_baseline(session, session.transfer, seed)


def reward_rate(*sessions: SessionBlocks) -> RewardRate | None:
    """Time in range and rewards per minute over the runs of one session or several.

    Returns
    -------
    RewardRate or None
        None for several sessions if any had automatic thresholds: those hold the rate where they want it.
    """
    if len(sessions) > 1 and any(session.measure.auto for session in sessions):
        return None
    runs = [run for session in sessions for run in session.runs]
    chunks = [chunk_means(run.in_range, round(CHUNK_S / run.hop_s)) for run in runs]
    valid_s = sum(run.valid_s for run in runs)
    share = mean_estimate(np.concatenate([np.empty(0), *chunks]))
    per_min = 60 * sum(run.rewards for run in runs) / valid_s if valid_s else math.nan
    return RewardRate(share, per_min, valid_s)


def success_limit(session: SessionBlocks, percentile: float = SUCCESS_PERCENTILE) -> float:
    """The 70th percentile of the session's clean baseline (the 30th where less is trained); NaN without one."""
    if session.baseline is None or not session.baseline.clean.any():
        return math.nan
    side = percentile if session.measure.direction is Direction.UP else 100 - percentile
    return float(np.percentile(session.baseline.values[session.baseline.clean], side))


def success(session: SessionBlocks, limit: float) -> Estimate:
    """Share of clean training time beyond a fixed limit, whatever thresholds were in force.

    Parameters
    ----------
    limit
        Of the *first* session of the course (:func:`success_limit`), on the measure's scale.
    """
    if not math.isfinite(limit):
        return UNKNOWN
    chunks = [chunk_means(_beyond(run, session, limit), round(CHUNK_S / run.hop_s)) for run in session.runs]
    return mean_estimate(np.concatenate([np.empty(0), *chunks]))


def bouts(session: SessionBlocks, limit: float) -> Bouts:
    """Episodes beyond `limit` in the runs. What feedback changed in alpha was their number (Ossadtchi 2017)."""
    n = 0
    lengths, levels = [], []
    for run in session.runs:
        beyond = np.concatenate([[0.0], _beyond(run, session, limit), [0.0]])
        steps = np.diff(np.nan_to_num(beyond))
        for first, stop in zip(np.flatnonzero(steps == 1), np.flatnonzero(steps == -1), strict=True):
            n += 1
            before, behind = first - 1, stop  # neighbours in the run
            if before >= 0 and behind < len(run.values) and run.clean[before] and run.clean[behind]:
                lengths.append((stop - first) * run.hop_s)
                levels.append(float(run.values[first:stop].mean()))
    valid_s = sum(run.valid_s for run in session.runs)
    return Bouts(
        per_min=60 * n / valid_s if valid_s else math.nan,
        median_s=float(np.median(lengths)) if lengths else math.nan,
        amplitude=float(np.median(levels)) if levels else math.nan,
        n=n,
        n_whole=len(lengths),
    )


def guard_covariation(feature: Float64, guard: Float64, others: Sequence[Float64] = ()) -> Estimate:
    """Partial rank correlation of the feature with a guard (muscle, slow movement) over chunks of 5 s.

    Beyond ±0.3 (:data:`COVARIES`) a change of the feature may be one of muscle or movement.

    Parameters
    ----------
    feature, guard, others
        ``(n_chunks,)`` each; what the other guards explain is taken out first. NaN where unknown.
    """
    return partial_correlation(feature, guard, others)


def course(sessions: Sequence[SessionBlocks]) -> Course:
    """Change over sessions, in their order.

    Raises
    ------
    ValueError
        The sessions trained different features.
    """
    names = {session.measure.name for session in sessions}
    if len(names) != 1:
        raise ValueError(f"a course is of one feature, these sessions trained {', '.join(sorted(names)) or 'none'}")
    sign = sessions[0].measure.sign
    limit = success_limit(sessions[0])
    means = [session_mean(session) for session in sessions]
    baselines = [mean_estimate(chunks_of(s.baseline)) if s.baseline else UNKNOWN for s in sessions]
    shares = [success(session, limit) for session in sessions]
    slope = _across(means)
    within = t_estimate(np.array([within_session(session).slope.value for session in sessions]))
    elapsed_s = sum(run.elapsed_s for session in sessions for run in session.runs)
    valid_s = sum(run.valid_s for session in sessions for run in session.runs)
    valid_share = valid_s / elapsed_s if elapsed_s else math.nan
    enough = sum(math.isfinite(mean.value) for mean in means) >= MIN_SESSIONS
    moved = slope.side == within.side == sign and valid_share >= MIN_VALID_SHARE
    tag = Learning.TOO_FEW if not enough else Learning.LEARNER if moved else Learning.NOT_SHOWN
    return Course(
        tuple(means),
        tuple(baselines),
        tuple(shares),
        slope,
        _across(baselines),
        _across(shares),
        within,
        valid_share,
        tag,
    )


def _runs(session: SessionBlocks) -> tuple[Float64, list[Float64]]:
    """Numbers and chunks of the runs that have clean time enough for a chunk."""
    chunks = [chunks_of(run) for run in session.runs]
    numbers = np.array([number for number, each in enumerate(chunks, 1) if len(each)], dtype=np.float64)
    return numbers, [each for each in chunks if len(each)]


def _across(estimates: Sequence[Estimate]) -> Estimate:
    """Slope over session numbers; sessions without a value keep their number. No interval below four sessions."""
    values = np.array([estimate.value for estimate in estimates])
    line = line_estimate(np.arange(1.0, len(values) + 1), values)
    return line if line.n >= MIN_SESSIONS else Estimate(line.value, n=line.n)


def _combined(blocks: Sequence[Float64], seed: int, combine: Callable[[Float64], Float64]) -> Estimate:
    """What `combine` makes of the blocks' means, which it takes along the last axis.

    Unknown where there is no block or one without a chunk; no interval where one has fewer than five.
    """
    if not blocks or not all(len(chunks) for chunks in blocks):
        return UNKNOWN
    n = sum(len(chunks) for chunks in blocks)
    value = float(combine(np.array([chunks.mean() for chunks in blocks])))
    if min(len(chunks) for chunks in blocks) < MIN_CHUNKS:
        return Estimate(value, n=n)
    n_free = n - len(blocks) + 1
    return Estimate(value, *interval_of(combine(resample_means(blocks, seed)), n_free), n)


def _minus_baseline(session: SessionBlocks, block: Block | None, seed: int) -> Estimate:
    if session.baseline is None or block is None:
        return UNKNOWN
    return _combined([chunks_of(session.baseline), chunks_of(block)], seed, lambda m: m[..., 1] - m[..., 0])


def _beyond(run: Block, session: SessionBlocks, limit: float) -> Float64:
    """1 beyond the limit on the trained side, 0 elsewhere, NaN where not clean."""
    sign = session.measure.sign
    return np.where(run.clean, (sign * run.values > sign * limit).astype(np.float64), np.nan)


def _trend(slope: Estimate, n_steps: float) -> Trend:
    if slope.side:
        return Trend.RISING if slope.side > 0 else Trend.FALLING
    if slope.has_interval and max(-slope.low, slope.high) * n_steps <= FLAT_LN:
        return Trend.FLAT
    return Trend.UNCLEAR
