"""What the baseline proposes: each condition's threshold and share, the share of all together, and other ways."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from nfb.engine.suggest import Suggestion
from nfb.model.protocol import Direction
from nfb.ui.language import tr
from nfb.ui.session_view import SessionView
from nfb.ui.widgets.small import IconButton, label
from nfb.ui.words import capital, feature_name, percent, quantity

LEAST_EXPECTED = 0.40
COLUMNS = 3


class Proposal(QWidget):
    """Shows thresholds that are in force already; its buttons ask for others.

    Attributes
    ----------
    ease, last_visit, this_baseline, train
        Signals: thresholds eased to the overall target, those of the last visit, those of this baseline; go on.
    """

    ease = Signal()
    last_visit = Signal()
    this_baseline = Signal()
    train = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(4)
        self.expected, self.warning = label("", "section"), label("", wrap=True)
        self.ease_button = IconButton("")
        self.last_button = IconButton(tr("Use last visit's thresholds"))
        self.own_button = IconButton(tr("Use this baseline's thresholds"))
        self.train_button = IconButton(tr("Train"), "play", "primary", key="pause")
        for button, signal in (
            (self.ease_button, self.ease),
            (self.last_button, self.last_visit),
            (self.own_button, self.this_baseline),
            (self.train_button, self.train),
        ):
            button.clicked.connect(signal)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.ease_button, self.last_button, self.own_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.train_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(label(tr("Proposed thresholds"), "section"))
        head.addStretch(1)
        head.addWidget(self.expected)
        layout.addLayout(head)
        layout.addLayout(self._grid)
        layout.addWidget(self.warning)
        layout.addLayout(buttons)

    def lines(self) -> list[str]:
        """The conditions as they are shown."""
        texts = []
        for i in range(self._grid.count()):
            item = self._grid.itemAt(i)
            part = item.widget() if item is not None else None
            texts.append(part.property("text") if part is not None else "")
        return texts

    def show_proposal(self, view: SessionView, now: Suggestion | None) -> None:
        """`now` is what the thresholds in force would have given in the baseline."""
        while self._grid.count():
            item = self._grid.takeAt(0)
            part = item.widget() if item is not None else None
            if part is not None:
                part.hide()
                part.deleteLater()
        for i, condition in enumerate(view.conditions):
            feature = view.feature_of(condition)
            sign = "≥" if condition.direction is Direction.UP else "≤"
            share = "" if now is None else f"  ({percent(now.alone[i])})"
            name = capital(feature_name(feature.name))
            said = f"{name} {sign} {quantity(view.thresholds[i], feature.unit)}{share}"
            self._grid.addWidget(label(said), i // COLUMNS, i % COLUMNS)
        self._grid.setColumnStretch(COLUMNS, 1)
        expected = math.nan if now is None else now.expected
        self.expected.setText(capital(tr("all together: {share} expected", share=percent(expected))))
        low = expected < LEAST_EXPECTED
        self.warning.setVisible(low)
        if low:
            self.warning.setText(
                tr("The conditions together leave little to be rewarded. Easing them keeps the client with it.")
            )
        self.ease_button.setText(tr("Ease to {share} overall", share=percent(view.target)))
        self.ease_button.setVisible(now is not None and expected < view.target - 0.02)
        carried = () if view.setup is None else view.setup.thresholds
        has_carried = any(not math.isnan(value) for value in carried)
        is_carried = has_carried and all(
            math.isnan(old) or old == value for old, value in zip(carried, view.thresholds, strict=True)
        )
        self.last_button.setVisible(has_carried and not is_carried)
        self.own_button.setVisible(has_carried and is_carried)
