"""Signal check: is every site that is needed good?"""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from nfb.model.events import QualityReport
from nfb.ui.bridge import Bridge, Frame
from nfb.ui.pages.base import SessionPage
from nfb.ui.session_view import SessionView
from nfb.ui.widgets.lamps import Lamps
from nfb.ui.widgets.scalp import ScalpMap
from nfb.ui.widgets.small import IconButton, label, panel, row

N_ADVICE = 6


class CheckPage(SessionPage):
    """Head map, raw EEG, and one line of advice per site that needs something."""

    def __init__(self) -> None:
        super().__init__()
        self.scalp = ScalpMap()
        self.lamps = Lamps(columns=2)
        self.advice = label("Waiting for the first seconds of signal …", wrap=True)
        self.needed = label("")
        self.go_on = IconButton("Baseline  F5", "play", "primary")
        self.go_on.clicked.connect(self._go_on)
        self._looking = False
        self._used: tuple[int, ...] = ()
        self._names: tuple[str, ...] = ()

        advice = panel(self.advice, title="Do this")
        advice_layout = advice.layout()
        assert isinstance(advice_layout, QVBoxLayout)
        advice_layout.addStretch(1)
        advice_layout.addWidget(
            label("Thin and jagged is good, thick and fuzzy is muscle or mains, flat is off.", "secondary", wrap=True)
        )
        advice_layout.addWidget(self.lamps)
        head = panel(self.scalp, label("Ring: used by the protocol", "secondary"))
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(head, 3)
        columns.addLayout(self.sweep_place, 5)
        columns.addWidget(advice, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(columns, 1)
        layout.addWidget(row(self.needed, None, self.go_on))

    def begin(self, bridge: Bridge) -> None:
        setup = bridge.view.setup
        assert setup is not None
        self._used, self._names = setup.fit.channels, setup.device.channel_names
        self.scalp.begin(self._names, self._used)
        self.needed.setText("Needed: " + ", ".join(self._names[i] for i in self._used))

    def show_looking(self, looking: bool) -> None:
        """Whether this page is a look from within another stage; then there is nothing to go on to."""
        self._looking = looking
        if looking:
            self.go_on.show_as("Back  F9", "back")
        else:
            self.go_on.show_as("Baseline  F5", "play")

    def _go_on(self) -> None:
        self.wish.emit("check" if self._looking else "pause")

    def show_event(self, event: object, view: SessionView) -> None:
        if not isinstance(event, QualityReport):
            return
        self.scalp.show_grades(event.grades)
        self.lamps.show_quality(event, self._used)
        lines = [
            f"{self._names[i]} {event.grades[i]}: {event.reasons[i]}"
            for i in self._used
            if event.grades[i] != "good" and event.reasons[i]
        ]
        rest = len(lines) - N_ADVICE
        if rest > 0:
            lines = [*lines[:N_ADVICE], f"and {rest} more"]
        self.advice.setText("\n".join(lines) or "Every needed site is good.")
        self.needed.setText("Needed: " + "  ".join(f"{self._names[i]} {event.grades[i]}" for i in self._used[:8]))
        if self._looking:
            return
        ready = all(event.grades[i] == "good" for i in self._used)
        # Going on over weak contact is the operator's decision; the session screen leaves a note of it.
        self.go_on.show_as("Baseline  F5" if ready else "Continue anyway (logged)  F5", "play")

    def show_frame(self, frame: Frame, view: SessionView) -> None:
        self.lamps.show_hops(frame.hops, frame.passed_s)
