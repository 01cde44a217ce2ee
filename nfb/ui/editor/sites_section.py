"""Where a protocol measures: sites on the head map, reference, and what stands in on other headsets."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nfb.files.protocol_draft import ProtocolDraft
from nfb.ui.editor.cards import Card, CardList, rows_of
from nfb.ui.editor.codecs import ABSENT, NAMES, NUMBER, OPTIONAL_TEXT, REPLACE, Codec
from nfb.ui.editor.fields import CheckField, ChoiceField, LineField
from nfb.ui.editor.head_map import HeadMap
from nfb.ui.editor.section import Section
from nfb.ui.editor.workbench import Workbench
from nfb.ui.language import tr
from nfb.ui.widgets.small import IconButton

_SITES = ("montage", "sites")
_REFERENCE = ("montage", "reference")
_FALLBACKS = ("montage", "fallbacks")

# A list of sites only; the two words device and average are in the list beside it.
_REFERENCE_SITES = Codec(
    lambda value: ", ".join(map(str, value)) if isinstance(value, list) else "",
    lambda text: NAMES.read(text) if text.strip() else "device",
)


class SitesSection(Section):
    """Head map, reference, fallbacks."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        change = bench.change
        self.heading(tr("Sites"), tr("Press sites on the map, or type them. Arrow keys move, Space chooses."))
        self.map = HeadMap()
        self.map.setFixedHeight(380)
        self.map.toggled.connect(self._toggle)
        self.sites = LineField(_SITES, tr("Sites"), change, NAMES, "site", "C3, C4")
        at_least = LineField(
            ("montage", "min_sites"), tr("At least so many of them"), change, NUMBER, "site", hint=tr("all")
        )
        choices = (
            ("device", tr("the device's own")),
            ("average", tr("average of all channels")),
            (["A1", "A2"], tr("linked ears, A1 and A2")),
            (["TP9", "TP10"], tr("behind the ears, TP9 and TP10")),
        )
        self.reference = ChoiceField(_REFERENCE, tr("Reference"), change, choices, "reference", "device")
        own = LineField(_REFERENCE, tr("Or the mean of these sites"), change, _REFERENCE_SITES, "reference", "A1, A2")
        beside_map = QWidget()
        column = QVBoxLayout(beside_map)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for field in (self.sites, at_least, self.reference, own):
            column.addWidget(field)
            self.fields.append(field)
        column.addStretch(1)
        self.add(self.map, beside_map)
        self.heading(
            tr("On headsets without these sites"),
            tr("Tried in this order. Sessions on stand-ins are labelled adapted, unless the sources used them too."),
        )
        self.add_list(CardList(lambda draft: range(len(rows_of(draft, *_FALLBACKS))), self._card))
        add = IconButton(tr("Add stand-ins"), "plus")
        add.clicked.connect(self._add_fallback)
        self.add(add, None)

    def show_draft(self, draft: ProtocolDraft) -> None:
        super().show_draft(draft)
        reference = draft.get(_REFERENCE)
        subtracted = [site for site in reference if isinstance(site, str)] if isinstance(reference, list) else []
        self.map.show_sites([site for site in rows_of(draft, *_SITES) if isinstance(site, str)], subtracted)

    def _toggle(self, site: str) -> None:
        sites = rows_of(self.bench.draft, *_SITES)
        self.bench.change(_SITES, [one for one in sites if one != site] if site in sites else [*sites, site])

    def _add_fallback(self) -> None:
        n = len(rows_of(self.bench.draft, *_FALLBACKS))
        self.bench.change((*_FALLBACKS, n), {"replace": {}})

    def _card(self, i: int, _draft: ProtocolDraft) -> Card:
        path, change = (*_FALLBACKS, i), self.bench.change
        remove = IconButton(tr("Remove"), "minus")
        remove.clicked.connect(lambda: change(path, ABSENT))
        replace = LineField((*path, "replace"), tr("Stand-ins"), change, REPLACE, "site", "F3 = AF7; Cz = C3 + C4")
        reference = LineField(
            (*path, "reference"), tr("Reference, if another"), change, NAMES, "reference", "TP9, TP10"
        )
        note = LineField((*path, "note"), tr("What is said about it"), change, OPTIONAL_TEXT)
        adapted = CheckField((*path, "adapted"), tr("Label adapted"), change, default=True)
        return Card((replace, reference, remove), (note, adapted))
