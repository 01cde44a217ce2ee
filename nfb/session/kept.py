"""Raw samples that filters for the person are made of, and which of their hops were clean."""

import numpy as np
from numpy.typing import NDArray

from nfb.model.samples import Float32, Float64

CleanMask = NDArray[np.bool_]


class KeptSamples:
    """Samples of a part of the session, in segments without a gap.

    Parameters
    ----------
    hop_samples
        Samples per hop.
    """

    def __init__(self, hop_samples: int) -> None:
        self._hop_samples = hop_samples
        self._segments: list[list[Float32]] = [[]]
        self._clean_ends: list[list[int]] = [[]]  # per segment: sample after each clean hop
        self._hop_ends: list[int] = [0]  # per segment: sample after its newest hop
        self.n_clean = 0  # hops
        self.n_hops = 0

    def put(self, eeg: Float32) -> None:
        """``(n_channels, n)`` samples as they go into the filters."""
        self._segments[-1].append(eeg)

    def gap(self) -> None:
        """The filters start anew."""
        self._segments.append([])
        self._clean_ends.append([])
        self._hop_ends.append(0)

    def hop(self, clean: bool) -> None:
        """One hop was decided; `clean` if it counts."""
        self.n_hops += 1
        self._hop_ends[-1] += self._hop_samples
        if clean:
            self.n_clean += 1
            self._clean_ends[-1].append(self._hop_ends[-1])

    def split(self, n_before: int) -> "KeptSamples":
        """What comes after the newest hop, for a new part.

        Parameters
        ----------
        n_before
            Samples before it that filters need to begin with, if there are so many; none of them counts as clean.
        """
        later = KeptSamples(self._hop_samples)
        if self._segments[-1]:
            end = self._hop_ends[-1]
            begin = max(0, end - n_before)
            later._segments[0].append(np.concatenate(self._segments[-1], axis=1)[:, begin:])
            later._hop_ends[0] = end - begin
        return later

    def arrays(self) -> list[tuple[Float64, list[int]]]:
        """Per segment its samples, ``(n_channels, n)`` µV, and the sample after each clean hop.

        Values that are not finite are held, as in the filters. Samples beyond the newest hop came with the same chunk
        by chance and are left out.
        """
        found = []
        for number, (parts, ends) in enumerate(zip(self._segments, self._clean_ends, strict=True)):
            if not parts:
                continue
            eeg = np.concatenate(parts, axis=1).astype(np.float64)
            if number == len(self._segments) - 1:
                eeg = eeg[:, : self._hop_ends[-1]]
            for row in eeg:
                _hold(row)
            found.append((eeg, ends))
        return found

    def mask(self, n_samples: int, ends: list[int]) -> CleanMask:
        """``(n_samples,)`` samples of a segment that belong to clean hops."""
        mask = np.zeros(n_samples, dtype=bool)
        for end in ends:
            mask[end - self._hop_samples : end] = True
        return mask


def _hold(row: Float64) -> None:
    """Replace what is not finite by the last finite value before it, in place."""
    lost = ~np.isfinite(row)
    if lost.any():
        last = np.maximum.accumulate(np.where(lost, -1, np.arange(row.size)))
        row[:] = np.where(last >= 0, row[np.maximum(last, 0)], 0.0)
