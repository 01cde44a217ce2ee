"""What the client looks at: a feedback mode, calm words, or nothing. The operator's mirror is the same widget."""

from __future__ import annotations

import math
import time
from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.ui.feedback.canvas import Canvas
from nfb.ui.feedback.effort import Effort
from nfb.ui.feedback.flash import FlashGuard
from nfb.ui.feedback.light import Safety
from nfb.ui.feedback.meters import Bar
from nfb.ui.feedback.mode import Mode, Wishes
from nfb.ui.feedback.modes import MODES, key_of
from nfb.ui.language import tr
from nfb.ui.theme import CLIENT_PX, DARK, font

SURROUND = DARK.plot
FADE_AFTER_S = 8.0
FADE_S = 1.0
_DARK_PER_S = 1.25  # to blank within a second from any light
_MOST_PIXELS = 1920 * 1080
_ALONE_MS = 100  # without a frame from the session for so long the view goes on by itself


class FeedbackView(QWidget):
    """Feedback 0..1, eased; neutral while held. Never red, never text about how one is doing.

    Every picture passes the flash guard last: words, blanking and the timer's ring included.

    Parameters
    ----------
    leads
        The client's own view, which also plays a film's sound and shades screens. Mirrors show the picture alone.

    Attributes
    ----------
    foot_px
        Height at the foot of the picture that something else lies over: no words and no ring there.
    trouble_changed
        Signal: new words for the operator, see :attr:`trouble`.
    """

    trouble_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, leads: bool = False) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 68)
        self.setAccessibleName(tr("Client view"))
        self.mode = "bar"
        self.foot_px = 0
        self.canvas = Canvas(FlashGuard())
        self.effort = Effort()
        self._leads = leads
        self._safety = Safety()
        self._shown: Mode = Bar(Wishes())
        self._message = ""
        self._blank = False
        self._held = False
        self._ring_left: float | None = None
        self._volume = 1.0
        self._told = ""
        self._caption = ""  # what a mirror stands for
        self._instruction = ""
        self._instruction_s = FADE_AFTER_S + FADE_S
        self._since_s = 0.0  # time that the next picture has to account for
        self._stale = True  # what is to be shown has changed without time passing
        self._frames = 0
        self._fed_at = 0.0
        self._alone = QTimer(self, interval=_ALONE_MS)
        self._alone.timeout.connect(self._go_on_alone)

    def sizeHint(self) -> QSize:
        return QSize(220, 124)

    def begin(self, mode: str, wishes: Wishes | None = None) -> None:
        """Show a mode of :data:`nfb.ui.feedback.modes.MODES`, or an alias; what is on the screen fades into it."""
        wishes = replace(wishes or Wishes(), leads=self._leads)
        self._shown.close()
        self.mode = key_of(mode)
        self._caption = ""
        if not self._leads and self.mode == "film":
            # A second player would run apart from the first; the mirror says the same by light.
            self._shown = MODES["dawn"].make(wishes)
            self._caption = tr("Film")
        else:
            self._shown = MODES[self.mode].make(wishes)
        self._safety = wishes.safety
        self.effort = Effort()
        self._message, self._blank, self._held = "", False, False
        self._instruction = ""
        self.set_volume(self._volume)
        self._changed()
        self._tell_trouble()

    @property
    def message(self) -> str:
        """Calm words in the picture's place; empty for feedback."""
        return self._message

    @message.setter
    def message(self, words: str) -> None:
        self._message = words
        self.set_volume(self._volume)
        self._changed()

    @property
    def blank(self) -> bool:
        """Whether the view is dark; it gets there, and back, by fading."""
        return self._blank

    @blank.setter
    def blank(self, blank: bool) -> None:
        self._blank = blank
        self.set_volume(self._volume)
        self._changed()

    @property
    def trouble(self) -> str:
        """Words for the operator: why a mode cannot do what it should, or paints less; else empty."""
        return " ".join(words for words in (self._shown.trouble, self._words_of_effort()) if words)

    def _words_of_effort(self) -> str:
        ms = 1000 * self.effort.median_s
        match self.effort.level:
            case 0:
                return ""
            case 1:
                return tr("A picture takes {ms:.0f} ms to paint here: small details are left out.", ms=ms)
            case 2:
                return tr("A picture takes {ms:.0f} ms to paint here: it is painted at half its size.", ms=ms)
            case _:
                return tr("A picture takes {ms:.0f} ms to paint here: half its size, every second picture.", ms=ms)

    def show_instruction(self, text: str) -> None:
        """One line that fades away after eight seconds."""
        self._instruction, self._instruction_s = text, 0.0

    def set_held(self, held: bool) -> None:
        """Neutral, whatever feedback comes, until it is called with False."""
        self._held = held

    def set_ring(self, share_left: float | None) -> None:
        """A thin ring that shrinks with the time left, 1 to 0; None takes it away."""
        self._ring_left = share_left
        self._stale = True

    def set_volume(self, volume: float) -> None:
        """Volume 0..1 of sound that belongs to the picture, such as a film's; it is silent under words."""
        self._volume = volume
        self._shown.set_sound(0.0 if self._blank or self._message else volume)

    def pulse(self) -> None:
        """A reward: a calm sign in the picture, which says for the eye what the chime says."""
        self._shown.reward()

    def show_frame(self, feedback: float | None, passed_s: float) -> None:
        """Follow `feedback` 0..1, `passed_s` after the frame before; None is neutral."""
        self._fed_at = time.monotonic()
        self._step(feedback, passed_s)

    def _step(self, feedback: float | None, passed_s: float) -> None:
        self._shown.update(None if self._held or self._message else feedback, passed_s)
        self._instruction_s += passed_s
        self._since_s += passed_s
        self._frames += 1
        self._tell_trouble()
        if self.isVisible() and self._frames % self.effort.every == 0:
            self.update()

    def _go_on_alone(self) -> None:
        """Words and blanking fade in breaks too; a session that falls silent leaves nobody with a frozen picture."""
        since_s = time.monotonic() - self._fed_at
        if since_s >= _ALONE_MS / 1000:
            self._step(None, _ALONE_MS / 1000)

    def _changed(self) -> None:
        self._stale = True
        self.update()

    def _tell_trouble(self) -> None:
        trouble = self.trouble
        if trouble != self._told:
            self._told = trouble
            self.trouble_changed.emit(trouble)

    # painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        size = self._size_to_paint()
        if self._since_s > 0.0 or self._stale or self.canvas.picture.size() != size:
            self._compose(size)
        painter = QPainter(self)
        if self.canvas.picture.size() == self.size():
            painter.drawImage(0, 0, self.canvas.picture)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.effort.level < 2)
            painter.drawImage(QRectF(self.rect()), self.canvas.picture)
        painter.end()

    def _compose(self, size: QSize) -> None:
        began = time.perf_counter()
        slew = self._safety.slew_per_s
        if self._blank:
            slew = max(slew, _DARK_PER_S)
        elif self._shown.own_cuts and not self._message:
            slew = math.inf
        ready = self._shown.prepare(size.width(), size.height())
        if not (ready or self._message or self._blank or self.canvas.picture.isNull()):
            self._since_s = 0.0  # what is on the screen stays there until its successor is painted
            return
        self.canvas.guard.slew_per_s = slew
        self.canvas.compose(self._paint, size, self._since_s)
        if self.isVisible() and self._since_s > 0.0 and self.effort.spent(time.perf_counter() - began):
            self._shown.fewer = self.effort.fewer
        self._since_s = 0.0
        self._stale = False

    def _size_to_paint(self) -> QSize:
        width, height = self.width() * self.devicePixelRatioF(), self.height() * self.devicePixelRatioF()
        scale = self.effort.scale * min(1.0, math.sqrt(_MOST_PIXELS / max(width * height, 1.0)))
        return QSize(max(1, round(width * scale)), max(1, round(height * scale)))

    def _paint(self, painter: QPainter, width: float, height: float) -> None:
        if self._blank or self._message or not self._shown.prepare(width, height):
            painter.fillRect(QRectF(0, 0, width, height), QColor(SURROUND))
        else:
            painter.save()
            self._shown.paint(painter, width, height)
            painter.restore()
        if self._blank:
            return
        scale = width / max(self.width(), 1)
        height -= self.foot_px * scale
        if self._message:
            self._paint_words(painter, self._message, 1.0, QRectF(0, 0, width, height), scale)
        else:
            shown = 1.0 - max(0.0, (self._instruction_s - FADE_AFTER_S) / FADE_S)
            if self._caption:
                self._paint_words(painter, self._caption, 1.0, QRectF(0, 0, width, height), scale)
            if self._instruction and shown > 0:
                foot = QRectF(0, height * 0.75, width, height * 0.25)
                self._paint_words(painter, self._instruction, min(shown, self._instruction_s), foot, scale)
        if self._ring_left is not None:
            _paint_ring(painter, min(max(self._ring_left, 0.0), 1.0), width, height)

    def _paint_words(self, painter: QPainter, text: str, opacity: float, box: QRectF, scale: float) -> None:
        size = max(min(CLIENT_PX, self.width() // 14), 10) if self.width() < 500 else CLIENT_PX + 4
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        box = box.adjusted(box.width() * 0.05, 0, -box.width() * 0.05, 0)
        painter.setFont(font(max(8, round(size * scale))))
        words = painter.boundingRect(box, flags, text)
        while words.height() > box.height() * 0.9 and size > 10:  # in a low window, words stay off the picture
            size -= 1
            painter.setFont(font(max(8, round(size * scale))))
            words = painter.boundingRect(box, flags, text)
        ground = QColor(SURROUND)
        ground.setAlphaF(0.55 * opacity)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        pad = size * scale * 0.6
        if not self._message:
            # Over a picture of any brightness the words need a ground of their own.
            painter.drawRoundedRect(words.adjusted(-pad, -pad / 2, pad, pad / 2), pad * 0.6, pad * 0.6)
        colour = QColor(DARK.text)
        colour.setAlphaF(opacity)
        painter.setPen(colour)
        painter.drawText(box, flags, text)

    # life ---------------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        self._fed_at = time.monotonic()
        self._alone.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._alone.stop()
        super().hideEvent(event)

    def end(self) -> None:
        """Let go of a film's player and the shade; the view shows a plain bar afterwards."""
        self._shown.close()
        self._shown = Bar(Wishes())
        self.mode = "bar"
        self._changed()


def _paint_ring(painter: QPainter, left: float, width: float, height: float) -> None:
    unit = min(width, height)
    radius = unit * 0.032
    box = QRectF(width - unit * 0.06 - 2 * radius, height - unit * 0.06 - 2 * radius, 2 * radius, 2 * radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for opacity, colour, share in ((0.45, DARK.border, 1.0), (0.75, DARK.text, left)):
        shade = QColor(colour)
        shade.setAlphaF(opacity)
        painter.setPen(QPen(shade, max(1.5, unit * 0.008), c=Qt.PenCapStyle.FlatCap))
        painter.drawArc(box, 90 * 16, -round(share * 360 * 16))
