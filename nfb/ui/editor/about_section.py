"""What a protocol is for, what is known about it, and what to take care of."""

from __future__ import annotations

from nfb.files.protocol_draft import ProtocolDraft
from nfb.ui.editor.cards import Card, CardList, rows_of
from nfb.ui.editor.codecs import ABSENT, LINES, NUMBER, OPTIONAL_TEXT
from nfb.ui.editor.fields import LineField, ProseField
from nfb.ui.editor.section import Section
from nfb.ui.editor.workbench import Workbench
from nfb.ui.language import tr
from nfb.ui.widgets.small import IconButton


def about_section(bench: Workbench) -> Section:
    """Name, id, version, purpose and cautions."""
    section = Section(bench)
    change = bench.change
    section.heading(tr("About"), tr("Names describe the signal, not a disease: what is known stands under Evidence."))
    section.add(LineField(("name",), tr("Name"), change, hint=tr("SMR at C3 and C4, up")))
    section.add(
        LineField(("id",), tr("Short name for files and commands"), change, hint="smr-central"),
        LineField(("version",), tr("Version"), change, NUMBER),
    )
    section.add(ProseField(("purpose",), tr("Purpose, in plain words"), change, rows=4))
    section.add(ProseField(("cautions",), tr("Cautions, one a line"), change, LINES, rows=6))
    section.add(
        LineField(("course", "sessions"), tr("Sessions of a course"), change, OPTIONAL_TEXT, "course", "20"),
        LineField(("course", "per_week"), tr("Sessions a week"), change, OPTIONAL_TEXT, "course", "2-3"),
    )
    return section


def evidence_section(bench: Workbench) -> Section:
    """Level, summary, limits and references."""
    section = Section(bench)
    change = bench.change
    section.heading(
        tr("Evidence"), tr("What studies found and what they did not; trials that found nothing belong here too.")
    )
    section.add(LineField(("evidence", "level"), tr("In a few words"), change, hint=tr("controlled, small")))
    section.add(ProseField(("evidence", "summary"), tr("What was found"), change, rows=5))
    section.add(ProseField(("evidence", "limits"), tr("What is not known"), change, rows=4))
    section.heading(tr("References"))

    def card(i: int, _draft: ProtocolDraft) -> Card:
        path = ("evidence", "references", i)
        remove = IconButton(tr("Remove"), "minus")
        remove.clicked.connect(lambda: change(path, ABSENT))
        text = LineField((*path, "text"), tr("Source"), change, hint=tr("Author A (2020) Journal 1:2"))
        doi = LineField((*path, "doi"), tr("DOI"), change, OPTIONAL_TEXT, hint="10.1093/brain/awaa009")
        return Card((text, doi, remove))

    section.add_list(CardList(lambda draft: range(len(rows_of(draft, "evidence", "references"))), card))
    add = IconButton(tr("Add a reference"), "plus")

    def add_reference() -> None:
        n = len(rows_of(bench.draft, "evidence", "references"))
        change(("evidence", "references", n), {"text": ""})

    add.clicked.connect(add_reference)
    section.add(add, None)
    return section
