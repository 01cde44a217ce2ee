"""What the client looks at: a bar or a dot that follows the feedback. The operator's mirror is the same widget."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.ui.glow import Glow, grey_of, luminance
from nfb.ui.theme import CLIENT_PX, DARK, font

SURROUND = DARK.plot
RING_S = 0.6  # visual twin of the chime
FADE_AFTER_S = 8.0
FADE_S = 1.0
MODES = ("bar", "dot")


class FeedbackView(QWidget):
    """Feedback 0..1, eased; neutral while held. Never red, never dark, never text about how one is doing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 68)
        self.setAccessibleName("Client view")
        self.glow = Glow()
        self.mode = "bar"
        self.message = ""
        self.blank = False
        self._instruction = ""
        self._instruction_s = FADE_AFTER_S + FADE_S
        self._ring_s = RING_S

    def sizeHint(self) -> QSize:
        return QSize(220, 124)

    def begin(self, mode: str) -> None:
        self.mode = mode if mode in MODES else "dot"
        self.glow = Glow()
        self.message = ""
        self.blank = False

    def show_instruction(self, text: str) -> None:
        """One line that fades away after eight seconds."""
        self._instruction, self._instruction_s = text, 0.0

    def pulse(self) -> None:
        """A ring that opens around the dot: what the chime says, for the eye."""
        self._ring_s = 0.0

    def show_frame(self, feedback: float, passed_s: float) -> None:
        """Ease towards `feedback`, `passed_s` after the frame before."""
        self.glow.step(feedback, passed_s)
        self._instruction_s += passed_s
        self._ring_s += passed_s
        if self.isVisible():
            self.update()

    def brightness(self) -> float:
        """Relative luminance of the figure, 0..1."""
        return luminance(self.glow.level)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(SURROUND))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.blank:
            if self.message:
                self._paint_words(painter, self.message, 1.0, self.height() / 2)
            else:
                self._paint_figure(painter)
                shown = 1.0 - max(0.0, (self._instruction_s - FADE_AFTER_S) / FADE_S)
                if self._instruction and shown > 0:
                    self._paint_words(painter, self._instruction, shown, self.height() * 0.88)
        painter.end()

    def _figure_colour(self) -> QColor:
        """A calm blue-green whose relative luminance is :meth:`brightness` of the brightest."""
        grey = grey_of(self.brightness())
        return QColor.fromRgbF(0.62 * grey, 0.88 * grey, 0.86 * grey)

    def _paint_figure(self, painter: QPainter) -> None:
        level = self.glow.level
        side = min(self.width(), self.height())
        centre = QPointF(self.width() / 2, self.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._figure_colour())
        if self.mode == "bar":
            # A broad column: its top follows the feedback, its foot and frame stand still.
            width, height = side * 0.22, side * 0.64
            frame = QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)
            top = frame.bottom() - frame.height() * (0.06 + 0.94 * level)
            painter.drawRoundedRect(QRectF(frame.left(), top, width, frame.bottom() - top), 6, 6)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(DARK.hairline), max(1.0, side / 300)))
            painter.drawRoundedRect(frame, 6, 6)
            radius = height * 0.56
        else:
            radius = side * (0.14 + 0.16 * level)
            painter.drawEllipse(centre, radius, radius)
        if self._ring_s < RING_S:
            share = self._ring_s / RING_S
            ring = QColor(self._figure_colour())
            ring.setAlphaF(0.45 * (1.0 - share))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ring, max(2.0, side / 120)))
            painter.drawEllipse(centre, radius * (1.05 + 0.15 * share), radius * (1.05 + 0.15 * share))

    def _paint_words(self, painter: QPainter, text: str, opacity: float, y: float) -> None:
        painter.setFont(font(max(min(CLIENT_PX, self.width() // 14), 10) if self.width() < 500 else CLIENT_PX + 4))
        colour = QColor(DARK.text)
        colour.setAlphaF(opacity)
        painter.setPen(colour)
        box = QRectF(self.width() * 0.05, y - self.height() * 0.12, self.width() * 0.9, self.height() * 0.24)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
