"""One setting: its name, the control that shows it, a word of help, and why a value was not taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QSlider, QWidget

from nfb.files.preferences import PreferenceError
from nfb.ui.editor.fields import FlexLabel
from nfb.ui.language import tr
from nfb.ui.settings.store import SettingsStore
from nfb.ui.theme import CONTROL_PX
from nfb.ui.told import told
from nfb.ui.widgets.problem import Problem
from nfb.ui.widgets.small import Drop, row

NAME_PX = 176
CONTROL_WIDTH_PX = 380


class NotTakenError(Exception):
    """What stands in a control is no possible value; the text is for a person."""


class Setting(QWidget):
    """A row of the settings page. What is chosen is kept at once; what cannot be kept is said below the control.

    Parameters
    ----------
    store
        Keeps it.
    name, words
        Of the preference; what it is called on the page.
    control
        Shows it and lets it be changed.
    read
        The value that the control stands at; may raise :class:`NotTakenError`.
    show
        Makes the control stand at a value.
    """

    def __init__(
        self,
        store: SettingsStore,
        name: str,
        words: str,
        control: QWidget,
        read: Callable[[], object],
        show: Callable[[object], None],
        help_text: str = "",
        beside: tuple[QWidget, ...] = (),
    ) -> None:
        super().__init__()
        self._store, self.name, self.words = store, name, words
        self.control, self._read, self._show = control, read, show
        self.problem = Problem()
        self.help = FlexLabel(help_text, "secondary")
        self.help.setVisible(bool(help_text))
        control.setAccessibleName(words)
        control.setAccessibleDescription(help_text)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnMinimumWidth(0, NAME_PX)
        grid.setColumnStretch(1, 1)
        if isinstance(control, QCheckBox):
            grid.addWidget(_name(""), 0, 0)
            grid.addWidget(control, 0, 1)
        else:
            grid.addWidget(_name(words), 0, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(row(control, *beside, *(() if beside else (None,))), 0, 1)
        grid.addWidget(self.help, 1, 1)
        grid.addWidget(self.problem, 2, 1)

    def value(self) -> object:
        """What the control stands at.

        Raises
        ------
        NotTakenError
            It is no possible value.
        """
        return self._read()

    def show_stored(self) -> None:
        """Make the control stand at what is kept."""
        with QSignalBlocker(self.control):
            self._show(getattr(self._store.preferences, self.name))
        self.problem.say("")

    def keep(self) -> bool:
        """Keep what the control stands at; False if it cannot be, and the reason is shown."""
        try:
            value = self._read()
            self._store.change(**{self.name: value})
        except (NotTakenError, PreferenceError) as error:
            self.problem.say(told(str(error)).replace(f"{self.name} = ", f"{self.words} = ", 1))
            return False
        self.problem.say("")
        return True


def flag(store: SettingsStore, name: str, words: str, help_text: str = "") -> Setting:
    """On or off."""
    box = QCheckBox(words)
    made = Setting(store, name, words, box, box.isChecked, lambda value: box.setChecked(bool(value)), help_text)
    box.toggled.connect(lambda _: made.keep())
    return made


def choice(
    store: SettingsStore,
    name: str,
    words: str,
    choices: Callable[[], Mapping[Any, str]],
    help_text: str = "",
    *,
    lost: Callable[[object], str] = str,
    check: Callable[[object], str] = lambda value: "",
    beside: tuple[QWidget, ...] = (),
) -> Setting:
    """One of several, asked for whenever the setting is shown.

    `lost` names a kept value that is not among the choices now; `check` says why one cannot be taken.
    """
    drop = Drop()
    drop.setFixedWidth(CONTROL_WIDTH_PX if not beside else CONTROL_WIDTH_PX - 110)

    def show(value: object) -> None:
        drop.clear()
        present: dict[object, str] = dict(choices())
        if value not in present:
            present[value] = lost(value)
        for key, text in present.items():
            drop.addItem(text, key)
        drop.setCurrentIndex(list(present).index(value))

    def read() -> object:
        value: object = drop.currentData()
        if problem := check(value):
            raise NotTakenError(problem)
        return value

    made = Setting(store, name, words, drop, read, show, help_text, beside)
    drop.activated.connect(lambda _: made.keep())
    return made


def line(
    store: SettingsStore,
    name: str,
    words: str,
    help_text: str = "",
    *,
    hint: str = "",
    check: Callable[[str], str] = lambda text: "",
    beside: tuple[QWidget, ...] = (),
    at_once: bool = True,
) -> Setting:
    """A line of text; kept when the cursor leaves it, unless something else is to keep it."""
    edit = QLineEdit(placeholderText=hint)
    if not beside:
        edit.setFixedWidth(CONTROL_WIDTH_PX)

    def read() -> str:
        text = edit.text().strip()
        if problem := check(text):
            raise NotTakenError(problem)
        return text

    made = Setting(store, name, words, edit, read, lambda value: edit.setText(str(value)), help_text, beside)
    if at_once:
        edit.editingFinished.connect(made.keep)
    return made


def number(
    store: SettingsStore, name: str, words: str, limits: tuple[int, int], unit: str, help_text: str = ""
) -> Setting:
    """A whole number within limits."""
    low, high = limits
    edit = QLineEdit(placeholderText=f"{low} – {high}")
    edit.setFixedWidth(88)

    def read() -> int:
        text = edit.text().strip()
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise NotTakenError(
                tr(
                    "{words} = “{text}”: must be a whole number from {low} to {high}.",
                    words=words,
                    text=text[:40],
                    low=low,
                    high=high,
                )
            )
        return value

    made = Setting(
        store, name, words, edit, read, lambda value: edit.setText(str(value)), help_text, (QLabel(unit), QWidget())
    )
    edit.editingFinished.connect(made.keep)
    return made


def level(store: SettingsStore, name: str, words: str, *, beside: tuple[QWidget, ...] = ()) -> Setting:
    """A volume, 0 to 100 percent."""
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, 100)
    slider.setPageStep(10)
    slider.setFixedSize(200, CONTROL_PX)
    shown = QLabel()
    shown.setFixedWidth(56)

    def show(value: object) -> None:
        slider.setValue(value if isinstance(value, int) else 0)
        shown.setText(tr("{n} %", n=slider.value()))

    made = Setting(store, name, words, slider, slider.value, show, "", (shown, *beside, QWidget()))

    def moved(value: int) -> None:
        shown.setText(tr("{n} %", n=value))
        if not slider.isSliderDown():
            made.keep()

    slider.valueChanged.connect(moved)
    slider.sliderReleased.connect(made.keep)
    return made


def _name(words: str) -> QLabel:
    made = FlexLabel(words)
    made.setFixedWidth(NAME_PX)
    made.setMinimumHeight(CONTROL_PX)
    return made
