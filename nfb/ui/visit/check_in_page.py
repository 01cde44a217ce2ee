"""The check-in: how the client is, what is trained today, and what has to be minded before. Enter goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from nfb.engine.check_in import CheckIn
from nfb.engine.hurdles import Hurdle, hurdles, open_hurdles
from nfb.engine.known import Known
from nfb.engine.slot import USUAL_BASELINE_S, Offer, baseline_of, lengths, offers, slot_ends
from nfb.engine.visit import SHORT_BASELINE_S, Carried, Choices, carried_thresholds, kept_iaf_hz, kept_peak
from nfb.model.protocol import Protocol
from nfb.practice.errors import FieldError
from nfb.practice.treatments import TreatmentEvent
from nfb.session.plan import training_parts
from nfb.ui.desk.fields import NumberField
from nfb.ui.help import plain_tip
from nfb.ui.language import tr
from nfb.ui.launching import DeviceRow
from nfb.ui.told import told
from nfb.ui.visit.answers import Answers, own_questions, standard_questions
from nfb.ui.visit.check_in_parts import asked_counts, asked_ticks, push_up, scrolling, small_fields
from nfb.ui.visit.choices import ChoicesForm
from nfb.ui.visit.hurdle_panel import HurdlePanel
from nfb.ui.visit.questions import QuestionRows
from nfb.ui.visit.slot_bar import SlotBar
from nfb.ui.visit.treatment_row import TreatmentRow
from nfb.ui.widgets.small import IconButton, label, panel, row
from nfb.ui.words import capital, clock


@dataclass(frozen=True, slots=True)
class Ready:
    """A check-in that may go on to the session."""

    check_in: CheckIn
    hurdles: tuple[Hurdle, ...]
    choices: Choices
    protocol: tuple[Path, Protocol]
    carried: Carried | None
    note: str


class CheckInPage(QWidget):
    """Shows what is known of the client, asks, and says why it cannot go on yet.

    Attributes
    ----------
    go_on, leave
        Signal: with a :class:`Ready`; back to the client's page, and nothing is kept.
    acknowledge
        Signal: key of a hurdle, what was done about it.
    show_on_client
        Signal: the questions are to be put on, or taken from, the client's screen.
    """

    go_on = Signal(object)
    leave = Signal()
    acknowledge = Signal(str, str)
    show_on_client = Signal(bool)

    def __init__(
        self,
        known: Known,
        choices: Choices,
        protocols: Sequence[tuple[Path, Protocol]],
        devices: Sequence[DeviceRow],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._known, self._now = known, now
        self._carried: Carried | None = None
        self._hurdles: tuple[Hurdle, ...] = ()
        self._asked_to_leave = False
        self.answers = Answers(self)
        self.standard = standard_questions(known.last, sleep=True)
        self.own = own_questions(known.symptoms, known.last)
        self.choices = ChoicesForm(choices, protocols, devices, photosafe=known.photosafe)
        self.rows = QuestionRows(self.standard, self.answers)
        self.own_rows = QuestionRows(self.own, self.answers)
        self.slot, self.hurdle_panel = SlotBar(), HurdlePanel()
        self.counts = {
            key: NumberField(words, None, low, high, optional=True) for key, words, low, high in asked_counts()
        }
        self.ticks = {key: QCheckBox(words) for key, words in asked_ticks()}
        self.no_change, self.changed = QRadioButton(tr("No")), QRadioButton(tr("Yes …"))
        self.treatment = TreatmentRow(now())
        self.note = QLineEdit(placeholderText=tr("Note on today"))
        self.problem = label("", wrap=True)
        self.on_client = IconButton(tr("Show on client screen"), "monitor")
        self.back = IconButton(tr("Back"), "back")
        self.start = IconButton(tr("Next: signal  ⏎"), "next", "primary")
        self._build()
        self._wire()
        self.refresh()

    # how it is made -----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        known = self._known
        title = label(tr("Visit {n} · {client}", n=known.visit, client=known.shown_name), "heading")
        self.flags = label("", "secondary", wrap=True)
        flags = [tr(words) for words in known.flags()]
        if known.last_effects:
            flags.append(tr("after the last visit: {effects}", effects=known.effects(tr)))
        chosen = self.choices.chosen_protocol
        peak = None if chosen is None else kept_peak(known.sessions, chosen[1].id)
        if peak is not None and peak.hz is not None:
            flags.append(tr("alpha peak {hz} Hz, visit {n}", hz=f"{peak.hz:.1f}", n=peak.visit))
        self.flags.setText(capital(" · ".join(flags)))
        self.offers = QHBoxLayout()
        self.offers.setSpacing(8)
        today = panel(self.rows, small_fields(self.counts, self.ticks), title=tr("Today"))
        push_up(today)
        own = panel(self.own_rows, title=tr("Own items"))
        push_up(own)
        if not self.own:
            own.hide()
        session = panel(self.choices, title=tr("Plan"))
        push_up(session)
        columns = QHBoxLayout()
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(12)
        columns.addWidget(today, 9)
        columns.addWidget(own, 8)
        columns.addWidget(session, 12)
        asked = label(tr("Medication or other treatment changed?"))
        why = plain_tip(
            tr("Medication and other treatments change the EEG and the mood: what began, changed or stopped.")
        )
        for part, name in ((asked, ""), (self.no_change, tr("No change")), (self.changed, tr("Changed"))):
            part.setToolTip(why)
            part.setAccessibleName(name and tr("Medication or other treatment: {said}", said=name))
        self.note.setAccessibleName(tr("Note on today"))
        self.note.setToolTip(plain_tip(tr("Kept with the visit and printed in the session note.")))
        self.back.setToolTip(plain_tip(tr("Back to the client's page; nothing is kept.")))
        self.start.setToolTip(plain_tip(tr("Keep the answers and go on to the signal check (Enter).")))
        self.on_client.setToolTip(plain_tip(tr("The client answers on their own screen, one question at a time.")))
        self.slot.setToolTip(
            plain_tip(tr("Check-in, signal, baseline, training, wrap-up; the line is where the slot ends."))
        )
        self.flags.setToolTip(plain_tip(tr("What to mind with this client, and what the last visit left.")))
        self.no_change.setChecked(True)
        self.treatment.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 12)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(title)
        head.addWidget(self.flags, 2)
        head.addWidget(self.slot, 3)
        layout.addLayout(head)
        layout.addLayout(self.offers)
        layout.addWidget(self.hurdle_panel)
        layout.addWidget(scrolling(columns), 1)
        layout.addWidget(row(asked, self.no_change, self.changed, self.note))
        layout.addWidget(self.treatment)
        layout.addWidget(self.problem)
        layout.addWidget(row(self.back, self.on_client, None, self.start))
        self.problem.hide()
        self.setFocusProxy(next(iter(self.rows.sliders.values())))

    def _wire(self) -> None:
        self.answers.changed.connect(lambda _: self.refresh())
        self.choices.changed.connect(self.refresh)
        self.treatment.changed.connect(self.refresh)
        self.hurdle_panel.changed.connect(self.refresh)
        self.hurdle_panel.acknowledge.connect(self.acknowledge)
        for field in self.counts.values():
            field.widget.textEdited.connect(self.refresh)
        self.changed.toggled.connect(self._treatment_toggled)
        self.start.clicked.connect(self.next)
        self.back.clicked.connect(self._go_back)
        self.on_client.setCheckable(True)
        self.on_client.toggled.connect(self.show_on_client)

    def _treatment_toggled(self, told: bool) -> None:
        self.treatment.setVisible(told)
        if told:
            self.treatment.name.widget.setFocus()
        self.refresh()

    # what is shown ------------------------------------------------------------------------------------------------

    def show_known(self, known: Known) -> None:
        """The client book says something else now, e.g. after an acknowledgement."""
        self._known = known
        self.refresh()

    def show_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    @property
    def touched(self) -> bool:
        """Whether anything was answered that leaving would lose."""
        try:
            answered = bool(self.all_answers())
        except FieldError:
            answered = True
        return answered or bool(self.note.text().strip()) or self.changed.isChecked()

    def _go_back(self) -> None:
        """Leave; where something was answered, say what is lost and wait to be asked again."""
        if self.touched and not self._asked_to_leave:
            self._ask_to_leave(True)
            return
        self.leave.emit()

    def _ask_to_leave(self, asked: bool) -> None:
        self._asked_to_leave = asked
        self.back.setText(tr("Leave without it") if asked else tr("Back"))
        self.show_problem(tr("What was answered here is not kept if you leave.") if asked else "")

    def refresh(self) -> None:
        """Work out anew what stands in the way and how long the visit takes."""
        if self._asked_to_leave:
            self._ask_to_leave(False)
        chosen = self.choices.chosen_protocol
        self._offer_thresholds(chosen)
        try:
            plan, treatment = self.choices.plan(), self._told()
            self._counts()
        except FieldError as error:
            self.show_problem(told(str(error)))
            self.start.setEnabled(False)
            return
        reuse = self.choices.reuse.isChecked()
        full_s, short_s, parts = USUAL_BASELINE_S, SHORT_BASELINE_S, 1
        if chosen is not None:
            protocol = chosen[1]
            peak_known = kept_iaf_hz(self._known.sessions, protocol.id) is not None
            full_s = baseline_of(protocol, peak_known=peak_known)
            short_s = baseline_of(protocol, SHORT_BASELINE_S, peak_known=peak_known)
            parts = training_parts(protocol.stages)
        planned = lengths(plan, short_s if reuse else full_s, reuse=reuse, parts=parts)
        now = self._now()
        ends = slot_ends(self._known.slot, now)
        self.slot.show_visit(planned, now, ends)
        can_reuse = self._carried is not None and not reuse
        found = offers(plan, ends, now, planned.baseline_s, short_s, can_reuse=can_reuse, parts=parts)
        self._show_offers(found)
        mood = self.answers.get("mood")
        self._hurdles = hurdles(
            self._known,
            plan,
            None if chosen is None else chosen[1],
            now,
            treatment=treatment,
            mood=mood,
            around_s=planned.around_s,
        )
        self.hurdle_panel.show_hurdles(self._hurdles)
        left = open_hurdles(self._hurdles, self.hurdle_panel.reason_text())
        self.start.setEnabled(not left and chosen is not None)
        if chosen is None:
            self.show_problem(tr("Choose a protocol."))
        elif self.problem.text():
            self.show_problem("")

    def _offer_thresholds(self, chosen: tuple[Path, Protocol] | None) -> None:
        device = self.choices.chosen_device
        carried = None if chosen is None else carried_thresholds(self._known.sessions, chosen[1], device)
        if carried != self._carried:
            self._carried = carried
            self.choices.offer_thresholds(carried)

    def _show_offers(self, found: tuple[Offer, ...]) -> None:
        while self.offers.count():
            item = self.offers.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if not found:
            return
        self.offers.addWidget(label(tr("The visit would end after its slot:"), "secondary"))
        for offer in found:
            if offer.reuse_thresholds:
                words = tr("Use last visit's thresholds")
            else:
                words = tr("{runs} × {length}", runs=offer.runs, length=clock(offer.run_s))
            button = IconButton(words)
            button.clicked.connect(lambda _=False, taken=offer: self._take(taken))
            self.offers.addWidget(button)
        self.offers.addStretch(1)

    def _take(self, offer: Offer) -> None:
        if offer.reuse_thresholds:
            self.choices.reuse.setChecked(True)
        else:
            self.choices.set_runs(offer.runs, offer.run_s)

    # what is answered ---------------------------------------------------------------------------------------------

    def _told(self) -> TreatmentEvent | None:
        return self.treatment.told() if self.changed.isChecked() else None

    def _counts(self) -> dict[str, float]:
        found = {}
        for key, field in self.counts.items():
            value = field.value()
            if value is not None:
                found[key] = float(value)
        return found

    def all_answers(self) -> dict[str, float]:
        """Everything that was answered; a box that was not ticked counts as answered once anything was."""
        found = {**self.answers.all(), **self._counts()}
        if found or any(box.isChecked() for box in self.ticks.values()):
            found.update({key: float(box.isChecked()) for key, box in self.ticks.items()})
        return found

    def next(self) -> None:
        """Go on if nothing stands in the way."""
        if not self.start.isEnabled():
            return
        chosen = self.choices.chosen_protocol
        assert chosen is not None
        try:
            check_in = CheckIn(
                self.all_answers(),
                self.answers.by_client,
                self._told(),
                reason=self.hurdle_panel.reason_text(),
            )
            choices = self.choices.choices()
        except FieldError as error:
            self.show_problem(told(str(error)))
            return
        carried = self._carried if self.choices.reuse.isChecked() else None
        self.go_on.emit(Ready(check_in, self._hurdles, choices, chosen, carried, self.note.text().strip()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.next()
        else:
            super().keyPressEvent(event)
