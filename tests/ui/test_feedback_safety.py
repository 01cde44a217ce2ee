"""No drive makes any mode flash: measured on rendered pictures, never on the drive."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from films import write_film
from flashes import FRAME_S, fastest_slew, flashing_share, light_of, luminance_of, saturated_red_share
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from nfb.ui.feedback.canvas import Canvas
from nfb.ui.feedback.dimmer import Dimmer
from nfb.ui.feedback.flash import FlashGuard
from nfb.ui.feedback.light import PHOTOSAFE, STANDARD, Light, Safety
from nfb.ui.feedback.mode import Quiet, Wishes
from nfb.ui.feedback.modes import MODES
from nfb.ui.widgets.feedback import FeedbackView

SECONDS = 2
SIZE = QSize(192, 108)


def square_10_hz(i: int) -> float:
    return float(i // 3 % 2)


def noise() -> Callable[[int], float]:
    dice = random.Random(7)
    return lambda _: dice.random()


def slow_square(i: int) -> float:
    """The worst case for a slew limit: a swing as large as it allows, each way."""
    return float(i // 22 % 2)


def render(view: FeedbackView, drive: Callable[[int], float], *, rewards: bool = True) -> list[NDArray[np.float64]]:
    """Light of every picture of a few seconds, with bursts of rewards."""
    pictures = []
    for i in range(round(SECONDS / FRAME_S)):
        if rewards and i % 60 < 12 and i % 2 == 0:
            view.pulse()
        view.show_frame(drive(i), FRAME_S)
        pictures.append(light_of(view.grab().toImage()))
    return pictures


def view_of(qtbot: QtBot, mode: str, safety: Safety, film: str = "") -> FeedbackView:
    view = FeedbackView(leads=True)
    qtbot.addWidget(view)
    view.resize(SIZE)
    view.begin(mode, Wishes(film=film, ornaments=True, safety=safety))
    return view


@pytest.mark.parametrize("safety", [STANDARD, PHOTOSAFE], ids=["standard", "photosafe"])
@pytest.mark.parametrize("mode", list(MODES))
def test_no_drive_makes_a_mode_flash_redden_or_jump(qtbot: QtBot, mode: str, safety: Safety) -> None:
    for drive in (square_10_hz, noise(), slow_square)[: 3 if safety is STANDARD else 1]:
        pictures = render(view_of(qtbot, mode, safety), drive)
        luminances = np.array([luminance_of(light) for light in pictures])
        assert flashing_share(luminances) <= 0.10
        assert max(saturated_red_share(light) for light in pictures) <= 0.02
        # One code value near white is 0.009 of luminance: what eight bits cannot show more evenly.
        assert fastest_slew(luminances[1:]) <= safety.slew_per_s + 0.009 / FRAME_S
        whole = luminances[1:].mean(axis=1)
        assert np.abs(whole[30:] - whole[:-30]).max() <= safety.slew_per_s * 0.5 + 0.009


class Strobe(Quiet):
    """A mode as it must not be: black and white, or black and red, ten times a second."""

    def __init__(self, colour: str) -> None:
        self.colour = colour
        self.frames = 0

    def update(self, value: float | None, passed_s: float) -> None:
        self.frames += 1

    def reward(self) -> None:
        pass

    def paint(self, painter: QPainter, width: float, height: float) -> None:
        painter.fillRect(QRectF(0, 0, width, height), QColor(self.colour if self.frames // 3 % 2 else "#000000"))


def test_the_counter_of_these_tests_sees_flashes_and_red() -> None:
    strobe, image, pictures = Strobe("#FF0000"), QImage(SIZE, QImage.Format.Format_RGB32), []
    for _ in range(120):
        strobe.update(None, FRAME_S)
        painter = QPainter(image)
        strobe.paint(painter, SIZE.width(), SIZE.height())
        painter.end()
        pictures.append(light_of(image))
    luminances = np.array([luminance_of(light) for light in pictures])
    assert flashing_share(luminances) == 1.0
    assert fastest_slew(luminances) == pytest.approx(0.2126 / FRAME_S)
    assert max(saturated_red_share(light) for light in pictures) == 1.0


@pytest.mark.parametrize("colour", ["#FFFFFF", "#FF0000"])
@pytest.mark.parametrize("own_cuts", [False, True])
def test_even_a_strobe_comes_out_calm(qtbot: QtBot, colour: str, own_cuts: bool) -> None:
    view = view_of(qtbot, "bar", STANDARD)
    view._shown = Strobe(colour)
    view._shown.own_cuts = own_cuts
    pictures = render(view, square_10_hz)
    luminances = np.array([luminance_of(light) for light in pictures])
    assert flashing_share(luminances) <= 0.10
    assert max(saturated_red_share(light) for light in pictures) <= 0.10
    if not own_cuts:
        assert fastest_slew(luminances[1:]) <= STANDARD.slew_per_s + 0.009 / FRAME_S


def test_small_fields_that_flash_in_turn_are_held_too() -> None:
    """Eight columns, each a twelfth of the picture and within the limit by itself, strobe one after the other."""
    canvas = Canvas(FlashGuard(100.0))
    pictures = []
    for i in range(150):
        lit = {column for column in range(8) if (i + column) // 3 % 2}

        def paint(painter: QPainter, width: float, height: float, lit: set[int] = lit) -> None:
            painter.fillRect(QRectF(0, 0, width, height), QColor("#000000"))
            for column in lit:
                painter.fillRect(QRectF(width * column / 12, 0, width / 12, height), QColor("#FFFFFF"))

        canvas.compose(paint, SIZE, FRAME_S)
        pictures.append(luminance_of(light_of(canvas.picture)))
    assert flashing_share(np.array(pictures)) <= 0.10


def test_a_film_that_flashes_by_itself_is_calmed(qtbot: QtBot, tmp_path: Path) -> None:
    film = write_film(tmp_path / "strobe.avi", [0, 255] * 25)
    view = view_of(qtbot, "film", STANDARD, str(film))
    shown = view._shown
    qtbot.waitUntil(lambda: shown._fresh is not None, timeout=10_000)  # type: ignore[attr-defined]
    luminances = []
    for i in range(90):
        view.show_frame(square_10_hz(i), FRAME_S)
        luminances.append(luminance_of(light_of(view.grab().toImage())))
        qtbot.wait(round(FRAME_S * 1000))
    assert "no sound" in view.trouble
    view.end()
    assert flashing_share(np.array(luminances)) <= 0.10


@pytest.mark.parametrize("safety", [STANDARD, PHOTOSAFE])
def test_what_dims_other_windows_is_slow_and_never_dark(safety: Safety) -> None:
    dimmer, whites = Dimmer(safety), []
    for i in range(600):
        dimmer.step(square_10_hz(i) if i < 300 else slow_square(i), FRAME_S)
        code = 1.0 - dimmer.opacity
        whites.append(((code + 0.055) / 1.055) ** 2.4)
    for _ in range(300):
        dimmer.step(0.0, FRAME_S)
        whites.append(((1.0 - dimmer.opacity + 0.055) / 1.055) ** 2.4)
    assert np.abs(np.diff(whites)).max() / FRAME_S <= safety.slew_per_s + 0.009 / FRAME_S
    assert min(whites) >= safety.floor - 0.005
    assert whites[-1] == pytest.approx(safety.floor, abs=0.005)


@pytest.mark.parametrize("safety", [STANDARD, PHOTOSAFE])
@pytest.mark.parametrize("start", [0.0, 1.0])
def test_a_hold_is_neutral_within_a_second(safety: Safety, start: float) -> None:
    light = Light(safety)
    for _ in range(300):
        light.step(start, FRAME_S)
    assert light.level == start
    for _ in range(60):
        light.step(None, FRAME_S)
    assert light.level == pytest.approx(0.5, abs=0.01)


def test_light_follows_no_ten_hertz() -> None:
    """A pole at 0.8 Hz and a slew limit leave little of a full-range drive at 10 Hz."""
    light, levels = Light(STANDARD), []
    for i in range(600):
        levels.append(light.step(square_10_hz(i), FRAME_S))
    assert max(levels[300:]) - min(levels[300:]) <= 0.06


def test_a_late_frame_does_not_jump() -> None:
    light = Light(Safety(slew_per_s=0.5, floor=0.5))
    assert light.step(1.0, 5.0) <= 0.5 + 0.1
