"""The feedback table gives back the same bits, in any gzip reader, and survives a cut."""

import csv
import gzip
import math
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfb.files.feedback_reader import read_feedback
from nfb.files.feedback_table import FeedbackWriter, column_descriptions, column_names, member
from nfb.model.errors import RecordingError
from nfb.model.events import FilterFitted
from nfb.model.hop import Cause, HopResult, Why, WhyKind
from nfb.session.setup import Setup

MakeHop = Callable[..., HopResult]


def test_any_gzip_and_tsv_reader_reads_it(tmp_path: Path, setup: Setup, make_hop: MakeHop) -> None:
    path = tmp_path / "feedback.tsv.gz"
    with FeedbackWriter(path, setup, rows_per_member=7) as writer:
        for number in range(20):
            writer.write([make_hop(number)])
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) == 20
    assert tuple(rows[0]) == column_names(setup)
    assert rows[3]["sample"] == "19"
    assert rows[3]["time_s"] == "0.076"
    assert rows[3]["stage"] == "run-1"
    assert float(rows[3]["feature.smr"]) == 3 / 7
    assert rows[3]["feature.theta"] == "n/a"
    assert float(rows[3]["threshold.theta"]) == 1 / 3
    assert rows[3]["why"] == "dwell 0.1 of 0.5 s"
    assert (rows[3]["artefact_channel"], rows[3]["arrived_s"]) == ("n/a", "n/a")


@given(st.lists(st.floats(), min_size=2, max_size=2), st.floats(min_value=0, max_value=1))
def test_floats_come_back_bit_for_bit(setup: Setup, features: list[float], feedback: float) -> None:
    why = Why(WhyKind.ARTEFACT, 1, 0.0, Cause.MUSCLE)
    thresholds = (math.nan, 0.1 + 0.2)
    hop = HopResult(8, 44, 0, 3, tuple(features), thresholds, True, Cause.MUSCLE, 1, feedback, False, False, 0.1, why)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feedback.tsv.gz"
        with FeedbackWriter(path, setup) as writer:
            writer.write([hop])
        columns = read_feedback(path).columns
    assert columns["sample"].tolist() == [44]
    np.testing.assert_array_equal(columns["feature.smr"], [features[0]])
    np.testing.assert_array_equal(columns["feature.theta"], [features[1]])
    np.testing.assert_array_equal(columns["feedback"], [feedback])
    np.testing.assert_array_equal(columns["threshold.theta"], [0.30000000000000004])
    assert math.isnan(float(columns["threshold.smr"][0]))
    assert (columns["artefact"][0], columns["artefact_cause"][0], columns["artefact_channel"][0]) == (
        1,
        "muscle",
        "C4",
    )
    assert (columns["state"][0], columns["why"][0]) == ("held", "muscle on C4")


def test_numpy_scalars_are_plain_numbers(tmp_path: Path, setup: Setup, make_hop: MakeHop) -> None:
    hop = make_hop(1)._replace(features=(np.float64(1.5), np.float64("nan")), feedback=np.float64(0.25))
    with FeedbackWriter(tmp_path / "f.gz", setup) as writer:
        writer.write([hop])
    (text,) = read_feedback(tmp_path / "f.gz").lines
    assert text.split("\t")[3:5] == ["1.5", "n/a"]
    assert "np." not in text


@pytest.mark.parametrize("chunk", [1, 3, 20])
def test_the_delay_changes_at_the_hop_at_which_filters_were_fitted(
    tmp_path: Path, setup: Setup, make_hop: MakeHop, chunk: int
) -> None:
    hops = [make_hop(number) for number in range(20)]
    with FeedbackWriter(tmp_path / "f.gz", setup) as writer:
        writer.note(FilterFitted(0, 0, "prior", (0.15, 0.9), (0.9, 0.9), (0.8, 0.8)))
        for first in range(0, 20, chunk):
            if 13 in range(first, first + chunk):
                writer.note(FilterFitted(13, 69, "baseline", (0.25, 0.9), (0.9, 0.9), (0.8, 0.8)))
            writer.write(hops[first : first + chunk])
    # theta is an inhibit: only the rewarded feature counts
    assert read_feedback(tmp_path / "f.gz").columns["delay_s"].tolist() == [0.15] * 13 + [0.25] * 7


def test_equal_hops_give_equal_bytes(tmp_path: Path, setup: Setup, make_hop: MakeHop) -> None:
    contents = []
    for name in ("a.gz", "b.gz"):
        with FeedbackWriter(tmp_path / name, setup) as writer:
            writer.write([make_hop(number) for number in range(50)])
        contents.append((tmp_path / name).read_bytes())
    assert contents[0] == contents[1]
    assert contents[0][4:8] == b"\0\0\0\0"  # RFC 1952: MTIME 0, no time stamp


@settings(max_examples=60)
@given(st.integers(min_value=0))
def test_a_table_cut_at_any_byte_keeps_all_whole_members(cut: int) -> None:
    rows = [["sample\tfeedback\n", "4\t0.5\n"], ["9\t0.25\n"], ["14\tn/a\n", "19\t1.0\n"]]
    members = [member("".join(part)) for part in rows]
    data = b"".join(members)
    cut %= len(data) + 1
    ends = np.cumsum([len(part) for part in members])
    n_whole = int((ends <= cut).sum())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feedback.tsv.gz"
        path.write_bytes(data[:cut])
        table = read_feedback(path)
    expected = "".join("".join(part) for part in rows[:n_whole])
    assert "".join(f"{row}\n" for row in table.lines) == expected.partition("\n")[2]
    assert table.whole_bytes == (int(ends[n_whole - 1]) if n_whole else 0)
    assert bool(table.warnings) == (table.whole_bytes != cut)
    assert gzip.decompress(data[: table.whole_bytes]).decode() == expected


def test_every_column_is_described(setup: Setup) -> None:
    assert tuple(column_descriptions(setup)) == column_names(setup)
    assert column_descriptions(setup)["feature.smr"]["Units"] == "µV"  # type: ignore[index,call-overload]


def test_a_cell_that_is_no_number_is_told_with_its_column(tmp_path: Path) -> None:
    path = tmp_path / "feedback.tsv.gz"
    path.write_bytes(member("sample\tfeedback\n4\t0.5\n9\thalf\n"))
    table = read_feedback(path)
    assert table.columns["sample"].tolist() == [4, 9]
    with pytest.raises(RecordingError, match="feedback holds something else than numbers"):
        table.columns["feedback"]


def test_a_table_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nfb.files.feedback_reader._MOST_BYTES", 2**20)
    path = tmp_path / "feedback.tsv.gz"
    path.write_bytes(member("sample\n" + "4\n" * 2**20))
    with pytest.raises(RecordingError, match="unpacks to more than 1 MiB"):
        read_feedback(path)


@pytest.mark.parametrize("rows", ["4\n", "4\t0.5\t1\n", "4\t0.5\n9\n7\t", "4\t0.5\n\n"])
def test_rows_of_another_width_than_the_head_are_refused(tmp_path: Path, rows: str) -> None:
    path = tmp_path / "feedback.tsv.gz"
    path.write_bytes(member("sample\tfeedback\n" + rows))
    with pytest.raises(RecordingError, match="do not have the 2 columns"):
        read_feedback(path)


@given(
    st.lists(st.tuples(st.floats(), st.text(st.characters(codec="utf-8", exclude_characters="\t\n\0"))), max_size=30)
)
def test_columns_are_what_the_standard_librarys_reader_makes_of_them(rows: list[tuple[float, str]]) -> None:
    text = "feedback\twhy\n" + "".join(f"{value!r}\t{why}\n" for value, why in rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feedback.tsv.gz"
        path.write_bytes(member(text))
        table = read_feedback(path)
    np.testing.assert_array_equal(table.columns["feedback"], [value for value, _ in rows])
    assert table.columns["why"].tolist() == [why for _, why in rows]
