"""Single soft tones for rewards: four timbres, and the two bells of alpha-theta. Their pitch never changes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from nfb.ui.audio.limits import RATE_HZ, Float32

ATTACK_S = 0.2  # a tone that rises slower than this does not startle
RELEASE_S = 0.15
SPACING_S = 0.7
TEST_HALF_S = 0.025
TOKEN_RMS = 10 ** (-24 / 20)  # over its loudest tenth of a second: 5 dB over the bed

# Partials as (multiple of the pitch, share, seconds until it has faded to a third).
_Partials = tuple[tuple[float, float, float], ...]
_BOWL: _Partials = ((1.0, 1.0, 1.1), (1.003, 0.6, 1.0), (2.71, 0.22, 0.6), (5.1, 0.05, 0.3))
_BELL: _Partials = ((1.0, 1.0, 0.9), (2.0, 0.35, 0.6), (2.4, 0.2, 0.5), (3.0, 0.12, 0.4))
_WOOD: _Partials = ((1.0, 1.0, 0.16), (3.9, 0.1, 0.08))
_SOFT: _Partials = ((1.0, 1.0, 0.4),)

CHIMES: Mapping[str, tuple[float, _Partials]] = MappingProxyType(
    {
        "bowl": (293.66, _BOWL),
        "bell": (587.33, _BELL),
        "wood": (392.0, _WOOD),
        "soft": (528.0, _SOFT),
    }
)
HIGH_BELL_HZ, LOW_BELL_HZ = 659.26, 329.63


def chime(key: str) -> Float32:
    """``(2, n_samples)`` of a timbre in :data:`CHIMES`; KeyError for another."""
    pitch_hz, partials = CHIMES[key]
    return _tone(pitch_hz, partials)


def bell(high: bool) -> Float32:
    """``(2, n_samples)``: the high or the low bell of alpha-theta training."""
    return _tone(HIGH_BELL_HZ if high else LOW_BELL_HZ, _BELL)


def sensor_tone() -> Float32:
    """``(2, n_samples)``: half a second for a microphone, at half its size `TEST_HALF_S` after it begins."""
    time_s = np.arange(RATE_HZ // 2) / RATE_HZ
    edge_s = 2 * TEST_HALF_S
    wave = 0.12 * np.sin(2 * np.pi * 440 * time_s) * _edge(time_s / edge_s) * _edge(time_s[::-1] / edge_s)
    return np.tile(wave, (2, 1)).astype(np.float32)


def _tone(pitch_hz: float, partials: _Partials) -> Float32:
    longest_s = max(fade_s for _, _, fade_s in partials)
    time_s = np.arange(round((ATTACK_S + 3.5 * longest_s) * RATE_HZ)) / RATE_HZ
    after_s = np.maximum(time_s - ATTACK_S, 0.0)
    wave = np.zeros(len(time_s))
    for multiple, share, fade_s in partials:
        wave += share * np.sin(2 * np.pi * pitch_hz * multiple * time_s) * np.exp(-after_s / fade_s)
    wave *= _edge(time_s / ATTACK_S) * _edge(time_s[::-1] / RELEASE_S)
    energy = np.cumsum(wave**2)
    tenth = RATE_HZ // 10
    loudest = np.sqrt((energy[tenth:] - energy[:-tenth]).max() / tenth)
    return np.tile(wave * (TOKEN_RMS / loudest), (2, 1)).astype(np.float32)


def _edge(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """A raised cosine from 0 to 1."""
    edge: NDArray[np.float64] = 0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0.0, 1.0))
    return edge
