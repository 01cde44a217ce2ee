"""The first screen: three buttons, no form."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from nfb.ui.language import tr
from nfb.ui.widgets.small import IconButton, label


def intended_use() -> str:
    """What this software is for and what it is not; the wording is required."""
    return tr(
        "Research and education software for EEG self-regulation training. Not a medical device; not intended to "
        "diagnose, treat, cure, mitigate or prevent any disease, nor to replace care. Evidence for depression is "
        "preliminary. Do not change medication or other treatment because of it."
    )


class StartPage(QWidget):
    """Signals `demo`, `connect_headset` and `open_recording` say which button was pressed."""

    demo = Signal()
    connect_headset = Signal()
    open_recording = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.status = label("", "secondary")
        self.status.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = label(tr("Neurofeedback"), "title")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line = label(
            tr(
                "Measure a brain rhythm, reward it while it happens, keep an honest record. "
                "Nothing leaves this computer."
            ),
            "secondary",
            wrap=True,
        )
        line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.buttons = (
            IconButton(tr("Try it now: synthetic headset"), "play", "primary"),
            IconButton(tr("Connect my headset"), "headset"),
            IconButton(tr("Open a recording"), "folder"),
        )
        for button, signal in zip(self.buttons, (self.demo, self.connect_headset, self.open_recording), strict=True):
            button.setMinimumSize(360, 52)
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(signal)
        use = label(intended_use(), "secondary", wrap=True)
        use.setMaximumWidth(760)
        use.setAlignment(Qt.AlignmentFlag.AlignCenter)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addStretch(2)
        layout.addWidget(title)
        layout.addWidget(line)
        layout.addSpacing(16)
        for button in self.buttons:
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.status)
        layout.addStretch(3)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(use, 8)
        foot.addStretch(1)
        layout.addLayout(foot)
        self.buttons[0].setFocus()

    def show_status(self, text: str) -> None:
        self.status.setText(text)
