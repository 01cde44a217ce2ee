"""The shipped protocols: found by name, true to the literature they cite, honest in their words."""

import re
import tomllib
from pathlib import Path

import pytest

from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol, list_protocols, protocols_folder
from nfb.model.errors import ProtocolError
from nfb.model.protocol import Direction, Eyes, FeatureKind, Protocol, Role, StageKind, ThresholdRule

SHIPPED = ["faa-alay", "muse-alpha", "smr-central", "ua-posterior"]


@pytest.fixture(params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> Protocol:
    return load_protocol(find_protocol(request.param))


def test_the_shelf_holds_these_protocols_under_their_ids() -> None:
    assert [path.name for path in list_protocols()] == [f"{name}.toml" for name in SHIPPED]
    assert [load_protocol(path).id for path in list_protocols()] == SHIPPED


def test_in_a_checkout_the_shelf_stands_beside_the_package() -> None:
    assert (protocols_folder().parent / "nfb" / "__init__.py").is_file()


def test_an_installed_package_carries_its_shelf_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nfb.files.shelf._PACKAGE", tmp_path / "nfb")
    (tmp_path / "protocols").mkdir()  # someone else's folder next to it in site-packages
    (tmp_path / "nfb" / "shelf").mkdir(parents=True)
    (tmp_path / "nfb" / "shelf" / "one.toml").touch()
    assert [path.name for path in list_protocols()] == ["one.toml"]


def test_a_shelf_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nfb.files.shelf._PACKAGE", tmp_path / "nfb")
    with pytest.raises(ProtocolError, match=r"there is no such folder\. Install nfb again"):
        find_protocol("faa-alay")


def test_a_protocol_is_found_by_id_by_file_name_and_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_shelf = protocols_folder() / "faa-alay.toml"
    assert find_protocol("faa-alay") == on_shelf
    assert find_protocol("faa-alay.toml") == on_shelf
    assert find_protocol(on_shelf) == on_shelf
    monkeypatch.chdir(tmp_path)
    (tmp_path / "faa-alay.toml").write_text("mine")
    (tmp_path / "faa-alay").write_text("some other file")
    assert find_protocol("faa-alay.toml").resolve() == tmp_path / "faa-alay.toml"  # a path means that file
    assert find_protocol("faa-alay") == on_shelf  # an id means the shipped one


@pytest.mark.parametrize("name", ["smr-centrl", "SMR-CENTRAL", "nowhere/smr-centrl.toml"])
def test_an_unknown_name_gets_the_nearest_and_the_list(name: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        find_protocol(name)
    said = str(caught.value)
    assert said.startswith(f"{name}: there is no such protocol or file")
    assert said.endswith(
        "On the shelf: faa-alay, muse-alpha, smr-central, ua-posterior. Name one of them, or the path of a .toml file."
    )
    assert ("did you mean 'smr-central'?" in said) is name.endswith(("centrl", "centrl.toml"))


@pytest.mark.parametrize("name", ["", ".", "x" * 5000, "zero\0byte", "/"])
def test_odd_names_are_unknown_names(name: str) -> None:
    with pytest.raises(ProtocolError, match="there is no such protocol or file"):
        find_protocol(name)


# --- what they train


def test_upper_alpha_is_the_two_hertz_above_the_alpha_peak_at_five_posterior_sites() -> None:
    protocol = load_protocol(find_protocol("ua-posterior"))
    (feature,) = protocol.features
    assert feature.kind is FeatureKind.AMPLITUDE
    assert feature.sites == ("P3", "Pz", "P4", "O1", "O2")
    assert protocol.montage.min_sites == 1
    assert feature.band is not None
    assert feature.band.at(None) == (10, 12)
    assert feature.band.at(9.6) == pytest.approx((9.6, 11.6))
    assert feature.delay_s == 0.15
    assert _reward(protocol) == (Direction.UP, 0.65)
    assert _shape(protocol) == (120, 5, 300, 30)
    assert protocol.reward.dwell_s == 0.5


def test_smr_goes_up_while_theta_and_high_beta_stay_down() -> None:
    protocol = load_protocol(find_protocol("smr-central"))
    bands = {feature.name: feature.band.hz for feature in protocol.features if feature.band}
    assert bands == {"smr": (12, 15), "theta": (4, 7), "high_beta": (22, 30)}
    assert all(feature.sites == ("C3", "C4") for feature in protocol.features)
    assert protocol.feature("smr").delay_s == 0.25
    assert _reward(protocol) == (Direction.UP, 0.65)
    inhibits = [c for c in protocol.conditions if c.role is Role.INHIBIT]
    assert [(c.feature, c.direction) for c in inhibits] == [("theta", Direction.DOWN), ("high_beta", Direction.DOWN)]
    assert all(0.8 <= c.threshold.target <= 0.9 for c in inhibits)
    assert _shape(protocol) == (120, 8, 180, 30)
    assert protocol.reward.dwell_s == 0.35


def test_frontal_balance_is_right_minus_left() -> None:
    protocol = load_protocol(find_protocol("faa-alay"))
    (feature,) = protocol.features
    assert feature.kind is FeatureKind.ASYMMETRY
    assert (feature.sites, feature.left_sites) == (("F4",), ("F3",))
    assert feature.band is not None
    assert feature.band.at(None) == (8, 13)
    assert feature.band.at(10.0) == (6, 12)
    # One pole of 2.5 s has the noise bandwidth, 1/(4 tau) = 1/(2 T), of a mean over 5 s.
    assert 1 / (4 * feature.smoothing_s) == 1 / (2 * 5.0)
    assert _reward(protocol) == (Direction.UP, 0.6)
    assert _shape(protocol) == (120, 6, 240, 30)


def test_the_muse_protocol_needs_nothing_but_a_muse() -> None:
    protocol = load_protocol(find_protocol("muse-alpha"))
    assert protocol.montage.sites == ("TP9", "TP10")
    assert protocol.montage.fallbacks == ()
    (feature,) = protocol.features
    assert feature.band is not None
    assert feature.band.at(None) == (8, 12)
    assert feature.band.at(10.5) == (8.5, 12.5)
    assert _reward(protocol) == (Direction.UP, 0.65)


def test_every_threshold_is_frozen_after_a_baseline_of_two_minutes(shipped: Protocol) -> None:
    assert {c.threshold.rule for c in shipped.conditions} == {ThresholdRule.BASELINE_PERCENTILE}
    assert shipped.stages[0].kind is StageKind.BASELINE
    assert (shipped.stages[0].duration_s, shipped.stages[0].min_clean_s) == (120, 60)
    assert {stage.eyes for stage in shipped.stages} == {Eyes.OPEN}


def test_every_artefact_guard_is_on(shipped: Protocol) -> None:
    guards = shipped.guards
    limits = (guards.amplitude_uv, guards.gradient_uv, guards.blink_uv, guards.muscle_uv, guards.motion_g)
    assert all(limit is not None for limit in limits)


def test_training_is_two_to_five_minutes_a_run_and_at_most_thirty_in_all(shipped: Protocol) -> None:
    runs = [stage.duration_s for stage in shipped.stages if stage.kind is StageKind.RUN]
    assert all(120 <= run <= 300 for run in runs)
    assert 15 * 60 <= sum(runs) <= 30 * 60
    rests = [stage.duration_s for stage in shipped.stages if stage.kind is StageKind.REST]
    assert len(rests) == len(runs) - 1
    assert all(15 <= rest <= 60 for rest in rests)


def _reward(protocol: Protocol) -> tuple[Direction, float]:
    (condition,) = (c for c in protocol.conditions if c.role is Role.REWARD)
    return condition.direction, condition.threshold.target


def _shape(protocol: Protocol) -> tuple[float, int, float, float]:
    """Baseline, number of runs, length of a run, length of a rest, in seconds."""
    runs = [stage for stage in protocol.stages if stage.kind is StageKind.RUN]
    rest = next(stage for stage in protocol.stages if stage.kind is StageKind.REST)
    return protocol.stages[0].duration_s, len(runs), runs[0].duration_s, rest.duration_s


# --- what they say

PROMISES = re.compile(
    r"\b(treat(s|ment)?|cures?|heal(s|ing)?|therap(y|ies|eutic)|clinically proven|proven|medical-grade|FDA"
    r"|guarantee\w*|patients?|normal brain|abnormal|diagnos\w+|failed)\b",
    re.IGNORECASE,
)
ILLNESSES = re.compile(
    r"depress|anxi|ADHD|attention deficit|insomnia|PTSD|trauma|autis|epilep|migraine|bipolar|psychos|disorder|disease"
    r"|MDD|addict|alcohol|stroke|pain\b",
    re.IGNORECASE,
)
DOI = re.compile(r"10\.\d{4,9}/\S+")


def test_outside_the_evidence_nothing_is_promised_and_no_illness_is_named(shipped: Protocol) -> None:
    table = tomllib.loads(shipped.text)
    del table["evidence"]
    comments = [line.partition("#")[2] for line in shipped.text.splitlines() if "#" in line]
    said = "\n".join([*_words(table), *comments])
    assert PROMISES.findall(said) == []
    assert ILLNESSES.findall(said) == []


def test_the_evidence_promises_nothing_either(shipped: Protocol) -> None:
    evidence = f"{shipped.evidence.level}\n{shipped.evidence.summary}\n{shipped.evidence.limits}"
    assert re.findall(r"cures?\b|proven|FDA|medical-grade|normal brain|guarantee", evidence, re.IGNORECASE) == []


def test_every_protocol_states_its_limits_and_its_sources(shipped: Protocol) -> None:
    assert len(shipped.evidence.limits) > 100
    assert shipped.evidence.references
    assert any(DOI.fullmatch(reference.doi) for reference in shipped.evidence.references)


def test_whoever_the_evidence_leans_on_is_among_the_references(shipped: Protocol) -> None:
    texts = " ".join(reference.text for reference in shipped.evidence.references)
    said = f"{shipped.evidence.summary} {shipped.evidence.limits}"
    cited = re.findall(r"\(([A-Z][\w-]+(?:-[A-Z]\w+)?)(?: (\d{4}))?\)", said)
    assert cited
    for author, year in cited:
        assert author in texts
        assert year in texts


def test_every_protocol_says_that_it_is_no_medical_device_and_when_to_ask(shipped: Protocol) -> None:
    cautions = " ".join(shipped.cautions)
    assert "not a medical device" in cautions
    assert "Ask a clinician first after any seizure" in cautions
    assert "Do not change medication" in cautions


def test_the_client_is_told_what_to_do(shipped: Protocol) -> None:
    assert 20 < len(shipped.feedback.instruction) < 200


def _words(value: object) -> list[str]:
    if isinstance(value, dict):
        return [word for item in value.values() for word in _words(item)]
    if isinstance(value, list):
        return [word for item in value for word in _words(item)]
    return [str(value)]
