"""Where the session is: the stages in order, and the time left in the present one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nfb.model.protocol import Stage, StageKind
from nfb.ui.language import tr
from nfb.ui.theme import SECONDARY_PX, font, tokens


def step_word(kind: StageKind | None) -> str:
    """The step that a stage belongs to; None is what comes after the last."""
    if kind is StageKind.CHECK:
        return tr("Signal")
    if kind is StageKind.BASELINE:
        return tr("Baseline")
    return tr("Summary") if kind is None else tr("Train")


class StageStepper(QWidget):
    """Signal – Baseline – Train – Summary, with the present one marked by weight, number and underline."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._steps: list[str] = []
        self._at = -1

    def sizeHint(self) -> QSize:
        return QSize(340, 28)

    def minimumSizeHint(self) -> QSize:
        return QSize(96 * max(len(self._steps), 1), 28)

    def begin(self, stages: tuple[Stage, ...]) -> None:
        words = [step_word(stage.kind) for stage in stages]
        self._steps = [word for i, word in enumerate(words) if word not in words[:i]]
        self._steps.append(step_word(None))
        self._at = -1
        self.updateGeometry()
        self.update()

    def show_stage(self, kind: StageKind | None) -> None:
        """Mark the present step; None marks the summary."""
        word = step_word(kind)
        self._at = self._steps.index(word) if word in self._steps else -1
        self.setAccessibleName(tr("Step {n} of {many}: {step}", n=self._at + 1, many=len(self._steps), step=word))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = min(self.width() / max(len(self._steps), 1), 120.0)
        for i, word in enumerate(self._steps):
            now = i == self._at
            painter.setFont(font(SECONDARY_PX, bold=now))
            painter.setPen(QColor(theme.text if now else theme.text2))
            said = f"{'✓' if i < self._at else i + 1}  {word}"
            box = QRectF(i * width, 0, width - 8, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, said)
            if now:
                painter.setPen(QPen(QColor(theme.accent), 2))
                y = self.height() - 2
                painter.drawLine(
                    int(box.left()), y, int(box.left()) + painter.fontMetrics().horizontalAdvance(said), y
                )
        painter.end()
