"""The journal gives back what was written, whatever became of its end."""

import json
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfb.files.codec import decode, encode
from nfb.files.journal import EVENTS, from_record, line, read_journal, to_record
from nfb.model.commands import COMMANDS, Command, EndReason, SetThreshold
from nfb.model.errors import RecordingError
from nfb.model.events import CommandApplied, Event, GapSeen, QualityReport, Rewarded, ThresholdChanged
from nfb.model.hop import Cause
from nfb.model.samples import Gap, GapCause
from nfb.session.setup import Setup

# An optional number has no place for both "none" and "not a number".
st.register_type_strategy(float, st.floats(allow_nan=False))
_events = st.one_of([st.from_type(kind) for kind in get_args(Event)])
_commands = st.one_of([st.from_type(kind) for kind in COMMANDS.values()])


@given(_events)
def test_every_event_comes_back_from_its_line(event: Event) -> None:
    assert from_record(json.loads(line(to_record(event)))) == event


@given(_commands)
def test_every_command_comes_back_from_inside_its_event(command: Command) -> None:
    applied = CommandApplied(3, 14, command)
    assert from_record(json.loads(line(to_record(applied)))) == applied


def test_the_journal_knows_every_event_of_the_vocabulary_by_its_own_name() -> None:
    assert set(EVENTS.values()) == set(get_args(Event))
    assert EVENTS["threshold_changed"] is ThresholdChanged
    assert EVENTS["session_ended"].__name__ == "SessionEnded"


def test_nan_is_null_and_enums_go_by_name() -> None:
    assert to_record(ThresholdChanged(1, 9, 0, "smr", float("nan"), 6.25, "baseline")) == {
        "hop": 1,
        "sample": 9,
        "event": "threshold_changed",
        "condition": 0,
        "feature": "smr",
        "old": None,
        "new": 6.25,
        "by": "baseline",
    }
    assert to_record(GapSeen(7, Gap(40, 3, 0.012, GapCause.LINK_LOST))) == {
        "hop": 7,
        "sample": 40,
        "event": "gap_seen",
        "gap": {"sample": 40, "missing_samples": 3, "missing_s": 0.012, "cause": "LINK_LOST"},
    }
    applied = to_record(CommandApplied(2, 14, SetThreshold(0, 6.2)))
    assert applied["command"] == {"kind": "set_threshold", "condition": 0, "value": 6.2}


def test_null_is_nan_where_a_number_must_be_and_none_where_it_may_be_absent() -> None:
    changed = from_record(
        {"hop": 1, "sample": 9, "event": "threshold_changed", "condition": 0, "feature": "smr", "old": None, "new": 6}
        | {"by": "rule"}
    )
    assert isinstance(changed, ThresholdChanged)
    assert changed.old != changed.old
    assert type(changed.new) is float
    report = from_record(to_record(QualityReport(1, 9, ("good",), ("",), None)))
    assert isinstance(report, QualityReport)
    assert report.mains_hz is None


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"event": "rewardet", "hop": 1, "sample": 2}, "did you mean 'rewarded'"),
        ({"event": "rewarded", "hop": 1, "sample": 2}, "Rewarded.number: is missing"),
        ({"event": "rewarded", "hop": 1, "sample": 2, "number": "3"}, "Rewarded.number = '3'"),
        ({"event": "session_ended", "hop": 1, "sample": 2, "reason": "BORED"}, "'BORED'"),
        ({}, "None"),
    ],
)
def test_a_record_that_is_no_event_is_refused_with_its_place(record: dict[str, object], words: str) -> None:
    with pytest.raises(RecordingError, match=words.replace("(", r"\(")):
        from_record(record)  # type: ignore[arg-type]


@given(st.integers(min_value=0))
def test_a_journal_cut_at_any_byte_keeps_all_its_whole_lines(cut: int) -> None:
    data = b"".join(line(to_record(Rewarded(i, 5 * i, i)) | {"note": "µV"}) for i in range(6))
    cut %= len(data) + 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        path.write_bytes(data[:cut])
        journal = read_journal(path)
    n_lines = data[:cut].count(b"\n")
    assert [event.hop for event in journal.events] == list(range(n_lines))
    assert bool(journal.warnings) == (cut not in [0, *(i + 1 for i, byte in enumerate(data) if byte == 10)])


def test_a_damaged_line_in_the_middle_costs_only_itself(tmp_path: Path) -> None:
    lines = [line(to_record(Rewarded(i, 5 * i, i))) for i in range(3)]
    lines[1] = b"\0" * 20 + b"\n"
    (tmp_path / "journal.jsonl").write_bytes(b"".join(lines))
    journal = read_journal(tmp_path / "journal.jsonl")
    assert [event.hop for event in journal.events] == [0, 2]
    assert journal.warnings == ("journal.jsonl: line 2 is damaged and was left out",)


def test_a_checkpoint_whose_figures_are_damaged_leaves_the_one_before_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for damaged in ({"hop": 20, "sa ple": 99}, {"hop": "2", "sample": 99}, {"hop": None, "sample": 99}):
        lines = [{"event": "checkpoint", "hop": 9, "sample": 49}, {"event": "checkpoint", **damaged}]
        path.write_bytes(b"".join(json.dumps(each).encode() + b"\n" for each in lines))
        journal = read_journal(path)
        assert (journal.complete_hop, journal.complete_sample) == (9, 49)


def test_a_setup_comes_back_equal_with_all_its_fields(setup: Setup) -> None:
    stored = json.loads(json.dumps(encode(setup)))
    assert set(stored) == {field.name for field in fields(Setup)}
    again = decode(Setup, stored)
    assert again == setup
    assert again.protocol.text == setup.protocol.text
    assert type(again.protocol.stages[0].kind) is type(setup.protocol.stages[0].kind)


def test_enum_members_keep_their_type() -> None:
    assert decode(Cause, encode(Cause.MUSCLE)) is Cause.MUSCLE
    assert decode(EndReason, encode(EndReason.TIME_LIMIT)) is EndReason.TIME_LIMIT
