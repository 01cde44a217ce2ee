"""Small parts that most pages use: labelled buttons, panels, labels, rows."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from nfb.ui.icons import ROOM_PX, SIZE_PX, icon
from nfb.ui.keys_in_force import follow_keys, with_key, with_keys
from nfb.ui.theme import CONTROL_PX, on_picture, tokens
from nfb.ui.widgets.elided import ElidedLabel

ARROW_PX = 28  # at the right of a drop-down list, as in the style sheet


class IconButton(QPushButton):
    """A button whose icon follows the theme. It takes the focus by Tab only, so that Space stays free for pause.

    Parameters
    ----------
    text
        What it says.
    icon_name, kind, tip
        Its icon, its name in the style sheet, and help on hover.
    key, tip_key
        Actions of :mod:`nfb.ui.keys` whose keys are named after the text and after the help.
    over_picture
        It lies over the client's picture.
    """

    def __init__(
        self,
        text: str,
        icon_name: str = "",
        kind: str = "",
        tip: str = "",
        *,
        key: str = "",
        tip_key: str = "",
        over_picture: bool = False,
    ) -> None:
        super().__init__(text)
        self._over_picture = over_picture
        self._words, self._icon_name, self._tip = text, icon_name, tip
        self._key, self._tip_key = key, tip_key
        self.setObjectName(kind)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(SIZE_PX + ROOM_PX, SIZE_PX))
        self._tint()
        if key or tip_key:
            follow_keys(self._show_keys)

    def show_as(self, text: str, icon_name: str, *, key: str = "") -> None:
        """Change what the button says; `key` names another action's key than before."""
        if text != self._words or icon_name != self._icon_name or (key and key != self._key):
            self._words, self._icon_name, self._key = text, icon_name, key or self._key
            self._show_keys()
            self._tint()

    def _show_keys(self) -> None:
        self.setText(with_key(self._words, self._key) if self._key else self._words)
        if self._tip_key:
            self.setToolTip(with_keys(self._tip, self._tip_key))

    def event(self, event: QEvent) -> bool:
        # Space is the window's pause key, except on a button that was reached by Tab.
        wanted = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space
        if wanted and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        if getattr(self, "_icon_name", ""):
            theme = on_picture() if self._over_picture else tokens()
            self.setIcon(icon(self._icon_name, on_accent=self.objectName() == "primary", theme=theme))


class Drop(QComboBox):
    """A drop-down list with an arrow in the theme's colour; the style sheet takes the native one away.

    A choice that is longer than the list ends in an ellipsis.
    """

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.width() - ARROW_PX - 10
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens().text2), 1.75))
        x, y = self.width() - 18, self.height() / 2
        painter.drawPolyline(QPolygonF([QPointF(x - 5, y - 2.5), QPointF(x, y + 2.5), QPointF(x + 5, y - 2.5)]))
        painter.end()


def label(text: str = "", kind: str = "", *, wrap: bool = False) -> QLabel:
    """A text label; `kind` is an object name of the style sheet (``secondary``, ``section``, ``value`` …)."""
    made = QLabel(text)
    made.setObjectName(kind)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def form_label(text: str) -> QLabel:
    """The label of a form's row: as wide as in other forms, and level with its field."""
    made = label(text)
    made.setMinimumSize(96, CONTROL_PX)
    return made


def panel(*parts: QWidget, title: str = "") -> QFrame:
    """A raised area with the parts under each other."""
    frame = QFrame()
    frame.setObjectName("panel")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(12, 8, 12, 8)
    layout.setSpacing(8)
    if title:
        layout.addWidget(ElidedLabel(title, "section"))
    for part in parts:
        layout.addWidget(part)
    return frame


def row(*parts: QWidget | None, gap_px: int = 8) -> QWidget:
    """Parts beside each other; None stands for the space that grows."""
    box = QWidget()
    layout = QHBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(gap_px)
    for part in parts:
        if part is None:
            layout.addStretch(1)
        else:
            layout.addWidget(part)
    return box
