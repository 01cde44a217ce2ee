"""Features against closed forms: sinusoids of known amplitude, sides of known power."""

import dataclasses
import math

import numpy as np
import pytest

from nfb.model.protocol import Band, Feature, FeatureKind
from nfb.model.samples import Float32
from nfb.session.session import Session
from nfb.session.setup import make_setup

from .conftest import RATE_HZ, Lab


def sines(*parts: tuple[str, float, float], lab: Lab, seconds: float = 8.0) -> Float32:
    """Sum of sinusoids ``(channel, Hz, µV)``."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    eeg = np.zeros((len(lab.names), len(t)))
    for name, hz, amplitude_uv in parts:
        eeg[lab.names.index(name)] += amplitude_uv * np.sin(2 * np.pi * hz * t + len(name))
    return eeg.astype(np.float32)


def values(lab: Lab, eeg: Float32, *features: Feature) -> np.ndarray:
    """``(n_hops, n_features)`` after settling."""
    conditions = (lab.fixed(1.0, feature=features[0].name),)
    protocol = lab.run_only(features=features, conditions=conditions)
    output = lab.feed(Session(make_setup(protocol, lab.device())), eeg)
    return np.array([hop.features for hop in output.hops[300:]])


ALPHA = Feature("alpha", FeatureKind.AMPLITUDE, Band((8.0, 12.0)), sites=("C3", "C4"), delay_s=0.2)


def test_amplitude_is_the_mean_over_sites_in_microvolts(lab: Lab) -> None:
    eeg = sines(("C3", 10.0, 10.0), ("C4", 10.0, 20.0), lab=lab)
    assert np.median(values(lab, eeg, ALPHA)) == pytest.approx(15.0, rel=0.1)


def test_power_of_a_sinusoid_is_half_its_amplitude_squared(lab: Lab) -> None:
    eeg = sines(("C3", 10.0, 10.0), ("C4", 10.0, 10.0), lab=lab)
    power = dataclasses.replace(ALPHA, name="power", kind=FeatureKind.POWER)
    both = values(lab, eeg, ALPHA, power)
    assert np.median(both[:, 1]) == pytest.approx(50.0, rel=0.2)
    np.testing.assert_allclose(both[:, 1], both[:, 0] ** 2 / 2, rtol=0.02)


def test_logs_are_natural(lab: Lab) -> None:
    eeg = sines(("C3", 10.0, 10.0), ("C4", 10.0, 10.0), lab=lab)
    both = values(lab, eeg, ALPHA, dataclasses.replace(ALPHA, name="log", log=True))
    np.testing.assert_allclose(both[:, 1], np.log(both[:, 0]), rtol=1e-12)


def test_doubled_power_on_the_right_moves_the_asymmetry_by_ln_2(lab: Lab) -> None:
    faa = Feature("faa", FeatureKind.ASYMMETRY, Band((8.0, 13.0)), sites=("F4",), left_sites=("F3",), delay_s=0.2)
    even = values(lab, sines(("F3", 10.0, 10.0), ("F4", 10.0, 10.0), lab=lab), faa)
    right = values(lab, sines(("F3", 10.0, 10.0), ("F4", 10.0, 10.0 * math.sqrt(2)), lab=lab), faa)
    left = values(lab, sines(("F3", 10.0, 10.0 * math.sqrt(2)), ("F4", 10.0, 10.0), lab=lab), faa)
    assert np.median(even) == pytest.approx(0.0, abs=0.01)
    assert np.median(right) == pytest.approx(math.log(2), abs=0.01)
    assert np.median(left) == pytest.approx(-math.log(2), abs=0.01)


def test_the_asymmetry_does_not_see_a_reference_that_both_sides_share(lab: Lab) -> None:
    faa = Feature("faa", FeatureKind.ASYMMETRY, Band((8.0, 13.0)), sites=("F4",), left_sites=("F3",), delay_s=0.2)
    eeg = sines(("F3", 10.0, 10.0), ("F4", 10.0, 20.0), lab=lab)
    drift = np.linspace(0, 500, eeg.shape[1], dtype=np.float32)
    offset = values(lab, eeg + 5000 + drift, faa)
    assert np.median(offset) == pytest.approx(math.log(4), abs=0.02)


def test_a_ratio_of_logs_is_their_difference(lab: Lab) -> None:
    theta = Feature("theta", FeatureKind.POWER, Band((4.0, 8.0)), sites=("C3",), log=True, delay_s=0.2)
    beta = Feature("beta", FeatureKind.POWER, Band((13.0, 21.0)), sites=("C3",), log=True, delay_s=0.2)
    ratio = Feature("tbr", FeatureKind.RATIO, numerator="theta", denominator="beta", log=True)
    plain = dataclasses.replace(ratio, name="plain", log=False)
    eeg = sines(("C3", 6.0, 12.0), ("C3", 17.0, 4.0), lab=lab)
    result = values(lab, eeg, theta, beta, ratio, plain)
    assert np.median(result[:, 2]) == pytest.approx(math.log(9), abs=0.28)  # gains of 0.87 to 1.09 each
    np.testing.assert_allclose(result[:, 3], np.exp(result[:, 2]), rtol=1e-12)


def test_relative_power_of_the_only_rhythm_is_nearly_one_and_of_another_band_nearly_zero(lab: Lab) -> None:
    eeg = sines(("C3", 10.0, 10.0), ("C4", 10.0, 10.0), lab=lab)
    relative = dataclasses.replace(ALPHA, name="relative", kind=FeatureKind.RELATIVE)
    beta = dataclasses.replace(relative, name="beta", band=Band((20.0, 26.0)))
    result = values(lab, eeg, relative, beta)
    assert np.median(result[:, 0]) == pytest.approx(1.0, abs=0.25)  # the gains of two filters, squared
    assert np.median(result[:, 1]) < 0.02


def test_linked_ears_are_subtracted(lab: Lab) -> None:
    names = ("C3", "C4", "A1", "A2")
    t = np.arange(2000) / RATE_HZ
    wave = 10 * np.sin(2 * np.pi * 10 * t)
    eeg = np.array([wave, wave, wave, -wave]).astype(np.float32)  # the ears' mean is zero
    protocol = lab.run_only(features=(ALPHA,))
    montage = dataclasses.replace(protocol.montage, sites=("C3", "C4"), min_sites=2, reference=("A1", "A2"))
    linked = dataclasses.replace(protocol, montage=montage)
    device = lab.device(channel_names=names)
    same = lab.feed(Session(make_setup(linked, device)), eeg).hops[-1].features[0]
    eeg[3] = wave  # now the ears carry the wave and it cancels
    none = lab.feed(Session(make_setup(linked, device)), eeg).hops[-1].features[0]
    assert same == pytest.approx(10.0, rel=0.1)
    assert none == pytest.approx(0.0, abs=1e-6)


def test_the_mean_of_all_channels_is_subtracted_whether_the_protocol_uses_them_or_not(lab: Lab) -> None:
    names = ("C3", "C4", "F3", "F4", "P3", "P4", "O1", "O2")
    t = np.arange(2000) / RATE_HZ
    wave = 10 * np.sin(2 * np.pi * 10 * t)
    protocol = lab.run_only(features=(ALPHA,))
    montage = dataclasses.replace(protocol.montage, sites=("C3", "C4"), min_sites=2, reference="average")
    average = dataclasses.replace(protocol, montage=montage)
    device = lab.device(channel_names=names)
    eeg = np.array([wave] * 8).astype(np.float32)
    none = lab.feed(Session(make_setup(average, device)), eeg).hops[-1].features[0]
    eeg[4:] = 0.0  # half of the channels: half of it is left
    half = lab.feed(Session(make_setup(average, device)), eeg).hops[-1].features[0]
    assert none == pytest.approx(0.0, abs=1e-5)
    assert half == pytest.approx(5.0, rel=0.1)


def test_an_individual_band_follows_the_alpha_peak(lab: Lab) -> None:
    upper = Feature("upper", FeatureKind.AMPLITUDE, Band((10.0, 12.0), (0.0, 2.0)), sites=("C3",), delay_s=0.2)
    protocol = lab.run_only(features=(upper,), conditions=(lab.fixed(1.0, feature="upper"),))
    eeg = sines(("C3", 9.4, 10.0), lab=lab, seconds=10)
    inside = lab.feed(Session(make_setup(protocol, lab.device(), iaf_hz=8.4)), eeg).hops[-1].features[0]
    outside = lab.feed(Session(make_setup(protocol, lab.device(), iaf_hz=11.0)), eeg).hops[-1].features[0]
    assert inside > 3 * outside


def test_one_pole_smoothing_reaches_63_percent_after_its_time_constant(lab: Lab) -> None:
    smooth = dataclasses.replace(ALPHA, name="smooth", smoothing_s=1.0)
    quiet, loud = (
        sines(("C3", 10.0, 5.0), ("C4", 10.0, 5.0), lab=lab),
        sines(("C3", 10.0, 10.0), ("C4", 10.0, 10.0), lab=lab),
    )
    result = values(lab, np.concatenate([quiet, loud], axis=1), ALPHA, smooth)
    step = 2000 // 5 - 300
    low, high = np.median(result[50:step, 1]), np.median(result[-50:, 1])
    crossed = np.flatnonzero(result[step:, 1] > low + (1 - math.exp(-1)) * (high - low))[0] * 0.02
    raw_crossed = np.flatnonzero(result[step:, 0] > low + 0.5 * (high - low))[0] * 0.02
    assert crossed - raw_crossed == pytest.approx(1.0, abs=0.15)
