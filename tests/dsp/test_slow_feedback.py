"""The second stage on simulated Gaussian EEG, and on people at rest."""

import numpy as np
import pytest
from edfio import read_edf

from nfb.dsp.accuracy import aligned, causal_envelope, envelope_correlation, zero_phase_envelope
from nfb.dsp.estimators import design_band_filter
from nfb.dsp.prior import person_spectrum, prior_spectrum, shrink
from nfb.dsp.slow_feedback import design_slow_filter, first_stage_delay_s
from nfb.model.errors import ProtocolError

ALPHA = (8.0, 12.0)


def averaged_power(eeg, rate):
    """Squared envelope averaged over the second around each sample."""
    n = 2 * round(rate / 2) + 1
    return np.convolve(zero_phase_envelope(eeg, rate, ALPHA) ** 2, np.ones(n) / n, "same")


def run(slow, band_filter, eeg):
    """``powers @ weights`` at every sample."""
    hop = round(slow.hop_s * band_filter.sampling_rate_hz)
    powers = causal_envelope(eeg, band_filter) ** 2
    windows = np.lib.stride_tricks.sliding_window_view(powers, (slow.n_hops - 1) * hop + 1)[:, ::hop]
    return np.concatenate([np.full(powers.size - len(windows), np.nan), windows @ slow.weights])


def test_on_gaussian_eeg_no_fitted_weights_do_better():
    rate, hop, delay_s = 250.0, 5, 0.2
    spectrum = prior_spectrum(10.0)
    rng = np.random.default_rng(1)
    n = round(600 * rate)
    root = np.sqrt(np.interp(np.fft.rfftfreq(n, 1 / rate), *spectrum) * rate / 2)
    eeg = np.fft.irfft(np.fft.rfft(rng.normal(size=n)) * root, n)
    band_filter = design_band_filter(ALPHA, rate, 0.05, spectrum=spectrum)
    slow = design_slow_filter(band_filter, hop / rate, delay_s, spectrum)
    truth = averaged_power(eeg, rate)
    closed = envelope_correlation(*aligned(run(slow, band_filter, eeg)[n // 2 :], truth[n // 2 :], delay_s, rate))
    # Ordinary least squares on the first five minutes, tested on the same second five.
    powers = causal_envelope(eeg, band_filter) ** 2
    rows = np.lib.stride_tricks.sliding_window_view(powers, (slow.n_hops - 1) * hop + 1)[:, ::hop]
    now = np.arange(powers.size - len(rows), powers.size)
    wanted = truth[now - round(delay_s * rate)]
    fit = np.isfinite(rows).all(axis=1) & (now < n // 2)
    design = np.column_stack([np.ones(fit.sum()), rows[fit]])
    weights = np.linalg.lstsq(design, wanted[fit], rcond=None)[0]
    fitted = np.concatenate([np.full(powers.size - len(rows), np.nan), rows @ weights[1:]])
    least_squares = envelope_correlation(*aligned(fitted[n // 2 :], truth[n // 2 :], delay_s, rate))
    assert closed > least_squares - 0.005


def test_steady_power_is_read_as_it_is():
    rate = 250.0
    band_filter = design_band_filter(ALPHA, rate, 0.05)
    slow = design_slow_filter(band_filter, 0.02)
    tone = 10 * np.cos(2 * np.pi * 10 * np.arange(round(8 * rate)) / rate)
    expected = (10 * band_filter.amplitude_gain(10.0)[0]) ** 2
    # The tone's mirror image makes the power ripple at 20 Hz; a whole second of it averages out.
    assert run(slow, band_filter, tone)[-250:].mean() == pytest.approx(expected, rel=0.001)
    assert slow.n_hops == 60
    assert not slow.weights.flags.writeable


def test_centred_second_of_alpha_power_is_known_after_200_and_300_ms(shared_eeg):
    signals = read_edf(shared_eeg / "edf" / "eegmat_Subject03_1.edf").signals
    scores = {0.2: [], 0.3: []}
    for signal in signals:
        if signal.label.strip() not in ("EEG O1", "EEG O2", "EEG Pz"):
            continue
        eeg, rate = signal.data, float(signal.sampling_frequency)
        half = eeg.size // 2
        spectrum = shrink(None, person_spectrum(eeg[:half], rate), half / rate)
        band_filter = design_band_filter(ALPHA, rate, first_stage_delay_s(ALPHA), spectrum=spectrum)
        truth = averaged_power(eeg[half:], rate)
        for delay_s, found in scores.items():
            slow = design_slow_filter(band_filter, 0.02, delay_s, spectrum)
            found.append(envelope_correlation(*aligned(run(slow, band_filter, eeg[half:]), truth, delay_s, rate)))
    assert np.median(scores[0.2]) >= 0.90
    assert np.median(scores[0.3]) >= 0.94


@pytest.mark.parametrize(("hop_s", "delay_s", "words"), [(0.02, 0.9, "delay_s = 0.9"), (0.0, 0.2, "hop_s = 0")])
def test_what_cannot_be_designed_is_said(hop_s, delay_s, words):
    with pytest.raises(ProtocolError, match=words):
        design_slow_filter(design_band_filter(ALPHA, 250.0, 0.05), hop_s, delay_s)
