"""The client's window: nothing in it but feedback, no way to be trapped in it, no way to end a session from it."""

import gc
import weakref

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nfb.ui.client_window import ClientWindow

FRAME_S = 1 / 60


def window_of(qtbot: QtBot) -> ClientWindow:
    window = ClientWindow()
    qtbot.addWidget(window)
    window.resize(640, 360)
    return window


def test_keys_ask_and_close_nothing(qtbot: QtBot) -> None:
    window = window_of(qtbot)
    asked: list[str] = []
    window.key.connect(asked.append)
    window.pause_and_blank.connect(lambda: asked.append("pause and blank"))
    window.closed.connect(lambda: asked.append("closed"))
    with qtbot.waitExposed(window):
        window.show()
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_F11, Qt.Key.Key_F5, Qt.Key.Key_PageDown, Qt.Key.Key_A):
        qtbot.keyClick(window, key)
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert asked == ["pause and blank", "client_full_screen", "pause", "go_on", "blank"]
    assert window.isVisible()


def test_the_cursor_is_hidden_on_the_full_screen_and_there_when_questions_are(qtbot: QtBot) -> None:
    window = window_of(qtbot)
    window.show()
    window.toggle_full_screen()
    assert window.isFullScreen() and window.cursor().shape() is Qt.CursorShape.BlankCursor
    window.show_page(QLabel("How are you today?"))
    assert window.cursor().shape() is Qt.CursorShape.ArrowCursor and not window.view.isVisible()
    window.show_page(None)
    assert window.cursor().shape() is Qt.CursorShape.BlankCursor and window.view.isVisible()
    window.toggle_full_screen()
    assert not window.isFullScreen() and window.cursor().shape() is Qt.CursorShape.ArrowCursor


def test_a_lost_screen_hides_the_window_and_says_so(qtbot: QtBot, qapp: QApplication) -> None:
    window = window_of(qtbot)
    window.show()
    with qtbot.waitSignal(window.screen_lost):
        qapp.screenRemoved.emit(window.screen())
    assert not window.isVisible()
    with qtbot.assertNotEmitted(window.screen_lost):
        qapp.screenRemoved.emit(window.screen())  # of no account to a window that nobody sees


def test_the_ring_is_there_in_breaks_too(qtbot: QtBot) -> None:
    window = window_of(qtbot)
    window.view.message = "Take a breath."
    window.set_ring(0.7)
    for _ in range(60):
        window.view.show_frame(None, FRAME_S)
        image = window.view.grab().toImage()
    lit = sum(QColor(image.pixel(x, y)).lightness() > 120 for x in range(590, 632) for y in range(310, 352))
    assert lit > 30


def test_a_closed_window_leaves_nothing_behind(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    window = ClientWindow()
    window.view.begin("dawn")
    window.show()
    window.view.show_frame(0.5, FRAME_S)
    window.view.end()
    window.close()
    window.deleteLater()
    ref = weakref.ref(window)
    del window
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert ref() is None
    assert not [left for left in QApplication.topLevelWidgets() if isinstance(left, ClientWindow)]
