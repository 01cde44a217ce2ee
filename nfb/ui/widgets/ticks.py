"""One line of a list of tests: open, passed, or in need of something; told by outline first."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nfb.ui.widgets.shapes import draw_state
from nfb.ui.widgets.small import label


class Tick(QWidget):
    """A sign and a line of words."""

    def __init__(self) -> None:
        super().__init__()
        self._sign = "unknown"
        self._words = label("", wrap=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 0, 0, 0)
        layout.addWidget(self._words, 1)

    def show_state(self, passed: bool | None, words: str) -> None:
        """Passed, not passed, or (None) not known yet."""
        self._sign = {True: "quiet", False: "look", None: "open"}[passed]
        self._words.setText(words)
        self.update()

    def text(self) -> str:
        return self._words.text()

    @property
    def passed(self) -> bool:
        return self._sign == "quiet"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_state(painter, QPointF(10, self.height() / 2), 7, self._sign)
        painter.end()
