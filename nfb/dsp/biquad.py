"""Impulse responses of second-order sections, for folding short recursive filters into FIR taps.

Coefficients follow R. Bristow-Johnson's audio EQ cookbook (bilinear transform); a Q of 1/sqrt(2) gives a
second-order Butterworth response.
"""

import math

import numpy as np

from nfb.model.samples import Float64

BUTTERWORTH_Q = math.sqrt(0.5)

Section = tuple[float, float, float, float, float]  # b0, b1, b2, a1, a2 with a0 = 1


def highpass(cut_hz: float, rate_hz: float, q: float = BUTTERWORTH_Q) -> Section:
    cos, alpha = _prewarp(cut_hz, rate_hz, q)
    return _normal((1 + cos) / 2, -(1 + cos), (1 + cos) / 2, cos, alpha)


def lowpass(cut_hz: float, rate_hz: float, q: float = BUTTERWORTH_Q) -> Section:
    cos, alpha = _prewarp(cut_hz, rate_hz, q)
    return _normal((1 - cos) / 2, 1 - cos, (1 - cos) / 2, cos, alpha)


def steep_lowpass(cut_hz: float, rate_hz: float) -> list[Section]:
    """Fourth-order Butterworth low-pass as two sections."""
    # Poles lie at 22.5° and 67.5° from the real axis: Q = 1 / (2 cos angle).
    return [lowpass(cut_hz, rate_hz, 0.5 / math.cos(math.radians(angle))) for angle in (22.5, 67.5)]


def notch(centre_hz: float, rate_hz: float, q: float = 30.0) -> Section:
    """Notch whose half-power width is exactly `centre_hz` / `q`, at any rate."""
    cos, _ = _prewarp(centre_hz, rate_hz, q)
    alpha = math.tan(math.pi * centre_hz / (q * rate_hz))
    return _normal(1.0, -2 * cos, 1.0, cos, alpha)


def impulse_response(sections: list[Section], n_samples: int) -> Float64:
    """First `n_samples` of the cascade's response to a unit impulse."""
    signal = [1.0] + [0.0] * (n_samples - 1)
    for b0, b1, b2, a1, a2 in sections:
        x1 = x2 = y1 = y2 = 0.0
        for i, x in enumerate(signal):
            y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
            x1, x2, y1, y2 = x, x1, y, y1
            signal[i] = y
    return np.array(signal)


def _prewarp(hz: float, rate_hz: float, q: float) -> tuple[float, float]:
    if not 0 < hz < rate_hz / 2:
        raise ValueError(f"{hz:g} Hz must lie between 0 and {rate_hz / 2:g} Hz")
    w = 2 * math.pi * hz / rate_hz
    return math.cos(w), math.sin(w) / (2 * q)


def _normal(b0: float, b1: float, b2: float, cos: float, alpha: float) -> Section:
    a0 = 1 + alpha
    return b0 / a0, b1 / a0, b2 / a0, -2 * cos / a0, (1 - alpha) / a0
