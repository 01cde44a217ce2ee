"""A course as a zip file without identity: other codes, shifted dates, no free text; a BIDS dataset once unpacked.

Nothing is found and replaced: every file is made anew from what is known to be no identity, and what is not known
stays behind. EEG itself can identify a person who is in another collection of EEG; no archive changes that.
"""

import secrets
import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as fields_of
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import numpy as np

from nfb.files import bids, brainvision
from nfb.files.bids import Layout
from nfb.files.codec import Json, encode, json_text
from nfb.files.feedback_table import column_descriptions
from nfb.files.finish import whole_frames, write_tables
from nfb.files.journal import EVENTS, line, read_journal
from nfb.files.phenotype import Phenotype, write_phenotype
from nfb.files.session_file import JsonObject, moment, read_session, setup_of, stamp, write_session
from nfb.files.storage import reason, write_atomic
from nfb.model.commands import COMMANDS
from nfb.model.errors import RecordingError, SetupError, nearest
from nfb.session.setup import Setup

FIELDS: dict[str, str] = {
    "decisions": "features, thresholds, feedback and reasons, one row per hop",
    "acceleration": "head movement, where it was measured",
    "device-times": "time stamps of the device, shifted with the dates",
    "notes": "free text: notes, texts of markers, reasons that were typed",
    "protocol-text": "the protocol's file with its comments; what was trained is always told",
    "ratings": "check-in ratings from the client book, as phenotype/ratings.tsv",
    "scales": "questionnaires from the client book, one table each in phenotype/",
}
DEFAULT_FIELDS = ("decisions", "acceleration", "device-times")
LEFT_OUT = "left out"
_FEWEST_DAYS, _MOST_DAYS = 365, 3650
_ALWAYS_KNOWN = frozenset({*EVENTS, "gap", "link_change", "device_status", "checkpoint", "finished"})
# Fields of commands that hold words are what a person typed.
_FREE_TEXT = {
    kind: frozenset(field.name for field in fields_of(command) if field.type in (str, "str"))
    for kind, command in COMMANDS.items()
}
_SOFTWARE = ("nfb", "python", "numpy", "scipy", "brainflow")
_README = """\
Neurofeedback sessions without identity, made with nfb
======================================================

A BIDS-EEG dataset. Codes of participants are new; all dates of a participant were moved by the same number of whole
days, which is not told here, so that intervals and times of day are true and dates are not. Free text is {notes}.
"""


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """What was written.

    Parameters
    ----------
    path
        The zip file.
    codes
        Original code → code in the archive. Whoever keeps this can tell who is who; it is not in the archive.
    n_sessions
        Sessions in it.
    warnings
        What was left out besides, one plain sentence each.
    """

    path: Path
    codes: Mapping[str, str]
    n_sessions: int
    warnings: tuple[str, ...] = ()


def check_fields(fields: Iterable[str]) -> frozenset[str]:
    """The fields as a set.

    Raises
    ------
    SetupError
        One is not known.
    """
    chosen = frozenset(fields)
    for field in sorted(chosen - FIELDS.keys()):
        raise SetupError(f"field '{field}' is not known{nearest(field, FIELDS)}; there are {', '.join(FIELDS)}.")
    return chosen


def write_archive(
    sessions: Sequence[Layout],
    path: Path,
    *,
    fields: Iterable[str] = DEFAULT_FIELDS,
    shift_days: int | None = None,
    phenotype: Mapping[str, Sequence[Phenotype]] | None = None,
    overwrite: bool = False,
) -> ArchiveReport:
    """Write sessions without identity.

    Parameters
    ----------
    sessions
        Finished sessions, of one client or several.
    fields
        Keys of :data:`FIELDS`.
    shift_days
        Days by which all dates are moved; None for a number of its own for each client, one to ten years back, drawn
        anew for every archive and told nowhere.
    phenotype
        Tables from the client book by original code; written where `fields` holds ``ratings`` or ``scales``.
    overwrite
        Replace the file if it exists.

    Raises
    ------
    SetupError
        There is no session, a field is not known, or the file may not or cannot be written.
    RecordingError
        A session is damaged, or not finished.
    """
    chosen = check_fields(fields)
    if not sessions:
        raise SetupError("There is no session to archive.")
    if path.suffix.lower() != ".zip":
        raise SetupError(f"{path}: an archive's name must end with .zip")
    if path.exists() and not overwrite:
        raise SetupError(f"{path}: exists already. Choose another name, or have it replaced (--overwrite).")
    clients = sorted({layout.subject for layout in sessions})
    secrets.SystemRandom().shuffle(clients)  # the order of old codes tells nothing about the new ones
    codes = {client: f"P{number:03d}" for number, client in enumerate(clients, 1)}
    shifts = {client: _drawn_days() if shift_days is None else shift_days for client in clients}
    warnings: list[str] = []
    with TemporaryDirectory(prefix="nfb-archive-") as scratch:
        root = Path(scratch)
        _write_dataset(root, codes.values(), chosen)
        for old in sorted(sessions, key=lambda layout: (codes[layout.subject], layout.session)):
            new = Layout(root, codes[old.subject], old.session, old.task)
            _Session(old, new, chosen, timedelta(days=shifts[old.subject])).write(warnings)
        tables = [(codes[client], each) for client, each in (phenotype or {}).items() if client in codes]
        write_phenotype(root, sorted(tables, key=lambda table: table[0]))
        _pack(root, path)
    return ArchiveReport(path, codes, len(sessions), tuple(dict.fromkeys(warnings)))


class _Session:
    """One session, made anew under another name."""

    def __init__(self, old: Layout, new: Layout, fields: frozenset[str], shift: timedelta) -> None:
        self._old, self._new, self._fields, self._shift = old, new, fields, shift
        self._content = read_session(old)
        if self._content.get("state") == "recording":
            raise RecordingError(f"{old.folder}: is not finished; `nfb recover {old.root}` completes it")
        setup = setup_of(self._content)
        # A serial number leads to its owner; the protocol's text is in its file, and may hold anything.
        text = setup.protocol.text if "protocol-text" in fields else ""
        self._setup: Setup = replace(
            setup, device=replace(setup.device, serial=""), protocol=replace(setup.protocol, text=text)
        )

    def write(self, warnings: list[str]) -> None:
        old, new = self._old, self._new
        new.eeg_folder.mkdir(parents=True)
        new.derivatives.mkdir(parents=True)
        shutil.copyfile(old.eeg("eeg"), new.eeg("eeg"))
        write_atomic(new.eeg("vhdr"), brainvision.header(self._setup.device, new.stem))
        journal = read_journal(old.journal)
        new.journal.write_bytes(b"".join(line(record) for record in self._records(journal.records)))
        if "decisions" in self._fields and old.feedback.exists():
            shutil.copyfile(old.feedback, new.feedback)
            write_atomic(new.feedback_columns, json_text(column_descriptions(self._setup)))
        if "acceleration" in self._fields and old.acceleration.exists():
            shutil.copyfile(old.acceleration, new.acceleration)
        if "device-times" in self._fields and old.device_times.exists():
            times_s = np.fromfile(old.device_times, dtype="<f8") + self._shift.total_seconds()
            times_s.astype("<f8").tofile(new.device_times)
        started = moment(self._content.get("started_utc"))
        if started is None:
            raise RecordingError(f"{old.session_file}: started_utc is no moment")
        n_samples = whole_frames(new.eeg("eeg"), self._setup.device.n_channels)
        write_tables(new, self._setup, read_journal(new.journal), n_samples, started + self._shift)
        write_session(new, self._described())
        if journal.warnings:
            warnings.append(f"ses-{old.session}: {journal.warnings[0]}")

    def _described(self) -> JsonObject:
        """session.json, of keys that are known to hold no identity."""
        content = self._content
        protocol = self._setup.protocol
        old_protocol = cast(JsonObject, content.get("protocol") or {})
        software = cast(JsonObject, content.get("software") or {})
        kept = ("schema", "state", "end_reason", "delays_s", "summary")
        return {
            **{name: content.get(name) for name in kept},
            "client": self._new.subject,
            "session": self._new.session,
            "started_utc": self._moved(content.get("started_utc")),
            "ended_utc": self._moved(content.get("ended_utc")),
            "adapted": self._setup.fit.note if self._setup.fit.adapted else "",
            "protocol": {
                "id": protocol.id,
                "version": protocol.version,
                "file": "",
                "sha256": old_protocol.get("sha256"),
                "text": protocol.text,
            },
            "software": {name: software[name] for name in _SOFTWARE if name in software},
            "problems": [],
            "continues": None,
            "setup": encode(replace(self._setup, protocol=replace(protocol, text=""))),
        }

    def _records(self, records: Iterable[Mapping[str, Json]]) -> Iterable[dict[str, Json]]:
        first_s: float | None = None
        for record in records:
            if record.get("event") not in _ALWAYS_KNOWN:
                continue
            kept = dict(record)
            if "utc" in kept:
                kept["utc"] = self._moved(kept["utc"])
            if isinstance(mono_s := kept.get("mono_s"), int | float):
                # Counted from the begin: how long the computer had been on would tell its sessions apart.
                first_s = mono_s if first_s is None else first_s
                kept["mono_s"] = mono_s - first_s
            if kept["event"] == "link_change":
                kept.update(detail="", way_out="")  # names of streams, ports and hosts
            command = kept.get("command")
            if isinstance(command, dict) and "notes" not in self._fields:
                typed = _FREE_TEXT.get(str(command.get("kind")), frozenset())
                kept["command"] = {key: LEFT_OUT if key in typed else value for key, value in command.items()}
            yield kept

    def _moved(self, text: Json) -> Json:
        when = moment(text)
        return None if when is None else stamp(when + self._shift)


def _drawn_days() -> int:
    return -(_FEWEST_DAYS + secrets.randbelow(_MOST_DAYS - _FEWEST_DAYS))


def _write_dataset(root: Path, codes: Iterable[str], fields: frozenset[str]) -> None:
    write_atomic(root / "README", _README.format(notes="kept" if "notes" in fields else "left out"))
    bids.write_dataset(root)
    for code in sorted(codes):
        bids.add_participant(root, code)


def _pack(root: Path, path: Path) -> None:
    """Zip a folder; members are dated 1980, since the day of packing is a date as well."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for file in sorted(root.rglob("*")):
                if file.is_file():
                    member = zipfile.ZipInfo(file.relative_to(root).as_posix(), (1980, 1, 1, 0, 0, 0))
                    member.compress_type = zipfile.ZIP_DEFLATED
                    member.external_attr = 0o644 << 16
                    with file.open("rb") as read, archive.open(member, "w", force_zip64=True) as written:
                        shutil.copyfileobj(read, written, 1 << 20)
        temporary.replace(path)
    except OSError as error:
        raise SetupError(f"{path}: cannot be written: {reason(error)}. Choose another folder.") from error
    finally:
        temporary.unlink(missing_ok=True)
