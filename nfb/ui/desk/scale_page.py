"""A questionnaire item by item, in its exact words, and the calm page that an answer about danger leads to."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from nfb.practice.book import Book
from nfb.practice.errors import BookError
from nfb.practice.record import Stored
from nfb.practice.scales.definition import Scale
from nfb.practice.scales.result import ScaleResult
from nfb.practice.scales.safety_item import SafetyPage
from nfb.practice.scales.scoring import answered
from nfb.ui.desk.keeper import BookKeeper
from nfb.ui.desk.parts import scrolled
from nfb.ui.language import tr, tr_n
from nfb.ui.told import told
from nfb.ui.widgets.problem import Problem
from nfb.ui.widgets.small import IconButton, label, panel, row

WIDEST_PX = 760


class ScalePage(QWidget):
    """Signals: `saved` with the stored result, `closed`.

    An item that is left out is pointed out once; it may be left out by submitting again, and is then kept as such.
    """

    saved = Signal(object)
    closed = Signal()

    def __init__(self, keeper: BookKeeper, code: str, scale: Scale) -> None:
        super().__init__()
        assert scale.wording is not None
        self.setObjectName("page")
        self._keeper, self._code, self.scale = keeper, code, scale
        self._warned = False
        wording = scale.wording
        self.groups: list[QButtonGroup] = []
        items: list[QWidget] = []
        for number, (text, choices) in enumerate(zip(wording.items, wording.choices, strict=True), start=1):
            group = QButtonGroup(self)
            buttons: list[QWidget | None] = []
            for value, words in zip(wording.values, choices, strict=True):
                button = QRadioButton(words)
                button.setAccessibleName(f"{number}. {text}: {words}")
                group.addButton(button, value)
                buttons.append(button)
            self.groups.append(group)
            items.append(panel(label(f"{number}. {text}", wrap=True), row(*buttons, None, gap_px=24)))
        self.problem = Problem("")
        self.submit_button = IconButton(tr("Submit"), "check", "primary", tip=tr("Ctrl+Enter"))
        self.submit_button.setShortcut("Ctrl+Return")
        self.submit_button.clicked.connect(self.submit)
        cancel = IconButton(tr("Cancel"))
        cancel.clicked.connect(self.closed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(label(scale.name, "heading"))
        layout.addWidget(label(wording.instruction, wrap=True))
        layout.addWidget(scrolled(*items), 1)
        layout.addWidget(self.problem)
        layout.addWidget(row(cancel, None, self.submit_button))

    def begin(self) -> None:
        """Put the focus on the first item."""
        self.groups[0].buttons()[0].setFocus()

    def may_close(self) -> bool:
        """Whether no answer is lost by closing; else it says so."""
        if all(answer is None for answer in self.answers()):
            return True
        self._say(tr("Not submitted yet. Submit it, or cancel."))
        return False

    def answers(self) -> list[int | None]:
        """One per item, None where left out."""
        return [None if group.checkedId() < 0 else group.checkedId() for group in self.groups]

    def submit(self) -> None:
        answers = self.answers()
        missing = [number for number, answer in enumerate(answers, start=1) if answer is None]
        if missing and not self._warned:
            self._warned = True
            shown = ", ".join(map(str, missing))
            self._say(
                tr_n(
                    "Item {items} is not answered. Answer it, or submit again to leave it out.",
                    "Items {items} are not answered. Answer them, or submit again to leave them out.",
                    len(missing),
                    items=shown,
                )
            )
            self.groups[missing[0] - 1].buttons()[0].setFocus()
            return
        try:
            result = answered(self.scale, answers, datetime.now(UTC))
        except BookError as error:
            self._say(told(str(error)))
            return
        self.submit_button.setEnabled(False)
        self._keeper.write(self, lambda book: _add(book, self._code, result), self._written)

    def _written(self, stored: Stored[ScaleResult] | None, error: Exception | None) -> None:
        self.submit_button.setEnabled(True)
        if error is not None:
            self._say(told(str(error)))
        else:
            # First away with the form, so that what `saved` opens is on top.
            self.closed.emit()
            self.saved.emit(stored)

    def _say(self, text: str) -> None:
        self.problem.say(text)


def _add(book: Book, code: str, result: ScaleResult) -> Stored[ScaleResult]:
    return book.add(code, result)


class CrisisPage(QWidget):
    """The practice's own words and numbers; Close is there after some seconds, not before. Signal `closed`."""

    closed = Signal()

    def __init__(self, shown: SafetyPage) -> None:
        super().__init__()
        self.setObjectName("page")
        self._left_s = shown.hold_s
        self.close_button = IconButton("", "check")
        self.close_button.setEnabled(False)
        self.close_button.clicked.connect(self.closed)
        lines = [label(told(shown.text), "section", wrap=True), label(shown.crisis_text, wrap=True)]
        if shown.responsible:
            lines.append(label(tr("Contact here: {person}", person=shown.responsible), wrap=True))
        if shown.emergency_numbers:
            lines.append(label(shown.emergency_numbers, "value", wrap=True))
        for line in lines:
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(48, 32, 48, 24)
        words = QFrame()
        words.setObjectName("panel")
        inside = QVBoxLayout(words)
        inside.setContentsMargins(32, 24, 32, 24)
        inside.setSpacing(12)
        for line in lines:
            inside.addWidget(line)
        words.setMaximumWidth(WIDEST_PX)
        layout.addStretch(1)
        middle = QHBoxLayout()  # a line, for what is aligned by itself is not given the height of its wrapped words
        middle.addWidget(words)
        layout.addLayout(middle)
        layout.addStretch(1)
        layout.addWidget(row(None, self.close_button, None))
        self._timer = QTimer(self, interval=1000)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._show_left()

    def begin(self) -> None:
        self.setFocus()

    def may_close(self) -> bool:
        """Whether it has been shown for long enough."""
        return self._left_s <= 0

    def _tick(self) -> None:
        self._left_s -= 1
        self._show_left()

    def _show_left(self) -> None:
        if self._left_s > 0:
            self.close_button.setText(tr("Please read on … {n:.0f}", n=self._left_s))
            return
        self._timer.stop()
        self.close_button.setText(tr("Close"))
        self.close_button.setEnabled(True)
        self.close_button.setFocus()
