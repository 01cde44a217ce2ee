"""Finishes recordings that were cut off: by a crash, a kill, a power cut, or a disk that failed."""

import os
from dataclasses import dataclass
from pathlib import Path

from nfb.files import bids, brainvision
from nfb.files.bids import Layout
from nfb.files.codec import json_text
from nfb.files.feedback_reader import whole_bytes
from nfb.files.feedback_table import column_descriptions
from nfb.files.finish import whole_frames, write_tables
from nfb.files.journal import read_journal
from nfb.files.recording_words import RECORDING_WORDS
from nfb.files.session_file import JsonObject, moment, read_session, setup_of, stamp, write_session
from nfb.files.storage import reason, try_lock, write_atomic
from nfb.files.store import continues_of, join
from nfb.model.commands import EndReason
from nfb.model.errors import RecordingError


@dataclass(frozen=True, slots=True)
class RecoveredSession:
    """A recording that was finished.

    Parameters
    ----------
    folder
        Its folder, ``sub-…/ses-…``.
    duration_s
        Length of its samples.
    notes
        What was cut off or joined, one plain sentence each.
    """

    folder: Path
    duration_s: float
    notes: tuple[str, ...]


def recover(path: Path) -> list[RecoveredSession]:
    """Finish every unfinished recording under `path`, a dataset or any folder of one session.

    Only bytes that are not a whole frame of samples, a whole line or a whole part of the feedback table are cut off.
    A recording that another program is writing is left alone, and so is a finished one: a second call does nothing.

    Raises
    ------
    RecordingError
        `path` holds no recordings, or one of them cannot be written.
    """
    one = bids.layout_of(path)
    if one is not None and one.session_file.exists():
        layouts = [one]
    else:
        layouts = bids.find_sessions(path)
        if not layouts and not (path / "dataset_description.json").exists():
            raise RecordingError(
                f"{path}: holds no recordings; give the folder that has dataset_description.json in it"
            )
    recovered = {}
    # Parts of a recording whose disk failed come first: once joined, they are finished with it.
    for layout in sorted(layouts, key=_order):
        done = _recover_one(layout)
        if done is not None:
            recovered[done.folder] = done
    return sorted(recovered.values(), key=lambda session: session.folder)


def unfinished(root: Path) -> list[Path]:
    """Folders of the recordings under `root` that :func:`recover` would finish."""
    found = []
    for layout in bids.find_sessions(root):
        try:
            state = read_session(layout).get("state")
        except RecordingError:
            continue
        if state == "recording" and not _is_being_written(layout):
            found.append(layout.folder)
    return found


def _order(layout: Layout) -> tuple[bool, int]:
    try:
        continues = continues_of(read_session(layout))
    except RecordingError:
        continues = None
    return (continues is None, continues.first_sample if continues else 0)


def _is_being_written(layout: Layout) -> bool:
    if not layout.journal.exists():
        return False
    with layout.journal.open("r+b") as file:
        return not try_lock(file.fileno())


def _recover_one(layout: Layout) -> RecoveredSession | None:
    content = read_session(layout)
    is_part = content.get("continues") is not None
    # A part that had to stand alone is joined as soon as the recording that it continues is within reach again.
    if content.get("state") != "recording" and not is_part:
        return None
    if _is_being_written(layout):
        return None
    try:
        home = _join_to_home(layout, content) if is_part else None
        if home is not None:
            return _finish(home, read_session(home), f"joined the part that was recorded in {layout.root}")
        return _finish(layout, content) if content.get("state") == "recording" else None
    except OSError as error:
        unfinished = RECORDING_WORDS["unfinished"].format(reason=reason(error))
        raise RecordingError(f"{layout.folder}: {unfinished}") from error


def _join_to_home(layout: Layout, content: JsonObject) -> Layout | None:
    """Join a part to the recording that it continues and say where that is; None if it has to stand alone."""
    continues = continues_of(content)
    if continues is None:
        return None
    home = bids.layout_of(Path(continues.folder))
    if home is None or not home.session_file.exists() or _is_being_written(home):
        return None
    _cut(layout, setup_of(content).device.n_channels)
    try:
        join(home, layout, continues)
    except OSError:
        return None
    return home


def _finish(layout: Layout, content: JsonObject, note: str = "") -> RecoveredSession:
    setup = setup_of(content)
    device = setup.device
    notes = [note] if note else []
    notes += _cut(layout, device.n_channels)
    journal = read_journal(layout.journal)
    n_samples = whole_frames(layout.eeg("eeg"), device.n_channels)
    started = moment(content.get("started_utc"))
    if started is None:
        raise RecordingError(f"{layout.session_file}: started_utc = {content.get('started_utc')!r}: is not a time")
    ended = max((str(record["utc"]) for record in journal.records if moment(record.get("utc"))), default=None)
    first_sample = continues.first_sample if (continues := continues_of(content)) else 0
    write_atomic(layout.eeg("vhdr"), brainvision.header(device, layout.stem))
    write_atomic(layout.feedback_columns, json_text(column_descriptions(setup)))
    write_tables(layout, setup, journal, n_samples, started, first_sample)
    bids.write_dataset(layout.root)
    bids.add_participant(layout.root, layout.subject)
    content.update(
        state="recovered",
        end_reason=EndReason.INTERRUPTED.name,
        ended_utc=ended or stamp(started),
        problems=[*notes],
    )
    write_session(layout, content)
    return RecoveredSession(layout.folder, n_samples / device.sampling_rate_hz, tuple(notes))


def _cut(layout: Layout, n_channels: int) -> list[str]:
    """Cut what is not whole off the ends of the files that grow; says what."""
    whole = {
        layout.eeg("eeg"): whole_frames(layout.eeg("eeg"), n_channels) * 4 * n_channels,
        layout.journal: read_journal(layout.journal).whole_bytes if layout.journal.exists() else 0,
    }
    for path, unit in ((layout.acceleration, 12), (layout.device_times, 8), (layout.presented, 24)):
        if path.exists():
            whole[path] = path.stat().st_size // unit * unit
    if layout.feedback.exists():
        whole[layout.feedback] = whole_bytes(layout.feedback)
    notes = []
    for path, n_bytes in whole.items():
        path.touch()
        excess = path.stat().st_size - n_bytes
        if excess:
            notes.append(f"{path.name}: cut {excess} bytes of an unfinished end")
            with path.open("r+b") as file:
                file.truncate(n_bytes)
                os.fsync(file.fileno())
    return notes
