"""The rail at the left: where one can go while no session runs."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from nfb.ui.language import tr
from nfb.ui.widgets.small import IconButton

WIDTH_PX = 152


class Destination(Enum):
    CLIENTS = "clients"
    SESSION = "session"
    RECORDINGS = "recordings"
    PROTOCOLS = "protocols"
    SETTINGS = "settings"


def words_of(destination: Destination) -> str:
    """What a destination is called."""
    return {
        Destination.CLIENTS: tr("Clients"),
        Destination.SESSION: tr("Session"),
        Destination.RECORDINGS: tr("Recordings"),
        Destination.PROTOCOLS: tr("Protocols"),
        Destination.SETTINGS: tr("Settings"),
    }[destination]


_ICONS = {
    Destination.CLIENTS: "clients",
    Destination.SESSION: "play",
    Destination.RECORDINGS: "wave",
    Destination.PROTOCOLS: "sliders",
    Destination.SETTINGS: "settings",
}


class Rail(QFrame):
    """Signal `go`: the :class:`Destination` that was chosen."""

    go = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setAccessibleName(tr("Main navigation"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 12, 8, 12)
        layout.setSpacing(4)
        self.buttons: dict[Destination, IconButton] = {}
        for number, destination in enumerate(Destination, start=1):
            text = words_of(destination)
            button = IconButton(text, _ICONS[destination], "rail", tip=f"{text} (Alt+{number})")
            button.setCheckable(True)
            button.setShortcut(f"Alt+{number}")
            button.clicked.connect(lambda _=False, to=destination: self._chosen(to))
            layout.addWidget(button)
            button.ensurePolished()
            self.buttons[destination] = button
        layout.addStretch(1)
        self.setFixedWidth(max(WIDTH_PX, layout.sizeHint().width()))

    def mark(self, destination: Destination | None) -> None:
        """Show where one is; None: at none of these."""
        for each, button in self.buttons.items():
            button.setChecked(each is destination)

    def _chosen(self, to: Destination) -> None:
        self.mark(to)
        self.go.emit(to)
