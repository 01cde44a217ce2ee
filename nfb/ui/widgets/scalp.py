"""The head from above: each site's contact by shape, colour and word."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.ui.language import tr
from nfb.ui.theme import SECONDARY_PX, font, tokens
from nfb.ui.widgets.shapes import draw_state, sign_word
from nfb.ui.widgets.sites import place_of

_SMALL_PX = 108


class ScalpMap(QWidget):
    """Sites the protocol uses carry a ring; channels that are no sites are listed below the head.

    Where a site needs attention its sign says why: ``muscle`` and ``mains`` have signs of their own.
    """

    def __init__(self, parent: QWidget | None = None, *, small: bool = False) -> None:
        super().__init__(parent)
        self._small = small  # signs alone; the names are in the tooltip
        if small:
            self.setFixedSize(_SMALL_PX, _SMALL_PX)
        else:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            self.setMinimumSize(200, 200)
        self._names: tuple[str, ...] = ()
        self._used: frozenset[int] = frozenset()
        self._grades: tuple[str, ...] = ()
        self._signs: tuple[str, ...] = ()
        self._notes: tuple[str, ...] = ()

    def sizeHint(self) -> QSize:
        return QSize(260, 280)

    def begin(self, channel_names: tuple[str, ...], used: tuple[int, ...]) -> None:
        self._names, self._used = channel_names, frozenset(used)
        self._grades = self._signs = ("unknown",) * len(channel_names)
        self._notes = ("",) * len(channel_names)
        self.update()

    def show_grades(self, grades: tuple[str, ...], reasons: tuple[str, ...] = ()) -> None:
        """One of ``good``, ``weak``, ``off``, ``unknown`` per channel, with the reason where there is one."""
        signs = tuple(
            next((cause for cause in ("muscle", "mains") if grade == "weak" and cause in reason), grade)
            for grade, reason in zip(grades, reasons or ("",) * len(grades), strict=True)
        )
        if (grades, signs) != (self._grades, self._signs):
            self._grades, self._signs = grades, signs
            said = [f"{name} {sign_word(sign)}" for name, sign in zip(self._names, signs, strict=True)]
            self.setAccessibleName(tr("Contact: {sites}", sites=", ".join(said)))
            if self._small:
                self.setToolTip("\n".join(said))
            self.update()

    @property
    def signs(self) -> tuple[str, ...]:
        """What each site shows: its grade, or what is the matter with it."""
        return self._signs

    def show_notes(self, notes: tuple[str, ...]) -> None:
        """A short text per channel below its name, such as an impedance."""
        if notes != self._notes:
            self._notes = notes
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        apart = [i for i, name in enumerate(self._names) if place_of(name) is None and not self._small]
        edge = 2 if self._small else 8
        space = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge - 24 * ((len(apart) + 2) // 3))
        head_px = min(space.width() / 2.75, space.height() / 2.55)
        centre = QPointF(space.center().x(), space.center().y() + head_px * 0.03)
        self._paint_head(painter, centre, head_px)
        few = len(self._names) <= 20
        sign_px = 9.0 if few else 6.0
        if self._small:
            sign_px = (5.0 if few else 3.0) * self.width() / _SMALL_PX
        for i, name in enumerate(self._names):
            place = place_of(name)
            if place is not None:
                at = centre + QPointF(place[0], -place[1]) * head_px * 0.88
                self._paint_site(painter, i, at, sign_px)
        for order, i in enumerate(apart):
            at = QPointF(24 + (order % 3) * self.width() / 3, space.bottom() + 16 + 24 * (order // 3))
            draw_state(painter, at, 7, self._signs[i])
            painter.setPen(QColor(tokens().text))
            painter.setFont(font(SECONDARY_PX))
            painter.drawText(QRectF(at.x() + 14, at.y() - 10, 90, 20), Qt.AlignmentFlag.AlignVCenter, self._names[i])
        painter.end()

    def _paint_head(self, painter: QPainter, centre: QPointF, head_px: float) -> None:
        painter.setPen(QPen(QColor(tokens().border), 1.75))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, head_px, head_px)
        nose = QPainterPath(centre + QPointF(-0.12, -0.993) * head_px)
        nose.lineTo(centre + QPointF(0, -1.13) * head_px)
        nose.lineTo(centre + QPointF(0.12, -0.993) * head_px)
        painter.drawPath(nose)
        for side in (-1, 1):
            painter.drawArc(
                QRectF(centre.x() + side * 1.04 * head_px - 0.07 * head_px, centre.y() - 0.18 * head_px,
                       0.14 * head_px, 0.36 * head_px), (90 if side < 0 else -90) * 16, 180 * 16)  # fmt: skip

    def _paint_site(self, painter: QPainter, i: int, at: QPointF, sign_px: float) -> None:
        theme = tokens()
        draw_state(painter, at, sign_px, self._signs[i])
        if i in self._used:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.text), 1.5))
            painter.drawEllipse(at, sign_px + 4, sign_px + 4)
        if self._small:
            return
        painter.setFont(font(SECONDARY_PX if sign_px > 7 else 11, bold=i in self._used))
        painter.setPen(QColor(theme.text))
        sign = self._signs[i]
        words = self._names[i] if sign in ("good", "unknown") else f"{self._names[i]} {sign_word(sign)}"
        if self._notes[i] and any(
            self._write_beside(painter, at, sign_px + 8, [*lines, self._notes[i]])
            for lines in ([words], words.split())
        ):
            return
        words = f"{words} {self._notes[i]}".strip()
        # Off the midline the words run outwards, where no other site is.
        width = painter.fontMetrics().horizontalAdvance(words) + 2
        middle = painter.fontMetrics().horizontalAdvance(self._names[i]) / 2
        aside = at.x() - self.width() / 2
        left = at.x() - width / 2 if abs(aside) < 4 else at.x() - middle if aside > 0 else at.x() + middle - width
        left = min(max(left, 0.0), self.width() - width)
        painter.drawText(QRectF(left, at.y() + sign_px + 3, width, 18), Qt.AlignmentFlag.AlignLeft, words)

    def _write_beside(self, painter: QPainter, at: QPointF, away_px: float, lines: list[str]) -> bool:
        """Lines on the outer side of a sign; False on the midline and where the picture ends too soon."""
        aside = at.x() - self.width() / 2
        width = max(painter.fontMetrics().horizontalAdvance(line) for line in lines) + 2
        room = min(at.x(), self.width() - at.x()) - away_px
        if abs(aside) < 4 or width > room:
            return False
        left = at.x() + away_px if aside > 0 else at.x() - away_px - width
        side = Qt.AlignmentFlag.AlignLeft if aside > 0 else Qt.AlignmentFlag.AlignRight
        box = QRectF(left, at.y() - 8.5 * len(lines), width, 17 * len(lines))
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, "\n".join(lines))
        return True
