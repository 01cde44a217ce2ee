"""Coherence and phase locking of two sites against closed forms, alone and in a session."""

import dataclasses
import math

import numpy as np
import pytest

from nfb.model.errors import MontageError
from nfb.model.events import BaselineDone
from nfb.model.hop import Cause
from nfb.model.protocol import Band, Feature, FeatureKind, Montage, Protocol, Stage, StageKind
from nfb.model.samples import Float32
from nfb.session.session import Output, Session
from nfb.session.setup import make_setup

from .conftest import RATE_HZ, Lab

COUPLINGS = (FeatureKind.COHERENCE, FeatureKind.IMAGINARY_COHERENCE, FeatureKind.PHASE_LOCKING)
STAGES = (Stage(StageKind.BASELINE, "baseline", 20.0), Stage(StageKind.RUN, "run-1", 1e6))


def coupled(lab: Lab, smoothing_s: float = 8.0, band_hz: tuple[float, float] = (8.0, 12.0)) -> Protocol:
    features = tuple(
        Feature(kind.value, kind, Band(band_hz), sites=("C3", "C4"), estimator="cfir", smoothing_s=smoothing_s)
        for kind in COUPLINGS
    )
    return lab.protocol(
        features=features,
        conditions=(lab.fixed(0.5, feature="coherence"),),
        stages=STAGES,
        montage=Montage(lab.names, 4),
    )


def play(lab: Lab, protocol: Protocol, eeg: Float32, chunk_samples: int = 5000) -> Output:
    return lab.feed(Session(make_setup(protocol, lab.device())), eeg, chunk_samples)


def clean(output: Output) -> np.ndarray:
    return np.array([hop.features for hop in output.hops if hop.cause is Cause.NONE])


@pytest.mark.parametrize("phase", [0.0, math.pi / 6, math.pi / 2])
def test_two_tones_with_a_constant_phase_difference_are_wholly_coherent(lab: Lab, phase: float) -> None:
    t = np.arange(60 * 250) / RATE_HZ
    eeg = lab.noise(60, seed=1, rms_uv=0.02)
    eeg[2] += 10 * np.sin(2 * np.pi * 10 * t).astype(np.float32)
    eeg[3] += 6 * np.sin(2 * np.pi * 10 * t - phase).astype(np.float32)
    # A causal filter lets some 2 % of a tone's mirror image pass, which turns against it.
    coherence, imaginary, locking = clean(play(lab, coupled(lab), eeg))[-1]
    assert coherence == pytest.approx(1.0, abs=2e-3)
    assert imaginary == pytest.approx(math.sin(phase), abs=2e-3)
    assert locking == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize("shared", [0.5, 0.8])
def test_coherence_is_the_square_of_the_shared_part_of_the_power(lab: Lab, shared: float) -> None:
    source, own = lab.noise(400, seed=2, n_channels=1), lab.noise(400, seed=3)
    eeg = (math.sqrt(shared) * source + math.sqrt(1 - shared) * own).astype(np.float32)
    values = clean(play(lab, coupled(lab, 20.0), eeg))[60 * 50 :]
    # A one-pole of 20 s on 4 Hz averages some 160 independent values: what is left of the rest is 1 in 160.
    assert values[:, 0].mean() == pytest.approx(shared**2 + (1 - shared**2) ** 2 / 160, abs=0.04)
    assert values[:, 1].mean() < 0.12  # nothing comes late


def test_two_sites_that_have_nothing_to_do_with_each_other_hardly_go_together(lab: Lab) -> None:
    values = clean(play(lab, coupled(lab, 10.0), lab.noise(300, seed=4)))[40 * 50 :]
    assert values[:, 0].mean() == pytest.approx(1 / (2 * 10 * 4), abs=0.01)
    assert values[:, 2].mean() < 0.2


def test_the_delay_of_a_coupling_is_that_of_its_filter_and_its_average(lab: Lab) -> None:
    session = Session(make_setup(coupled(lab, 4.0), lab.device()))
    alone = Session(
        make_setup(
            lab.protocol(
                features=(
                    dataclasses.replace(
                        coupled(lab).features[0], kind=FeatureKind.AMPLITUDE, name="alpha", smoothing_s=0.0
                    ),
                )
            ),
            lab.device(),
        )
    )
    assert session.delays_s[0] == pytest.approx(alone.delays_s[0] + 4.0)


def test_held_hops_leave_couplings_alone(lab: Lab) -> None:
    eeg = lab.noise(90, seed=5)
    eeg[2:, 60 * 250 : 62 * 250] += 400 * np.sin(2 * np.pi * 10 * np.arange(500) / 250).astype(np.float32)
    output = play(lab, coupled(lab), eeg)
    held = [hop for hop in output.hops if hop.hop > 60 * 50 and hop.artefact]
    first = next(hop for hop in output.hops if hop.hop == held[0].hop - 1)
    assert len(held) > 100
    assert {hop.features for hop in held} == {first.features}


def test_the_baseline_has_the_couplings_of_the_filters_that_follow_it(lab: Lab) -> None:
    protocol = coupled(lab, 2.0)
    wiener = tuple(dataclasses.replace(feature, estimator="wiener") for feature in protocol.features)
    output = play(lab, dataclasses.replace(protocol, features=wiener), lab.noise(60, seed=6))
    done = next(event for event in output.events if isinstance(event, BaselineDone))
    assert 0 < done.feature_p10[0] < done.feature_median[0] < done.feature_p90[0] < 1


def test_couplings_are_the_same_in_any_chunks(lab: Lab) -> None:
    eeg = lab.noise(45, seed=7)
    one, other = play(lab, coupled(lab, 2.0), eeg, 7), play(lab, coupled(lab, 2.0), eeg, 20_000)
    assert [repr(hop) for hop in one.hops] == [repr(hop) for hop in other.hops]


def test_a_coupling_needs_both_its_sites(lab: Lab) -> None:
    protocol = dataclasses.replace(coupled(lab), montage=Montage(lab.names, 1))
    with pytest.raises(MontageError, match="C4"):
        make_setup(protocol, lab.device(channel_names=("F3", "C3")))
