"""A whole session on the real Cyton driver and an emulated board that loses packets, stalls, vanishes and returns."""

import os
import signal
import time

import numpy as np
import pytest

from nfb.engine.supervisor import Supervisor
from nfb.model.commands import EndReason, Pause, PauseCause
from nfb.model.events import CommandApplied, StateChanged
from nfb.model.samples import GapCause, LinkState

RATE_HZ = 250.0
STALL_S = 1.2  # far from the 0.5 s after which it is one, and from the 2 s after which the link is lost
# EEG-like noise, 8 channels, 40 s; a sample is known by its values.
COUNTS = np.random.default_rng(11).normal(0, 450, (10_000, 8)).astype(int)


def eeg(index: int) -> list[int]:
    return COUNTS[index].tolist()


def indices(recording, uv_per_count: float) -> np.ndarray:
    """Which of the board's samples were recorded, in order; all values are the board's own."""
    table_uv = (COUNTS * uv_per_count).astype(np.float32)
    place = {row.tobytes(): index for index, row in enumerate(table_uv)}
    return np.array([place[frame.tobytes()] for frame in np.ascontiguousarray(recording.eeg.T)])


@pytest.fixture
def cyton(cyton_emulator):
    return cyton_emulator(signal=eeg)


@pytest.fixture
def session(cyton, desk):
    params = {"serial_port": str(cyton.port)}
    return desk.engine("cyton", params, protocol=desk.unguarded(), seconds=None, supervisor=Supervisor(0.3, 0.6))


@pytest.fixture
def uv_per_count(cyton_module):
    return cyton_module.UV_PER_COUNT


def has_resumed(engine) -> bool:
    return any(event.why == "resumed" for event in engine.take_events() if isinstance(event, StateChanged))


def test_packets_a_stall_and_the_dongle_are_lost_and_the_session_goes_on(
    cyton, session, desk, live, await_until, uv_per_count, assert_replays
):
    cyton.drop(150, 150)
    cyton.drop(300, 339)
    live(session)
    await_until(lambda: session.live is not None and session.live.hop.sample > 400)
    cyton.stall(STALL_S)
    await_until(lambda: session.live.link is LinkState.STALLED)
    assert session.live.feedback == 0.5
    await_until(lambda: session.live.link is LinkState.STREAMING)
    before = session.live.hop.sample
    await_until(lambda: session.live.hop.sample > before + 100)
    cyton.vanish()
    gone_s = time.monotonic()
    await_until(lambda: session.live.link in (LinkState.LOST, LinkState.RECONNECTING), 3.0)
    assert 1.8 < time.monotonic() - gone_s < 2.6
    assert session.live.feedback == 0.5
    cyton.come_back()
    # Filters settle, then five clean seconds, then the session goes on by itself.
    await_until(lambda: has_resumed(session), 12.0)
    session.stop()
    assert session.join(1.0)

    recording = desk.recording(session)
    index = indices(recording, uv_per_count)
    breaks = np.flatnonzero(np.diff(index) != 1) + 1
    gaps = recording.gaps
    assert [gap.sample for gap in gaps] == breaks.tolist()
    lost, stalled, gone = gaps[:2], gaps[2], gaps[3]
    assert [index[gap.sample - 1 : gap.sample + 1].tolist() for gap in lost] == [[149, 151], [299, 340]]
    assert [gap.missing_samples for gap in lost] == [1, 40]
    assert stalled.missing_samples == index[stalled.sample] - index[stalled.sample - 1] - 1
    assert stalled.missing_s == pytest.approx(STALL_S, abs=0.01)
    assert gone.cause is GapCause.LINK_LOST
    assert gone.missing_s > 2.0
    assert index[gone.sample] <= 1, "the board counts from 0 again, the recording goes on"
    assert len(gaps) == 4
    events = recording.session.journal.events
    assert [event.command for event in events if isinstance(event, CommandApplied)] == [Pause(PauseCause.LINK)]
    assert session.summary.end_reason is EndReason.STOPPED
    assert_replays(session.folder, n_hops_at_least=int(0.9 * len(index) / 5))


def test_a_killed_driver_is_replaced_and_the_session_goes_on(
    session, desk, live, await_until, uv_per_count, assert_replays
):
    live(session)
    await_until(lambda: session.live is not None and session.live.hop.sample > 200)
    os.kill(session._source.host_pid, signal.SIGKILL)
    await_until(lambda: session.live.link is not LinkState.STREAMING, 1.0)
    assert session.live.feedback == 0.5
    await_until(lambda: session.live.link is LinkState.STREAMING, 6.0)
    before = session.live.hop.sample
    await_until(lambda: session.live.hop.sample > before + 400)
    host_pid = session._source.host_pid
    session.stop()
    assert session.join(1.0)

    recording = desk.recording(session)
    index = indices(recording, uv_per_count)
    (gap,) = recording.gaps
    assert gap.cause is GapCause.LINK_LOST
    assert np.flatnonzero(np.diff(index) != 1).tolist() == [gap.sample - 1]
    links = [record for record in recording.session.journal.records if record["event"] == "link_change"]
    assert [record["state"] for record in links] == ["STREAMING", "LOST", "RECONNECTING", "WAITING", "STREAMING"]
    assert "signal 9" in links[1]["detail"]
    assert_replays(session.folder, n_hops_at_least=int(0.9 * len(index) / 5))

    def host_is_gone() -> bool:
        try:
            os.kill(host_pid, 0)
        except ProcessLookupError:
            return True
        return False

    await_until(host_is_gone, 2.0)


def test_stop_while_connecting_to_something_that_does_not_answer(cyton_emulator, desk, live):
    mute = cyton_emulator(answers=False)
    engine = live(desk.engine("cyton", {"serial_port": str(mute.port)}))
    time.sleep(0.7)  # the driver is in the midst of its five seconds of waiting
    engine.stop()
    assert engine.join(1.0)
    assert engine.error is None
    assert not desk.root.exists()
