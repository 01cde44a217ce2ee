"""A table to choose from by mouse or keys, and how moments and days are written in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from nfb.ui.theme import CONTROL_PX


def local_moment(moment: datetime) -> str:
    """In the computer's time zone, to the minute."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def shown_day(day: date | None) -> str:
    return "–" if day is None else day.isoformat()


WIDEST_PX = 230  # of a column; what is longer ends in … and stands in the tool tip


class Table(QTableWidget):
    """Rows of text. Signal `chosen` ``(row)``: Enter or a double click on a row."""

    chosen = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(CONTROL_PX)
        self.setMinimumHeight(3 * CONTROL_PX)
        self.cellDoubleClicked.connect(lambda at, _: self.chosen.emit(at))

    def fill(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show `rows` under `heads`; the row that was selected stays so if it is still there."""
        before = self.selected
        self.setColumnCount(len(heads))
        self.setHorizontalHeaderLabels(list(heads))
        self.setRowCount(len(rows))
        for i, cells in enumerate(rows):
            for j, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.setItem(i, j, item)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(heads) - 1, QHeaderView.ResizeMode.Stretch)
        header.setFixedHeight(CONTROL_PX)
        header.setMaximumSectionSize(WIDEST_PX)
        if rows:
            self.selectRow(min(before or 0, len(rows) - 1))

    @property
    def selected(self) -> int | None:
        """The row that is selected."""
        at = self.selectionModel().selectedRows() if self.selectionModel() is not None else []
        return at[0].row() if at else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = self.selected
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and at is not None:
            self.chosen.emit(at)
        else:
            super().keyPressEvent(event)
