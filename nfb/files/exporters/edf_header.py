"""Header of an EDF+ or BDF+ file: who, when, with what, and one column of fields per signal."""

from datetime import datetime

from nfb.files.exporters.edf_records import RecordLength
from nfb.files.exporters.edf_signals import Format, Signal
from nfb.files.exporters.edf_text import date_text, field, subfield
from nfb.files.recording import Recording


def start_of(recording: Recording) -> tuple[datetime | None, int]:
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
    # Importers put the file's format where they do not know the device.
    model = device.model or (device.name if recording.session is not None else "")
    equipment = subfield(f"{device.manufacturer} {model}")
    date, zone = ("X", "") if start is None else (date_text(start), f" {start:UTC%z}")
    return f"{subfield(patient)} X X X", f"Startdate {date} {subfield(investigation)} X {equipment}{zone}"


def header(
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
