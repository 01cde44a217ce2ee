"""Reports, checks and exports of recordings, with what the client book adds; called in threads, knows no widget."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from nfb.files.file_words import FILE_WORDS
from nfb.model.errors import NfbError, RecordingError
from nfb.ui.language import tr

if TYPE_CHECKING:
    from nfb.files.recording import Recording
    from nfb.report.facts import SessionFacts
    from nfb.report.given import CourseNotes, SessionNotes


class Kind(Enum):
    """A kind of report; the value is part of its file's name."""

    SESSION = "session"
    CLIENT = "client"
    COURSE = "course"
    CREDNF = "crednf"


def write_report(
    folder: Path,
    kind: Kind,
    session_notes: SessionNotes | None = None,
    course_notes: CourseNotes | None = None,
) -> Path:
    """Make a report of the session in `folder`, or of its client's course, as a PDF beside the recording.

    Raises
    ------
    NfbError
        The recording cannot be read, holds nothing to report, or the file cannot be written.
    """
    from nfb.files.recording import open_own_recording  # heavy, like all of the report
    from nfb.files.storage import reason
    from nfb.report import crednf
    from nfb.report.client_page import client_page
    from nfb.report.course_report import course_report
    from nfb.report.crednf_sheet import crednf_sheet
    from nfb.report.facts import facts_of
    from nfb.report.given import CourseNotes, SessionNotes
    from nfb.report.session_note import session_note
    from nfb.report.words import day
    from nfb.ui.pdf import write_pdf

    recording = open_own_recording(folder)
    assert recording.session is not None
    facts = facts_of(recording)
    session_notes = session_notes or SessionNotes()
    target = recording.session.layout.derivatives
    if kind is Kind.SESSION:
        html = session_note(facts, session_notes, tr)
    elif kind is Kind.CLIENT:
        html = client_page(facts, session_notes, tr)
    elif kind is Kind.COURSE:
        html = course_report(_course(facts, recording), course_notes or CourseNotes(), tr)
        target = target.parent
    else:
        html = crednf_sheet(facts, crednf.answers(facts), _course(facts, recording), tr)
    path = target / f"report-{kind.value}.pdf"
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NfbError(f"{path}: {FILE_WORDS['report'].format(reason=reason(error))}") from error
    what = tr("course") if kind is Kind.COURSE else tr("session {n}", n=facts.session)
    write_pdf(html, path, f"{facts.client} · {what} · {day(facts.started)}")
    return path


def _course(latest: SessionFacts, recording: Recording) -> list[SessionFacts]:
    """All readable sessions of the client with the same protocol, by number."""
    from nfb.files.recording import open_own_recording
    from nfb.report.facts import facts_of

    assert recording.session is not None
    protocol = recording.session.setup.protocol.id
    found = []
    for folder in sorted(recording.session.folder.parent.glob("ses-*")):
        try:
            other = recording if folder == recording.path else open_own_recording(folder)
            if other.session is not None and other.session.setup.protocol.id == protocol:
                found.append(latest if other is recording else facts_of(other))
        except RecordingError:  # a session that cannot be read, or that decided nothing, is no part of the course
            continue
    return found or [latest]


def verify_recording(folder: Path) -> str:
    """One sentence on whether the recording replays as it was recorded.

    Raises
    ------
    RecordingError
        It cannot be read.
    """
    from nfb.engine.replaying import verify
    from nfb.files.recording import open_own_recording

    verdict = verify(open_own_recording(folder))
    if verdict.identical:
        return tr(
            "Identical: {hops} hops and {events} events came out again to the last bit.",
            hops=verdict.n_hops,
            events=verdict.n_events,
        )
    return tr("Not identical: {difference}", difference=verdict.difference)


def export_to(folder: Path, path: Path) -> str:
    """Write a recording as the format that the file's ending names; says what the format could not hold.

    Raises
    ------
    NfbError
        The ending names no format, or the file cannot be written.
    """
    from nfb.files.exporters import export_recording, format_of
    from nfb.files.importers import open_recording

    # The dialogue that chose the file asked before it let an existing one be chosen.
    report = export_recording(open_recording(folder), path, format_of(path), overwrite=True)
    return " ".join([str(report.path), *report.warnings])
