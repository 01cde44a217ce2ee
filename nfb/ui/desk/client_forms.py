"""Forms about who a client is: code and identity, consent, intake screen, appointments, erasing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from nfb.practice.book import Book
from nfb.practice.clients import FLAG_WORDS, Client, Consent, Handedness, Identity, Scope, client_code
from nfb.practice.errors import FieldError
from nfb.practice.intake import QUESTIONS, Rule, screen
from nfb.practice.plans import Appointment, AppointmentState
from nfb.practice.record import Stored
from nfb.practice.screening import Answer, Intake, SafetyContact
from nfb.ui.desk.fields import (
    AnswerField,
    ChoiceField,
    DayField,
    FormField,
    ManyField,
    NumberField,
    TextField,
    TimeField,
)
from nfb.ui.desk.file import ClientFile
from nfb.ui.desk.form import Basis, FormPage, Values, put
from nfb.ui.desk.keeper import BookKeeper
from nfb.ui.desk.words import condition_words, hand_words
from nfb.ui.language import tr
from nfb.ui.vocabulary import shown


def _person_fields(client: Client, identity: Identity) -> dict[str, FormField]:
    return {
        "name": TextField(tr("Name (optional)"), identity.name, hint=tr("stays in this client book")),
        "birth_date": DayField(tr("Date of birth"), identity.birth_date, optional=True),
        "contact": TextField(tr("Contact"), identity.contact, lines=True),
        "handedness": ChoiceField(tr("Hand"), hand_words(), client.handedness),
        "flags": ManyField(tr("Flags"), shown(FLAG_WORDS), client.flags),
        "flag_note": TextField(tr("Remark on flags"), client.flag_note),
    }


def _person(values: Values) -> Identity:
    return Identity(values["name"], values["birth_date"], values["contact"])


def _set_identity(book: Book, code: str, identity: Identity, before: Stored[Identity] | None) -> None:
    if before is not None:
        book.change(before, identity)
    elif identity != Identity():
        book.add(code, identity)


def new_client_form(keeper: BookKeeper) -> FormPage:
    """`saved` carries the stored client."""
    fields: dict[str, FormField] = {
        "code": TextField(tr("Code"), hint=tr("letters and digits, such as A031; no name")),
        **_person_fields(Client("A1"), Identity()),
    }
    note = tr(
        "The code stands in file names, window titles and logs. The name is optional and stays in the client book."
    )

    def write(book: Book, values: Values, _: Basis) -> object:
        client = Client(
            client_code(values["code"]),
            values["flags"],
            values["flag_note"],
            Handedness(values["handedness"]),
            date.today(),
        )
        stored = book.add_client(client)
        _set_identity(book, client.code, _person(values), None)
        return stored

    return FormPage(keeper, tr("New client"), fields, write, note=note, save_words=tr("Add client"))


def edit_client_form(keeper: BookKeeper, file: ClientFile) -> FormPage:
    client, identity = file.client.value, file.identity

    def write(book: Book, values: Values, basis: Basis) -> object:
        new = replace(client, flags=values["flags"], flag_note=values["flag_note"], handedness=values["handedness"])
        stored = book.change(basis["client"], new)
        _set_identity(book, client.code, _person(values), basis.get("identity"))
        return stored

    basis: Basis = {"client": file.client}
    if identity is not None:
        basis["identity"] = identity
    fields = _person_fields(client, identity.value if identity is not None else Identity())
    return FormPage(keeper, tr("Edit {client}", client=client.code), fields, write, basis)


def consent_form(keeper: BookKeeper, file: ClientFile, stored: Stored[Consent] | None) -> FormPage:
    """A new consent, or its change (also its withdrawal) if `stored` is given."""
    present = stored.value if stored is not None else Consent("", date.today(), taken_by=keeper.who)
    scopes = {
        Scope.TRAINING: tr("training"),
        Scope.RESEARCH: tr("use in research"),
        Scope.SHARING: tr("sharing of recordings"),
    }
    fields: dict[str, FormField] = {
        "text_version": TextField(tr("Version of the text"), present.text_version),
        "given": DayField(tr("Given on"), present.given),
        "scopes": ManyField(tr("Agreed to"), scopes, present.scopes, columns=1),
        "taken_by": TextField(tr("Taken by"), present.taken_by),
        "guardian": TextField(tr("Guardian, if under 18"), present.guardian),
        "withdrawn": DayField(tr("Withdrawn on"), present.withdrawn, optional=True),
        "note": TextField(tr("Note"), present.note, lines=True),
    }

    def write(book: Book, values: Values, basis: Basis) -> object:
        return put(book, file.code, Consent(**values), basis)

    basis: Basis = {} if stored is None else {"consent": stored}
    return FormPage(keeper, tr("Consent"), fields, write, basis)


def intake_form(keeper: BookKeeper, file: ClientFile) -> FormPage:
    """All questions of the intake screen, and a clinician's confirmation once an answer needs one."""
    present = file.intake.value if file.intake is not None else None
    words = {Answer.NO: tr("no"), Answer.YES: tr("yes"), Answer.UNSURE: tr("not sure")}
    answers = present.answers if present is not None else {}
    asked = {
        key: AnswerField(tr(question.text), words, answers.get(key), lambda: show_needed())
        for key, question in QUESTIONS.items()
    }
    fields: dict[str, FormField] = {**asked}
    words_of = condition_words()
    strict = {key: words_of.get(key, key) for key, q in QUESTIONS.items() if q.rule in (Rule.STOP, Rule.CLINICIAN)}
    confirmed = ManyField(
        tr("A clinician allows training with"), strict, present.confirmed if present is not None else (), columns=1
    )
    fields["confirmed"] = confirmed
    fields["confirmed_by"] = TextField(tr("Clinician"), present.confirmed_by if present is not None else "")
    fields["reason"] = TextField(tr("Reason"), present.reason if present is not None else "", lines=True)

    def write(book: Book, values: Values, basis: Basis) -> object:
        answers = {key: values[key] for key in QUESTIONS if values[key] is not None}
        intake = Intake(datetime.now(UTC), answers, values["confirmed"], values["confirmed_by"], values["reason"])
        return put(book, file.code, intake, basis)

    basis: Basis = {} if file.intake is None else {"intake": file.intake}
    note = tr(
        "An answer of “not sure” counts as a yes. Some conditions stop training, or leave it to a clinician; "
        "what was confirmed is kept with name and reason."
    )
    page = FormPage(keeper, tr("Intake screen"), fields, write, basis, note=note)

    def show_needed() -> None:
        given = {key: field.value() for key, field in asked.items() if field.raw() >= 0}
        found = screen(Intake(datetime.now(UTC), given), file.age)
        needed = {finding.key for finding in found.findings} & strict.keys()
        for key, box in confirmed.boxes.items():
            box.setVisible(key in needed or box.isChecked())
        for key in ("confirmed", "confirmed_by", "reason"):
            page.show_field(key, bool(needed) or bool(confirmed.value()))

    show_needed()
    return page


def appointment_form(keeper: BookKeeper, file: ClientFile, stored: Stored[Appointment] | None) -> FormPage:
    present = stored.value if stored is not None else None
    starts = present.starts.astimezone() if present is not None else None
    states = {
        AppointmentState.BOOKED: tr("booked"),
        AppointmentState.DONE: tr("done"),
        AppointmentState.CANCELLED: tr("cancelled"),
        AppointmentState.MISSED: tr("missed"),
    }
    fields: dict[str, FormField] = {
        "day": DayField(tr("Day"), starts.date() if starts is not None else date.today()),
        "time": TimeField(tr("Begins at"), starts.time() if starts is not None else None),
        "length_min": NumberField(tr("Minutes"), present.length_min if present else 45, 5, 480, whole=True),
        "state": ChoiceField(tr("State"), states, present.state if present else AppointmentState.BOOKED),
        "note": TextField(tr("Note"), present.note if present else ""),
    }

    def write(book: Book, values: Values, basis: Basis) -> object:
        # Local time, as it was said; the book keeps it in UTC.
        begins = datetime.combine(values["day"], values["time"]).astimezone()
        record = Appointment(begins, values["length_min"], values["state"], values["note"])
        return put(book, file.code, record, basis)

    basis: Basis = {} if stored is None else {"appointment": stored}
    return FormPage(keeper, tr("Appointment"), fields, write, basis)


def safety_contact_form(keeper: BookKeeper, stored: Stored[SafetyContact] | None) -> FormPage:
    """Who is responsible in this practice, and the local crisis text."""
    present = stored.value if stored is not None else SafetyContact()
    fields: dict[str, FormField] = {
        "responsible": TextField(tr("Responsible person"), present.responsible),
        "crisis_text": TextField(tr("Local crisis text"), present.crisis_text, lines=True),
        "emergency_numbers": TextField(tr("Emergency numbers"), present.emergency_numbers),
    }
    note = tr(
        "Scales that ask about thoughts of death or self-harm are offered once a responsible person and the crisis "
        "text are set. The client sees both if such an item is answered above “not at all”."
    )

    def write(book: Book, values: Values, _: Basis) -> object:
        return book.set_of_book(SafetyContact(**values))

    return FormPage(keeper, tr("Safety contact of this practice"), fields, write, note=note)


def erase_form(keeper: BookKeeper, file: ClientFile, erase: Callable[[Book, str, str], object]) -> FormPage:
    """Asks for a reason and the typed code; `erase` does it."""
    fields: dict[str, FormField] = {
        "reason": TextField(tr("Reason"), hint=tr("e.g. asked for it")),
        "code": TextField(tr("Type the code {code}", code=file.code)),
    }
    note = tr(
        "Everything about this client leaves the client book and its copies; that and when they were erased stays. "
        "Recordings are files and are not deleted. This cannot be undone."
    )

    def write(book: Book, values: Values, _: Basis) -> object:
        if values["code"].strip().replace("-", "").upper() != file.code:
            raise FieldError(tr("The typed code is not {code}. Nothing was erased.", code=file.code))
        return erase(book, file.code, values["reason"])

    return FormPage(
        keeper,
        tr("Erase {client}", client=file.shown_name),
        fields,
        write,
        note=note,
        save_words=tr("Erase for good"),
        save_icon="trash",
    )
