"""The head from above with every site of the 10-10 system, to choose from by mouse or keys, or only to look at."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nfb.model.montage import site_key
from nfb.ui.language import tr
from nfb.ui.theme import font, tokens
from nfb.ui.widgets.sites import place_of

_ROWS = (
    "Fp1 Fpz Fp2 AF7 AF3 AFz AF4 AF8 F7 F5 F3 F1 Fz F2 F4 F6 F8 FT7 FC5 FC3 FC1 FCz FC2 FC4 FC6 FT8 "
    "T7 C5 C3 C1 Cz C2 C4 C6 T8 TP9 TP7 CP5 CP3 CP1 CPz CP2 CP4 CP6 TP8 TP10 P7 P5 P3 P1 Pz P2 P4 P6 P8 "
    "PO7 PO3 POz PO4 PO8 O1 Oz O2 A1 A2"
)
SITES = tuple(_ROWS.split())
_EARS = ("A1", "A2", "TP9", "TP10")  # drawn a little further out, clear of their neighbours' names
# Direction on the map of each arrow key.
_STEPS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}


class HeadMap(QWidget):
    """`toggled` says which site was pressed; what is chosen is told by :meth:`show_sites`.

    Arrow keys move between sites, Space or Enter presses one. A map to look at takes neither mouse nor keys.
    """

    toggled = Signal(str)

    def __init__(self, *, to_choose: bool = True) -> None:
        super().__init__()
        self._to_choose = to_choose
        self._chosen: dict[str, str] = {}
        self._reference: frozenset[str] = frozenset()
        self._at = "Cz"
        self._over = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(180, 180)
        if to_choose:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setMouseTracking(True)
            self.setMinimumSize(320, 320)
        self._say()

    def sizeHint(self) -> QSize:
        return QSize(380, 380) if self._to_choose else QSize(220, 220)

    def show_sites(self, chosen: Iterable[str], reference: Iterable[str] = ()) -> None:
        """The sites that are used, and those that are subtracted from them."""
        self._chosen = {site_key(site): site for site in chosen}
        self._reference = frozenset(site_key(site) for site in reference)
        self._say()
        self.update()

    def centre_of(self, site: str) -> QPointF:
        """Where a site is drawn, in the widget's pixels."""
        x, y = place_of(site) or (0.0, 0.0)
        if site in _EARS:
            x *= 1.09
        radius = self._head_px()
        return QPointF(self.width() / 2 + 0.88 * radius * x, self.height() / 2 + 0.03 * radius - 0.88 * radius * y)

    # what happens to it -------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        site = self._near(event.position())
        if self._to_choose and site and event.button() is Qt.MouseButton.LeftButton:
            self._at = site
            self.toggled.emit(site)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._near(event.position())
        if over != self._over:
            self._over = over
            self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            site = self._near(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._words(site) if site else "", self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if not self._to_choose:
            super().keyPressEvent(event)
        elif step is not None:
            self._at = self._next(*step)
            self._say()
            self.update()
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggled.emit(self._at)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _near(self, at: QPointF) -> str:
        if not self._to_choose:
            return ""
        apart = {site: (self.centre_of(site) - at).manhattanLength() for site in SITES}
        site = min(apart, key=lambda one: apart[one])
        return site if apart[site] <= 1.4 * self._dot_px() else ""

    def _next(self, dx: float, dy: float) -> str:
        """The nearest site in a direction; what lies aside of it counts double."""
        x, y = place_of(self._at) or (0.0, 0.0)
        best, least = self._at, float("inf")
        for site in SITES:
            there = place_of(site)
            if there is None or site == self._at:
                continue
            along = (there[0] - x) * dx + (there[1] - y) * dy
            aside = abs((there[0] - x) * dy) + abs((there[1] - y) * dx)
            if along > 0.02 and aside <= 1.5 * along and along + 2 * aside < least:
                best, least = site, along + 2 * aside
        return best

    def _say(self) -> None:
        """The one-line summary that a screen reader says."""
        chosen = ", ".join(self._chosen.values()) or tr("none")
        said = tr("Sites chosen: {sites}.", sites=chosen)
        self.setAccessibleName(f"{said} {self._words(self._at)}" if self._to_choose else said)

    def _words(self, site: str) -> str:
        key = site_key(site)
        if key in self._chosen:
            return tr("{site}: chosen", site=site)
        return tr("{site}: reference", site=site) if key in self._reference else site

    # how it looks -------------------------------------------------------------------------------------------------

    def _head_px(self) -> float:
        return min(self.width() / 2.55, self.height() / 2.5)

    def _dot_px(self) -> float:
        return max(5.0, self._head_px() * 0.088)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_head(painter)
        shown = {site_key(site): site for site in SITES} | self._chosen
        for key, site in shown.items():
            if place_of(site) is not None:
                self._paint_site(painter, key, site)
        painter.end()

    def _paint_head(self, painter: QPainter) -> None:
        radius = self._head_px()
        centre = QPointF(self.width() / 2, self.height() / 2 + 0.03 * radius)
        painter.setPen(QPen(QColor(tokens().border), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, radius, radius)
        nose = QPainterPath(centre + QPointF(-0.12, -0.993) * radius)
        nose.lineTo(centre + QPointF(0, -1.12) * radius)
        nose.lineTo(centre + QPointF(0.12, -0.993) * radius)
        painter.drawPath(nose)

    def _paint_site(self, painter: QPainter, key: str, site: str) -> None:
        theme, dot_px, centre = tokens(), self._dot_px(), self.centre_of(site)
        chosen, reference = key in self._chosen, key in self._reference
        here = self._to_choose and self.hasFocus() and key == site_key(self._at)
        painter.setBrush(QColor(theme.accent) if chosen else Qt.BrushStyle.NoBrush)
        edge = theme.accent if chosen else theme.text if reference else theme.hairline
        if not (self._to_choose or chosen or reference):
            painter.setBrush(QColor(theme.hairline))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(centre, 2, 2)
            return
        style = Qt.PenStyle.DashLine if reference and not chosen else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor(theme.text if site == self._over else edge), 1.5, style))
        painter.drawEllipse(centre, dot_px, dot_px)
        if here:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawEllipse(centre, dot_px + 3, dot_px + 3)
        if self._to_choose or chosen or reference:
            painter.setFont(font(9 if dot_px <= 9 else 10 if len(site) > 3 else 11, bold=chosen))
            painter.setPen(QColor(theme.accent_label if chosen else theme.text if reference else theme.text2))
            if dot_px < 9:  # too small for a name: it stands below
                painter.setPen(QColor(theme.text))
                painter.setFont(font(11, bold=chosen))
                centre += QPointF(0, dot_px + 8)
            painter.drawText(QRectF(centre.x() - 24, centre.y() - 10, 48, 20), Qt.AlignmentFlag.AlignCenter, site)
