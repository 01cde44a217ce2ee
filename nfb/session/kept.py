"""Raw samples that filters for the person are made of, and which of their hops were clean."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nfb.model.samples import Float32, Float64

CleanMask = NDArray[np.bool_]


class Stretch(NamedTuple):
    """Samples without a hole.

    Parameters
    ----------
    eeg
        ``(n_channels, n)`` µV; values that are not finite are held, as in the filters.
    clean_ends
        Sample after each clean hop.
    after_gap
        The filters started anew with it. If not, it goes on from the stretch before, and what lay between was left
        out because nothing of it was clean.
    """

    eeg: Float64
    clean_ends: list[int]
    after_gap: bool


class _Segment:
    """A stretch as it comes.

    Attributes
    ----------
    parts
        ``(n_channels, n)`` samples each, one after another.
    clean_ends, after_gap
        As in :class:`Stretch`.
    hop_end
        Sample after the newest hop.
    """

    __slots__ = ("after_gap", "clean_ends", "hop_end", "parts")

    def __init__(self, parts: list[Float32], hop_end: int, *, after_gap: bool) -> None:
        self.parts = parts
        self.clean_ends: list[int] = []
        self.hop_end = hop_end
        self.after_gap = after_gap

    @property
    def n_samples(self) -> int:
        return sum(part.shape[1] for part in self.parts)

    @property
    def idle(self) -> int:
        """Samples of hops since the last clean one."""
        return self.hop_end - (self.clean_ends[-1] if self.clean_ends else 0)

    def later(self, begin: int, *, after_gap: bool) -> "_Segment":
        """A copy of what comes from sample `begin` on."""
        eeg = np.concatenate(self.parts, axis=1)[:, begin:].copy()
        return _Segment([eeg], self.hop_end - begin, after_gap=after_gap)

    def end_at(self, end: int) -> None:
        """Drop what comes from sample `end` on."""
        self.parts = [np.concatenate(self.parts, axis=1)[:, :end].copy()]
        self.hop_end = end


class KeptSamples:
    """Samples of a part of the session, in segments without a hole.

    Parameters
    ----------
    hop_samples
        Samples per hop.
    n_around
        Samples that filters need before a clean hop, and the reference that they are compared with after it.
    """

    def __init__(self, hop_samples: int, n_around: int) -> None:
        self._hop_samples, self._n_around = hop_samples, n_around
        self._segments = [_Segment([], 0, after_gap=True)]
        self.n_clean = 0  # hops
        self.n_hops = 0

    @property
    def n_samples(self) -> int:
        """Samples in memory."""
        return sum(segment.n_samples for segment in self._segments)

    def put(self, eeg: Float32) -> None:
        """``(n_channels, n)`` samples as they go into the filters."""
        self._segments[-1].parts.append(eeg)

    def gap(self) -> None:
        """The filters start anew."""
        self._segments.append(_Segment([], 0, after_gap=True))

    def decided(self, counted: list[bool]) -> None:
        """The next hops were decided; True for each that counts as clean."""
        segment, end = self._segments[-1], self._segments[-1].hop_end
        for counts in counted:
            end += self._hop_samples
            if counts:
                segment.clean_ends.append(end)
        segment.hop_end = end
        self.n_hops += len(counted)
        self.n_clean += sum(counted)

    def trim(self, n_idle: int, n_step: int) -> None:
        """Leave out what no filter is made of, where `n_idle` samples or more have come without a clean hop.

        It goes in whole multiples of `n_step`: spectra are means over windows that begin every so many samples, and
        the same windows are clean before and after.
        """
        segment = self._segments[-1]
        if segment.idle < n_idle:
            return
        n_after = self._n_around if segment.clean_ends else 0
        end = segment.hop_end - segment.idle + n_after
        n_out = (segment.idle - n_after - self._n_around) // n_step * n_step
        if not segment.clean_ends:
            self._segments[-1] = segment.later(end + n_out, after_gap=segment.after_gap)
        else:
            self._segments.append(segment.later(end + n_out, after_gap=False))
            segment.end_at(end)

    def split(self) -> "KeptSamples":
        """What comes after the newest hop, for a new part.

        As many samples before it as filters need to begin with go with it, if there are so many; none counts as
        clean.
        """
        later = KeptSamples(self._hop_samples, self._n_around)
        segment = self._segments[-1]
        if segment.parts:
            begin = max(0, segment.hop_end - self._n_around)
            later._segments = [segment.later(begin, after_gap=True)]
        return later

    def stretches(self) -> list[Stretch]:
        """All samples up to the newest hop; those beyond came with the same chunk by chance."""
        found = []
        for segment in self._segments:
            if not segment.parts:
                continue
            eeg = np.concatenate(segment.parts, axis=1).astype(np.float64)
            if segment is self._segments[-1]:
                eeg = eeg[:, : segment.hop_end]
            for row in eeg:
                _hold(row)
            found.append(Stretch(eeg, segment.clean_ends, segment.after_gap))
        return found

    def mask(self, stretch: Stretch) -> CleanMask:
        """``(n,)`` samples of a stretch that belong to clean hops."""
        mask = np.zeros(stretch.eeg.shape[1], dtype=bool)
        for end in stretch.clean_ends:
            mask[end - self._hop_samples : end] = True
        return mask


def _hold(row: Float64) -> None:
    """Replace what is not finite by the last finite value before it, in place."""
    lost = ~np.isfinite(row)
    if lost.any():
        last = np.maximum.accumulate(np.where(lost, -1, np.arange(row.size)))
        row[:] = np.where(last >= 0, row[np.maximum(last, 0)], 0.0)
