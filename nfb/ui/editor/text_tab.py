"""The protocol's file itself, to be edited by hand; what is wrong is listed with its line and never taken away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from nfb.files.protocol_draft import Finding, ProtocolDraft
from nfb.ui.editor.fields import fit_words_into
from nfb.ui.editor.workbench import Workbench
from nfb.ui.language import tr
from nfb.ui.theme import SECONDARY_PX, colour, tokens
from nfb.ui.told import told


class TextTab(QWidget):
    """The text with its findings below; pressing one goes to its line."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self._showing = False
        self.editor = QPlainTextEdit(lineWrapMode=QPlainTextEdit.LineWrapMode.WidgetWidth)
        mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        # A style sheet's size wins over the font's, and the family alone stays.
        self.editor.setStyleSheet(f'font-family: "{mono.family()}"; font-size: {SECONDARY_PX}px;')
        self.editor.setAccessibleName(tr("Text of the protocol file"))
        self.editor.setTabChangesFocus(True)
        self.editor.textChanged.connect(self._typed)
        self.problems = QListWidget()
        fit_words_into(self.problems)
        self.problems.setMaximumHeight(120)
        self.problems.itemActivated.connect(self._go_to)
        self.problems.itemClicked.connect(self._go_to)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.editor, 1)
        layout.addWidget(self.problems)

    def show_draft(self, draft: ProtocolDraft) -> None:
        if self.editor.toPlainText() != draft.text:
            self._showing = True
            at = self.editor.textCursor().position()
            self.editor.setPlainText(draft.text)
            cursor = self.editor.textCursor()
            cursor.setPosition(min(at, len(draft.text)))
            self.editor.setTextCursor(cursor)
            self._showing = False
        self.problems.clear()
        for found in draft.findings:
            item = QListWidgetItem(finding_words(found))
            item.setData(Qt.ItemDataRole.UserRole, found.line)
            self.problems.addItem(item)
        self.problems.setVisible(bool(draft.findings))
        self._mark([found.line for found in draft.findings if found.line is not None])

    def go_to_line(self, line: int) -> None:
        """Put the cursor at the start of a line, counted from 1."""
        block = self.editor.document().findBlockByNumber(line - 1)
        self.editor.setTextCursor(QTextCursor(block))
        self.editor.setFocus()

    def _typed(self) -> None:
        if not self._showing:
            self._bench.set_text(self.editor.toPlainText())

    def _go_to(self, item: QListWidgetItem) -> None:
        line = item.data(Qt.ItemDataRole.UserRole)
        if line is not None:
            self.go_to_line(line)

    def _mark(self, lines: list[int]) -> None:
        marks = []
        for line in lines:
            mark = QTextEdit.ExtraSelection()
            form = QTextCharFormat()
            form.setBackground(QColor(colour(tokens().warn, 0.25)))
            form.setProperty(QTextFormat.Property.FullWidthSelection, True)
            mark.format = form
            mark.cursor = QTextCursor(self.editor.document().findBlockByNumber(line - 1))
            marks.append(mark)
        self.editor.setExtraSelections(marks)


def finding_words(found: Finding) -> str:
    """``line 48, features.smr.band_hz: upper edge must be …``"""
    place = ", ".join(
        part for part in (tr("line {n}", n=found.line) if found.line is not None else "", found.place) if part
    )
    message = told(found.message)
    return f"{place}: {message}" if place else message
