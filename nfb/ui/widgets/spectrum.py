"""The trained sites between 1 and 40 Hz: now against the baseline, or the last minute as a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.engine.running_spectrum import RANGE_HZ, RunningSpectrum
from nfb.ui.language import tr
from nfb.ui.theme import SECONDARY_PX, colour, font, tokens

HEAD_PX, FOOT_PX = 18, 16
_LEAST_LABEL_PX, _ROOMY_DECADE_PX = 22, 72
# Ten steps of cividis: even in lightness and the same for colour-blind eyes (doi:10.1371/journal.pone.0199239).
_CIVIDIS = ("00204D", "00336F", "39486B", "575C6D", "707173", "8A8779", "A69D75", "C4B56C", "E4CF5B", "FFEA46")
_COLUMNS = 180  # of the picture: a minute at three a second


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """Another spectrum to compare with, ``(n_bins,)`` Hz and µV²/Hz, and the words that name its line."""

    frequencies_hz: NDArray[np.float64]
    psd: NDArray[np.float64]
    words: str


class SpectrumPlot(QWidget):
    """Draws a :class:`~nfb.engine.running_spectrum.RunningSpectrum`; it computes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._spectrum: RunningSpectrum | None = None
        self._band_hz: tuple[float, float] | None = None
        self._sites = ""
        self.reference: Reference | None = None
        self._exponents = (-1, 1)  # decades of µV/√Hz that are shown
        self.over_time = False
        self.setAccessibleName(tr("Spectrum"))

    def sizeHint(self) -> QSize:
        return QSize(260, 108)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 84)

    def begin(self, spectrum: RunningSpectrum, sites: tuple[str, ...], band_hz: tuple[float, float] | None) -> None:
        """Follow another spectrum; `band_hz` is shaded."""
        self._spectrum, self._band_hz = spectrum, band_hz
        self._sites = " ".join(sites[:3]) + (" …" if len(sites) > 3 else "")
        self._exponents = (-1, 1)
        self.update()

    def show_reference(self, reference: Reference | None) -> None:
        """Dot this spectrum rather than that of the session's own baseline."""
        self.reference = reference
        self.update()

    def switch(self) -> None:
        """Spectrum or spectrogram."""
        self.over_time = not self.over_time
        self.update()

    def summary(self) -> str:
        """One line for a screen reader."""
        if self._spectrum is None or not self._spectrum.psd.size:
            return tr("Spectrum: waiting for two seconds of signal")
        above = self._spectrum.frequencies_hz >= 4.0
        peak_hz = float(self._spectrum.frequencies_hz[above][self._spectrum.psd[above].argmax()])
        return tr("Spectrum of {sites}: largest at {peak} hertz", sites=self._sites, peak=f"{peak_hz:.1f}")

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = tokens(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot = QRectF(self.rect()).adjusted(0, HEAD_PX, 0, -FOOT_PX)
        painter.fillRect(plot, QColor(theme.plot))
        painter.setFont(font(SECONDARY_PX))
        painter.setPen(QColor(theme.text2))
        head = QRectF(0, 0, self.width(), HEAD_PX - 2)
        name = tr("Last minute, Hz") if self.over_time else tr("Spectrum, µV/√Hz")
        words = f"{name} · {self._sites}" if self._sites else name
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft, painter.fontMetrics().elidedText(
            words, Qt.TextElideMode.ElideRight, int(head.width())))  # fmt: skip
        if self._spectrum is not None and self._spectrum.psd.size:
            if self.over_time:
                self._paint_history(painter, plot, self._spectrum)
            else:
                self._paint_lines(painter, plot, self._spectrum)
        else:
            painter.drawText(plot, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.summary())
        painter.end()

    def _x(self, plot: QRectF, hz: float) -> float:
        return plot.left() + plot.width() * (hz - RANGE_HZ[0]) / (RANGE_HZ[1] - RANGE_HZ[0])

    def _paint_lines(self, painter: QPainter, plot: QRectF, spectrum: RunningSpectrum) -> None:
        theme = tokens()
        dotted = self.reference or Reference(spectrum.frequencies_hz, spectrum.baseline, tr("dotted: baseline"))
        shown = (dotted.frequencies_hz >= RANGE_HZ[0]) & (dotted.frequencies_hz <= RANGE_HZ[1])
        hz_dotted = dotted.frequencies_hz[shown]
        now, before = np.sqrt(spectrum.psd), np.sqrt(dotted.psd[shown] if dotted.psd.size else dotted.psd)
        self._exponents = low, high = _decades(now, before, self._exponents)

        def line(hz_of: NDArray[np.float64], density: NDArray[np.float64]) -> QPolygonF:
            level = (np.log10(np.maximum(density, 10.0**low)) - low) / (high - low)
            y = plot.bottom() - plot.height() * np.clip(level, 0.0, 1.0)
            points = zip(hz_of.tolist(), y.tolist(), strict=True)
            return QPolygonF([QPointF(self._x(plot, hz), at) for hz, at in points])

        if self._band_hz is not None:
            left, right = (self._x(plot, min(max(hz, RANGE_HZ[0]), RANGE_HZ[1])) for hz in self._band_hz)
            painter.fillRect(QRectF(left, plot.top(), right - left, plot.height()), colour(_hue(self._band_hz), 0.25))
        painter.setPen(QPen(colour(theme.hairline, 0.8), 1))
        for value in _levels(low, high, plot.height()):
            y = plot.bottom() - plot.height() * (math.log10(value) - low) / (high - low)
            painter.setPen(QPen(colour(theme.hairline, 0.8), 1))
            painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
            painter.setPen(QColor(theme.text2))
            painter.drawText(QPointF(plot.left() + 3, y - 2), f"{value:g}")
        if before.size:
            painter.setPen(QPen(QColor(theme.text2), 1.5, Qt.PenStyle.DotLine))
            painter.drawPolyline(line(hz_dotted, before))
            painter.drawText(plot.adjusted(0, 0, -4, 0), Qt.AlignmentFlag.AlignRight, dotted.words)
        painter.setPen(QPen(QColor(theme.accent), 1.75))
        painter.drawPolyline(line(spectrum.frequencies_hz, now))
        self._paint_foot(painter, plot)

    def _paint_foot(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(QColor(tokens().text2))
        for hz in (1, 10, 20, 30, 40):
            at = self._x(plot, hz)
            flag = Qt.AlignmentFlag.AlignHCenter
            box = QRectF(at - 24, plot.bottom() + 1, 48, FOOT_PX)
            if hz == RANGE_HZ[0]:
                flag, box = Qt.AlignmentFlag.AlignLeft, QRectF(at, box.top(), 48, FOOT_PX)
            elif hz == RANGE_HZ[1]:
                flag, box = Qt.AlignmentFlag.AlignRight, QRectF(at - 60, box.top(), 60, FOOT_PX)
            painter.drawText(box, flag, f"{hz} Hz" if hz == RANGE_HZ[1] else str(hz))

    def _paint_history(self, painter: QPainter, plot: QRectF, spectrum: RunningSpectrum) -> None:
        levels = np.log10(np.maximum(np.array(spectrum.history), 1e-6))  # (n_columns, n_bins)
        low, high = np.quantile(levels, (0.05, 0.99))
        steps = np.clip((levels - low) / max(high - low, 1e-6) * 255, 0, 255).astype(np.uint8)
        pixels = np.ascontiguousarray(steps.T[::-1])
        image = QImage(pixels.data, pixels.shape[1], pixels.shape[0], pixels.shape[1], QImage.Format.Format_Indexed8)
        image.setColorTable(_TABLE)
        width = plot.width() * min(pixels.shape[1] / _COLUMNS, 1.0)
        painter.drawImage(QRectF(plot.right() - width, plot.top(), width, plot.height()), image)
        painter.setPen(QColor(tokens().text2))
        for hz in (10, 20, 30):
            y = plot.bottom() - plot.height() * (hz - RANGE_HZ[0]) / (RANGE_HZ[1] - RANGE_HZ[0])
            painter.fillRect(QRectF(plot.left(), y - 8, 20, 15), colour(tokens().plot, 0.7))
            painter.drawText(QPointF(plot.left() + 2, y + 4), str(hz))
        foot = QRectF(plot.left(), plot.bottom() + 1, plot.width(), FOOT_PX)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, tr("−60 s"))
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, tr("now"))


def _levels(low: int, high: int, height_px: float) -> list[float]:
    """Values between the decades `low` and `high` that get a line: as many as a plot so high has room for."""
    decade_px = height_px / (high - low)
    steps = (1.0, 2.0, 5.0) if decade_px >= _ROOMY_DECADE_PX else (1.0,)
    exponents = range(low, high, 1 if decade_px >= _LEAST_LABEL_PX else 2)
    return [step * 10.0**e for e in exponents for step in steps if step * 10.0**e > 10.0**low]


def _hue(band_hz: tuple[float, float]) -> str:
    return tokens().band(*band_hz)


def _decades(now: NDArray[np.float64], baseline: NDArray[np.float64], shown: tuple[int, int]) -> tuple[int, int]:
    """Whole decades that hold both lines; they grow at once and never shrink, so that the plot stands still."""
    values = np.concatenate([now, baseline])
    values = values[values > 0]
    if not values.size:
        return shown
    low = math.floor(math.log10(float(np.quantile(values, 0.02))))
    high = math.ceil(math.log10(float(values.max())))
    return max(min(low, shown[0]), -3), max(high, shown[1])


def _ramp() -> list[int]:
    """256 colours between the ten of the table."""
    stops = np.array([[int(step[i : i + 2], 16) for i in (0, 2, 4)] for step in _CIVIDIS], dtype=float)
    at = np.linspace(0, len(stops) - 1, 256)
    channels = [np.interp(at, np.arange(len(stops)), stops[:, i]) for i in range(3)]
    return [QColor(*(int(channel[i]) for channel in channels)).rgb() for i in range(256)]


_TABLE = _ramp()
