"""Small protocols, devices and signals for session tests."""

import numpy as np
import pytest

from nfb.model.commands import SetThreshold
from nfb.model.device import DeviceInfo
from nfb.model.hop import HopResult
from nfb.model.protocol import (
    Band,
    Condition,
    Direction,
    Evidence,
    Feature,
    FeatureKind,
    Guards,
    Montage,
    Protocol,
    Reward,
    Role,
    Stage,
    StageKind,
    Threshold,
    ThresholdRule,
)
from nfb.model.samples import Chunk, Float32, as_chunk_samples
from nfb.session.session import Output, Session

RATE_HZ = 250.0


class Lab:
    """Builds sessions; every part can be replaced by name."""

    names = ("F3", "F4", "C3", "C4")
    rate_hz = RATE_HZ

    def device(self, **changes: object) -> DeviceInfo:
        return DeviceInfo(**({"name": "lab", "channel_names": self.names, "sampling_rate_hz": RATE_HZ} | changes))  # type: ignore[arg-type]

    def protocol(self, **changes: object) -> Protocol:
        alpha = Feature("alpha", FeatureKind.AMPLITUDE, Band((8.0, 12.0)), sites=("C3", "C4"), delay_s=0.15)
        condition = Condition(
            "alpha", Role.REWARD, Direction.UP, Threshold(ThresholdRule.BASELINE_PERCENTILE, target=0.65)
        )
        values: dict[str, object] = {
            "id": "lab",
            "version": 1,
            "name": "Alpha up at C3 and C4",
            "purpose": "test",
            "evidence": Evidence("none", "none", "made for tests"),
            "montage": Montage(self.names, 1),
            "features": (alpha,),
            "conditions": (condition,),
            "stages": (
                Stage(StageKind.BASELINE, "baseline", 8.0, min_clean_s=4.0),
                Stage(StageKind.RUN, "run-1", 1e6),
            ),
            "reward": Reward(dwell_s=0.2, refractory_s=0.5),
        }
        return Protocol(**(values | changes))  # type: ignore[arg-type]

    def fixed(self, value: float, direction: Direction = Direction.UP, feature: str = "alpha") -> Condition:
        return Condition(feature, Role.REWARD, direction, Threshold(ThresholdRule.FIXED, value=value))

    def run_only(self, **changes: object) -> Protocol:
        """No baseline: alpha against a fixed threshold from the start, guards off unless given."""
        off = Guards(None, None, None, None, None)
        base: dict[str, object] = {
            "conditions": (self.fixed(10.0),),
            "stages": (Stage(StageKind.RUN, "run-1", 1e6),),
            "guards": off,
        }
        return self.protocol(**(base | changes))

    def noise(self, seconds: float, seed: int = 0, rms_uv: float = 10.0, n_channels: int = 4) -> Float32:
        """``(n_channels, n)`` EEG-like noise: 1/f amplitude above 1 Hz."""
        n = round(seconds * RATE_HZ)
        rng = np.random.default_rng(seed)
        freqs = np.fft.rfftfreq(n, 1 / RATE_HZ)
        shape = np.where(freqs > 0.5, 1 / np.maximum(freqs, 1.0) ** 0.7, 0.0)
        spectrum = rng.standard_normal((n_channels, len(freqs))) + 1j * rng.standard_normal((n_channels, len(freqs)))
        signal = np.fft.irfft(spectrum * shape, n)
        return (signal * rms_uv / signal.std(axis=1, keepdims=True)).astype(np.float32)

    def chunk(self, eeg: Float32, start: int, stop: int) -> Chunk:
        part = as_chunk_samples(eeg[:, start:stop])
        return Chunk(start, part, np.full(part.shape[1], np.nan))

    def feed(self, session: Session, eeg: Float32, chunk_samples: int = 50) -> Output:
        """Feed a whole signal; what the session returned, joined."""
        joined = Output([], [])
        for start in range(0, eeg.shape[1], chunk_samples):
            output = session.receive(self.chunk(eeg, start, min(start + chunk_samples, eeg.shape[1])))
            joined.hops.extend(output.hops)
            joined.events.extend(output.events)
        return joined


def forbid(session: Session, hops: list[HopResult]) -> None:
    """Set thresholds to the furthest that `hops` reached, and inhibits where they do not matter."""
    protocol = session.setup.protocol
    names = [feature.name for feature in protocol.features]
    for i, condition in enumerate(protocol.conditions):
        up = condition.direction is Direction.UP
        values = [hop.features[names.index(condition.feature)] for hop in hops]
        if condition.role is Role.INHIBIT:
            session.command(SetThreshold(i, -1e9 if up else 1e9))
        else:
            session.command(SetThreshold(i, max(values) if up else min(values)))


@pytest.fixture(scope="session")
def lab() -> Lab:
    return Lab()
