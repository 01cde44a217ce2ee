"""Live words and numbers: the link, the reason of the moment, time in range."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nfb.engine.delay import DelayPart
from nfb.engine.live import Live
from nfb.engine.watch import SLOW_MS
from nfb.model.samples import LinkChange, LinkState
from nfb.ui.help import plain_tip
from nfb.ui.language import tr
from nfb.ui.told import told
from nfb.ui.widgets.elided import ElidedLabel
from nfb.ui.widgets.notice import Level
from nfb.ui.widgets.shapes import draw_state
from nfb.ui.widgets.small import label
from nfb.ui.words import capital, link_word, percent

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
        parts = [device or tr("No headset")]
        if link.state is not LinkState.STREAMING:
            parts.append(link_word(link.state))
        if battery_percent is not None:
            parts.append(tr("battery {n} %", n=f"{battery_percent:.0f}"))
        self._sign = _LINK_SIGNS.get(link.state, "unknown")
        self._text.setText(" · ".join(parts))
        why = " ".join(told(part) for part in (link.detail, link.way_out) if part)
        self.setToolTip(plain_tip(why or tr("The headset, its link, and its battery where it tells.")))
        self.setAccessibleName(self._text.text())
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
    """Time in range: last 30 s large, the whole run and the share to expect beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._said = ""
        self._recent = label("", "value")
        self._recent.hide()
        self._recent.setFixedHeight(self._recent.sizeHint().height())
        self._recent_of = ElidedLabel("", "secondary")
        self._run, self._target = label(""), label("", "secondary")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (self._recent, self._recent_of):
            layout.addWidget(part)
        layout.addStretch(1)
        # Under each other, so that what the large number says has room beside 100 % in every language.
        run_and_target = QVBoxLayout()
        run_and_target.setSpacing(0)
        for part in (self._run, self._target):
            part.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            run_and_target.addWidget(part)
        layout.addLayout(run_and_target)

    def show_shares(self, recent: float, run: float, rewards: int) -> None:
        known = recent == recent
        self._recent.setVisible(known)
        self._recent.setText(percent(recent))
        self._recent_of.setText(tr("in range, last 30 s") if known else tr("No clean time to judge yet"))
        self._run.setText(tr("{share} run", share=percent(run)) if run == run else "")
        self._said = tr(
            "In range {recent} of the last 30 seconds, {run} of the run", recent=percent(recent), run=percent(run)
        )

    def show_target(self, target: float) -> None:
        """The share that the thresholds are meant to give; NaN before there is one."""
        self._target.setText(tr("expected {share}", share=percent(target)) if target == target else "")

    def summary(self) -> str:
        """One line for a screen reader."""
        return self._said

    def texts(self) -> tuple[str, str, str]:
        return self._recent.text(), self._run.text(), self._target.text()


class LoopPill(QWidget):
    """Delay, loss and clean share in one line; a sign and the cause in words where one of them is off its limit."""

    def __init__(self) -> None:
        super().__init__()
        self._level: Level | None = None
        self.shows_p95 = False
        self._text = ElidedLabel("", "secondary")
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._text, 1)

    def text(self) -> str:
        return self._text.text()

    @property
    def level(self) -> Level | None:
        return self._level

    def show_live(self, live: Live, level: Level | None) -> None:
        """Amber and red come with the part that takes longest; `level` None is as it should be."""
        known = live.loop_delay_ms == live.loop_delay_ms
        parts = []
        if known:
            parts.append(tr("loop {n} ms", n=f"{live.loop_delay_ms:.0f}"))
            if self.shows_p95:
                parts[0] += tr(" (95 %: {n})", n=f"{live.loop_delay_p95_ms:.0f}")
            if level is not None and live.loop_delay_ms > SLOW_MS:
                parts[0] += f": {cause_words(live.delay_part)}"
        parts.append(tr("loss {share} %", share=f"{100 * live.loss_share:.1f}"))
        if live.clean_share == live.clean_share:
            parts.append(tr("clean {share}", share=percent(live.clean_share)))
        self._text.setText(capital(" · ".join(parts)))
        if level is not self._level:
            self._level = level
            self._layout.setContentsMargins(0 if level is None else 22, 0, 0, 0)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._level is not None:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_state(painter, QPointF(10, self.height() / 2), 6, self._level.value)
            painter.end()


def cause_words(part: DelayPart) -> str:
    """What makes a loop slow."""
    words = {
        DelayPart.HEADSET: tr("most of it in the headset's link"),
        DelayPart.FILTERS: tr("most of it in the protocol's filters"),
        DelayPart.COMPUTING: tr("this computer is busy"),
        DelayPart.SCREEN: tr("painting is slow"),
    }
    return words.get(part, "")
