"""The clients' side of the window: home, a client's page, and the forms that open from them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from nfb.ui.desk.keeper import BookKeeper
from nfb.ui.launching import Launcher


class Desk(QStackedWidget):
    """Signals: `start_visit` ``(code)``, `demo`, `replay` ``(path)``, `first_rows` when the clients are known."""

    start_visit = Signal(str)
    demo = Signal()
    replay = Signal(Path)
    first_rows = Signal()

    def __init__(self, keeper: BookKeeper, launcher: Launcher) -> None:
        super().__init__()
        self.keeper, self.launcher = keeper, launcher
        self.has_clients = False

    def show_home(self) -> None:
        """All clients, read anew."""

    def show_client(self, code: str) -> None:
        """One client's page, read anew."""

    def step_back(self) -> bool:
        """Close the form that is open; False if there is none."""
        return False
