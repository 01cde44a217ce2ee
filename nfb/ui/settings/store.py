"""The preferences on the window's side: read once, changed one by one, told to whoever follows them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from nfb.files.preferences import Loaded, change_preferences, read_preferences


class SettingsStore(QObject):
    """Holds the preferences in force.

    Parameters
    ----------
    path
        The file; the user's own if None.
    loaded
        What was read of it already; read now if None.

    Attributes
    ----------
    preferences
        As they are now.
    notice
        What could not be used of the file, in words; empty mostly.
    changed
        Signal ``(before, now)``: a setting is another one and stands in the file.
    """

    changed = Signal(object, object)

    def __init__(self, path: Path | None = None, loaded: Loaded | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        read = read_preferences(path) if loaded is None else loaded
        self.preferences, self.notice = read.preferences, read.notice

    def change(self, **changes: object) -> None:
        """Change settings by their names.

        Raises
        ------
        PreferenceError
            A value is not possible, or the file cannot be written; nothing was changed.
        """
        before = self.preferences
        self.preferences = change_preferences(self._path, **changes)
        if self.preferences != before:
            self.changed.emit(before, self.preferences)
