"""One screen for both: what lies over the client's picture is as calm as the picture, and hides nothing of it."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nfb.ui import theme
from nfb.ui.feedback.canvas import pixels_of
from nfb.ui.theme import DARK, LIGHT, STARK_LIGHT, Tokens
from nfb.ui.widgets.feedback import FeedbackView
from nfb.ui.widgets.one_screen import STRIP_PX, OneScreen

Make = Callable[[], tuple[OneScreen, FeedbackView]]


@pytest.fixture
def make(qtbot: QtBot) -> Make:
    windows = []  # qtbot holds them weakly

    def make() -> tuple[OneScreen, FeedbackView]:
        window, one, view = QWidget(), OneScreen(), FeedbackView(leads=True)
        windows.append(window)
        qtbot.addWidget(window)
        one.setParent(window)
        window.resize(1600, 600)
        one.resize(1600, 600)
        view.begin("bar")
        one.take(view)
        window.show()
        one.tell("In range 12 % for a minute.")
        for _ in range(60):
            view.show_frame(0.5, 0.1)
        return one, view

    return make


def luminance(one: OneScreen) -> NDArray[np.float64]:
    """Relative luminance 0..1 of every pixel by WCAG 2.2, ``(height, width)``."""
    for _ in range(3):
        QApplication.processEvents()
    image = one.grab().toImage().convertToFormat(one.grab().toImage().Format.Format_RGB32)
    colours = pixels_of(image)[:, :, 2::-1] / 255.0
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("tokens", [DARK, LIGHT, STARK_LIGHT], ids=["dark", "light", "stark"])
def test_the_strip_is_dark_and_read_in_every_theme(make: Make, qapp: QApplication, tokens: Tokens) -> None:
    theme.apply(qapp, tokens)
    one, _ = make()
    strip = luminance(one)[-STRIP_PX:]
    assert strip.mean() < 0.1, "no glare beside a dark picture"
    ground = float(np.median(strip))
    for part in (one.pause, one.words, one.lamps):
        box = part.geometry()
        brightest = float(np.quantile(strip[box.top() : box.bottom() + 1, box.left() : box.right() + 1], 0.995))
        assert (brightest + 0.05) / (ground + 0.05) >= 4.5


def test_the_strip_follows_a_change_to_stark_colours(make: Make, qapp: QApplication) -> None:
    theme.apply(qapp, LIGHT)
    one, _ = make()
    before = float(np.median(luminance(one)[-STRIP_PX:]))
    theme.apply(qapp, STARK_LIGHT)
    assert float(np.median(luminance(one)[-STRIP_PX:])) == 0.0 < before


def test_words_and_ring_of_the_picture_lie_above_the_strip(make: Make, qapp: QApplication) -> None:
    theme.apply(qapp, DARK)
    one, view = make()
    one.tell("")
    one.strip.hide()
    plain = luminance(one)
    view.show_instruction("Be still and awake. Let the body go quiet and the bar rise by itself. Lips apart.")
    view.set_ring(0.7)
    for _ in range(30):
        view.show_frame(0.5, 0.1)
    told = np.abs(luminance(one) - plain) > 0.02
    rows = np.flatnonzero(told.any(axis=1))
    assert len(rows) and rows.max() < one.height() - STRIP_PX
    one.give_back()
    assert view.foot_px == 0, "the client's own window shows the whole picture"
