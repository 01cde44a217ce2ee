"""What is shown where there is nothing yet: one sentence, and the way on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nfb.ui.icons import pixmap
from nfb.ui.theme import tokens
from nfb.ui.widgets.small import IconButton, label

ICON_PX = 40
WORDS_PX = 440


class Empty(QWidget):
    """A sentence in the middle of the room that is empty, with buttons under it.

    Parameters
    ----------
    icon_name
        What would be here.
    text
        Why there is nothing, and what to do.
    buttons
        The way on.
    """

    def __init__(self, icon_name: str, text: str, *buttons: IconButton) -> None:
        super().__init__()
        self._icon_name = icon_name
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.words = label("", "secondary", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.words.setFixedWidth(WORDS_PX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 16, 0, 16)
        layout.setSpacing(12)
        layout.addStretch(2)
        layout.addWidget(self._icon)
        for parts in ((self.words,), buttons):
            line = QHBoxLayout()
            line.setSpacing(8)
            line.addStretch(1)
            for part in parts:
                line.addWidget(part)
            line.addStretch(1)
            layout.addLayout(line)
        layout.addStretch(3)
        self._tint()
        self.say(text)

    def say(self, text: str) -> None:
        """Say something else."""
        self.words.setText(text)
        self.words.ensurePolished()  # or its font is not yet the style sheet's
        # A label with a fixed width in a line with stretches is else given less than its wrapped text needs.
        self.words.setMinimumHeight(max(0, self.words.heightForWidth(WORDS_PX)))  # -1: nothing to say

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        if hasattr(self, "_icon"):
            self._icon.setPixmap(pixmap(self._icon_name, tokens().border, ICON_PX, self.devicePixelRatioF()))
