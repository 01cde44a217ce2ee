"""Fields of forms: each shows a value, and gives back one or says in a clear line why it cannot."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any, Protocol

from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QWidget,
)

from nfb.practice.errors import FieldError
from nfb.ui.language import tr
from nfb.ui.widgets.small import Drop, row
from nfb.ui.words import capital

SHORT_PX = 160  # of a field for a number, a day, a time
LINES_PX, TALL_PX = 84, 200  # of a field of several lines; of one that is the form's subject
MOST_LETTERS = 36  # of a box in one of two columns of a form


class FormField(Protocol):
    """One row of a form."""

    @property
    def label(self) -> str: ...
    @property
    def widget(self) -> QWidget: ...
    def raw(self) -> object:
        """What stands in it, only to tell whether it was touched."""

    def value(self) -> object:
        """What it means; raises FieldError."""


class TextField:
    """A line, or several with `lines`, or many with `tall`."""

    def __init__(
        self, label: str, text: str = "", *, lines: bool = False, tall: bool = False, hint: str = ""
    ) -> None:
        self.label = label
        if lines or tall:
            area = QPlainTextEdit(text, tabChangesFocus=True, placeholderText=hint)
            area.setFixedHeight(TALL_PX if tall else LINES_PX)
            self.widget: QLineEdit | QPlainTextEdit = area
        else:
            self.widget = QLineEdit(text, placeholderText=hint)

    def value(self) -> str:
        return self.widget.toPlainText() if isinstance(self.widget, QPlainTextEdit) else self.widget.text()

    raw = value


class DayField:
    """A day as 2026-11-21; empty gives None where it is `optional`."""

    def __init__(self, label: str, day: date | None = None, *, optional: bool = False) -> None:
        self.label = label
        self._optional = optional
        self.widget = QLineEdit("" if day is None else day.isoformat(), placeholderText=tr("YYYY-MM-DD"))
        self.widget.setMaximumWidth(SHORT_PX)

    def raw(self) -> str:
        return self.widget.text()

    def value(self) -> date | None:
        text = self.widget.text().strip()
        if not text and self._optional:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise FieldError(
                tr(
                    "{field} = {text}: write a day as year-month-day, e.g. 2026-11-21.",
                    field=self.label,
                    text=_q(text),
                )
            ) from None


class TimeField:
    """A time of day as 14:30."""

    def __init__(self, label: str, at: time | None = None, *, optional: bool = False) -> None:
        self.label = label
        self._optional = optional
        self.widget = QLineEdit("" if at is None else f"{at:%H:%M}", placeholderText=tr("HH:MM"))
        self.widget.setMaximumWidth(SHORT_PX)

    def raw(self) -> str:
        return self.widget.text()

    def value(self) -> time | None:
        text = self.widget.text().strip()
        if not text and self._optional:
            return None
        try:
            found = time.fromisoformat(text)
        except ValueError:
            found = None
        if found is None or found.tzinfo is not None:
            raise FieldError(
                tr("{field} = {text}: write a time as hours:minutes, e.g. 14:30.", field=self.label, text=_q(text))
            )
        return found


class NumberField:
    """A number from `low` to `high`; whole if `whole`. A decimal comma is understood."""

    def __init__(
        self,
        label: str,
        number: float | None,
        low: float,
        high: float,
        *,
        whole: bool = False,
        optional: bool = False,
    ) -> None:
        self.label = label
        self._low, self._high, self._whole, self._optional = low, high, whole, optional
        # A range this wide is there against nonsense alone and tells nobody anything.
        hint = f"{low:g} – {high:g}" if high - low < 1000 else ""
        self.widget = QLineEdit("" if number is None else f"{number:g}", placeholderText=hint)
        self.widget.setMaximumWidth(SHORT_PX)

    def raw(self) -> str:
        return self.widget.text()

    def value(self) -> float | int | None:
        text = self.widget.text().strip()
        if not text and self._optional:
            return None
        try:
            number = int(text) if self._whole else float(text.replace(",", "."))
        except ValueError:
            number = math.nan
        if not self._low <= number <= self._high:
            kind = tr("a whole number") if self._whole else tr("a number")
            raise FieldError(
                tr(
                    "{field} = {text}: must be {kind} from {low:g} to {high:g}.",
                    field=self.label,
                    text=_q(text),
                    kind=kind,
                    low=self._low,
                    high=self._high,
                )
            )
        return number


class ChoiceField:
    """One of several, by words."""

    def __init__(self, label: str, choices: Mapping[Any, str], chosen: object) -> None:
        self.label = label
        self._keys = list(choices)
        self.widget = Drop()
        self.widget.setMinimumContentsLength(16)
        self.widget.addItems([capital(words) for words in choices.values()])
        self.choose(chosen)

    def choose(self, key: object) -> None:
        """Show the choice `key`, if it is one."""
        if key in self._keys:
            self.widget.setCurrentIndex(self._keys.index(key))

    def raw(self) -> int:
        return self.widget.currentIndex()

    def value(self) -> Any:
        return self._keys[self.widget.currentIndex()]


class AnswerField:
    """One of a few answers, each a button beside the others; None while none is given.

    `changed` is called with each answer that is given.
    """

    def __init__(
        self, label: str, choices: Mapping[Any, str], chosen: object, changed: Callable[[], None] = lambda: None
    ) -> None:
        self.label = label
        self._keys = list(choices)
        self._group = QButtonGroup()
        buttons = [QRadioButton(capital(words)) for words in choices.values()]
        for i, button in enumerate(buttons):
            button.setAccessibleName(f"{label} {button.text()}")
            self._group.addButton(button, i)
        self.widget = row(*buttons, None, gap_px=20)
        self.widget.setFocusProxy(buttons[0])
        self.choose(chosen)
        self._group.idToggled.connect(lambda _, on: changed() if on else None)

    def choose(self, key: object) -> None:
        """Give the answer `key`, if it is one."""
        if key in self._keys:
            self._group.button(self._keys.index(key)).setChecked(True)

    def raw(self) -> int:
        return self._group.checkedId()

    def value(self) -> Any:
        return self._keys[self.raw()] if self.raw() >= 0 else None


class ManyField:
    """Any of several: a box to tick for each."""

    def __init__(
        self, label: str, choices: Mapping[Any, str], chosen: Sequence[object] = (), columns: int = 2
    ) -> None:
        self.label = label
        self.widget = QWidget()
        grid = QGridLayout(self.widget)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setHorizontalSpacing(20)
        self.boxes: dict[Any, QCheckBox] = {}
        if any(len(words) > MOST_LETTERS for words in choices.values()):
            columns = 1
        for i, (key, words) in enumerate(choices.items()):
            box = QCheckBox(capital(words))
            box.setChecked(key in chosen)
            grid.addWidget(box, i // columns, i % columns)
            self.boxes[key] = box
        if self.boxes:
            self.widget.setFocusProxy(next(iter(self.boxes.values())))

    def raw(self) -> tuple[Any, ...]:
        return tuple(key for key, box in self.boxes.items() if box.isChecked())

    value = raw


def _q(text: str) -> str:
    return f"“{text if len(text) <= 40 else text[:40] + '…'}”"
