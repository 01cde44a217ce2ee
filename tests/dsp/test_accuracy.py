"""Known envelopes, and people at rest with closed eyes."""

import numpy as np
import pytest
from edfio import read_edf

from nfb.dsp.accuracy import (
    aligned,
    causal_envelope,
    decision_agreement,
    envelope_correlation,
    expected_accuracy,
    measured_accuracy,
    zero_phase_envelope,
)
from nfb.dsp.estimators import design_band_filter
from nfb.dsp.prior import person_spectrum, shrink

RATE = 250.0


def test_the_reference_finds_a_known_envelope():
    time = np.arange(round(20 * RATE)) / RATE
    envelope = 10 * (1 + 0.5 * np.cos(2 * np.pi * 0.7 * time))
    eeg = 40_000 + 300 * time + envelope * np.cos(2 * np.pi * 10 * time) + 50 * np.cos(2 * np.pi * 50 * time)
    inner = slice(round(1.5 * RATE), round(18.5 * RATE))
    assert np.abs(zero_phase_envelope(eeg, RATE, (8.0, 12.0)) - envelope)[inner].max() < 0.2


def test_the_fast_convolution_gives_what_the_engine_computes_window_by_window():
    eeg = np.random.default_rng(3).normal(0, 10, 1500) + 150_000
    band_filter = design_band_filter((8.0, 12.0), RATE, 0.1)
    windows = np.lib.stride_tricks.sliding_window_view(eeg, band_filter.n_taps)
    expected = np.abs(windows @ band_filter.taps)
    output = causal_envelope(eeg, band_filter)
    assert np.all(np.isnan(output[:499]))
    assert np.abs(output[499:] - expected).max() < 1e-8


def test_a_delayed_copy_agrees_perfectly_at_its_own_delay_only():
    truth = np.abs(np.random.default_rng(4).normal(size=5000))
    delayed = np.concatenate([np.full(50, np.nan), truth[:-50]])
    assert envelope_correlation(*aligned(delayed, truth, 0.2, RATE)) == pytest.approx(1.0)
    assert abs(envelope_correlation(*aligned(delayed, truth, 0.1, RATE))) < 0.1


def test_decisions_are_compared_at_each_ones_own_threshold():
    truth = np.arange(100.0)
    assert decision_agreement(3 * truth + 7, truth, 0.35).f1 == 1.0
    assert decision_agreement(-truth, truth, 0.35).f1 == 0.0
    half_wrong = decision_agreement(np.concatenate([truth[:90], -truth[90:]]), truth, 0.2)
    assert half_wrong.accuracy == pytest.approx(0.8)  # ten above taken for below and ten the other way round
    assert half_wrong.f1 == pytest.approx(0.5)


def test_a_constant_has_no_correlation():
    assert np.isnan(envelope_correlation(np.ones(10), np.arange(10.0)))


def test_expected_accuracy_is_unknown_for_a_short_baseline():
    assert np.isnan(expected_accuracy(np.random.default_rng(0).normal(size=2500), RATE, (8.0, 12.0), 0.1).r)


@pytest.fixture(scope="module")
def closed_eyes(shared_eeg):
    """Site → (EEG in µV, rate) of a person with closed eyes."""
    signals = read_edf(shared_eeg / "derived" / "eegmmidb_S001R02_first60s.edf").signals
    return {
        site: (signal.data, float(signal.sampling_frequency))
        for signal in signals
        if (site := signal.label.strip(". ")) in ("O1", "Oz", "O2", "Pz", "Cz", "Fz")
    }


@pytest.mark.parametrize("site", ["O1", "Oz", "O2"])
def test_alpha_is_followed_as_closely_as_its_delay_allows(closed_eyes, site):
    eeg, rate = closed_eyes[site]
    half = eeg.size // 2
    spectrum = shrink(None, person_spectrum(eeg[:half], rate), half / rate)
    for delay_s, least in ((0.0, 0.81), (0.05, 0.905), (0.1, 0.957), (0.2, 0.978)):
        ours = design_band_filter((8.0, 12.0), rate, delay_s, spectrum=spectrum, mains_hz=60.0)
        prior = design_band_filter((8.0, 12.0), rate, delay_s, mains_hz=60.0)
        uniform = design_band_filter((8.0, 12.0), rate, delay_s, mains_hz=60.0, estimator="cfir")
        r, r_prior, r_uniform = (measured_accuracy(eeg[half:], made).r for made in (ours, prior, uniform))
        assert r > least
        assert r >= r_uniform - 0.01
        assert r_prior >= r_uniform


@pytest.mark.parametrize(
    ("band_hz", "delay_s"), [((4.0, 8.0), 0.1), ((12.0, 15.0), 0.1), ((15.0, 20.0), 0.05), ((20.0, 30.0), 0.05)]
)
def test_beside_alpha_weighting_by_the_spectrum_beats_equal_weights(closed_eyes, band_hz, delay_s):
    gains = []
    for eeg, rate in closed_eyes.values():
        ours = expected_accuracy(eeg, rate, band_hz, delay_s, mains_hz=60.0)
        uniform = expected_accuracy(eeg, rate, band_hz, delay_s, mains_hz=60.0, estimator="cfir")
        gains.append(ours.r - uniform.r)
    assert np.median(gains) > 0.01


@pytest.mark.parametrize(
    ("band_hz", "delay_s"),
    [((4.0, 8.0), 0.2), ((4.0, 8.0), 0.3), ((12.0, 15.0), 0.3), ((15.0, 20.0), 0.2), ((20.0, 30.0), 0.1)],
)
def test_where_a_band_rings_the_population_is_no_worse_than_equal_weights(closed_eyes, band_hz, delay_s):
    """At a delay × bandwidth around 1, what keeps the gain even costs most."""
    for site in ("O1", "Oz", "Pz"):
        eeg, rate = closed_eyes[site]
        prior = design_band_filter(band_hz, rate, delay_s, mains_hz=60.0)
        uniform = design_band_filter(band_hz, rate, delay_s, mains_hz=60.0, estimator="cfir")
        assert measured_accuracy(eeg, prior).r > measured_accuracy(eeg, uniform).r


def test_what_is_promised_from_half_a_minute_holds_in_the_next(closed_eyes):
    eeg, rate = closed_eyes["O1"]
    half = eeg.size // 2
    promised = expected_accuracy(eeg[:half], rate, (8.0, 12.0), 0.1, mains_hz=60.0)
    spectrum = shrink(None, person_spectrum(eeg[:half], rate), half / rate)
    band_filter = design_band_filter((8.0, 12.0), rate, 0.1, spectrum=spectrum, mains_hz=60.0)
    kept = measured_accuracy(eeg[half:], band_filter)
    assert kept.r == pytest.approx(promised.r, abs=0.03)
    assert kept.f1 == pytest.approx(promised.f1, abs=0.1)
