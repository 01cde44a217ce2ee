"""The tabs of a client's page except documents: overview, sessions, trends, plan, treatments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nfb.practice.banners import Banner
from nfb.practice.effects import EFFECT_WORDS
from nfb.practice.notes import NoteState
from nfb.practice.plans import AppointmentState, own_symptoms_advice
from nfb.practice.record import AnyStored
from nfb.practice.sessions import CLEAN_SHARE, IN_RANGE_SHARE, SessionEntry
from nfb.practice.treatment_day import treatment_day
from nfb.practice.treatments import TREATMENT_WORDS, Step
from nfb.practice.trends import CAPTION, EMPTY
from nfb.ui.desk import client_forms, course_forms
from nfb.ui.desk.file import ClientFile, consent_words, learning
from nfb.ui.desk.keeper import BookKeeper
from nfb.ui.desk.parts import Action, RecordList, scrolled
from nfb.ui.desk.reports import Kind
from nfb.ui.desk.table import local_moment, shown_day
from nfb.ui.desk.trend_chart import TrendChart, latest_words
from nfb.ui.desk.words import plan_long, source_words, step_words
from nfb.ui.language import tr
from nfb.ui.widgets.small import IconButton, label, panel, row
from nfb.ui.words import clock, percent


@dataclass(frozen=True, slots=True)
class Host:
    """What a tab asks of the page it stands on."""

    keeper: BookKeeper
    root: Path
    open_form: Callable[[QWidget], None]
    replay: Callable[[Path], None]
    report: Callable[[Path, Kind], None]
    edit_plan: Callable[[], None]
    acknowledge: Callable[[Banner], None]


class OverviewTab(QWidget):
    """What to know at a glance: plan, what was last said, latest values, consent and intake."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self._file: ClientFile | None = None
        self.plan = label("", wrap=True)
        self.note = label("", wrap=True)
        self.latest = label("", wrap=True)
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
            (left, (panel(self.plan, title=tr("Plan")), panel(self.goals, title=tr("Goals")),
                    panel(self.note, title=tr("Last note")))),
            (right, (panel(self.latest, self.learning, title=tr("Latest values")),
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
        self.plan.setText(plan_long(file.plan.value if file.plan is not None else None))
        open_goals = [f"· {g.value.text}" for g in file.goals if g.value.reached_on is None]
        self.goals.setText("\n".join(open_goals) or tr("No goals yet."))
        newest = file.notes[-1].value if file.notes else None
        if newest is None:
            self.note.setText(tr("No notes yet."))
        else:
            state = tr("signed") if newest.state is NoteState.SIGNED else tr("not signed yet")
            text = newest.text if len(newest.text) <= 300 else f"{newest.text[:299]}…"
            self.note.setText(f"{local_moment(newest.written)} · {newest.author} · {state}\n{text}")
        lines = [f"{tr(series.label)}: {latest_words(series)}" for series in file.trends.series[:8]]
        self.latest.setText("\n".join(lines) or EMPTY)
        self._host.keeper.run(self, lambda: learning(file), lambda line, _: self._show_learning(line))
        effects = [f"{tr(EFFECT_WORDS[e.effect])} ({e.severity})" for e in file.last_effects]
        today = treatment_day([t.value for t in file.treatments], datetime.now())
        words = [", ".join(effects)] if effects else [tr("No adverse effect reported.")]
        self.effects.setText("\n".join([*words, *(finding.words for finding in today)]))
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
        for button in (self.edit_button, self.intake_button):
            button.setEnabled(not self._host.keeper.read_only)

    def _show_learning(self, line: object) -> None:
        self.learning.setText(getattr(line, "words", ""))

    def _open(self, make: Callable[[BookKeeper, ClientFile], QWidget]) -> None:
        if self._file is not None:
            self._host.open_form(make(self._host.keeper, self._file))


class SessionsTab(QWidget):
    """All sessions, the newest first."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self._entries: list[SessionEntry] = []
        heads = [tr("Visit"), tr("Date"), tr("Protocol"), tr("Trained"), tr("In range"), tr("Clean"), tr("Device")]
        self.list = RecordList(
            tr("Sessions"),
            heads,
            tr("Nothing recorded yet. Start a session at the top of this page."),
            (
                Action(tr("Replay"), "replay", lambda at: host.replay(self._folder(at)), writes=False),
                Action(tr("Report"), "file", lambda at: host.report(self._folder(at), Kind.SESSION), writes=False),
                Action(tr("Open folder"), "folder", self._open_folder, writes=False),
            ),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(self.list)

    def show_file(self, file: ClientFile) -> None:
        entries = sorted((stored.value for stored in file.sessions), key=lambda e: e.number, reverse=True)
        self._entries = entries
        self.list.fill([self._cells(entry) for entry in entries])

    @staticmethod
    def _cells(entry: SessionEntry) -> list[str]:
        shares = [entry.figure(key) for key in (IN_RANGE_SHARE, CLEAN_SHARE)]
        return [
            str(entry.number),
            local_moment(entry.started),
            entry.protocol_id or "–",
            clock(entry.trained_s),
            *(percent(share) if share is not None else "–" for share in shares),
            entry.device or "–",
        ]

    def _folder(self, at: int) -> Path:
        # An absolute folder (one that lies elsewhere) stays as it is.
        return self._host.root / self._entries[at].folder

    def _open_folder(self, at: int) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder(at))))


class TrendsTab(QWidget):
    """Everything that has values on one axis of time."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self.chart = TrendChart()
        self.caption = label(tr(CAPTION), "secondary")
        self.learning = label("", "secondary", wrap=True)
        self.empty = label(tr(EMPTY), "secondary")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.empty)
        layout.addWidget(scrolled(self.chart), 1)
        layout.addWidget(self.learning)
        layout.addWidget(self.caption, 0, Qt.AlignmentFlag.AlignRight)

    def show_file(self, file: ClientFile) -> None:
        found = file.trends
        # One visit makes no trend; scales and treatments are drawn as soon as there is anything.
        worth = len(file.sessions) >= 2 or bool(file.results) or bool(file.treatments)
        self.chart.show_trends(found)
        self.empty.setVisible(not worth)
        for part in (self.chart, self.caption, self.learning):
            part.setVisible(worth)
        self._host.keeper.run(self, lambda: learning(file), self._show_learning)

    def _show_learning(self, line: object, _: Exception | None) -> None:
        self.learning.setText(getattr(line, "words", ""))


class PlanTab(QWidget):
    """Plan, goals, own symptoms, appointments."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self._file: ClientFile | None = None
        self.plan = label("", wrap=True)
        self.plan_button = IconButton(tr("Edit plan"), "pen")
        self.plan_button.clicked.connect(host.edit_plan)
        self.advice = label("", "secondary", wrap=True)
        forms = course_forms
        self.goals = self._list(
            tr("Goals"), [tr("Goal"), tr("Set on"), tr("Reached on")], tr("No goals yet."), "goals", forms.goal_form
        )
        self.symptoms = self._list(
            tr("Own symptoms"),
            [tr("Symptom"), tr("0"), tr("10"), tr("Weeks before"), tr("Use")],
            tr("No own symptoms yet: 5 to 8 show changes best."),
            "symptoms",
            forms.symptom_form,
        )
        self.appointments = self._list(
            tr("Appointments"),
            [tr("Begins"), tr("Minutes"), tr("State"), tr("Note")],
            tr("No appointments."),
            "appointments",
            client_forms.appointment_form,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        plan = panel(row(label(tr("Plan"), "section"), None, self.plan_button), self.plan)
        layout.addWidget(scrolled(plan, self.appointments, self.goals, self.symptoms, self.advice))

    def _list(self, title: str, heads: list[str], empty: str, of: str, form: Callable[..., QWidget]) -> RecordList:
        def open_form(at: int) -> None:
            if self._file is not None:
                stored: AnyStored | None = None if at < 0 else self._sorted(of)[at]
                self._host.open_form(form(self._host.keeper, self._file, stored))

        actions = (
            Action(tr("Add"), "plus", open_form, on_row=False),
            Action(tr("Change"), "pen", open_form),
        )
        return RecordList(title, heads, empty, actions, most_rows=4)

    def _sorted(self, of: str) -> list[AnyStored]:
        found: list[AnyStored] = list(getattr(self._file, of))
        if of == "appointments":
            found.sort(key=lambda stored: stored.value.starts, reverse=True)
        return found

    def show_file(self, file: ClientFile) -> None:
        self._file = file
        only = self._host.keeper.read_only
        plan = file.plan.value if file.plan is not None else None
        self.plan.setText(plan_long(plan) + (f"\n{plan.note}" if plan is not None and plan.note else ""))
        self.plan_button.setText(tr("Edit plan") if plan is not None else tr("Use a starter plan"))
        self.plan_button.setEnabled(not only)
        self.goals.fill(
            [[g.value.text, shown_day(g.value.set_on), shown_day(g.value.reached_on)] for g in file.goals],
            read_only=only,
        )
        symptoms = [stored.value for stored in file.symptoms]
        self.symptoms.fill(
            [
                [
                    s.label,
                    s.low_word,
                    s.high_word,
                    "–" if s.baseline is None else f"{s.baseline:.1f}",
                    tr("every visit") if s.active else tr("resting"),
                ]
                for s in symptoms
            ],
            read_only=only,
        )
        self.advice.setText(own_symptoms_advice(symptoms) if symptoms else "")
        states = {
            AppointmentState.BOOKED: tr("booked"),
            AppointmentState.DONE: tr("done"),
            AppointmentState.CANCELLED: tr("cancelled"),
            AppointmentState.MISSED: tr("missed"),
        }
        self.appointments.fill(
            [
                [local_moment(a.value.starts), str(a.value.length_min), states[a.value.state], a.value.note]
                for a in self._sorted("appointments")
            ],
            read_only=only,
        )


class TreatmentsTab(QWidget):
    """The log of what goes on beside the training, the newest first."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self._file: ClientFile | None = None
        heads = [tr("Day"), tr("What"), tr("Kind"), tr("Name"), tr("Dose"), tr("Source"), tr("Note")]
        self.list = RecordList(
            tr("Treatments"),
            heads,
            tr("Nothing logged."),
            (
                Action(tr("Add treatment"), "plus", lambda _: self._add(Step.START), on_row=False),
                Action(tr("Change dose"), "pen", lambda at: self._add(Step.CHANGE, at)),
                Action(tr("Stop"), "minus", lambda at: self._add(Step.STOP, at)),
                Action(tr("Given today"), "check", lambda at: self._add(Step.GIVEN, at)),
                Action(tr("Correct"), "undo", self._correct),
            ),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(self.list, 1)
        layout.addWidget(label(tr(CAPTION), "secondary"), 0, Qt.AlignmentFlag.AlignRight)

    def _rows(self) -> list[AnyStored]:
        found: list[AnyStored] = list(self._file.treatments) if self._file is not None else []
        return sorted(found, key=lambda stored: (stored.value.day, stored.id), reverse=True)

    def _add(self, step: Step, at: int = -1) -> None:
        if self._file is not None:
            like = self._rows()[at].value if at >= 0 else None
            self._host.open_form(course_forms.treatment_form(self._host.keeper, self._file, step, like, None))

    def _correct(self, at: int) -> None:
        if self._file is not None:
            stored = self._rows()[at]
            form = course_forms.treatment_form(self._host.keeper, self._file, stored.value.step, None, stored)
            self._host.open_form(form)

    def show_file(self, file: ClientFile) -> None:
        self._file = file
        steps, sources = step_words(), source_words()
        cells = []
        for stored in self._rows():
            event = stored.value
            when = shown_day(event.day) + (f" {event.at_time:%H:%M}" if event.at_time is not None else "")
            kind = tr(TREATMENT_WORDS[event.treatment])
            cells.append([when, steps[event.step], kind, event.name, event.dose, sources[event.source], event.note])
        self.list.fill(cells, read_only=self._host.keeper.read_only)
