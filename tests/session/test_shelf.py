"""Every shipped protocol on EEG whose truth is known: what moves its features and which way, how often the simulated
client is rewarded, and that artefacts earn nothing."""

import copy
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest

from nfb.devices.scenario import EventKind, event
from nfb.devices.simulated import SimulatedSource
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol, list_protocols
from nfb.model.commands import EndReason
from nfb.model.device import DeviceInfo
from nfb.model.events import BaselineDone, Event, Rewarded, SessionEnded, StageEnded
from nfb.model.hop import HopResult
from nfb.model.protocol import (
    Condition,
    Eyes,
    Feature,
    FeatureKind,
    Guards,
    Protocol,
    Reward,
    Stage,
    StageKind,
)
from nfb.model.samples import Chunk, Float32
from nfb.session.session import Output, Session
from nfb.session.setup import make_setup
from nfb.session.states import State

from .conftest import Lab, forbid

NAMES = [path.stem for path in list_protocols()]
RATE_HZ = 250.0

Amplitudes = Mapping[tuple[str, str], float]  # of a sinusoid by feature (in the middle of its band) and site, µV


@pytest.fixture(params=NAMES)
def shipped(request: pytest.FixtureRequest) -> Protocol:
    return load_protocol(find_protocol(request.param))


# --- what is trained at one time: a protocol, or one part of a protocol in several

IN_PARTS = {"beta-left-then-at": (0, 1)}
TRAININGS = [(name, part) for name in NAMES for part in IN_PARTS.get(name, (0,))]


@pytest.fixture(params=TRAININGS, ids=lambda each: f"{each[0]}-{each[1]}")
def training(request: pytest.FixtureRequest) -> Protocol:
    """With the stages of one part, whose conditions alone hold in them."""
    name, part = request.param
    protocol = load_protocol(find_protocol(name))
    parts = parts_of(protocol)
    assert len(parts) == len(IN_PARTS.get(name, (0,)))
    return replace(protocol, stages=parts[part])


def parts_of(protocol: Protocol) -> list[tuple[Stage, ...]]:
    """The stages from one baseline that thresholds come from to the next, without those for the alpha peak."""
    stages = [stage for stage in protocol.stages if not stage.for_peak]
    return [tuple(part) for _, part in groupby(stages, key=lambda stage: stage.conditions)]


def held(protocol: Protocol) -> list[Condition]:
    """The conditions that hold in the first stage."""
    return [protocol.conditions[i] for i in protocol.stages[0].holding(protocol.conditions)]


def trained_bands(protocol: Protocol) -> list[Feature]:
    """The features with a band that the conditions of the first stage look at."""
    about = [protocol.feature(condition.feature) for condition in held(protocol)]
    names = {name for feature in about for name in (feature.name, feature.numerator, feature.denominator)}
    return [feature for feature in banded(protocol) if feature.name in names]


# --- what moves a feature, and by how much


def banded(protocol: Protocol) -> list[Feature]:
    return [feature for feature in protocol.features if feature.band is not None]


def amplitudes(protocol: Protocol, **changes: float) -> Amplitudes:
    """10 µV at a feature's first site, 2 µV more at each further one, times `changes` of that feature. An
    asymmetry has its change on the right."""
    found = {}
    for feature in banded(protocol):
        for i, site in enumerate((*feature.sites, *feature.left_sites)):
            change = changes.get(feature.name, 1.0) if site in feature.sites else 1.0
            found[feature.name, site] = (10.0 + 2.0 * i) * change
    return found


def truth(protocol: Protocol, uv: Amplitudes) -> dict[str, float]:
    """What each feature of sinusoids is, in closed form."""
    found: dict[str, float] = {}
    for feature in protocol.features:
        if feature.kind is FeatureKind.RATIO:
            found[feature.name] = math.log(found[feature.numerator] / found[feature.denominator])
            continue
        here = [uv[feature.name, site] for site in feature.sites]
        power = sum(a**2 / 2 for a in here) / len(here)
        if feature.kind is FeatureKind.AMPLITUDE:
            found[feature.name] = sum(here) / len(here)
        elif feature.kind is FeatureKind.POWER:
            found[feature.name] = power
        else:
            left = [uv[feature.name, site] for site in feature.left_sites]
            found[feature.name] = math.log(power) - math.log(sum(a**2 / 2 for a in left) / len(left))
    return found


def sines(protocol: Protocol, uv: Amplitudes, seconds: float = 5.0) -> Float32:
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    eeg = np.zeros((len(protocol.montage.sites), len(t)))
    for (name, site), amplitude_uv in uv.items():
        band = protocol.feature(name).band
        assert band is not None
        eeg[protocol.montage.sites.index(site)] += amplitude_uv * np.sin(2 * np.pi * sum(band.hz) / 2 * t)
    return eeg.astype(np.float32)


def at_work(
    protocol: Protocol, uv: Amplitudes, lab: Lab, thresholds: tuple[float, ...] | None = None
) -> list[HopResult]:
    """Hops of a run on sinusoids, the filters settled; without baseline and guards."""
    run = Stage(StageKind.RUN, "run-1", 1e6, conditions=protocol.stages[0].conditions)
    bare = replace(protocol, stages=(run,), guards=Guards(None, None, None, None, None))
    device = DeviceInfo("lab", protocol.montage.sites, RATE_HZ)
    session = Session(make_setup(bare, device, thresholds=thresholds))
    hops = lab.feed(session, sines(protocol, uv), 1250).hops[-50:]
    assert all(math.isfinite(sum(hop.features)) for hop in hops)
    return hops


def read(protocol: Protocol, uv: Amplitudes, lab: Lab) -> dict[str, float]:
    hops = at_work(protocol, uv, lab)
    medians = np.median([hop.features for hop in hops], axis=0)
    return {feature.name: float(value) for feature, value in zip(protocol.features, medians, strict=True)}


def test_sinusoids_of_known_amplitude_read_what_they_are(shipped: Protocol, lab: Lab) -> None:
    uv = amplitudes(shipped)
    wanted, found = truth(shipped, uv), read(shipped, uv, lab)
    for feature in shipped.features:
        if feature.kind is FeatureKind.ASYMMETRY:
            assert found[feature.name] == pytest.approx(wanted[feature.name], abs=0.01)
        elif feature.kind is FeatureKind.RATIO:  # the gains of two filters, each 0.87 to 1.09
            power = shipped.feature(feature.numerator).kind is FeatureKind.POWER
            assert found[feature.name] == pytest.approx(wanted[feature.name], abs=0.22 * (2 if power else 1))
        else:
            rel = 0.27 if feature.kind is FeatureKind.POWER else 0.13
            assert found[feature.name] == pytest.approx(wanted[feature.name], rel=rel)


def test_doubling_one_band_moves_its_features_by_as_much_and_no_others(shipped: Protocol, lab: Lab) -> None:
    before, was = truth(shipped, amplitudes(shipped)), read(shipped, amplitudes(shipped), lab)
    for band in banded(shipped):
        uv = amplitudes(shipped, **{band.name: 2.0})
        after, now = truth(shipped, uv), read(shipped, uv, lab)
        for feature in shipped.features:
            name = feature.name
            if feature.kind in (FeatureKind.ASYMMETRY, FeatureKind.RATIO):
                assert now[name] - was[name] == pytest.approx(after[name] - before[name], abs=0.05), (band.name, name)
            else:
                assert now[name] / was[name] == pytest.approx(after[name] / before[name], rel=0.05), (band.name, name)


def test_doubled_power_at_f4_moves_the_balance_by_ln_2(lab: Lab) -> None:
    faa = load_protocol(find_protocol("faa-alay"))
    even = {("balance", "F3"): 10.0, ("balance", "F4"): 10.0}
    doubled = even | {("balance", "F4"): 10.0 * math.sqrt(2)}
    swapped = even | {("balance", "F3"): 10.0 * math.sqrt(2)}
    assert read(faa, even, lab)["balance"] == pytest.approx(0.0, abs=0.01)
    assert read(faa, doubled, lab)["balance"] == pytest.approx(0.693, abs=0.01)
    assert read(faa, swapped, lab)["balance"] == pytest.approx(-0.693, abs=0.01)


def test_doubled_theta_moves_the_power_ratio_by_ln_4_and_the_crossover_by_ln_2(lab: Lab) -> None:
    for name, feature, step in (
        ("tbr-cz", "theta_to_beta", math.log(4)),
        ("alpha-theta", "theta_over_alpha", math.log(2)),
    ):
        protocol = load_protocol(find_protocol(name))
        was = read(protocol, amplitudes(protocol), lab)[feature]
        assert read(protocol, amplitudes(protocol, theta=2.0), lab)[feature] - was == pytest.approx(step, abs=0.05)
        other = banded(protocol)[1].name
        assert read(protocol, amplitudes(protocol, **{other: 2.0}), lab)[feature] - was == pytest.approx(
            -step, abs=0.05
        )


# What has to change in the EEG for a reward: a band, and whether it has to grow.
EARNS = {
    "alpha-closed": {"alpha": True},
    "alpha-down-pz": {"alpha": False},
    "alpha-p4": {"alpha": True},
    "alpha-theta": {"theta": True, "alpha": False},
    "beta-left-then-at": {"beta": True, "left_theta": False, "high_beta": False, "theta": True, "alpha": False},
    "beta-left": {"beta": True, "theta": False, "high_beta": False},
    "beta-theta-left": {"beta": True, "slow": False},
    "beta1-cz": {"beta": True, "theta": False, "high_beta": False},
    "faa-alay": {"balance": True},
    "fm-theta": {"theta": True},
    "hbeta-down": {"high_beta": False},
    "muse-alpha": {"alpha": True},
    "smr-central": {"smr": True, "theta": False, "high_beta": False},
    "smr-cz": {"smr": True, "theta": False, "high_beta": False},
    "smr-sleep": {"smr": True},
    "tbr-cz": {"theta": False, "beta": True},
    "tbr-cz-both": {"theta": False, "beta": True},
    "ua-posterior": {"upper_alpha": True},
}


def test_each_band_has_to_move_its_way_for_a_reward(training: Protocol, lab: Lab) -> None:
    assert set(EARNS[training.id]) == {feature.name for feature in banded(training)}
    ways = {feature.name: EARNS[training.id][feature.name] for feature in trained_bands(training)}
    middle = truth(training, amplitudes(training))
    thresholds = tuple(middle[condition.feature] for condition in training.conditions)
    for band, grows in ways.items():
        better, worse = (4 / 3, 3 / 4) if grows else (3 / 4, 4 / 3)
        others = {other: 4 / 3 if up else 3 / 4 for other, up in ways.items() if other != band}
        if any(training.feature(condition.feature).kind is FeatureKind.RATIO for condition in held(training)):
            others = {}  # it is part of the same number
        earned = at_work(training, amplitudes(training, **others, **{band: better}), lab, thresholds)
        missed = at_work(training, amplitudes(training, **others, **{band: worse}), lab, thresholds)
        assert all(hop.in_range for hop in earned), band
        assert not any(hop.in_range for hop in missed), band


@pytest.mark.parametrize("part", [0, 1])
def test_the_bands_of_the_other_part_neither_earn_nor_cost_anything(part: int, lab: Lab) -> None:
    protocol = load_protocol(find_protocol("beta-left-then-at"))
    here, there = (replace(protocol, stages=stages) for stages in parts_of(protocol)[:: -1 if part else 1])
    ways = EARNS[protocol.id]
    middle = truth(protocol, amplitudes(protocol))
    thresholds = tuple(middle[condition.feature] for condition in protocol.conditions)
    good, poor = 4 / 3, 3 / 4
    best = {band.name: good if ways[band.name] else poor for band in trained_bands(here)}
    worst = {band.name: poor if ways[band.name] else good for band in trained_bands(there)}
    assert best.keys().isdisjoint(worst) and len({*best, *worst}) == len(ways)
    assert all(hop.in_range for hop in at_work(here, amplitudes(protocol, **best, **worst), lab, thresholds))
    assert not any(hop.in_range for hop in at_work(there, amplitudes(protocol, **best, **worst), lab, thresholds))


# --- the simulated client


def client(protocol: Protocol, scenario: str, seed: int = 1) -> SimulatedSource:
    """Wears the protocol's sites, and the forehead for blinks; a Muse for the Muse protocol."""
    channels = "muse-2" if protocol.id == "muse-alpha" else ",".join(("Fp1", "Fp2", *protocol.montage.sites))
    eyes = "closed" if protocol.stages[0].eyes is Eyes.CLOSED else "open"
    return SimulatedSource({"channels": channels, "eyes": eyes, "scenario": scenario, "chunk": "50"}, seed)


def shortened(protocol: Protocol, baseline_s: float, train_s: float) -> Protocol:
    """The same sequence of stages in less time, too little for a stage that looks for the alpha peak; each part is
    trained for `train_s`."""
    stages: list[Stage] = []
    for part in parts_of(protocol):
        n_runs = sum(stage.kind is StageKind.RUN for stage in part)
        length_s = {StageKind.BASELINE: baseline_s, StageKind.RUN: train_s / n_runs, StageKind.REST: 1.0}
        stages += (
            replace(stage, duration_s=length_s[stage.kind], min_clean_s=min(stage.min_clean_s, 0.5 * baseline_s))
            for stage in part
        )
    return replace(protocol, stages=tuple(stages))


def chunks(source: SimulatedSource, until_s: float) -> Iterator[Chunk]:
    """The client's samples from where it is to `until_s`."""
    stop_sample = 0
    while stop_sample < until_s * source.info.sampling_rate_hz:
        (chunk,) = source.read(0.1)
        assert isinstance(chunk, Chunk)  # no script here loses samples
        stop_sample = chunk.stop_sample
        yield chunk


def attend(session: Session, source: SimulatedSource, until_s: float) -> Output:
    """Feed the client's samples until `until_s` or the end of the session."""
    joined = Output([], [])
    for chunk in chunks(source, until_s):
        output = session.receive(chunk)
        joined.hops.extend(output.hops)
        joined.events.extend(output.events)
        if session.state >= State.ENDED:
            break
    return joined


def test_a_whole_session_rewards_the_simulated_client_neither_always_nor_hardly_ever(training: Protocol) -> None:
    source = client(training, "typical")
    short = shortened(training, baseline_s=40.0, train_s=80.0)
    rewarded_as_often_as_it_teaches(short, attend(Session(make_setup(short, source.info)), source, 300.0).events)


@pytest.mark.parametrize("name", IN_PARTS)
def test_parts_in_one_session_each_have_their_baseline_and_their_rewards(name: str) -> None:
    protocol = load_protocol(find_protocol(name))
    source = client(protocol, "typical")
    short = shortened(protocol, baseline_s=40.0, train_s=60.0)
    rewarded_as_often_as_it_teaches(short, attend(Session(make_setup(short, source.info)), source, 500.0).events)


def rewarded_as_often_as_it_teaches(protocol: Protocol, events: list[Event]) -> None:
    """All stages, a baseline for each part, and 5 to 40 rewards a minute in each part's runs."""
    assert [event.reason for event in events if isinstance(event, SessionEnded)] == [EndReason.COMPLETED]
    ended = [event for event in events if isinstance(event, StageEnded)]
    assert [event.label for event in ended] == [stage.label for stage in protocol.stages]
    parts = parts_of(protocol)
    baselines = [event for event in events if isinstance(event, BaselineDone)]
    assert len(baselines) == len(parts)
    assert all(0.4 <= baseline.expected_in_range <= 0.8 for baseline in baselines)
    for part in parts:
        labels = {stage.label for stage in part if stage.kind is StageKind.RUN}
        runs = [event for event in ended if event.label in labels]
        minutes = sum(event.valid_s for event in runs) / 60
        assert 5 <= sum(event.rewards for event in runs) / minutes <= 40


# --- artefacts earn nothing

BASELINE_S, FROM_S, EVERY_S = 30.0, 38.0, 7.0
KINDS = ("blink", "blink", "jaw", "pop", "movement", "blink", "muscle")
SCRIPT = tuple(event(EventKind(kind), FROM_S + EVERY_S * i) for i, kind in enumerate(KINDS))
AFTER_S = 2.0


def script(protocol: Protocol) -> str:
    """An artefact every 7 s; the pop is on an electrode that is trained."""
    site = {EventKind.POP: f"/{trained_bands(protocol)[0].sites[0]}"}
    return ",".join(("quiet", *(f"{e.kind.value}{site.get(e.kind, '')}@{e.onset_s:g}" for e in SCRIPT)))


def earned_by(protocol: Protocol, seed: int) -> set[str]:
    """The artefacts that are rewarded where the EEG by itself would just not be.

    A run without artefacts is repeated with them. From the onset of an artefact to two seconds after its end the
    threshold is the furthest that the feature reached without it; inhibits stand in nobody's way.
    """
    # A hold leaves EEG out of a slow mean, which moves it without any artefact in it.
    # With a short dwell more would be earned than with the protocol's own.
    features = tuple(replace(feature, smoothing_s=0.0) for feature in protocol.features)
    bare = replace(protocol, features=features, reward=Reward(dwell_s=0.1, refractory_s=0.5))
    calm, marred = client(bare, "quiet", seed), client(bare, script(bare), seed)
    rate = calm.info.sampling_rate_hz
    session = Session(make_setup(shortened(bare, BASELINE_S, 1e4), calm.info))
    attend(session, calm, FROM_S - 2)
    again = copy.deepcopy(session)
    run = [hop for hop in attend(session, calm, FROM_S + EVERY_S * len(SCRIPT)).hops if not hop.artefact]
    for _ in chunks(marred, FROM_S - 2):  # the same samples as without artefacts
        pass
    earned = set()
    for artefact in SCRIPT:
        attend(again, marred, artefact.onset_s - 0.4)  # to a border of chunks before it
        since_s = [hop.sample / rate - artefact.onset_s for hop in run]
        window = [hop for hop, s in zip(run, since_s, strict=True) if -0.5 <= s <= artefact.duration_s + AFTER_S]
        forbid(again, window)
        output = attend(again, marred, artefact.stop_s + AFTER_S - 0.2)
        assert output.hops[0].stage == 1
        if any(isinstance(event, Rewarded) for event in output.events):
            earned.add(artefact.kind.value)
    assert {artefact.kind.value for artefact in marred.artefacts} == set(KINDS)
    return earned


def test_scripted_artefacts_earn_nothing(training: Protocol) -> None:
    assert earned_by(training, seed=1) == set()


@pytest.mark.parametrize("name", ["alpha-p4", "fm-theta", "smr-cz"])
def test_without_guards_the_same_artefacts_would_earn(name: str) -> None:
    off = Guards(None, None, None, None, None)
    assert earned_by(replace(load_protocol(find_protocol(name)), guards=off), seed=1)
