"""Live words and numbers: the link, the reason of the moment, time in range."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from nfb.model.samples import LinkChange, LinkState
from nfb.ui.widgets.shapes import draw_state
from nfb.ui.widgets.small import label
from nfb.ui.words import percent

_LINK_SIGNS = {LinkState.STREAMING: "good", LinkState.STALLED: "weak", LinkState.LOST: "off", LinkState.FAILED: "off"}


class LinkPill(QWidget):
    """Device, link and battery in one line."""

    def __init__(self) -> None:
        super().__init__()
        self._sign = "unknown"
        self._text = label("", "secondary")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(22, 0, 0, 0)
        layout.addWidget(self._text)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def show_link(self, device: str, link: LinkChange, battery_percent: float | None) -> None:
        battery = f" · battery {battery_percent:.0f} %" if battery_percent is not None else ""
        state = "" if link.state is LinkState.STREAMING else f" · {link.state.value}"
        self._sign = _LINK_SIGNS.get(link.state, "unknown")
        self._text.setText(f"{device or 'No headset'}{state}{battery}")
        self.setToolTip(" ".join(part for part in (link.detail, link.way_out) if part))
        self.update()

    def text(self) -> str:
        return self._text.text()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_state(painter, QPointF(11, self.height() / 2), 6, self._sign)
        painter.end()


class ReasonLine(QLabel):
    """Why there is, or is not, a reward now; the words are the engine's."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("section")
        self.setMinimumHeight(24)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)


class RewardMeter(QWidget):
    """Time in range: last 30 s large, the whole run and the target beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._recent = label("–", "value")
        self._recent_of = label("last 30 s", "secondary")
        self._run = label("–", "section")
        self._target = label("", "secondary")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for part in (self._recent, self._recent_of):
            layout.addWidget(part)
        layout.addStretch(1)
        for part in (self._run, self._target):
            layout.addWidget(part)

    def show_shares(self, recent: float, run: float, rewards: int) -> None:
        self._recent.setText(percent(recent))
        self._run.setText(f"{percent(run)} run")
        self.setAccessibleName(f"In range {percent(recent)} of the last 30 seconds, {rewards} rewards")

    def show_target(self, target: float) -> None:
        """The share that the thresholds are meant to give; NaN before there is one."""
        self._target.setText(f"expected {percent(target)}" if target == target else "")

    def texts(self) -> tuple[str, str, str]:
        return self._recent.text(), self._run.text(), self._target.text()
