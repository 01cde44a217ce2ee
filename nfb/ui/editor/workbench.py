"""The draft on the bench: every change of the editor goes through here, and everybody hears of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from nfb.files.protocol_draft import STARTER, Path, ProtocolDraft
from nfb.ui.editor.codecs import ABSENT


class Workbench(QObject):
    """`edited` after every change of the draft; `loaded` when another protocol was put on the bench."""

    edited = Signal()
    loaded = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.draft = ProtocolDraft(STARTER)
        self.saved_text = ""

    @property
    def is_saved(self) -> bool:
        return self.draft.text == self.saved_text

    def load(self, text: str, *, is_saved: bool = True) -> None:
        """Begin with a text; nothing of the one before is left to undo."""
        self.draft = ProtocolDraft(text)
        self.saved_text = text if is_saved else ""
        self.loaded.emit()
        self.edited.emit()

    def change(self, path: Path, value: object) -> None:
        """Set the value at a key path, or leave the key out where it is ABSENT."""
        if value is ABSENT:
            self.draft.remove(path)
        else:
            self.draft.set(path, value)
        self.edited.emit()

    def rename_feature(self, old: str, new: str) -> None:
        self.draft.rename_feature(old, new)
        self.edited.emit()

    def set_text(self, text: str) -> None:
        self.draft.set_text(text)
        self.edited.emit()

    def undo(self) -> None:
        self.draft.undo()
        self.edited.emit()

    def redo(self) -> None:
        self.draft.redo()
        self.edited.emit()
