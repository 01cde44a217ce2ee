"""Gives a recording that was made under the wrong client's code to the right client.

The recording is made anew under its new name and the old one removed. The new session.json, written last, decides:
what was cut off before it is taken back by :func:`finish_reassigning`, what was cut off after it is completed.
"""

import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from nfb.files import bids
from nfb.files.bids import Layout
from nfb.files.codec import Json, json_text
from nfb.files.file_words import FILE_WORDS
from nfb.files.session_file import JsonObject, read_session, stamp, write_session
from nfb.files.storage import reason, write_atomic
from nfb.model.errors import RecordingError

_UNDER_WAY = ".reassigning.json"  # in the dataset's folder; dot files are outside BIDS
_TEXTS = {".vhdr", ".vmrk", ".json", ".jsonl", ".tsv"}
_MADE_AGAIN = {".pdf", ".html"}  # reports bear the wrong code, and are written anew when they are asked for


def reassign_recording(path: Path, client: str) -> Path:
    """Make a recording the next session of another client.

    Samples, decisions and journal stay as they are; file names, the references between files, participants.tsv and
    the code in session.json change, and session.json says where the recording came from.

    Parameters
    ----------
    path
        Any folder or file of the session.
    client
        Code of the right client.

    Returns
    -------
    Path
        The session's new folder.

    Raises
    ------
    SetupError
        The code cannot name a folder.
    RecordingError
        `path` is no finished recording, or the disk refuses; the recording is then where it was.
    """
    subject = bids.subject_label(client)
    old = bids.layout_of(path)
    if old is None:
        raise RecordingError(f"{path}: is not a session: its folder must be named sub-…/ses-…")
    content = read_session(old)
    if content.get("state") == "recording":
        raise RecordingError(f"{old.folder}: {FILE_WORDS['not finished']}")
    if old.subject == subject:
        return old.folder
    finish_reassigning(old.root)
    try:
        new = bids.claim_session(old.root, subject, old.task)
        write_atomic(old.root / _UNDER_WAY, json_text({"from": _name(old), "to": _name(new), "task": old.task}))
        try:
            _copy(old, new)
            bids.add_participant(old.root, subject)
            write_session(new, _renamed(content, old, new))
        except OSError:
            finish_reassigning(old.root)
            raise
        finish_reassigning(old.root)
    except OSError as error:
        raise RecordingError(
            f"{old.folder}: {FILE_WORDS['not given'].format(client=client, reason=reason(error))}"
        ) from error
    return new.folder


def finish_reassigning(root: Path) -> str:
    """Complete or take back what was cut off while a recording was reassigned; says what was done, in a sentence.

    Raises
    ------
    OSError
        The disk refuses; nothing is lost, and the next call tries again.
    """
    note = root / _UNDER_WAY
    if not note.exists():
        return ""
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        old, new = (_layout(root, said[key], said["task"]) for key in ("from", "to"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OSError(f"{note}: is damaged ({error}). Look at the two newest sessions, then delete it.") from error
    done = new.session_file.exists()
    gone = old if done else new
    # Without it the folder is no session any more, whatever else is still there.
    gone.session_file.unlink(missing_ok=True)
    for folder in (gone.derivatives, gone.folder):
        if folder.exists():
            shutil.rmtree(folder)
    _forget_empty(gone)
    note.unlink()
    return (
        f"The recording {_name(old)} is {_name(new)} now." if done else f"The recording {_name(old)} stays as it was."
    )


def _copy(old: Layout, new: Layout) -> None:
    """All files under their new names; what refers to them by name follows."""
    stems = (f"sub-{old.subject}_ses-{old.session}", f"sub-{new.subject}_ses-{new.session}")
    folders = [
        tuple(f"sub-{layout.subject}{mark}ses-{layout.session}" for layout in (old, new))
        for mark in ("/", "\\\\")  # Windows paths as JSON spells them
    ]
    for source, target in ((old.eeg_folder, new.eeg_folder), (old.derivatives, new.derivatives)):
        for file in sorted(source.iterdir()):
            if file == old.session_file or file.suffix in _MADE_AGAIN or not file.is_file():
                continue
            place = target / file.name.replace(*stems)
            if file.suffix in _TEXTS:
                text = file.read_text(encoding="utf-8")
                for before, after in (stems, *folders):
                    text = text.replace(before, after)
                write_atomic(place, text)
            else:
                _link(file, place)


def _link(file: Path, place: Path) -> None:
    """The same bytes under another name; copied where the disk knows no second names."""
    with suppress(OSError):
        os.link(file, place)
        return
    with file.open("rb") as source, place.open("wb") as target:
        shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())


def _renamed(content: JsonObject, old: Layout, new: Layout) -> JsonObject:
    before = content.get("reassigned")
    history: list[Json] = list(before) if isinstance(before, list) else []
    history.append({"utc": stamp(datetime.now(UTC)), "from": _name(old)})
    return {**content, "client": new.subject, "session": new.session, "reassigned": history}


def _forget_empty(layout: Layout) -> None:
    """Take a client without any session out of the dataset."""
    folders = (layout.folder.parent, layout.derivatives.parent)
    for folder in folders:
        with suppress(OSError):  # not empty
            folder.rmdir()
    if not any(folder.exists() for folder in folders):
        _drop_participant(layout.root, layout.subject)


def _drop_participant(root: Path, subject: str) -> None:
    path = root / "participants.tsv"
    lines: Iterable[str] = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else ()
    write_atomic(path, "".join(line for line in lines if line.split("\t")[0].strip() != f"sub-{subject}"))


def _layout(root: Path, name: str, task: str) -> Layout:
    subject, session = name.split("/")
    return Layout(root, subject, session, task)


def _name(layout: Layout) -> str:
    return f"{layout.subject}/{layout.session}"
