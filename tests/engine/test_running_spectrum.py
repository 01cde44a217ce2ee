"""The spectrum that is shown is that of the samples: scipy offline and a sine of known size say so."""

import math

import numpy as np
import pytest
from scipy import signal

from nfb.engine.running_spectrum import RunningSpectrum
from nfb.model.samples import Chunk, Gap, GapCause, as_chunk_samples

RATE_HZ = 250.0


def chunks(eeg: np.ndarray, n: int = 25, first: int = 0) -> list:
    """``(n_channels, n_samples)`` in chunks of `n`, numbered from `first`."""
    cut = [eeg[:, at : at + n] for at in range(0, eeg.shape[1], n)]
    starts = first + np.cumsum([0, *(part.shape[1] for part in cut[:-1])])
    return [
        Chunk(int(at), as_chunk_samples(part), np.full(part.shape[1], np.nan))
        for at, part in zip(starts, cut, strict=True)
    ]


def test_it_is_the_periodogram_that_scipy_computes() -> None:
    eeg = np.random.default_rng(3).normal(0.0, 10.0, (3, 500)).astype(np.float32)
    spectrum = RunningSpectrum((0, 2), RATE_HZ)
    spectrum.add(chunks(eeg))
    assert spectrum.look()
    hz, psd = signal.periodogram(eeg[[0, 2]].astype(float), RATE_HZ, "hann", detrend="linear")
    shown = (hz >= 1.0) & (hz <= 40.0)
    assert np.array_equal(spectrum.frequencies_hz, hz[shown])
    assert np.allclose(spectrum.psd, psd.mean(axis=0)[shown], rtol=1e-4)


def test_a_sine_of_ten_microvolt_has_fifty_microvolt_squared() -> None:
    time_s = np.arange(500) / RATE_HZ
    spectrum = RunningSpectrum((0,), RATE_HZ)
    spectrum.add(chunks(10.0 * np.sin(2 * np.pi * 10.0 * time_s)[None]))
    spectrum.look()
    assert math.isclose(float(spectrum.psd.sum()) * 0.5, 50.0, rel_tol=0.01)
    assert spectrum.frequencies_hz[spectrum.psd.argmax()] == 10.0


def test_a_window_never_reaches_across_a_gap() -> None:
    spectrum = RunningSpectrum((0,), RATE_HZ)
    eeg = np.random.default_rng(1).normal(0.0, 5.0, (1, 450))
    spectrum.add(chunks(eeg))
    spectrum.add([Gap(450, 100, 0.4, GapCause.PACKETS_LOST)])
    spectrum.add(chunks(eeg, first=450))
    assert not spectrum.look()
    spectrum.add(chunks(eeg[:, :50], first=900))
    assert spectrum.look()


def test_the_baseline_is_the_mean_of_its_windows() -> None:
    rng = np.random.default_rng(2)
    spectrum = RunningSpectrum((0,), RATE_HZ)
    alone = []
    for i in range(4):
        eeg = rng.normal(0.0, 5.0, (1, 500)).astype(np.float32)
        spectrum.add(chunks(eeg, first=500 * i))
        assert spectrum.look(in_baseline=True)
        hz, psd = signal.periodogram(eeg.astype(float), RATE_HZ, "hann", detrend="linear")
        alone.append(psd[0, (hz >= 1.0) & (hz <= 40.0)])
    assert np.allclose(spectrum.baseline, np.mean(alone, axis=0), rtol=1e-4)


@pytest.mark.parametrize("n_channels", [4, 32])
def test_a_minute_of_history_and_not_more(n_channels: int) -> None:
    spectrum = RunningSpectrum(tuple(range(n_channels)), RATE_HZ)
    eeg = np.random.default_rng(2).normal(0.0, 5.0, (n_channels, 500))
    for i in range(100):
        spectrum.add(chunks(eeg, 500, first=500 * i))
        spectrum.look()
    assert len(spectrum.history) == 30
