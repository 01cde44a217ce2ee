"""A recording as a source: everything comes out as it went in, in any chunks."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfb.devices.replay_source import ReplaySource
from nfb.model.device import DeviceInfo
from nfb.model.errors import DeviceError, RecordingError, SetupError
from nfb.model.samples import Chunk, Gap, GapCause, LinkChange, LinkState, SourceItem, as_chunk_samples

DEVICE = DeviceInfo("recorded", ("C3", "C4"), 100.0)
ENDED = LinkChange(LinkState.ENDED, "End of the recording.")


def make_chunk(first: int, n: int, *, n_channels: int = 2, moved: bool = True) -> Chunk:
    """Every sample says which it is: channel times 1000 plus its index."""
    index = np.arange(first, first + n)
    eeg = as_chunk_samples(np.arange(n_channels)[:, np.newaxis] * 1000 + index)
    acceleration = as_chunk_samples(np.tile(index, (3, 1)) / 10) if moved else None
    return Chunk(first, eeg, index / 100.0, acceleration_g=acceleration)


def make_items(sizes: list[int], gaps_before: set[int]) -> list[SourceItem]:
    items: list[SourceItem] = []
    first = 0
    for number, size in enumerate(sizes):
        if number in gaps_before:
            items.append(Gap(first, 7, 0.07, GapCause.RECORDED))
        items.append(make_chunk(first, size))
        first += size
    return items


def read_all(source: ReplaySource) -> list[SourceItem]:
    items: list[SourceItem] = []
    while batch := source.read(0.1):
        items += [item for item in batch if not isinstance(item, LinkChange) or item.state is not LinkState.ENDED]
        if ENDED in batch:
            break
    return items


def test_items_come_out_as_they_went_in_and_the_end_is_told_once() -> None:
    items = make_items([5, 7, 1], {1})
    source = ReplaySource(DEVICE, items)
    source.open()
    assert [source.read(0.1) for _ in items] == [[item] for item in items]
    assert source.read(0.1) == [ENDED]
    assert source.read(0.1) == []
    assert source.info is DEVICE
    assert source.realtime is False


def test_an_empty_recording_ends_at_once() -> None:
    assert ReplaySource(DEVICE, []).read(0.1) == [ENDED]


@given(
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=12),
    gaps_before=st.sets(st.integers(0, 11)),
    chunk_samples=st.integers(1, 60),
)
@settings(deadline=None)
def test_new_chunks_hold_the_same_samples_and_stop_at_gaps(
    sizes: list[int], gaps_before: set[int], chunk_samples: int
) -> None:
    n = sum(sizes)
    items = make_items(sizes, gaps_before)
    out = read_all(ReplaySource(DEVICE, items, chunk_samples=chunk_samples))
    chunks = [item for item in out if isinstance(item, Chunk)]

    assert np.array_equal(np.concatenate([c.eeg for c in chunks], axis=1), [np.arange(n), 1000 + np.arange(n)])
    assert np.array_equal(np.concatenate([c.device_times_s for c in chunks]), np.arange(n) / 100.0)
    felt = [c.acceleration_g for c in chunks if c.acceleration_g is not None]
    assert np.array_equal(np.concatenate(felt, axis=1)[0], (np.arange(n) / 10).astype(np.float32))
    assert all(a.stop_sample == b.first_sample for a, b in pairwise(chunks))

    gaps = [item for item in items if isinstance(item, Gap)]
    assert [item for item in out if isinstance(item, Gap)] == gaps
    received = 0
    for item in out:
        if isinstance(item, Gap):
            assert item.sample == received
        elif isinstance(item, Chunk):
            received = item.stop_sample
    borders = {gap.sample for gap in gaps} | {n}
    assert all(c.n_samples == chunk_samples or c.stop_sample in borders for c in chunks)
    assert all(c.n_samples <= chunk_samples for c in chunks)


def test_new_chunks_are_read_only_and_have_no_acceleration_where_some_lack_it() -> None:
    items = [make_chunk(0, 4), make_chunk(4, 4, moved=False)]
    (chunk,) = read_all(ReplaySource(DEVICE, items, chunk_samples=8))
    assert isinstance(chunk, Chunk)
    assert chunk.acceleration_g is None
    assert chunk.eeg.dtype == np.float32
    assert not chunk.eeg.flags.writeable


def test_other_items_keep_their_place_among_the_samples() -> None:
    lost = LinkChange(LinkState.LOST, "recorded")
    out = read_all(ReplaySource(DEVICE, [make_chunk(0, 4), lost, make_chunk(4, 4)], chunk_samples=3))
    assert [item.n_samples if isinstance(item, Chunk) else item for item in out] == [3, 1, lost, 3, 1]


def test_a_hole_in_the_numbering_is_refused() -> None:
    source = ReplaySource(DEVICE, [make_chunk(0, 4), make_chunk(5, 4)])
    source.read(0.1)
    with pytest.raises(RecordingError, match="a chunk begins at sample 5, expected 4"):
        source.read(0.1)


def test_another_number_of_channels_is_refused() -> None:
    with pytest.raises(RecordingError, match="sample 0 has 3 channels, the device 2"):
        ReplaySource(DEVICE, [make_chunk(0, 4, n_channels=3)]).read(0.1)


def test_chunks_of_no_samples_are_refused() -> None:
    with pytest.raises(SetupError, match="chunk_samples = 0: must be at least 1"):
        ReplaySource(DEVICE, [], chunk_samples=0)


def test_a_recording_cannot_be_reconnected() -> None:
    with pytest.raises(DeviceError, match=r"no link to get back\. Open it again"):
        ReplaySource(DEVICE, []).reconnect()


def test_closing_closes_the_generator_that_reads_the_file() -> None:
    closed = []

    def read_file() -> Iterator[SourceItem]:
        try:
            yield make_chunk(0, 4)
            yield make_chunk(4, 4)
        finally:
            closed.append(True)

    source = ReplaySource(DEVICE, read_file())
    source.read(0.1)
    source.close()
    source.close()
    assert closed == [True]
    assert source.read(0.1) == []
