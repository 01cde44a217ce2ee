"""The audit trail of one client: who did what and when, by kind, and as a table for other programs."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from nfb.files.storage import reason, write_atomic
from nfb.model.errors import NfbError
from nfb.practice.audit import AuditEntry
from nfb.practice.audit_table import change_line, csv_of, kind_of
from nfb.practice.book import Book
from nfb.practice.clients import Identity
from nfb.ui.desk.file import ClientFile
from nfb.ui.desk.host import Host
from nfb.ui.desk.table import Table, local_moment
from nfb.ui.language import tr, tr_n
from nfb.ui.privacy import codes_only
from nfb.ui.told import told
from nfb.ui.widgets.small import Drop, IconButton, label, panel, row


class AuditTab(QWidget):
    """Read anew whenever it is looked at; nothing in it can be changed."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self._code = ""
        self._entries: tuple[AuditEntry, ...] = ()
        self.kind = Drop()
        self.kind.setAccessibleName(tr("What is shown"))
        self.kind.setMinimumContentsLength(16)
        self.kind.activated.connect(lambda _: self._fill())
        self.export_button = IconButton(tr("Export …"), "file")
        self.export_button.clicked.connect(self._choose_file)
        self.count = label("", "secondary")
        self.table = Table(tr("Audit trail"))
        self.told = label("", "secondary", wrap=True)
        self.told.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        head = row(label(tr("Audit trail"), "section"), self.count, None, self.kind, self.export_button)
        layout.addWidget(panel(head, self.told, self.table))

    def show_file(self, file: ClientFile) -> None:
        if file.code != self._code:
            self._code = file.code
            self.kind.clear()
            self._say("")
        if self.isVisible():
            self._read()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()

    def _read(self) -> None:
        if self._code:
            self._host.keeper.read(self, partial(_entries, code=self._code), self._came)

    def _came(self, found: tuple[AuditEntry, ...] | None, error: Exception | None) -> None:
        if error is not None:
            self._say(told(str(error)))
            return
        hidden = Identity.kind if codes_only() else None
        self._entries = tuple(entry for entry in found or () if kind_of(entry) != hidden)
        chosen = self.kind.currentData()
        self.kind.clear()
        self.kind.addItem(tr("Everything"), None)
        for kind in dict.fromkeys(kind_of(entry) for entry in self._entries):
            self.kind.addItem(kind_words(kind), kind)
        self.kind.setCurrentIndex(max(0, self.kind.findData(chosen)) if chosen is not None else 0)
        self._fill()

    @property
    def shown(self) -> tuple[AuditEntry, ...]:
        """The entries of the chosen kind, oldest first."""
        kind = self.kind.currentData()
        return tuple(entry for entry in self._entries if kind is None or kind_of(entry) == kind)

    def _fill(self) -> None:
        heads = [tr("When"), tr("Who"), tr("What was done"), tr("To what"), tr("Reason"), tr("What changed")]
        self.table.fill(heads, [self._cells(entry) for entry in reversed(self.shown)])
        self.count.setText(tr_n("one entry", "{n} entries", len(self.shown)))
        self.export_button.setEnabled(bool(self.shown))

    @staticmethod
    def _cells(entry: AuditEntry) -> list[str]:
        why = "" if entry.detail is None else str(entry.detail.get("reason", ""))
        change = tr("erased") if entry.detail is None else change_line(entry)
        moment = local_moment(entry.at)
        return [moment, entry.who, action_words(entry.action), kind_words(kind_of(entry)), why, change]

    def _say(self, words: str) -> None:
        self.told.setText(words)
        self.told.setVisible(bool(words))

    # export -------------------------------------------------------------------------------------------------------

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Export the audit trail"), f"audit-{self._code}.csv", "CSV (*.csv)"
        )
        if name:
            self.export(Path(name))

    def export(self, path: Path) -> None:
        """Write what is shown to `path`; that it was done is an entry of the trail itself."""
        work = partial(_export, entries=self.shown, code=self._code, path=path)
        keep = self._host.keeper.read if self._host.keeper.read_only else self._host.keeper.write
        keep(self, work, self._exported)

    def _exported(self, path: Path | None, error: Exception | None) -> None:
        self._say(tr("Written: {path}", path=path) if error is None else told(str(error)))


def _entries(book: Book, code: str) -> tuple[AuditEntry, ...]:
    return book.audit_entries(code)


def _export(book: Book, entries: tuple[AuditEntry, ...], code: str, path: Path) -> Path:
    try:
        write_atomic(path, f"\ufeff{csv_of(entries)}")  # spreadsheets take a file without the mark for Latin-1
    except OSError as error:
        raise NfbError(f"{path}: {reason(error)}") from error
    if not book.read_only:
        book.log("exported", code, remark=path.name)
    return path


def action_words(action: str) -> str:
    """What was done."""
    words = {
        "added": tr("added"),
        "changed": tr("changed"),
        "removed": tr("removed"),
        "moved": tr("moved to another client"),
        "noted": tr("noted"),
        "erased": tr("erased"),
        "exported": tr("exported"),
    }
    return words.get(action, action)


def kind_words(kind: str) -> str:
    """A kind of record; empty for what no record made."""
    words = {
        "client": tr("Client"),
        "safety_contact": tr("Safety contact"),
        "identity": tr("Name and birth"),
        "consent": tr("Consent"),
        "plan": tr("Plan"),
        "goal": tr("Goal"),
        "own_symptom": tr("Own item"),
        "rating": tr("Rating"),
        "scale_result": tr("Scale"),
        "treatment_event": tr("Treatment"),
        "adverse_effect": tr("Adverse effect"),
        "session": tr("Session"),
        "note": tr("Note"),
        "amendment": tr("Amendment"),
        "intake": tr("Intake screen"),
        "acknowledgement": tr("Acknowledgement"),
        "override": tr("Override"),
        "appointment": tr("Appointment"),
        "": tr("Other"),
    }
    return words.get(kind, kind.replace("_", " "))
