"""What to mind before the start, one line each, with what it asks for: an acknowledgement or a reason."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from nfb.engine.hurdles import Hurdle, Weight
from nfb.ui.language import tr
from nfb.ui.told import told
from nfb.ui.widgets.shapes import draw_state
from nfb.ui.widgets.small import IconButton, label

_SIGNS = {
    Weight.STOP: "off",
    Weight.ACKNOWLEDGE: "off",
    Weight.SAFETY: "off",
    Weight.REASON: "weak",
    Weight.LOOK: "weak",
    Weight.NOTE: "info",
}
_MOST_PX = 132


class HurdlePanel(QScrollArea):
    """Hidden while there is nothing to say.

    Attributes
    ----------
    acknowledge
        Signal: key of a hurdle, and what was done about it.
    changed
        Signal: the reason is another one.
    """

    acknowledge = Signal(str, str)
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._shown: tuple[Hurdle, ...] = ()
        self.reason = QLineEdit()
        self.reason.setAccessibleName(tr("Reason for going on"))
        self.reason.textChanged.connect(self.changed)
        self.lines: dict[str, HurdleLine] = {}
        self._place: QFrame | None = None
        self.hide()

    def reason_text(self) -> str:
        return self.reason.text().strip()

    def show_hurdles(self, hurdles: tuple[Hurdle, ...]) -> None:
        """Show these; what was typed stays."""
        if hurdles == self._shown:
            return
        self._shown = hurdles
        typed = {key: line.done.text() for key, line in self.lines.items()}
        had_focus = self.reason.hasFocus()
        self.reason.setParent(None)
        place = QFrame()
        place.setObjectName("panel")
        layout = QVBoxLayout(place)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(4)
        self.lines = {}
        reason_placed = False
        for hurdle in hurdles:
            line = HurdleLine(hurdle)
            line.acknowledged.connect(self.acknowledge)
            line.done.setText(typed.get(hurdle.key, ""))
            layout.addWidget(line)
            self.lines[hurdle.key] = line
            if hurdle.weight is Weight.REASON and not reason_placed:
                self.reason.setPlaceholderText(tr("Why it is passed today (goes into the client book)"))
                line.row.addWidget(self.reason, 3)
                reason_placed = True
        self.setWidget(place)
        self._place = place
        self.reason.setVisible(reason_placed)
        self.setVisible(bool(hurdles))
        if had_focus and reason_placed:
            self.reason.setFocus()
        self._fit()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        if self._place is None:
            return
        layout = self._place.layout()
        assert layout is not None
        width = self.viewport().width()
        height = layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        self._place.setFixedHeight(height)  # else it stays as high as it was in a narrower window
        self.setFixedHeight(min(height, _MOST_PX))

    def sizeHint(self) -> QSize:
        return QSize(600, 44)


class HurdleLine(QWidget):
    """Sign and words; for an acknowledgement also what was done and a button."""

    acknowledged = Signal(str, str)

    def __init__(self, hurdle: Hurdle) -> None:
        super().__init__()
        self._sign = _SIGNS[hurdle.weight]
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(24, 0, 0, 0)
        self.row.setSpacing(8)
        self.words = label(told(hurdle.words), wrap=True)
        self.row.addWidget(self.words, 4)
        self.done = QLineEdit(placeholderText=tr("What was done, and with whom"))
        self.button = IconButton(tr("Acknowledge"), "check")
        self.row.addWidget(self.done, 3)
        self.row.addWidget(self.button)
        if hurdle.weight is not Weight.ACKNOWLEDGE:
            self.done.hide()
            self.button.hide()
        self.button.clicked.connect(lambda: self._tell(hurdle.key))
        self.done.returnPressed.connect(lambda: self._tell(hurdle.key))

    def _tell(self, key: str) -> None:
        what = self.done.text().strip()
        if what:
            self.acknowledged.emit(key, what)
        else:
            self.done.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_state(painter, QPointF(9, min(self.height() / 2, 18)), 6, self._sign)
        painter.end()
