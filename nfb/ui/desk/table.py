"""A table to choose from by mouse or keys, and how moments and days are written in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from nfb.ui.theme import CONTROL_PX, tokens


def local_moment(moment: datetime) -> str:
    """In the computer's time zone, to the minute."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def shown_day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
LOOKED_AT = 60  # rows that are measured for the width of a column
NARROWEST_PX = 88  # to which a column gives way; what is longer ends in … and stands in the tool tip
SPREAD_PX = 56  # most that a column gets beyond what it needs; what is left goes to the last
MARK_PX = 3


class _Texts(QAbstractTableModel):
    """Rows of text; a model, because a thousand items of a QTableWidget take a tenth of a second to make."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.heads: list[str] = []
        self.rows: list[list[str]] = []

    def show(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.beginResetModel()
        self.heads, self.rows = list(heads), [list(cells) for cells in rows]
        self.endResetModel()

    def rowCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self.heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.rows[index.row()][index.column()]
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        shown = role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal
        return self.heads[section] if shown else None


class _Cells(QStyledItemDelegate):
    """Cells as the style draws them, and a bar at the beginning of the chosen row: it is not told by colour alone."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if index.column() == 0 and option.state & QStyle.StateFlag.State_Selected:
            rect = option.rect
            painter.fillRect(QRect(rect.left(), rect.top(), MARK_PX, rect.height()), QColor(tokens().accent))


class Table(QTableView):
    """Rows of text. Signals: `chosen` ``(row)`` by Enter or a double click on a row, `selection_changed`."""

    chosen = Signal(int)
    selection_changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._texts = _Texts(self)
        self.setModel(self._texts)
        self.setItemDelegate(_Cells(self))
        self._needed_px: list[int] = []
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setResizeContentsPrecision(LOOKED_AT)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setFixedHeight(CONTROL_PX)
        header.setHighlightSections(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(CONTROL_PX)
        self.setMinimumHeight(3 * CONTROL_PX)
        self.doubleClicked.connect(lambda index: self.chosen.emit(index.row()))
        self.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())

    def fill(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show `rows` under `heads`; the row that was selected stays so if it is still there."""
        before = self.selected
        self._texts.show(heads, rows)
        self.resizeColumnsToContents()
        self._needed_px = [self.columnWidth(column) for column in range(len(heads))]
        self._share_width()
        if rows:
            self.selectRow(min(before or 0, len(rows) - 1))

    def _share_width(self) -> None:
        """Every column as wide as it needs, and wider where there is room; else the widest of them give way."""
        room, needed = self.viewport().width(), self._needed_px
        if not needed:
            return
        spare = (room - sum(needed)) // len(needed)
        widest = max(needed)
        while sum(min(px, widest) for px in needed) > room and widest > NARROWEST_PX:
            widest -= 4
        widths = [px + min(SPREAD_PX, spare) if spare >= 0 else min(px, widest) for px in needed]
        widths[-1] = max(room - sum(widths[:-1]), widths[-1])
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def cell(self, row: int, column: int) -> str:
        """What stands in a cell."""
        return self._texts.rows[row][column]

    @property
    def n_rows(self) -> int:
        return len(self._texts.rows)

    @property
    def selected(self) -> int | None:
        """The row that is selected."""
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = self.selected
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and at is not None:
            self.chosen.emit(at)
        else:
            super().keyPressEvent(event)
