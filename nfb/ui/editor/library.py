"""The library of protocols: the shelf and one's own, to read, compare, preview, duplicate and edit."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nfb.engine.launch import device_rows
from nfb.engine.preview import FitOn, fit_on, headset_info
from nfb.files.bids import find_sessions
from nfb.files.locations import default_recordings_root
from nfb.files.own_protocols import OwnProtocols, write_text
from nfb.files.protocol_draft import STARTER
from nfb.files.storage import reason
from nfb.model.errors import NfbError, ProtocolError
from nfb.model.protocol import Protocol
from nfb.ui.editor.compare_view import CompareView
from nfb.ui.editor.details import Details
from nfb.ui.editor.entries import Entry, matches, nearest_entry, read_entries
from nfb.ui.editor.fields import FlexLabel, fit_words_into
from nfb.ui.editor.page import EditorPage
from nfb.ui.editor.preview_pane import PreviewPane
from nfb.ui.editor.side_pane import ANY, headset_drop
from nfb.ui.help import GlossaryPage
from nfb.ui.language import tr
from nfb.ui.told import told
from nfb.ui.widgets.small import IconButton, form_label, label, panel, row

_SIGNS = {"exact": "✓", "adapted": "◐", "not possible": "✗"}


def newest_recording(root: Path, client: str = "") -> Path | None:
    """The folder of the newest recording under `root`, of one client if a code is given."""
    found = [layout for layout in find_sessions(root) if not client or layout.subject == client]
    return max((layout.folder for layout in found), key=lambda folder: folder.stat().st_mtime, default=None)


class LibraryPage(QWidget):
    """`back` when the person is done here. Call :meth:`open` before showing it.

    Parameters
    ----------
    own
        The person's own protocols; None for those in the data folder.
    recordings
        Where recordings lie, for the preview on the last one; None for the default folder.

    Attributes
    ----------
    client
        Code of the client whose last recording a preview takes; empty for the last one of all.
    """

    back = Signal()

    def __init__(self, own: OwnProtocols | None = None, recordings: Path | None = None) -> None:
        super().__init__()
        self.setObjectName("page")
        self.own = OwnProtocols() if own is None else own
        self.client = ""
        self._recordings = recordings
        self._entries: list[Entry] = []
        self._fits: dict[Path, FitOn] = {}
        self._shown: tuple[Entry | None, FitOn | None] | None = None
        headsets = [(one.name, one.label) for one in device_rows()]
        self.search = QLineEdit(placeholderText=tr("Search protocols, bands, sites"), clearButtonEnabled=True)
        self.search.textChanged.connect(self._filter)
        self.list = QListWidget()
        fit_words_into(self.list)
        self.list.currentItemChanged.connect(lambda *_: self._show_entry())
        self.empty = FlexLabel(tr("No match"), "secondary")
        self.nearest_button = IconButton(tr("Duplicate nearest"), "plus")
        self.nearest_button.clicked.connect(self._duplicate_nearest)
        self.headset = headset_drop(headsets)
        self.headset.setItemText(0, tr("No headset chosen"))
        self.headset.activated.connect(lambda _: self._measure_fits())
        self.told = FlexLabel("", "secondary")
        self.details = Details()
        self.compare = CompareView()
        self.preview = PreviewPane(self._last_recording)
        self.right = QStackedWidget()
        for part in (self.details, self.compare, self.preview):
            self.right.addWidget(part)
        self._headsets = headsets
        self._browse = QWidget()
        self.stack = QStackedWidget()
        self._make_buttons()
        self._lay_out()
        self.stack.addWidget(self._browse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)

    def _make_buttons(self) -> None:
        def button(words: str, icon: str, action: Callable[[], None], kind: str = "", tip: str = "") -> IconButton:
            made = IconButton(words, icon, kind, tip)
            made.clicked.connect(lambda _=False: action())
            return made

        self.back_button = button(tr("Back"), "back", self.back.emit)
        self.words_button = button(tr("Words"), "eye", self.show_words)
        self.words_button.setToolTip(tr("All terms, explained"))
        self.new_button = button(tr("New"), "plus", self.new, tip=tr("Begin a protocol from nothing"))
        self.import_button = button(tr("Import"), "folder", self._import, tip=tr("Take over a protocol file"))
        self.resume_button = button(tr("Go on with unsaved changes"), "pen", self._resume)
        self.duplicate_button = button(tr("Duplicate to edit"), "plus", self.duplicate, "primary")
        self.edit_button = button(tr("Edit"), "pen", self.edit)
        self.compare_button = button(tr("Compare"), "sliders", partial(self._toggle, self.compare))
        self.preview_button = button(tr("Preview"), "play", partial(self._toggle, self.preview))
        self.export_button = button(tr("Export"), "file", self._export)
        for made in (self.compare_button, self.preview_button):
            made.setCheckable(True)

    def _lay_out(self) -> None:
        left = panel(self.search, self.list, self.empty, self.nearest_button)
        rows = left.layout()
        assert isinstance(rows, QVBoxLayout)
        rows.setStretchFactor(self.list, 100)
        rows.addStretch(1)
        buttons = row(
            self.compare_button, self.preview_button, self.export_button, None, self.edit_button,
            self.duplicate_button,
        )  # fmt: skip
        right = panel(row(form_label(tr("Headset")), self.headset, None), self.right, self.told, buttons)
        self._on_entry = (self.right, buttons)  # out of sight while nothing is found
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(left, 4)
        columns.addWidget(right, 8)
        held = right.layout()
        assert isinstance(held, QVBoxLayout)
        held.addStretch(1)
        held.setStretchFactor(self.right, 100)
        layout = QVBoxLayout(self._browse)
        layout.setContentsMargins(16, 8, 16, 12)
        layout.setSpacing(8)
        top = row(
            self.back_button, label(tr("Protocols"), "heading"), None, self.resume_button, self.words_button,
            self.import_button, self.new_button,
        )  # fmt: skip
        layout.addWidget(top)
        layout.addLayout(columns, 1)

    # Reading the library needs neither of these two, and both take their time to build.

    @cached_property
    def editor(self) -> EditorPage:
        page = EditorPage(self.own, self._headsets, self._last_recording)
        page.back.connect(self.open)
        self.stack.addWidget(page)
        return page

    @cached_property
    def glossary(self) -> GlossaryPage:
        page = GlossaryPage()
        page.back.connect(partial(self.stack.setCurrentWidget, self._browse))
        self.stack.addWidget(page)
        return page

    # what is shown ------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Read all files anew and show the list."""
        chosen = self.entry.path if self.entry is not None else None
        self._entries = read_entries(self.own)
        self._measure_fits()
        self.select(chosen or self._entries[0].path)
        self.compare.offer(self._protocols())
        self.resume_button.setVisible(bool(self.own.unsaved()))
        self.told.setText("")
        self.stack.setCurrentWidget(self._browse)
        self.search.setFocus()

    def show_words(self) -> None:
        """All terms, explained."""
        self.stack.setCurrentWidget(self.glossary)

    def select(self, path: Path) -> None:
        """Show the entry of a file."""
        for i in range(self.list.count()):
            if self.list.item(i).data(Qt.ItemDataRole.UserRole) == path:
                self.list.setCurrentRow(i)

    @property
    def entry(self) -> Entry | None:
        """What is chosen in the list and not hidden by the search."""
        item = self.list.currentItem()
        if item is None or item.isHidden():
            return None
        path = item.data(Qt.ItemDataRole.UserRole)
        return next((entry for entry in self._entries if entry.path == path), None)

    def _protocols(self) -> list[Protocol]:
        return [entry.protocol for entry in self._entries if entry.protocol is not None]

    def _measure_fits(self) -> None:
        """Fit of every protocol to the chosen headset, and the list with its signs."""
        name = self.headset.currentData()
        self._fits = {}
        if name != ANY:
            device = headset_info(name)
            self._fits = {e.path: fit_on(e.protocol, device) for e in self._entries if e.protocol is not None}
        at = max(0, self.list.currentRow())
        self.list.blockSignals(True)  # the entry is shown once, at the end
        self.list.clear()
        for entry in self._entries:
            item = QListWidgetItem(self._list_words(entry))
            item.setData(Qt.ItemDataRole.UserRole, entry.path)
            self.list.addItem(item)
        self.list.setCurrentRow(min(at, self.list.count() - 1))
        self.list.blockSignals(False)
        self._filter(self.search.text())

    def _list_words(self, entry: Entry) -> str:
        if entry.protocol is None:
            return tr("{file}\ncannot be read", file=entry.path.name)
        fit = self._fits.get(entry.path)
        sign = f"{_SIGNS[fit.word]} " if fit is not None else ""
        own = tr("own, version {n} · ", n=entry.protocol.version) if entry.is_own else ""
        return f"{sign}{tr(entry.protocol.name)}\n{own}{', '.join(entry.protocol.montage.sites)}"

    def _filter(self, text: str) -> None:
        shown = [matches(entry, text) for entry in self._entries]
        for i, visible in enumerate(shown):
            self.list.item(i).setHidden(not visible)
        current = self.list.currentRow()
        if any(shown) and not (0 <= current < len(shown) and shown[current]):
            self.list.setCurrentRow(shown.index(True))
        self.list.setVisible(any(shown))
        self.empty.setVisible(not any(shown))
        self.nearest_button.setVisible(not any(shown))
        self._show_entry()

    def _show_entry(self) -> None:
        entry = self.entry
        protocol = None if entry is None else entry.protocol
        fit = None if entry is None else self._fits.get(entry.path)
        if (entry, fit) != self._shown:
            self._shown = (entry, fit)
            self.details.show_entry(entry, fit)
        self.compare.show_protocol(protocol)
        self.preview.show_protocol(protocol)
        for button in (self.duplicate_button, self.compare_button, self.preview_button, self.export_button):
            button.setEnabled(protocol is not None)
        for part in self._on_entry:
            part.setVisible(entry is not None)
        self.edit_button.setEnabled(entry is not None and entry.is_own)
        self.edit_button.setToolTip("" if entry is None or entry.is_own else tr("Built-in ones cannot be changed"))

    def _toggle(self, part: QWidget) -> None:
        """Show the comparison or the preview instead of the details, or the details again."""
        back = self.right.currentWidget() is part
        self.right.setCurrentWidget(self.details if back else part)
        self.compare_button.setChecked(not back and part is self.compare)
        self.preview_button.setChecked(not back and part is self.preview)

    # what is done -------------------------------------------------------------------------------------------------

    def new(self) -> None:
        """Begin with a protocol in which all is still to be said."""
        self._edit(STARTER, is_saved=False)

    def duplicate(self) -> None:
        """Edit a copy of what is chosen, under a name of its own."""
        entry = self.entry
        if entry is not None and entry.protocol is not None:
            self._duplicate(entry.protocol)

    def edit(self) -> None:
        """Edit one's own protocol; one that cannot be read opens in the text."""
        entry = self.entry
        if entry is None or not entry.is_own:
            return
        try:
            self._edit(entry.path.read_text(encoding="utf-8", errors="replace"), is_saved=True)
        except OSError as error:
            self.told.setText(tr("{file} cannot be read ({why}).", file=entry.path, why=told(reason(error))))

    def _duplicate_nearest(self) -> None:
        found = nearest_entry(self._entries, self.search.text())
        if found is not None and found.protocol is not None:
            self._duplicate(found.protocol)

    def _duplicate(self, protocol: Protocol) -> None:
        copy = self.own.duplicate(protocol, tr("{name} (copy)", name=protocol.name))
        self._edit(copy, is_saved=False)

    def _resume(self) -> None:
        self._edit(self.own.unsaved(), is_saved=False)

    def _edit(self, text: str, *, is_saved: bool) -> None:
        self.preview.cancel()
        self.editor.load(text, self._protocols(), is_saved=is_saved)
        self.stack.setCurrentWidget(self.editor)

    def import_file(self, path: Path) -> None:
        """Copy a protocol file to one's own; what is wrong with it is told."""
        try:
            there = self.own.import_file(path)
        except ProtocolError as error:
            self.told.setText(told(str(error)))
            return
        self.open()
        self.select(there)
        self.told.setText(tr("Imported as {file}.", file=there.name))

    def _import(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("A protocol file"), "", "TOML (*.toml)")
        if name:
            self.import_file(Path(name))

    def _export(self) -> None:
        entry = self.entry
        if entry is None or entry.protocol is None:
            return
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Export the protocol"), f"{entry.protocol.id}.toml", "TOML (*.toml)"
        )
        if name:
            self.export_to(Path(name))

    def export_to(self, path: Path) -> None:
        """Write the chosen protocol as one file."""
        entry = self.entry
        if entry is None or entry.protocol is None:
            return
        try:
            write_text(path, entry.protocol.text)
        except NfbError as error:
            self.told.setText(told(str(error)))
        else:
            self.told.setText(tr("Written to {file}.", file=path))

    def _last_recording(self) -> Path | None:
        return newest_recording(self._recordings or default_recordings_root(), self.client)
