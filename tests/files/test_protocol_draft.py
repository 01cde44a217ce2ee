"""Editing a protocol: changes go into its text, undo takes them back, findings have a place, nothing is lost."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfb.files.protocol_draft import STARTER, ProtocolDraft
from nfb.files.shelf import find_protocol

SMR = find_protocol("smr-central").read_text(encoding="utf-8")
BAND = ("features", "smr", "band_hz")
TARGET = ("conditions", 0, "threshold", "target")


def line_with(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if words in line)


def test_a_shipped_text_has_no_findings() -> None:
    draft = ProtocolDraft(SMR)
    assert (draft.findings, draft.is_toml) == ((), True)
    assert draft.protocol is not None and draft.protocol.id == "smr-central"


def test_a_change_is_written_into_the_text_and_read_from_it() -> None:
    draft = ProtocolDraft(SMR)
    draft.set(BAND, [11, 15])
    assert "band_hz = [11, 15]" in draft.text
    assert draft.protocol is not None and draft.protocol.features[0].band.hz == (11.0, 15.0)
    assert draft.get(BAND) == [11, 15]


def test_a_finding_has_key_path_line_and_way_out() -> None:
    draft = ProtocolDraft(SMR)
    draft.set(BAND, [12, 140])
    (found,) = draft.findings
    assert found.path == BAND
    assert found.place == "features.smr.band_hz"
    assert found.line == line_with(draft.text, "[12, 140]")
    assert "at most 100 Hz" in found.message
    assert draft.protocol is None


@pytest.mark.parametrize(
    ("old", "new", "place", "suggestion"),
    [
        ('kind = "amplitude"', 'kind = "amplitud"', "features.smr.kind", "did you mean 'amplitude'?"),
        ("dwell_s = 0.35", "dwel_s = 0.35", "reward.dwel_s", "did you mean 'dwell_s'?"),
        ('feature = "theta"', 'feature = "thetta"', "conditions[2].feature", "did you mean 'theta'?"),
        ("run_s = 180", 'run_s = "three minutes"', "stages.run_s", "must be a number"),
    ],
)
def test_a_slip_in_a_hand_edited_text_is_placed_and_suggested(
    old: str, new: str, place: str, suggestion: str
) -> None:
    draft = ProtocolDraft(SMR)
    text = SMR.replace(old, new, 1)
    draft.set_text(text)
    assert draft.text == text
    (found,) = [found for found in draft.findings if found.place == place]
    assert found.line == line_with(text, new.partition(" #")[0])
    assert suggestion in found.message


def test_a_text_that_is_no_toml_is_kept_and_its_line_told() -> None:
    draft = ProtocolDraft(SMR)
    broken = SMR.replace('direction = "up"', 'direction = "up', 1)
    draft.set_text(broken)
    assert draft.text == broken
    (found,) = draft.findings
    assert found.line == line_with(broken, 'direction = "up')
    assert not draft.is_toml
    draft.set(BAND, [11, 15])  # a form has nothing to write into: the text stays
    assert draft.text == broken
    draft.undo()
    assert draft.text == SMR


def test_undo_takes_back_a_word_and_redo_brings_it_again() -> None:
    draft = ProtocolDraft(SMR)
    for name in ("M", "My", "My SMR"):
        draft.set(("name",), name)
    draft.set(TARGET, 0.5)
    draft.undo()
    assert (draft.get(("name",)), draft.get(TARGET)) == ("My SMR", 0.65)
    draft.undo()
    assert draft.text == SMR and not draft.can_undo
    draft.redo()
    assert draft.get(("name",)) == "My SMR" and draft.can_redo
    draft.set(TARGET, 0.7)
    assert not draft.can_redo


def test_a_feature_is_renamed_wherever_it_is_named() -> None:
    draft = ProtocolDraft(find_protocol("tbr-cz").read_text(encoding="utf-8"))
    draft.rename_feature("theta", "slow")
    assert draft.get(("features", "theta_to_beta", "numerator")) == "slow"
    draft.rename_feature("theta_to_beta", "quotient")
    assert draft.get(("conditions", 0, "feature")) == "quotient"
    assert draft.protocol is not None and [f.name for f in draft.protocol.features] == ["slow", "beta", "quotient"]


def test_a_name_that_is_taken_is_left_alone() -> None:
    draft = ProtocolDraft(SMR)
    draft.rename_feature("theta", "smr")
    assert draft.text == SMR


def test_the_last_key_of_a_table_takes_the_table_with_it() -> None:
    draft = ProtocolDraft(SMR)
    draft.set(("guards", "blink_uv"), 80)
    assert "[guards]" in draft.text
    draft.remove(("guards", "blink_uv"))
    assert draft.text == SMR


def test_a_new_protocol_lacks_only_what_its_author_can_say() -> None:
    draft = ProtocolDraft(STARTER)
    assert {found.place for found in draft.findings} == {
        "name", "purpose", "evidence.level", "evidence.summary", "evidence.limits", "montage.sites", "features",
        "conditions",
    }  # fmt: skip


edits = st.lists(
    st.tuples(
        st.sampled_from([BAND, TARGET, ("name",), ("montage", "sites"), ("guards", "blink_uv"), ("conditions", 3)]),
        st.one_of(st.none(), st.integers(-9, 99), st.text(max_size=4), st.lists(st.floats(0, 60), max_size=3)),
    ),
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(edits)
def test_any_edits_can_be_taken_back_one_by_one(steps: list) -> None:
    draft = ProtocolDraft(SMR)
    texts = [draft.text]
    for i, (path, value) in enumerate(steps):
        if value is None or value == "":
            draft.remove(path)
        else:
            draft.set(path, value)
        draft.set(("version",), i + 2)  # a step of its own
        texts.append(draft.text)
        assert draft.is_toml
        assert (draft.protocol is None) == bool(draft.findings)
    while draft.can_undo:
        draft.undo()
    assert draft.text == SMR
    assert all(before != after for before, after in pairwise(texts))
