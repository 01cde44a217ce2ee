"""What the pages of a session have in common."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nfb.ui.bridge import Bridge, Frame
from nfb.ui.session_view import SessionView
from nfb.ui.widgets.sweep_panel import SweepPanel


class SessionPage(QWidget):
    """Shows what it is told; `wish` asks for an action by the name it has in :mod:`nfb.ui.keys`."""

    wish = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.sweep_place = QVBoxLayout()

    def take_sweep(self, sweep: SweepPanel) -> None:
        """Give the one raw view a home on this page; pages without a place for it ignore it."""
        self.sweep_place.addWidget(sweep)

    def begin(self, bridge: Bridge) -> None:
        """A session has connected."""

    def show_event(self, event: object, view: SessionView) -> None:
        """Something rare happened; `view` knows of it already."""

    def show_frame(self, frame: Frame, view: SessionView) -> None:
        """A new frame; called for the page in front only."""
