"""Headers and annotation lists of EDF, EDF+, BDF and BDF+ (Kemp 1992; Kemp & Olivan 2003, edfplus.info)."""

import math
from dataclasses import dataclass
from pathlib import Path

from nfb.files.importers.common import refusal

_FIELD_BYTES = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
_WAY_OUT = "Copy it again in binary mode, or export it again"


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal's header.

    Parameters
    ----------
    first_value
        Where its values begin in a data record, in values.
    n_values
        Values per data record.
    scale, offset
        ``physical = digital × scale + offset``; `scale` is 0 where the header's limits make none.
    """

    label: str
    unit: str
    first_value: int
    n_values: int
    scale: float
    offset: float

    @property
    def is_annotations(self) -> bool:
        return self.label in ("EDF Annotations", "BDF Annotations")


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the data records."""

    is_bdf: bool
    discontinuous: bool
    n_bytes: int
    n_records: int
    record_s: float
    signals: tuple[Signal, ...]

    @property
    def value_bytes(self) -> int:
        return 3 if self.is_bdf else 2

    @property
    def record_values(self) -> int:
        return sum(signal.n_values for signal in self.signals)

    @property
    def record_bytes(self) -> int:
        return self.record_values * self.value_bytes


def parse_header(path: Path, data: bytes) -> Header:
    """Read the header and check it against the size of the file.

    Raises
    ------
    RecordingError
        A field is no number, or promises what the file cannot hold.
    """

    def number(raw: bytes, what: str) -> float:
        text = raw.decode("latin-1").strip(" \x00").replace(",", ".")
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise refusal(path, f"its header gives {text!r} for {what}", _WAY_OUT)
        return value

    if len(data) < 256:
        raise refusal(path, f"{len(data)} bytes are less than an EDF header", _WAY_OUT)
    n_bytes = int(number(data[184:192], "the size of the header"))
    n_signals = int(number(data[252:256], "the number of signals"))
    if n_signals < 1 or n_bytes != 256 * (n_signals + 1):
        raise refusal(path, f"a header of {n_bytes} bytes does not fit {n_signals} signals", _WAY_OUT)
    if n_bytes > len(data):
        raise refusal(path, f"the file ends inside its header ({len(data)} of {n_bytes} bytes)", _WAY_OUT)
    record_s = number(data[244:252], "the length of a data record")
    signals = []
    start, first = 256, 0
    fields = []
    for width in _FIELD_BYTES:
        fields.append([data[start + i * width : start + (i + 1) * width] for i in range(n_signals)])
        start += width * n_signals
    for index in range(n_signals):
        label, _, unit, low, high, d_low, d_high, _, count, _ = (field[index] for field in fields)
        name = label.decode("latin-1").strip(" \x00")
        n_values = int(number(count, f"the samples of {name!r} per record"))
        if n_values < 0 or n_values > len(data):
            raise refusal(path, f"its header promises {n_values} samples of {name!r} per record", _WAY_OUT)
        scale = offset = 0.0
        if name not in ("EDF Annotations", "BDF Annotations"):
            physical = [number(raw, f"the limits of {name!r}") for raw in (low, high)]
            digital = [number(raw, f"the limits of {name!r}") for raw in (d_low, d_high)]
            if digital[0] != digital[1]:
                scale = (physical[1] - physical[0]) / (digital[1] - digital[0])
                offset = physical[0] - digital[0] * scale
        unit_text = unit.decode("latin-1").strip(" \x00")
        signals.append(Signal(name, unit_text, first, n_values, scale, offset))
        first += n_values
    return Header(
        is_bdf=data[0] == 255,
        discontinuous=data[192:197] in (b"EDF+D", b"BDF+D"),
        n_bytes=n_bytes,
        n_records=int(number(data[236:244], "the number of data records")),
        record_s=record_s,
        signals=tuple(signals),
    )


@dataclass(frozen=True, slots=True)
class Notes:
    """Annotations of one data record.

    Parameters
    ----------
    record_onset_s
        Start of the record; None if it holds no time-keeping list.
    entries
        ``(onset_s, duration_s, text)``, onsets from the start of the file.
    """

    record_onset_s: float | None
    entries: list[tuple[float, float, str]]


def parse_annotations(raw: bytes) -> Notes:
    """Read the time-stamped annotation lists (TAL, EDF+ 2.2.2) of one record; what cannot be read is skipped.

    >>> parse_annotations(b"+3\\x14\\x14\\x00+3.5\\x150.2\\x14blink\\x14\\x00")
    Notes(record_onset_s=3.0, entries=[(3.5, 0.2, 'blink')])
    """
    record_onset = None
    entries = []
    for number, tal in enumerate(raw.split(b"\x14\x00")):
        stamp, *texts = tal.lstrip(b"\x00").split(b"\x14")
        onset_text, _, duration_text = stamp.partition(b"\x15")
        onset, duration = _seconds(onset_text), _seconds(duration_text) if duration_text else 0.0
        if onset is None or duration is None or onset_text[:1] not in (b"+", b"-"):
            continue
        if number == 0 and (not texts or texts[0] == b""):
            record_onset = onset
        entries += [(onset, max(0.0, duration), text.decode("utf-8", "replace")) for text in texts if text]
    return Notes(record_onset, entries)


def _seconds(text: bytes) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
