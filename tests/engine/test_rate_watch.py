"""A device that does not keep its declared rate is told of, once, after half a minute."""

import numpy as np
import pytest

from nfb.engine.rate_watch import RateWatch
from nfb.model.device import DeviceInfo
from nfb.model.samples import Chunk, as_chunk_samples

DEVICE = DeviceInfo("lab", ("Cz",), 250.0)


def arrivals(rate_hz: float, seconds: float, burst: int = 12, jitter_s: float = 0.02) -> list[Chunk]:
    rng = np.random.default_rng(0)
    chunks = []
    for first in range(0, round(seconds * rate_hz) - burst, burst):
        arrived_s = 5.0 + (first + burst) / rate_hz + jitter_s * rng.random()
        chunks.append(Chunk(first, as_chunk_samples(np.zeros((1, burst))), np.full(burst, np.nan), arrived_s))
    return chunks


def told(chunks: list[Chunk]) -> list[float]:
    watch = RateWatch(DEVICE)
    return [rate_hz for chunk in chunks if (rate_hz := watch.take(chunk)) is not None]


@pytest.mark.parametrize("rate_hz", [244.0, 256.0])
def test_a_rate_that_is_off_by_more_than_2_percent_is_told_once(rate_hz: float) -> None:
    (measured_hz,) = told(arrivals(rate_hz, 100.0))
    assert measured_hz == pytest.approx(rate_hz, rel=0.002)


@pytest.mark.parametrize("rate_hz", [246.5, 250.0, 253.5])
def test_a_rate_within_2_percent_is_not(rate_hz: float) -> None:
    assert told(arrivals(rate_hz, 100.0)) == []


def test_a_gap_begins_the_measurement_anew() -> None:
    watch = RateWatch(DEVICE)
    found = []
    for chunk in arrivals(240.0, 100.0):
        if chunk.first_sample % (12 * 500) == 0:  # every 25 s
            watch.clear()
        found.append(watch.take(chunk))
    assert not any(found)
