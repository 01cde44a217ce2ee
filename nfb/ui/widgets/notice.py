"""Bars and sheets that speak without stopping anything: no modal dialog may cover the EEG."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from nfb.ui.keys import BINDINGS, Binding
from nfb.ui.language import tr
from nfb.ui.theme import tokens
from nfb.ui.widgets.elided import ElidedLabel
from nfb.ui.widgets.shapes import draw_state
from nfb.ui.widgets.small import IconButton, label
from nfb.ui.words import capital

_SHEET_PX, _SIDE_PX = 420, 14
_FOOT_PX = 104  # a sheet leaves the lowest buttons of a page free: stop and talk, blank, marks, what goes on
_EDGE_PX = 16


class Level(Enum):
    """How urgent a message is; the value is its sign."""

    INFO = "info"
    LOOK = "look"
    ACT = "act"


_URGENCY = {Level.INFO: 0, Level.LOOK: 1, Level.ACT: 2}


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of a notice: its words and what it does."""

    text: str
    action: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Entry:
    key: str
    text: str
    level: Level
    choices: tuple[Choice, ...]


class NoticeBar(QFrame):
    """One message at a time: the most urgent, and of these the newest; it counts the others that are waiting.

    Attributes
    ----------
    changed
        Signal: another message is shown, or none.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._waiting: list[_Entry] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(36, 4, 12, 4)
        self._text = label("", wrap=True)
        self._layout.addWidget(self._text, 1)
        self._buttons: list[IconButton] = []
        self.hide()

    def tell(self, key: str, text: str, level: Level = Level.INFO, choices: tuple[Choice, ...] = ()) -> None:
        """Show a message; one with the same `key` is replaced."""
        entry = _Entry(key, text, level, choices)
        shown = self.shown
        same = shown is not None and (shown.key, shown.level) == (key, level) and _labels(shown) == _labels(entry)
        if same:
            # Words that count down must not take the buttons away from under the pointer.
            self._waiting = [entry if old.key == key else old for old in self._waiting]
            self._write()
            return
        self._waiting = [old for old in self._waiting if old.key != key] + [entry]
        self._show()

    def clear(self, key: str) -> None:
        """What `key` told of is over."""
        if any(entry.key == key for entry in self._waiting):
            self._waiting = [entry for entry in self._waiting if entry.key != key]
            self._show()

    def clear_all(self) -> None:
        self._waiting = []
        self._show()

    @property
    def shown(self) -> _Entry | None:
        """The message that is shown."""
        # max() takes the first of equals; the newest stands last.
        return max(reversed(self._waiting), key=lambda entry: _URGENCY[entry.level], default=None)

    def text(self) -> str:
        return self._text.text() if self._waiting else ""

    @property
    def level(self) -> Level | None:
        """How urgent the shown message is; None if there is none."""
        return self.shown.level if self.shown is not None else None

    def buttons(self) -> list[IconButton]:
        """The choices of the shown message, dismissing it last."""
        return list(self._buttons)

    def _write(self) -> None:
        assert self.shown is not None
        more = f"   (+{len(self._waiting) - 1})" if len(self._waiting) > 1 else ""
        self._text.setText(self.shown.text + more)

    def _show(self) -> None:
        for button in self._buttons:
            self._layout.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        self.setVisible(bool(self._waiting))
        entry = self.shown
        if entry is not None:
            self._write()
            for choice in (*entry.choices, Choice(tr("Dismiss"), lambda: None)):
                button = IconButton(choice.text)
                button.clicked.connect(lambda _=False, act=choice.action, key=entry.key: self._chosen(key, act))
                self._layout.addWidget(button)
                self._buttons.append(button)
            self.update()
        self.changed.emit()

    def _chosen(self, key: str, action: Callable[[], None]) -> None:
        self.clear(key)
        action()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.shown is not None:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            edge = {Level.LOOK: tokens().warn, Level.ACT: tokens().act}.get(self.shown.level)
            if edge is not None:
                painter.fillRect(QRectF(0, 0, 4, self.height()), QColor(edge))
            draw_state(painter, QPointF(20, self.height() / 2), 7, self.shown.level.value)
            painter.end()


def _labels(entry: _Entry) -> tuple[str, ...]:
    return tuple(choice.text for choice in entry.choices)


class _Over(QFrame):
    """Lies over a widget and keeps its place when that has another size."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._under = parent
        parent.installEventFilter(self)

    def place(self) -> None:
        """Move to where it belongs."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)


class Sheet(_Over):
    """A question over the side of the window, above its lowest buttons.

    The first choice is the default and Esc's; its maker drops it.
    """

    def __init__(self, parent: QWidget, question: str, choices: tuple[Choice, ...]) -> None:
        super().__init__(parent)
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
        self.setFixedWidth(_SHEET_PX)
        self.adjustSize()
        self.place()
        self.show()
        self.buttons[0].setFocus()

    def place(self) -> None:
        self.move(self._under.width() - self.width() - _SIDE_PX, self._under.height() - self.height() - _FOOT_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._default.action()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = [b for b in self.buttons if b.hasFocus()]
            (focused or self.buttons)[0].click()
        else:
            super().keyPressEvent(event)


class KeysOverlay(_Over):
    """All keys in two columns, over the middle of the window; Esc or F1 closes it."""

    def __init__(self, parent: QWidget, bindings: tuple[Binding, ...] = BINDINGS) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 16, 20, 16)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.addWidget(label(tr("Keys"), "section"), 0, 0, 1, 5)
        half = (len(bindings) + 1) // 2
        for i, binding in enumerate(bindings):
            line, side = i % half + 1, 3 * (i // half)
            grid.addWidget(label(binding.shown), line, side)
            grid.addWidget(ElidedLabel(capital(binding.words), "secondary"), line, side + 1)
        grid.setColumnMinimumWidth(2, 24)
        grid.setRowMinimumHeight(0, 28)
        grid.setRowMinimumHeight(half + 1, 28)
        foot = label(tr("Letters are letters while you type. Esc closes this and never ends anything."), "secondary")
        grid.addWidget(foot, half + 1, 0, 1, 5, Qt.AlignmentFlag.AlignBottom)
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        wanted, room = self.sizeHint(), self._under.size()
        self.resize(min(wanted.width(), room.width() - 2 * _EDGE_PX), min(wanted.height(), room.height()))
        self.move((room.width() - self.width()) // 2, (room.height() - self.height()) // 2)
