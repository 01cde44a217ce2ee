"""Filters for this person: from the spectrum of clean EEG, with the accuracy to expect of them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nfb.dsp.accuracy import causal_envelope, decision_agreement, envelope_correlation, zero_phase_envelope
from nfb.dsp.prior import shrink
from nfb.dsp.spectrum import welch
from nfb.dsp.taps import BandFilter, Spectrum
from nfb.model.samples import Float64
from nfb.session.features import Amplitudes, FeaturePlan
from nfb.session.kept import CleanMask, KeptSamples
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
    expected_r, expected_f1
        Per feature: agreement with the zero-phase envelope for filters made from the first half of the clean EEG and
        measured on the second; NaN where that cannot be told.
    """

    filters: tuple[BandFilter, ...]
    spectra: list[Spectrum]
    expected_r: tuple[float, ...]
    expected_f1: tuple[float, ...]


def fit_person(setup: Setup, plan: FeaturePlan, parts: Sequence[KeptSamples]) -> Fitted | None:
    """Filters for the person from some parts of a session; None if there is too little clean EEG for a spectrum."""
    derived, masks = [], []
    for part in parts:
        for stretch in part.stretches():
            derived.append(np.asarray(plan.derivation @ stretch.eeg))
            masks.append(part.mask(stretch))
    spectra = _spectra(setup, plan, derived, masks) if derived else None
    if spectra is None:
        return None
    r, f1 = _expected(setup, plan, derived, masks)
    return Fitted(plan.design_each(setup, spectra), spectra, r, f1)


def clean_amplitudes(
    plan: FeaturePlan, part: KeptSamples, filters: tuple[BandFilter, ...]
) -> Iterator[tuple[bool, Amplitudes]]:
    """What a filter bank makes of each clean hop: whether it is the first after a gap, and its amplitudes.

    Thresholds must come from the filters that they will be compared with.
    """
    for stretch in part.stretches():
        derived = np.asarray(plan.derivation @ stretch.eeg)
        for number, amplitudes in enumerate(_amplitudes(derived, stretch.clean_ends, filters, bool(plan.pairs))):
            yield number == 0 and stretch.after_gap, amplitudes


def _spectra(
    setup: Setup, plan: FeaturePlan, derived: list[Float64], masks: list[CleanMask]
) -> list[Spectrum] | None:
    """One spectrum per filter of the bank: the person's, shrunk to the population's by how much was clean."""
    rate = setup.device.sampling_rate_hz
    keep = np.concatenate(masks)
    measured = welch(np.concatenate(derived, axis=1), rate, _WELCH_S, keep)
    if min(measured.n_windows) < _LEAST_WINDOWS:
        return None
    clean_s = float(keep.sum()) / rate
    spectra = []
    for rows in plan.rows:
        person = Spectrum(measured.frequencies_hz, measured.psd_uv2_per_hz[list(rows)].mean(axis=0))
        spectra.append(shrink(None, person, clean_s))
    return spectra


def _expected(
    setup: Setup, plan: FeaturePlan, derived: list[Float64], masks: list[CleanMask]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Accuracy per feature, on the longest stretch."""
    nothing = (math.nan,) * len(plan.used)
    longest = max(range(len(derived)), key=lambda i: derived[i].shape[1])
    signal, mask = derived[longest], masks[longest]
    clean = np.flatnonzero(mask)
    if not clean.size:
        return nothing, nothing
    middle = int(clean[clean.size // 2])
    spectra = _spectra(setup, plan, [signal[:, :middle]], [mask[:middle]])
    if spectra is None:
        return nothing, nothing
    filters = plan.design_each(setup, spectra)
    tested = _clean_ahead(mask, round(_CLEAN_AHEAD_S * setup.device.sampling_rate_hz))
    found = [
        _accuracy(signal[list(rows)], tested, middle, band_filter)
        for rows, band_filter in zip(plan.rows, filters, strict=True)
    ]
    per_feature = [found[used[0]] for used in plan.used]
    return tuple(r for r, _ in per_feature), tuple(f1 for _, f1 in per_feature)


def _clean_ahead(mask: CleanMask, n_ahead: int) -> CleanMask:
    """Samples that are clean and stay so for `n_ahead` more."""
    n_bad = np.concatenate([[0], np.cumsum(~mask)])
    stop = np.minimum(np.arange(mask.size) + n_ahead, mask.size)
    return np.asarray(mask & (n_bad[stop] == n_bad[:-1]))


def _accuracy(signals: Float64, tested: CleanMask, start: int, band_filter: BandFilter) -> tuple[float, float]:
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


def _amplitudes(
    signal: Float64, ends: list[int], filters: tuple[BandFilter, ...], with_phase: bool
) -> list[Amplitudes]:
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
        product = part @ bank
        sizes = np.abs(product)
        both = np.concatenate([sizes, product.real, product.imag], axis=2) if with_phase else sizes
        found += both.swapaxes(0, 1).tolist()
    return found
