"""What is wrong at a field, with the sign that asks for attention."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from nfb.ui.widgets.shapes import draw_state


class Problem(QLabel):
    """Takes no room while there is nothing to say."""

    def __init__(self, kind: str = "secondary") -> None:
        super().__init__()
        self.setObjectName(kind)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setContentsMargins(20, 0, 0, 0)
        self.hide()

    def say(self, text: str) -> None:
        self.setText(text)
        self.setVisible(bool(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_state(painter, QPointF(8, 9), 6, "weak")
        painter.end()
