"""Protocol files: what is read, what is refused, and in which words."""

# ruff: noqa: E501 (the table of refusals has one line per case)

import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfb.files.protocol_defaults import default_delay_s, default_dwell_s
from nfb.files.protocol_file import load_protocol, parse_protocol
from nfb.files.shelf import list_protocols
from nfb.model.errors import ProtocolError
from nfb.model.protocol import (
    Band,
    Direction,
    Eyes,
    Fallback,
    FeatureKind,
    Guards,
    Recalibrate,
    Role,
    StageKind,
    Threshold,
    ThresholdRule,
)

SMALL = """\
schema = 1
id = "small"
version = 1
name = "SMR at C3"
purpose = "Learn to raise SMR."

[evidence]
level = "none"
summary = "Nothing was studied."
limits = "Nothing is known."

[montage]
sites = ["C3", "C4"]

[features.smr]
kind = "amplitude"
band_hz = [12, 15]

[features.theta]
kind = "amplitude"
band_hz = [4, 8]

[[conditions]]
feature = "smr"
role = "reward"
direction = "up"
threshold = { rule = "baseline_percentile", target = 0.7 }

[[conditions]]
feature = "theta"
role = "inhibit"
direction = "down"
threshold = { rule = "baseline_percentile" }

[stages]
baseline_s = 60
runs = 3
run_s = 120
rest_s = 20
transfer_s = 90
"""

ASYMMETRY = SMALL.replace('sites = ["C3", "C4"]', 'sites = ["F3", "F4"]').replace(
    'kind = "amplitude"\nband_hz = [12, 15]',
    'kind = "asymmetry"\nband_hz = [8, 13]\nsites = ["F4"]\nleft_sites = ["F3"]',
)
PERCENTILE = 'threshold = { rule = "baseline_percentile", target = 0.7 }'
RATIO = SMALL + '\n[features.tbr]\nkind = "ratio"\nnumerator = "theta"\ndenominator = "smr"\n'


def changed(old: str, new: str, text: str = SMALL) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def refusal(text: str) -> str:
    with pytest.raises(ProtocolError) as caught:
        parse_protocol(text, "smr.toml")
    return str(caught.value)


# --- what is read


def test_every_key_of_a_small_file_arrives() -> None:
    protocol = parse_protocol(SMALL)
    assert (protocol.id, protocol.version, protocol.name) == ("small", 1, "SMR at C3")
    assert protocol.evidence.limits == "Nothing is known."
    smr = protocol.feature("smr")
    assert (smr.kind, smr.band) == (FeatureKind.AMPLITUDE, Band((12.0, 15.0)))
    reward, inhibit = protocol.conditions
    assert (reward.feature, reward.role, reward.direction) == ("smr", Role.REWARD, Direction.UP)
    assert (reward.threshold.rule, reward.threshold.target) == (ThresholdRule.BASELINE_PERCENTILE, 0.7)
    assert (inhibit.role, inhibit.direction) == (Role.INHIBIT, Direction.DOWN)


def test_what_is_left_out_follows_from_the_rest() -> None:
    protocol = parse_protocol(SMALL)
    assert protocol.montage.min_sites == 2  # all of them
    assert protocol.montage.reference == "device"
    assert protocol.feature("smr").sites == ("C3", "C4")  # those of the montage
    assert protocol.feature("smr").delay_s == 0.25
    assert protocol.feature("theta").delay_s == 0.2
    assert protocol.conditions[1].threshold.target == 0.9
    assert protocol.reward.dwell_s == 0.35
    assert protocol.guards == Guards()


def test_one_site_or_several_may_stand_in_and_some_stand_ins_count_as_exact() -> None:
    table = '[[montage.fallbacks]]\nreplace = { C3 = "Cz", C4 = ["FC2", "CP2"] }\nadapted = false\n\n'
    (fallback,) = parse_protocol(changed("[features.smr]", table + "[features.smr]")).montage.fallbacks
    assert fallback == Fallback({"C3": ("Cz",), "C4": ("FC2", "CP2")}, adapted=False)


def test_the_text_is_kept_to_the_last_byte(tmp_path: Path) -> None:
    content = ("\ufeff# µV and – signs\r\n" + SMALL.replace("\n", "\r\n")).encode()
    path = tmp_path / "windows.toml"
    path.write_bytes(content)
    assert load_protocol(path).text.encode() == content


def test_stages_are_baseline_runs_with_rests_between_and_transfer() -> None:
    stages = parse_protocol(SMALL).stages
    assert [(stage.label, stage.duration_s) for stage in stages] == [
        ("baseline", 60),
        ("run-1", 120),
        ("rest-1", 20),
        ("run-2", 120),
        ("rest-2", 20),
        ("run-3", 120),
        ("transfer", 90),
    ]
    assert [stage.has_feedback for stage in stages] == [False, True, False, True, False, True, False]
    assert stages[0].min_clean_s == 30  # half of a short baseline
    long = parse_protocol(changed("baseline_s = 60", "baseline_s = 300")).stages
    assert long[0].min_clean_s == 60
    closed = parse_protocol(changed("[stages]", '[stages]\neyes = "closed"')).stages
    assert {stage.eyes for stage in closed if stage.kind is not StageKind.REST} == {Eyes.CLOSED}
    assert len(parse_protocol(changed("rest_s = 20", "rest_s = 0")).stages) == 5


def test_false_switches_a_guard_off() -> None:
    theta_only = changed("band_hz = [12, 15]", "band_hz = [5, 7]")
    guards = parse_protocol(theta_only + "\n[guards]\nmuscle_uv = false\nblink_uv = 45\n").guards
    assert guards == Guards(muscle_uv=None, blink_uv=45.0)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('rule = "baseline_z", k = -0.5', Threshold(ThresholdRule.BASELINE_Z, 0.65, k=-0.5)),
        ('rule = "rolling_percentile", target = 0.7', Threshold(ThresholdRule.ROLLING_PERCENTILE, 0.7)),
        ('rule = "staircase", gain = 0.05', Threshold(ThresholdRule.STAIRCASE, 0.65, gain=0.05)),
    ],
)
def test_every_threshold_rule_can_be_written(written: str, expected: Threshold) -> None:
    text = changed(PERCENTILE, f"threshold = {{ {written} }}")
    assert parse_protocol(text).conditions[0].threshold == expected


def test_a_slow_feature_has_a_delay_of_its_own() -> None:
    smr = parse_protocol(changed("band_hz = [12, 15]", "band_hz = [12, 15]\nslow = true")).feature("smr")
    assert (smr.slow, smr.delay_s) == (True, 0.2)


def test_one_guarded_recalibration_can_be_asked_for() -> None:
    assert parse_protocol(SMALL).recalibrate is None
    text = changed("[stages]", "[recalibrate]\nlow = 0.3\n\n[stages]")
    assert parse_protocol(text).recalibrate == Recalibrate(low=0.3)


def test_a_ratio_comes_after_its_parts_wherever_the_file_has_it() -> None:
    ratio = '[features.tbr]\nkind = "ratio"\nnumerator = "theta"\ndenominator = "smr"\n\n'
    protocol = parse_protocol(changed("[features.smr]", ratio + "[features.smr]"))
    assert [feature.name for feature in protocol.features] == ["smr", "theta", "tbr"]


@pytest.mark.parametrize(
    ("band_hz", "delay_s"),
    [
        ((10, 12), 0.15),
        ((8, 12), 0.15),
        ((8, 13), 0.15),
        ((12, 15), 0.25),
        ((15, 18), 0.25),
        ((4, 7), 0.25),
        ((4, 8), 0.2),
        ((15, 20), 0.1),
        ((13, 21), 0.05),
        ((22, 30), 0.05),
    ],
)
def test_delay_follows_the_band(band_hz: tuple[float, float], delay_s: float) -> None:
    assert default_delay_s(band_hz) == delay_s


@pytest.mark.parametrize(
    ("band_hz", "dwell_s"),
    [
        ((8, 12), 0.5),
        ((10, 12), 0.5),
        ((12, 15), 0.35),
        ((15, 18), 0.35),
        ((4, 8), 0.25),
        ((13, 21), 0.2),
        (None, 0.25),
    ],
)
def test_dwell_follows_the_band(band_hz: tuple[float, float] | None, dwell_s: float) -> None:
    assert default_dwell_s(band_hz) == dwell_s


# --- what is refused: change, complete text of the error

SMR = "band_hz = [12, 15]"
BAND_WORDS = "must be two finite numbers in Hz, lower edge first, for example [12, 15]"
SITES = 'sites = ["C3", "C4"]'
FALLBACK = SITES + "\n[[montage.fallbacks]]\nreplace = "
KNOWN_OF_FEATURE = (
    "kind, band_hz, band_from_iaf_hz, relative_to_hz, sites, left_sites, numerator, denominator, log, estimator, "
    "delay_s, taps_s, slow, smoothing_s"
)

BAD = {
    # bands
    "above any EEG": (SMR, "band_hz = [12, 140]", "features.smr.band_hz = [12, 140]: upper edge must be at most 100 Hz; choose a lower band"),
    "edges swapped": (SMR, "band_hz = [15, 12]", "features.smr.band_hz = [15, 12]: upper edge must be at least 1 Hz above the lower edge"),
    "too low": (SMR, "band_hz = [0, 3]", "features.smr.band_hz = [0, 3]: lower edge must be at least 0.5 Hz; what is slower is filtered out"),
    "one edge": (SMR, "band_hz = [12]", f"features.smr.band_hz = [12]: {BAND_WORDS}"),
    "a band in words": (SMR, 'band_hz = "12-15"', f'features.smr.band_hz = "12-15": {BAND_WORDS}'),
    "NaN": (SMR, "band_hz = [nan, 15]", f"features.smr.band_hz = [nan, 15]: {BAND_WORDS}"),
    "infinite": (SMR, "band_hz = [12, inf]", f"features.smr.band_hz = [12, inf]: {BAND_WORDS}"),
    "overflow": (SMR, "band_hz = [12, 1e400]", f"features.smr.band_hz = [12, inf]: {BAND_WORDS}"),
    "true is no number": (SMR, "band_hz = [true, 15]", f"features.smr.band_hz = [true, 15]: {BAND_WORDS}"),
    "36000 bits": (SMR, f"band_hz = [12, 0x{'f' * 9000}]", f"features.smr.band_hz = [12, a whole number of 36000 bits]: {BAND_WORDS}"),
    "5000 digits": (SMR, f"band_hz = [12, {'9' * 5000}]", "has a number of thousands of digits. Write a shorter one."),
    "far from the alpha peak": (SMR, SMR + "\nband_from_iaf_hz = [-9, 2]", "features.smr.band_from_iaf_hz = [-9, 2]: edges must lie between -6 and +20 Hz from the alpha peak"),
    "no band": (SMR, "", 'features.smr.band_hz: is missing: kind = "amplitude" needs it; write band_hz = [12, 15]'),
    # keys and kinds
    "misspelt key": (SMR, SMR + "\nlogg = true", f"features.smr.logg = true: unknown key (did you mean 'log'?); known are {KNOWN_OF_FEATURE}"),
    "misspelt kind": ('"amplitude"', '"ampltude"', 'features.smr.kind = "ampltude": must be "amplitude" or "power" or "relative" or "ratio" or "asymmetry" or "coherence" or "imaginary_coherence" or "phase_locking" (did you mean \'amplitude\'?)'),
    "no kind": ('kind = "amplitude"\n', "", 'features.smr.kind: is missing: write kind = "amplitude"'),
    "kind is a number": ('"amplitude"', "3", 'features.smr.kind = 3: must be "amplitude" or "power" or "relative" or "ratio" or "asymmetry" or "coherence" or "imaginary_coherence" or "phase_locking"'),
    "key of another kind": (SMR, SMR + '\nnumerator = "theta"', 'features.smr.numerator = "theta": has no meaning for kind = "amplitude"; remove it'),
    "estimator": (SMR, SMR + '\nestimator = "weiner"', "features.smr.estimator = \"weiner\": there is no such estimator (did you mean 'wiener'?); choose one of \"wiener\", \"cfir\", \"iir\", \"fft\", \"rhythm\""),
    "top key under a table": ("[stages]", "[stages]\ncautions = []", "stages.cautions = []: unknown key here; it belongs at the top of the file, before the first [table]"),
    "key in brackets": ("version = 1", "version = 1\n'[key]' = 2", '"[key]" = 2: unknown key; known are schema, id, version, name, purpose, cautions, evidence, montage, features, conditions, guards, reward, recalibrate, feedback, stages, crossover, course'),
    "feature's name": ("[features.theta]", '[features."the ta"]', 'features."the ta" = { kind = "amplitude", band_hz = [4, 8] }: a feature\'s name has small letters, digits and _, begins with a letter, at most 32 of them'),
    "text is a number": ('purpose = "Learn to raise SMR."', "purpose = 5", "purpose = 5: must be text in double quotes"),
    "empty text": ('limits = "Nothing is known."', 'limits = " "', 'evidence.limits = " ": must not be empty'),
    "id": ('id = "small"', 'id = "SMR small"', 'id = "SMR small": must be small letters, digits and single hyphens, at most 40, for example "smr-central"'),
    "version in quotes": ("version = 1", 'version = "1"', 'version = "1": must be a whole number, without quotes'),
    "version zero": ("version = 1", "version = 0", "version = 0: must be at least 1"),
    "version huge": ("version = 1", f"version = 0x{'f' * 9000}", "version = a whole number of 36000 bits: must be at most 1000000"),
    "a date": ("version = 1", "version = 1979-05-27", "version = 1979-05-27: must be a whole number, without quotes"),
    "truth in quotes": (SMR, SMR + '\nlog = "yes"', 'features.smr.log = "yes": must be true or false, without quotes'),
    "DOI with https": ('limits = "Nothing is known."', 'limits = "None."\nreferences = [{ text = "A", doi = "https://doi.org/10.1/x" }]', 'evidence.references[1].doi = "https://doi.org/10.1/x": must be a bare DOI, for example "10.1093/brain/awaa009", or left out'),
    # timing
    "negative delay": (SMR, SMR + "\ndelay_s = -0.1", "features.smr.delay_s = -0.1: must be at least 0"),
    "delay beyond the filter": (SMR, SMR + "\ntaps_s = 0.2", "features.smr.taps_s = 0.2: must be longer than the delay, which is 0.25 s; lengthen it or shorten delay_s"),
    "negative run": ("run_s = 120", "run_s = -120", "stages.run_s = -120: must be at least 1"),
    "no run": ("runs = 3", "runs = 0", "stages.runs = 0: must be at least 1"),
    "runs left out": ("runs = 3\n", "", "stages.runs: is missing: write runs = 5"),
    "endless baseline": ("baseline_s = 60", "baseline_s = inf", "stages.baseline_s = inf: must be a finite number"),
    "more clean than there is": ("baseline_s = 60", "baseline_s = 60\nmin_clean_s = 90", "stages.min_clean_s = 90: must be at most baseline_s = 60; lengthen the baseline or ask for less"),
    # sites
    "no sites": (SITES, "sites = []", "montage.sites = []: must not be empty"),
    "not a site": (SITES, 'sites = ["C3", "C4", "C 5"]', 'montage.sites[3] = "C 5": must be the name of one site, for example "C3"'),
    "a site twice": (SITES, 'sites = ["C3", "C4", "C3"]', 'montage.sites = ["C3", "C4", "C3"]: C3 is there twice; remove one'),
    "two names of a site": (SITES, 'sites = ["T3", "C4", "T7"]', 'montage.sites = ["T3", "C4", "T7"]: T7 is there twice (as T3); remove one'),
    "more than all": (SITES, SITES + "\nmin_sites = 3", "montage.min_sites = 3: must be at most 2, the number of sites; leave it out to need all of them"),
    "site of a feature": (SMR, SMR + '\nsites = ["Cz"]', 'features.smr.sites = ["Cz"]: Cz is not in montage.sites; it has C3, C4'),
    "reference": (SITES, SITES + '\nreference = "ears"', 'montage.reference = "ears": must be "device", "average" or a list of sites, for example ["A1", "A2"]'),
    "reference is trained": (SITES, SITES + '\nreference = ["C4"]', 'montage.reference = ["C4"]: C4 would be subtracted from itself; choose a reference that no feature is taken from'),
    "fallback of an unknown site": (SITES, FALLBACK + '{ C5 = "Cz" }', 'montage.fallbacks[1].replace.C5 = "Cz": C5 is not in montage.sites; it has C3, C4'),
    "fallback to one site twice": (SITES, FALLBACK + '{ C3 = "Cz", C4 = "Cz" }', 'montage.fallbacks[1].replace = { C3 = "Cz", C4 = "Cz" }: Cz is there twice; remove one'),
    "empty fallback": (SITES, FALLBACK + "{}", "montage.fallbacks[1].replace = {  }: must not be empty"),
    "stand-in that is no site": (SITES, FALLBACK + '{ C3 = 5 }', 'montage.fallbacks[1].replace.C3 = 5: must be the name of one site, for example "Cz", or a list of them, such as ["C3", "C4"]'),
    "stand-ins of nothing": (SITES, FALLBACK + '{ C3 = [] }', 'montage.fallbacks[1].replace.C3 = []: must be the name of one site, for example "Cz", or a list of them, such as ["C3", "C4"]'),
    "one of several stand-ins twice": (SITES, FALLBACK + '{ C3 = ["Cz", "CZ"] }', 'montage.fallbacks[1].replace = { C3 = ["Cz", "CZ"] }: CZ is there twice (as Cz); remove one'),
    # conditions
    "unknown feature": ('feature = "smr"', 'feature = "smrr"', "conditions[1].feature = \"smrr\": there is no such feature (did you mean 'smr'?); choose one of smr, theta"),
    "no feature": ('feature = "theta"\n', "", 'conditions[2].feature: is missing: write feature = "smr"'),
    "two on one feature": ('feature = "theta"', 'feature = "smr"', 'conditions[2].feature = "smr": conditions[1] is about it already; a feature has one condition, remove one of them'),
    "no reward": ('role = "reward"', 'role = "inhibit"', 'conditions = [{ feature = "smr", role = "inhibit", direction = "up", thr…: at least one must have role = "reward"; without it nothing can be rewarded'),
    "target in percent": ("target = 0.7", "target = 70", "conditions[1].threshold.target = 70: must lie between 0 and 1; it is a share of time, 65 % is 0.65"),
    "fixed without value": (PERCENTILE, 'threshold = { rule = "fixed" }', 'conditions[1].threshold.value: is missing: rule = "fixed" needs it; write value = 5.0'),
    "fixed with target": (PERCENTILE, 'threshold = { rule = "fixed", value = 5, target = 0.6 }', 'conditions[1].threshold.target = 0.6: has no meaning for rule = "fixed"; remove it'),
    "fixed below zero": (PERCENTILE, 'threshold = { rule = "fixed", value = -5 }', "conditions[1].threshold.value = -5: must be above 0, as every amplitude is; choose a higher one"),
    "slow and late": ("band_hz = [12, 15]", "band_hz = [12, 15]\nslow = true\ndelay_s = 0.8", "features.smr.delay_s = 0.8: must be at most 0.5 s for a slow feature, half of the second it is averaged over"),
    "z without k": (PERCENTILE, 'threshold = { rule = "baseline_z" }', 'conditions[1].threshold.k: is missing: rule = "baseline_z" needs it; write k = 0.5'),
    "staircase with a window": (PERCENTILE, 'threshold = { rule = "staircase", window_s = 60 }', 'conditions[1].threshold.window_s = 60: has no meaning for rule = "staircase"; remove it'),
    "guard band upside down": ("[stages]", "[recalibrate]\nlow = 0.9\nhigh = 0.4\n\n[stages]", "recalibrate.low = 0.9: must be below high, which is 0.4; choose a lower one"),
    "percentile with value": ("target = 0.7", "value = 5", 'conditions[1].threshold.value = 5: has no meaning for rule = "baseline_percentile", which finds it in the baseline; remove it'),
    # guards and the rest
    "muscle guard off": ("[stages]", "[guards]\nmuscle_uv = false\n[stages]", "guards.muscle_uv = false: cannot be switched off: features.smr reaches 15 Hz, and from 12 Hz on muscle looks like EEG; give a limit in µV or remove the line"),
    "a guard on": ("[stages]", "[guards]\nblink_uv = true\n[stages]", "guards.blink_uv = true: must be a number above 0 and up to 10000, or false to switch this guard off"),
    "negative dwell": ("[stages]", "[reward]\ndwell_s = -1\n[stages]", "reward.dwell_s = -1: must be at least 0"),
    "feedback": ("[stages]", '[feedback]\nmode = "bars"\n[stages]', "feedback.mode = \"bars\": must be \"bar\" or \"dot\" or \"dawn\" or \"branch\" or \"film\" or \"sound\" or \"glide\" or \"shade\" or \"scene\" (did you mean 'bar'?)"),
    # schema
    "newer": ("schema = 1", "schema = 2", "schema = 2: this file needs a newer nfb, this one reads schema 1. Update nfb."),
    "no schema": ("schema = 1\n", "", "schema: is missing: write schema = 1 as the first line."),
    "schema is true": ("schema = 1", "schema = true", "schema = true: must be the whole number 1."),
    "schema 1.0": ("schema = 1", "schema = 1.0", "schema = 1.0: must be the whole number 1."),
    "schema 0": ("schema = 1", "schema = 0", "schema = 0: must be the whole number 1."),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_in_these_words(case: str) -> None:
    old, new, words = BAD[case]
    assert refusal(changed(old, new)) == f"smr.toml: {words}"


def test_an_asymmetry_knows_left_from_right() -> None:
    assert parse_protocol(ASYMMETRY).feature("smr").left_sites == ("F3",)
    why = "; an asymmetry is ln power(sites) minus ln power(left_sites), odd numbers are left, even ones right"  # fmt: skip
    swapped = ASYMMETRY.replace('sites = ["F4"]\nleft_sites = ["F3"]', 'sites = ["F3"]\nleft_sites = ["F4"]')
    assert refusal(swapped).splitlines() == [
        f'smr.toml: features.smr.sites = ["F3"]: F3 must be on the right{why}',
        f'smr.toml: features.smr.left_sites = ["F4"]: F4 must be on the left{why}',
    ]
    turned = changed(
        'sites = ["F3", "F4"]',
        'sites = ["F3", "F4"]\n[[montage.fallbacks]]\nreplace = { F3 = "AF8", F4 = "AF7" }',
        ASYMMETRY,
    )
    assert refusal(turned).splitlines()[0] == (
        'smr.toml: montage.fallbacks[1].replace.F4 = "AF7": F4 is on the right and its stand-in is not, which would '
        "turn features.smr round; odd numbers are left, even ones right"
    )
    one_sided = changed(
        'sites = ["F3", "F4"]', 'sites = ["F3", "F4"]\n[[montage.fallbacks]]\nreplace = { F3 = "AF7" }', ASYMMETRY
    )
    assert "leaves features.smr without a site; name a stand-in for F4" in refusal(one_sided)
    assert "left_sites: is missing" in refusal(changed('left_sites = ["F3"]\n', "", ASYMMETRY))


def test_a_ratio_is_made_of_plain_features() -> None:
    assert parse_protocol(RATIO).feature("tbr").denominator == "smr"
    ratio = "smr.toml: features.tbr.denominator = "
    assert refusal(changed('denominator = "smr"', 'denominator = "thet"', RATIO)) == (
        f"{ratio}\"thet\": there is no such feature (did you mean 'theta'?); choose one of smr, theta"
    )
    assert refusal(changed('denominator = "smr"', 'denominator = "theta"', RATIO)) == (
        f'{ratio}"theta": must differ from the numerator; a ratio to itself is always 1'
    )
    assert refusal(changed(SMR, SMR + "\nlog = true", RATIO)) == (
        f'{ratio}"smr": is a logarithm, which cannot be divided; set log here, not there'
    )
    circle = RATIO.replace('denominator = "smr"', 'denominator = "other"') + (
        '\n[features.other]\nkind = "ratio"\nnumerator = "tbr"\ndenominator = "smr"\n'
    )
    made_of = "is of kind ratio; a ratio is made of amplitudes, powers or relative powers; choose one of smr, theta"
    assert refusal(circle).splitlines() == [
        f'{ratio}"other": {made_of}',
        f'smr.toml: features.other.numerator = "tbr": {made_of}',
    ]


def test_a_share_is_taken_of_something_that_contains_it() -> None:
    relative = changed('kind = "amplitude"', 'kind = "relative"\nrelative_to_hz = [13, 30]')
    assert refusal(relative) == (
        "smr.toml: features.smr.relative_to_hz = [13, 30]: must contain the whole band, which is [12, 15]; it is [13, 30]"
    )


def test_the_muscle_guard_is_forced_by_ratios_and_by_bands_that_move_with_the_alpha_peak() -> None:
    off = "\n[guards]\nmuscle_uv = false\n"
    slow = changed(SMR, "band_hz = [8, 11]\nband_from_iaf_hz = [-2, 1]")
    assert "features.smr reaches 14 Hz" in refusal(slow + off)  # for an alpha peak at 13 Hz
    ratio = RATIO.replace('feature = "smr"', 'feature = "tbr"')
    assert "features.smr reaches 15 Hz" in refusal(ratio + off)


def test_all_problems_are_told_at_once() -> None:
    text = changed(SMR, "bandhz = [12, 15]")
    text = changed("runs = 3", "runs = -2", text)
    text = changed('feature = "theta"', "feature = 5", text)
    assert [line.split(":")[1].strip() for line in refusal(text).splitlines()] == [
        "features.smr.bandhz = [12, 15]",
        "conditions[2].feature = 5",
        "stages.runs = -2",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty. A protocol begins with schema = 1; copy one of the shipped files and change it."),
        (" \r\n\t", "is empty. A protocol begins with schema = 1; copy one of the shipped files and change it."),
        ("# a note\n", "has comments only. A protocol begins with schema = 1; copy one of the shipped files and change it."),
        ("a\0b", "has a zero byte at character 1; this is not a text file."),
        ("schema = 1\nid = ", "is not TOML: Invalid value (at the end, line 2). Mend that line."),
        ("schema = 1\nid  'x'\n", "is not TOML: Expected '=' after a key in a key/value pair (at line 2, column 5). Mend that line."),
        ("schema = 1\nschema = 1\n", "is not TOML: Cannot overwrite a value (at line 2, column 11). Mend that line."),
        ("schema = 1\nid = '\ud800'\n", "character 17 is half a letter. Save the file as UTF-8."),
    ],
)  # fmt: skip
def test_text_that_is_no_protocol_at_all(text: str, words: str) -> None:
    assert refusal(text) == f"smr.toml: {words}"


def test_lists_without_end_do_not_exhaust_the_reader() -> None:
    assert "nested too deep" in refusal("a = " + "[" * 10 * sys.getrecursionlimit())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfes\x00", "byte 0 is not UTF-8 text. Choose a .toml file, or save it as UTF-8."),
        (bytes(range(1, 256)), "byte 127 is not UTF-8 text. Choose a .toml file, or save it as UTF-8."),
        (b"\0" * 100, "has a zero byte at character 0; this is not a text file."),
        (b"#" * 300_000, "is larger than 256 KiB; this is not a protocol. Choose a .toml file."),
        (b"", "is empty. A protocol begins with schema = 1; copy one of the shipped files and change it."),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(ProtocolError) as caught:
        load_protocol(path)
    assert str(caught.value) == f"{path}: {words}"


@pytest.mark.parametrize("name", ["absent.toml", ".", "x" * 300, "zero\0byte"])
def test_files_that_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProtocolError, match=re.escape(str(tmp_path))):
        load_protocol(tmp_path / name)


# --- no text whatever ends in anything but a protocol or a ProtocolError

TEXTS = [path.read_text("utf-8") for path in list_protocols()] + [SMALL, ASYMMETRY, RATIO]
VALUES = [
    "nan", "-inf", "1e400", "-1", "0", "0.5", "1", "true", "''", "'C3'", "'[key]'", "[]", "[[]]", "[1, 2]", "['F3']", "{}",
    "{ a = 1 }", "[{}]", "1979-05-27", "07:32:00", "0x" + "f" * 400, "'ratio'", "'fixed'", "'average'", '"""\n"""', "[nan, 3]",
]  # fmt: skip
KEYS = ["a.b", "schema", "x", "''", "sites", "'[key]'", "band_hz.x"]


@st.composite
def mutilated(draw: st.DrawFn) -> str:
    """A protocol with lines dropped, doubled, moved or given other keys and values, or with characters changed."""
    lines = draw(st.sampled_from(TEXTS)).splitlines()
    for _ in range(draw(st.integers(1, 3))):
        i = draw(st.integers(0, len(lines) - 1))
        j = draw(st.integers(0, len(lines) - 1))
        key, _, value = lines[i].partition(" = ")
        match draw(st.integers(0, 6)):
            case 0:
                lines[i] = ""
            case 1:
                lines.insert(j, lines[i])
            case 2:
                lines[i], lines[j] = lines[j], lines[i]
            case 3 | 4:
                lines[i] = f"{key} = {draw(st.sampled_from(VALUES))}"
            case 5:
                lines[i] = f"{draw(st.sampled_from(KEYS))} = {value}"
            case 6:
                at = draw(st.integers(0, len(lines[i])))
                lines[i] = lines[i][:at] + draw(st.text(max_size=3)) + lines[i][at + 1 :]
    return "\n".join(lines)


@settings(max_examples=500, deadline=None)
@given(mutilated())
def test_a_mutilated_file_gives_a_protocol_or_a_reason(text: str) -> None:
    try:
        protocol = parse_protocol(text, "x.toml")
    except ProtocolError as error:
        assert all(line.startswith("x.toml: ") for line in str(error).splitlines())
    else:
        assert protocol.text == text


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_gives_a_reason(text: str) -> None:
    with pytest.raises(ProtocolError, match=r"^x\.toml: "):
        parse_protocol(text, "x.toml")
