"""The break between runs: how the last run went, on the left; what the client sees, on the right."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from nfb.model.events import StageEnded, StageStarted
from nfb.model.protocol import StageKind
from nfb.ui.bridge import Frame
from nfb.ui.pages.base import SessionPage
from nfb.ui.session_view import SessionView
from nfb.ui.widgets.feedback import FeedbackView
from nfb.ui.widgets.small import IconButton, label, panel, row
from nfb.ui.words import clock, percent

TAKE_A_BREATH = "Take a breath."
FEELINGS = ("calmer", "same", "restless", "tired", "headache")


class RestPage(SessionPage):
    """`note` carries what was said or chosen."""

    note = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.done = label("", "title", wrap=True)
        self.figures = label("", wrap=True)
        self.mirror = FeedbackView()
        self.mirror.message = TAKE_A_BREATH
        self.left_over = label("", "clock")
        self.start = IconButton("Start the next run  F5", "play", "primary")
        self.start.clicked.connect(lambda: self.wish.emit("pause"))
        check = IconButton("Look at the signal  F9", "wave")
        check.clicked.connect(lambda: self.wish.emit("check"))
        self.said = label("", "secondary")
        self.note_line = QLineEdit(placeholderText="Note, Enter keeps it")
        self.note_line.returnPressed.connect(lambda: self._keep(self.note_line.text().strip()))
        feelings: list[QWidget | None] = []
        for feeling in FEELINGS:
            button = IconButton(feeling)
            button.clicked.connect(lambda _=False, said=feeling: self._keep(f"client says: {said}"))
            feelings.append(button)

        left = panel(
            self.done, self.figures, label("How is it now?", "section"), row(*feelings, None), self.note_line
        )
        left_layout = left.layout()
        assert isinstance(left_layout, QVBoxLayout)
        left_layout.setSpacing(12)
        left_layout.addWidget(self.said)
        left_layout.addStretch(1)
        left_layout.addWidget(row(check, None, self.start))
        right = panel(self.mirror, row(None, self.left_over, None), title="Client sees")
        columns = QHBoxLayout(self)
        columns.setContentsMargins(12, 8, 12, 12)
        columns.setSpacing(12)
        columns.addWidget(left, 3)
        columns.addWidget(right, 2)

    def show_event(self, event: object, view: SessionView) -> None:
        if isinstance(event, StageStarted) and view.stage_kind is StageKind.REST:
            self.said.setText("")
            runs = [stage for stage in view.ended_stages if not math.isnan(stage.in_range_share)]
            run, n_runs = view.run_position
            self.start.show_as(f"Start run {run + 1}  F5" if run < n_runs else "Go on  F5", "play")
            self.done.setText(f"Run {run} done" if run else "Break")
            if runs:
                self._show_run(runs[-1])

    def _show_run(self, last: StageEnded) -> None:
        clean = last.valid_s / (last.valid_s + last.held_s) if last.valid_s + last.held_s > 0 else math.nan
        self.figures.setText(
            f"{percent(last.in_range_share)} in range · clean {percent(clean)} · rewards {last.rewards} "
            f"in {clock(last.valid_s)} of valid time"
        )

    def show_frame(self, frame: Frame, view: SessionView) -> None:
        if frame.live is not None and frame.number % 6 == 0:
            self.left_over.setText(clock(frame.live.stage_left_s))

    def _keep(self, text: str) -> None:
        if text:
            self.note.emit(text)
            self.said.setText(f"Noted: {text}")
        self.note_line.clear()
