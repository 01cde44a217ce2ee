"""The real Cyton driver against an emulated board: right values, honest gaps, and a way back from every fault."""

import os
import signal
import threading
import time

import numpy as np
import pytest

from nfb.devices import brainflow_source
from nfb.devices.brainflow_source import BrainFlowSource
from nfb.model.errors import DeviceError
from nfb.model.samples import Chunk, Gap, GapCause, LinkChange, LinkState

RATE_HZ = 250.0


def eeg_of(items):
    return np.concatenate([item.eeg for item in items if isinstance(item, Chunk)], axis=1)


def indices_of(items, uv_per_count):
    """Sample indices as the emulator sent them: channel 0 of sample i is 8 i counts."""
    return np.round(eeg_of(items)[0].astype(float) / uv_per_count / 8).astype(int)


def has_state(state):
    return lambda items: any(isinstance(item, LinkChange) and item.state is state for item in items)


def has_gap(items):
    return any(isinstance(item, Gap) for item in items) and isinstance(items[-1], Chunk)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition, limit_s):
    end_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.005)


@pytest.fixture
def cyton(cyton_emulator):
    return cyton_emulator()


@pytest.fixture
def params(cyton):
    return {"serial_port": str(cyton.port)}


@pytest.fixture
def uv_per_count(cyton_module):
    return cyton_module.UV_PER_COUNT


def test_streams_the_boards_own_values_in_microvolts_at_its_rate(
    cyton, params, opened, read_until, n_samples, uv_per_count
):
    with opened("cyton", params) as source:
        assert source.info.channel_names == ("Fp1", "Fp2", "C3", "C4", "P7", "P8", "O1", "O2")
        assert source.info.sampling_rate_hz == RATE_HZ
        items = read_until(source, lambda items: n_samples(items) >= 200)
        chunks = [item for item in items if isinstance(item, Chunk)]
        assert not [item for item in items if isinstance(item, Gap | LinkChange)]
        assert [c.first_sample for c in chunks] == list(np.cumsum([0] + [c.n_samples for c in chunks[:-1]]))
        index = indices_of(items, uv_per_count)
        counts = 8 * index[None, :] + np.arange(8)[:, None]
        assert index[0] <= 1 and np.all(np.diff(index) == 1)
        np.testing.assert_array_equal(eeg_of(items), (counts * uv_per_count).astype(np.float32))
        times_s = np.concatenate([c.device_times_s for c in chunks])
        # Over eight tenths of a second of a computer's clock, which a busy computer reads late.
        assert np.polyfit(np.arange(len(times_s)), times_s, 1)[0] == pytest.approx(1 / RATE_HZ, rel=0.1)
        gravity = np.concatenate([c.acceleration_g for c in chunks if c.acceleration_g is not None], axis=1)
        assert gravity.shape[1] > 180
        np.testing.assert_allclose(gravity, np.tile([[0.002 / 16], [0.0], [1.0]], gravity.shape[1]), rtol=1e-6)
        assert all(not c.eeg.flags.writeable and c.eeg.dtype == np.float32 for c in chunks)


def test_lost_packets_become_gaps_exactly_where_they_were_lost(
    cyton, params, opened, read_until, n_samples, uv_per_count
):
    cyton.drop(20, 20)
    cyton.drop(50, 89)
    cyton.drop(250, 260)  # across the turn of the counter
    with opened("cyton", params) as source:
        items = read_until(source, lambda items: n_samples(items) >= 220)
    gaps = [item for item in items if isinstance(item, Gap)]
    assert [(gap.missing_samples, gap.cause) for gap in gaps] == [
        (1, GapCause.PACKETS_LOST),
        (40, GapCause.PACKETS_LOST),
        (11, GapCause.PACKETS_LOST),
    ]
    index = indices_of(items, uv_per_count)
    assert [index[gap.sample - 1 : gap.sample + 1].tolist() for gap in gaps] == [[19, 21], [49, 90], [249, 261]]
    starts = {item.first_sample for item in items if isinstance(item, Chunk)}
    assert {gap.sample for gap in gaps} <= starts
    assert gaps[1].missing_s == pytest.approx(40 / RATE_HZ)


def test_a_stall_is_told_while_it_lasts_and_counted_when_it_is_over(
    cyton, params, opened, read_until, n_samples, uv_per_count
):
    stall_s = 1.5  # more than one turn of the 8-bit counter
    with opened("cyton", params) as source:
        items = read_until(source, lambda items: n_samples(items) >= 20)
        cyton.stall(stall_s)
        items += read_until(source, has_gap)
    states = [item.state for item in items if isinstance(item, LinkChange)]
    assert states == [LinkState.STALLED, LinkState.STREAMING]
    (gap,) = [item for item in items if isinstance(item, Gap)]
    index = indices_of(items, uv_per_count)
    assert gap.missing_samples == index[gap.sample] - index[gap.sample - 1] - 1
    assert gap.missing_s == pytest.approx(stall_s, abs=1.01 / RATE_HZ)


def test_an_unplugged_dongle_is_lost_in_two_seconds_and_comes_back_in_the_same_numbering(
    cyton, params, opened, read_until, n_samples
):
    with opened("cyton", params) as source:
        before = read_until(source, lambda items: n_samples(items) >= 20)
        cyton.vanish()
        gone_s = time.monotonic()
        before += read_until(source, has_state(LinkState.LOST))
        lost_s = time.monotonic()
        newest_s = [item for item in before if isinstance(item, Chunk)][-1].arrived_s
        assert lost_s - newest_s >= 2.0 and lost_s - gone_s <= 2.5
        assert [item.state for item in before if isinstance(item, LinkChange)] == [LinkState.STALLED, LinkState.LOST]
        with pytest.raises(DeviceError, match=r"Serial port .*ttyCyton1 cannot be opened\."):
            source.reconnect()
        assert source.read(0.05) == []
        cyton.come_back()
        source.reconnect()
        after = read_until(source, lambda items: n_samples(items) >= 20)
        back_s = time.monotonic()
    change, gap, chunk = after[:3]
    assert change.state is LinkState.STREAMING
    last = [item for item in before if isinstance(item, Chunk)][-1]
    assert gap.cause is GapCause.LINK_LOST and gap.sample == chunk.first_sample == last.stop_sample
    assert 2.0 < gap.missing_s < back_s - newest_s
    assert gap.missing_samples == pytest.approx(gap.missing_s * RATE_HZ)


def test_a_killed_driver_is_a_lost_link_and_a_new_one_takes_over(cyton, params, opened, read_until, n_samples):
    with opened("cyton", params) as source:
        first = source.host_pid
        before = read_until(source, lambda items: n_samples(items) >= 20)
        os.kill(first, signal.SIGKILL)
        killed_s = time.monotonic()
        before += read_until(source, has_state(LinkState.LOST))
        assert time.monotonic() - killed_s < 1.0  # far sooner than silence would tell
        assert "signal 9" in before[-1].detail
        source.reconnect()
        after = read_until(source, lambda items: n_samples(items) >= 20)
        assert source.host_pid != first
    last = [item for item in before if isinstance(item, Chunk)][-1]
    assert [type(item) for item in after[:3]] == [LinkChange, Gap, Chunk]
    assert after[2].first_sample == last.stop_sample


def test_a_daisy_pairs_packets_and_counts_by_two(cyton, params, opened, read_until, n_samples):
    cyton.drop(41, 44)
    with opened("cyton-daisy", params) as source:
        items = read_until(source, lambda items: n_samples(items) >= 60)
    assert eeg_of(items).shape[0] == 16
    assert [item.missing_samples for item in items if isinstance(item, Gap)] == [2]


def test_the_board_is_told_to_stop_and_no_process_is_left(cyton, params, opened, monkeypatch):
    # On a busy machine the farewell may take longer than a cable's board is given before its process is killed.
    monkeypatch.setattr(brainflow_source, "_CABLE_RELEASE_S", 60.0)
    with opened("cyton", params) as source:
        pid = source.host_pid
        assert cyton.streaming and is_running(pid)
        began_s = time.monotonic()
    assert time.monotonic() - began_s < 1.0
    wait_for(lambda: not is_running(pid), 60.0)
    wait_for(lambda: not cyton.streaming, 60.0)
    source.close()


def test_a_second_session_on_the_same_port_is_refused_and_leaves_the_first_alone(
    cyton, params, opened, read_until, n_samples, tmp_path
):
    alias = tmp_path / "alias"
    alias.symlink_to(cyton.port.readlink())
    with opened("cyton", params) as source:
        with pytest.raises(DeviceError, match=r"in use by another nfb session\. End that session first"):
            BrainFlowSource("cyton", {"serial_port": str(alias)}).open()
        items = read_until(source, lambda items: n_samples(items) >= 100)
    assert not [item for item in items if isinstance(item, Gap)]


def test_a_board_that_is_off_is_told_from_a_port_that_is_missing(cyton_emulator, tmp_path):
    off = cyton_emulator(powered=False)
    with pytest.raises(DeviceError, match=r"The dongle answers, but the board is off") as fault:
        BrainFlowSource("cyton", {"serial_port": str(off.port)}).open()
    assert fault.value.code == 7
    with pytest.raises(DeviceError, match=r"Serial port .*nowhere cannot be opened\. Check that the dongle") as fault:
        BrainFlowSource("cyton", {"serial_port": str(tmp_path / "nowhere")}).open()
    assert fault.value.code == 2


def test_something_else_on_the_port_gives_a_clear_error(cyton_emulator):
    mute = cyton_emulator(answers=False)
    began_s = time.monotonic()
    with pytest.raises(DeviceError, match=r"Nothing on serial port .*ttyCyton1 answers like the OpenBCI Cyton does"):
        BrainFlowSource("cyton", {"serial_port": str(mute.port)}).open()
    assert time.monotonic() - began_s < 8.0


def test_a_board_that_starts_and_sends_nothing_is_found_out(cyton_emulator):
    # The Knight's driver opens any port and "streams" from it.
    mute = cyton_emulator(answers=False)
    source = BrainFlowSource("knight", {"serial_port": str(mute.port)}, first_sample_timeout_s=0.5)
    with pytest.raises(DeviceError, match=r"NeuroPawn Knight was started and sent nothing for 0\.5 s"):
        source.open()
    wait_for(lambda: not is_running(source.host_pid), 3.0)


def test_connecting_can_be_cancelled_at_once(cyton_emulator):
    mute = cyton_emulator(answers=False)
    source = BrainFlowSource("cyton", {"serial_port": str(mute.port)})
    cancelled_s = []

    def cancel():
        cancelled_s.append(time.monotonic())
        source.cancel()

    timer = threading.Timer(0.7, cancel)
    timer.start()
    with pytest.raises(DeviceError, match="cancelled"):
        source.open()
    assert time.monotonic() - cancelled_s[0] < 1.0  # the driver itself would go on for 5 s
    timer.join()
    wait_for(lambda: not is_running(source.host_pid), 1.0)
    with pytest.raises(DeviceError, match="cancelled"):
        source.open()
