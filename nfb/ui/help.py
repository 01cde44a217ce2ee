"""Hover help for the words of the field, and the page that lists them all; both show the same text."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from nfb.model.glossary import GLOSSARY, Entry, explain
from nfb.ui.language import tr
from nfb.ui.widgets.small import IconButton, label, row
from nfb.ui.words import capital


def glossary_tip(*terms: str) -> str:
    """The tooltip for terms of the glossary, any of their other names or their plurals.

    Raises
    ------
    KeyError
        The glossary has no such term; suggests the nearest.
    """
    entries = [explain(term) for term in terms]
    # Qt breaks the lines of a tooltip only in rich text.
    return "".join(f"<p><b>{escape(tr(entry.term))}</b><br>{escape(tr(entry.text))}</p>" for entry in entries)


def plain_tip(words: str) -> str:
    """The tooltip for what the glossary has no term for."""
    return f"<p>{escape(words)}</p>"


def with_tip(widget: QWidget, *terms: str) -> QWidget:
    """The widget itself, with the terms' help on hover."""
    widget.setToolTip(glossary_tip(*terms))
    return widget


class GlossaryPage(QWidget):
    """All terms with a search; `back` when the reader is done."""

    back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        back = IconButton(tr("Back"), "back")
        back.clicked.connect(self.back)
        self.search = QLineEdit(placeholderText=tr("Search the glossary"), clearButtonEnabled=True)
        self.search.setFixedWidth(280)
        self.search.textChanged.connect(self._filter)
        self._rows = [(entry, self._row(entry)) for entry in GLOSSARY.values()]
        inside = QWidget()
        inside.setMaximumWidth(880)
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 12, 0)
        rows.setSpacing(12)
        for _, shown in self._rows:
            rows.addWidget(shown)
        rows.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self._none = label(tr("No such word. Try a shorter one."), "secondary")
        self._none.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(row(back, label(tr("Words of the field"), "heading"), None, self.search))
        layout.addWidget(self._none)
        layout.addWidget(scroll, 1)

    @staticmethod
    def _row(entry: Entry) -> QWidget:
        shown = QWidget()
        layout = QVBoxLayout(shown)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        # A key of protocol files is the term itself with underscores.
        others = [tr(word) for word in entry.also if word.replace("_", " ").lower() != entry.term.lower()]
        layout.addWidget(label(capital(tr(entry.term)) + (f"  ({', '.join(others)})" if others else ""), "section"))
        layout.addWidget(label(tr(entry.text), wrap=True))
        return shown

    def _filter(self, words: str) -> None:
        wanted = words.casefold()
        said = [(entry.term, *entry.also, entry.text) for entry, _ in self._rows]
        shown = [wanted in " ".join((*words, *map(tr, words))).casefold() for words in said]
        for (_, line), visible in zip(self._rows, shown, strict=True):
            line.setVisible(visible)
        self._none.setVisible(not any(shown))
