"""`nfb report`: session note, client page, course report and CRED-nf sheet, as HTML and PDF."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from nfb.cli.output import require_writable
from nfb.files.locations import chosen_book, default_recordings_root
from nfb.files.recording import Recording, open_own_recording
from nfb.model.errors import NfbError, RecordingError, SetupError
from nfb.report import crednf
from nfb.report.client_page import client_page
from nfb.report.course_report import course_report
from nfb.report.crednf_sheet import crednf_sheet
from nfb.report.facts import SessionFacts, facts_of
from nfb.report.session_note import session_note
from nfb.report.words import day


def run(arguments: argparse.Namespace) -> int:
    if arguments.answers is not None and arguments.kind != "crednf":
        raise SetupError(f"--answers {arguments.answers}: goes with --kind crednf only")
    if arguments.client is not None:
        return _from_book(arguments)
    if arguments.recording is None:
        raise SetupError("RECORDING is missing: give a session's folder or the client's, or --client CODE")
    asked = crednf.read_answers(arguments.answers) if arguments.answers is not None else {}
    recordings = _sessions(arguments.recording)
    latest = recordings[-1]
    if latest.session is None:
        raise RecordingError(f"{latest.path}: was not recorded by this program, so there is no session to report")
    folder: Path = arguments.out or latest.session.layout.derivatives
    if arguments.out is not None:
        require_writable(folder)
    facts = facts_of(latest)
    extra: dict[str, str] = {}
    if arguments.kind == "session":
        html = session_note(facts)
    elif arguments.kind == "client":
        html = client_page(facts)
    elif arguments.kind == "course":
        html = course_report(_course(facts, _siblings(latest)))
        if arguments.out is None:
            folder = folder.parent
    else:
        answers = crednf.answers(facts, asked)
        html = crednf_sheet(facts, answers, _course(facts, _siblings(latest)))
        record = crednf.to_record(facts, answers)
        extra["cred-nf.json"] = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    for warning in latest.warnings:
        print(f"Note: {warning}", file=sys.stderr)
    print(_write(folder, arguments.kind, html, extra, facts, arguments.pdf))
    return 0


def _from_book(arguments: argparse.Namespace) -> int:
    """A course report or a client's page out of the client book; RECORDING is then the folder of recordings."""
    if arguments.kind not in ("course", "client"):
        raise SetupError(f"--client {arguments.client}: goes with --kind course or client, not {arguments.kind}")
    if arguments.name and arguments.out is None:
        raise SetupError("--name: a client's name never stands beside recordings. Choose another place with --out.")
    # The client book loads SQLAlchemy, which a report from recordings alone does not need.
    from nfb.practice.opening import open_book
    from nfb.report.book_course import client_page_from_book, course_from_book

    root: Path = arguments.recording or default_recordings_root()
    if arguments.out is not None:
        require_writable(arguments.out)
    with open_book(arguments.book or chosen_book()) as book:
        make = course_from_book if arguments.kind == "course" else client_page_from_book
        made = make(book, arguments.client, root, with_name=arguments.name)
    for words in made.left_out:
        print(f"Note: left out: {words}", file=sys.stderr)
    newest = made.sessions[-1]
    folder: Path = arguments.out or newest.own.layout.derivatives
    if arguments.out is None and arguments.kind == "course":
        folder = folder.parent
    print(_write(folder, arguments.kind, made.html, {}, newest, arguments.pdf))
    return 0


def _sessions(path: Path) -> list[Recording]:
    """The session at `path`, or all of a client's folder by number."""
    if path.is_dir() and path.name.startswith("sub-") and list(path.glob("ses-*")):
        return [open_own_recording(folder) for folder in sorted(path.glob("ses-*"))]
    return [open_own_recording(path)]


def _siblings(recording: Recording) -> list[Recording]:
    """All sessions of the recording's client with its protocol, by number, itself included."""
    assert recording.session is not None
    protocol = recording.session.setup.protocol.id
    found = []
    for folder in sorted(recording.session.folder.parent.glob("ses-*")):
        try:
            other = open_own_recording(folder)
        except RecordingError as error:
            print(f"Note: left out: {error}", file=sys.stderr)
            continue
        if other.session is not None and other.session.setup.protocol.id == protocol:
            found.append(other)
    return found


def _course(latest: SessionFacts, recordings: Sequence[Recording]) -> list[SessionFacts]:
    """Facts of all of them; sessions without a decision are told and left out."""
    found = []
    for recording in recordings:
        if recording.path == latest.recording.path:
            found.append(latest)
            continue
        try:
            found.append(facts_of(recording))
        except RecordingError as error:
            print(f"Note: left out: {error}", file=sys.stderr)
    return found


def _write(folder: Path, kind: str, html: str, extra: dict[str, str], facts: SessionFacts, pdf: bool) -> Path:
    """Write the files and return the one that was asked for."""
    path = folder / f"report-{kind}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")
        for name, text in extra.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise NfbError(f"{path}: cannot be written: {error.strerror}. Choose another folder with --out.") from error
    if not pdf:
        return path
    from nfb.ui.pdf import write_pdf  # Qt is loaded only where it is needed

    path = path.with_suffix(".pdf")
    what = "course" if kind == "course" else f"session {facts.session}"
    write_pdf(html, path, f"{facts.client} · {what} · {day(facts.started)}")
    return path
