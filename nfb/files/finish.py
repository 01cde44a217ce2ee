"""Tables and sidecars of a recording whose last sample has come, made from its journal."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from nfb.files import bids, brainvision
from nfb.files.bids import Layout
from nfb.files.brainvision import Marker
from nfb.files.codec import Json, json_text
from nfb.files.electrodes import write_electrodes
from nfb.files.journal import Journal
from nfb.files.storage import write_atomic
from nfb.model.commands import Mark, Note
from nfb.model.events import (
    ArtefactEnded,
    ArtefactStarted,
    CommandApplied,
    Event,
    GapSeen,
    Rewarded,
    SessionEnded,
    StageEnded,
    StageStarted,
    StateChanged,
    ThresholdChanged,
)
from nfb.model.hop import CAUSE_WORDS, Cause
from nfb.model.samples import Gap
from nfb.session.setup import Setup
from nfb.session.states import State

# What comes from the person and not from electrodes, amplifier or link.
_SUBJECT_CAUSES = (Cause.BLINK, Cause.MUSCLE, Cause.AMPLITUDE, Cause.MOTION, Cause.DROWSY)

_DEVICE_TIMES: dict[str, Json] = {
    "Description": "Time stamp of each sample by the device or its driver, UNIX time; NaN where there is none",
    "Units": "s",
    "DataType": "float64, little-endian",
    "Shape": "one value per sample of the .eeg file",
}
_PRESENTED: dict[str, Json] = {
    "Description": "When updates of the feedback reached the client: hop (row of feedback.tsv.gz, from 0), then the "
    "computer's monotonic clock when it was shown and when it was in a block of sound; NaN for the other of the two",
    "Units": "s",
    "DataType": "float64, little-endian",
    "Shape": "three values per update that was presented",
}
_ACCELERATION: dict[str, Json] = {
    "Description": "Acceleration of the headset along its x, y and z axis",
    "Units": "g",
    "DataType": "float32, little-endian",
    "Shape": "x, y, z of the first sample of the .eeg file, then of the second, and so on",
}


def gap_markers(gap: Gap) -> tuple[Marker, Marker]:
    """A gap is a new segment, and a comment that tells what is missing; it has no length in the file."""
    return (
        Marker(gap.sample, "", "New Segment"),
        Marker(gap.sample, f"gap {gap.missing_s:.6g} s"),
    )


def marker_of(event: Event) -> Marker | None:
    """What the marker file tells of an event; None for most."""
    match event:
        case StageStarted(sample=sample, label=label):
            return Marker(sample, f"stage {label} begins")
        case StageEnded(sample=sample, label=label):
            return Marker(sample, f"stage {label} ends")
        case Rewarded(sample=sample):
            return Marker(sample, "reward")
        case CommandApplied(sample=sample, command=Mark(text=text)):
            return Marker(sample, f"mark: {text}")
        case CommandApplied(sample=sample, command=Note(text=text)):
            return Marker(sample, f"note: {text}")
    return None


def write_tables(
    layout: Layout, setup: Setup, journal: Journal, n_samples: int, started_utc: datetime, first_sample: int = 0
) -> None:
    """Write ``.vmrk``, ``_events.tsv`` and the sidecars of a recording of `n_samples`.

    Notes that follow the last sample (a gap after which nothing came, events beyond a torn file) stay in the journal.
    `first_sample` is the session's sample with which the file begins, where it is a part that stands alone.
    """
    gaps = [replace(gap, sample=gap.sample - first_sample) for gap in journal.gaps]
    gaps = [gap for gap in gaps if 0 <= gap.sample < n_samples]
    events = [
        event if isinstance(event, GapSeen) else replace(event, sample=max(0, event.sample - first_sample))
        for event in journal.decided_events
    ]
    events = [event for event in events if isinstance(event, GapSeen) or event.sample < n_samples]
    markers = [marker for gap in gaps for marker in gap_markers(gap)]
    markers += [marker for event in events if (marker := marker_of(event)) is not None]
    markers.sort(key=lambda marker: marker.sample)
    write_atomic(layout.eeg("vmrk"), brainvision.marker_file(layout.stem, started_utc, markers))
    if not layout.eeg("vhdr").exists():
        write_atomic(layout.eeg("vhdr"), brainvision.header(setup.device, layout.stem))
    bids.write_sidecars(
        layout,
        setup,
        n_samples,
        has_gaps=bool(gaps),
        artefacts=_artefacts(events, n_samples),
        mains_hz=_detected_mains_hz(journal),
    )
    bids.write_events(layout, _event_rows(events, gaps, n_samples, setup.device.sampling_rate_hz))
    write_electrodes(layout, setup.device)
    for path, described in (
        (layout.device_times, _DEVICE_TIMES),
        (layout.acceleration, _ACCELERATION),
        (layout.presented, _PRESENTED),
    ):
        if path.exists():
            write_atomic(path.with_suffix(".json"), json_text(described))


class Noted(NamedTuple):
    """Something that happened at a sample and lasted for `n_samples` (0: a moment); `kind` as in the events table."""

    sample: int
    n_samples: int
    kind: str
    value: str


def noted(events: Iterable[Event], n_samples: int) -> list[Noted]:
    """What is told of a session beside its samples, in order; what has no end of its own ends with the recording."""
    rows: list[Noted] = []
    open_at: dict[str, int] = {}  # kind of a lasting thing that has begun → its row

    def note(sample: int, kind: str, value: str) -> None:
        rows.append(Noted(sample, 0, kind, value))

    def begin(sample: int, kind: str, value: str) -> None:
        open_at[kind] = len(rows)
        note(sample, kind, value)

    def end(sample: int, kind: str) -> None:
        if kind in open_at:
            at = open_at.pop(kind)
            rows[at] = rows[at]._replace(n_samples=max(0, sample - rows[at].sample))

    for event in events:
        match event:
            case StageStarted(sample=sample, label=label):
                begin(sample, "stage", label)
            case StageEnded(sample=sample):
                end(sample, "stage")
            case ArtefactStarted(sample=sample, cause=cause, channel=channel):
                begin(sample, "hold", f"{CAUSE_WORDS[cause]} {channel}")
            case ArtefactEnded(sample=sample):
                end(sample, "hold")
            case StateChanged(sample=sample, state=state, why=why):
                if state.upper() == State.PAUSED.name:
                    begin(sample, "pause", why)
                else:
                    end(sample, "pause")
            case Rewarded(sample=sample, number=number):
                note(sample, "reward", str(number))
            case ThresholdChanged(sample=sample, feature=feature, new=new, by=by):
                note(sample, "threshold", f"{feature} {new:.6g} {by}")
            case CommandApplied(sample=sample, command=Mark(text=text)):
                note(sample, "mark", text)
            case CommandApplied(sample=sample, command=Note(text=text)):
                note(sample, "note", text)
            case SessionEnded(sample=sample):
                for kind in tuple(open_at):
                    end(sample, kind)
    for kind in tuple(open_at):
        end(n_samples, kind)
    return rows


def _detected_mains_hz(journal: Journal) -> Json:
    """The mains frequency that was last seen in the signal; None if none was."""
    # From the lines as they are: reports are most of a journal, and making events of them takes long.
    reports = (record for record in reversed(journal.records) if record.get("event") == "quality_report")
    return next((record["mains_hz"] for record in reports if record.get("mains_hz") is not None), None)


def _artefacts(events: Sequence[Event], n_samples: int) -> str:
    """Which artefacts of the subject were held, and for how much of the recording."""
    held: dict[Cause, int] = {}
    began: tuple[Cause, int] | None = None
    for event in events:
        if began is not None and isinstance(event, ArtefactStarted | ArtefactEnded | SessionEnded):
            cause, first = began
            held[cause] = held.get(cause, 0) + max(0, event.sample - first)
            began = None
        if isinstance(event, ArtefactStarted):
            began = event.cause, event.sample
    shares = {CAUSE_WORDS[cause]: 100 * held[cause] / n_samples for cause in _SUBJECT_CAUSES if held.get(cause)}
    if not shares:
        return "none was detected by the program"
    return "detected by the program, in parts of the samples: " + ", ".join(
        f"{words} {share:.1f} %" for words, share in shares.items()
    )


def _event_rows(
    events: Sequence[Event], gaps: Sequence[Gap], n_samples: int, rate_hz: float
) -> list[tuple[str, ...]]:
    rows = [(event, "n/a", "n/a") for event in noted(events, n_samples)]
    rows += [
        (Noted(gap.sample, 0, "gap", gap.cause.value), str(gap.missing_samples), repr(gap.missing_s)) for gap in gaps
    ]
    rows.sort(key=lambda row: row[0].sample)
    table: list[tuple[str, ...]] = []
    tagged: set[tuple[int, str]] = set()
    for event, missing, missing_s in rows:
        # Of equal events at one time (thresholds after the baseline) one carries the tags: HED allows no repetition.
        tags = "n/a" if (event.sample, event.kind) in tagged else bids.HED_TAGS[event.kind]
        tagged.add((event.sample, event.kind))
        onset, duration = repr(event.sample / rate_hz), repr(event.n_samples / rate_hz)
        table.append((onset, duration, event.kind, event.value, str(event.sample), missing, missing_s, tags))
    return table


def whole_frames(path: Path, n_channels: int) -> int:
    """Number of whole frames in an .eeg file; 0 if it is absent."""
    frame_bytes = n_channels * brainvision.FRAME_DTYPE.itemsize
    return path.stat().st_size // frame_bytes if path.exists() else 0
