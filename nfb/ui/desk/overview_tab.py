"""The first tab of a client's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nfb.practice.notes import NoteState
from nfb.practice.treatment_day import treatment_day
from nfb.practice.trends import EMPTY
from nfb.ui.desk import client_forms
from nfb.ui.desk.figures import Figures
from nfb.ui.desk.file import ClientFile, consent_words, learning
from nfb.ui.desk.host import Host
from nfb.ui.desk.keeper import BookKeeper
from nfb.ui.desk.parts import scrolled
from nfb.ui.desk.table import local_moment
from nfb.ui.desk.trend_chart import newest_value
from nfb.ui.desk.words import effect_words, plan_long
from nfb.ui.language import tr
from nfb.ui.told import told
from nfb.ui.widgets.small import IconButton, label, panel, row
from nfb.ui.words import capital


class OverviewTab(QWidget):
    """What to know at a glance: plan, what was last said, latest values, consent and intake."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self._file: ClientFile | None = None
        self.plan = label("", wrap=True)
        self.note = label("", wrap=True)
        self.plan_button = IconButton(tr("Use a starter plan"), "pen")
        self.plan_button.clicked.connect(host.edit_plan)
        self._no_plan = row(self.plan_button, None)
        self.latest = Figures()
        self.no_values = label(tr(EMPTY), wrap=True)
        self.learning = label("", "secondary", wrap=True)
        self.effects = label("", wrap=True)
        self.formal = label("", wrap=True)
        self.edit_button = IconButton(tr("Edit client"), "pen")
        self.edit_button.clicked.connect(lambda: self._open(client_forms.edit_client_form))
        self.intake_button = IconButton(tr("Intake screen"), "check")
        self.intake_button.clicked.connect(lambda: self._open(client_forms.intake_form))
        self.goals = label("", wrap=True)
        left = QVBoxLayout()
        right = QVBoxLayout()
        for column, parts in (
            (left, (panel(self.plan, self._no_plan, title=tr("Plan")),
                    panel(self.goals, title=tr("Goals")),
                    panel(self.note, title=tr("Last note")))),
            (right, (panel(self.latest, self.no_values, self.learning, title=tr("Latest values")),
                     panel(self.effects, title=tr("Since the last visit")),
                     panel(self.formal, row(self.edit_button, self.intake_button, None), title=tr("Client")))),
        ):  # fmt: skip
            column.setSpacing(8)
            for part in parts:
                column.addWidget(part)
            column.addStretch(1)
        holder = QWidget()
        columns = QHBoxLayout(holder)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(8)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(scrolled(holder))

    def show_file(self, file: ClientFile) -> None:
        self._file = file
        self.plan.setText(plan_long(file.plan.value if file.plan is not None else None, self._host.names))
        self._no_plan.setVisible(file.plan is None)
        open_goals = [f"• {g.value.text}" for g in file.goals if g.value.reached_on is None]
        self.goals.setText("\n".join(open_goals) or tr("No goals yet."))
        newest = file.notes[-1].value if file.notes else None
        if newest is None:
            self.note.setText(tr("No notes yet."))
        else:
            state = tr("signed") if newest.state is NoteState.SIGNED else tr("not signed yet")
            text = newest.text if len(newest.text) <= 300 else f"{newest.text[:299]}…"
            self.note.setText(f"{local_moment(newest.written)} · {newest.author} · {state}\n{text}")
        lines = [
            (
                tr(series.label),
                newest_value(series),
                "" if series.baseline is None else tr("{level:.1f} before", level=series.baseline),
            )
            for series in file.trends.series[:8]
        ]
        self.latest.show_lines(lines)
        self.latest.setVisible(bool(lines))
        self.no_values.setVisible(not lines)
        self._host.keeper.run(self, lambda: learning(file), lambda line, _: self._show_learning(line))
        today = treatment_day([t.value for t in file.treatments], datetime.now())
        words = [capital(effect_words(file.last_effects)) or tr("No adverse effect reported.")]
        self.effects.setText("\n".join([*words, *(told(finding.words) for finding in today)]))
        screening = file.screening
        intake = (
            tr("Intake screen complete.")
            if screening.may_train
            else tr("Intake screen: {n} open.", n=len(screening.unanswered) or len(screening.findings))
        )
        remarks = [tr(finding.consequence) for finding in screening.findings]
        note = file.client.value.flag_note
        self.formal.setText(
            "\n".join([consent_words(file, date.today()), intake, *dict.fromkeys(remarks), *([note] if note else [])])
        )
        for button in (self.edit_button, self.intake_button, self.plan_button):
            button.setEnabled(not self._host.keeper.read_only)

    def _show_learning(self, line: object) -> None:
        self.learning.setText(getattr(line, "words", ""))

    def _open(self, make: Callable[[BookKeeper, ClientFile], QWidget]) -> None:
        if self._file is not None:
            self._host.open_form(make(self._host.keeper, self._file))
