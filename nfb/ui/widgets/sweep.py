"""Raw EEG as a circular sweep: a bar runs over the screen and only the columns it passes are painted anew."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.ui.language import tr
from nfb.ui.theme import SECONDARY_PX, colour, font, tokens

SCALES_UV = (10.0, 20.0, 30.0, 50.0, 75.0, 100.0, 150.0, 200.0)
SWEEPS_S = (5.0, 10.0, 20.0, 30.0)
GUTTER_PX = 56
TRACE_PX = 1.25
CLIP_ROWS = 1.15  # a trace hardly leaves its row, so that a wild channel cannot bury its neighbours
MANY = 8  # beyond so many channels, those in use get
WIDER = 3.0  # times the height of the others
BAR_PX = 10  # empty columns ahead of the newest sample
TOP_PX = 22  # room for the words over the traces


@dataclass(slots=True)
class _Held:
    """Samples ``start .. stop`` are held; `stop` grows while the hold lasts."""

    start: int
    stop: int
    words: str
    drawn_to: int


class RawSweep(QWidget):
    """A row per channel. Feed it with :meth:`add_samples`, :meth:`add_gap` and :meth:`hold`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(280, 120)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(tr("Raw EEG"))
        self.scale_uv = 50.0
        self.sweep_s = 10.0
        self._names: tuple[str, ...] = ()
        self._used: frozenset[int] = frozenset()
        self._rate_hz = 250.0
        self._ring: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._next = 0  # index of the sample that comes next
        self._first = 0  # oldest sample that can be drawn
        self._held: deque[_Held] = deque()
        self._gaps: deque[tuple[int, str]] = deque()
        self._canvas = QPixmap()  # null until the next paint event when all of it has to be painted anew
        self._lay_out_rows()

    def begin(self, channel_names: tuple[str, ...], sampling_rate_hz: float, used: tuple[int, ...] = ()) -> None:
        """Start afresh for a device; `used` are the channels the protocol looks at."""
        self._names, self._rate_hz, self._used = channel_names, sampling_rate_hz, frozenset(used)
        self._ring = np.zeros((len(channel_names), round(max(SWEEPS_S) * sampling_rate_hz)), np.float32)
        self._next = self._first = 0
        self._held.clear()
        self._gaps.clear()
        self._discard_canvas()

    def add_samples(self, first_sample: int, filtered: NDArray[np.float32]) -> None:
        """Draw ``(n_channels, n_samples)`` µV, already filtered for display."""
        if not self._names or filtered.shape[1] == 0:
            return
        room = self._ring.shape[1]
        skipped = max(0, filtered.shape[1] - room)  # after a pause in painting: only the newest can be seen
        first_sample, filtered = first_sample + skipped, filtered[:, skipped:]
        if first_sample != self._next:
            # Samples were dropped on the way to the screen: start again rather than join what was not adjacent.
            self._next = self._first = first_sample
        at = np.arange(self._next, self._next + filtered.shape[1]) % room
        self._ring[:, at] = filtered
        begin = self._next
        self._next += filtered.shape[1]
        self._first = max(self._first, self._next - room)
        self._forget_old()
        if not self._canvas.isNull():
            self._advance(begin)

    def add_gap(self, sample: int, missing_s: float) -> None:
        """Mark that samples are missing before `sample`."""
        self._gaps.append((sample, tr("gap {n} s", n=f"{missing_s:.1f}") if missing_s > 0 else tr("gap")))

    def hold(self, first_sample: int, stop_sample: int, words: str) -> None:
        """Hatch samples ``first .. stop`` and say why; call it again and again while the same hold lasts."""
        last = self._held[-1] if self._held else None
        goes_on = last is not None and last.words == words and first_sample - last.stop <= 1
        # A hold longer than half a sweep says its word again, so that it is always on the screen.
        if last is not None and goes_on and first_sample - last.start < self._window // 2:
            last.stop = stop_sample
        else:
            last = _Held(first_sample, stop_sample, words, first_sample)
            self._held.append(last)
        if not self._canvas.isNull():
            painter = QPainter(self._canvas)
            self._hatch(painter, last, last.drawn_to)
            painter.end()
            self.update(self._label_rect(last))

    def zoom(self, steps: int) -> None:
        """Choose a finer (positive) or coarser scale."""
        at = SCALES_UV.index(self.scale_uv) - steps
        self.scale_uv = SCALES_UV[min(max(at, 0), len(SCALES_UV) - 1)]
        self._discard_canvas()

    def stretch(self, steps: int) -> None:
        """Choose a longer (positive) or shorter sweep."""
        at = SWEEPS_S.index(self.sweep_s) + steps
        self.sweep_s = SWEEPS_S[min(max(at, 0), len(SWEEPS_S) - 1)]
        self._discard_canvas()

    # geometry -----------------------------------------------------------------------------------------------------

    @property
    def _window(self) -> int:
        return round(self.sweep_s * self._rate_hz)

    @property
    def _px_per_sample(self) -> float:
        return max(self.width() - GUTTER_PX, 1) / self._window

    def _x(self, sample: int) -> float:
        return GUTTER_PX + (sample % self._window) * self._px_per_sample

    def _rows(self) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """Centre and height of each channel's row; the scale is half a row up and half a row down."""
        return self._centres, self._heights

    def _lay_out_rows(self) -> None:
        n_channels = len(self._names)
        shares = np.ones(n_channels)
        if n_channels > MANY:
            shares[sorted(self._used)] = WIDER
        self._heights = (self.height() - TOP_PX) * shares / max(shares.sum(), 1.0)
        self._centres = TOP_PX + np.cumsum(self._heights) - self._heights / 2

    def _on_screen(self, sample: int) -> bool:
        return self._next - self._window + self._bar_samples < sample <= self._next

    # painting -----------------------------------------------------------------------------------------------------

    def _discard_canvas(self) -> None:
        """Have everything painted anew, once, when it is seen: a new page or theme brings many changes in a row."""
        self._lay_out_rows()
        self._canvas = QPixmap()
        self.update()

    def _paint_all(self) -> None:
        self._canvas = QPixmap(self.size() * self.devicePixelRatioF())
        self._canvas.setDevicePixelRatio(self.devicePixelRatioF())
        self._canvas.fill(QColor(tokens().plot))
        if self._names:
            painter = QPainter(self._canvas)
            self._paint_gutter(painter)
            self._paint_ground(painter, QRectF(GUTTER_PX, 0, self.width() - GUTTER_PX, self.height()))
            self._paint_range(painter, max(self._first, self._next - self._window + self._bar_samples))
            for held in self._held:
                self._hatch(painter, held, max(held.start, self._next - self._window + self._bar_samples))
            painter.end()

    @property
    def _bar_samples(self) -> int:
        return int(BAR_PX / self._px_per_sample) + 1

    def _advance(self, begin: int) -> None:
        """Paint the columns of samples ``begin .. next`` and clear the bar ahead of them."""
        painter = QPainter(self._canvas)
        if self._next - begin >= self._window:
            begin = self._next - self._window + 1
        left, right = self._x(begin), self._x(self._next)
        end = self.width()
        spans = (
            [(left, right + BAR_PX)] if right >= left else [(left, float(end)), (float(GUTTER_PX), right + BAR_PX)]
        )
        if right + BAR_PX > end:
            spans.append((float(GUTTER_PX), GUTTER_PX + right + BAR_PX - end))
        for start, stop in spans:
            # The column that the newest trace already shares is left alone.
            start += 0.5 if start > GUTTER_PX else 0.0
            self._paint_ground(painter, QRectF(start, 0, min(stop, end) - start, self.height()))
            self.update(QRect(int(start) - 2, 0, int(stop - start) + 5, self.height()))
        self._paint_range(painter, begin)
        painter.end()

    def _forget_old(self) -> None:
        oldest = self._next - self._ring.shape[1]
        while self._held and self._held[0].stop < oldest:
            self._held.popleft()
        while self._gaps and self._gaps[0][0] < oldest:
            self._gaps.popleft()

    def _paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        theme = tokens()
        painter.fillRect(rect, QColor(theme.plot))
        painter.setPen(QPen(colour(theme.hairline, 0.6), 1))
        for y in self._rows()[0]:
            painter.drawLine(QLineF(rect.left(), y, rect.right(), y))

    def _paint_gutter(self, painter: QPainter) -> None:
        theme = tokens()
        rows = self._rows()[0]
        free_from = 0.0
        # Where rows are lower than a line of text, names are left out, but never those of channels in use.
        reserved = [(rows[i] - 8, rows[i] + 8) for i in self._used]
        for i in range(len(self._names)):
            used = i in self._used
            top, bottom = rows[i] - 7, rows[i] + 7
            crowded = top < free_from or any(top < stop and bottom > start for start, stop in reserved)
            if crowded and not used:
                continue
            free_from = bottom
            painter.setFont(font(SECONDARY_PX, bold=used))
            painter.setPen(QColor(theme.text if used or not self._used else theme.text2))
            painter.drawText(
                QRectF(6, rows[i] - 10, GUTTER_PX - 10, 20), Qt.AlignmentFlag.AlignVCenter, self._names[i]
            )

    def _paint_range(self, painter: QPainter, begin: int) -> None:
        """Traces of samples from the one before `begin` to the newest, wrapped where the sweep wraps."""
        if self._next <= begin:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = tokens()
        rows, heights = self._rows()
        px_per_uv = (heights / (2 * self.scale_uv))[:, np.newaxis]
        # Channels in use are drawn last, over the others.
        order = sorted(range(len(self._names)), key=lambda i: i in self._used)
        pens = {used: QPen(QColor(theme.text if used else theme.border), TRACE_PX) for used in (False, True)}
        for start, stop in self._pieces(max(begin - 1, self._first), self._next):
            if stop - start < 2:
                continue
            samples = np.arange(start, stop)
            x = GUTTER_PX + (samples % self._window) * self._px_per_sample
            uv = self._ring[:, samples % self._ring.shape[1]].astype(np.float64)
            y = rows[:, np.newaxis] - np.clip(uv, -CLIP_ROWS * self.scale_uv, CLIP_ROWS * self.scale_uv) * px_per_uv
            for i in order:
                painter.setPen(pens[i in self._used or not self._used])
                painter.drawPolyline(_polygon(x, y[i]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for sample, _ in self._gaps:
            if begin <= sample <= self._next:
                painter.setPen(QPen(QColor(theme.warn), 2, Qt.PenStyle.DashLine))
                painter.drawLine(QLineF(self._x(sample), 0, self._x(sample), self.height()))

    def _pieces(self, start: int, stop: int) -> list[tuple[int, int]]:
        """``start .. stop`` cut where the sweep returns to the left and where samples are missing."""
        window = self._window
        cuts = set(range((start // window + 1) * window, stop, window))
        cuts |= {sample for sample, _ in self._gaps if start < sample < stop}
        edges = [start, *sorted(cuts), stop]
        return list(pairwise(edges))

    def _hatch(self, painter: QPainter, held: _Held, begin: int) -> None:
        brush = QBrush(colour(tokens().text2, 0.4), Qt.BrushStyle.BDiagPattern)
        stop = min(held.stop, self._next)
        if stop <= begin:
            return
        for start, end in self._pieces(begin, stop):
            left, right = self._x(start), self._x(start) + (end - start) * self._px_per_sample
            painter.fillRect(QRectF(left, TOP_PX, right - left, self.height()), brush)
            self.update(QRect(int(left) - 1, 0, int(right - left) + 3, self.height()))
        held.drawn_to = stop

    def _label_rect(self, held: _Held) -> QRect:
        return QRect(0, 0, self.width(), TOP_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._canvas.isNull():
            self._paint_all()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._canvas)
        theme = tokens()
        painter.setFont(font(SECONDARY_PX))
        if not self._names:
            painter.setPen(QColor(theme.text2))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Waiting for the first sample"))
        metrics = painter.fontMetrics()
        labels = [(held.start, held.words) for held in self._held] + list(self._gaps)
        shown = [(self._x(start), words) for start, words in labels if self._on_screen(start)]
        free_from = 0.0
        for left, words in sorted(shown):
            width = metrics.horizontalAdvance(words) + 8
            left = min(left, self.width() - width)  # the last one ends where the sweep does
            box = QRectF(left, 2, width, TOP_PX - 4)
            if left >= free_from:
                painter.fillRect(box, QColor(theme.raised))
                painter.setPen(QColor(theme.text))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
                free_from = box.right() + 4
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._discard_canvas()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._discard_canvas()
        super().changeEvent(event)


def _polygon(x: NDArray[np.floating], y: NDArray[np.floating]) -> QPolygonF:
    return QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)])
