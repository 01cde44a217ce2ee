"""What is measured of consecutive hops, in memory that serves one hop after the other."""

import numpy as np

from nfb.dsp.artefacts import FIRST_SIZE, N_MEASURES, N_MUSCLE, Measure
from nfb.model.samples import Float64

_MUSCLE, _TENSION = Measure.MUSCLE - FIRST_SIZE, Measure.TENSION - FIRST_SIZE
# Of the muscle bands: the first one, which is MUSCLE, and the sum of all, which is TENSION.
_FIRST_AND_SUM = np.array([0, 0])


class HopBatch:
    """Measures of consecutive hops, and the memory that they are computed in.

    A hop costs as much as the number of steps that NumPy takes for it, and a view is one: so all of them are made
    once, and the memory may be used for one hop after the other.

    Parameters
    ----------
    n_hops, n_hop, n_channels
        Hops, samples in each, and channels.
    n_rows, n_pairs
        Rows of the filter bank, and how many pairs of real and imaginary parts are among them.

    Attributes
    ----------
    amplitude_uv
        ``(n_hops, n_derivations, n_filters)`` band envelopes, µV.
    largest_uv
        ``(n_hops, 5, n_channels)`` largest magnitudes in each hop: the sizes in the order of
        :class:`nfb.dsp.artefacts.Measure`.
    largest_step_uv
        ``(n_hops, n_channels)`` of these, the change from sample to sample.
    broken
        ``(3, n_hops, n_channels)`` 1 where a sample is not finite, at the rail, or the signal is flat; None where
        nothing is.
    motion_g
        ``(n_hops,)`` root mean square of what the acceleration swings in half a second; None without accelerometer.
    parts_uv
        ``(n_hops, n_derivations, 2 n_filters)`` real, then imaginary parts of the analytic signals; None unless the
        front end is asked for phases.
    step_uv, wide_uv
        ``(n_hops, n_hop, n_channels)`` un-narrowed signal and its change from sample to sample, newest sample first.
    slow_uv
        ``(n_hops, n_channels)`` slow signal at the newest sample.
    product, product_by_channel
        ``(n_hops, n_rows, n_channels)``, and the same with channels before rows: what the filter bank makes of each
        window, which is the slow value, the hop's samples from the newest back to the one before the hop, all real
        parts, all imaginary parts, and zeros.
    pairs, roots
        ``(n_hops, 2 n_pairs, n_channels)`` those parts, and ``(n_hops, n_pairs, n_channels)`` their magnitudes.
    """

    __slots__ = (
        "_before",
        "_first_rows",
        "_imaginary",
        "_magnitudes",
        "_muscle",
        "_muscle_sizes",
        "_real",
        "_shape_sizes",
        "_signed",
        "_squares",
        "amplitude_uv",
        "broken",
        "largest_step_uv",
        "largest_uv",
        "motion_g",
        "n_hops",
        "pairs",
        "parts_uv",
        "product",
        "product_by_channel",
        "roots",
        "slow_uv",
        "step_uv",
        "wide_uv",
    )

    def __init__(self, n_hops: int, n_hop: int, n_channels: int, n_rows: int, n_pairs: int) -> None:
        self.n_hops = n_hops
        # Channels last: all views are whole stretches of memory, which NumPy crosses fastest. Steps come first, so
        # that what has a size lies side by side.
        out = np.empty((n_hops, n_hop + n_rows, n_channels))
        self.step_uv, self.product = out[:, :n_hop], out[:, n_hop:]
        self.product_by_channel = self.product.swapaxes(1, 2)
        first = n_hop + 1
        self.slow_uv, self.wide_uv = out[:, n_hop], out[:, first : first + n_hop]
        self._first_rows = np.array([0, n_hop, first])  # of steps, slow value, samples
        self._before = out[:, first + 1 : first + 1 + n_hop]
        self._signed = out[:, : first + n_hop]
        self.pairs = out[:, first + n_hop + 1 : first + n_hop + 1 + 2 * n_pairs]
        self._magnitudes = np.empty(self._signed.shape)
        self._squares = np.empty(self.pairs.shape)
        self._real, self._imaginary = self._squares[:, :n_pairs], self._squares[:, n_pairs:]
        self.roots = np.empty(self._real.shape)
        self._muscle = self.roots[:, :N_MUSCLE]
        self.largest_uv = np.empty((n_hops, N_MEASURES - FIRST_SIZE, n_channels))
        self.largest_step_uv = self.largest_uv[:, Measure.STEP - FIRST_SIZE]
        self._shape_sizes, self._muscle_sizes = self.largest_uv[:, :_MUSCLE], self.largest_uv[:, _MUSCLE:]
        self.amplitude_uv: Float64 = self.roots[:, N_MUSCLE:].swapaxes(1, 2)
        self.broken: Float64 | None = None
        self.motion_g: Float64 | None = None
        self.parts_uv: Float64 | None = None

    def size_up(self) -> None:
        """Steps, magnitudes and sizes from the product."""
        np.subtract(self.wide_uv, self._before, out=self.step_uv)
        np.abs(self._signed, out=self._magnitudes)
        np.maximum.reduceat(self._magnitudes, self._first_rows, axis=1, out=self._shape_sizes)
        np.multiply(self.pairs, self.pairs, out=self._squares)
        np.add(self._real, self._imaginary, out=self.roots)
        np.sqrt(self.roots, out=self.roots)
        np.add.reduceat(self._muscle, _FIRST_AND_SUM, axis=1, out=self._muscle_sizes)

    @property
    def muscle_uv(self) -> Float64:
        """``(n_hops, n_channels)`` envelope of 30-45 Hz."""
        return self.largest_uv[:, _MUSCLE]

    @property
    def tension_uv(self) -> Float64:
        """``(n_hops, n_channels)`` envelopes of all muscle bands, added up."""
        return self.largest_uv[:, _TENSION]

    def measures(self) -> Float64:
        """``(n_measures, n_hops, n_channels)``, first axis as :class:`nfb.dsp.artefacts.Measure`.

        Made on demand: most hops are clean, which `largest_uv` and `broken` tell at a fraction of the cost.
        """
        measures = np.zeros((N_MEASURES, self.n_hops, self.largest_uv.shape[2]))
        if self.broken is not None:
            measures[:FIRST_SIZE] = self.broken
        measures[FIRST_SIZE:] = self.largest_uv.swapaxes(0, 1)
        return measures
