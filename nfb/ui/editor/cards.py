"""A list of equal cards, such as features or conditions: built where one came or went, else only refreshed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import takewhile

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from nfb.files.protocol_draft import ProtocolDraft
from nfb.ui.editor.fields import Field
from nfb.ui.widgets.small import IconButton


class Card(QFrame):
    """A raised area of fields; `fields` hear of the draft."""

    def __init__(self, *rows: Sequence[QWidget | None]) -> None:
        super().__init__()
        self.setObjectName("sheet")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 8, 12, 8)
        self._layout.setSpacing(8)
        self.fields: list[Field] = []
        for parts in rows:
            self.add_row(*parts)

    def add_row(self, *parts: QWidget | None) -> None:
        """Parts beside each other; fields share the width, None is space that grows."""
        self._layout.addLayout(beside(*parts))
        self.fields += [part for part in parts if isinstance(part, Field)]

    def show_draft(self, draft: ProtocolDraft) -> None:
        for field in self.fields:
            field.show_draft(draft)


def beside(*parts: QWidget | None) -> QHBoxLayout:
    """Parts beside each other; fields share the width, buttons stand at the height of the fields."""
    layout = QHBoxLayout()
    layout.setSpacing(8)
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, IconButton):
            # Level with the fields, whose labels stand above them.
            holder = QVBoxLayout()
            holder.setContentsMargins(0, 18, 0, 0)
            holder.addWidget(part)
            holder.addStretch(1)
            layout.addLayout(holder)
        else:
            column = QVBoxLayout()
            column.addWidget(part)
            column.addStretch(1)
            layout.addLayout(column, 1)
    return layout


class CardList(QWidget):
    """Cards for the entries that `keys_of` finds in the draft; `make_card` builds the card of one of them."""

    def __init__(
        self,
        keys_of: Callable[[ProtocolDraft], Sequence[Hashable]],
        make_card: Callable[[int, ProtocolDraft], Card],
    ) -> None:
        super().__init__()
        self._keys_of, self._make_card = keys_of, make_card
        self._keys: list[Hashable] = []
        self.cards: list[Card] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)

    def show_draft(self, draft: ProtocolDraft) -> None:
        keys = list(self._keys_of(draft))
        n_same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(keys, self._keys, strict=False)))
        focused = [field.path for card in self.cards[n_same:] for field in card.fields if field.holds_focus()]
        for card in self.cards[n_same:]:
            self._layout.removeWidget(card)
            card.hide()
            card.deleteLater()
        del self.cards[n_same:]
        for i in range(n_same, len(keys)):
            card = self._make_card(i, draft)
            self.cards.append(card)
            self._layout.addWidget(card)
            for field in card.fields:
                if field.path in focused:
                    field.setFocus()
        self._keys = keys
        self.setVisible(bool(keys))
        for card in self.cards:
            card.show_draft(draft)


def rows_of(draft: ProtocolDraft, *path: str | int) -> list[object]:
    """The list at a key path, empty where there is none."""
    value = draft.get(path)
    return value if isinstance(value, list) else []
