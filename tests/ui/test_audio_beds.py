"""The built-in soundscapes: loudness, spectrum, and that they never come round."""

import numpy as np
import pytest

from nfb.ui.audio import beds
from nfb.ui.audio.beds import Bed
from nfb.ui.audio.limits import RATE_HZ
from nfb.ui.audio.tokens import CHIMES, bell, chime

MADE = {make.__name__: make for make in (beds.rain, beds.ocean, beds.stream, beds.pads)}
N = 2**20  # 21.8 s


@pytest.fixture(scope="module", params=list(MADE))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def bed(name: str) -> Bed:
    return MADE[name]()


@pytest.fixture(scope="module")
def heard(bed: Bed) -> tuple[np.ndarray, np.ndarray]:
    """Dark and bright, ``(2, n)`` each, pulled in the uneven pieces that a device asks for."""
    rng = np.random.default_rng(0)
    pieces = []
    total = 0
    while total < N:
        n = int(rng.integers(1, 20_000))
        pieces.append(bed.read(n))
        total += n
    dark, bright = (np.concatenate(side, axis=1)[:, :N] for side in zip(*pieces, strict=True))
    return dark, bright


HZ = np.fft.rfftfreq(N, 1 / RATE_HZ)


@pytest.fixture(scope="module")
def spectra(heard: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Power of the left side by frequency, dark and bright."""
    window = np.hanning(N)  # or the cut ends of the bass would hide the treble
    dark, bright = (np.abs(np.fft.rfft(window * side[0])) ** 2 for side in heard)
    return dark, bright


def power(spectrum: np.ndarray, low_hz: float, high_hz: float) -> float:
    """Power between two frequencies."""
    first, stop = np.searchsorted(HZ, (low_hz, high_hz))
    return float(spectrum[first:stop].sum())


def decibel(ratio: float) -> float:
    return 10 * float(np.log10(ratio))


def test_soft_alike_and_free_of_steps(heard: tuple[np.ndarray, np.ndarray]) -> None:
    _, bright = heard
    assert -32 <= decibel(float(np.mean(bright**2))) <= -27
    assert np.abs(np.diff(bright, axis=1)).max() < 0.025  # single samples are left to the limiter
    assert np.quantile(np.abs(np.diff(bright, axis=1)), 0.9999) < 0.016
    assert abs(float(bright.mean())) < 1e-4


def test_the_dark_version_is_a_low_pass_at_500_hz(spectra: tuple[np.ndarray, np.ndarray]) -> None:
    dark, bright = spectra
    assert decibel(power(dark, 20, 150) / power(bright, 20, 150)) > -1.0
    for hz in (440.0, 1174.7):  # where the pads have a tone, too
        loss_db = decibel(power(dark, hz - 8, hz + 8) / power(bright, hz - 8, hz + 8))
        assert loss_db == pytest.approx(-20 * np.log10(1 + (hz / 500) ** 2), abs=0.2)


def test_it_has_the_spectrum_of_what_it_is_called(name: str, spectra: tuple[np.ndarray, np.ndarray]) -> None:
    _, bright = spectra
    hiss = power(bright, 1000, 6000) / power(bright, 20, 20_000)
    if name == "pads":
        # A chord: three quarters of the power within a hertz of its tones.
        tones = [73.42, 110.0, 146.83, 220.0, 293.66, 369.99, 440.0, 587.33]
        near = np.min([np.abs(HZ - tone) for tone in tones], axis=0) < 1.0
        assert bright[near].sum() / bright.sum() > 0.75
        assert hiss < 0.05
    else:
        # Water is a broad noise that falls towards the high end, without a tone in it.
        bands = [power(bright, low, 2 * low) for low in (500, 1000, 2000, 4000)]
        assert bands == sorted(bands, reverse=True)
        assert hiss > 0.02
        parts = np.array([power(bright, low, low + 100) for low in range(300, 1000, 100)])
        beside = np.sqrt(parts[:-2] * parts[2:])
        assert (parts[1:-1] / beside).max() < 2


def test_the_sea_comes_and_goes_and_the_rain_does_not(name: str, heard: tuple[np.ndarray, np.ndarray]) -> None:
    _, bright = heard
    seconds = bright[0, : 21 * RATE_HZ].reshape(21, -1)
    loudness = 10 * np.log10(np.mean(seconds**2, axis=1))
    if name == "ocean":
        assert np.ptp(loudness) > 5.0
    if name in ("rain", "stream"):
        assert np.ptp(loudness) < 3.5
    assert loudness.min() > -45  # never silent


def test_no_stretch_comes_back(bed: Bed) -> None:
    _, first = bed.read(2 * RATE_HZ)
    bed.read(88 * RATE_HZ)
    _, later = bed.read(40 * RATE_HZ)
    # Correlation at every lag by the Fourier transform: no lag at which the first seconds are heard again.
    n = 2 ** int(np.ceil(np.log2(later.shape[1] + first.shape[1])))
    cross = np.fft.irfft(np.fft.rfft(later[0], n) * np.conj(np.fft.rfft(first[0], n)), n)[: 38 * RATE_HZ]
    energy = np.cumsum(np.pad(later[0].astype(float) ** 2, (1, 0)))
    local = np.sqrt(energy[first.shape[1] :] - energy[: -first.shape[1]])[: len(cross)]
    alike = np.abs(cross) / (local * np.linalg.norm(first[0].astype(float)))
    assert alike.max() < 0.9


def test_left_and_right_are_different_places_in_it(heard: tuple[np.ndarray, np.ndarray]) -> None:
    _, bright = heard
    assert abs(np.corrcoef(bright)[0, 1]) < 0.3


@pytest.mark.parametrize("token", [*CHIMES, "high bell", "low bell"])
def test_a_token_rises_slowly_rings_and_ends_in_silence(token: str) -> None:
    wave = chime(token) if token in CHIMES else bell(token == "high bell")
    envelope = np.array([np.abs(part).max() for part in np.array_split(wave[0], wave.shape[1] // 480)])
    assert wave[0, 0] == 0.0 and abs(wave[0, -1]) < 1e-4
    assert envelope[:5].max() < 0.25 * envelope.max()  # 50 ms: not yet a quarter
    assert 0.15 <= envelope.argmax() * 0.01 <= 0.30
    assert np.abs(wave).max() < 0.2
    energy = np.cumsum(wave[0].astype(float) ** 2)
    assert (energy[4800:] - energy[:-4800]).max() / 4800 <= 10 ** (-23 / 10)


def test_the_pitch_of_the_bells_is_an_octave_apart() -> None:
    def pitch_hz(wave: np.ndarray) -> float:
        n = 2**19
        return float(np.fft.rfftfreq(n, 1 / RATE_HZ)[np.abs(np.fft.rfft(wave[0], n)).argmax()])

    assert pitch_hz(bell(True)) / pitch_hz(bell(False)) == pytest.approx(2.0, rel=0.01)
