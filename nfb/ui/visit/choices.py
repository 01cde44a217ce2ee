"""What is trained today and with what: protocol, runs, break, display, sound, comfort profile, headset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from nfb.engine.visit import Carried, Choices, as_trained
from nfb.model.protocol import Protocol
from nfb.practice.comfort import PHOTOSENSITIVE, PROFILES, is_fixed, with_profile
from nfb.practice.errors import FieldError
from nfb.practice.plans import Plan
from nfb.ui.audio.sounds import MUSIC, chime_names, sound_key
from nfb.ui.desk.fields import NumberField
from nfb.ui.desk.file_field import film_field, music_field
from nfb.ui.desk.words import film_warning
from nfb.ui.feedback.modes import key_of
from nfb.ui.help import glossary_tip, plain_tip, with_tip
from nfb.ui.language import tr
from nfb.ui.launching import DeviceRow, ParamField
from nfb.ui.visit.kinds import feedback_choices, sound_choices
from nfb.ui.widgets.elided import ElidedLabel
from nfb.ui.widgets.other_programs import OtherPrograms
from nfb.ui.widgets.small import Drop, IconButton, form_label, label, row
from nfb.ui.words import capital, clock, parts_words

_LEAST_RUN_S, _MOST_RUN_S, _MOST_RUNS, _MOST_REST_S = 10, 3600, 30, 600


class ChoicesForm(QWidget):
    """The visit's plan as a form; everything begins with what the plan and the last visit say.

    Attributes
    ----------
    changed
        Signal: something was chosen.
    """

    changed = Signal()

    def __init__(
        self,
        choices: Choices,
        protocols: Sequence[tuple[Path, Protocol]],
        devices: Sequence[DeviceRow],
        *,
        photosafe: bool = False,
    ) -> None:
        super().__init__()
        plan = choices.plan
        profiles = {key: tr(profile.name) for key, profile in PROFILES.items()}
        if photosafe:
            profiles = {PHOTOSENSITIVE: profiles[PHOTOSENSITIVE]}
            if plan.comfort != PHOTOSENSITIVE:
                plan = with_profile(plan, PHOTOSENSITIVE)
        self._plan = plan
        self._protocols, self._devices = list(protocols), list(devices)
        self._remembered = dict(choices.params)
        self._params: dict[str, QLineEdit | QComboBox] = {}
        self.protocol = _drop(
            [(tr(protocol.name), protocol.id) for _, protocol in protocols], plan.protocol_id, self._protocol_chosen
        )
        self.runs = NumberField(tr("Runs"), plan.runs, 1, _MOST_RUNS, whole=True)
        self.run_length = _Clock(tr("Length of a run"), plan.run_s, _LEAST_RUN_S, _MOST_RUN_S)
        self.rest = _Clock(tr("Break"), plan.rest_s, 0, _MOST_REST_S)
        self.parts = label("", "secondary", wrap=True)
        self.client_ends = QCheckBox(capital(tr("client may end the break")))
        self.client_ends.setChecked(plan.client_ends_break)
        self.reuse = QCheckBox("")
        shown, heard = _keys_of(plan)
        self.feedback = _drop([(name, key) for key, name in feedback_choices().items()], shown, self._shown_chosen)
        self.sound = _drop([(name, key) for key, name in sound_choices().items()], heard, self._shown_chosen)
        self.chime = _drop([(name, key) for key, name in chime_names().items()], plan.chime, self._tell)
        self.film, self.music = film_field(plan.film), music_field(plan.music)
        self.warning = label(film_warning(), "secondary", wrap=True)
        self.comfort = _drop([(name, key) for key, name in profiles.items()], plan.comfort, self._comfort_chosen)
        headsets = [(tr(device.label), device.name) for device in devices]
        self.device = _drop(headsets, choices.device, self._device_chosen)
        for field, width_px in ((self.runs.widget, 48), (self.run_length.widget, 64), (self.rest.widget, 64)):
            field.setFixedWidth(width_px)
            field.textEdited.connect(self._tell)
        for box in (self.client_ends, self.reuse):
            box.toggled.connect(self._tell)
        for own in (self.film, self.music):
            own.widget.chosen.connect(self._tell)
        self.programs = OtherPrograms(choices.lsl_out, choices.osc)
        self.programs.changed.connect(self._tell)
        self.programs_button = IconButton("")
        self.programs_button.setToolTip(
            plain_tip(tr("Send EEG, feedback and markers to other programs while the session runs."))
        )
        self.programs_button.setCheckable(True)
        self._device_row = row(self.device)
        beside = self._device_row.layout()
        assert isinstance(beside, QHBoxLayout)
        beside.setStretch(0, 3)
        self._device_box = QWidget()
        self._device_form = QFormLayout(self._device_box)
        self._device_form.setContentsMargins(0, 0, 0, 0)
        self._device_form.setVerticalSpacing(6)
        self._build()
        self.programs_button.toggled.connect(self._show_programs)
        self.programs.changed.connect(self._show_programs)
        self.programs_button.setChecked(self.programs.on)
        self._show_programs()
        self.changed.connect(self._show_parts)
        self.offer_thresholds(None)
        self._shown_chosen()
        self._device_chosen()
        self._show_fixed()

    def _build(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(6)
        times, of = label("×"), ElidedLabel(tr("break"), "secondary")
        for name, tip, part in (
            (tr("Protocol"), glossary_tip("protocol"), self.protocol),
            (
                tr("Runs"),
                glossary_tip("run", "break"),
                row(self.runs.widget, times, self.run_length.widget, of, self.rest.widget, None),
            ),
            ("", "", self.parts),
            ("", "", self.client_ends),
            ("", "", self.reuse),
            (tr("Feedback"), glossary_tip("feedback"), self.feedback),
            (self.film.label, "", self.film.widget),
            ("", "", self.warning),
            (tr("Sound"), glossary_tip("chime"), row(self.sound, self.chime)),
            (self.music.label, "", self.music.widget),
            (
                tr("Comfort"),
                plain_tip(
                    tr("Sets target, runs, feedback and sound for how the client is; each can then be changed.")
                ),
                self.comfort,
            ),
            (
                tr("Headset"),
                plain_tip(tr("What the EEG comes from, and where it is connected.")),
                self._device_row,
            ),
        ):
            form.addRow(_short(name, tip), part)
        self._form = form
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(form)
        layout.addWidget(self._device_box)
        others = row(self.programs_button, self.programs, None)
        wide = others.layout()
        assert isinstance(wide, QHBoxLayout)
        wide.setStretch(1, 1000)
        layout.addWidget(others)
        for part, terms in (
            (self.protocol, ("protocol",)),
            (self.runs.widget, ("run",)),
            (self.run_length.widget, ("run", "valid time")),
            (self.rest.widget, ("break",)),
            (self.feedback, ("feedback",)),
            (self.chime, ("chime", "reward")),
        ):
            with_tip(part, *terms)
        for part, words in (
            (self.client_ends, tr("After a break the session waits until the client presses a key.")),
            (self.sound, tr("What the client hears all the while; its volume follows the feedback.")),
            (
                self.comfort,
                tr("Sets target, runs, feedback and sound for how the client is; each can then be changed."),
            ),
            (self.device, tr("What the EEG comes from, and where it is connected.")),
        ):
            part.setToolTip(plain_tip(words))
        self.protocol.setAccessibleName(tr("Protocol"))
        self.runs.widget.setAccessibleName(tr("Number of runs"))
        self.run_length.widget.setAccessibleName(tr("Length of a run, minutes and seconds"))
        self.rest.widget.setAccessibleName(tr("Break, minutes and seconds"))
        self.feedback.setAccessibleName(tr("What the client sees"))
        self.sound.setAccessibleName(tr("What the client hears"))
        self.chime.setAccessibleName(tr("Tone for a reward"))
        self.comfort.setAccessibleName(tr("Comfort profile"))
        self.device.setAccessibleName(tr("Headset"))

    # what is chosen -----------------------------------------------------------------------------------------------

    @property
    def chosen_protocol(self) -> tuple[Path, Protocol] | None:
        at = self.protocol.currentIndex()
        return self._protocols[at] if 0 <= at < len(self._protocols) else None

    @property
    def chosen_device(self) -> str:
        return str(self.device.currentData() or "")

    def params(self) -> dict[str, str]:
        """Connection parameters that are filled in."""
        found = {}
        for key, field in self._params.items():
            text = (field.currentText() if isinstance(field, QComboBox) else field.text()).strip()
            if text:
                found[key] = text
        return found

    def plan(self) -> Plan:
        """Today's plan.

        Raises
        ------
        FieldError
            A field holds nonsense; says which, and its limits.
        """
        refused = self.programs.problem()
        if refused:
            raise FieldError(refused)
        runs = self.runs.value()
        assert isinstance(runs, int)
        chosen = self.chosen_protocol
        protocol = None if chosen is None else chosen[1]
        today = replace(
            self._plan,
            protocol_id=self._plan.protocol_id if protocol is None else protocol.id,
            protocol_version=self._plan.protocol_version if protocol is None else protocol.version,
            runs=runs,
            run_s=self.run_length.value(),
            rest_s=self.rest.value(),
            client_ends_break=self.client_ends.isChecked(),
            comfort=str(self.comfort.currentData()),
            feedback=str(self.feedback.currentData() or ""),
            film=self.film.value(),
            sound=str(self.sound.currentData() or ""),
            music=self.music.value(),
            chime=str(self.chime.currentData()),
        )
        return today if protocol is None else as_trained(today, protocol)

    def choices(self) -> Choices:
        """All of it; raises as :meth:`plan`."""
        return Choices(self.plan(), self.chosen_device, self.params(), self.programs.scope, self.programs.address)

    # what is shown ------------------------------------------------------------------------------------------------

    def offer_thresholds(self, carried: Carried | None) -> None:
        """Offer an earlier visit's thresholds, or none."""
        self._form.setRowVisible(self.reuse, carried is not None)
        if carried is None:
            self.reuse.setChecked(False)
        else:
            self.reuse.setText(capital(tr("thresholds of visit {n}", n=carried.visit)))
            day = f"{carried.started.astimezone():%Y-%m-%d}"
            self.reuse.setToolTip(plain_tip(tr("From {day}; the baseline is then one minute.", day=day)))

    def _show_parts(self) -> None:
        """What the number of runs means where the protocol has several parts."""
        chosen = self.chosen_protocol
        try:
            runs = self.runs.value()
            assert isinstance(runs, int)
            words = parts_words(None if chosen is None else chosen[1], runs, self.run_length.value())
        except FieldError:
            words = ""
        if is_fixed(self._plan):
            words = " ".join((tr("Target, runs and feedback are the protocol’s."), words)).strip()
        self.parts.setText(words)
        self._form.setRowVisible(self.parts, bool(words))

    def _show_programs(self) -> None:
        """That something is sent to others is never out of sight."""
        self.programs.setVisible(self.programs_button.isChecked())
        on = self.programs.on
        self.programs_button.setText(tr("Other programs: on") if on else tr("Other programs …"))

    def set_runs(self, runs: int, run_s: float) -> None:
        self.runs.widget.setText(str(runs))
        self.run_length.widget.setText(clock(run_s))
        self.changed.emit()

    def _tell(self) -> None:
        self.changed.emit()

    def _protocol_chosen(self) -> None:
        self._show_fixed()
        self.changed.emit()

    def _show_fixed(self) -> None:
        """What the profile leaves to the protocol is shown as the protocol has it."""
        fixed, chosen = is_fixed(self._plan), self.chosen_protocol
        for field in (self.runs.widget, self.run_length.widget, self.rest.widget, self.feedback, self.sound):
            field.setEnabled(not fixed)
        if not fixed or chosen is None:
            return
        plan = as_trained(self._plan, chosen[1])
        self.rest.widget.setText(clock(plan.rest_s))
        self.set_runs(plan.runs, plan.run_s)
        _choose(self.feedback, plan.feedback)
        _choose(self.sound, plan.sound)

    def _shown_chosen(self) -> None:
        """Ask for a file where one is needed, and warn of what may flash by itself."""
        mode, sensitive = self.feedback.currentData(), self._plan.comfort == PHOTOSENSITIVE
        self._form.setRowVisible(self.film.widget, mode == "film")
        self._form.setRowVisible(self.warning, sensitive and mode in ("film", "shade"))
        self._form.setRowVisible(self.music.widget, self.sound.currentData() == MUSIC)
        self.changed.emit()

    def _comfort_chosen(self) -> None:
        """A profile sets target, runs, display and sound; each can then be changed."""
        plan = with_profile(self._plan, str(self.comfort.currentData()))
        self._plan = plan
        if not PROFILES[plan.comfort].locked:
            shown, heard = _keys_of(plan)
            _choose(self.feedback, shown)
            _choose(self.sound, heard)
            self.client_ends.setChecked(plan.client_ends_break)
            self.rest.widget.setText(clock(plan.rest_s))
            self.set_runs(plan.runs, plan.run_s)
        self._show_fixed()
        self._shown_chosen()

    def _device_chosen(self) -> None:
        beside = self._device_row.layout()
        assert isinstance(beside, QHBoxLayout)
        for field in self._params.values():
            if beside.indexOf(field) >= 0:
                beside.removeWidget(field)
                field.hide()
                field.deleteLater()
        while self._device_form.rowCount():
            self._device_form.removeRow(0)
        self._params = {}
        device = next((one for one in self._devices if one.name == self.chosen_device), None)
        for param in device.params if device is not None else ():
            remembered = self._remembered.get(param.key, "")
            if not param.required and not remembered and self._params:
                continue  # one optional field is enough here; the others are on the page for headsets
            field = self._field(param, remembered)
            if self._params:
                self._device_form.addRow(_short(tr(param.label)), field)
            else:  # most headsets have one
                beside.addWidget(field, 2)
            self._params[param.key] = field
        self._device_box.setVisible(self._device_form.rowCount() > 0)
        self.changed.emit()

    def _field(self, param: ParamField, remembered: str) -> QLineEdit | QComboBox:
        field: QLineEdit | QComboBox
        if param.choices:
            field = _drop([(choice, choice) for choice in param.choices], remembered, self._tell)
        else:
            field = QLineEdit(remembered, placeholderText=tr(param.hint))
            field.textEdited.connect(self._tell)
        field.setAccessibleName(tr(param.label))
        field.setToolTip(tr(param.label))
        return field


class _Clock:
    """Minutes and seconds, such as 5:00; a plain number is taken as minutes."""

    def __init__(self, name: str, seconds: float, low_s: float, high_s: float) -> None:
        self._name, self._low, self._high = name, low_s, high_s
        self.widget = QLineEdit(clock(seconds))

    def value(self) -> float:
        text = self.widget.text().strip()
        minutes, colon, seconds = text.partition(":")
        try:
            found = 60 * float(minutes.replace(",", ".")) + (float(seconds) if colon else 0.0)
        except ValueError:
            found = float("nan")
        if not self._low <= found <= self._high:
            raise FieldError(
                tr(
                    "{field} = {text}: must be from {low} to {high}, minutes and seconds.",
                    field=self._name,
                    text=f"“{text[:20]}”",
                    low=clock(self._low),
                    high=clock(self._high),
                )
            )
        return found


def _keys_of(plan: Plan) -> tuple[str, str]:
    """Display and sound by the keys that the lists have; empty for the protocol's and the profile's."""
    return key_of(plan.feedback) if plan.feedback else "", sound_key(plan.sound) if plan.sound else ""


def _drop(entries: Sequence[tuple[str, str]], chosen: str, on_change: object) -> Drop:
    made = Drop()
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(6)
    for words, key in entries:
        made.addItem(words, key)
    _choose(made, chosen)
    made.currentIndexChanged.connect(on_change)
    return made


def _choose(drop: Drop, key: str) -> None:
    at = drop.findData(key)
    if at >= 0:
        drop.setCurrentIndex(at)


def _short(text: str, tip: str = "") -> QWidget:
    made = form_label(text)
    made.setMinimumWidth(72)
    made.setToolTip(tip)
    return made
