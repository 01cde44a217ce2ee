"""A signal made worse on request: what was asked for shows in the samples, and nothing else changes."""

import numpy as np
import pytest

from nfb.devices.scenario import EventKind
from nfb.devices.simulated import SimulatedSource
from nfb.devices.worsened import LASTS_S, WorsenedSource
from nfb.model.errors import DeviceError
from nfb.model.samples import Chunk, Gap, LinkChange, LinkState

RATE_HZ = 250


def read_s(source: WorsenedSource | SimulatedSource, seconds: float) -> list:
    """All items of `seconds` of headset time or of silence, whichever passes."""
    items: list = []
    passed_s = 0.0
    while passed_s < seconds - 1e-9:
        got = source.read(0.02)
        items += got
        n = sum(item.n_samples for item in got if isinstance(item, Chunk))
        passed_s += n / RATE_HZ if n else 0.02
    return items


def joined(items: list) -> np.ndarray:
    return np.concatenate([item.eeg for item in items if isinstance(item, Chunk)], axis=1)


@pytest.fixture
def pair() -> tuple[WorsenedSource, SimulatedSource]:
    """The same client twice: once through the wrapper."""
    client = {"scenario": "quiet", "channels": "Fp1,C3,Cz,C4,O1"}
    return WorsenedSource(SimulatedSource(client, seed=5), "C4"), SimulatedSource(client, seed=5)


def test_unasked_every_item_is_the_sources_own(pair: tuple[WorsenedSource, SimulatedSource]) -> None:
    worse, plain = pair
    assert np.array_equal(joined(read_s(worse, 3.0)), joined(read_s(plain, 3.0)))


def test_three_blinks_show_at_the_forehead_and_not_behind(pair: tuple[WorsenedSource, SimulatedSource]) -> None:
    worse, plain = pair
    worse.worsen(EventKind.BLINK)
    added = (joined(read_s(worse, 4.0)) - joined(read_s(plain, 4.0)))[:, : 4 * RATE_HZ]
    names = worse.info.channel_names
    front, back = added[names.index("Fp1")], added[names.index("O1")]
    peaks = [front[start : start + 75].max() for start in (0, 225, 450)]
    assert min(peaks) > 100.0 and np.abs(back).max() < 5.0


def test_a_lost_electrode_stands_still_and_the_others_go_on(pair: tuple[WorsenedSource, SimulatedSource]) -> None:
    worse, plain = pair
    worse.worsen(EventKind.FLAT)
    eeg, own = joined(read_s(worse, 16.0)), joined(read_s(plain, 16.0))
    loose = worse.info.channel_names.index("C4")
    n = round(LASTS_S[EventKind.FLAT] * RATE_HZ)
    assert np.ptp(eeg[loose, :n]) == 0.0 and np.ptp(eeg[loose, n : 16 * RATE_HZ]) > 1.0
    others = [i for i in range(len(eeg)) if i != loose]
    assert np.array_equal(eeg[others][:, : 16 * RATE_HZ], own[others][:, : 16 * RATE_HZ])


def test_a_drop_out_is_a_gap_in_time_and_none_in_the_numbering(pair: tuple[WorsenedSource, SimulatedSource]) -> None:
    worse, plain = pair
    before = read_s(worse, 1.0)
    worse.worsen(EventKind.STALL)
    items = before + read_s(worse, 6.0)
    (gap,) = [item for item in items if isinstance(item, Gap)]
    assert gap.missing_s == pytest.approx(3.0, abs=0.2)
    chunks = [item for item in items if isinstance(item, Chunk)]
    assert [chunk.first_sample for chunk in chunks[1:]] == [chunk.stop_sample for chunk in chunks[:-1]]
    assert gap.sample in {chunk.first_sample for chunk in chunks}
    # What comes after the gap is what the headset measured then, not what it measured before.
    own = joined(read_s(plain, 8.0))
    after = joined([chunk for chunk in chunks if chunk.first_sample >= gap.sample])
    at = gap.sample + gap.missing_samples
    assert np.array_equal(after[:, :100], own[:, at : at + 100])


def test_a_lost_link_refuses_to_reconnect_until_it_is_back(pair: tuple[WorsenedSource, SimulatedSource]) -> None:
    worse, _ = pair
    worse.worsen(EventKind.LINK_LOSS)
    assert [item.state for item in read_s(worse, 5.0) if isinstance(item, LinkChange)] == [LinkState.LOST]
    with pytest.raises(DeviceError, match="does not answer"):
        worse.reconnect()
    items = read_s(worse, 12.0)
    (gap,) = [item for item in items if isinstance(item, Gap)]
    assert gap.missing_s == pytest.approx(14.0, abs=0.2)
    worse.reconnect()
