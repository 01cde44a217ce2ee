"""EDF+ and BDF+: samples of 16 or 24 bits, annotations, gaps as discontinuous files.

Notes
-----
The file is put together here and not by a library, because the ones at hand (edfio, EDFlib, MNE) write continuous
files only. Clauses are those of edfplus.info/specs/edfplus.html; BDF+ is the same with 24 bits, another first field
and ``BDF`` for ``EDF`` (teuniz.net/edfbrowser/bdfplus format description.html).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from nfb.files.exporters.edf_records import Filling, RecordLength, Run, plan, record_length
from nfb.files.exporters.edf_text import (
    annotation_lists,
    date_text,
    field,
    limit_above,
    limit_below,
    subfield,
    time_keeping,
)
from nfb.files.exporters.timeline import NS, Timed, Timeline, notes_of
from nfb.files.importers.channels import unique
from nfb.files.importers.common import some
from nfb.files.recording import Recording
from nfb.model.errors import RecordingError
from nfb.model.samples import Float32

_BATCH_VALUES = 1 << 20
_MAX_RECORDS = 99_999_999
_SHORT_RECORD_S = 0.1
# Converters of EEG headsets step by 0.02 to 0.5 µV; what is coarser than their better half is worth a word.
_FINE_UV = 0.1
# The name by which MNE, and who follows it, knows values that are no measurement.
_NOT_MEASURED = "BAD_ACQ_SKIP"


@dataclass(frozen=True, slots=True)
class Format:
    """What tells EDF+ from BDF+."""

    name: str
    version: bytes
    value_bytes: int

    @property
    def digital_max(self) -> int:
        return int(2 ** (8 * self.value_bytes - 1)) - 1

    @property
    def digital_min(self) -> int:
        return -self.digital_max - 1


EDF = Format("EDF", b"0       ", 2)
BDF = Format("BDF", b"\xffBIOSEMI", 3)


@dataclass(frozen=True, slots=True)
class Signal:
    """One ordinary signal; `low` and `high` are its physical limits as they stand in the header."""

    label: str
    unit: str
    low: str
    high: str

    def step(self, kind: Format) -> float:
        """Physical value of one digital step."""
        return (float(self.high) - float(self.low)) / (kind.digital_max - kind.digital_min)


def write(kind: Format, recording: Recording, file: BinaryIO) -> list[str]:
    """Write a recording as EDF+ or BDF+.

    Raises
    ------
    RecordingError
        It holds values, or is of a length, that the header cannot express.
    """
    rate_hz = recording.sampling_rate_hz
    timeline = Timeline(recording)
    length = record_length(timeline.segments, rate_hz)
    runs, fillings = plan(timeline.segments, length, rate_hz)
    n_records = sum(run.n_records for run in runs)
    if n_records > _MAX_RECORDS:
        raise RecordingError(
            f"{recording.path}: {n_records} data records are more than EDF can count. Export as XDF."
        )
    blocks = [recording.eeg, *([] if recording.acceleration_g is None else [recording.acceleration_g])]
    signals, strange = _signals(recording, blocks)
    start, start_ns = _start(recording)
    notes = [*notes_of(recording, timeline), *_unmeasured(fillings, strange, timeline)]
    by_record = _notes_by_record(runs, length, fillings, notes)
    if length.n_samples < _SHORT_RECORD_S * rate_hz:
        by_record = _spread(by_record, n_records)
    longest = max(map(len, _record_texts(runs, length, by_record, start_ns)))
    slot_values = -(-longest // kind.value_bytes)
    discontinuous = len(runs) > 1
    file.write(_header(kind, recording, signals, length, n_records, slot_values, start, discontinuous=discontinuous))
    texts = _record_texts(runs, length, by_record, start_ns)
    for block in _records(kind, runs, length, fillings, blocks, signals):
        listed = b"".join(next(texts).ljust(slot_values * kind.value_bytes, b"\x00") for _ in block)
        beside = np.frombuffer(listed, dtype=np.uint8).reshape(len(block), -1)
        file.write(np.concatenate([block, beside], axis=1).tobytes())
    return _warnings(kind, recording, signals, length, runs, fillings, int(strange.sum()))


# ------------------------------------------------------------------------------------------------------- signals


def _signals(recording: Recording, blocks: list[Float32]) -> tuple[list[Signal], NDArray[np.bool_]]:
    """The signals with limits from their data, and which samples are not finite in some channel."""
    names = [f"EEG {name}" for name in recording.device.channel_names]
    labels = [*_labels(names), *(f"Acc {axis}" for axis in "XYZ")]
    units = ["uV"] * len(names) + ["g"] * 3
    strange = np.zeros(recording.n_samples, dtype=np.bool_)
    signals: list[Signal] = []
    for block in blocks:
        low = np.full(block.shape[0], np.inf)
        high = np.full(block.shape[0], -np.inf)
        for first in range(0, recording.n_samples, _BATCH_VALUES):
            part = block[:, first : first + _BATCH_VALUES]
            finite = np.isfinite(part)
            strange[first : first + part.shape[1]] |= ~finite.all(axis=0)
            low = np.minimum(low, np.where(finite, part, np.inf).min(axis=1))
            high = np.maximum(high, np.where(finite, part, -np.inf).max(axis=1))
        for row in range(block.shape[0]):
            index = len(signals)
            limits = _limits(float(low[row]), float(high[row]))
            if limits is None:
                raise RecordingError(
                    f"{recording.path}: {labels[index]} reaches from {low[row]:g} to {high[row]:g} {units[index]}, "
                    "which the header of an EDF file has no room for. Export as XDF."
                )
            signals.append(Signal(labels[index], units[index], *limits))
    return signals, strange


def _limits(low: float, high: float) -> tuple[str, str] | None:
    """Physical limits that hold all values and differ from each other (2.1.3.5); None if there are none."""
    if low > high:  # no finite value at all
        low, high = 0.0, 1.0
    below, above = limit_below(low), limit_above(high)
    if below is not None and below == above:
        above = limit_above(high + 1.0)
    return None if below is None or above is None or below == above else (below, above)


def _labels(names: list[str]) -> list[str]:
    """Labels of 16 ASCII characters, all different."""
    labels = unique([field(name, 16).decode().strip() for name in names])
    # A number that `unique` put behind a long label would be cut off again.
    return [label if len(label) <= 16 else f"{label[:12]} {index:03d}" for index, label in enumerate(labels, 1)]


def _unmeasured(fillings: list[Filling], strange: NDArray[np.bool_], timeline: Timeline) -> list[Timed]:
    """Notes on values that stand for none."""
    notes = []
    for filling in fillings:
        onset_ns = timeline.after_ns(filling.after_sample)
        length_ns = timeline.after_ns(0) * filling.n_samples
        notes.append(Timed(onset_ns, length_ns, _NOT_MEASURED, filling.after_sample))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], strange, [False]]).astype(np.int8)))
    for first, stop in edges.reshape(-1, 2).tolist():
        onset_ns = timeline.at_ns(first)
        notes.append(Timed(onset_ns, timeline.after_ns(stop - 1) - onset_ns, _NOT_MEASURED, first))
    return notes


# ------------------------------------------------------------------------------------------------------- records


def _positions(run: Run, fillings: list[Filling]) -> NDArray[np.int64]:
    """The recording's sample at each place of a run; fillings repeat the one before them."""
    samples = np.arange(run.start, run.stop)
    times = np.ones(len(samples), dtype=np.int64)
    for filling in fillings:
        if run.start <= filling.after_sample < run.stop:
            times[filling.after_sample - run.start] += filling.n_samples
    return np.repeat(samples, times)


def _records(
    kind: Format,
    runs: list[Run],
    length: RecordLength,
    fillings: list[Filling],
    blocks: list[Float32],
    signals: list[Signal],
) -> Iterator[NDArray[np.uint8]]:
    """Bytes of the ordinary signals, ``(n_records, n_bytes)`` of some records at a time."""
    low = np.array([[float(signal.low)] for signal in signals])
    step = np.array([[signal.step(kind)] for signal in signals])
    batch = max(1, _BATCH_VALUES // (length.n_samples * len(signals)))
    for run in runs:
        places = _positions(run, fillings)
        last = np.full((len(signals), 1), np.nan)
        for first in range(0, run.n_records, batch):
            part = places[first * length.n_samples : (first + batch) * length.n_samples]
            values = np.concatenate([block[:, part] for block in blocks]).astype(np.float64)
            values = _held(np.concatenate([last, values], axis=1), low)
            last = values[:, -1:]
            digital = np.rint((values[:, 1:] - low) / step) + kind.digital_min
            digital = np.clip(digital, kind.digital_min, kind.digital_max).astype("<i4")
            n_records = len(part) // length.n_samples
            by_record = digital.reshape(len(signals), n_records, length.n_samples).transpose(1, 0, 2)
            raw = np.ascontiguousarray(by_record).view(np.uint8).reshape(n_records, -1, 4)
            yield raw[:, :, : kind.value_bytes].reshape(n_records, -1)


def _held(values: NDArray[np.float64], low: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is not finite takes the value before it, at the beginning the lower limit."""
    finite = np.isfinite(values)
    if finite[:, 1:].all():
        return values
    latest = np.maximum.accumulate(np.where(finite, np.arange(values.shape[1]), -1), axis=1)
    held: NDArray[np.float64] = np.take_along_axis(values, np.maximum(latest, 0), axis=1)
    return np.where(latest < 0, low, held)


def _notes_by_record(
    runs: list[Run], length: RecordLength, fillings: list[Filling], notes: list[Timed]
) -> dict[int, list[Timed]]:
    """Each note in the data record of the sample to which it belongs (2.2.3)."""
    by_record: dict[int, list[Timed]] = defaultdict(list)
    waiting = sorted(notes, key=lambda note: note.sample)
    first_record = 0
    for run in runs:
        places = _positions(run, fillings)
        mine = [note for note in waiting if run.start <= note.sample < run.stop]
        for note, place in zip(mine, np.searchsorted(places, [note.sample for note in mine]), strict=True):
            by_record[first_record + int(place) // length.n_samples].append(note)
        first_record += run.n_records
    return by_record


def _spread(by_record: dict[int, list[Timed]], n_records: int) -> dict[int, list[Timed]]:
    """Let notes that crowd in one record stand in the ones after it.

    What is noted must stand in the record that it is about (2.2.3); where records last for a few samples it is about
    more than one of them. All records have room for as much as the fullest, so one that is crowded costs a lot.
    """
    longest = max((len(annotation_lists([note], 0)) for notes in by_record.values() for note in notes), default=0)
    spread: dict[int, list[Timed]] = defaultdict(list)
    place, filled = 0, 0
    for record in sorted(by_record):
        for note in by_record[record]:
            size = len(annotation_lists([note], 0))
            if record > place:
                place, filled = record, 0
            elif filled + size > longest and place + 1 < n_records:
                place, filled = place + 1, 0
            spread[place].append(note)
            filled += size
    return spread


def _record_texts(
    runs: list[Run], length: RecordLength, by_record: dict[int, list[Timed]], start_ns: int
) -> Iterator[bytes]:
    """What the annotations signal holds in each record."""
    record = 0
    for run in runs:
        for number in range(run.n_records):
            text = time_keeping(run.onset_ns + number * length.duration_ns + start_ns)
            if record in by_record:
                text += annotation_lists(by_record[record], start_ns)
            yield text
            record += 1


# -------------------------------------------------------------------------------------------------------- header


def _start(recording: Recording) -> tuple[datetime | None, int]:
    """Local time of the start in whole seconds (2.1.3.8), and the nanoseconds from there to the first sample."""
    if recording.started_utc is None:
        return None, 0
    local = recording.started_utc.astimezone()
    return local.replace(microsecond=0), local.microsecond * 1000


def _identifications(recording: Recording, start: datetime | None) -> tuple[str, str]:
    """Patient (code, sex, birth date, name) and recording (2.1.3.3 and 2.1.3.4)."""
    device = recording.device
    patient, investigation = "X", "X"
    if recording.session is not None:
        patient, investigation = recording.session.layout.subject, f"ses-{recording.session.layout.session}"
    equipment = subfield(f"{device.manufacturer} {device.model or device.name}")
    date, zone = ("X", "") if start is None else (date_text(start), f" {start:UTC%z}")
    return f"{subfield(patient)} X X X", f"Startdate {date} {subfield(investigation)} X {equipment}{zone}"


def _header(
    kind: Format,
    recording: Recording,
    signals: list[Signal],
    length: RecordLength,
    n_records: int,
    slot_values: int,
    start: datetime | None,
    *,
    discontinuous: bool,
) -> bytes:
    patient, identification = _identifications(recording, start)
    n_signals = len(signals) + 1
    day, time = ("01.01.85", "00.00.00") if start is None else (_day(start), f"{start:%H.%M.%S}")
    fields = [
        kind.version,
        field(patient, 80),
        field(identification, 80),
        field(day, 8),
        field(time, 8),
        field(str(256 * (n_signals + 1)), 8),
        field(f"{kind.name}+{'D' if discontinuous else 'C'}", 44),
        field(str(n_records), 8),
        field(length.text, 8),
        field(str(n_signals), 4),
    ]
    listed = str(kind.digital_min), str(kind.digital_max)
    # The annotations signal has a label, limits that differ, and a size; its other fields are empty (2.2.1).
    rows = [(s.label, s.unit, s.low, s.high, *listed, str(length.n_samples)) for s in signals]
    rows.append((f"{kind.name} Annotations", "", "-1", "1", *listed, str(slot_values)))
    labels, units, lows, highs, digital_lows, digital_highs, counts = zip(*rows, strict=True)
    blanks = ("",) * n_signals
    columns = (
        (labels, 16),
        (blanks, 80),  # transducer: not known
        (units, 8),
        (lows, 8),
        (highs, 8),
        (digital_lows, 8),
        (digital_highs, 8),
        (blanks, 80),  # prefiltering: none by this program
        (counts, 8),
        (blanks, 32),
    )
    return b"".join(fields) + b"".join(field(text, width) for texts, width in columns for text in texts)


def _day(start: datetime) -> str:
    """dd.mm.yy, where yy is ``yy`` outside 1985–2084 (2.1.3.2)."""
    year = f"{start.year % 100:02d}" if 1985 <= start.year <= 2084 else "yy"
    return f"{start.day:02d}.{start.month:02d}.{year}"


# ------------------------------------------------------------------------------------------------------ warnings


def _warnings(
    kind: Format,
    recording: Recording,
    signals: list[Signal],
    length: RecordLength,
    runs: list[Run],
    fillings: list[Filling],
    n_strange: int,
) -> list[str]:
    rate_hz = recording.sampling_rate_hz
    told = []
    coarse = [
        f"{signal.label} {signal.step(kind):.2g} µV ({signal.low} to {signal.high})"
        for signal in signals
        if signal.unit == "uV" and signal.step(kind) > _FINE_UV
    ]
    if coarse:
        way_out = " Export as BDF for steps 256 times finer." if kind is EDF else " XDF keeps the values as they are."
        told.append(
            f"Nothing is clipped, but {8 * kind.value_bytes} bits over the whole range of the data are coarse steps: "
            f"{some(coarse, 4)}.{way_out}"
        )
    if len(runs) > 1:
        told.append(
            f"The file is discontinuous ({kind.name}+D) because samples were lost. Programs that know continuous "
            "files only refuse it (EDFlib) or join its parts (MNE), after which annotations lie too late; XDF or the "
            "recording itself can be read instead."
        )
        if length.n_samples < _SHORT_RECORD_S * rate_hz:
            told.append(
                f"Samples were lost at places that leave data records no more than {length.n_samples} "
                f"sample{'s' if length.n_samples > 1 else ''} long; the file is larger for that."
            )
    if not length.exact:
        stored_hz = length.n_samples * NS / length.duration_ns
        told.append(f"The rate of {rate_hz:.9g} Hz is stored as {stored_hz:.9g} Hz: the header holds no other.")
    n_filled = sum(filling.n_samples for filling in fillings)
    if n_filled:
        told.append(
            f"{n_filled} samples were added to complete data records; they repeat the one before and are marked "
            f"{_NOT_MEASURED}."
        )
    if n_strange:
        told.append(
            f"{n_strange} samples are not finite numbers; they repeat the one before and are marked {_NOT_MEASURED}."
        )
    return told
