"""What the baseline proposes: each condition's threshold and share, the share of all together, and other ways."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from nfb.engine.suggest import Suggestion
from nfb.model.protocol import Direction, ThresholdRule
from nfb.session.scatter import MOST_SCATTER, independent_values, share_scatter
from nfb.ui.language import tr
from nfb.ui.session_view import SessionView
from nfb.ui.widgets.small import IconButton, label
from nfb.ui.words import capital, clock, feature_name, percent, quantity

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
        warnings = [] if now is None else chance_words(view, now.alone)
        if expected < LEAST_EXPECTED:
            warnings.append(
                tr("The conditions together leave little to be rewarded. Easing them keeps the client with it.")
            )
        self.warning.setText("\n".join(warnings))
        self.warning.setVisible(bool(warnings))
        self.ease_button.setText(tr("Ease to {share} overall", share=percent(view.target)))
        self.ease_button.setVisible(now is not None and expected < view.target - 0.02)
        carried = () if view.setup is None else view.setup.thresholds
        has_carried = any(not math.isnan(value) for value in carried)
        is_carried = has_carried and all(
            math.isnan(old) or old == value for old, value in zip(carried, view.thresholds, strict=True)
        )
        self.last_button.setVisible(has_carried and not is_carried)
        self.own_button.setVisible(has_carried and is_carried)


def chance_words(view: SessionView, shares: Sequence[float]) -> list[str]:
    """What a short baseline cannot promise of slow features, a sentence each, as the audit trail has it.

    Parameters
    ----------
    shares
        Of the baseline, what passes each condition.
    """
    if view.baseline is None or view.setup is None:
        return []
    clean_s, said = view.baseline.clean_s, []
    for condition, share, carried in zip(view.conditions, shares, view.setup.thresholds, strict=True):
        if condition.threshold.rule is ThresholdRule.FIXED or not math.isnan(carried) or not 0.0 < share < 1.0:
            continue
        feature = view.feature_of(condition)
        scatter = share_scatter(share, independent_values(feature, clean_s))
        if scatter > MOST_SCATTER:
            said.append(
                tr(
                    "{feature} is slow and the baseline short: by chance alone it may be met {points} points more or "
                    "less of the time than expected. {length} of clean baseline or more would tell.",
                    feature=capital(feature_name(feature.name)),
                    points=f"{200 * scatter:.0f}",
                    length=clock(clean_s * (scatter / MOST_SCATTER) ** 2),
                )
            )
    return said
