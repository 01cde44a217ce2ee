"""Documents: notes and their signatures, scales, adverse effects, consent, reports, erasing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nfb.practice.effects import EFFECT_WORDS, SEVERITY_WORDS
from nfb.practice.erase import erase_client
from nfb.practice.notes import NoteState
from nfb.practice.record import AnyStored
from nfb.practice.scales.catalogue import SCALES
from nfb.practice.scales.definition import Scale
from nfb.practice.scales.safety_item import offered
from nfb.ui.desk import client_forms, course_forms
from nfb.ui.desk.file import ClientFile
from nfb.ui.desk.host import Host
from nfb.ui.desk.parts import Action, RecordList, scrolled
from nfb.ui.desk.reports import Kind
from nfb.ui.desk.scale_page import ScalePage
from nfb.ui.desk.table import local_moment, shown_day
from nfb.ui.language import tr
from nfb.ui.widgets.small import Drop, IconButton, label, panel, row


class DocumentsTab(QWidget):
    """`after_scale` is called with a stored result, `erased` with what the erasure left."""

    def __init__(self, host: Host, after_scale: Callable[[object], None], erased: Callable[[object], None]) -> None:
        super().__init__()
        self._host, self._after_scale, self._erased = host, after_scale, erased
        self._file: ClientFile | None = None
        self.notes = RecordList(
            tr("Notes"),
            [tr("Written"), tr("Visit"), tr("State"), tr("Note")],
            tr("No notes yet."),
            (
                Action(tr("New note"), "plus", lambda _: self._form(course_forms.note_form, None), on_row=False),
                Action(tr("Open"), "pen", self._open_note),
                Action(tr("Sign"), "check", self._sign),
            ),
            most_rows=5,
        )
        self.scales = RecordList(
            tr("Scales"),
            [tr("Filled in"), tr("Scale"), tr("Total"), tr("Reading by its authors"), tr("Remark")],
            tr("No scales yet."),
            (Action(tr("Retract"), "undo", self._retract),),
            most_rows=6,
        )
        self.scale = Drop()
        self.scale.setAccessibleName(tr("Scale"))
        self.scale_button = IconButton(tr("Fill in"), "plus")
        self.scale_button.clicked.connect(self._fill_in)
        self.contact_button = IconButton(tr("Safety contact"), "pen")
        self.contact_button.clicked.connect(self._contact)
        self.why_not = label("", "secondary", wrap=True)
        self.effects = RecordList(
            tr("Adverse effects"),
            [tr("Reported"), tr("Visit"), tr("Effect"), tr("Severity"), tr("What was done")],
            tr("No adverse effect reported."),
            (
                Action(
                    tr("Add"),
                    "plus",
                    lambda _: self._open(lambda f: course_forms.effect_form(host.keeper, f)),
                    on_row=False,
                ),
            ),
            most_rows=5,
        )
        self.consents = RecordList(
            tr("Consent"),
            [tr("Given"), tr("Text"), tr("Withdrawn"), tr("Taken by")],
            tr("No consent on record."),
            (
                Action(tr("Add"), "plus", lambda _: self._form(client_forms.consent_form, None), on_row=False),
                Action(tr("Change"), "pen", lambda at: self._form(client_forms.consent_form, self._consents()[at])),
            ),
            most_rows=4,
        )
        self.report_buttons = {
            Kind.SESSION: IconButton(tr("Session note"), "file"),
            Kind.CLIENT: IconButton(tr("Client page"), "file"),
            Kind.COURSE: IconButton(tr("Course report"), "file"),
            Kind.CREDNF: IconButton(tr("CRED-nf sheet"), "file"),
        }
        for kind, button in self.report_buttons.items():
            button.clicked.connect(lambda _=False, of=kind: self._report(of))
        self.no_report = label(tr("Needs one finished run."), "secondary")
        self.erase_button = IconButton(tr("Erase client…"), "trash")
        self.erase_button.clicked.connect(self._erase)
        scales = panel(
            row(label(tr("Fill in a scale"), "section"), None, self.contact_button, self.scale, self.scale_button),
            self.why_not,
        )
        reports = panel(
            row(label(tr("Reports"), "section"), self.no_report, None), row(*self.report_buttons.values(), None)
        )
        erasing = panel(
            row(label(tr("Everything about this client can be erased."), "secondary"), None, self.erase_button)
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(scrolled(self.notes, scales, self.scales, reports, self.effects, self.consents, erasing))

    # what is shown ------------------------------------------------------------------------------------------------

    def show_file(self, file: ClientFile) -> None:
        self._file = file
        only = self._host.keeper.read_only
        amended = {stored.value.note_id for stored in file.amendments}
        self.notes.fill(
            [
                [
                    local_moment(stored.value.written),
                    str(stored.value.visit or ""),
                    (tr("signed by {who}", who=stored.value.signed_by) + (tr(", added to") * (stored.id in amended)))
                    if stored.value.state is NoteState.SIGNED
                    else tr("draft, unsigned"),
                    " ".join(stored.value.text.split()),
                ]
                for stored in self._notes()
            ],
            read_only=only,
        )
        contact = file.contact.value if file.contact is not None else None
        able = offered(contact)
        before = self.scale.currentText()
        self.scale.clear()
        for scale in able:
            self.scale.addItem(scale.name, scale)
        self.scale.addItem(tr("Another, by its total"), None)
        self.scale.setCurrentIndex(max(0, self.scale.findText(before)))
        complete = contact is not None and contact.complete
        self.why_not.setText(
            ""
            if complete
            else tr(
                "PHQ-9 and other scales that ask about thoughts of death or self-harm are offered once a responsible "
                "person and a local crisis text are set."
            )
        )
        self.why_not.setVisible(not complete)
        self.scales.fill([self._scale_cells(stored) for stored in self._results()], read_only=only)
        self.effects.fill(
            [
                [
                    local_moment(e.value.taken),
                    str(e.value.visit or ""),
                    tr(EFFECT_WORDS[e.value.effect]),
                    tr(SEVERITY_WORDS[e.value.severity]),
                    e.value.action,
                ]
                for e in reversed(file.effects)
            ],
            read_only=only,
        )
        self.consents.fill(
            [
                [shown_day(c.value.given), c.value.text_version, shown_day(c.value.withdrawn), c.value.taken_by]
                for c in self._consents()
            ],
            read_only=only,
        )
        for button in self.report_buttons.values():
            button.setEnabled(bool(file.sessions))
        self.no_report.setVisible(not file.sessions)
        for button in (self.scale_button, self.contact_button, self.erase_button):
            button.setEnabled(not only)

    @staticmethod
    def _scale_cells(stored: AnyStored) -> list[str]:
        result = stored.value
        scale = SCALES.get(result.scale)
        remarks = []
        if result.retracted:
            remarks.append(tr("retracted: {why}", why=result.retracted))
        if result.imputed:
            remarks.append(tr("{n} answers estimated", n=result.imputed))
        return [
            local_moment(result.taken),
            scale.name if scale is not None else result.scale,
            tr("no total") if result.total is None else f"{result.total:g}",
            tr(result.band) if result.band else "",
            "; ".join(remarks),
        ]

    def _notes(self) -> list[AnyStored]:
        return list(reversed(self._file.notes)) if self._file is not None else []

    def _results(self) -> list[AnyStored]:
        found: list[AnyStored] = list(self._file.results) if self._file is not None else []
        return sorted(found, key=lambda stored: (stored.value.taken, stored.id), reverse=True)

    def _consents(self) -> list[AnyStored]:
        return list(reversed(self._file.consents)) if self._file is not None else []

    # what is done -------------------------------------------------------------------------------------------------

    def _open(self, make: Callable[[ClientFile], QWidget]) -> None:
        if self._file is not None:
            self._host.open_form(make(self._file))

    def _form(self, form: Callable[..., QWidget], stored: AnyStored | None) -> None:
        self._open(lambda file: form(self._host.keeper, file, stored))

    def _open_note(self, at: int) -> None:
        note = self._notes()[at]
        if note.value.state is NoteState.SIGNED:
            self._form(course_forms.amendment_form, note)
        else:
            self._form(course_forms.note_form, note)

    def _sign(self, at: int) -> None:
        note = self._notes()[at]
        if note.value.state is NoteState.DRAFT:
            self._host.open_form(course_forms.sign_form(self._host.keeper, note))

    def _retract(self, at: int) -> None:
        stored = self._results()[at]
        if not stored.value.retracted:
            self._host.open_form(course_forms.retract_form(self._host.keeper, stored))

    def _fill_in(self) -> None:
        scale: Scale | None = self.scale.currentData()
        if self._file is None:
            return
        if scale is not None and scale.score is not None and scale.wording is not None:
            page: QWidget = ScalePage(self._host.keeper, self._file.code, scale)
        else:
            page = course_forms.total_form(self._host.keeper, self._file, scale)
        page.saved.connect(self._after_scale)  # type: ignore[attr-defined]
        self._host.open_form(page)

    def _contact(self) -> None:
        self._open(lambda file: client_forms.safety_contact_form(self._host.keeper, file.contact))

    def _report(self, kind: Kind) -> None:
        if self._file is None or not self._file.sessions:
            return
        newest = max((stored.value for stored in self._file.sessions), key=lambda entry: entry.number)
        self._host.report(self._host.root / Path(newest.folder), kind)

    def _erase(self) -> None:
        def make(file: ClientFile) -> QWidget:
            form = client_forms.erase_form(self._host.keeper, file, erase_client)
            form.saved.connect(self._erased)
            return form

        self._open(make)
