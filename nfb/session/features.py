"""From band amplitudes to the protocol's features: plain floats, one hop at a time."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nfb.dsp.artefacts import MUSCLE_HZ
from nfb.dsp.estimators import design_band_filter
from nfb.dsp.slow_feedback import SlowFilter, design_slow_filter, first_stage_delay_s
from nfb.dsp.taps import BandFilter, Spectrum
from nfb.model.montage import Fit
from nfb.model.protocol import Band, Feature, FeatureKind
from nfb.model.samples import Float64
from nfb.session.coupling import Pair, make_pair
from nfb.session.setup import Setup

# Bands in which drowsiness shows.
DELTA_HZ = (1.0, 3.5)
ALPHA_HZ = (8.0, 13.0)

# [derivation][filter], µV; where a feature needs phases, followed by real and by imaginary parts of all filters.
Amplitudes = list[list[float]]
Evaluate = Callable[[Amplitudes, list[float]], float]


@dataclass(frozen=True, slots=True)
class FilterNeed:
    """One band filter that some feature needs."""

    band_hz: tuple[float, float]
    delay_s: float
    taps_s: float
    estimator: str
    slow: bool

    @property
    def filter_delay_s(self) -> float:
        """Delay of the band filter itself; under a slow second stage it is short."""
        return first_stage_delay_s(self.band_hz) if self.slow else self.delay_s


@dataclass(frozen=True, slots=True, eq=False)
class FeaturePlan:
    """How all features of a session are computed.

    Parameters
    ----------
    needs
        Distinct band filters, in the order of the filter bank.
    derivation
        ``(n_derivations, n_channels)`` weights of channels in each derived signal.
    evaluate
        One function per feature; later ones may read the values of earlier ones.
    used
        For each feature, the filters that it is made of.
    rows
        For each filter, the derivations it is used on.
    smoothing_s
        For each feature, the delay of its smoothing.
    watched
        Filters of 1-3.5 Hz, alpha and 30-45 Hz, which tell drowsiness; None where it is not watched for.
    pairs
        Features of two sites, whose values come in a last row of the amplitudes.
    """

    needs: tuple[FilterNeed, ...]
    derivation: Float64
    evaluate: tuple[Evaluate, ...]
    used: tuple[tuple[int, ...], ...]
    rows: tuple[tuple[int, ...], ...]
    smoothing_s: tuple[float, ...]
    watched: tuple[int, int, int] | None
    pairs: tuple[Pair, ...]

    @property
    def lowest_hz(self) -> float:
        """Lowest frequency that any feature looks at."""
        return min(self.needs[i].band_hz[0] for used in self.used for i in used)

    def design(self, setup: Setup) -> tuple[BandFilter, ...]:
        """The filter bank for the population's spectrum."""
        return self.design_each(setup, [None] * len(self.needs))

    def design_each(self, setup: Setup, spectra: Sequence[Spectrum | None]) -> tuple[BandFilter, ...]:
        """The filter bank for one spectrum per filter; None for the population's."""
        return tuple(
            design_band_filter(
                need.band_hz,
                setup.device.sampling_rate_hz,
                need.filter_delay_s,
                need.taps_s,
                spectrum,
                setup.mains_hz,
                need.estimator,
                setup.iaf_hz,
            )
            for need, spectrum in zip(self.needs, spectra, strict=True)
        )

    def slow_filters(
        self, setup: Setup, filters: tuple[BandFilter, ...], spectra: Sequence[Spectrum] | None = None
    ) -> tuple[SlowFilter | None, ...]:
        """The second stages, None for filters without one; `spectra` are the person's, if known."""
        return tuple(
            design_slow_filter(band_filter, setup.hop_s, need.delay_s, None if spectra is None else spectra[i])
            if need.slow
            else None
            for i, (need, band_filter) in enumerate(zip(self.needs, filters, strict=True))
        )

    def delays_s(self, filters: tuple[BandFilter, ...]) -> tuple[float, ...]:
        """Declared delay of each feature: its slowest filter plus its smoothing."""
        return tuple(
            max(self.needs[i].delay_s if self.needs[i].slow else filters[i].envelope_lag_s() for i in used)
            + smoothing
            for used, smoothing in zip(self.used, self.smoothing_s, strict=True)
        )


def plan_features(setup: Setup) -> FeaturePlan:
    """Lay out filters, derivations and evaluators for a session."""
    names = setup.device.channel_names
    derivation = _derivation(setup.fit, len(names))
    rows = {channel: row for row, channel in enumerate(setup.fit.channels)}
    needs = _Needs(setup.iaf_hz)
    evaluate: list[Evaluate] = []
    used: list[tuple[int, ...]] = []
    pairs: list[Pair] = []
    filter_rows: dict[int, set[int]] = {}
    order = {feature.name: i for i, feature in enumerate(setup.features)}
    for feature in setup.features:
        if feature.kind is FeatureKind.RATIO:
            evaluate.append(_ratio(feature, order[feature.numerator], order[feature.denominator], setup.features))
            parts = (order[feature.numerator], order[feature.denominator])
            used.append(used[parts[0]] + used[parts[1]])
            continue
        assert feature.band is not None  # the file reader gives every other kind a band
        column = needs.column(feature, feature.band)
        right = [rows[names.index(site)] for site in feature.sites]
        left = [rows[names.index(site)] for site in feature.left_sites]
        filter_rows.setdefault(column, set()).update(right, left)
        if feature.kind is FeatureKind.AMPLITUDE:
            evaluate.append(_amplitude(right, column, feature.log))
        elif feature.kind is FeatureKind.POWER:
            evaluate.append(_power(right, column, feature.log))
        elif feature.kind.is_coupling:
            evaluate.append(_coupling(len(pairs)))
            pairs.append(make_pair(feature.kind, (right[0], right[1]), column, feature.smoothing_s, setup.hop_s))
        elif feature.kind is FeatureKind.RELATIVE:
            high = min(feature.relative_to_hz[1], 0.45 * setup.device.sampling_rate_hz)
            whole = needs.column(feature, Band((feature.relative_to_hz[0], high)))
            evaluate.append(_relative(right, column, whole, feature.log))
            filter_rows.setdefault(whole, set()).update(right)
            used.append((column, whole))
            continue
        else:
            evaluate.append(_asymmetry(right, left, column))
        used.append((column,))
    watched = None
    if setup.protocol.guards.drowsiness:
        # Not fitted to the person: what the baseline reads must be what the runs read.
        extra = [FilterNeed(band, 0.3, 2.0, "cfir", False) for band in _drowsiness_bands(setup)]
        n = len(needs.found)
        watched = (n, n + 1, n + 2)
        needs.found += extra
        trained = set().union(*filter_rows.values())
        filter_rows |= dict.fromkeys(watched, trained)
    return FeaturePlan(
        tuple(needs.found),
        derivation,
        tuple(evaluate),
        tuple(used),
        tuple(tuple(sorted(filter_rows[column])) for column in range(len(needs.found))),
        tuple(feature.smoothing_s for feature in setup.features),
        watched,
        tuple(pairs),
    )


def _drowsiness_bands(setup: Setup) -> tuple[tuple[float, float], ...]:
    top = 0.4 * setup.device.sampling_rate_hz
    return DELTA_HZ, ALPHA_HZ, (min(MUSCLE_HZ[0], 0.7 * top), min(MUSCLE_HZ[1], top))


class _Needs:
    """Distinct filters in the order in which they are asked for; which are distinct does not depend on the peak."""

    def __init__(self, iaf_hz: float | None) -> None:
        self._iaf_hz = iaf_hz
        self._keys: list[tuple[object, ...]] = []
        self.found: list[FilterNeed] = []

    def column(self, feature: Feature, band: Band) -> int:
        """Position of the filter for a feature's band, which is made if there is none like it."""
        key = (band, feature.delay_s, feature.taps_s, feature.estimator, feature.slow)
        if key not in self._keys:
            self._keys.append(key)
            self.found.append(FilterNeed(band.at(self._iaf_hz), *key[1:]))
        return self._keys.index(key)


def _derivation(fit: Fit, n_channels: int) -> Float64:
    """One row per channel in use: that channel minus the reference."""
    weights = np.zeros((len(fit.channels), n_channels))
    for row, channel in enumerate(fit.channels):
        weights[row, channel] = 1.0
    if fit.reference == "average":
        weights -= 1.0 / n_channels
    elif isinstance(fit.reference, tuple):
        weights[:, list(fit.reference)] -= 1.0 / len(fit.reference)
    return weights


def _log(value: float) -> float:
    return math.log(value) if value > 0.0 else math.nan


def _amplitude(sites: list[int], column: int, log: bool) -> Evaluate:
    if len(sites) == 2 and not log:  # the usual case, and a loop takes twice as long
        one, other = sites

        def mean_of_two(amplitudes: Amplitudes, _: list[float]) -> float:
            return (amplitudes[one][column] + amplitudes[other][column]) / 2

        return mean_of_two

    def mean_amplitude(amplitudes: Amplitudes, _: list[float]) -> float:
        total = 0.0
        for site in sites:
            total += amplitudes[site][column]
        return _log(total / len(sites)) if log else total / len(sites)

    return mean_amplitude


def _mean_power(amplitudes: Amplitudes, sites: list[int], column: int) -> float:
    total = 0.0
    for site in sites:
        total += amplitudes[site][column] * amplitudes[site][column]
    return total / (2 * len(sites))


def _power(sites: list[int], column: int, log: bool) -> Evaluate:
    def power(amplitudes: Amplitudes, _: list[float]) -> float:
        value = _mean_power(amplitudes, sites, column)
        return _log(value) if log else value

    return power


def _relative(sites: list[int], column: int, whole: int, log: bool) -> Evaluate:
    def relative(amplitudes: Amplitudes, _: list[float]) -> float:
        total = _mean_power(amplitudes, sites, whole)
        if total <= 0.0:
            return math.nan
        value = _mean_power(amplitudes, sites, column) / total
        return _log(value) if log else value

    return relative


def _coupling(number: int) -> Evaluate:
    def coupling(amplitudes: Amplitudes, _: list[float]) -> float:
        return amplitudes[-1][number]

    return coupling


def _asymmetry(right: list[int], left: list[int], column: int) -> Evaluate:
    def asymmetry(amplitudes: Amplitudes, _: list[float]) -> float:
        return _log(_mean_power(amplitudes, right, column)) - _log(_mean_power(amplitudes, left, column))

    return asymmetry


def _ratio(feature: Feature, top: int, bottom: int, features: tuple[Feature, ...]) -> Evaluate:
    """Quotient of two features; of two logs it is the difference, which is the log of the quotient."""
    if features[top].log and features[bottom].log:

        def difference(_: Amplitudes, values: list[float]) -> float:
            value = values[top] - values[bottom]
            return value if feature.log else math.exp(value)

        return difference

    def quotient(_: Amplitudes, values: list[float]) -> float:
        if not values[bottom] > 0.0:
            return math.nan
        value = values[top] / values[bottom]
        return _log(value) if feature.log else value

    return quotient
