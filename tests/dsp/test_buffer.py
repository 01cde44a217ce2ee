"""Windows on the newest samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfb.dsp.buffer import HopBuffer

N_WINDOW, N_HOP, MOST = 20, 4, 6


def ramp(n: int) -> np.ndarray:
    """Two channels that count samples from 1 on, the second one negative."""
    count = np.arange(1.0, n + 1)
    return np.stack([count, -count])


@given(sizes=st.lists(st.integers(1, 30), min_size=1, max_size=40), most=st.integers(1, MOST))
def test_every_window_holds_the_samples_that_end_with_its_hop(sizes: list[int], most: int) -> None:
    buffer = HopBuffer(2, N_WINDOW, N_HOP, MOST)
    samples = ramp(sum(sizes))
    padded = np.hstack([np.zeros((2, N_WINDOW)), samples])
    position = taken = 0
    for size in sizes:
        buffer.put(samples[:, position : position + size])
        position += size
        while buffer.n_due:
            n_hops = min(buffer.n_due, most)
            for window in buffer.windows(n_hops):
                taken += N_HOP
                np.testing.assert_array_equal(window, padded[:, taken : taken + N_WINDOW])
            buffer.take(n_hops)
        assert buffer.n_partial == position - taken < N_HOP


def test_windows_cannot_be_written_to() -> None:
    buffer = HopBuffer(2, N_WINDOW, N_HOP, MOST)
    buffer.put(ramp(N_HOP))
    with pytest.raises(ValueError, match="read-only"):
        buffer.windows(1)[0, 0, 0] = 1.0


def test_after_a_reset_nothing_of_the_past_is_seen() -> None:
    buffer = HopBuffer(2, N_WINDOW, N_HOP, MOST)
    buffer.put(ramp(3 * N_HOP + 1))
    buffer.take(3)
    buffer.reset()
    assert (buffer.n_due, buffer.n_partial, buffer.hops_until_full()) == (0, 0, N_WINDOW // N_HOP)
    buffer.put(ramp(N_HOP))
    expected = np.hstack([np.zeros((2, N_WINDOW - N_HOP)), ramp(N_HOP)])
    np.testing.assert_array_equal(buffer.windows(1)[0], expected)


def test_it_tells_how_long_until_a_window_is_full() -> None:
    buffer = HopBuffer(2, N_WINDOW + 1, N_HOP, MOST)
    left = []
    for _ in range(7):
        left.append(buffer.hops_until_full())
        buffer.put(ramp(N_HOP))
        buffer.take(1)
    assert left == [6, 5, 4, 3, 2, 1, 0]


def test_as_many_samples_as_it_says_are_free_can_be_put() -> None:
    buffer = HopBuffer(2, N_WINDOW, N_HOP, MOST)
    samples = ramp(buffer.n_free)
    buffer.put(samples)
    assert buffer.n_free == 0
    buffer.take(buffer.n_due - 1)
    np.testing.assert_array_equal(buffer.windows(1)[0, :, -1], samples[:, (samples.shape[1] // N_HOP) * N_HOP - 1])
