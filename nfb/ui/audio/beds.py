"""Soundscapes that never end and never repeat, made from a seed.

Every layer is a loop whose two ends meet, since it is made as a circular spectrum. Layers have lengths without a
common measure, so that together they do not come round within a working day; left and right read the same loop half
its length apart. Each loop exists bright and dark (behind a low-pass): moving between the two is a filter that opens
and closes without any arithmetic while it plays.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nfb.ui.audio.limits import RATE_HZ, Float32

DARK_HZ = 500.0
BED_RMS = 10 ** (-29 / 20)
_STEP_SHARE = 0.012  # steps that all but one sample in ten thousand stay under, so that the limiter rests
# Products of 2, 3 and 5 that the Fourier transform takes quickly; together they come round after 380 hours.
_LENGTHS = (2**7 * 3**8, 2**3 * 3**2 * 5**6, 2 * 3**2 * 5**7)

Float64 = NDArray[np.float64]


class Bed(Protocol):
    """A sound without end."""

    def read(self, n: int) -> tuple[Float32, Float32]:
        """The next `n` samples, dark and bright, each ``(2, n)``, full scale 1."""


class Loops:
    """Loops of different lengths, played together.

    Parameters
    ----------
    waves
        One ``(n_samples,)`` array per layer, each circular.
    """

    def __init__(self, waves: list[Float64]) -> None:
        # Everything is levelled as it will be heard: by the sum's loudness and by its steepest parts.
        n = min(len(wave) for wave in waves)
        total: Float64 = np.sum([wave[:n] for wave in waves], axis=0)
        steep = float(np.quantile(np.abs(np.diff(total)), 0.9999))
        gain = min(BED_RMS / float(np.sqrt(np.mean(total**2))), _STEP_SHARE / steep)
        # Dark and bright together, ``(2, n_samples)``: one slice gives both.
        self._waves = [(gain * np.stack((_low_passed(wave), wave))).astype(np.float32) for wave in waves]
        self._at = 0

    def read(self, n: int) -> tuple[Float32, Float32]:
        sides = np.zeros((2, 2, n), np.float32)  # (left and right, dark and bright, n)
        for wave in self._waves:
            length = wave.shape[1]
            for side, start in zip(sides, (0, length // 2), strict=True):
                done, at = 0, (self._at + start) % length
                while done < n:
                    part = min(n - done, length - at)
                    side[:, done : done + part] += wave[:, at : at + part]
                    done, at = done + part, 0
        self._at += n
        return sides[:, 0], sides[:, 1]


def rain(seed: int = 1) -> Bed:
    """Steady rain: a soft hiss, single drops, and the low murmur of a roof."""
    rng = np.random.default_rng(seed)
    hiss = _noise(rng, _LENGTHS[0], partial(_falling, low=220, high=5000, tilt=1.25))
    drops = 0.35 * _drops(rng, _LENGTHS[1], per_s=40, hz=(600, 1800), fade_s=(0.006, 0.02))
    roof = 0.9 * _noise(rng, _LENGTHS[2], partial(_falling, low=70, high=300, tilt=0.7))
    return Loops([hiss, drops, roof])


def ocean(seed: int = 2) -> Bed:
    """Waves that come every ten seconds or so, none like the one before."""
    rng = np.random.default_rng(seed)
    layers = []
    for n, low, high, size in zip(_LENGTHS, (90, 160, 280), (1400, 2800, 5000), (1.0, 0.9, 0.6), strict=True):
        water = _noise(rng, n, partial(_falling, low=low, high=high, tilt=1.15))
        layers.append(size * water * _waves(rng, n))
    return Loops(layers)


def stream(seed: int = 3) -> Bed:
    """A brook: running water with small bubbles."""
    rng = np.random.default_rng(seed)
    run = _noise(rng, _LENGTHS[0], partial(_falling, low=250, high=3200, tilt=1.2))
    run *= 1.0 + 0.35 * _slow(rng, len(run), 3.0)
    bubbles = 0.8 * _drops(rng, _LENGTHS[1], per_s=9, hz=(380, 1000), fade_s=(0.02, 0.06))
    deep = 0.8 * _noise(rng, _LENGTHS[2], partial(_falling, low=80, high=320, tilt=0.0))
    return Loops([run, bubbles, deep])


def pads(seed: int = 4) -> Bed:
    """A warm open chord (D and A over three octaves) whose voices swell and fade on their own."""
    rng = np.random.default_rng(seed)
    chords = ((73.42, 146.83, 220.0), (110.0, 293.66, 440.0), (146.83, 369.99, 587.33))
    return Loops([_voices(rng, n, chord) for n, chord in zip(_LENGTHS, chords, strict=True)])


# ---------------------------------------------------------------------------------------------------- ingredients


def _noise(rng: np.random.Generator, n: int, shape: Callable[[Float64], Float64]) -> Float64:
    """Circular noise of RMS 1 whose amplitude spectrum is `shape` of the frequency in Hz."""
    hz = np.fft.rfftfreq(n, 1 / RATE_HZ).astype(np.float64)
    spectrum = np.fft.rfft(rng.standard_normal(n)) * shape(hz)
    return _levelled(np.fft.irfft(spectrum, n))


def _falling(hz: Float64, low: float, high: float, tilt: float) -> Float64:
    """A pass band with soft edges, an octave from a tenth to nine tenths, that falls by 6 · `tilt` dB an octave."""
    octaves = np.log2(np.maximum(hz, 1e-3))
    edges = (1 + np.exp(-4.4 * (octaves - np.log2(low)))) * (1 + np.exp(4.4 * (octaves - np.log2(high))))
    shape: Float64 = (low / np.maximum(hz, low)) ** tilt / edges
    return shape


def _slow(rng: np.random.Generator, n: int, hz: float) -> Float64:
    """A circular movement slower than `hz`, within ±1."""
    n_bins = max(2, round(hz * n / RATE_HZ))
    spectrum = np.zeros(n // 2 + 1, complex)
    spectrum[1 : n_bins + 1] = rng.standard_normal(n_bins) + 1j * rng.standard_normal(n_bins)
    wave: Float64 = np.fft.irfft(spectrum, n)
    wave /= np.abs(wave).max()
    return wave


def _waves(rng: np.random.Generator, n: int) -> Float64:
    """Swells of a loop of `n` samples: a quick rise, a long fall, about ten seconds apart; never quite silent."""
    time_s = np.arange(n) / RATE_HZ
    length_s = n / RATE_HZ
    envelope = np.full(n, 0.28)
    at_s = rng.uniform(0, 3)
    while at_s < length_s - 5:
        since_s = (time_s - at_s) % length_s
        rise_s, fall_s = rng.uniform(2.2, 3.2), rng.uniform(2.4, 3.4)
        envelope += (
            rng.uniform(0.6, 1.0)
            * (since_s / rise_s) ** 2
            * np.exp(2 - 2 * since_s / rise_s)
            * np.exp(-np.maximum(since_s - rise_s, 0) / (2 * fall_s))
        )
        at_s += rng.uniform(7, 11)
    return envelope


def _drops(
    rng: np.random.Generator, n: int, per_s: float, hz: tuple[float, float], fade_s: tuple[float, float]
) -> Float64:
    """Short soft pings at random times, of RMS 1 together."""
    wave = np.zeros(n)
    for _ in range(round(n / RATE_HZ * per_s)):
        fade = rng.uniform(*fade_s)
        time_s = np.arange(round(8 * fade * RATE_HZ)) / RATE_HZ
        # The gamma shape begins at nothing: a drop has no edge.
        ping = time_s / fade * np.exp(1 - time_s / fade) * np.sin(2 * np.pi * rng.uniform(*hz) * time_s)
        at = (rng.integers(n) + np.arange(len(ping))) % n
        wave[at] += rng.exponential(1.0) * ping
    return _levelled(wave)


def _levelled(wave: Float64) -> Float64:
    levelled: Float64 = wave / np.sqrt(np.mean(wave**2))
    return levelled


def _voices(rng: np.random.Generator, n: int, chord: tuple[float, ...]) -> Float64:
    """Tones with soft overtones, in pairs a little apart in pitch, each with its own slow swell."""
    spectrum = np.zeros(n // 2 + 1, complex)
    cycles_per_hz = n / RATE_HZ
    n_slow = round(0.12 * cycles_per_hz)
    for hz in chord:
        for detune in (0.9985, 1.0012):
            # A swell in time is a few lines on either side of the tone's own.
            side = 0.16 * (rng.standard_normal(n_slow) + 1j * rng.standard_normal(n_slow))
            lines = np.concatenate((side[::-1].conj(), (1.0,), side))
            for overtone in (1, 2, 3, 4):
                at = round(hz * detune * overtone * cycles_per_hz)
                turn = np.exp(1j * rng.uniform(0, 2 * np.pi))
                size = overtone**-1.9 * (110 / hz) ** 0.5
                spectrum[at - n_slow : at + n_slow + 1] += size * turn * lines
    return np.fft.irfft(spectrum, n) * n


def _low_passed(wave: Float64) -> Float64:
    """The same sound from behind a door: 12 dB an octave over `DARK_HZ`, without delay."""
    hz = np.fft.rfftfreq(len(wave), 1 / RATE_HZ)
    return np.fft.irfft(np.fft.rfft(wave) / (1 + (hz / DARK_HZ) ** 2), len(wave))
