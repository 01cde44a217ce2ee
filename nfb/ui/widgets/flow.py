"""Parts beside each other, and under each other where there is too little room."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

GAP_PX = 8


class FlowLayout(QLayout):
    """Lines of parts, filled from the left or set to the right; hidden parts take no room."""

    def __init__(self, *, to_the_right: bool = False) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._to_the_right = to_the_right
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in sizes) + GAP_PX * max(len(sizes) - 1, 0)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        return QSize(max((s.width() for s in sizes), default=0), max((s.height() for s in sizes), default=0))

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = [[]]
        used = 0
        for item in self._items:
            if item.isEmpty():
                continue
            needed = item.sizeHint().width()
            if lines[-1] and used + GAP_PX + needed > width:
                lines.append([])
                used = 0
            used += needed + (GAP_PX if lines[-1] else 0)
            lines[-1].append(item)
        return lines

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Set the parts into `rect`, or only tell how high they are in it."""
        y = rect.top()
        for line in self._lines(rect.width()):
            sizes = [item.sizeHint() for item in line]
            height = max((size.height() for size in sizes), default=0)
            over = rect.width() - sum(size.width() for size in sizes) - GAP_PX * max(len(sizes) - 1, 0)
            x = rect.left() + (over if self._to_the_right else 0)
            for item, size in zip(line, sizes, strict=True):
                if move:
                    item.setGeometry(QRect(QPoint(x, y + (height - size.height()) // 2), size))
                x += size.width() + GAP_PX
            y += height + GAP_PX
        return y - GAP_PX - rect.top()


def flow(*parts: QWidget, to_the_right: bool = False) -> QWidget:
    """Parts beside each other, on several lines where there is too little room for one."""
    box = QWidget()
    layout = FlowLayout(to_the_right=to_the_right)
    for part in parts:
        layout.addWidget(part)
    box.setLayout(layout)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    box.setSizePolicy(policy)
    return box
