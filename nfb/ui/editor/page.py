"""The editor: the sentence on top, sections of a form, delay and problems beside it; text, comparison and preview."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QListWidget, QStackedWidget, QVBoxLayout, QWidget

from nfb.files.own_protocols import OwnProtocols, Use, write_text
from nfb.files.protocol_draft import Finding
from nfb.model.errors import ProtocolError
from nfb.model.protocol import Protocol
from nfb.model.sentence import sentence
from nfb.ui.editor.about_section import about_section, evidence_section
from nfb.ui.editor.compare_view import CompareView
from nfb.ui.editor.conditions_section import ConditionsSection
from nfb.ui.editor.features_section import FeaturesSection
from nfb.ui.editor.fields import FlexLabel, OneLine
from nfb.ui.editor.preview_pane import PreviewPane
from nfb.ui.editor.section import Section
from nfb.ui.editor.session_sections import reward_section, stages_section
from nfb.ui.editor.side_pane import SidePane
from nfb.ui.editor.sites_section import SitesSection
from nfb.ui.editor.text_tab import TextTab
from nfb.ui.editor.workbench import Workbench
from nfb.ui.language import tr
from nfb.ui.told import told
from nfb.ui.widgets.small import IconButton, panel


class EditorPage(QWidget):
    """`back` when the person is done, `saved` with the file of a new or changed version.

    Parameters
    ----------
    own
        The person's own protocols.
    headsets
        Name and title of each headset.
    last_recording
        For the preview; see :class:`~nfb.ui.editor.preview_pane.PreviewPane`.
    """

    back = Signal()
    saved = Signal(Path)

    def __init__(
        self,
        own: OwnProtocols,
        headsets: Sequence[tuple[str, str]],
        last_recording: Callable[[], Path | None],
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._own = own
        self.bench = Workbench()
        self._make_buttons()
        self.sentence = FlexLabel()
        self.told = FlexLabel("", "secondary")
        self.text_tab = TextTab(self.bench)
        self.compare = CompareView()
        self.preview = PreviewPane(last_recording)
        self.sections: dict[str, Section] = {
            "about": about_section(self.bench),
            "sites": SitesSection(self.bench),
            "features": FeaturesSection(self.bench),
            "conditions": ConditionsSection(self.bench),
            "reward": reward_section(self.bench),
            "session": stages_section(self.bench),
            "evidence": evidence_section(self.bench),
        }
        self.side = SidePane(headsets)
        self.side.go_to.connect(self.go_to)
        self.tabs = QListWidget()
        self.tabs.setFixedWidth(136)
        self.tabs.setStyleSheet("QListWidget::item { padding: 4px 12px; min-height: 28px; }")
        self.tabs.setAccessibleName(tr("Parts of the protocol"))
        self.stack = QStackedWidget()
        names = (
            tr("About"), tr("Sites"), tr("Features"), tr("Conditions"), tr("Reward"), tr("Session"), tr("Evidence"),
            tr("Text"), tr("Compare"), tr("Preview"),
        )  # fmt: skip
        for name, part in zip(
            names, (*self.sections.values(), self.text_tab, self.compare, self.preview), strict=True
        ):
            self.tabs.addItem(name)
            self.stack.addWidget(part)
        self.tabs.currentRowChanged.connect(self.stack.setCurrentIndex)
        self.stack.currentChanged.connect(lambda _: self._show_part())
        self.tabs.setCurrentRow(0)
        self._lay_out()
        # What is typed outlives the program, saved or not.
        self._keeper = QTimer(self, singleShot=True, interval=1000)
        self._keeper.timeout.connect(self._keep)
        self.bench.edited.connect(self._show_draft)
        self.bench.edited.connect(self._keeper.start)
        self._show_draft()

    def _make_buttons(self) -> None:
        def button(words: str, icon: str, action: Callable[[], None], kind: str = "", tip: str = "") -> IconButton:
            made = IconButton(words, icon, kind, tip)
            made.clicked.connect(lambda _=False: action())
            return made

        self.back_button = button(tr("Back"), "back", self._go_back)
        self.undo_button = button(tr("Undo"), "undo", self.bench.undo, tip=tr("Ctrl+Z"))
        self.redo_button = button(tr("Redo"), "replay", self.bench.redo, tip=tr("Ctrl+Shift+Z"))
        self.export_button = button(tr("Export"), "file", self._export, tip=tr("Write this protocol as one file"))
        self.new_version_button = button(tr("Save as new version"), "plus", self.save_as_new_version)
        self.save_button = button(tr("Save"), "check", self.save, "primary", tr("Ctrl+S"))
        for keys, wanted in (
            (QKeySequence.StandardKey.Undo, self.undo_button),
            (QKeySequence.StandardKey.Redo, self.redo_button),
            (QKeySequence.StandardKey.Save, self.save_button),
        ):
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(wanted.click)

    def _lay_out(self) -> None:
        self.title = OneLine()
        self.title.setObjectName("section")
        body = QHBoxLayout()
        body.setSpacing(12)
        form = panel(self.stack)
        side = panel(self.side)
        side.setFixedWidth(272)
        body.addWidget(self.tabs)
        body.addWidget(form, 1)
        body.addWidget(side)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 12)
        layout.setSpacing(8)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back_button)
        top.addWidget(self.title, 1)
        for button in (
            self.undo_button, self.redo_button, self.export_button, self.new_version_button, self.save_button,
        ):  # fmt: skip
            top.addWidget(button)
        layout.addLayout(top)
        layout.addWidget(panel(self.sentence, self.told))
        layout.addLayout(body, 1)

    # what is shown ------------------------------------------------------------------------------------------------

    def load(self, text: str, others: Sequence[Protocol], *, is_saved: bool) -> None:
        """Begin to edit a text; `others` are the protocols it can be compared with."""
        self.told.setText("")
        self.compare.offer(others)
        self.bench.load(text, is_saved=is_saved)
        self.show_part("about" if self.bench.draft.is_toml else "text")

    def show_part(self, name: str) -> None:
        """Bring a section, ``text``, ``compare`` or ``preview`` to the front."""
        self.tabs.setCurrentRow([*self.sections, "text", "compare", "preview"].index(name))

    def go_to(self, found: Finding) -> None:
        """Show the field of a finding, or its line where it has none."""
        for name, section in self.sections.items():
            section.show_draft(self.bench.draft)
            near = [f for f in section.all_fields() if f.path and f.path == found.path[: len(f.path)]]
            if near and self.bench.draft.is_toml:
                self.show_part(name)
                field = max(near, key=lambda one: len(one.path))
                section.ensureWidgetVisible(field)
                field.setFocus()
                return
        self.show_part("text")
        self.text_tab.go_to_line(found.line or 1)

    def _show_draft(self) -> None:
        draft = self.bench.draft
        protocol = draft.protocol
        self._show_part()
        self.side.show_draft(draft)
        name = draft.get(("name",)) or tr("New protocol")
        mark = "" if self.bench.is_saved else " •"
        self.title.setText(tr("{name}, version {n}", name=name, n=draft.get(("version",), 1)) + mark)
        if protocol is not None:
            self.sentence.setText(sentence(protocol, tr=tr))
        elif draft.is_toml:
            self.sentence.setText(
                tr("The sentence that says what is rewarded stands here once the problems are solved.")
            )
        else:
            self.sentence.setText(tr("The text cannot be read: {why}", why=told(draft.findings[0].message)))
        self._show_buttons(protocol)

    def _show_part(self) -> None:
        """Refresh what is in front; the other parts follow when they come to the front."""
        part, draft = self.stack.currentWidget(), self.bench.draft
        if isinstance(part, Section):
            part.setEnabled(draft.is_toml)
            part.show_draft(draft)
        elif isinstance(part, TextTab):
            part.show_draft(draft)
        elif isinstance(part, CompareView | PreviewPane):
            part.show_protocol(draft.protocol)

    def _show_buttons(self, protocol: Protocol | None) -> None:
        draft = self.bench.draft
        used = protocol is not None and self._own.use(protocol) is not Use.UNUSED
        self.undo_button.setEnabled(draft.can_undo)
        self.redo_button.setEnabled(draft.can_redo)
        self.export_button.setEnabled(protocol is not None)
        self.new_version_button.setEnabled(protocol is not None)
        self.save_button.setEnabled(protocol is not None and not used and not self.bench.is_saved)
        if used and protocol is not None:
            self.told.setText(
                tr("Sessions have used version {n}, so it stays as it is. Changes are saved as a new version.",
                   n=protocol.version)
            )  # fmt: skip
        self.told.setVisible(bool(self.told.text()))

    # what is done -------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write the version that is on the bench."""
        self._save(self._own.save)

    def save_as_new_version(self) -> None:
        """Write it under the next free version number, and go on with that."""
        self._save(self._own.save_as_new_version)

    def _save(self, write: Callable[[str], Path]) -> None:
        try:
            path = write(self.bench.draft.text)
        except ProtocolError as error:
            self._tell(told(str(error)))
            return
        text = path.read_text(encoding="utf-8")
        self.bench.saved_text = text
        if text != self.bench.draft.text:
            self.bench.set_text(text)
        self._keep()
        self._tell(tr("Saved as {file}.", file=path.name))
        self._show_draft()
        self.saved.emit(path)

    def _export(self) -> None:
        protocol = self.bench.draft.protocol
        if protocol is None:
            return
        name, _ = QFileDialog.getSaveFileName(self, tr("Export the protocol"), f"{protocol.id}.toml", "TOML (*.toml)")
        if name:
            self.export_to(Path(name))

    def export_to(self, path: Path) -> None:
        """Write the text as one file."""
        try:
            write_text(path, self.bench.draft.text)
        except ProtocolError as error:
            self._tell(told(str(error)))
        else:
            self._tell(tr("Written to {file}.", file=path))

    def _tell(self, text: str) -> None:
        self.told.setText(text)
        self.told.setVisible(True)

    def _keep(self) -> None:
        try:
            self._own.keep_unsaved("" if self.bench.is_saved else self.bench.draft.text)
        except ProtocolError as error:
            self._tell(told(str(error)))

    def _go_back(self) -> None:
        self.preview.cancel()
        self._keeper.stop()
        self._keep()
        self.back.emit()
