"""The end of a visit: how it was, what the session shows in plain figures, the note, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from nfb.engine.closing import Closing, calls_for_less, next_plans
from nfb.practice.plans import Plan
from nfb.practice.sessions import SessionEntry
from nfb.ui.language import tr, tr_n
from nfb.ui.told import told
from nfb.ui.visit.answers import Answers, standard_questions
from nfb.ui.visit.check_in_parts import push_up
from nfb.ui.visit.effects_row import EffectsRow
from nfb.ui.visit.plots import AmplitudePlot, RunBars
from nfb.ui.visit.questions import QuestionRows
from nfb.ui.widgets.small import Drop, IconButton, label, panel, row
from nfb.ui.words import clock, feature_name, percent

if TYPE_CHECKING:
    from nfb.report.facts import SessionFacts

_LEAST_NOTE_PX, _MOST_NOTE_PX = 76, 148  # three to six lines; longer notes scroll


class WrapUpPage(QWidget):
    """Shows the session and takes what is said about it; the recording is on disk already.

    Attributes
    ----------
    save_and_close, replay
        Signal: the visit is over; the recording is to be opened, after what was said is kept.
    leave
        Signal: the visit is over, though the client book could not be written.
    report
        Signal: kind of report (``client`` or ``session``).
    reassign
        Signal: code of the right client, and why.
    """

    save_and_close = Signal()
    leave = Signal()
    replay = Signal()
    report = Signal(str)
    reassign = Signal(str, str)

    def __init__(self, title: str, before: Mapping[str, float], plan: Plan, who: str, hint: str = "") -> None:
        super().__init__()
        self.setObjectName("page")
        self._plan, self._hint = plan, hint
        self._plans = next_plans(plan)
        self._note_touched = False
        self._writing_note = False
        self.answers = Answers(self)
        self.title = label(title, "heading")
        self.figures = label("", wrap=True)
        self.rows = QuestionRows(standard_questions(before, sleep=False), self.answers)
        self.effects = EffectsRow()
        self.bars, self.amplitude = RunBars(), AmplitudePlot()
        self.note = QPlainTextEdit(tabChangesFocus=True)
        self.note.setAccessibleName(tr("Note"))
        self.note.setPlaceholderText(tr("Note of this visit"))
        self.next_plan = Drop()
        for key in self._plans:
            self.next_plan.addItem(_plan_words(key, self._plans[key]), key)
        self.next_plan.setAccessibleName(tr("Next visit"))
        self.sign = QCheckBox(tr("Sign as"))
        self.sign_as = QLineEdit(who)
        self.advice = label("", "secondary", wrap=True)
        self.state = label(tr("Reading the recording …"), "secondary", wrap=True)
        self.client_pdf = IconButton(tr("Client PDF"), "file")
        self.session_pdf = IconButton(tr("Note PDF"), "file")
        self.open_replay = IconButton(tr("Open in replay"), "replay")
        self.wrong = IconButton(tr("Wrong client …"))
        self.save = IconButton(tr("Save && close"), "check", "primary", tip=tr("Save and close (Ctrl+Enter)"))
        self.without = IconButton(tr("Leave without"), tip=tr("The recording is on disk"))
        self.right_code = QLineEdit(placeholderText=tr("Code of the right client"))
        self.why = QLineEdit(placeholderText=tr("Why (goes into both audit trails)"))
        self.do_reassign = IconButton(tr("Reassign session"))
        self._reassign_row = row(self.right_code, self.why, self.do_reassign)
        self._build()
        self._wire()
        self._say()

    def _build(self) -> None:
        felt = panel(self.rows, title=tr("Before → after"))
        push_up(felt)
        effects = panel(self.effects, title=tr("Any of these?"))
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(felt, 1)
        top.addWidget(effects, 1)
        pictures = QHBoxLayout()
        pictures.setSpacing(12)
        pictures.addWidget(panel(self.amplitude, title=tr("Amplitude and threshold")), 3)
        pictures.addWidget(panel(self.bars, title=tr("Time in range per run")), 2)
        beside = QVBoxLayout()
        beside.setContentsMargins(12, 6, 12, 6)
        beside.setSpacing(4)
        beside.addWidget(row(label(tr("Next visit")), self.next_plan))
        beside.addWidget(row(self.sign, self.sign_as))
        beside.addWidget(self.advice)
        beside.addWidget(self.state)
        beside.addStretch(1)
        note = QHBoxLayout()
        note.setSpacing(12)
        # By its own wish it would leave a low window's plots no height.
        self.note.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.note.setMinimumHeight(_LEAST_NOTE_PX)
        self.note.setMaximumHeight(_MOST_NOTE_PX)
        note.addWidget(self.note, 3)
        closing = QFrame()
        closing.setObjectName("panel")
        closing.setLayout(beside)
        note.addWidget(closing, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 12)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.title)
        head.addWidget(self.figures, 1)
        layout.addLayout(head)
        layout.addLayout(top)
        layout.addLayout(pictures, 5)
        layout.addLayout(note, 2)
        layout.addWidget(self._reassign_row)
        layout.addWidget(
            row(self.client_pdf, self.session_pdf, self.open_replay, self.wrong, None, self.without, self.save)
        )
        self._reassign_row.hide()
        self.without.hide()
        self.setFocusProxy(next(iter(self.rows.sliders.values())))

    def _wire(self) -> None:
        self.effects.changed.connect(self._say)
        self.note.textChanged.connect(self._note_changed)
        self.client_pdf.clicked.connect(lambda: self.report.emit("client"))
        self.session_pdf.clicked.connect(lambda: self.report.emit("session"))
        self.open_replay.clicked.connect(self.replay)
        self.save.clicked.connect(self.save_and_close)
        self.without.clicked.connect(self.leave)
        self.wrong.setCheckable(True)
        self.wrong.toggled.connect(self._reassign_row.setVisible)
        self.do_reassign.clicked.connect(lambda: self.reassign.emit(self.right_code.text(), self.why.text()))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            finish = QShortcut(QKeySequence(keys), self)
            finish.activated.connect(self._finish)

    # what is shown ------------------------------------------------------------------------------------------------

    def show_runs(self, shares: Sequence[float]) -> None:
        self.bars.show_shares(shares)

    def show_closed(self, entry: SessionEntry, facts: SessionFacts | None, note: str) -> None:
        """The recording has been read: figures, pictures and the facts of the note."""
        self.figures.setText(figures_in_words(entry))
        readable = facts is not None
        for button in (self.client_pdf, self.session_pdf):
            button.setEnabled(readable)
        if facts is not None:
            measure = facts.blocks.measure
            title = feature_name(measure.name)
            unit = "" if measure.unit == "1" else measure.unit
            self.amplitude.show_strip(facts.strip, title, f"{title}, {unit}" if unit else title)
        else:
            self.amplitude.show_strip(None, "", "")
        if not self._note_touched:
            self._writing_note = True
            self.note.setPlainText(note)
            self._writing_note = False
        problem = entry.summary.get("problem")
        self.say(tr("The recording is saved.") if readable else told(str(problem or "")))

    def show_ready(self, ready: bool) -> None:
        """Whether what is said can be kept now."""
        for button in (self.client_pdf, self.session_pdf, self.open_replay, self.wrong, self.save):
            button.setEnabled(ready)

    def show_unwritable(self, text: str) -> None:
        """The client book takes nothing: save again, or leave; the recording is on disk."""
        self.say(text)
        self.save.setEnabled(True)
        self.without.show()

    def say(self, text: str) -> None:
        """One line on what was done, or why it could not be."""
        self.state.setText(text)

    def _say(self) -> None:
        words = [self._hint] if self._hint else []
        if calls_for_less(self.effects.effects()):
            words.append(tr("Consider a shorter plan next time."))
        self.advice.setText(" ".join(words))
        self.advice.setVisible(bool(words))

    def _note_changed(self) -> None:
        self._note_touched = self._note_touched or not self._writing_note

    def _finish(self) -> None:
        if self.save.isEnabled():
            self.save_and_close.emit()

    # what is said -------------------------------------------------------------------------------------------------

    def closing(self) -> Closing:
        """Everything that was said, as it stands now."""
        key = str(self.next_plan.currentData())
        return Closing(
            answers=self.answers.all(),
            effects=self.effects.effects(),
            note=self.note.toPlainText(),
            other=self.effects.other_words(),
            sign_as=self.sign_as.text() if self.sign.isChecked() else "",
            next_plan=self.next_plan.currentText(),
            plan=None if key == "same" else self._plans[key],
        )


def figures_in_words(entry: SessionEntry) -> str:
    """The session in one line."""
    parts = [tr("Trained {time}", time=clock(entry.trained_s))]
    clean, in_range = entry.figure("clean_share"), entry.figure("in_range_share")
    if in_range is not None:
        parts.append(tr("{share} in range", share=percent(in_range)))
    if clean is not None:
        parts.append(tr("clean {share}", share=percent(clean)))
    gaps, missing = entry.figure("gaps"), entry.figure("missing_s")
    if gaps is not None:
        words = tr_n("{n} gap", "{n} gaps", int(gaps))
        parts.append(f"{words} ({clock(missing)})" if gaps and missing is not None else words)
    changes = entry.figure("threshold_changes")
    if changes is not None:
        parts.append(tr_n("{n} threshold change", "{n} threshold changes", int(changes)))
    end = entry.summary.get("end")
    if isinstance(end, str):
        parts.append(tr(end))
    return " · ".join(parts)


def _plan_words(key: str, plan: Plan) -> str:
    runs = tr("{runs} × {length}", runs=plan.runs, length=clock(plan.run_s))
    words = {
        "same": tr("Same plan, {runs}", runs=runs),
        "shorter": tr("Shorter runs, {runs}", runs=runs),
        "fewer": tr("Fewer runs, {runs}", runs=runs),
        "easier": tr("Easier, target {share}", share=percent(plan.target)),
    }
    return words[key]
