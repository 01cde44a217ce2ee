"""What a report is given from the client book: ratings, treatments, effects, the signed note, safety marks."""

from __future__ import annotations

from pathlib import Path

from nfb.practice.effects import EFFECT_WORDS, SEVERITY_WORDS
from nfb.practice.notes import NoteState
from nfb.practice.ratings import ITEMS, OWN, Moment
from nfb.practice.scales.safety_item import report_marks
from nfb.practice.sessions import ABOVE_FIRST_P70, CLEAN_SHARE
from nfb.report.given import CourseNotes, Series, SessionNotes, Treatment
from nfb.ui.desk.file import ClientFile
from nfb.ui.desk.words import step_words
from nfb.ui.language import tr
from nfb.ui.told import told


def session_notes(file: ClientFile, folder: Path, who: str) -> SessionNotes:
    """The professional's part of the note of the session that was recorded in `folder`."""
    entry = next((s.value for s in file.sessions if Path(s.value.folder).name == folder.name), None)
    visit = entry.number if entry is not None else None
    note = next((n.value for n in reversed(file.notes) if n.value.visit == visit), None)
    effects = [
        f"{tr(EFFECT_WORDS[e.value.effect])}: {tr(SEVERITY_WORDS[e.value.severity])}"
        for e in file.effects
        if e.value.visit == visit and visit is not None
    ]
    changes = [
        f"{step_words()[t.value.step]}: {t.value.name} {t.value.dose}".strip()
        for t in file.treatments
        if entry is not None and t.value.day == entry.started.astimezone().date()
    ]
    text = note.text if note is not None else ""
    if note is not None and note.state is NoteState.SIGNED:
        text = f"{text}\n{tr('Signed by {who}.', who=note.signed_by)}"
    marks = _marks(file)
    return SessionNotes(
        shown_name=file.name,
        clinician=who,
        treatment_changes="; ".join(changes),
        adverse_effects="; ".join(effects),
        note="\n".join([text, *marks]).strip(),
        felt_before=_felt(file, visit, Moment.BEFORE),
        felt_after=_felt(file, visit, Moment.AFTER),
        series=_series(file),
    )


def course_notes(file: ClientFile, who: str) -> CourseNotes:
    """The professional's part of the course report."""
    plan = file.plan.value if file.plan is not None else None
    reported = sorted({tr(EFFECT_WORDS[e.value.effect]) for e in file.effects if e.value.severity})
    known = [span for span in file.trends.treatments if span.start is not None]
    return CourseNotes(
        shown_name=file.name,
        clinician=who,
        goals=tuple(goal.value.text for goal in file.goals),
        planned_sessions=plan.sessions or None if plan is not None else None,
        adverse_effects=", ".join(reported),
        comment="\n".join(_marks(file)),
        series=_series(file),
        treatments=tuple(Treatment(span.label, span.start, span.stop) for span in known if span.start is not None),
    )


def _marks(file: ClientFile) -> list[str]:
    return [told(mark) for mark in report_marks(file.results, [stored.value for stored in file.acknowledged])]


def _felt(file: ClientFile, visit: int | None, moment: Moment) -> tuple[tuple[str, str], ...]:
    labels = {symptom.id: symptom.value.label for symptom in file.symptoms}
    found = []
    for stored in file.ratings:
        rating = stored.value
        if visit is None or rating.visit != visit or rating.moment is not moment:
            continue
        name = labels.get(rating.symptom_id or 0, "") if rating.item == OWN else tr(ITEMS[rating.item].label)
        found.append((name, f"{rating.value:g}"))
    return tuple(found)


def _series(file: ClientFile) -> tuple[Series, ...]:
    # The training's own figures are computed from the recordings.
    own = {ABOVE_FIRST_P70, CLEAN_SHARE}
    found = []
    for line in file.trends.series:
        if line.key in own:
            continue
        direction = "" if line.more_is_worse is None else tr("lower is easier") if line.more_is_worse else ""
        unit = line.unit or ", ".join(filter(None, [f"{line.low:g}–{line.high:g}", direction]))
        points = tuple((point.at.astimezone().date(), point.value) for point in line.points)
        found.append(Series(tr(line.label), unit, points))
    return tuple(found)
