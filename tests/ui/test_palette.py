"""The palette by its own rules: what is read and seen on it, and what is told apart, also without full colour vision.

Deuteranopia, protanopia and tritanopia are simulated with the matrices of Machado, Oliveira and Fernandes (2009), "A
Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE Transactions on Visualization and
Computer Graphics 15(6), 1291-1298, severity 1.0, applied to linear RGB. Colour difference is CIE76: Euclidean in
CIELAB under D65.
"""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from test_theme import contrast

from nfb.ui.theme import DARK, LIGHT, STARK_DARK, STARK_LIGHT, Tokens

VISIONS = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# sRGB to XYZ under D65, IEC 61966-2-1.
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _TO_XYZ.sum(axis=1)

STATE_DIFFERENCE, BAND_DIFFERENCE = 25.0, 18.0


def cielab(name: str, vision: NDArray[np.float64]) -> NDArray[np.float64]:
    """``#RRGGBB`` as seen, in CIELAB."""
    srgb = np.array([int(name[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(vision @ linear, 0.0, 1.0)
    ratio = _TO_XYZ @ seen / _WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def smallest_difference(names: tuple[str, ...], vision: NDArray[np.float64]) -> float:
    return min(float(np.linalg.norm(cielab(a, vision) - cielab(b, vision))) for a, b in combinations(names, 2))


@pytest.mark.parametrize(
    ("name", "lab"),
    [("#FFFFFF", (100, 0, 0)), ("#FF0000", (53.24, 80.09, 67.20)), ("#0000FF", (32.30, 79.19, -107.86))],
)
def test_the_measure_agrees_with_published_values(name: str, lab: tuple[float, float, float]) -> None:
    assert cielab(name, VISIONS["normal"]) == pytest.approx(lab, abs=0.02)


@pytest.mark.parametrize("vision", ["protan", "deutan"])
def test_the_simulation_takes_red_from_green(vision: str) -> None:
    """The pair that the simulation is for: far apart in normal vision, much nearer without L or M cones."""
    pair = ("#C04040", "#408040")
    assert smallest_difference(pair, VISIONS["normal"]) > 2 * smallest_difference(pair, VISIONS[vision])
    for matrix in VISIONS.values():
        assert matrix.sum(axis=1) == pytest.approx([1, 1, 1], abs=1e-3)  # white stays white


@pytest.fixture(params=[DARK, LIGHT, STARK_DARK, STARK_LIGHT], ids=["dark", "light", "stark dark", "stark light"])
def tokens(request: pytest.FixtureRequest) -> Tokens:
    return request.param


def surfaces(tokens: Tokens) -> tuple[str, ...]:
    return (tokens.bg, tokens.panel, tokens.raised, tokens.plot)


def test_text_is_read_on_every_surface(tokens: Tokens) -> None:
    for surface in (*surfaces(tokens), tokens.selected):
        assert contrast(tokens.text, surface) >= 4.5
        assert contrast(tokens.text2, surface) >= 4.5
    assert contrast(tokens.accent_label, tokens.accent) >= 4.5


def test_edges_and_signs_are_seen_on_every_surface(tokens: Tokens) -> None:
    for surface in surfaces(tokens):
        for sign in (tokens.ok, tokens.warn, tokens.act, tokens.accent, tokens.border):
            assert contrast(sign, surface) >= 3.0, (sign, surface)


def test_traces_are_seen_on_the_plot(tokens: Tokens) -> None:
    for band in tokens.bands:
        assert contrast(band, tokens.plot) >= 3.0, band


@pytest.mark.parametrize("vision", VISIONS)
def test_states_are_told_apart(tokens: Tokens, vision: str) -> None:
    states = (tokens.ok, tokens.warn, tokens.act, tokens.accent)
    assert smallest_difference(states, VISIONS[vision]) >= STATE_DIFFERENCE


@pytest.mark.parametrize("vision", VISIONS)
def test_bands_are_told_apart(tokens: Tokens, vision: str) -> None:
    assert smallest_difference(tokens.bands, VISIONS[vision]) >= BAND_DIFFERENCE


def test_high_contrast_is_higher() -> None:
    for stark, usual in ((STARK_DARK, DARK), (STARK_LIGHT, LIGHT)):
        for name in ("text", "text2", "border"):
            assert contrast(getattr(stark, name), stark.panel) > contrast(getattr(usual, name), usual.panel)
        assert contrast(stark.text, stark.panel) == pytest.approx(21.0)
