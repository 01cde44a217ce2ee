"""The settings: sections at the left, the chosen one beside."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QStackedWidget, QVBoxLayout, QWidget

from nfb.files.preferences import Preferences
from nfb.ui.desk.keeper import BookKeeper
from nfb.ui.language import tr
from nfb.ui.launching import Launcher
from nfb.ui.settings.about_section import AboutSection
from nfb.ui.settings.appearance_section import AppearanceSection
from nfb.ui.settings.data_section import DataSection
from nfb.ui.settings.devices_section import DevicesSection
from nfb.ui.settings.keys_section import KeysSection
from nfb.ui.settings.privacy_section import PrivacySection
from nfb.ui.settings.screens_section import ScreensSection
from nfb.ui.settings.section import Section, Surroundings
from nfb.ui.settings.setting import Setting
from nfb.ui.settings.sound_section import SoundSection
from nfb.ui.settings.store import SettingsStore
from nfb.ui.widgets.small import IconButton, label, row

LIST_PX = 160


class SettingsPage(QWidget):
    """Call :meth:`open` before showing it.

    Attributes
    ----------
    back
        Signal: the person is done here.
    connect_to
        Signal ``(device, parameters)``: go to the connect page with this headset.
    """

    back = Signal()
    connect_to = Signal(str, dict)

    def __init__(self, store: SettingsStore, keeper: BookKeeper, launcher: Launcher) -> None:
        super().__init__()
        self.setObjectName("page")
        self._store = store
        around = Surroundings(store, keeper, launcher)
        self.devices = DevicesSection(around)
        self.devices.connect_to.connect(self.connect_to)
        self.data = DataSection(around)
        self.data.form_opened.connect(self._show_form)
        self.sections: tuple[Section, ...] = (
            self.devices,
            ScreensSection(around),
            SoundSection(around),
            self.data,
            PrivacySection(around),
            KeysSection(around),
            AppearanceSection(around),
            AboutSection(around),
        )
        self.list = QListWidget()
        self.list.setFixedWidth(LIST_PX)
        self.list.setAccessibleName(tr("Sections of the settings"))
        self.right = QStackedWidget()
        for section in self.sections:
            self.list.addItem(section.title)
            self.right.addWidget(section)
        self.list.currentRowChanged.connect(self._show_section)
        back = IconButton(tr("Back"), "back")
        back.clicked.connect(self.back)
        self.notice = label("", "secondary", wrap=True)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(self.list)
        columns.addWidget(self.right, 1)
        self._browse = QWidget()
        layout = QVBoxLayout(self._browse)
        layout.setContentsMargins(16, 8, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(row(back, label(tr("Settings"), "heading"), None))
        layout.addWidget(self.notice)
        layout.addLayout(columns, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._browse)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        store.changed.connect(self._show_changes)
        self.list.setCurrentRow(0)

    @property
    def settings(self) -> dict[str, Setting]:
        """Every setting of every section, by the name of the preference."""
        return {name: setting for section in self.sections for name, setting in section.settings.items()}

    def open(self) -> None:
        """Show the settings as they are."""
        self.notice.setText(self._store.notice)
        self.notice.setVisible(bool(self._store.notice))
        self._show_section(self.list.currentRow())
        self.list.setFocus()

    def show_section(self, kind: type[Section]) -> None:
        """Go to a section."""
        self.list.setCurrentRow([type(section) for section in self.sections].index(kind))

    def _show_section(self, number: int) -> None:
        if number >= 0:
            self.right.setCurrentIndex(number)
            self.sections[number].open()

    def _show_changes(self, before: Preferences, now: Preferences) -> None:
        """Perhaps by something else, such as the button of the theme; what is being typed elsewhere stays."""
        for name, setting in self.settings.items():
            if getattr(before, name) != getattr(now, name):
                setting.show_stored()

    def _show_form(self, form: QWidget, closed: Callable[[], None]) -> None:
        def close() -> None:
            self._stack.setCurrentWidget(self._browse)
            self._stack.removeWidget(form)
            form.deleteLater()
            closed()

        form.closed.connect(close)  # type: ignore[attr-defined]
        self._stack.addWidget(form)
        self._stack.setCurrentWidget(form)
