"""Estimates with 95 % intervals: block bootstrap, Theil–Sen lines, partial correlation. Knows nothing of EEG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nfb.model.samples import Float64

LEVEL = 0.95
CHUNK_S = 5.0
MIN_CHUNKS = 5  # a spread told from fewer is a guess
N_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval and the number `n` of things it rests on; NaN where it cannot be told."""

    value: float
    low: float = math.nan
    high: float = math.nan
    n: int = 0

    @property
    def has_interval(self) -> bool:
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def side(self) -> int:
        """1 if the whole interval lies above 0, -1 if below, 0 if it holds 0 or is not known."""
        if not self.has_interval:
            return 0
        return (self.low > 0) - (self.high < 0)

    def scaled(self, factor: float) -> "Estimate":
        """The same in another unit; a negative factor turns the interval round."""
        low, high = sorted((self.low * factor, self.high * factor)) if self.has_interval else (math.nan, math.nan)
        return Estimate(self.value * factor, low, high, self.n)

    def percent(self) -> "Estimate":
        """A difference of natural logarithms as a change in percent.

        >>> round(Estimate(math.log(1.2)).percent().value, 6)
        20.0
        """
        value, low, high = (100 * math.expm1(each) for each in (self.value, self.low, self.high))
        return Estimate(value, low, high, self.n)


UNKNOWN = Estimate(math.nan)


def chunk_means(values: Float64, chunk: int) -> Float64:
    """Means of consecutive stretches of about `chunk` values, NaN left out; every value is in one of them.

    >>> chunk_means(np.array([1.0, 3.0, np.nan, 5.0, 7.0]), 2)
    array([2., 6.])
    """
    known = values[np.isfinite(values)]
    n_chunks = len(known) // max(1, chunk)
    return np.array([part.mean() for part in np.array_split(known, n_chunks)]) if n_chunks else np.empty(0)


def resample_means(blocks: Sequence[Float64], seed: int = 0, n_draws: int = N_DRAWS) -> Float64:
    """Bootstrap of the means of several blocks.

    Parameters
    ----------
    blocks
        One array of chunk means per block.

    Returns
    -------
    ndarray
        ``(n_draws, n_blocks)`` means of chunks drawn with replacement within each block; NaN for an empty block.

    Notes
    -----
    Deviations are widened by sqrt(n/(n-1)): the plain bootstrap understates the variance of a mean by (n-1)/n
    (Hesterberg 2015, 10.1080/00031305.2015.1089789).
    """
    rng = np.random.default_rng(seed)
    drawn = np.full((n_draws, len(blocks)), np.nan)
    for column, chunks in enumerate(blocks):
        n = len(chunks)
        if n < 2:
            drawn[:, column] = chunks.mean() if n else np.nan
            continue
        centre = chunks.mean()
        means = chunks[rng.integers(0, n, (n_draws, n))].mean(axis=1)
        drawn[:, column] = centre + (means - centre) * math.sqrt(n / (n - 1))
    return drawn


def interval_of(draws: Float64, n: int) -> tuple[float, float]:
    """95 % interval of bootstrap `draws` of something that rests on `n` chunks.

    The percentiles are those at which a normal distribution is as wide as Student's with n-1 degrees of freedom
    (the expanded percentile interval of Hesterberg 2015): for 12 chunks 1.4 % and 98.6 %.
    """
    from scipy.special import ndtr, stdtrit  # scipy.special costs 50 ms that only reports should pay

    if n < 2 or not np.isfinite(draws).all():
        return math.nan, math.nan
    tail = float(ndtr(stdtrit(n - 1, (1 - LEVEL) / 2)))
    low, high = np.quantile(draws, (tail, 1 - tail))
    return float(low), float(high)


def mean_estimate(chunks: Float64, seed: int = 0) -> Estimate:
    """Mean of chunks with its bootstrap interval; `n` counts chunks. Below five chunks there is no interval."""
    if not len(chunks):
        return UNKNOWN
    value, n = float(chunks.mean()), len(chunks)
    if n < MIN_CHUNKS:
        return Estimate(value, n=n)
    return Estimate(value, *interval_of(resample_means([chunks], seed)[:, 0], n), n)


def theil_sen(x: Float64, y: Float64) -> Float64:
    """Median of the slopes between all pairs of points.

    Parameters
    ----------
    x
        ``(n,)``, no two alike.
    y
        ``(n,)`` or ``(n_draws, n)``.

    Returns
    -------
    ndarray
        One slope, or one per draw; NaN for fewer than two points.

    >>> float(theil_sen(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([1.0, 3.0, 5.0, 7.0, 99.0])))
    2.0
    """
    i, j = np.triu_indices(len(x), 1)
    if not len(i):
        return np.full(y.shape[:-1], np.nan)
    slopes: Float64 = np.median((y[..., j] - y[..., i]) / (x[j] - x[i]), axis=-1)
    return slopes


def line_estimate(x: Float64, y: Float64) -> Estimate:
    """Theil–Sen slope of few points with an interval from their own scatter about the line.

    Notes
    -----
    Half-width t(n-2) · s / sqrt(Sxx), with the residual spread s about the Theil–Sen line. Kendall's exact interval
    does not reach 95 % below five points, and a bootstrap of the points does not hold its level for so few.
    A single point far off makes the interval wider, never narrower. Points that follow each other (a slow drift over
    weeks) make it too narrow, as with every line through few sessions.
    """
    from scipy.special import stdtrit

    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    n = len(x)
    if n < 2:
        return Estimate(math.nan, n=n)
    slope = float(theil_sen(x, y))
    if n < 3:
        return Estimate(slope, n=n)
    residual = y - slope * x
    spread = math.sqrt(float(((residual - residual.mean()) ** 2).sum()) / (n - 2))
    half = -float(stdtrit(n - 2, (1 - LEVEL) / 2)) * spread / math.sqrt(float(((x - x.mean()) ** 2).sum()))
    return Estimate(slope, slope - half, slope + half, n)


def t_estimate(values: Float64) -> Estimate:
    """Mean of few independent values with Student's interval."""
    from scipy.special import stdtrit

    known = values[np.isfinite(values)]
    n = len(known)
    if n < 2:
        return Estimate(float(known.mean()) if n else math.nan, n=n)
    mean = float(known.mean())
    half = -float(stdtrit(n - 1, (1 - LEVEL) / 2)) * float(known.std(ddof=1)) / math.sqrt(n)
    return Estimate(mean, mean - half, mean + half, n)


def partial_correlation(x: Float64, y: Float64, others: Sequence[Float64] = ()) -> Estimate:
    """Spearman's correlation of `x` and `y` once what ranks of `others` explain linearly is taken out of both.

    Interval by Fisher's z with n - 3 - len(others) (Fieller's factor 1.06 for ranks); NaN below ten points or where
    one of them does not vary.
    """
    columns = np.array([x, y, *others])
    columns = columns[:, np.isfinite(columns).all(axis=0)]
    n = columns.shape[1]
    if n < 10 or bool((np.ptp(columns, axis=1) == 0).any()):
        return Estimate(math.nan, n=n)
    ranks = np.array([_ranks(column) for column in columns])
    basis = np.vstack([np.ones(n), ranks[2:]]).T
    residual = ranks[:2].T - basis @ np.linalg.lstsq(basis, ranks[:2].T, rcond=None)[0]
    norm = np.linalg.norm(residual, axis=0)
    if norm.min() <= 1e-9 * n:
        return Estimate(math.nan, n=n)
    rho = float(np.clip(residual[:, 0] @ residual[:, 1] / norm.prod(), -1, 1))
    if abs(rho) > 1 - 1e-12:
        return Estimate(rho, rho, rho, n)
    z, half = math.atanh(rho), 1.96 * math.sqrt(1.06 / (n - 3 - len(others)))
    return Estimate(rho, math.tanh(z - half), math.tanh(z + half), n)


def _ranks(values: Float64) -> Float64:
    """Ranks from 1; equal values share the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Float64 = (last - (counts - 1) / 2)[inverse]
    return ranks
