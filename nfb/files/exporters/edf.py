"""EDF+ and BDF+: samples of 16 or 24 bits, annotations, gaps as discontinuous files.

Notes
-----
The file is put together here and not by a library, because the ones at hand (edfio, EDFlib, MNE) write continuous
files only. Clauses are those of edfplus.info/specs/edfplus.html; BDF+ is the same with 24 bits, another first field
and ``BDF`` for ``EDF`` (teuniz.net/edfbrowser/bdfplus format description.html).
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from nfb.files.exporters.edf_header import header, start_of
from nfb.files.exporters.edf_records import Filling, RecordLength, Run, plan, record_length
from nfb.files.exporters.edf_signals import BDF, EDF, Format, Signal, signals_of
from nfb.files.exporters.edf_text import annotation_lists, time_keeping
from nfb.files.exporters.timeline import NS, Timed, Timeline, notes_of
from nfb.files.importers.common import some
from nfb.files.recording import Recording
from nfb.model.errors import RecordingError
from nfb.model.samples import Float32

__all__ = ["BDF", "EDF", "write"]

_BATCH_VALUES = 1 << 20
_MAX_RECORDS = 99_999_999
_SHORT_RECORD_S = 0.1
# Converters of EEG headsets step by 0.02 to 0.5 µV; what is coarser than their better half is worth a word.
_FINE_UV = 0.1
# The name by which MNE, and who follows it, knows values that are no measurement.
_NOT_MEASURED = "BAD_ACQ_SKIP"


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
    signals, strange = signals_of(recording, blocks)
    start, start_ns = start_of(recording)
    notes = [*notes_of(recording, timeline), *_unmeasured(fillings, strange, timeline)]
    by_record = _notes_by_record(runs, length, fillings, notes)
    if length.n_samples < _SHORT_RECORD_S * rate_hz:
        by_record = _spread(by_record, n_records)
    longest = max(map(len, _record_texts(runs, length, by_record, start_ns)))
    slot_values = -(-longest // kind.value_bytes)
    discontinuous = len(runs) > 1
    file.write(header(kind, recording, signals, length, n_records, slot_values, start, discontinuous=discontinuous))
    texts = _record_texts(runs, length, by_record, start_ns)
    for block in _records(kind, runs, length, fillings, blocks, signals):
        listed = b"".join(next(texts).ljust(slot_values * kind.value_bytes, b"\x00") for _ in block)
        beside = np.frombuffer(listed, dtype=np.uint8).reshape(len(block), -1)
        file.write(np.concatenate([block, beside], axis=1).tobytes())
    return _warnings(kind, recording, signals, length, runs, fillings, int(strange.sum()))


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
            f"Nothing is clipped, but {8 * kind.value_bytes} bits over the whole range of the data make coarse "
            f"steps: {some(coarse, 4)}.{way_out}"
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
