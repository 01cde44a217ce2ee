"""Writing protocols: what is read back is equal, and what a person wrote stays."""

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfb.files.protocol_file import load_protocol, parse_protocol
from nfb.files.protocol_writer import toml_text, write_protocol
from nfb.files.shelf import find_protocol, list_protocols
from nfb.model.protocol import (
    Band,
    Condition,
    Direction,
    Fallback,
    Feature,
    FeatureKind,
    Guards,
    Protocol,
    Recalibrate,
    Role,
    Threshold,
    ThresholdRule,
)

SHELF = {path.stem: path for path in list_protocols()}
SMR = load_protocol(find_protocol("smr-central"))


@pytest.mark.parametrize("name", SHELF)
def test_a_shipped_protocol_written_anew_reads_as_the_same(name: str) -> None:
    protocol = load_protocol(SHELF[name])
    assert parse_protocol(write_protocol(protocol)) == protocol


@pytest.mark.parametrize("name", SHELF)
def test_a_shipped_protocol_that_did_not_change_keeps_every_letter_of_its_text(name: str) -> None:
    protocol = load_protocol(SHELF[name])
    assert write_protocol(protocol, protocol.text) == protocol.text


@pytest.mark.parametrize("name", SHELF)
def test_the_layout_is_the_house_layout(name: str) -> None:
    """Written from nothing, a shipped file keeps its lines but for comments and the breaks of long texts."""
    protocol = load_protocol(SHELF[name])
    written = write_protocol(protocol).splitlines()
    tables = [line for line in protocol.text.splitlines() if line.startswith("[")]
    assert [line for line in written if line.startswith("[")] == tables
    ours = {line for line in written if " = " in line and not line.startswith("    ")}
    theirs = [line.partition(" #")[0].rstrip() for line in protocol.text.splitlines()]
    theirs = [line for line in theirs if " = " in line and not line.startswith(("    ", "#"))]
    assert len([line for line in theirs if line in ours]) >= 0.9 * len(theirs)


def test_one_changed_value_changes_one_line() -> None:
    smr = replace(SMR.features[0], band=Band((13.0, 15.0)))
    written = write_protocol(replace(SMR, features=(smr, *SMR.features[1:])), SMR.text)
    before, after = SMR.text.splitlines(), written.splitlines()
    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [
        ("band_hz = [12, 15]", "band_hz = [13, 15]")
    ]


def test_a_comment_behind_a_changed_value_goes_and_all_others_stay() -> None:
    written = write_protocol(replace(SMR, reward=replace(SMR.reward, dwell_s=0.5)), SMR.text)
    gone = [line for line in SMR.text.splitlines() if line not in written.splitlines()]
    assert gone == ["dwell_s = 0.35 # SMR comes in short bursts; half a second would leave few of them"]
    assert "dwell_s = 0.5\n" in written


def test_a_removed_condition_takes_its_own_lines_only() -> None:
    written = write_protocol(replace(SMR, conditions=(SMR.conditions[0], SMR.conditions[2])), SMR.text)
    assert parse_protocol(written).conditions == (SMR.conditions[0], SMR.conditions[2])
    assert "# Frozen after the baseline" in written
    assert "# One electrode is common practice too" in written


def test_a_value_that_followed_the_band_is_said_when_the_band_changes_and_it_does_not() -> None:
    """theta at 4-7 Hz has 0.25 s by default; at 4-8 Hz the default is another one."""
    theta = replace(SMR.features[1], band=Band((4.0, 8.0)))
    assert theta.delay_s == 0.25
    protocol = replace(SMR, features=(SMR.features[0], theta, SMR.features[2]))
    written = write_protocol(protocol, SMR.text)
    assert parse_protocol(written) == protocol


def test_every_kind_rule_and_option_is_written() -> None:
    sites = ("F3", "F4", "Cz")
    kinds = (
        Feature("size", FeatureKind.POWER, Band((8.0, 12.0), (-2.0, 2.0)), sites=("Cz",), log=True, delay_s=0.3),
        Feature("share", FeatureKind.RELATIVE, Band((4.0, 8.0)), (2.0, 40.0), sites, delay_s=0.2, estimator="cfir"),
        Feature("slow", FeatureKind.AMPLITUDE, Band((12.0, 15.0)), sites=sites, slow=True, delay_s=0.2, taps_s=3.0),
        Feature(
            "balance", FeatureKind.ASYMMETRY, Band((8.0, 13.0)), sites=("F4",), left_sites=("F3",), smoothing_s=2.0,
            delay_s=0.1,
        ),
        Feature("quotient", FeatureKind.RATIO, numerator="share", denominator="slow", log=True),
    )  # fmt: skip
    rules = (
        Threshold(ThresholdRule.FIXED, value=2.5),
        Threshold(ThresholdRule.BASELINE_Z, k=-0.5),
        Threshold(ThresholdRule.ROLLING_PERCENTILE, target=0.5, window_s=120.0),
        Threshold(ThresholdRule.STAIRCASE, target=0.7, gain=0.05),
        Threshold(ThresholdRule.BASELINE_PERCENTILE, target=0.9),
    )
    conditions = tuple(
        Condition(kind.name, Role.INHIBIT if i else Role.REWARD, Direction.DOWN, rule)
        for i, (kind, rule) in enumerate(zip(kinds, rules, strict=True))
    )
    # A rule without a target has the default one of its role.
    conditions = (
        replace(conditions[0], threshold=replace(rules[0], target=0.65)),
        replace(conditions[1], threshold=replace(rules[1], target=0.9)),
        *conditions[2:],
    )
    fallbacks = (
        Fallback({"F3": ("AF7",), "F4": ("AF8",), "Cz": ("C1", "C2")}, ("TP9", "TP10"), "on a Muse", False),
        Fallback({"F3": ("F5",), "F4": ("F6",), "Cz": ("Cz",)}, "average"),
    )
    protocol = replace(
        SMR,
        montage=replace(SMR.montage, sites=sites, min_sites=2, reference=("A1", "A2"), fallbacks=fallbacks),
        features=kinds,
        conditions=conditions,
        guards=Guards(80.0, None, 120.0, 5.0, None, True),
        reward=replace(SMR.reward, must_fall_back=True, fall_back=0.1),
        recalibrate=Recalibrate(120.0, 0.3, 0.85, 60.0),
    )
    assert parse_protocol(write_protocol(protocol)) == protocol
    assert parse_protocol(write_protocol(protocol, SMR.text)) == protocol


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1).filter(lambda text: text.strip())


@settings(max_examples=40, deadline=None)
@given(purpose=texts, caution=texts, summary=texts)
def test_any_text_comes_back_as_it_was(purpose: str, caution: str, summary: str) -> None:
    evidence = replace(SMR.evidence, summary=summary.strip())
    protocol = replace(SMR, purpose=purpose.strip(), cautions=(caution.strip(),), evidence=evidence)
    assert parse_protocol(write_protocol(protocol)) == protocol
    assert parse_protocol(write_protocol(protocol, SMR.text)) == protocol


values = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)
tables = st.dictionaries(texts, values, max_size=4)


@settings(max_examples=60, deadline=None)
@given(top=tables, nested=st.dictionaries(texts, tables, max_size=3), rows=st.lists(tables, max_size=3))
def test_any_data_comes_back_as_it_was(top: dict, nested: dict, rows: list) -> None:
    """The standard library reads what is written, whether or not it is a protocol."""
    data = {**top, "features": nested, **({"conditions": rows} if rows else {})}
    text = toml_text(data)
    assert tomllib.loads(text) == data
    assert tomllib.loads(toml_text(data, text)) == data


def unlike(protocol: Protocol) -> Protocol:
    return replace(protocol, features=protocol.features[::-1], conditions=protocol.conditions[::-1])


def test_order_is_kept_against_an_older_text() -> None:
    turned = unlike(SMR)
    assert parse_protocol(write_protocol(turned, SMR.text)) == turned
