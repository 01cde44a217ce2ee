"""Forms about a course: goals, own symptoms, treatments, effects, notes, totals of scales, acknowledgements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from nfb.practice.banners import Acknowledgement, Banner
from nfb.practice.book import Book
from nfb.practice.effects import EFFECT_WORDS, SEVERITY_WORDS, AdverseEffect, Effect, Relation
from nfb.practice.errors import FieldError
from nfb.practice.notes import Amendment, Note, signed
from nfb.practice.plans import Goal, OwnSymptom
from nfb.practice.ratings import Moment
from nfb.practice.record import Stored
from nfb.practice.scales.definition import Scale
from nfb.practice.scales.result import ScaleResult
from nfb.practice.scales.scoring import named_total, totalled
from nfb.practice.treatments import TREATMENT_WORDS, Step, TreatmentEvent, TreatmentKind
from nfb.ui.desk.fields import ChoiceField, DayField, FormField, NumberField, TextField, TimeField
from nfb.ui.desk.file import ClientFile
from nfb.ui.desk.form import Basis, FormPage, Values, put
from nfb.ui.desk.keeper import BookKeeper
from nfb.ui.desk.words import source_words, step_words
from nfb.ui.language import tr
from nfb.ui.told import told
from nfb.ui.vocabulary import shown


def goal_form(keeper: BookKeeper, file: ClientFile, stored: Stored[Goal] | None) -> FormPage:
    present = stored.value if stored is not None else Goal("", date.today())
    fields: dict[str, FormField] = {
        "text": TextField(tr("In the client's words"), present.text, lines=True),
        "set_on": DayField(tr("Set on"), present.set_on),
        "reached_on": DayField(tr("Reached on"), present.reached_on, optional=True),
    }

    def write(book: Book, values: Values, basis: Basis) -> object:
        return put(book, file.code, Goal(**values), basis)

    return FormPage(keeper, tr("Goal"), fields, write, {} if stored is None else {"goal": stored})


def symptom_form(keeper: BookKeeper, file: ClientFile, stored: Stored[OwnSymptom] | None) -> FormPage:
    present = stored.value if stored is not None else OwnSymptom("")
    worse = {True: tr("more is worse"), False: tr("more is better")}
    active = {True: tr("rated at every visit"), False: tr("resting")}
    fields: dict[str, FormField] = {
        "label": TextField(tr("Own symptom"), present.label),
        "low_word": TextField(tr("Word for 0"), present.low_word),
        "high_word": TextField(tr("Word for 10"), present.high_word),
        "more_is_worse": ChoiceField(tr("Direction"), worse, present.more_is_worse),
        "good_week": NumberField(tr("In a good week"), present.good_week, 0, 10, optional=True),
        "usual_week": NumberField(tr("In a usual week"), present.usual_week, 0, 10, optional=True),
        "hard_week": NumberField(tr("In a hard week"), present.hard_week, 0, 10, optional=True),
        "active": ChoiceField(tr("Use"), active, present.active),
    }

    def write(book: Book, values: Values, basis: Basis) -> object:
        return put(book, file.code, OwnSymptom(**values), basis)

    return FormPage(keeper, tr("Own symptom"), fields, write, {} if stored is None else {"own_symptom": stored})


def treatment_form(
    keeper: BookKeeper,
    file: ClientFile,
    step: Step,
    like: TreatmentEvent | None,
    stored: Stored[TreatmentEvent] | None,
) -> FormPage:
    """A new entry (`like` fills in what it is about), or the correction of `stored`."""
    present = stored.value if stored is not None else like
    fields: dict[str, FormField] = {
        "treatment": ChoiceField(
            tr("Kind"), shown(TREATMENT_WORDS), present.treatment if present else TreatmentKind.MEDICATION
        ),
        "name": TextField(tr("Name"), present.name if present else ""),
        "step": ChoiceField(tr("What happened"), step_words(), stored.value.step if stored else step),
        "day": DayField(tr("Day"), stored.value.day if stored else date.today()),
        "at_time": TimeField(tr("At"), stored.value.at_time if stored else None, optional=True),
        "dose": TextField(tr("Dose"), present.dose if present else ""),
        "source": ChoiceField(
            tr("Source"), source_words(), present.source if present else next(iter(source_words()))
        ),
        "note": TextField(tr("Note"), stored.value.note if stored else "", lines=True),
    }

    def write(book: Book, values: Values, basis: Basis) -> object:
        return put(book, file.code, TreatmentEvent(**values), basis)

    basis: Basis = {} if stored is None else {"treatment_event": stored}
    note = tr("What goes on beside the training is written down, never advised on.")
    return FormPage(keeper, tr("Treatment"), fields, write, basis, note=note)


def effect_form(keeper: BookKeeper, file: ClientFile) -> FormPage:
    relations = {
        Relation.UNKNOWN: tr("not known"),
        Relation.UNLIKELY: tr("unlikely"),
        Relation.POSSIBLE: tr("possible"),
        Relation.LIKELY: tr("likely"),
    }
    moments = {
        Moment.AFTER: tr("after the session"),
        Moment.NEXT_DAY: tr("the day after"),
        Moment.BEFORE: tr("before the session"),
        Moment.HOME: tr("at home"),
    }
    last = file.next_number - 1
    fields: dict[str, FormField] = {
        "effect": ChoiceField(tr("Adverse effect"), shown(EFFECT_WORDS), Effect.HEADACHE),
        "severity": ChoiceField(tr("Severity"), shown(dict(enumerate(SEVERITY_WORDS))), 1),
        "moment": ChoiceField(tr("When"), moments, Moment.AFTER),
        "visit": NumberField(tr("Visit"), last or None, 0, 100_000, whole=True, optional=True),
        "relation": ChoiceField(tr("Related to the training"), relations, Relation.UNKNOWN),
        "action": TextField(tr("What was done")),
        "note": TextField(tr("Note"), lines=True),
    }

    def write(book: Book, values: Values, _: Basis) -> object:
        return book.add(file.code, AdverseEffect(taken=datetime.now(UTC), **values))

    return FormPage(keeper, tr("Adverse effect"), fields, write)


def note_form(keeper: BookKeeper, file: ClientFile, stored: Stored[Note] | None) -> FormPage:
    """A draft, new or old."""
    present = stored.value if stored is not None else None
    last = file.next_number - 1
    fields: dict[str, FormField] = {
        "text": TextField(tr("Note"), present.text if present else "", tall=True),
        "visit": NumberField(
            tr("Visit"), present.visit if present else last or None, 0, 100_000, whole=True, optional=True
        ),
        "author": TextField(tr("Written by"), present.author if present else keeper.who),
    }

    def write(book: Book, values: Values, basis: Basis) -> object:
        if present is None:
            return book.add(file.code, Note(written=datetime.now(UTC), **values))
        return put(book, file.code, replace(present, **values), basis)

    return FormPage(keeper, tr("Note"), fields, write, {} if stored is None else {"note": stored})


def sign_form(keeper: BookKeeper, stored: Stored[Note]) -> FormPage:
    """Once signed, the note stays as it is."""
    fields: dict[str, FormField] = {"by": TextField(tr("Signed by"), keeper.who)}

    def write(book: Book, values: Values, basis: Basis) -> object:
        return book.change(basis["note"], signed(stored.value, values["by"], datetime.now(UTC)))

    text = stored.value.text
    return FormPage(keeper, tr("Sign the note"), fields, write, {"note": stored}, note=text, save_words=tr("Sign"))


def amendment_form(keeper: BookKeeper, file: ClientFile, note: Stored[Note]) -> FormPage:
    fields: dict[str, FormField] = {
        "text": TextField(tr("To add"), tall=True),
        "author": TextField(tr("Written by"), keeper.who),
    }

    def write(book: Book, values: Values, _: Basis) -> object:
        return book.add(file.code, Amendment(note_id=note.id, written=datetime.now(UTC), **values))

    return FormPage(keeper, tr("Add to a signed note"), fields, write, note=note.value.text)


def total_form(keeper: BookKeeper, file: ClientFile, scale: Scale | None) -> FormPage:
    """A scale by its total, as filled in on paper; None: one that this program does not know, by its name."""
    fields: dict[str, FormField] = {}
    if scale is None:
        fields["name"] = TextField(tr("Name of the scale"))
    low, high = (scale.low, scale.high) if scale is not None else (-10_000, 10_000)
    fields["total"] = NumberField(tr("Total"), None, low, high)
    if scale is not None and scale.safety_item:
        item = tr("Answer to item {n}", n=scale.safety_item)
        fields["safety"] = NumberField(item, None, 0, scale.highest_answer, whole=True)
    fields["day"] = DayField(tr("Filled in on"), date.today())

    def write(book: Book, values: Values, _: Basis) -> Stored[ScaleResult]:
        now = datetime.now().astimezone()
        taken = now if values["day"] == now.date() else datetime.combine(values["day"], now.time()).astimezone()
        if scale is None:
            result = named_total(values["name"], values["total"], taken)
        else:
            result = totalled(scale, values["total"], taken, safety_answer=values.get("safety"))
        return book.add(file.code, result)

    title = scale.name if scale is not None else tr("Another scale")
    return FormPage(keeper, title, fields, write, note=scale.licence_note if scale is not None else "")


def retract_form(keeper: BookKeeper, stored: Stored[ScaleResult]) -> FormPage:
    fields: dict[str, FormField] = {"reason": TextField(tr("Reason"), hint=tr("e.g. entered for the wrong client"))}

    def write(book: Book, values: Values, basis: Basis) -> object:
        if not values["reason"].strip():
            raise FieldError(tr("Say why the result is retracted."))
        return book.change(basis["scale_result"], replace(stored.value, retracted=values["reason"]), values["reason"])

    note = tr("The result stays in the book and is no longer drawn. A safety banner that it raised stays too.")
    return FormPage(keeper, tr("Retract a result"), fields, write, {"scale_result": stored}, note=note)


def acknowledge_form(keeper: BookKeeper, code: str, banner: Banner) -> FormPage:
    """Who dealt with a banner, and what was done; the moment is written by itself."""
    fields: dict[str, FormField] = {
        "who": TextField(tr("Who dealt with it"), keeper.who),
        "what": TextField(tr("What was done"), lines=True),
    }

    def write(book: Book, values: Values, _: Basis) -> object:
        return book.add(code, Acknowledgement(banner.about, values["who"], values["what"], datetime.now(UTC)))

    return FormPage(keeper, tr("Acknowledge"), fields, write, note=told(banner.text), save_words=tr("Acknowledge"))
