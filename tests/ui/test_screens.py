"""Every screen in both themes at the two smallest sizes: rendered, kept as a picture, and nothing cut off."""

from collections.abc import Iterator

import pytest
import tour
from fakes import FakeLauncher
from looks import SIZES, cut_off, keep
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nfb.ui import theme
from nfb.ui.client_window import ClientWindow
from nfb.ui.feedback.modes import MODES
from nfb.ui.shell import Shell
from nfb.ui.theme import DARK, LIGHT, Tokens


@pytest.fixture(params=[DARK, LIGHT], ids=["dark", "light"])
def look(request: pytest.FixtureRequest, window: Shell, qapp: QApplication) -> Iterator[tour.Look]:
    """Looks at the window in one theme at both sizes; at the end nothing was cut off."""
    tokens: Tokens = request.param
    theme.apply(qapp, tokens)
    faults: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for size in SIZES:
            window.resize(*size)
            for _ in range(3):  # a new text, its layout, the layout around it
                qapp.processEvents()
            picture = f"{name}_{size[0]}x{size[1]}_{'dark' if tokens.dark else 'light'}"
            keep(window, picture)
            found = cut_off(window)
            if found or (window.width(), window.height()) != size:
                faults[picture] = [*found, f"{window.width()}x{window.height()}"]

    yield look
    assert faults == {}


def test_every_way_in(window: Shell, launcher: FakeLauncher, look: tour.Look, qtbot: QtBot) -> None:
    tour.entrances(window, launcher, look, qtbot)


def test_a_newcomers_session(window: Shell, launcher: FakeLauncher, look: tour.Look) -> None:
    tour.demo(window, launcher, look)


def test_a_visits_session_with_every_alarm(window: Shell, launcher: FakeLauncher, look: tour.Look) -> None:
    tour.visit(window, launcher, look)


def test_training_with_any_number_of_conditions(window: Shell, launcher: FakeLauncher, look: tour.Look) -> None:
    tour.protocols(window, launcher, look)


@pytest.mark.parametrize("mode", MODES)
def test_the_client_screen(qtbot: QtBot, mode: str) -> None:
    client = ClientWindow()
    qtbot.addWidget(client)
    client.view.begin(mode)
    client.view.show_instruction("Let the column rise, and let it rest where it is.")
    for width, height in ((320, 200), (960, 540)):
        client.resize(width, height)
        for _ in range(40):
            client.view.show_frame(0.8, 1 / 60)
        client.view.pulse()
        client.view.set_ring(0.6)
        for _ in range(10):  # a picture of another size fades in
            client.view.show_frame(0.8, 0.1)
            client.view.grab()
        keep(client, f"client_{mode}_{width}")


@pytest.mark.parametrize("message", ["Just a moment.", "Take a breath. Press a key when you are ready.", "blank"])
def test_the_client_screen_in_words(qtbot: QtBot, message: str) -> None:
    client = ClientWindow()
    qtbot.addWidget(client)
    client.view.begin("dawn")
    client.view.message = "" if message == "blank" else message
    client.view.blank = message == "blank"
    client.view.set_ring(0.4)
    for width, height in ((320, 200), (960, 540)):
        client.resize(width, height)
        for _ in range(60):
            client.view.show_frame(0.8, 1 / 20)
            client.view.grab()
        keep(client, f"client_{message.split()[0].lower().strip('.')}_{width}")
