"""The individual alpha frequency: the spectrum it was seen in, what it is, and another one by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from nfb.dsp.alpha_peak import SHOWN_HZ
from nfb.model.events import AlphaPeakFound
from nfb.session.refusals import IAF_LIMITS_HZ
from nfb.ui.help import with_tip
from nfb.ui.language import tr
from nfb.ui.session_view import SessionView
from nfb.ui.theme import SECONDARY_PX, colour, font, tokens
from nfb.ui.vocabulary import alpha_words
from nfb.ui.widgets.small import IconButton, label, row

HEAD_PX, FOOT_PX = 18, 16
_TICKS_HZ = (4, 8, 12, 16, 20)
_NO_PEAK = "no clear peak: "


class AlphaPlot(QWidget):
    """Log power from 4 to 20 Hz with the 1/f line and the peak; it computes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.found: AlphaPeakFound | None = None

    def sizeHint(self) -> QSize:
        return QSize(260, 108)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 76)

    def show_found(self, found: AlphaPeakFound | None) -> None:
        self.found = found
        self.setAccessibleName("" if found is None else found.why)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        found = self.found
        if found is None:
            return
        theme, painter = tokens(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SECONDARY_PX))
        plot = QRectF(self.rect()).adjusted(0, HEAD_PX, 0, -FOOT_PX)
        painter.fillRect(plot, QColor(theme.plot))
        painter.setPen(QColor(theme.text2))
        sites = " ".join(found.channels[:3]) + (" …" if len(found.channels) > 3 else "")
        words = tr("Eyes closed, log power · {sites}", sites=sites)
        elided = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(0, 0, self.width(), HEAD_PX - 2), Qt.AlignmentFlag.AlignLeft, elided)
        if found.log10_psd:
            self._paint_curve(painter, plot, found)
        painter.end()

    def _paint_curve(self, painter: QPainter, plot: QRectF, found: AlphaPeakFound) -> None:
        theme = tokens()
        low = min(*found.log10_psd, *found.log10_line) - 0.1
        high = max(*found.log10_psd, *found.log10_line) + 0.15

        def x(hz: float) -> float:
            return plot.left() + plot.width() * (hz - SHOWN_HZ[0]) / (SHOWN_HZ[1] - SHOWN_HZ[0])

        def line(values: tuple[float, ...]) -> QPolygonF:
            levels = (plot.bottom() - plot.height() * (value - low) / (high - low) for value in values)
            return QPolygonF([QPointF(x(hz), y) for hz, y in zip(found.frequencies_hz, levels, strict=True)])

        painter.setPen(QPen(colour(theme.hairline, 0.8), 1))
        for hz in _TICKS_HZ[1:-1]:
            painter.drawLine(QLineF(x(hz), plot.top(), x(hz), plot.bottom()))
        painter.setPen(QPen(QColor(theme.text2), 1.5, Qt.PenStyle.DashLine))
        painter.drawPolyline(line(found.log10_line))
        painter.setPen(QPen(QColor(theme.accent), 1.75))
        painter.drawPolyline(line(found.log10_psd))
        if found.hz is not None:
            painter.setPen(QPen(QColor(theme.text), 1))
            painter.drawLine(QLineF(x(found.hz), plot.top(), x(found.hz), plot.bottom()))
            beside = QRectF(x(found.hz) + 5, plot.top() + 2, 80, 18)
            painter.drawText(beside, Qt.AlignmentFlag.AlignLeft, f"{found.hz:.1f} Hz")
        painter.setPen(QColor(theme.text2))
        painter.drawText(plot.adjusted(0, 2, -4, 0), Qt.AlignmentFlag.AlignRight, tr("dashed: 1/f"))
        for hz in _TICKS_HZ:
            align, left = Qt.AlignmentFlag.AlignHCenter, x(hz) - 24
            if hz == _TICKS_HZ[0]:
                align, left = Qt.AlignmentFlag.AlignLeft, plot.left()
            elif hz == _TICKS_HZ[-1]:
                align, left = Qt.AlignmentFlag.AlignRight, plot.right() - 48
            said = f"{hz} Hz" if hz == _TICKS_HZ[-1] else str(hz)
            painter.drawText(QRectF(left, plot.bottom() + 1, 48, FOOT_PX), align, said)


class AlphaPanel(QWidget):
    """The peak as it was found, or why there is none; and a way to set it by hand.

    Attributes
    ----------
    chosen
        Signal: a frequency (Hz) or None for the fixed bands, and the reason.
    """

    chosen = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.plot = AlphaPlot()
        self.words = label("", wrap=True)
        with_tip(self.words, "individual alpha frequency")
        self.change = IconButton(tr("Change …"), tip=tr("Set the alpha peak by hand, with a reason"))
        self.change.setCheckable(True)
        self.hz = QLineEdit(placeholderText=tr("Hz or none"))
        self.hz.setFixedWidth(116)
        self.hz.setAccessibleName(tr("Alpha peak, from 5 to 15 Hz, or none"))
        self.reason = QLineEdit(placeholderText=tr("Reason"))
        self.reason.setAccessibleName(tr("Reason"))
        self.use = IconButton(tr("Use"))
        self.problem = label("", "secondary", wrap=True)
        self._form = row(self.hz, self.reason, self.use)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        line = row(self.words, self.change)
        beside = line.layout()
        assert isinstance(beside, QHBoxLayout)
        beside.setStretch(0, 1)
        for part in (self.plot, line, self._form, self.problem):
            layout.addWidget(part, 1 if part is self.plot else 0)
        self.change.toggled.connect(self._show_form)
        self.use.clicked.connect(self._choose)
        self.hz.returnPressed.connect(self.reason.setFocus)
        self.reason.returnPressed.connect(self._choose)
        self._misfit: Callable[[float], str] = lambda _: ""
        self._show_form(False)

    def show_view(self, view: SessionView) -> None:
        """What the session knows of the alpha peak now; hidden where no band follows one and none was looked for."""
        self.setVisible(view.alpha is not None or (view.setup is not None and view.setup.follows_peak))
        if view.setup is None:
            return
        self._misfit = view.setup.misfit
        if view.alpha is not self.plot.found:
            self.plot.show_found(view.alpha)
            self.change.setChecked(False)
        drawn = view.alpha is not None and bool(view.alpha.log10_psd)
        self.plot.setVisible(drawn)
        # A line of words without a plot leaves the room to the spectrum above it.
        high = QSizePolicy.Policy.Preferred if drawn else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Preferred, high)
        self.words.setText(peak_words(view))

    def _show_form(self, shown: bool) -> None:
        self._form.setVisible(shown)
        self._say("")
        if shown:
            self.hz.clear()
            self.reason.clear()
            self.hz.setFocus()

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _choose(self) -> None:
        text = self.hz.text().strip().casefold().removesuffix("hz").strip()
        none = text in ("none", tr("none").casefold())
        hz = None if none else _number(text)
        low, high = IAF_LIMITS_HZ
        if hz is not None and not low <= hz <= high:
            self._say(
                tr("An alpha peak lies from {low} to {high} Hz; or write none.", low=f"{low:g}", high=f"{high:g}")
            )
        elif not self.reason.text().strip():
            self._say(tr("Say why, so that a reader of the session knows."))
        elif hz is not None and self._misfit(hz):
            self._say(tr("The protocol's bands do not fit this peak: {why}", why=self._misfit(hz)))
        else:
            self.change.setChecked(False)
            self.chosen.emit(hz, self.reason.text().strip())


def peak_words(view: SessionView) -> str:
    """The alpha peak that the bands follow, or why they follow none."""
    found = view.alpha
    if view.iaf_reason:
        if view.iaf_hz is None:
            return tr("Fixed bands, by hand: {reason}", reason=view.iaf_reason)
        return tr("Alpha peak {hz} Hz, by hand: {reason}", hz=f"{view.iaf_hz:.1f}", reason=view.iaf_reason)
    if found is not None and found.hz is None:
        reason = alpha_words(found.why.removeprefix(_NO_PEAK))
        return tr("No clear peak: {reason}; the fixed bands are used", reason=reason)
    if found is None and view.iaf_hz is None:
        return tr("No alpha peak is known; the fixed bands are used")
    if found is None:
        return tr("Alpha peak {hz} Hz, from before this session", hz=f"{view.iaf_hz:.1f}")
    if view.iaf_hz is None:
        return tr("Alpha peak outside what the protocol's bands allow; the fixed bands are used")
    return tr("Alpha peak {hz} Hz", hz=f"{view.iaf_hz:.1f}")


def _number(text: str) -> float:
    """A decimal number with point or comma; NaN, which no limit allows, where it is none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan
