"""What a protocol rewards, in one sentence."""

from dataclasses import replace

import pytest

from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.montage import fit_montage
from nfb.model.protocol import (
    Band,
    Condition,
    Direction,
    Eyes,
    Feature,
    FeatureKind,
    Protocol,
    Role,
    Threshold,
    ThresholdRule,
)
from nfb.model.sentence import band_name, sentence

UP, DOWN = Direction.UP, Direction.DOWN
REWARD, INHIBIT = Role.REWARD, Role.INHIBIT
LEARNED = Threshold(ThresholdRule.BASELINE_PERCENTILE)


def shipped(name: str) -> Protocol:
    return load_protocol(find_protocol(name))


def protocol(
    features: list[Feature], *conditions: tuple[str, Role, Direction], fixed: float | None = None
) -> Protocol:
    threshold = LEARNED if fixed is None else Threshold(ThresholdRule.FIXED, value=fixed)
    return replace(
        shipped("smr-central"),
        features=tuple(features),
        conditions=tuple(Condition(name, role, direction, threshold) for name, role, direction in conditions),
    )


def band(name: str, low: float, high: float, *sites: str, kind: FeatureKind = FeatureKind.AMPLITUDE) -> Feature:
    return Feature(name, kind, Band((low, high)), sites=sites)


THETA = band("theta", 4, 7, "Cz")
BETA = band("beta", 13, 21, "Cz")
RATIO = Feature("tbr", FeatureKind.RATIO, numerator="theta", denominator="beta")


def test_the_shipped_protocols() -> None:
    assert sentence(shipped("smr-central")) == (
        "Reward when SMR (12–15 Hz) at C3 and C4 is above its threshold while theta (4–7 Hz) and high beta "
        "(22–30 Hz) stay below theirs."
    )
    assert sentence(shipped("ua-posterior")) == (
        "Reward when upper alpha (10–12 Hz, or from the alpha peak to 2 Hz above it) at P3, Pz, P4, O1 and O2 is "
        "above its threshold."
    )
    assert sentence(shipped("faa-alay")) == (
        "Reward when alpha (8–13 Hz, or from 4 Hz below the alpha peak to 2 Hz above it) at F4 relative to F3 is "
        "above its threshold."
    )
    assert sentence(shipped("hbeta-down")) == (
        "Reward when high beta (20–30 Hz) at P3 and P4 is below its threshold."
    )
    assert sentence(shipped("tbr-cz")) == (
        "Reward when the ratio of the power of theta (4–7 Hz) to the power of beta (13–21 Hz) at Cz is below its "
        "threshold."
    )
    assert sentence(shipped("tbr-cz-both")) == (
        "Reward when beta (13–21 Hz) at Cz is above its threshold and theta (4–7 Hz) is below its threshold."
    )
    assert sentence(shipped("alpha-theta")) == (
        "Reward when the ratio of theta (5–8 Hz) to alpha (8–11 Hz) at Pz is above its threshold."
    )
    assert sentence(shipped("beta-left-then-at")) == (
        "Reward when beta (15–18 Hz) at F3 is above its threshold while theta (4–7 Hz) and high beta (22–30 Hz) stay "
        "below theirs; then, with eyes closed, when the ratio of theta (5–8 Hz) to alpha (8–11 Hz) at Pz is above "
        "its threshold."
    )
    assert sentence(shipped("beta-theta-left")) == (
        "Reward when beta (15–18 Hz) at F3 is above its threshold while slow activity (4–10 Hz) stays below its "
        "threshold."
    )
    assert sentence(shipped("muse-alpha")) == (
        "Reward when alpha (8–12 Hz, or from 2 Hz below the alpha peak to 2 Hz above it) at TP9 and TP10 is above "
        "its threshold."
    )


def test_parts_with_the_same_eyes_are_told_without_them_and_the_same_conditions_once() -> None:
    halves = shipped("beta-left-then-at")
    all_open = replace(halves, stages=tuple(replace(stage, eyes=Eyes.OPEN) for stage in halves.stages))
    assert "stay below theirs; then when the ratio of theta" in sentence(all_open)
    assert sentence(halves).count("then") == 1  # of five runs
    placed = fit_montage(halves, ("F5", "PO3", "PO4"))
    assert sentence(halves, placed).endswith(
        "to alpha (8–11 Hz) at PO3 and PO4 is above its threshold. Adapted: F5 stands in for F3, PO3 and PO4 for Pz."
    )


def test_on_a_headset_its_own_sites_are_named_and_adapted_ones_are_called_so() -> None:
    balance = shipped("faa-alay")
    muse = fit_montage(balance, ("TP9", "AF7", "AF8", "TP10"))
    assert sentence(balance, muse) == (
        "Reward when alpha (8–13 Hz, or from 4 Hz below the alpha peak to 2 Hz above it) at AF8 relative to AF7 is "
        "above its threshold. Adapted: AF7 and AF8 against the mean of TP9 and TP10 stand in for F3 and F4; blinks "
        "and forehead tension are nearer."
    )
    upper_alpha = shipped("ua-posterior")
    brainbit = fit_montage(upper_alpha, ("T3", "T4", "O1", "O2"))
    assert sentence(upper_alpha, brainbit).endswith("above it) at O1 and O2 is above its threshold.")


def test_adapted_sites_without_a_note_are_listed() -> None:
    smr = shipped("smr-central")
    bare = replace(smr, montage=replace(smr.montage, fallbacks=(replace(smr.montage.fallbacks[0], note=""),)))
    assert sentence(bare, fit_montage(bare, ("Fz", "Cz"))).endswith("stay below theirs. Adapted: Cz for C3.")


def test_a_ratio_names_both_of_its_bands() -> None:
    down = protocol([THETA, BETA, RATIO], ("tbr", REWARD, DOWN))
    assert sentence(down) == (
        "Reward when the ratio of theta (4–7 Hz) to beta (13–21 Hz) at Cz is below its threshold."
    )
    two_places = protocol([THETA, band("beta", 13, 21, "C3"), RATIO], ("tbr", REWARD, DOWN))
    assert sentence(two_places) == (
        "Reward when the ratio of theta (4–7 Hz) at Cz to beta (13–21 Hz) at C3 is below its threshold."
    )


def test_power_and_shares_are_called_so() -> None:
    assert sentence(protocol([band("a", 8, 12, "Oz", kind=FeatureKind.POWER)], ("a", REWARD, UP))) == (
        "Reward when the power of alpha (8–12 Hz) at Oz is above its threshold."
    )
    assert sentence(protocol([band("a", 8, 12, "Oz", kind=FeatureKind.RELATIVE)], ("a", REWARD, UP))) == (
        "Reward when the share of alpha (8–12 Hz) in 1–45 Hz at Oz is above its threshold."
    )


def test_sites_are_named_where_they_change() -> None:
    muscle = band("muscle", 22, 30, "T7", "T8")
    text = sentence(
        protocol([BETA, THETA, muscle], ("beta", REWARD, UP), ("theta", INHIBIT, DOWN), ("muscle", INHIBIT, DOWN))
    )
    assert text == (
        "Reward when beta (13–21 Hz) at Cz is above its threshold while theta (4–7 Hz) and high beta (22–30 Hz) at "
        "T7 and T8 stay below theirs."
    )


def test_each_side_of_the_thresholds_has_its_clause() -> None:
    low, high = band("low", 8, 10, "Pz"), band("high", 10, 12, "Pz")
    assert sentence(protocol([low, high], ("low", REWARD, UP), ("high", REWARD, UP))) == (
        "Reward when alpha (8–10 Hz) at Pz and upper alpha (10–12 Hz) are above their thresholds."
    )
    assert sentence(protocol([BETA, THETA], ("beta", REWARD, UP), ("theta", REWARD, DOWN))) == (
        "Reward when beta (13–21 Hz) at Cz is above its threshold and theta (4–7 Hz) is below its threshold."
    )
    assert sentence(protocol([BETA, THETA], ("beta", REWARD, UP), ("theta", INHIBIT, DOWN))) == (
        "Reward when beta (13–21 Hz) at Cz is above its threshold while theta (4–7 Hz) stays below its threshold."
    )


def test_a_fixed_threshold_is_told_with_its_unit() -> None:
    text = sentence(protocol([BETA, THETA], ("beta", REWARD, UP), ("theta", INHIBIT, DOWN), fixed=6.5))
    assert text == "Reward when beta (13–21 Hz) at Cz is above 6.5 µV while theta (4–7 Hz) stays below 6.5 µV."
    ratio = sentence(protocol([THETA, BETA, RATIO], ("tbr", REWARD, DOWN), fixed=2))
    assert ratio.endswith("at Cz is below 2.")


@pytest.mark.parametrize(
    ("from_iaf_hz", "words"),
    [
        ((0, 2), "from the alpha peak to 2 Hz above it"),
        ((1, 3), "from 1 to 3 Hz above the alpha peak"),
        ((-2, 2), "from 2 Hz below the alpha peak to 2 Hz above it"),
        ((-2, 0), "from 2 Hz below the alpha peak up to it"),
        ((-6, -4), "from 6 to 4 Hz below the alpha peak"),
        ((-2.5, 1.5), "from 2.5 Hz below the alpha peak to 1.5 Hz above it"),
    ],
)
def test_bands_tied_to_the_alpha_peak(from_iaf_hz: tuple[float, float], words: str) -> None:
    feature = Feature("a", FeatureKind.AMPLITUDE, Band((8.0, 12.0), from_iaf_hz), sites=("Pz",))
    assert f"alpha (8–12 Hz, or {words}) at Pz" in sentence(protocol([feature], ("a", REWARD, UP)))


@pytest.mark.parametrize(
    ("low", "high", "name"),
    [
        (1, 4, "delta"),
        (0.5, 3.5, "delta"),
        (4, 7, "theta"),
        (4, 8, "theta"),
        (5, 8, "theta"),
        (8, 12, "alpha"),
        (8, 13, "alpha"),
        (7, 13, "alpha"),
        (8, 11, "alpha"),
        (10, 12, "upper alpha"),
        (12, 15, "SMR"),
        (13, 15, "SMR"),
        (15, 18, "beta"),
        (13, 21, "beta"),
        (13, 30, "beta"),
        (20, 30, "high beta"),
        (22, 30, "high beta"),
        (35, 45, "gamma"),
        (1, 45, "activity"),
        (4, 30, "activity"),
        (4, 10, "slow activity"),
    ],
)
def test_bands_have_their_usual_names(low: float, high: float, name: str) -> None:
    assert band_name((low, high)) == name
