"""What a baseline can promise of a slow feature, against noise whose truth is known."""

import dataclasses

import numpy as np
import pytest
from scipy import signal

from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.device import DeviceInfo
from nfb.model.events import AuditLine
from nfb.model.protocol import Feature, FeatureKind, Stage, StageKind
from nfb.session.scatter import independent_values, share_scatter
from nfb.session.session import Session
from nfb.session.setup import make_setup

from .conftest import Lab


@pytest.mark.parametrize(("smoothing_s", "baseline_s"), [(1.0, 40.0), (2.5, 60.0), (2.5, 120.0)])
def test_the_share_scatters_as_far_as_is_said(smoothing_s: float, baseline_s: float) -> None:
    """Thresholds from 3000 baselines of noise through one pole, against all the noise there is."""
    hop_s, target = 0.1, 0.65
    keep = np.exp(-hop_s / smoothing_s)
    n_hops = round(baseline_s / hop_s)
    noise = np.random.default_rng(3).standard_normal(3000 * n_hops)
    slow = signal.lfilter([1 - keep], [1, -keep], noise)
    everything = np.sort(slow)
    thresholds = np.quantile(slow.reshape(3000, n_hops), 1 - target, axis=1)
    shares = 1 - np.searchsorted(everything, thresholds) / everything.size
    feature = Feature("slow", FeatureKind.POWER, smoothing_s=smoothing_s)
    said = share_scatter(target, independent_values(feature, baseline_s))
    assert said == pytest.approx(shares.std(), rel=0.1)


def audit(lab: Lab, protocol: str, baseline_s: float, thresholds: tuple[float, ...] | None = None) -> list[str]:
    stages = (Stage(StageKind.BASELINE, "baseline", baseline_s), Stage(StageKind.RUN, "run-1", 1e5))
    short = dataclasses.replace(load_protocol(find_protocol(protocol)), stages=stages, hop_s=0.1)
    device = DeviceInfo("lab", ("F3", "F4", "C3", "C4"), 250.0)
    session = Session(make_setup(short, device, thresholds=thresholds, find_iaf=False))
    output = lab.feed(session, lab.noise(baseline_s + 8.0), 5000)
    return [event.text for event in output.events if isinstance(event, AuditLine)]


def test_a_baseline_too_short_for_a_slow_feature_is_told(lab: Lab) -> None:
    (line,) = audit(lab, "faa-alay", 40.0)
    # The protocol aims at 60 %: n = 40 / (5 ln 2) = 11.5, and two deviations are 2 sqrt(0.6 * 0.4 / 11.5).
    assert line.startswith("short baseline: 40 s hold 12 independent looks at balance, which is smoothed over 2.5 s")
    assert "29 points more or less" in line and "Take 83 s or more" in line


def test_a_longer_one_is_enough_and_quick_features_need_no_more(lab: Lab) -> None:
    assert audit(lab, "faa-alay", 90.0) == []
    assert audit(lab, "smr-central", 20.0) == []


def test_a_threshold_that_was_carried_over_does_not_come_from_the_baseline(lab: Lab) -> None:
    assert audit(lab, "faa-alay", 40.0, (0.1,)) == []
