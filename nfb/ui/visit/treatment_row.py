"""A change of medication or another treatment, told at the check-in: one line of fields."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from nfb.practice.treatments import TREATMENT_WORDS, Step, TreatmentEvent
from nfb.ui.desk.fields import ChoiceField, DayField, TextField, TimeField
from nfb.ui.desk.words import step_words
from nfb.ui.help import plain_tip
from nfb.ui.language import tr


class TreatmentRow(QWidget):
    """Kind, name, what happened, dose, day, time.

    Attributes
    ----------
    changed
        Signal: a field is another one.
    """

    changed = Signal()

    def __init__(self, now: datetime) -> None:
        super().__init__()
        kinds = {kind: tr(words) for kind, words in TREATMENT_WORDS.items()}
        self.kind = ChoiceField(tr("Treatment"), kinds, next(iter(kinds)))
        self.name = TextField(tr("Name"), hint=tr("Name, e.g. sertraline"))
        self.step = ChoiceField(tr("What happened"), step_words(), Step.CHANGE)
        self.dose = TextField(tr("Dose"), hint=tr("Dose"))
        self.day = DayField(tr("Day"), now.astimezone().date())
        self.at_time = TimeField(tr("Time"), optional=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for field, stretch, tip in (
            (self.kind, 3, tr("What kind of treatment it is")),
            (self.name, 3, tr("Name of the medication or treatment")),
            (self.step, 2, tr("Whether it began, was changed, or stopped")),
            (self.dose, 1, tr("Dose with its unit, as it is now")),
            (self.day, 0, tr("The day on which it happened")),
            (self.at_time, 0, tr("The time of the day, if it is known")),
        ):
            field.widget.setAccessibleName(field.label)
            field.widget.setToolTip(plain_tip(tip))
            layout.addWidget(field.widget, stretch)
            if isinstance(field.widget, QLineEdit):
                field.widget.textChanged.connect(self.changed)
        self.kind.widget.setMinimumContentsLength(10)
        self.step.widget.setMinimumContentsLength(6)
        for drop in (self.kind.widget, self.step.widget):
            drop.setSizeAdjustPolicy(drop.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            drop.currentIndexChanged.connect(self.changed)
        self.day.widget.setFixedWidth(112)
        self.at_time.widget.setFixedWidth(76)

    def told(self) -> TreatmentEvent | None:
        """The entry; None while it has no name.

        Raises
        ------
        FieldError
            Day or time is none.
        """
        name = self.name.value().strip()
        if not name:
            return None
        day = self.day.value()
        assert day is not None
        return TreatmentEvent(
            self.kind.value(), name, self.step.value(), day, self.at_time.value(), self.dose.value().strip()
        )
