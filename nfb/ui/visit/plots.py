"""Two small pictures of a session: time in range per run, and the trained amplitude with its threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.ui.language import tr
from nfb.ui.theme import SECONDARY_PX, colour, font, tokens
from nfb.ui.words import percent

if TYPE_CHECKING:
    from nfb.report.facts import Strip

_FOOT_PX, _LEFT_PX = 20, 40


class RunBars(QWidget):
    """One bar per run, its share above it; a run without a share is a gap."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._shares: list[float] = []
        self._n_runs = 0

    def sizeHint(self) -> QSize:
        return QSize(220, 110)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 60)

    def show_shares(self, shares: Sequence[float], n_runs: int = 0) -> None:
        """Shares 0..1 in the order of the runs; NaN where a run has none. `n_runs` are planned."""
        self._shares, self._n_runs = list(shares), n_runs
        said = ", ".join(tr("run {n} {share}", n=i, share=percent(share)) for i, share in enumerate(self._shares, 1))
        self.setAccessibleName(tr("Time in range: {runs}", runs=said or "–"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SECONDARY_PX))
        if not self._shares:
            painter.setPen(QColor(theme.text2))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("No run was finished."))
            painter.end()
            return
        bottom, top = self.height() - _FOOT_PX, 18.0
        painter.setPen(QPen(QColor(theme.hairline), 1))
        painter.drawLine(QPointF(0, bottom), QPointF(self.width(), bottom))
        each = self.width() / max(len(self._shares), self._n_runs)
        for i in range(max(len(self._shares), self._n_runs)):
            share = self._shares[i] if i < len(self._shares) else math.nan
            width = min(0.6 * each, 48.0)
            middle = (i + 0.5) * each
            cell = QRectF(i * each, bottom + 2, each, _FOOT_PX - 2)
            painter.setPen(QColor(theme.text2))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(i + 1))
            if math.isnan(share):
                words = tr("not judged") if i < len(self._shares) else ""
                if painter.fontMetrics().horizontalAdvance(words) > each:
                    words = "–"
                painter.drawText(cell.translated(0, -_FOOT_PX), Qt.AlignmentFlag.AlignCenter, words)
                continue
            height = (bottom - top) * min(max(share, 0.0), 1.0)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(QRectF(middle - width / 2, bottom - height, width, height), 3, 3)
            painter.setPen(QColor(theme.text))
            above = QRectF(i * each, bottom - height - 18, each, 18)
            painter.drawText(above, Qt.AlignmentFlag.AlignCenter, percent(share))
        painter.end()


class AmplitudePlot(QWidget):
    """Means of two seconds over the session; breaks shaded, held stretches hatched and left open."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._strip: Strip | None = None
        self._nothing = tr("Reading the recording …")
        self._unit = ""
        self.setAccessibleName(tr("Amplitude and threshold: not read yet"))

    def sizeHint(self) -> QSize:
        return QSize(420, 110)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 70)

    def show_strip(self, strip: Strip | None, title: str, unit: str) -> None:
        """Show a session; None where its recording cannot be read."""
        self._strip, self._unit, self._nothing = strip, unit, tr("There is no recording to show.")
        known = np.empty(0) if strip is None else strip.feature[np.isfinite(strip.feature)]
        if len(known):
            self.setAccessibleName(
                tr("{feature} {value:.1f} {unit} on average", feature=title, value=float(np.mean(known)), unit=unit)
            )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        strip, theme = self._strip, tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SECONDARY_PX))
        known = np.empty(0)
        if strip is not None:
            both = np.concatenate([strip.feature, strip.threshold])
            known = both[np.isfinite(both)]
        if strip is None or not len(known):
            painter.setPen(QColor(theme.text2))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._nothing)
            painter.end()
            return
        self._draw(painter, strip, min(0.0, float(known.min())), 1.05 * float(known.max()) or 1.0)
        painter.end()

    def _draw(self, painter: QPainter, strip: Strip, low: float, high: float) -> None:
        theme = tokens()
        area = QRectF(_LEFT_PX, 4, self.width() - _LEFT_PX - 4, self.height() - _FOOT_PX - 4)
        last = max(float(strip.time_min[-1]), 1e-6)

        def at(minute: float, value: float) -> QPointF:
            return QPointF(
                area.left() + area.width() * minute / last,
                area.bottom() - area.height() * (value - low) / (high - low),
            )

        for spans, brush in (
            (strip.break_min, QBrush(colour(theme.text2, 0.2))),
            (strip.held_min, QBrush(colour(theme.text2, 0.4), Qt.BrushStyle.BDiagPattern)),
        ):
            for begin, end in spans:
                box = QRectF(at(begin, high), at(min(end, last), low))
                painter.fillRect(box, brush)
        painter.setPen(QPen(QColor(theme.hairline), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(QColor(theme.text2))
        side = QRectF(0, area.top(), _LEFT_PX - 6, 16)
        painter.drawText(side, Qt.AlignmentFlag.AlignRight, f"{high:.0f}" if high >= 10 else f"{high:.1f}")
        painter.drawText(side.translated(0, area.height() - 14), Qt.AlignmentFlag.AlignRight, f"{low:.0f}")
        foot = QRectF(area.left(), area.bottom() + 2, area.width(), _FOOT_PX - 2)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, tr("{minutes:.0f} min", minutes=last))
        painter.drawText(foot, Qt.AlignmentFlag.AlignHCenter, self._unit)
        for values, pen in (
            (strip.threshold, QPen(QColor(theme.text2), 1.25, Qt.PenStyle.DashLine)),
            (strip.feature, QPen(QColor(theme.accent), 1.5)),
        ):
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for piece in _pieces(values):
                painter.drawPolyline(QPolygonF([at(float(strip.time_min[i]), float(values[i])) for i in piece]))


def _pieces(values: np.ndarray) -> list[list[int]]:
    """Runs of positions whose values are known."""
    found: list[list[int]] = [[]]
    for i, value in enumerate(values):
        if math.isfinite(float(value)):
            found[-1].append(i)
        elif found[-1]:
            found.append([])
    return [piece for piece in found if len(piece) > 1]
