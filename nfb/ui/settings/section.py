"""One section of the settings: settings and other parts under each other, in a scroll area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from nfb.ui.editor.fields import FlexLabel
from nfb.ui.settings.setting import Setting
from nfb.ui.widgets.small import label

if TYPE_CHECKING:
    from nfb.ui.desk.keeper import BookKeeper
    from nfb.ui.launching import Launcher
    from nfb.ui.settings.store import SettingsStore


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the sections need of the window."""

    store: SettingsStore
    keeper: BookKeeper
    launcher: Launcher


class Told(FlexLabel):
    """A line that takes no room while there is nothing to say."""

    def __init__(self, text: str = "", kind: str = "") -> None:
        super().__init__(text, kind)
        self.say(text)

    def say(self, text: str) -> None:
        self.setText(text)
        self.setVisible(bool(text))


class Section(QScrollArea):
    """A titled page of settings.

    Attributes
    ----------
    settings
        By the name of the preference.
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.settings: dict[str, Setting] = {}
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QFrame()
        inside.setObjectName("panel")
        self._layout = QVBoxLayout(inside)
        self._layout.setContentsMargins(16, 12, 16, 12)
        self._layout.setSpacing(12)
        self._layout.addWidget(label(title, "section"))
        self._layout.addStretch(1)
        self.setWidget(inside)

    def open(self) -> None:
        """The section is gone to: show the settings as they are, and what the machine has now."""
        for setting in self.settings.values():
            setting.show_stored()

    def add(self, part: QWidget) -> None:
        """A part, or a setting, below the others."""
        self._layout.insertWidget(self._layout.count() - 1, part)
        if isinstance(part, Setting):
            self.settings[part.name] = part

    def say(self, text: str = "") -> Told:
        """A paragraph, which may change."""
        made = Told(text, "secondary")
        self.add(made)
        return made

    def heading(self, text: str) -> None:
        self._layout.insertSpacing(self._layout.count() - 1, 8)
        self.add(label(text, "figure"))

    def buttons(self, parts: Sequence[QWidget | None]) -> None:
        """Parts beside each other; None stands for the space that grows."""
        box = QWidget()
        line = QHBoxLayout(box)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for part in parts:
            if part is None:
                line.addStretch(1)
            else:
                line.addWidget(part)
        self.add(box)
