"""A field that names a file of the client's own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from nfb.ui.language import tr
from nfb.ui.widgets.small import IconButton


class FileField:
    """A path, typed or picked; empty for none.

    Parameters
    ----------
    label
        What the file is.
    path
        The present one.
    kinds
        Filter of the picker, such as ``Films (*.mp4 *.mkv)``.
    """

    def __init__(self, label: str, path: str, kinds: str) -> None:
        self.label = label
        self.widget = _FileLine(label, path, kinds)

    def raw(self) -> str:
        return self.widget.line.text()

    def value(self) -> str:
        return self.raw().strip()


class _FileLine(QWidget):
    chosen = Signal()

    def __init__(self, label: str, path: str, kinds: str) -> None:
        super().__init__()
        self._label, self._kinds = label, kinds
        self.line = QLineEdit(path, placeholderText=tr("No file"))
        self.line.setAccessibleName(label)
        self.line.textEdited.connect(self.chosen)
        pick = IconButton(tr("Choose …"), "folder")
        pick.clicked.connect(self._pick)
        self.setFocusProxy(self.line)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.line, 1)
        layout.addWidget(pick)

    def _pick(self) -> None:
        folder = str(Path(self.line.text()).parent) if self.line.text() else ""
        dialog = QFileDialog(self, self._label, folder, self._kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take(self, path: str) -> None:
        self.line.setText(path)
        self.chosen.emit()


def film_field(path: str) -> FileField:
    """The client's own film."""
    return FileField(tr("Film"), path, tr("Films (*.mp4 *.mkv *.mov *.avi *.webm *.m4v *.mpg);;All files (*)"))


def music_field(path: str) -> FileField:
    """The client's own music."""
    return FileField(tr("Music"), path, tr("Music (*.mp3 *.flac *.ogg *.opus *.m4a *.wav *.aac);;All files (*)"))
