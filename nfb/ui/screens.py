"""Which screen shows what: a window of the client's own, or one screen that serves both by turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStackedWidget, QWidget

from nfb.ui.keys_in_force import key_of
from nfb.ui.language import tr
from nfb.ui.widgets.notice import Choice, Level

if TYPE_CHECKING:
    from nfb.ui.session_screen import SessionScreen


class Screens:
    """Moves the client's view between its window and the operator's.

    Parameters
    ----------
    screen
        The session screen.
    sides, operator
        The stack that shows either the operator's pages or the client's view, and the former.

    Attributes
    ----------
    one_by_default
        Where the client's view is asked for, one screen serves both by turns, however many there are.
    """

    def __init__(self, screen: SessionScreen, sides: QStackedWidget, operator: QWidget) -> None:
        self._screen, self._sides, self._operator = screen, sides, operator
        self._state = Qt.WindowState.WindowNoState  # of the window before one-screen mode
        self.one_by_default = False

    @property
    def is_one(self) -> bool:
        """Whether the client's view fills the operator's window now."""
        return self._sides.currentWidget() is self._screen.one_screen

    def begin(self) -> None:
        """A client's session has begun: the view goes to a second screen, or one-screen mode is offered."""
        screen = self._screen
        if len(QGuiApplication.screens()) > 1 and not self.one_by_default:
            screen.client.open_beside(screen.window())
        else:
            words = tr(
                "The client has no screen of their own. {key} shows the client's view on it, and comes back.",
                key=key_of("client_full_screen"),
            )
            screen.notices.tell("screen", words, Level.INFO, (Choice(tr("Use one-screen mode"), self.use_one),))

    def toggle_client(self) -> None:
        """Open or close the client's window."""
        client = self._screen.client
        if client.isVisible():
            client.close()
        elif self.one_by_default:
            self.use_one()
        else:
            self.show_operator()
            client.open_beside(self._screen.window(), by_hand=True)

    def flip(self) -> None:
        """F11: the client's window fills its screen; without one, this screen serves both by turns."""
        client = self._screen.client
        if self.is_one:
            self.show_operator()
        elif client.isVisible():
            if not client.isFullScreen() or client.isActiveWindow():
                client.toggle_full_screen()
        elif len(QGuiApplication.screens()) > 1 and not self.one_by_default:
            client.open_beside(self._screen.window(), by_hand=True)
        else:
            self.use_one()

    def use_one(self) -> None:
        """The client's view fills this window's screen; F11 comes back."""
        if self.is_one:
            return
        screen = self._screen
        screen.client.hide()
        screen.one_screen.take(screen.client.view)
        screen.one_screen.show_state(screen.view)
        self._sides.setCurrentWidget(screen.one_screen)
        self._state = screen.window().windowState()
        screen.window().showFullScreen()

    def show_operator(self) -> None:
        """The operator's pages; the client goes on hearing."""
        if not self.is_one:
            return
        screen = self._screen
        screen.one_screen.give_back()
        layout = screen.client.layout()
        assert layout is not None
        layout.addWidget(screen.client.view)
        self._sides.setCurrentWidget(self._operator)
        screen.window().setWindowState(self._state)

    def tell_lost(self) -> None:
        """The client's screen was unplugged."""
        self._screen.notices.tell(
            "screen",
            tr("The client's screen is gone. Sound goes on, and the mirror shows the picture."),
            Level.ACT,
            (Choice(tr("Use one-screen mode"), self.use_one),),
        )
        self._screen.operator_alert.emit()

    def tell_strip(self) -> None:
        """What a bar says, where no bar is seen."""
        notices = self._screen.notices
        urgent = notices.level in (Level.LOOK, Level.ACT)
        self._screen.one_screen.tell(notices.text() if urgent else "")
