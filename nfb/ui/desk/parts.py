"""Parts that the practice's pages share: lists of records with their buttons, lines of advice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from nfb.ui.desk.table import Table
from nfb.ui.theme import CONTROL_PX
from nfb.ui.widgets.empty import Empty
from nfb.ui.widgets.flow import flow
from nfb.ui.widgets.shapes import draw_state
from nfb.ui.widgets.small import IconButton, label, row


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a list. With `on_row` it needs a row and is given its index, else it is given -1."""

    text: str
    icon: str
    do: Callable[[int], None]
    on_row: bool = True
    writes: bool = True


class RecordList(QFrame):
    """A titled table with buttons; the first action on a row is also Enter's. One sentence while it is empty.

    With `most_rows` it is as high as its rows, up to that many. Else it fills the room there is, and while it is
    empty `way_on` stands under the sentence in the middle of it, with an icon of what would be there.
    """

    def __init__(
        self,
        title: str,
        heads: Sequence[str],
        empty: str,
        actions: Sequence[Action],
        *,
        most_rows: int = 0,
        icon: str = "",
        way_on: IconButton | None = None,
    ) -> None:
        super().__init__()
        self._most_rows = most_rows
        self.setObjectName("panel")
        self._heads, self._actions = list(heads), tuple(actions)
        self._read_only = False
        self.table = Table(title)
        self.empty: QWidget = label(empty, "secondary", wrap=True)
        if way_on is not None:
            self.empty = Empty(icon, empty, way_on)
        self.buttons: list[IconButton] = []
        for action in actions:
            button = IconButton(action.text, action.icon)
            button.clicked.connect(lambda _=False, act=action: self._do(act))
            self.buttons.append(button)
        on_row = [action for action in actions if action.on_row]
        if on_row:
            self.table.chosen.connect(lambda _: self._do(on_row[0]))
        self.table.selection_changed.connect(self._enable)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        self._above = flow(*self.buttons, to_the_right=True)
        self._way_on = way_on
        head = row(label(title, "section"), self._above)
        head.setMinimumHeight(CONTROL_PX)
        layout.addWidget(head)
        layout.addWidget(self.empty, 1000 if way_on is not None else 0)
        layout.addWidget(self.table, 1000)
        layout.addStretch(1)  # holds the sentence at the top while there is no table
        self.fill([])

    def fill(self, rows: Sequence[Sequence[str]], *, read_only: bool = False) -> None:
        self._read_only = read_only
        self.table.fill(self._heads, rows)
        self.table.setVisible(bool(rows))
        if self._most_rows:
            self.table.setFixedHeight((1 + min(len(rows), self._most_rows)) * CONTROL_PX + 6)
        self.empty.setVisible(not rows)
        self._above.setVisible(bool(rows) or self._way_on is None)
        if self._way_on is not None:
            self._way_on.setEnabled(not read_only)
        self._enable()

    def button(self, text: str) -> IconButton:
        """The button that says `text`."""
        return next(button for button in self.buttons if button.text() == text)

    def _do(self, action: Action) -> None:
        at = self.table.selected
        if action.writes and self._read_only:
            return
        if not action.on_row:
            action.do(-1)
        elif at is not None:
            action.do(at)

    def _enable(self) -> None:
        for action, button in zip(self._actions, self.buttons, strict=True):
            has_row = self.table.selected is not None
            button.setEnabled((has_row or not action.on_row) and not (action.writes and self._read_only))


class Advice(QFrame):
    """One line that wants to be seen, with a sign by shape and, perhaps, a button."""

    def __init__(self, text: str, sign: str, button: IconButton | None = None) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._sign = sign
        self.button = button
        self.text = label(text, wrap=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(36, 6, 12, 6)
        layout.addWidget(self.text, 1)
        if button is not None:
            layout.addWidget(button)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_state(painter, QPointF(20, self.height() / 2), 7, self._sign)
        painter.end()


def scrolled(*parts: QWidget) -> QScrollArea:
    """Parts under each other, as high as they need; what does not fit is scrolled to."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    for part in parts:
        layout.addWidget(part)
    layout.addStretch(1)
    scroll = QScrollArea(widgetResizable=True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(holder)
    return scroll


def empty_layout(layout: QVBoxLayout | QHBoxLayout) -> None:
    """Take everything out of a layout."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()


class Elided(QWidget):
    """A line that ends in … where it does not fit; the whole of it is in the tool tip."""

    def __init__(self, text: str, kind: str = "") -> None:
        super().__init__()
        self._text = text
        self._label = label(text, kind)
        self._label.setToolTip(text)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._label)

    def show_text(self, text: str) -> None:
        self._text = text
        self._label.setToolTip(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        self._label.setText(
            self._label.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        )
