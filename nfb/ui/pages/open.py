"""Open a recording: which file, and which protocol to run on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from nfb.model.protocol import Protocol
from nfb.ui.widgets.small import Drop, IconButton, form_label, label, panel, row

AS_RECORDED = "As recorded (our own recordings)"
KINDS = "Recordings (*.vhdr *.edf *.bdf *.xdf *.csv *.txt);;All files (*)"


class OpenPage(QWidget):
    """Signals: `replay` ``(path, protocol path or None)`` and `back`. Files can be dropped on it."""

    replay = Signal(Path, object)
    back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAcceptDrops(True)
        self.path = QLineEdit(placeholderText="Drop an EDF, BDF, BrainVision, XDF or CSV file here")
        self.path.returnPressed.connect(self._replay)
        browse = IconButton("Browse", "folder")
        browse.clicked.connect(self._browse)
        self.protocol = Drop()
        self.protocol.setMinimumContentsLength(24)
        self.problem = label("", wrap=True)
        self.replay_button = IconButton("Replay", "replay", "primary")
        self.replay_button.clicked.connect(self._replay)
        back = IconButton("Back", "back")
        back.clicked.connect(self.back)
        form_box = QWidget()
        form = QFormLayout(form_box)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(12)
        form.addRow(form_label("Recording"), row(self.path, browse))
        form.addRow(form_label("Protocol"), self.protocol)
        hint = label("A replay is decided by the same engine as a live session. Nothing is recorded.", "secondary")
        box = panel(form_box, hint, self.problem, row(None, self.replay_button))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(row(back, label("Open a recording", "section"), None))
        layout.addWidget(box)
        layout.addStretch(1)

    def show_protocols(self, protocols: Sequence[tuple[Path, Protocol]]) -> None:
        self.protocol.clear()
        self.protocol.addItem(AS_RECORDED, None)
        for path, protocol in protocols:
            self.protocol.addItem(protocol.name, path)
        self.problem.setText("")
        self.show_reading(False)

    def show_reading(self, reading: bool) -> None:
        self.replay_button.setEnabled(not reading)
        if reading:
            self.problem.setText("Reading …")

    def show_problem(self, text: str) -> None:
        """Why the file cannot be replayed and what to do about it."""
        self.show_reading(False)
        self.problem.setText(text)

    def _browse(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open a recording", self.path.text(), KINDS)
        if path:
            self.path.setText(path)

    def _replay(self) -> None:
        text = self.path.text().strip()
        if not text:
            self.show_problem("No file is chosen. Drop one here, or browse.")
        else:
            self.replay.emit(Path(text), self.protocol.currentData())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.path.setText(files[0])
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
