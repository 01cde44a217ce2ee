"""journal.jsonl: every event and command of a session, one JSON object per line, append-only.

Each line has ``hop``, ``sample``, ``utc``, ``mono_s`` and ``event``. Beside the session's own events there are lines
of the recorder: ``gap``, ``link_change``, ``device_status``, ``checkpoint`` (all earlier events are in the file),
``storage`` and ``finished``.
"""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast, get_args

from nfb.files.codec import Json, decode, encode
from nfb.files.recording_words import RECORDING_WORDS
from nfb.files.storage import reason
from nfb.model.commands import Command
from nfb.model.errors import RecordingError, nearest
from nfb.model.events import CommandApplied, CommandRefused, Event, GapSeen, QualityReport
from nfb.model.samples import Gap


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


EVENTS: dict[str, type[Event]] = {_snake(kind.__name__): kind for kind in get_args(Event)}
_NAME_OF = {kind: name for name, kind in EVENTS.items()}


def to_record(event: Event) -> dict[str, Json]:
    """The event as a JSON object with ``hop``, ``sample`` and ``event`` first.

    >>> from nfb.model.events import Rewarded
    >>> to_record(Rewarded(hop=50, sample=249, number=1))
    {'hop': 50, 'sample': 249, 'event': 'rewarded', 'number': 1}
    """
    values = cast(dict[str, Json], encode(event))
    sample = event.gap.sample if isinstance(event, GapSeen) else event.sample
    return {
        "hop": values.pop("hop"),
        "sample": values.pop("sample", sample),
        "event": _NAME_OF[type(event)],
        **values,
    }


def from_record(record: dict[str, Json]) -> Event:
    """The event that :func:`to_record` made `record` of; further keys are ignored.

    Raises
    ------
    RecordingError
        Unknown event, or fields of another kind.
    """
    name = record.get("event")
    if not isinstance(name, str) or name not in EVENTS:
        raise RecordingError(f"journal: event = {name!r}: is not known{nearest(str(name), EVENTS)}")
    return decode(EVENTS[name], cast(Json, record))


def gap_record(gap: Gap, hop: int) -> dict[str, Json]:
    return {"hop": hop, "event": "gap", **cast(dict[str, Json], encode(gap))}


def line(record: dict[str, Json]) -> bytes:
    """One line of the file."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"


@dataclass(frozen=True)
class Journal:
    """A journal as read.

    Parameters
    ----------
    records
        Its lines in order.
    complete_hop, complete_sample
        Up to here no event is missing, whatever happened to the program; -1 if there is no checkpoint.
    warnings
        What could not be read, one plain sentence each.
    whole_bytes
        Length of the file up to its last whole line.
    """

    records: tuple[dict[str, Json], ...]
    complete_hop: int
    complete_sample: int
    warnings: tuple[str, ...]
    whole_bytes: int

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The session's events."""
        return tuple(from_record(record) for record in self.records if record.get("event") in EVENTS)

    @cached_property
    def decided_events(self) -> tuple[Event, ...]:
        """The same without reports on electrodes: those touch no decision, and most lines of a journal are theirs."""
        names = EVENTS.keys() - {_NAME_OF[QualityReport]}
        return tuple(from_record(record) for record in self.records if record.get("event") in names)

    @cached_property
    def commands(self) -> tuple[tuple[int, Command], ...]:
        """``(hop, command)`` of every command, applied or refused, in order."""
        told = (CommandApplied, CommandRefused)
        return tuple((event.hop, event.command) for event in self.decided_events if isinstance(event, told))

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """What was lost, as the source told it."""
        return tuple(decode(Gap, cast(Json, record)) for record in self.records if record.get("event") == "gap")


def read_journal(path: Path) -> Journal:
    """Read a journal; a torn last line is left out, and so is a damaged one, with a warning."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordingError(f"{path}: {RECORDING_WORDS['file unread'].format(reason=reason(error))}") from error
    *lines, rest = data.split(b"\n")
    warnings = [f"{path.name}: an unfinished last line of {len(rest)} bytes was left out"] if rest else []
    records = []
    for number, text in enumerate(lines, 1):
        try:
            record = json.loads(text)
        except ValueError:
            record = None
        if isinstance(record, dict):
            records.append(record)
        else:
            warnings.append(f"{path.name}: line {number} is damaged and was left out")
    done = [(r.get("hop"), r.get("sample")) for r in records if r.get("event") == "checkpoint"]
    # A damaged line may still be JSON: a checkpoint without its figures is none.
    whole = [(hop, sample) for hop, sample in done if isinstance(hop, int) and isinstance(sample, int)]
    hop, sample = whole[-1] if whole else (-1, -1)
    return Journal(tuple(records), hop, sample, tuple(warnings), len(data) - len(rest))
