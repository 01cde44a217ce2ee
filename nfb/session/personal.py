"""Filters for this person: from the clean baseline's spectrum, with the accuracy to expect of them."""

import math
from dataclasses import dataclass

import numpy as np

from nfb.dsp.accuracy import causal_envelope, decision_agreement, envelope_correlation, zero_phase_envelope
from nfb.dsp.prior import shrink
from nfb.dsp.spectrum import welch
from nfb.dsp.taps import BandFilter, Spectrum
from nfb.model.samples import Float32, Float64
from nfb.session.features import Amplitudes, FeaturePlan
from nfb.session.setup import Setup

# Fewer clean Welch windows than this say less about the person than the population's spectrum does.
_LEAST_WINDOWS = 8
_WELCH_S = 2.0
# An artefact reaches so far back into the zero-phase envelope that the estimate is compared with.
_CLEAN_AHEAD_S = 0.5
_LEAST_TEST_S = 5.0
_HOPS_AT_ONCE = 256


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Outcome of a fit.

    Parameters
    ----------
    filters, spectra
        The new filter bank, and the spectrum that each filter was made from.
    amplitudes
        Per clean baseline hop, what the new bank makes of it: thresholds must come from the same filters.
    new_segment
        Per clean hop, whether it is the first after a gap.
    expected_r, expected_f1
        Per feature: agreement with the zero-phase envelope for filters made from the first half of the baseline and
        measured on the second; NaN where that cannot be told.
    """

    filters: tuple[BandFilter, ...]
    spectra: list[Spectrum]
    amplitudes: list[Amplitudes]
    new_segment: list[bool]
    expected_r: tuple[float, ...]
    expected_f1: tuple[float, ...]


class BaselineSamples:
    """Raw samples of the session up to the end of its baseline, and which of its hops were clean.

    Parameters
    ----------
    setup, plan
        The session, and how its features are made.
    """

    def __init__(self, setup: Setup, plan: FeaturePlan) -> None:
        self._setup = setup
        self._plan = plan
        self._segments: list[list[Float32]] = [[]]
        self._clean_ends: list[list[int]] = [[]]  # per segment: sample after each clean hop
        self._hop_ends: list[int] = [0]  # per segment: sample after its newest hop

    def put(self, eeg: Float32) -> None:
        """``(n_channels, n)`` samples as they go into the filters."""
        self._segments[-1].append(eeg)

    def gap(self) -> None:
        """The filters start anew."""
        self._segments.append([])
        self._clean_ends.append([])
        self._hop_ends.append(0)

    def hop(self, clean: bool) -> None:
        """One hop was decided; `clean` if it counts as baseline."""
        self._hop_ends[-1] += self._setup.hop_samples
        if clean:
            self._clean_ends[-1].append(self._hop_ends[-1])

    def fit(self) -> Fitted | None:
        """Filters for the person; None if there is too little clean EEG to know their spectrum."""
        derived = [self._derived(parts) for parts in self._segments]
        # Samples beyond the last hop came with the same chunk by chance.
        derived[-1] = derived[-1][:, : self._hop_ends[-1]]
        masks = [self._mask(signal.shape[1], ends) for signal, ends in zip(derived, self._clean_ends, strict=True)]
        whole = self._spectra(derived, masks)
        if whole is None:
            return None
        filters = self._plan.design_each(self._setup, whole)
        amplitudes: list[Amplitudes] = []
        new_segment: list[bool] = []
        for signal, ends in zip(derived, self._clean_ends, strict=True):
            found = _amplitudes(signal, ends, filters)
            amplitudes += found
            new_segment += [True] + [False] * (len(found) - 1) if found else []
        r, f1 = self._expected(derived, masks)
        return Fitted(filters, whole, amplitudes, new_segment, r, f1)

    def _derived(self, parts: list[Float32]) -> Float64:
        """``(n_derivations, n)`` µV; values that are not finite are held, as in the filters."""
        if not parts:
            return np.empty((len(self._plan.derivation), 0))
        eeg = np.concatenate(parts, axis=1).astype(np.float64)
        for row in eeg:
            bad = ~np.isfinite(row)
            if bad.any():
                good = np.where(bad, -1, np.arange(row.size))
                last = np.maximum.accumulate(good)
                row[:] = np.where(last >= 0, row[np.maximum(last, 0)], 0.0)
        return np.asarray(self._plan.derivation @ eeg)

    def _mask(self, n_samples: int, ends: list[int]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        mask = np.zeros(n_samples, dtype=bool)
        for end in ends:
            mask[end - self._setup.hop_samples : end] = True
        return mask

    def _spectra(
        self, derived: list[Float64], masks: list[np.ndarray[tuple[int], np.dtype[np.bool_]]]
    ) -> list[Spectrum] | None:
        """One spectrum per filter of the bank: the person's, shrunk to the population's by how much was clean."""
        rate = self._setup.device.sampling_rate_hz
        keep = np.concatenate(masks)
        measured = welch(np.concatenate(derived, axis=1), rate, _WELCH_S, keep)
        if min(measured.n_windows) < _LEAST_WINDOWS:
            return None
        clean_s = float(keep.sum()) / rate
        spectra = []
        for rows in self._plan.rows:
            person = Spectrum(measured.frequencies_hz, measured.psd_uv2_per_hz[list(rows)].mean(axis=0))
            spectra.append(shrink(None, person, clean_s))
        return spectra

    def _expected(
        self, derived: list[Float64], masks: list[np.ndarray[tuple[int], np.dtype[np.bool_]]]
    ) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Accuracy per feature, on the longest stretch without a gap."""
        nothing = (math.nan,) * len(self._plan.used)
        longest = max(range(len(derived)), key=lambda i: derived[i].shape[1])
        signal, mask = derived[longest], masks[longest]
        clean = np.flatnonzero(mask)
        if not clean.size:
            return nothing, nothing
        middle = int(clean[clean.size // 2])
        spectra = self._spectra([signal[:, :middle]], [mask[:middle]])
        if spectra is None:
            return nothing, nothing
        filters = self._plan.design_each(self._setup, spectra)
        tested = _clean_ahead(mask, round(_CLEAN_AHEAD_S * self._setup.device.sampling_rate_hz))
        found = [
            _accuracy(signal[list(rows)], tested, middle, band_filter)
            for rows, band_filter in zip(self._plan.rows, filters, strict=True)
        ]
        per_feature = [found[used[0]] for used in self._plan.used]
        return tuple(r for r, _ in per_feature), tuple(f1 for _, f1 in per_feature)


def _clean_ahead(
    mask: np.ndarray[tuple[int], np.dtype[np.bool_]], n_ahead: int
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Samples that are clean and stay so for `n_ahead` more."""
    n_bad = np.concatenate([[0], np.cumsum(~mask)])
    stop = np.minimum(np.arange(mask.size) + n_ahead, mask.size)
    return np.asarray(mask & (n_bad[stop] == n_bad[:-1]))


def _accuracy(
    signals: Float64, tested: np.ndarray[tuple[int], np.dtype[np.bool_]], start: int, band_filter: BandFilter
) -> tuple[float, float]:
    """r and F1 from sample `start` on, averaged over derivations."""
    rate = band_filter.sampling_rate_hz
    lag = round(band_filter.delay_s * rate)
    at = np.flatnonzero(tested)
    at = at[(at >= max(start, band_filter.n_taps) + lag)]
    if at.size < _LEAST_TEST_S * rate:
        return math.nan, math.nan
    rs, f1s = [], []
    for signal in signals:
        estimate = causal_envelope(signal, band_filter)[at]
        truth = zero_phase_envelope(signal, rate, band_filter.band_hz)[at - lag]
        rs.append(envelope_correlation(estimate, truth))
        f1s.append(decision_agreement(estimate, truth).f1)
    return float(np.mean(rs)), float(np.mean(f1s))


def _amplitudes(signal: Float64, ends: list[int], filters: tuple[BandFilter, ...]) -> list[Amplitudes]:
    """What a filter bank makes of the hops that end at `ends`: ``[hop][derivation][filter]``, µV."""
    if not ends:
        return []
    n_taps = max(band_filter.n_taps for band_filter in filters)
    bank = np.zeros((n_taps, len(filters)), dtype=np.complex128)
    for column, band_filter in enumerate(filters):
        bank[n_taps - band_filter.n_taps :, column] = band_filter.taps
    padded = np.concatenate([np.zeros((len(signal), n_taps)), signal], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, n_taps, axis=1)
    found: list[Amplitudes] = []
    for first in range(0, len(ends), _HOPS_AT_ONCE):
        part = windows[:, ends[first : first + _HOPS_AT_ONCE]]
        found += np.abs(part @ bank).swapaxes(0, 1).tolist()
    return found
