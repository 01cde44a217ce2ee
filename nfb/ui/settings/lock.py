"""Hides the window's content after a while without a key or a click; it keeps eyes out, not hands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from nfb.ui.language import tr
from nfb.ui.widgets.small import IconButton, label

_MS_PER_MIN = 60_000
_SIGNS_OF_LIFE = (
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
)


class IdleLock(QObject):
    """Watches one window.

    Parameters
    ----------
    window, centre
        The window, and what of it is covered.
    may_lock
        Asked when the time is over. While a session runs nothing is covered: the time begins anew.

    Attributes
    ----------
    cover
        What lies over the window; None while it is open.
    """

    def __init__(self, window: QWidget, centre: QWidget, may_lock: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._centre, self._may_lock = window, centre, may_lock
        self._watching = False
        self.cover: Cover | None = None
        self.timer = QTimer(self, singleShot=True)
        self.timer.timeout.connect(self.lock)

    def set_minutes(self, minutes: int) -> None:
        """Lock after so many minutes; 0 for never."""
        self.timer.stop()
        if minutes:
            self.timer.setInterval(minutes * _MS_PER_MIN)
            self._watch()
            self.timer.start()
        else:
            self.timer.setInterval(0)

    def _watch(self) -> None:
        # The native window alone gets every key and click once; a filter on the application would see each timer too.
        if not self._watching:
            self._window.winId()  # makes the native window where it has not been shown yet
            self._window.windowHandle().installEventFilter(self)
            self._watching = True

    def lock(self) -> None:
        """Cover the window now, unless a session runs."""
        if not self._may_lock():
            self.timer.start()
        elif self.cover is None:
            self.cover = Cover(self._centre, self.unlock)

    def unlock(self) -> None:
        """Uncover the window."""
        if self.cover is not None:
            self.cover.hide()
            self.cover.deleteLater()
            self.cover = None
        if self.timer.interval():
            self.timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE and self.cover is None and self.timer.isActive():
            self.timer.start()
        return super().eventFilter(watched, event)


class Cover(QFrame):
    """Lies over everything, lets nothing through, and asks to continue."""

    def __init__(self, centre: QWidget, go_on: Callable[[], None]) -> None:
        super().__init__(centre)
        self.setObjectName("cover")
        self.setAutoFillBackground(True)
        self.button = IconButton(tr("Continue"), "play", "primary")
        self.button.clicked.connect(lambda: go_on())
        words = label(tr("Hidden while nobody was here"), "title")
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(words, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        centre.installEventFilter(self)
        self.setGeometry(centre.rect())
        self.show()
        self.raise_()
        self.button.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        self.button.setFocus()  # what lies below is not reached by Tab either
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()

    def event(self, event: QEvent) -> bool:
        # A shortcut of the window would act on what is hidden.
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)
