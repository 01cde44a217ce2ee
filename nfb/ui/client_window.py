"""The client's own window: nothing in it but feedback. Closing it leaves the mirror; Esc pauses and blanks."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nfb.ui.keys_in_force import action_of
from nfb.ui.language import tr
from nfb.ui.widgets.feedback import FeedbackView

BESIDE_PX = 480
TAKEN = ("pause", "blank", "client_full_screen", "go_on")
OWN_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)  # the client's, whatever they mean elsewhere
TITLE_PX = 32  # room for the title bar, which a window's geometry leaves out


class ClientWindow(QWidget):
    """Shows what its view is told; sends keys that mean something to the operator's window.

    Attributes
    ----------
    wanted_screen
        Name of the screen to fill, where it is another than the operator's; empty for any.
    closed
        Signal: the window was closed by hand.
    pause_and_blank
        Signal: Esc.
    key
        Signal: the name of another key's action (``pause``, ``blank``, ``client_full_screen``, ``go_on``).
    screen_lost
        Signal: the screen that this window was on is gone. The window has hidden itself, so that it does not cover
        the operator's; its view goes on, for the mirror.
    """

    closed = Signal()
    pause_and_blank = Signal()
    key = Signal(str)
    screen_lost = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(tr("nfb client view"))
        self.resize(960, 600)
        self.setMinimumSize(320, 200)
        self.view = FeedbackView(leads=True)
        self.page: QWidget | None = None
        self.wanted_screen = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenRemoved.connect(self._take_screen_removed)

    def show_page(self, page: QWidget | None) -> None:
        """Show `page` in the feedback's place, e.g. questions for the client; None brings the feedback back."""
        layout = self.layout()
        assert layout is not None
        if self.page is not None:
            layout.removeWidget(self.page)
            self.page.hide()
            self.page.setParent(None)
        self.page = page
        if page is not None:
            layout.addWidget(page)
            page.show()
        self.view.setVisible(page is None)
        self._hide_cursor_when_full()

    def set_ring(self, share_left: float | None) -> None:
        """A thin ring that shrinks with the time left, 1 to 0, for whom figures say little; None takes it away."""
        self.view.set_ring(share_left)

    def open_beside(self, other: QWidget, *, by_hand: bool = False) -> None:
        """Fill a second screen; on a single one open beside `other` if there is room, or if asked for by hand."""
        screens = [screen for screen in QGuiApplication.screens() if screen is not other.screen()]
        screens.sort(key=lambda screen: screen.name() != self.wanted_screen)
        space = other.screen().availableGeometry()
        room = space.width() - other.minimumWidth()
        if screens:
            self.setGeometry(screens[0].geometry())
            self.showFullScreen()
        elif room >= BESIDE_PX:
            other.setGeometry(space.left(), space.top() + TITLE_PX, space.width() - room, space.height() - TITLE_PX)
            self.setGeometry(space.right() - room + 1, space.top() + TITLE_PX, room, min(room, space.height() // 2))
            self.show()
        elif by_hand:
            self.show()
        self._hide_cursor_when_full()
        other.activateWindow()

    def toggle_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()
        self._hide_cursor_when_full()

    def _hide_cursor_when_full(self) -> None:
        # Questions are answered with the mouse.
        hidden = self.isFullScreen() and self.page is None
        self.setCursor(Qt.CursorShape.BlankCursor if hidden else Qt.CursorShape.ArrowCursor)

    def _take_screen_removed(self, screen: QScreen) -> None:
        if self.isVisible() and self.screen() is screen:
            self.hide()
            self.screen_lost.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = "go_on" if event.key() in OWN_KEYS else action_of(event, TAKEN)
        if event.key() == Qt.Key.Key_Escape:
            self.pause_and_blank.emit()
        elif action:
            self.key.emit(action)
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        super().closeEvent(event)
