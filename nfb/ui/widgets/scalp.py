"""The head from above: each site's contact by shape, colour and word."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.ui.language import tr
from nfb.ui.theme import SECONDARY_PX, font, tokens
from nfb.ui.widgets.shapes import draw_state, sign_word
from nfb.ui.widgets.site_words import Placed, place, wordings
from nfb.ui.widgets.sites import place_of

_SMALL_PX = 108
_SIGN_PX, _SMALL_SIGN_PX = 9.0, 6.0
_RING_PX = 4.0
_AWAY_PX = 6.0


class ScalpMap(QWidget):
    """Sites the protocol uses carry a ring; channels that are no sites are listed below the head.

    Where a site needs attention its sign says why: ``muscle`` and ``mains`` have signs of their own.

    Attributes
    ----------
    words
        What was written at each site, and where, at the last painting.
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
        self.words: dict[str, Placed] = {}

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
        sign_px = min(_SIGN_PX, head_px / 12) if few else _SMALL_SIGN_PX
        if self._small:
            sign_px = (5.0 if few else 3.0) * self.width() / _SMALL_PX
        places = {}
        for i, name in enumerate(self._names):
            lies = place_of(name)
            if lies is not None:
                places[i] = centre + QPointF(lies[0], -lies[1]) * head_px * 0.88
                self._paint_sign(painter, i, places[i], sign_px)
        if not self._small:
            self._write(painter, places, sign_px)
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

    def _paint_sign(self, painter: QPainter, i: int, at: QPointF, sign_px: float) -> None:
        draw_state(painter, at, sign_px, self._signs[i])
        if i in self._used:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens().text), 1.5))
            painter.drawEllipse(at, sign_px + _RING_PX, sign_px + _RING_PX)

    def _write(self, painter: QPainter, at: dict[int, QPointF], sign_px: float) -> None:
        """Names first, then what else finds room: those that the protocol uses choose before the others."""
        signs = {i: _around(point, sign_px + (_RING_PX if i in self._used else 0.0)) for i, point in at.items()}
        faces = {i: font(SECONDARY_PX if sign_px > _SMALL_SIGN_PX else 11, bold=i in self._used) for i in at}
        placed: dict[int, Placed] = {}
        for names_alone in (True, False):
            for i in sorted(at, key=lambda i: i not in self._used):
                word = "" if self._signs[i] in ("good", "unknown") else sign_word(self._signs[i])
                texts = [self._names[i]] if names_alone else wordings(self._names[i], word, self._notes[i])
                taken = [box for j, box in signs.items() if j != i] + [w.box for j, w in placed.items() if j != i]
                metrics = QFontMetricsF(faces[i])
                placed[i] = place(at[i], sign_px + _AWAY_PX, texts, metrics, QRectF(self.rect()), taken)
        self.words = {self._names[i]: words for i, words in placed.items()}
        painter.setPen(QColor(tokens().text))
        for i, words in placed.items():
            painter.setFont(faces[i])
            painter.drawText(words.box, words.side | Qt.AlignmentFlag.AlignVCenter, words.text)


def _around(point: QPointF, reach_px: float) -> QRectF:
    return QRectF(point.x() - reach_px, point.y() - reach_px, 2 * reach_px, 2 * reach_px)
