"""The form of a client's plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nfb.model.protocol import Protocol
from nfb.practice.book import Book
from nfb.practice.comfort import PHOTOSENSITIVE, PROFILES, is_fixed, with_profile
from nfb.practice.errors import FieldError
from nfb.practice.intake import locks_of, needs_photosafe
from nfb.practice.plans import Plan
from nfb.ui.desk.fields import ChoiceField, ManyField, NumberField, TextField
from nfb.ui.desk.file import ClientFile
from nfb.ui.desk.file_field import film_field, music_field
from nfb.ui.desk.form import Basis, FormPage, Values, put
from nfb.ui.desk.keeper import BookKeeper
from nfb.ui.desk.words import feedback_words, film_warning, sound_words
from nfb.ui.language import tr
from nfb.ui.widgets.small import label
from nfb.ui.words import parts_words


def plan_form(keeper: BookKeeper, file: ClientFile, protocols: Sequence[Protocol]) -> FormPage:
    """The plan; a comfort profile that is chosen fills in its values, which stay editable.

    Protocols that the intake locks are left out; forced photosafe feedback leaves one profile.
    """
    from nfb.ui.audio.sounds import chime_names, sound_key
    from nfb.ui.feedback.modes import key_of  # the displays are imported where they are chosen

    screening = file.screening
    offered = [protocol for protocol in protocols if not locks_of(protocol) & screening.locks]
    versions = {protocol.id: protocol.version for protocol in offered}
    names = {protocol.id: tr(protocol.name) for protocol in offered}
    present = file.plan.value if file.plan is not None else None
    if present is None:
        present = Plan(next(iter(names), ""))
    elif present.protocol_id not in names and present.protocol_id not in {p.id for p in protocols}:
        names[present.protocol_id] = tr("{protocol} (no longer on the shelf)", protocol=present.protocol_id)
        versions[present.protocol_id] = present.protocol_version
    profiles = {key: tr(profile.name) for key, profile in PROFILES.items()}
    photosafe = needs_photosafe(file.client.value, screening)
    if photosafe:
        profiles = {PHOTOSENSITIVE: profiles[PHOTOSENSITIVE]}
        if present.comfort != PHOTOSENSITIVE:
            present = with_profile(present, PHOTOSENSITIVE)
    display = key_of(present.feedback) if present.feedback else ""
    sound = sound_key(present.sound) if present.sound else ""
    fields: dict[str, Any] = {
        "protocol_id": ChoiceField(tr("Protocol"), names, present.protocol_id),
        "comfort": ChoiceField(tr("Comfort profile"), profiles, present.comfort),
        "runs": NumberField(tr("Runs"), present.runs, 1, 30, whole=True),
        "run_min": NumberField(tr("Minutes of a run"), present.run_s / 60, 0.2, 60),
        "rest_s": NumberField(tr("Break, seconds"), present.rest_s, 0, 600),
        "ends_break": ManyField(
            tr("Breaks"), {True: tr("the client may end them")}, (True,) if present.client_ends_break else ()
        ),
        "target": NumberField(tr("Target, % in range"), 100 * present.target, 30, 95),
        "feedback": ChoiceField(tr("Feedback"), feedback_words(display), display),
        "film": film_field(present.film),
        "film_blur": ManyField(
            tr("Film feedback"), {True: tr("also out of focus")}, (True,) if present.film_blur else ()
        ),
        "sound": ChoiceField(tr("Sound"), sound_words(sound), sound),
        "music": music_field(present.music),
        "chime": ChoiceField(tr("Chime"), chime_names(), present.chime),
        "volume": NumberField(tr("Volume, %"), 100 * present.volume, 0, 100),
        "sessions": NumberField(tr("Planned visits"), present.sessions, 0, 500, whole=True),
        "review_at": NumberField(tr("Review after visit (0: none)"), present.review_at, 0, 500, whole=True),
        "note": TextField(tr("Note"), present.note, lines=True),
    }

    def fill(_: int) -> None:
        plan = with_profile(present, fields["comfort"].value())
        for key, number in (("runs", plan.runs), ("run_min", plan.run_s / 60), ("target", 100 * plan.target)):
            fields[key].widget.setText(f"{number:g}")
        fields["feedback"].choose(key_of(plan.feedback) if plan.feedback else "")
        fields["sound"].choose(sound_key(plan.sound) if plan.sound else "")
        fields["ends_break"].boxes[True].setChecked(plan.client_ends_break)
        show_fixed(plan)

    def show_fixed(plan: Plan) -> None:
        for key in ("runs", "run_min", "rest_s", "target", "feedback", "sound"):
            fields[key].widget.setEnabled(not is_fixed(plan))

    show_fixed(present)
    fields["comfort"].widget.currentIndexChanged.connect(fill)

    def write(book: Book, values: Values, basis: Basis) -> object:
        if not values["protocol_id"]:
            raise FieldError(tr("There is no protocol to choose. Put one into the protocols folder."))
        plan = Plan(
            protocol_id=values["protocol_id"],
            protocol_version=versions[values["protocol_id"]],
            runs=values["runs"],
            run_s=60 * values["run_min"],
            rest_s=values["rest_s"],
            client_ends_break=bool(values["ends_break"]),
            target=values["target"] / 100,
            comfort=values["comfort"],
            feedback=values["feedback"],
            film=values["film"],
            film_blur=bool(values["film_blur"]),
            sound=values["sound"],
            music=values["music"],
            chime=values["chime"],
            volume=values["volume"] / 100,
            sessions=values["sessions"],
            review_at=values["review_at"],
            note=values["note"],
        )
        return put(book, file.code, plan, basis)

    notes = []
    if photosafe:
        notes.append(tr("Photosafe feedback is forced by the intake screen or a flag."))
        notes.append(film_warning())
    if len(offered) < len(protocols):
        notes.append(tr("Protocols that the intake screen locks are left out."))
    basis: Basis = {} if file.plan is None else {"plan": file.plan}
    form = FormPage(keeper, tr("Plan"), fields, write, basis, note=" ".join(notes))
    _tell_parts(form, {protocol.id: protocol for protocol in offered})
    return form


def _tell_parts(form: FormPage, protocols: Mapping[str, Protocol]) -> None:
    """Say under the runs what their number means where the protocol has several parts of training."""
    fields = form.fields
    told = label("", "secondary", wrap=True)
    form.add_under("run_min", told)

    def tell() -> None:
        try:
            runs, minutes = fields["runs"].value(), fields["run_min"].value()
        except FieldError:
            runs, minutes = 0, 0.0
        assert isinstance(runs, int) and isinstance(minutes, int | float)
        protocol = protocols.get(str(fields["protocol_id"].value()))
        told.setText(parts_words(protocol, runs, 60 * minutes) if runs else "")
        told.setVisible(bool(told.text()))

    for key in ("runs", "run_min"):
        fields[key].widget.textChanged.connect(tell)  # type: ignore[attr-defined]
    fields["protocol_id"].widget.currentIndexChanged.connect(tell)  # type: ignore[attr-defined]
    tell()
