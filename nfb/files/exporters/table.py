"""The decisions of a session as a table, one row per hop: CSV and Parquet, with the meaning of columns beside it."""

import csv
import io
from typing import BinaryIO

import numpy as np

from nfb.files.codec import Json, json_text
from nfb.files.exporters.timeline import NS, Timeline
from nfb.files.feedback_reader import Column
from nfb.files.feedback_table import column_descriptions
from nfb.files.recording import OwnSession, Recording
from nfb.model.errors import RecordingError, SetupError

_ELAPSED = "elapsed_s"


def write_csv(recording: Recording, file: BinaryIO) -> list[str]:
    """Comma-separated UTF-8 with one head row (RFC 4180); numbers with all their digits, missing ones empty."""
    columns, warnings = _columns(recording)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(zip(*(map(_cell, values.tolist()) for values in columns.values()), strict=True))
    text.flush()
    text.detach()
    return warnings


def write_parquet(recording: Recording, file: BinaryIO) -> list[str]:
    """Apache Parquet; each column carries its description and unit, missing numbers are null.

    Raises
    ------
    SetupError
        pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise SetupError("Parquet needs pyarrow: python -m pip install 'nfb[parquet]'. CSV needs nothing.") from error
    columns, warnings = _columns(recording)
    described = descriptions(recording)
    arrays = [pa.array(values, from_pandas=True) for values in columns.values()]
    fields = [
        pa.field(name, array.type, metadata={key.lower(): str(value) for key, value in described[name].items()})
        for name, array in zip(columns, arrays, strict=True)
    ]
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), file)
    return warnings


def sidecar(recording: Recording) -> str:
    """Text of the JSON file with each column's description and unit."""
    content: dict[str, Json] = dict(descriptions(recording).items())
    return json_text(content)


def descriptions(recording: Recording) -> dict[str, dict[str, Json]]:
    """``Description`` and, where there is one, ``Units`` of each column."""
    found: dict[str, dict[str, Json]] = {}
    for name, described in column_descriptions(_session(recording).setup).items():
        assert isinstance(described, dict)
        found[name] = described
        if name == "time_s":
            found[_ELAPSED] = {"Description": "Time since the first sample, gaps counted", "Units": "s"}
    return found


def _columns(recording: Recording) -> tuple[dict[str, Column], list[str]]:
    """The table with the true time beside the sample's."""
    table = _session(recording).feedback
    timeline = Timeline(recording)
    columns: dict[str, Column] = {}
    for name in descriptions(recording):
        if name == _ELAPSED:
            samples = table.columns["sample"].tolist()
            columns[name] = np.array([timeline.at_ns(int(sample)) / NS for sample in samples], dtype=np.float64)
        else:
            columns[name] = table.columns[name]
    return columns, list(table.warnings)


def _session(recording: Recording) -> OwnSession:
    if recording.session is None:
        raise RecordingError(
            f"{recording.path}: was not recorded by this program, so it has no decisions to export. Its EEG can be "
            "exported as EDF, BDF or XDF; `nfb replay --protocol` makes decisions from it."
        )
    return recording.session


def _cell(value: object) -> object:
    # The table's own word for a missing text is n/a, which statistics programs read as missing, too.
    return "" if value != value else repr(value) if isinstance(value, float) else value
