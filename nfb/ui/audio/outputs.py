"""The machine's sound devices, for choosing one."""

from __future__ import annotations

from nfb.ui.audio.desk import name_of_id


def outputs() -> dict[str, str]:
    """Name of every device that plays sound, by the identifier that the settings keep; empty without sound."""
    try:
        from PySide6.QtMultimedia import QMediaDevices  # needs libpulse on Linux, which a bare system lacks
    except (ImportError, OSError):
        return {}
    return {name_of_id(device): device.description() for device in QMediaDevices.audioOutputs()}
