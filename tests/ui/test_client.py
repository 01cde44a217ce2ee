"""The client sees something calm, whatever the signal, the link or the operator does."""

from fakes import FakeLauncher, go_to, poll
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nfb.model.commands import NextStage, Pause
from nfb.model.protocol import StageKind
from nfb.ui.session_screen import SessionScreen
from nfb.ui.shell import Shell
from nfb.ui.widgets.feedback import FeedbackView

FRAME_S = 1 / 60


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
    for _ in range(60):
        session.client.view.show_frame(0.5, FRAME_S)
        session.client.view.grab()
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
    poll(window, 2)
    view = session.client.view
    assert launcher.engine.live.feedback == 0.5
    assert view.message == "Just a moment."
