"""One page of the editor: fields and card lists under headings, in a scroll area."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QVBoxLayout, QWidget

from nfb.files.protocol_draft import ProtocolDraft
from nfb.ui.editor.cards import CardList, beside
from nfb.ui.editor.fields import Field, FlexLabel
from nfb.ui.editor.workbench import Workbench
from nfb.ui.widgets.small import label


class Section(QScrollArea):
    """Holds parts under each other; those that know how are told of every change of the draft."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self.bench = bench
        self.fields: list[Field] = []
        self.lists: list[CardList] = []
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(0, 0, 12, 0)
        outer.setSpacing(12)
        self._layout = outer
        outer.addStretch(1)
        self.setWidget(inside)

    def heading(self, text: str, help_text: str = "") -> None:
        self._insert(label(text, "section"))
        if help_text:
            self._insert(FlexLabel(help_text, "secondary"))

    def add(self, *parts: QWidget | None) -> None:
        """Parts beside each other."""
        self._insert(beside(*parts))
        self.fields += [part for part in parts if isinstance(part, Field)]

    def add_list(self, cards: CardList) -> None:
        self._insert(cards)
        self.lists.append(cards)

    def show_draft(self, draft: ProtocolDraft) -> None:
        for field in self.fields:
            field.show_draft(draft)
        for cards in self.lists:
            cards.show_draft(draft)

    def all_fields(self) -> list[Field]:
        return [*self.fields, *(field for cards in self.lists for card in cards.cards for field in card.fields)]

    def _insert(self, part: QWidget | QLayout) -> None:
        at = self._layout.count() - 1
        if isinstance(part, QWidget):
            self._layout.insertWidget(at, part)
        else:
            self._layout.insertLayout(at, part)
