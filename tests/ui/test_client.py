"""The client sees something calm, whatever the signal, the link or the operator does."""

import math
import random
from itertools import pairwise

import numpy as np
import pytest
from fakes import FakeLauncher, go_to, poll
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nfb.model.commands import NextStage, Pause
from nfb.model.protocol import StageKind
from nfb.ui.chime import RATE_HZ, Chime, tone
from nfb.ui.glow import Glow, grey_of, luminance
from nfb.ui.session_screen import SessionScreen
from nfb.ui.shell import Shell
from nfb.ui.widgets.feedback import FeedbackView

FRAME_S = 1 / 60


def drives() -> dict[str, list[float]]:
    """Targets for a minute that try to make it flash."""
    rng = random.Random(7)
    n = 60 * 60
    return {
        "random": [rng.random() for _ in range(n)],
        "square": [float(i // 4 % 2) for i in range(n)],
        "slow square": [float(i // 15 % 2) for i in range(n)],
        "3 Hz": [0.5 + 0.5 * math.sin(2 * math.pi * 3 * i * FRAME_S) for i in range(n)],
        "steps": [rng.choice((0.0, 0.5, 1.0)) if i % 9 == 0 else 0.5 for i in range(n)],
    }


def opposing_pairs(luminances: list[float]) -> int:
    """Most pairs of opposing changes of a tenth or more within any second (WCAG 2.3.1)."""
    low = high = luminances[0]
    direction, swings = 0, []
    for i, value in enumerate(luminances):
        low, high = min(low, value), max(high, value)
        if direction != 1 and value - low >= 0.10:
            direction, high = 1, value
            swings.append(i)
        elif direction != -1 and high - value >= 0.10:
            direction, low = -1, value
            swings.append(i)
    return max([0, *(sum(start <= other < start + 60 for other in swings) // 2 for start in swings)])


@pytest.mark.parametrize("name", list(drives()))
def test_no_drive_makes_the_client_view_flash(name: str) -> None:
    glow = Glow()
    shown = [luminance(glow.step(target, FRAME_S)) for target in drives()[name]]
    assert opposing_pairs(shown) <= 2
    assert max(abs(b - a) for a, b in pairwise(shown)) <= 1.0 * FRAME_S + 1e-12


def test_the_counter_of_this_test_sees_flashes() -> None:
    assert opposing_pairs([float(i // 10 % 2) for i in range(120)]) == 3


def test_a_late_frame_does_not_jump() -> None:
    glow = Glow(0.5)
    assert glow.step(1.0, 5.0) <= 0.6


def test_a_hold_eases_to_neutral_within_a_second() -> None:
    glow = Glow(1.0)
    for _ in range(60):
        glow.step(0.5, FRAME_S)
    assert math.isclose(glow.level, 0.5)


def test_feedback_reaches_its_value_and_keeps_proportion() -> None:
    glow = Glow(0.5)
    for _ in range(30):
        glow.step(0.8, FRAME_S)
    assert math.isclose(glow.level, 0.8)


def test_relative_luminance_is_that_of_the_standard() -> None:
    """IEC 61966-2-1: sRGB 128/255 has 21.586 % of white's luminance."""
    assert math.isclose(255 * grey_of(0.21586), 128, abs_tol=0.01)


@pytest.mark.parametrize("mode", ["bar", "dot"])
def test_more_feedback_is_more_light_and_never_red(qtbot: QtBot, mode: str) -> None:
    view = FeedbackView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.begin(mode)
    lights, colours = [], set()
    for level in (0.0, 0.25, 0.5, 0.75, 1.0):
        view.glow.level = level
        image = view.grab().toImage()
        pixels = [QColor(image.pixel(x, y)) for x in range(0, 400, 4) for y in range(0, 300, 4)]
        lights.append(sum(pixel.lightnessF() for pixel in pixels))
        colours |= {pixel.name() for pixel in pixels}
    assert lights == sorted(lights) and lights[0] < lights[-1]
    assert all(QColor(name).red() <= QColor(name).green() for name in colours)


def test_the_instruction_fades_after_eight_seconds(qtbot: QtBot) -> None:
    view = FeedbackView()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.begin("dot")

    def words_shown() -> bool:
        image = view.grab().toImage()
        return any(QColor(image.pixel(x, y)).lightness() > 120 for x in range(0, 600, 2) for y in range(330, 380, 2))

    assert not words_shown()
    view.show_instruction("Let the circle grow.")
    for _ in range(int(7.9 / FRAME_S)):
        view.show_frame(0.5, FRAME_S)
    assert words_shown()
    for _ in range(int(1.5 / FRAME_S)):
        view.show_frame(0.5, FRAME_S)
    assert not words_shown()


def test_esc_pauses_and_blanks_and_ends_nothing(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    session.do("client")
    launcher.engine.sent.clear()
    session.client.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is session.client)
    qtbot.keyClick(session.client, Qt.Key.Key_Escape)
    assert launcher.engine.sent == [Pause()] and session.client.view.blank
    assert not launcher.engine.stopped and session.client.isVisible()
    image = session.client.view.grab().toImage()
    assert {image.pixel(x, 60) for x in range(0, image.width(), 5)} == {QColor("#0E1419").rgb()}


def test_the_clients_key_ends_a_break_and_nothing_else(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    session.do("client")
    launcher.engine.sent.clear()
    qtbot.keyClick(session.client, Qt.Key.Key_PageDown)
    assert launcher.engine.sent == []
    launcher.engine.advance_to(StageKind.REST)
    poll(window)
    qtbot.keyClick(session.client, Qt.Key.Key_PageDown)
    assert launcher.engine.sent == [NextStage()]


def test_closing_the_client_window_leaves_the_mirror(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    session.do("client")
    session.client.close()
    launcher.engine.advance(0.5)
    poll(window, 2)
    assert not launcher.engine.stopped and session.train.mirror.isVisible()
    assert session.train.mirror.message == ""


def test_the_client_view_is_neutral_while_the_link_is_lost(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    launcher.engine.lose_link()
    view = session.client.view
    for _ in range(200):
        view.show_frame(launcher.engine.live.feedback, FRAME_S)
    assert math.isclose(view.glow.level, 0.5)


def test_the_chime_is_soft_and_free_of_clicks() -> None:
    wave = tone() / 32768
    assert 20 * math.log10(math.sqrt(float(np.mean(wave**2)))) <= -20.0
    fade = round(0.05 * RATE_HZ)
    peak = np.abs(wave).max()
    for part in (wave[:fade], wave[::-1][:fade]):
        assert abs(part[0]) < 0.001
        # Raised cosine: an envelope of a half in the middle of the fade.
        middle = np.abs(part[fade // 2 - 60 : fade // 2 + 60]).max()
        assert math.isclose(middle / peak, 0.5, abs_tol=0.08)
    assert len(wave) / RATE_HZ <= 0.7


def test_without_a_sound_device_it_says_so_and_stays_silent(qapp: object) -> None:
    chime = Chime()
    if chime.available:
        pytest.skip("this machine has a sound device")
    assert chime.why_silent != ""
    assert chime.play(0.0) is False
