"""A small session and ways to record it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nfb.files.recorder import Recorder
from nfb.model.commands import Mark, Note
from nfb.model.device import DeviceInfo
from nfb.model.events import CommandApplied, FilterFitted, GapSeen, Rewarded, StageEnded, StageStarted
from nfb.model.hop import Cause, HopResult, Why, WhyKind
from nfb.model.protocol import (
    Band,
    Condition,
    Direction,
    Evidence,
    Feature,
    FeatureKind,
    Montage,
    Protocol,
    Role,
    Stage,
    StageKind,
    Threshold,
    ThresholdRule,
)
from nfb.model.samples import Chunk, Gap, GapCause, as_chunk_samples
from nfb.session.setup import Setup, make_setup

HOP = 5
RATE_HZ = 250.0


def _protocol() -> Protocol:
    smr = Feature("smr", FeatureKind.AMPLITUDE, Band((12.0, 15.0)), sites=("C3", "C4"))
    theta = Feature("theta", FeatureKind.AMPLITUDE, Band((4.0, 8.0)), sites=("C3", "C4"))
    learned = Threshold(ThresholdRule.BASELINE_PERCENTILE)
    return Protocol(
        id="smr-up",
        version=2,
        name="SMR up",
        purpose="More of the sensorimotor rhythm.",
        evidence=Evidence("moderate", "some", "not much"),
        montage=Montage(("C3", "C4"), 2),
        features=(smr, theta),
        conditions=(
            Condition("smr", Role.REWARD, Direction.UP, learned),
            Condition("theta", Role.INHIBIT, Direction.DOWN, learned),
        ),
        stages=(Stage(StageKind.BASELINE, "baseline", 4.0), Stage(StageKind.RUN, "run-1", 16.0)),
        text='schema = 1\nid = "smr-up"  # µV\n',
    )


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    return _protocol()


@pytest.fixture(scope="session")
def setup(protocol: Protocol) -> Setup:
    device = DeviceInfo("cyton", ("C3", "C4", "Cz"), RATE_HZ, model="Cyton", manufacturer="OpenBCI", reference="A1")
    return make_setup(protocol, device)


@pytest.fixture(scope="session")
def samples() -> np.ndarray:
    """20 s of three channels, (3, 5000) µV: sinusoids of 10, 20 and 30 µV."""
    time_s = np.arange(5000) / RATE_HZ
    return np.stack([10 * k * np.sin(2 * np.pi * 7 * k * time_s) for k in (1, 2, 3)]).astype(np.float32)


def hop_result(number: int, *, feedback: float = 0.5, reward: bool = False, stage: int = 1) -> HopResult:
    why = Why(WhyKind.REWARD if reward else WhyKind.DWELL, value=0.1)
    features = (number / 7.0, float("nan"))
    thresholds = (5.1, 1 / 3)
    sample = number * HOP + HOP - 1
    return HopResult(
        number, sample, stage, 2, features, thresholds, False, Cause.NONE, -1, feedback, reward, True, 1.0, why
    )


@pytest.fixture(scope="session")
def make_hop() -> Callable[..., HopResult]:
    return hop_result


def record_session(recorder: Recorder, samples: np.ndarray, gaps: tuple[Gap, ...] = (), start_hop: int = 0) -> None:
    """Feed a recorder the way the engine does: samples first, then events, then hops."""
    gap_at = {gap.sample: gap for gap in gaps}
    for number in range(start_hop, samples.shape[1] // HOP):
        first = number * HOP
        if first in gap_at:
            recorder.write_gap(gap_at[first])
            recorder.write_events([GapSeen(number, gap_at[first])], 0.02 * number)
        chunk = as_chunk_samples(samples[:, first : first + HOP])
        recorder.write_chunk(Chunk(first, chunk, np.full(HOP, np.nan)))
        last = first + HOP - 1
        events = {
            0: [
                FilterFitted(0, 0, "prior", (0.15, 0.2), (0.9, float("nan")), (0.8, float("nan"))),
                StageStarted(0, 0, 0, "baseline"),
            ],
            200: [
                StageEnded(200, last, 0, "baseline", 4.0, 0.0, 4.0, 0, float("nan")),
                StageStarted(200, last, 1, "run-1"),
            ],
            500: [CommandApplied(500, last, Mark("yawn, deep")), Rewarded(500, last, 1)],
            600: [CommandApplied(600, last, Note("client smiled\nand moved"))],
        }.get(number, [])
        recorder.write_events(events, 0.02 * number)
        recorder.write_hops([hop_result(number, reward=number == 500)], 0.02 * number, 0.02 * number + 0.001)


@pytest.fixture(scope="session")
def record() -> Callable[..., None]:
    return record_session


@pytest.fixture(scope="session")
def gap() -> Gap:
    return Gap(2500, 25, 0.1, GapCause.PACKETS_LOST)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "recordings"
