"""How two sites go together in a band: coherence and phase synchrony, from smoothed cross-spectra of clean hops."""

import math
from typing import NamedTuple

from nfb.model.protocol import FeatureKind

# Time constants of clean EEG after which the averages are mostly of this recording.
_SETTLED = 2.0


class Pair(NamedTuple):
    """One feature of two sites.

    Parameters
    ----------
    kind
        COHERENCE, IMAGINARY_COHERENCE or PHASE_LOCKING.
    rows
        The two derivations.
    column
        The band's filter.
    keep
        Share of the averages that stays from hop to hop.
    settled_hops
        Clean hops before its value means something.
    """

    kind: FeatureKind
    rows: tuple[int, int]
    column: int
    keep: float
    settled_hops: int


def make_pair(kind: FeatureKind, rows: tuple[int, int], column: int, smoothing_s: float, hop_s: float) -> Pair:
    """A feature whose averages forget with the time constant `smoothing_s`."""
    settled_hops = math.ceil(_SETTLED * smoothing_s / hop_s)
    return Pair(kind, rows, column, math.exp(-hop_s / smoothing_s), settled_hops)


class Couplings:
    """Running averages of cross-spectra and what follows from them.

    Notes
    -----
    With z₁ and z₂ the band's analytic signals and ⟨⟩ a one-pole average over clean hops: magnitude-squared coherence
    |⟨z₁z₂*⟩|² ÷ (⟨|z₁|²⟩⟨|z₂|²⟩); imaginary coherence |Im⟨z₁z₂*⟩| ÷ √(⟨|z₁|²⟩⟨|z₂|²⟩), to which a source that reaches
    both sites at once adds nothing (Nolte et al. 2004, 10.1016/j.clinph.2004.04.029); phase locking
    |⟨z₁z₂* ÷ |z₁z₂|⟩| (Lachaux et al. 1999). All lie from 0 to 1. Of two sites that have nothing to do with each
    other the coherence averages about 1 ÷ (2 · time constant · bandwidth), not 0. The delay is that of the band's
    filter plus the time constant.

    Parameters
    ----------
    pairs
        The features.
    n_filters
        Of the bank: a derivation's amplitudes are followed by the real and the imaginary parts of its filters.
    """

    def __init__(self, pairs: tuple[Pair, ...], n_filters: int) -> None:
        self._pairs = pairs
        self._n_filters = n_filters
        self.used = bool(pairs)
        self._settled_hops = max((pair.settled_hops for pair in pairs), default=0)
        self.reset()

    def reset(self) -> None:
        """Forget all averages: after a gap phases begin anew."""
        self._n = 0
        self._cross = [0j] * len(self._pairs)
        self._powers = [(0.0, 0.0)] * len(self._pairs)
        self._last = [math.nan] * len(self._pairs)

    def step(self, amplitudes: list[list[float]], clean: bool) -> bool:
        """Append a row with one value per pair; False while the averages settle. A held hop changes none."""
        if clean:
            self._n += 1
            for i, pair in enumerate(self._pairs):
                self._last[i] = self._value(i, pair, amplitudes)
        amplitudes.append(self._last)
        return self._n >= self._settled_hops

    def _value(self, i: int, pair: Pair, amplitudes: list[list[float]]) -> float:
        first, second = (self._analytic(amplitudes[row], pair.column) for row in pair.rows)
        product = first * second.conjugate()
        if pair.kind is FeatureKind.PHASE_LOCKING:
            size = abs(product)
            product = product / size if size > 0.0 else 0j
        # The first weights sum to one as well: early values are plain means, not drawn towards zero.
        keep = min(pair.keep, 1.0 - 1.0 / self._n)
        cross = keep * self._cross[i] + (1.0 - keep) * product
        self._cross[i] = cross
        if pair.kind is FeatureKind.PHASE_LOCKING:
            return abs(cross)
        of_first, of_second = self._powers[i]
        of_first = keep * of_first + (1.0 - keep) * abs(first) ** 2
        of_second = keep * of_second + (1.0 - keep) * abs(second) ** 2
        self._powers[i] = of_first, of_second
        both = of_first * of_second
        if not both > 0.0:
            return math.nan
        if pair.kind is FeatureKind.COHERENCE:
            return abs(cross) ** 2 / both
        return abs(cross.imag) / math.sqrt(both)

    def _analytic(self, row: list[float], column: int) -> complex:
        return complex(row[self._n_filters + column], row[2 * self._n_filters + column])
