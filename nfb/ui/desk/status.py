"""The bar at the top: headset and link, recording and room on the disk, sound, keys, theme."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QWidget

from nfb.ui.language import tr
from nfb.ui.widgets.elided import ElidedLabel
from nfb.ui.widgets.small import IconButton, label

# 8 channels of float32 at 250 Hz: what an hour of a usual recording takes.
BYTES_PER_HOUR = 8 * 4 * 250 * 3600
FEW_HOURS, VERY_FEW_HOURS = 500e6 / BYTES_PER_HOUR, 100e6 / BYTES_PER_HOUR


def hours_free(folder: Path) -> float:
    """Hours of a usual recording that fit on the disk of `folder`, or of the nearest folder above it that exists.

    Raises
    ------
    OSError
        The disk cannot be asked.
    """
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free / BYTES_PER_HOUR


class StatusBar(QWidget):
    """Draws what it is told; `theme_button` and `keys_button` are wired by the window."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Status"))
        self.device = label("", "secondary")
        self.disk = ElidedLabel("", "secondary")
        self.sound = label("", "secondary")
        self.keys_button = IconButton(tr("Keys"), "keyboard", key="help")
        self.theme_button = IconButton(tr("Theme"), "contrast", tip=tr("Dark or light"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 6)
        layout.setSpacing(16)
        for part in (self.device, self.disk, self.sound):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addWidget(self.keys_button)
        layout.addWidget(self.theme_button)
        self.show_device("")

    def show_device(self, name: str) -> None:
        """The headset that is being connected to; empty: none."""
        self.device.setText(tr("Connecting: {name}", name=name) if name else tr("No headset connected"))

    def show_disk(self, hours: float | None) -> None:
        """Hours that fit on the disk; None: it cannot be told."""
        if hours is None:
            self.disk.setText(tr("Recording off · room on the disk not known"))
        elif hours < FEW_HOURS:
            self.disk.setText(tr("⚠ Recording off · {n:.0f} h free: make room", n=hours))
        else:
            shown = f"{hours:.0f}" if hours < 1000 else ">1000"
            self.disk.setText(tr("Recording off · {hours} h free", hours=shown))

    def show_sound(self, device: str, why_silent: str) -> None:
        """The client's sound device, or why there is none."""
        if not device and not why_silent:
            return  # nothing has sounded yet
        short = device if len(device) <= 24 else f"{device[:23]}…"
        self.sound.setText(f"♪ {short}" if device else tr("♪ no sound"))
        self.sound.setToolTip(why_silent or device)
