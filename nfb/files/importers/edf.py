"""EDF, EDF+, BDF and BDF+ recordings."""

from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nfb.files.importers.channels import pick_eeg
from nfb.files.importers.common import Hints, finish, read_bytes, refusal, refused, some, told_of, transfer_damage
from nfb.files.importers.edf_header import Header, Notes, Signal, parse_annotations, parse_header
from nfb.files.recording import Annotation, Recording
from nfb.model.device import DeviceInfo
from nfb.model.samples import Float64, Gap, GapCause


def recognises(path: Path, head: bytes) -> bool:
    return head.startswith((b"0       ", b"\xffBIOSEMI"))


def read(path: Path, hints: Hints) -> Recording:
    """Read the EEG of an EDF or BDF file.

    Notes
    -----
    The header is read here and not by a library, because what matters on import is what libraries assume: that the
    size fits, that records follow each other without a hole (EDF+D), that one rate serves all channels. Channels at
    another rate than most EEG channels are left out, never resampled. A file that was cut is read as far as it goes.
    """
    data = read_bytes(path)
    header = parse_header(path, data)
    body = memoryview(data)[header.n_bytes :]
    size_fits = len(body) == header.n_records * header.record_bytes
    damage = transfer_damage(data, size_fits=size_fits)
    if damage:
        raise told_of(path, damage)
    if header.record_bytes == 0 or len(body) < header.record_bytes:
        raise refused(path, "no record")
    if header.record_s <= 0:
        raise refusal(path, f"its data records last {header.record_s:g} s", "Export it again with samples in it")
    n_records = len(body) // header.record_bytes
    warnings = _size_notes(header, n_records, len(body))
    signals, names, scales, notes, named = _choose(path, header)
    warnings += notes
    rate = signals[0].n_values / header.record_s
    records = np.frombuffer(body, dtype=np.uint8, count=n_records * header.record_bytes)
    records = records.reshape(n_records, header.record_bytes)
    lists = _annotation_lists(header, records)
    if lists and not size_fits and sum(one.record_onset_s is not None for one in lists) < len(lists) / 2:
        raise refused(path, "shifted")
    eeg = np.empty((len(signals), n_records * signals[0].n_values), dtype=np.float32)
    for row, (signal, scale) in enumerate(zip(signals, scales, strict=True)):
        eeg[row] = (_digital(header, records, signal) * signal.scale + signal.offset) * scale
    onsets = _record_onsets(lists, n_records, header.record_s, warnings)
    gaps = _gaps(header, onsets, signals[0].n_values, rate, warnings)
    annotations = []
    for onset, duration, text in (entry for one in lists for entry in one.entries):
        record = max(0, int(np.searchsorted(onsets, onset + 0.5 / rate, side="right")) - 1)
        within = min(signals[0].n_values, max(0, round((onset - onsets[record]) * rate)))
        annotations.append(Annotation(min(record * signals[0].n_values + within, eeg.shape[1] - 1), duration, text))
    return finish(
        path,
        "bdf" if header.is_bdf else "edf",
        DeviceInfo(
            name="bdf" if header.is_bdf else "edf",
            channel_names=names,
            sampling_rate_hz=rate,
            sites_named=named,
        ),
        eeg,
        gaps=gaps,
        annotations=annotations,
        warnings=warnings,
    )


def _size_notes(header: Header, n_records: int, n_bytes: int) -> list[str]:
    """Sentences about a header that does not fit the size of the file."""
    notes = []
    if header.n_records < 0:
        notes.append(f"The recorder did not close the file; its {n_records} whole data records are read.")
    elif header.n_records != n_records:
        notes.append(
            f"The header promises {header.n_records} data records of {header.record_s:g} s, "
            f"the file holds {n_records}; these are read."
        )
    rest = n_bytes - n_records * header.record_bytes
    if rest:
        notes.append(f"The last {rest} bytes are not a whole data record and were left out.")
    return notes


def _choose(path: Path, header: Header) -> tuple[list[Signal], tuple[str, ...], list[float], list[str], bool]:
    """EEG signals of the rate most of them have, their names, factors to µV, notes, and whether sites are named."""
    usable = [
        signal for signal in header.signals if not signal.is_annotations and signal.n_values > 0 and signal.scale
    ]
    without_scale = [s.label for s in header.signals if not s.is_annotations and (s.n_values == 0 or not s.scale)]
    picks = pick_eeg([signal.label for signal in usable], [signal.unit for signal in usable])
    if not picks.indices:
        labels = [signal.label for signal in header.signals]
        raise refused(path, "no EEG signal", n=len(labels), names=some(labels))
    notes = list(picks.notes)
    if without_scale:
        notes.append(f"Left out, the header gives them no scale: {some(without_scale)}.")
    chosen = [usable[index] for index in picks.indices]
    counts = Counter(signal.n_values for signal in chosen)
    usual = max(counts, key=lambda n_values: (counts[n_values], n_values))
    kept = [row for row, signal in enumerate(chosen) if signal.n_values == usual]
    if len(kept) < len(chosen):
        others = [f"{s.label} ({s.n_values / header.record_s:g} Hz)" for s in chosen if s.n_values != usual]
        notes.append(f"Left out, at another rate than {usual / header.record_s:g} Hz: {some(others)}.")
    return (
        [chosen[row] for row in kept],
        tuple(picks.names[row] for row in kept),
        [picks.scales[row] for row in kept],
        notes,
        picks.sites_named,
    )


def _digital(header: Header, records: NDArray[np.uint8], signal: Signal) -> NDArray[np.int32]:
    """``(n_samples,)`` values of one signal as they were converted."""
    width = header.value_bytes
    raw = records[:, signal.first_value * width : (signal.first_value + signal.n_values) * width]
    raw = np.ascontiguousarray(raw).reshape(-1, width)
    if width == 2:
        return raw.view("<i2").ravel().astype(np.int32)
    top = raw[:, 2].view(np.int8).astype(np.int32)
    return (top << 16) | (raw[:, 1].astype(np.int32) << 8) | raw[:, 0]


def _annotation_lists(header: Header, records: NDArray[np.uint8]) -> list[Notes]:
    """The annotations of each record; of the first annotation signal also its time."""
    width = header.value_bytes
    slots = [signal for signal in header.signals if signal.is_annotations]
    if not slots:
        return []
    lists = []
    for record in records:
        parts = [
            parse_annotations(record[s.first_value * width : (s.first_value + s.n_values) * width].tobytes())
            for s in slots
        ]
        lists.append(Notes(parts[0].record_onset_s, [entry for part in parts for entry in part.entries]))
    return lists


def _record_onsets(lists: list[Notes], n_records: int, record_s: float, warnings: list[str]) -> Float64:
    """``(n_records,)`` start of each record in seconds; where the file does not say, it follows its predecessor."""
    onsets: Float64 = np.arange(n_records, dtype=np.float64) * record_s
    if not lists:
        return onsets
    stated = np.array([np.nan if one.record_onset_s is None else one.record_onset_s for one in lists])
    known = np.flatnonzero(np.isfinite(stated))
    if known.size < n_records:
        warnings.append(f"{n_records - known.size} data records do not say when they began.")
    index = np.arange(n_records)
    latest = known[np.clip(np.searchsorted(known, index, side="right") - 1, 0, None)]
    return np.asarray(stated[latest] + (index - latest) * record_s, dtype=np.float64)


def _gaps(header: Header, onsets: Float64, n_values: int, rate: float, warnings: list[str]) -> tuple[Gap, ...]:
    """Holes between records. Their onsets are decimal text, so less than a sample or half a millisecond is none."""
    holes = np.diff(onsets) - header.record_s
    if np.any(holes < -1.0 / rate):
        warnings.append("Data records overlap or run backwards in time; they are read in the order of the file.")
    places = np.flatnonzero(holes > max(0.75 / rate, 0.0005))
    if places.size and not header.discontinuous:
        warnings.append("The file calls itself continuous, but its data records leave holes; they are taken as gaps.")
    return tuple(
        Gap((int(place) + 1) * n_values, round(float(holes[place]) * rate), float(holes[place]), GapCause.RECORDED)
        for place in places
    )
