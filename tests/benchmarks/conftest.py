"""Every file here is a benchmark: it prints figures and ratios and asserts no time, for machines differ."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nfb.model.device import DeviceInfo
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
from nfb.model.samples import Float32

RATE_HZ = 250.0
BANDS_HZ = ((12.0, 15.0), (4.0, 8.0), (20.0, 30.0), (8.0, 12.0), (15.0, 20.0), (10.0, 12.0))
DELAYS_S = (0.25, 0.2, 0.05, 0.15, 0.1, 0.15)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-readme", action="store_true", help="put the measured table into README.md")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.benchmark)


class Bench:
    """Protocols, signals and clocks for benchmarks."""

    rate_hz = RATE_HZ

    def device(self, n_channels: int) -> DeviceInfo:
        return DeviceInfo("bench", tuple(f"E{i}" for i in range(n_channels)), RATE_HZ)

    def protocol(self, n_features: int, n_sites: int = 2, baseline_s: float = 60.0) -> Protocol:
        """One reward and one inhibit per further feature; features average over `n_sites` channels."""
        sites = tuple(f"E{i}" for i in range(n_sites))
        features = tuple(
            Feature(f"f{i}", FeatureKind.AMPLITUDE, Band(BANDS_HZ[i]), sites=sites, delay_s=DELAYS_S[i])
            for i in range(n_features)
        )
        percentile = ThresholdRule.BASELINE_PERCENTILE
        reward = Condition("f0", Role.REWARD, Direction.UP, Threshold(percentile, 0.65))
        inhibits = tuple(
            Condition(f.name, Role.INHIBIT, Direction.DOWN, Threshold(percentile, 0.9)) for f in features[1:]
        )
        stages = (Stage(StageKind.BASELINE, "baseline", baseline_s), Stage(StageKind.RUN, "run-1", 1e9))
        return Protocol(
            "bench", 1, "bench", "bench", Evidence("none", "none", "none"), Montage(sites, n_sites), features,
            (reward, *inhibits), stages,
        )  # fmt: skip

    def eeg(self, n_channels: int, seconds: float, seed: int = 0) -> Float32:
        """1/f noise of 10 µV with an alpha rhythm that comes and goes."""
        n = round(seconds * RATE_HZ)
        rng = np.random.default_rng(seed)
        freqs = np.fft.rfftfreq(n, 1 / RATE_HZ)
        shape = np.where(freqs > 0.5, 1 / np.maximum(freqs, 1.0) ** 0.7, 0.0)
        shape = shape + 1.5 * np.exp(-0.5 * ((freqs - 10) / 0.8) ** 2) / 10**0.7
        out = np.empty((n_channels, n), dtype=np.float32)
        for row in out:  # one by one: an hour of spectra at once fills memory
            noise = np.fft.irfft((rng.standard_normal(len(freqs)) + 1j * rng.standard_normal(len(freqs))) * shape, n)
            row[:] = 10 * noise / noise.std()
        out.flags.writeable = False
        return out

    def best_s(self, work: Callable[[], object], repeats: int = 5) -> float:
        """Shortest of several runs: what the work costs when nothing else is in the way."""
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        return min(times)

    def each_us(self, steps: list[Callable[[], object]]) -> list[float]:
        """Time of each step, µs."""
        times = []
        for step in steps:
            start = time.perf_counter()
            step()
            times.append(1e6 * (time.perf_counter() - start))
        return times

    def quantiles(self, values: list[float]) -> str:
        """``median / 90 % / 99 %``."""
        cuts = statistics.quantiles(values, n=100)
        return f"{cuts[49]:8.1f} {cuts[89]:8.1f} {cuts[98]:8.1f}"


@pytest.fixture(scope="session")
def bench() -> Bench:
    return Bench()
