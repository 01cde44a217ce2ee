"""The tab of a client's page with what is planned."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nfb.practice.plans import AppointmentState, own_symptoms_advice
from nfb.practice.record import AnyStored
from nfb.ui.desk import client_forms, course_forms
from nfb.ui.desk.file import ClientFile
from nfb.ui.desk.host import Host
from nfb.ui.desk.parts import Action, RecordList, scrolled
from nfb.ui.desk.table import local_moment, shown_day
from nfb.ui.desk.words import plan_long
from nfb.ui.language import tr
from nfb.ui.told import told
from nfb.ui.widgets.small import IconButton, label, panel, row


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
        self.plan.setText(
            plan_long(plan, self._host.names) + (f"\n{plan.note}" if plan is not None and plan.note else "")
        )
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
                    tr(s.low_word),
                    tr(s.high_word),
                    "" if s.baseline is None else f"{s.baseline:.1f}",
                    tr("every visit") if s.active else tr("resting"),
                ]
                for s in symptoms
            ],
            read_only=only,
        )
        self.advice.setText(told(own_symptoms_advice(symptoms)) if symptoms else "")
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
