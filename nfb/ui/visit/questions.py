"""Rows of sliders for the operator, and the same questions one by one in large letters for the client."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nfb.ui.language import tr
from nfb.ui.theme import CLIENT_PX, DARK, Tokens
from nfb.ui.visit.answers import Answers, Question
from nfb.ui.visit.slider import AnswerSlider
from nfb.ui.widgets.small import label
from nfb.ui.words import capital


class QuestionRows(QWidget):
    """Label, slider and value of each question under each other; `more` can be put behind the last one."""

    def __init__(self, questions: Sequence[Question], answers: Answers, ghost_word: str = "") -> None:
        super().__init__()
        self._answers = answers
        self._questions = {question.key: question for question in questions}
        self._ghost_word = ghost_word
        self.sliders: dict[str, AnswerSlider] = {}
        self._values: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        for at, question in enumerate(questions):
            slider = AnswerSlider()
            slider.setAccessibleName(question.label)
            slider.setToolTip(f"0 {tr(question.low_word)} – 10 {tr(question.high_word)}")
            slider.answered.connect(lambda value, key=question.key: answers.put(key, value))
            name = label(question.label, wrap=True)
            name.setBuddy(slider)
            name.setToolTip(slider.toolTip())
            value = label("", "secondary")
            value.setMinimumWidth(58)
            grid.addWidget(name, at, 0)
            grid.addWidget(slider, at, 1)
            grid.addWidget(value, at, 2)
            self.sliders[question.key], self._values[question.key] = slider, value
            self._show(question.key)
        grid.setColumnMinimumWidth(0, 72)
        grid.setColumnStretch(1, 1)
        answers.changed.connect(self._show)

    def _show(self, key: str) -> None:
        question, slider = self._questions.get(key), self.sliders.get(key)
        if question is None or slider is None:
            return
        value = self._answers.get(key)
        slider.show_value(value, question.ghost)
        if value is None:
            shown = "" if question.ghost is None else tr("last {n}", n=f"{question.ghost:g}")
        else:
            shown = f"{value:g}" if question.ghost is None else f"{question.ghost:g} → {value:g}"
        self._values[key].setText(capital(shown))


class ClientQuestions(QWidget):
    """One question at a time on the client's screen; answers are told as they are given.

    Attributes
    ----------
    done
        Signal: the client went on from the last question.
    """

    done = Signal()

    def __init__(self, questions: Sequence[Question], answers: Answers) -> None:
        super().__init__()
        self._questions, self._answers = list(questions), answers
        self._at = 0
        # The client's surround is dark in either theme.
        self.setAutoFillBackground(True)
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Window, DARK.plot)
        self.setPalette(palette)
        self.setStyleSheet(_style(DARK))
        self.title = QLabel()
        self.title.setWordWrap(True)
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.slider = AnswerSlider(18)
        self.slider.colours = lambda: DARK
        self.slider.answered.connect(self._answered)
        self.low, self.high = QLabel(), QLabel()
        self.go_on = QPushButton(tr("Next"))
        self.go_on.clicked.connect(self.next)
        self.back = QPushButton(tr("Back"))
        self.back.clicked.connect(self.previous)
        for button in (self.go_on, self.back):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        words = QHBoxLayout()
        words.addWidget(self.low)
        words.addStretch(1)
        words.addWidget(self.high)
        buttons = QHBoxLayout()
        buttons.addWidget(self.back)
        buttons.addStretch(1)
        buttons.addWidget(self.go_on)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(48, 32, 48, 32)
        layout.setSpacing(16)
        layout.addStretch(1)
        layout.addWidget(self.title)
        layout.addStretch(1)
        layout.addWidget(self.slider)
        layout.addLayout(words)
        layout.addStretch(2)
        layout.addLayout(buttons)
        answers.changed.connect(lambda _: self._show())
        self._show()

    @property
    def finished(self) -> bool:
        return self._at >= len(self._questions)

    def next(self) -> None:
        """Go on; after the last question thank and tell."""
        if self._at < len(self._questions):
            self._at += 1
            self._show()
            if self._at == len(self._questions):
                self.done.emit()

    def previous(self) -> None:
        self._at = max(0, self._at - 1)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_PageDown, Qt.Key.Key_Space):
            self.next()
        elif event.key() == Qt.Key.Key_PageUp:
            self.previous()
        else:
            super().keyPressEvent(event)

    def _answered(self, value: int | None) -> None:
        if not self.finished:
            self._answers.put(self._questions[self._at].key, value, by_client=True)

    def _show(self) -> None:
        for part in (self.slider, self.low, self.high, self.go_on):
            part.setVisible(not self.finished)
        self.back.setVisible(self._at > 0)
        if self.finished:
            self.title.setText(tr("Thank you."))
            return
        question = self._questions[self._at]
        self.title.setText(question.label)
        self.slider.setAccessibleName(question.label)
        self.slider.show_value(self._answers.get(question.key), question.ghost)
        self.low.setText(capital(tr(question.low_word)))
        self.high.setText(capital(tr(question.high_word)))
        if self.isVisible():
            self.slider.setFocus()


def _style(theme: Tokens) -> str:
    return f"""
QLabel {{ color: {theme.text}; font-size: {CLIENT_PX}px; }}
QPushButton {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.border};
    border-radius: 8px; font-size: {CLIENT_PX}px; min-height: 56px; padding: 0 32px; }}
QPushButton:focus {{ border: 2px solid {theme.accent}; }}
"""
