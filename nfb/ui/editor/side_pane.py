"""Beside the form: fit to a headset, delay of each condition, and everything that is still wrong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from nfb.engine.preview import SOON_MS, Budget, FitOn, any_headset, delay_budget, fit_on, headset_info
from nfb.files.protocol_draft import Finding, ProtocolDraft
from nfb.model.errors import NfbError
from nfb.model.montage import adapted_words
from nfb.model.protocol import Protocol
from nfb.ui.editor.fields import FlexLabel, fit_words_into
from nfb.ui.editor.text_tab import finding_words
from nfb.ui.help import with_tip
from nfb.ui.language import tr
from nfb.ui.theme import SECONDARY_PX, font, tokens
from nfb.ui.told import told
from nfb.ui.widgets.shapes import draw_state
from nfb.ui.widgets.small import Drop, label
from nfb.ui.words import capital, feature_name

_WAIT_MS = 150  # a budget designs filters: not while somebody is still typing
_LINE_PX, _LONG_PX = 46, 60  # of a condition: its delay, and its parts in one line or, with a link, in two
ANY = ""


def fit_words(fit: FitOn) -> str:
    """``✓ fits: C3, C4``, or why not."""
    words = {
        "exact": tr("✓ fits: {sites}", sites=", ".join(fit.sites)),
        "adapted": tr("◐ adapted: {sites}", sites=", ".join(fit.sites)),
        "not possible": tr("✗ not possible"),
    }[fit.word]
    placed = None if fit.setup is None else fit.setup.fit
    reason = adapted_words(placed, tr) if placed is not None and placed.adapted else told(fit.reason)
    return f"{words}. {capital(reason)}".strip(" .") + "."


def headset_drop(rows: Sequence[tuple[str, str]]) -> Drop:
    """A list of headsets, the one that has all sites first."""
    drop = Drop()
    drop.setSizeAdjustPolicy(Drop.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    drop.setMinimumContentsLength(16)
    drop.addItem(tr("Any headset"), ANY)
    for name, title in rows:
        drop.addItem(tr(title), name)
    return drop


class BudgetView(QWidget):
    """A line per condition: its delay in all, with a sign whether that is soon, and the parts on hover."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Budget, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, self._line_px() * max(1, len(self._lines)))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self._line_px() * max(1, len(self._lines)))

    def _line_px(self) -> int:
        return _LONG_PX if any(line.device_ms for line in self._lines) else _LINE_PX

    def show_budget(self, lines: tuple[Budget, ...]) -> None:
        self._lines = lines
        self.setAccessibleName(". ".join(f"{_name(line)}: {_parts(line)}" for line in lines))
        self.updateGeometry()
        self.update()

    def words(self) -> list[str]:
        """What is shown, a line per condition."""
        return [f"{_name(line)}: {_total(line)}" for line in self._lines]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, line_px = tokens(), self._line_px()
        for i, line in enumerate(self._lines):
            top = line_px * i
            draw_state(painter, QPointF(9, top + 11), 7, "good" if line.is_soon else "weak")
            painter.setPen(QColor(theme.text))
            painter.setFont(font())
            painter.drawText(26, top, self.width() - 26, 22, Qt.AlignmentFlag.AlignVCenter, _name(line))
            painter.drawText(
                0, top, self.width(), 22, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, _total(line)
            )
            painter.setPen(QColor(theme.text2))
            painter.setFont(font(SECONDARY_PX))
            wrapped = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(0, top + 22, self.width(), line_px - 22, wrapped, _parts(line))
        painter.end()


def _name(line: Budget) -> str:
    return capital(feature_name(line.feature))


def _total(line: Budget) -> str:
    return f"{line.total_ms:.0f} ms {'✔' if line.is_soon else ''}".strip()


def _parts(line: Budget) -> str:
    device = tr(" + link {ms:.0f}", ms=line.device_ms) if line.device_ms else ""
    smoothing = tr(" + smooth {ms:.0f}", ms=line.smoothing_ms) if line.smoothing_ms else ""
    hop = tr(" + hop {ms:.0f}", ms=line.waiting_ms)
    return tr("filter {ms:.0f}", ms=line.estimator_ms) + smoothing + hop + device + " ms"


class SidePane(QWidget):
    """`go_to` asks to show the place of a finding."""

    go_to = Signal(object)

    def __init__(self, headsets: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._protocol: Protocol | None = None
        self._findings: tuple[Finding, ...] = ()
        self.headset = headset_drop(headsets)
        self.headset.activated.connect(lambda _: self._measure())
        self.fit = FlexLabel("", "secondary")
        self.budget = BudgetView()
        self.note = FlexLabel("", "secondary")
        self.problems = QListWidget()
        fit_words_into(self.problems)
        self.problems.itemClicked.connect(self._pressed)
        self.problems.itemActivated.connect(self._pressed)
        self._heading = label(tr("Problems"), "section")
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._timer.timeout.connect(self._measure)
        top = QWidget()
        inner = QVBoxLayout(top)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.setSpacing(8)
        for part in (
            self.headset,
            self.fit,
            with_tip(label(tr("Delay"), "section"), "delay"),
            self.budget,
            self.note,
        ):
            inner.addWidget(part)
        inner.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(top)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(scroll, 3)
        layout.addWidget(self._heading)
        layout.addWidget(self.problems, 2)

    def show_draft(self, draft: ProtocolDraft) -> None:
        if draft.findings != self._findings:
            self._findings = draft.findings
            self.problems.clear()
            for found in draft.findings:
                item = QListWidgetItem(finding_words(found))
                item.setData(Qt.ItemDataRole.UserRole, found)
                self.problems.addItem(item)
        self._heading.setVisible(bool(draft.findings))
        self.problems.setVisible(bool(draft.findings))
        if draft.protocol is not None and draft.protocol != self._protocol:
            self._protocol = draft.protocol
            self._timer.start()

    def _measure(self) -> None:
        """Fit and delay on the chosen headset; delays of a protocol that does not fit are those it would have."""
        if self._protocol is None:
            return
        name = self.headset.currentData()
        try:
            device = any_headset(self._protocol) if name == ANY else headset_info(name)
            fit = fit_on(self._protocol, device)
            elsewhere = fit_on(self._protocol, any_headset(self._protocol)) if fit.setup is None else fit
            lines = delay_budget(elsewhere.setup) if elsewhere.setup is not None else ()
        except NfbError as error:
            self.fit.setText(str(error))
            self.budget.show_budget(())
            return
        self.fit.setText("" if name == ANY and fit.setup is not None else fit_words(fit))
        self.fit.setVisible(bool(self.fit.text()))
        self.budget.show_budget(lines)
        late = [line for line in lines if not line.is_soon]
        self.note.setText(
            tr(
                "Feedback within {ms:.0f} ms is learned from best. A wider band or less smoothing is faster.",
                ms=SOON_MS,
            )
            if late
            else tr("All within {ms:.0f} ms.", ms=SOON_MS)
        )

    def _pressed(self, item: QListWidgetItem) -> None:
        self.go_to.emit(item.data(Qt.ItemDataRole.UserRole))
