"""Adverse effects to tick after a visit: each press makes one stronger, up to severe, and then takes it back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from nfb.practice.effects import EFFECT_WORDS, Effect
from nfb.ui.language import tr
from nfb.ui.visit.kinds import quick_effects, severity_words
from nfb.ui.widgets.small import Drop, IconButton
from nfb.ui.words import capital

_STRONGEST = 3
_COLUMNS = 3


class EffectsRow(QWidget):
    """What was asked, and how strong it is.

    Attributes
    ----------
    changed
        Signal: an answer is another one.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._severity: dict[Effect, int] = {}
        self._asked = False
        self._words = quick_effects()
        self.buttons = {effect: IconButton(capital(words)) for effect, words in self._words.items()}
        self.none = IconButton(capital(tr("none of these")))
        self.none.setCheckable(True)
        self.more = Drop()
        self.more.addItem(capital(tr("other …")), None)
        for effect, words in EFFECT_WORDS.items():
            if effect not in self.buttons:
                self.more.addItem(tr(words), effect)
        self.more.setAccessibleName(tr("Another effect"))
        self.other = QLineEdit(placeholderText=tr("What, in a few words"))
        self.other.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for at, part in enumerate((*self.buttons.values(), self.none)):
            grid.addWidget(part, at // _COLUMNS, at % _COLUMNS)
        grid.addWidget(self.more, 2, 0, 1, 1)
        grid.addWidget(self.other, 2, 1, 1, 2)
        for effect, button in self.buttons.items():
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, pressed=effect: self._press(pressed))
        self.none.clicked.connect(self._press_none)
        self.more.currentIndexChanged.connect(self._choose_other)
        self.other.textChanged.connect(self.changed)

    def effects(self) -> dict[Effect, int]:
        """Severity by effect; 0 for each that was asked and denied; empty if nobody asked."""
        if not self._asked:
            return {}
        return {**dict.fromkeys(self.buttons, 0), **self._severity}

    def other_words(self) -> str:
        return self.other.text().strip()

    def _press(self, effect: Effect) -> None:
        severity = (self._severity.get(effect, 0) + 1) % (_STRONGEST + 1)
        if severity:
            self._severity[effect] = severity
        else:
            self._severity.pop(effect, None)
        self._asked = bool(self._severity)
        self._show()

    def _press_none(self) -> None:
        self._asked = self.none.isChecked()
        self._severity.clear()
        self.more.setCurrentIndex(0)
        self._show()

    def _choose_other(self) -> None:
        chosen = self.more.currentData()
        for effect in [effect for effect in self._severity if effect not in self.buttons]:
            del self._severity[effect]
        if isinstance(chosen, Effect):
            self._severity[chosen] = 1
            self._asked = True
        self._show()

    def _show(self) -> None:
        for effect, button in self.buttons.items():
            severity = self._severity.get(effect, 0)
            words = capital(self._words[effect])
            button.setText(f"{words} · {severity_words()[severity]}" if severity else words)
            button.setChecked(bool(severity))
        self.none.setChecked(self._asked and not self._severity)
        self.other.setVisible(self.more.currentData() is not None)
        self.changed.emit()
