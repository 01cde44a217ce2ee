"""Every screen in both themes at the two smallest sizes: rendered, kept as a picture, and nothing cut off."""

import pytest
from fakes import FakeLauncher, go_to, poll
from looks import SIZES, cut_off, keep
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nfb.model.protocol import StageKind
from nfb.ui import theme
from nfb.ui.shell import Shell
from nfb.ui.theme import DARK, LIGHT, Tokens


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_screen(
    window: Shell, launcher: FakeLauncher, qapp: QApplication, qtbot: QtBot, size: tuple[int, int], tokens: Tokens
) -> None:
    theme.apply(qapp, tokens)
    window.resize(*size)
    suffix = f"{size[0]}x{size[1]}_{'dark' if tokens.dark else 'light'}"
    faults: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for _ in range(3):  # a new text, its layout, the layout around it
            qapp.processEvents()
        keep(window, f"{name}_{suffix}")
        found = cut_off(window)
        if found:
            faults[name] = found
        assert (window.width(), window.height()) == size

    look("start")
    window.show_connect()
    window.connect_page.list.setCurrentRow(2)
    look("connect")
    window.connect_page.show_problem(
        "The port /dev/ttyUSB0 is in use by another program.",
        "Close the OpenBCI GUI or any serial monitor, unplug the dongle, plug it in again and scan.",
    )
    look("connect_problem")
    window.show_open()
    look("open")

    window.begin_demo()
    engine = launcher.engine
    engine.connect()
    engine.advance(6.0)
    engine.grades(good=False)
    poll(window, 7)
    look("check")
    go_to(window, engine, StageKind.BASELINE)
    engine.advance(2.5)
    poll(window, 7)
    look("baseline")
    window.session.notices.clear_all()
    engine.advance_to(StageKind.RUN)
    engine.advance(6.0)
    engine.grades(good=True)
    poll(window, 41)
    for _ in range(60):
        window.session.train.mirror.show_frame(0.7, 1 / 60)
    look("train")
    window.toggle_keys()
    look("keys")
    window.toggle_keys()
    window.session.do("auto")
    window.session.header.preset.setCurrentIndex(0)
    window.session.alarms.suggested.emit(engine.proposals.ease(0.75))
    engine.advance(0.1)
    poll(window, 2)
    look("train_simple")
    window.session.header.preset.setCurrentIndex(1)
    window.session._proposing = True
    window.session._show_page(window.session.view)
    look("proposal")
    window.session._proposing = False
    window.session._show_page(window.session.view)
    engine.lose_link()
    poll(window, 7)
    window.sessions.ask_to_end()
    look("link_lost")
    window.overlays.drop_sheet()
    engine.advance_to(StageKind.REST)
    poll(window, 7)
    window.session.notices.clear_all()
    look("break")
    engine.advance(60.0)
    poll(window, 2)
    look("summary")
    assert faults == {}


@pytest.mark.parametrize("mode", ["bar", "dot"])
def test_the_client_screen(qtbot: QtBot, mode: str) -> None:
    from nfb.ui.client_window import ClientWindow

    client = ClientWindow()
    qtbot.addWidget(client)
    client.resize(960, 540)
    client.view.begin(mode)
    client.view.show_instruction("Let the column rise.")
    for _ in range(40):
        client.view.show_frame(0.8, 1 / 60)
    client.view.pulse()
    client.view.show_frame(0.8, 0.2)
    keep(client, f"client_{mode}")
    client.view.message = "Take a breath."
    keep(client, "client_break")
