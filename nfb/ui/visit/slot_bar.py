"""The visit as a bar in its slot: how long each step takes, when it will be over, and whether that is in time."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.engine.slot import Lengths, visit_ends
from nfb.ui.language import tr
from nfb.ui.theme import SECONDARY_PX, colour, font, tokens

_BAR_PX = 10


class SlotBar(QWidget):
    """Steps as segments; training is filled. The end of the slot is a line."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._shares: list[tuple[float, bool]] = []
        self._slot_share = 1.0
        self._words = ""

    def sizeHint(self) -> QSize:
        return QSize(320, 36)

    def minimumSizeHint(self) -> QSize:
        return QSize(250, 36)

    def show_visit(self, planned: Lengths, now: datetime, slot_ends: datetime) -> None:
        """A visit that begins `now` with what is planned."""
        total, slot = planned.total_s, max((slot_ends - now).total_seconds(), 1.0)
        longest = max(total, slot)
        parts = (
            (planned.check_in_s, False),
            (planned.signal_s, False),
            (planned.baseline_s, False),
            (planned.train_s, True),
            (planned.wrap_up_s, False),
        )
        self._shares = [(seconds / longest, trains) for seconds, trains in parts]
        self._slot_share = slot / longest
        ends = visit_ends(planned, now)
        words = tr("{n} min, ends {at}", n=round(total / 60), at=f"{ends.astimezone():%H:%M}")
        if ends > slot_ends:
            words = tr("{words} · slot ends {at}", words=words, at=f"{slot_ends.astimezone():%H:%M}")
        self._words = words
        self.setAccessibleName(words)
        self.update()

    def text(self) -> str:
        return self._words

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SECONDARY_PX))
        painter.setPen(QColor(theme.text2))
        painter.drawText(QRectF(0, 0, self.width(), 20), Qt.AlignmentFlag.AlignLeft, self._words)
        left, top = 0.0, 22.0
        for share, trains in self._shares:
            width = share * (self.width() - 4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent) if trains else colour(theme.border, 0.6))
            painter.drawRoundedRect(QRectF(left, top, max(1.0, width - 2), _BAR_PX), 3, 3)
            left += width
        if self._shares:
            x = self._slot_share * (self.width() - 4)
            painter.setPen(QPen(QColor(theme.text), 2))
            painter.drawLine(int(x), int(top) - 3, int(x), int(top) + _BAR_PX + 3)
        painter.end()
