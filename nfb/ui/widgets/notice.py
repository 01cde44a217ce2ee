"""Bars and sheets that speak without stopping anything: no modal dialog may cover the EEG."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from nfb.ui.keys import BINDINGS
from nfb.ui.widgets.shapes import draw_state
from nfb.ui.widgets.small import IconButton, label


class Level(Enum):
    INFO = "unknown"
    LOOK = "weak"
    ACT = "off"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of a notice: its words and what it does."""

    text: str
    action: Callable[[], None]


class NoticeBar(QFrame):
    """One message at a time, the newest; it counts the others that are still waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._waiting: list[tuple[str, Level, str, tuple[Choice, ...]]] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(36, 4, 12, 4)
        self._text = label("", wrap=True)
        self._layout.addWidget(self._text, 1)
        self._buttons: list[IconButton] = []
        self.hide()

    def tell(self, key: str, text: str, level: Level = Level.INFO, choices: tuple[Choice, ...] = ()) -> None:
        """Show a message; one with the same `key` is replaced."""
        self._waiting = [entry for entry in self._waiting if entry[0] != key]
        self._waiting.append((key, level, text, choices))
        self._show_newest()

    def clear(self, key: str) -> None:
        """What `key` told of is over."""
        if any(entry[0] == key for entry in self._waiting):
            self._waiting = [entry for entry in self._waiting if entry[0] != key]
            self._show_newest()

    def clear_all(self) -> None:
        self._waiting = []
        self._show_newest()

    def text(self) -> str:
        return self._text.text() if self._waiting else ""

    def _show_newest(self) -> None:
        for button in self._buttons:
            self._layout.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        self.setVisible(bool(self._waiting))
        if not self._waiting:
            return
        key, _, text, choices = self._waiting[-1]
        more = f"   (+{len(self._waiting) - 1})" if len(self._waiting) > 1 else ""
        self._text.setText(text + more)
        for choice in (*choices, Choice("Dismiss", lambda: None)):
            button = IconButton(choice.text)
            button.clicked.connect(lambda _=False, act=choice.action: self._chosen(key, act))
            self._layout.addWidget(button)
            self._buttons.append(button)
        self.update()

    def _chosen(self, key: str, action: Callable[[], None]) -> None:
        self.clear(key)
        action()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._waiting:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_state(painter, QPointF(20, self.height() / 2), 7, self._waiting[-1][1].value)
            painter.end()


class Sheet(QFrame):
    """A question at the window's lower right. The first choice is the default and Esc's; its maker drops it."""

    def __init__(self, parent: QWidget, question: str, choices: tuple[Choice, ...]) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._over = parent
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(12)
        self.question = label(question, "section", wrap=True)
        layout.addWidget(self.question)
        buttons = QHBoxLayout()
        self.buttons: list[IconButton] = []
        self._default = choices[0]
        for i, choice in enumerate(choices):
            button = IconButton(choice.text, kind="primary" if i == 0 else "")
            button.clicked.connect(lambda _=False, act=choice.action: act())
            buttons.addWidget(button)
            self.buttons.append(button)
        layout.addLayout(buttons)
        self.setFixedWidth(420)
        self.adjustSize()
        self.place()
        self.show()
        self.buttons[0].setFocus()

    def place(self) -> None:
        """Move to the corner of the parent."""
        self.move(self._over.width() - self.width() - 16, self._over.height() - self.height() - 16)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._default.action()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = [b for b in self.buttons if b.hasFocus()]
            (focused or self.buttons)[0].click()
        else:
            super().keyPressEvent(event)


class KeysOverlay(QFrame):
    """All keys, over the side of the window; Esc or F1 closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.addWidget(label("Keys", "section"), 0, 0, 1, 2)
        for i, binding in enumerate(BINDINGS, start=1):
            grid.addWidget(label(binding.shown), i, 0)
            grid.addWidget(label(binding.words, "secondary"), i, 1)
        grid.addWidget(label("Esc closes this and never ends anything.", "secondary"), len(BINDINGS) + 1, 0, 1, 2)
        self.adjustSize()
        self.move(parent.width() - self.width() - 16, max(0, (parent.height() - self.height()) // 2))
        self.show()
        self.raise_()
