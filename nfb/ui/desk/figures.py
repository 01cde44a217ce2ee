"""Names and their values under each other, the values in a column."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from nfb.ui.widgets.elided import ElidedLabel
from nfb.ui.widgets.small import label


class Figures(QWidget):
    """Lines of a name, its value, and a remark."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)

    def show_lines(self, lines: Sequence[tuple[str, str, str]]) -> None:
        """Show `lines` of name, value, remark in the place of those before."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for at, (name, value, remark) in enumerate(lines):
            self._grid.addWidget(ElidedLabel(name, least_px=120), at, 0)
            self._grid.addWidget(label(remark, "secondary"), at, 1)
            self._grid.addWidget(label(value, "figure"), at, 2, Qt.AlignmentFlag.AlignRight)
