"""The table of decisions as CSV and Parquet, as other programs read it."""

import csv
import json
import math
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from nfb.files.exporters import export_recording
from nfb.model.errors import RecordingError, SetupError


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory, torn) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    for kind in ("csv", "parquet"):
        assert export_recording(torn.recording, folder / f"x.{kind}", kind).sidecar == folder / "x.json"
    return folder


def test_csv_holds_the_decisions_bit_for_bit(tables: Path, torn) -> None:
    with (tables / "x.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = torn.recording.session.feedback.columns
    assert [name for name in rows[0] if name != "elapsed_s"] == list(columns)
    for name, values in columns.items():
        cells = [row[name] for row in rows]
        if values.dtype.kind == "U":
            assert cells == values.tolist()
        else:
            numbers = [float(cell) if cell else math.nan for cell in cells]
            np.testing.assert_array_equal(numbers, values.astype(np.float64))


def test_parquet_holds_the_decisions_bit_for_bit_with_types(tables: Path, torn) -> None:
    table = pq.read_table(tables / "x.parquet")
    columns = torn.recording.session.feedback.columns
    kinds = {"i": "int64", "f": "double", "U": "string"}
    for name, values in columns.items():
        column = table.column(name)
        assert str(column.type) == kinds[values.dtype.kind]
        if values.dtype.kind == "f":
            assert column.null_count == np.count_nonzero(np.isnan(values))
            np.testing.assert_array_equal(np.array(column.to_pylist(), dtype=float), values)
        else:
            assert column.to_pylist() == values.tolist()


def test_every_column_is_described_with_its_unit(tables: Path) -> None:
    described = json.loads((tables / "x.json").read_text(encoding="utf-8"))
    table = pq.read_table(tables / "x.parquet")
    assert list(described) == table.column_names
    assert all(column["Description"] for column in described.values())
    assert (described["feature.smr"]["Units"], described["elapsed_s"]["Units"]) == ("µV", "s")
    assert table.schema.field("feature.smr").metadata[b"units"].decode() == "µV"


def test_elapsed_time_counts_the_gaps(tables: Path, torn) -> None:
    table = pq.read_table(tables / "x.parquet")
    truth = [torn.time_s(sample) for sample in table.column("sample").to_pylist()]
    np.testing.assert_allclose(table.column("elapsed_s").to_pylist(), truth, atol=1e-9)
    assert table.column("elapsed_s").to_pylist()[-1] > table.column("time_s").to_pylist()[-1]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_another_program_s_recording_has_no_decisions(make, tmp_path: Path, kind: str) -> None:
    with pytest.raises(RecordingError, match=r"no decisions to export. Its EEG can be exported as EDF, BDF or XDF"):
        export_recording(make(), tmp_path / f"x.{kind}", kind)
    assert list(tmp_path.iterdir()) == []


def test_parquet_without_pyarrow_says_what_to_install(torn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SetupError, match=r"python -m pip install 'nfb\[parquet\]'. CSV needs nothing"):
        export_recording(torn.recording, tmp_path / "x.parquet", "parquet")
    assert list(tmp_path.iterdir()) == []
