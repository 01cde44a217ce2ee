"""Contrast, by the formula of WCAG 2.2, and the palette's own rule."""

import re

import pytest
from PySide6.QtWidgets import QApplication

from nfb.ui import icons, theme
from nfb.ui.theme import DARK, LIGHT, Tokens


def relative_luminance(name: str) -> float:
    """WCAG 2.2, definition of relative luminance."""
    parts = [int(name[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    light, dark = sorted((relative_luminance(a), relative_luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_text_and_signs_can_be_read(tokens: Tokens) -> None:
    for surface in (tokens.bg, tokens.panel, tokens.raised, tokens.plot):
        assert contrast(tokens.text, surface) >= 4.5
        assert contrast(tokens.text2, surface) >= 4.5
        for sign in (tokens.ok, tokens.warn, tokens.act):
            assert contrast(sign, surface) >= 3.0
    assert contrast(tokens.text, tokens.panel) >= 13.5
    assert contrast(tokens.text2, tokens.panel) >= 7.1
    assert contrast(tokens.border, tokens.panel) >= 3.6
    assert round(contrast(tokens.accent_label, tokens.accent), 1) >= 6.0


@pytest.mark.parametrize(
    ("band_hz", "index"),
    [((1, 4), 0), ((4, 7), 1), ((4, 8), 1), ((8, 12), 2), ((9.5, 11.5), 2), ((12, 15), 3), ((15, 20), 4),
     ((22, 30), 5), ((20, 30), 5)],
)  # fmt: skip
def test_bands_have_their_colours(band_hz: tuple[float, float], index: int) -> None:
    assert DARK.band(*band_hz) == DARK.bands[index]


def test_the_style_sheet_uses_no_colour_of_its_own() -> None:
    for tokens in (DARK, LIGHT):
        named = {value for value in (getattr(tokens, name) for name in Tokens.__slots__) if isinstance(value, str)}
        used = set(re.findall(r"#[0-9A-Fa-f]{6}", theme.style_sheet(tokens)))
        assert used <= named | {tokens.selected, "#0E1419", "#FFFFFF"}


def test_every_icon_draws_something_in_the_themes_colour(qapp: QApplication) -> None:
    for name in icons._PATHS:
        image = icons.pixmap(name, "#FF0000").toImage()
        drawn = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        assert sum(pixel.alpha() > 128 for pixel in drawn) > 8
        assert all(pixel.red() > 200 and pixel.green() < 60 for pixel in drawn if pixel.alpha() > 128)
