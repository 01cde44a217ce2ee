"""Silence, loss and return of the link, and an end at any moment; on sources that do what the test says."""

import math
import threading
import time
from collections import deque

import numpy as np
import pytest

from nfb.engine.live import Fault, Finished, Started
from nfb.engine.supervisor import Supervisor
from nfb.model.commands import End, EndReason, Mark, Pause, PauseCause
from nfb.model.device import DeviceInfo
from nfb.model.errors import DeviceError
from nfb.model.events import CommandApplied, SessionEnded
from nfb.model.samples import Chunk, DeviceStatus, Gap, GapCause, LinkChange, LinkState, as_chunk_samples
from nfb.session.session import Session

RATE_HZ = 250.0


class Puppet:
    """A device in the hands of the test: it streams noise until told otherwise, and says nothing about its link."""

    def __init__(self, *, open_blocks: bool = False, reconnect_blocks: bool = False, n_reconnects: int = 1) -> None:
        self.info = DeviceInfo("puppet", ("C3", "C4"), RATE_HZ)
        self.realtime = True
        self.silent = False
        self.items: deque = deque()  # delivered before anything else
        self.opened = threading.Event()
        self.reconnecting = threading.Event()
        self.cancelled = threading.Event()
        self.closed = 0
        self.n_sent = 0
        self.n_silent = 0  # reads that found nothing
        self._open_blocks = open_blocks
        self._reconnect_blocks = reconnect_blocks
        self._n_reconnects = n_reconnects
        self._rng = np.random.default_rng(3)

    def open(self) -> None:
        self.opened.set()
        if self._open_blocks:
            self.cancelled.wait(30)
            raise DeviceError("Connecting was cancelled.")

    def read(self, timeout_s: float) -> list:
        if self.items:
            return [self.items.popleft()]
        if self.silent:
            self.n_silent += 1
            time.sleep(timeout_s)
            return []
        time.sleep(0.004)
        return [self.chunk(5)]

    def chunk(self, n: int) -> Chunk:
        eeg = as_chunk_samples(self._rng.normal(0, 10, (2, n)))
        chunk = Chunk(self.n_sent, eeg, np.full(n, np.nan), time.monotonic())
        self.n_sent += n
        return chunk

    def reconnect(self) -> None:
        self.reconnecting.set()
        if self._reconnect_blocks:
            self.cancelled.wait(30)
            raise DeviceError("Connecting was cancelled.")
        self._n_reconnects -= 1
        if self._n_reconnects > 0:
            raise DeviceError("The dongle is not there.", "Plug it in.")
        self.silent = False
        self.items.append(LinkChange(LinkState.STREAMING))
        self.items.append(Gap(self.n_sent, 500, 2.0, GapCause.LINK_LOST))

    def receive_feedback(self, hop: object) -> None:
        pass

    def cancel(self) -> None:
        self.cancelled.set()

    def close(self) -> None:
        self.closed += 1


class Watched:
    """Collects an engine's events with the time at which they were seen."""

    def __init__(self, engine) -> None:
        self.engine = engine
        self.seen: list = []

    def __call__(self) -> list:
        self.seen += [(time.monotonic(), event) for event in self.engine.take_events()]
        return [event for _, event in self.seen]

    def states(self) -> list[LinkState]:
        return [event.state for event in self() if isinstance(event, LinkChange)]

    def time_of(self, state: LinkState) -> float:
        return next(at_s for at_s, event in self.seen if isinstance(event, LinkChange) and event.state is state)


def test_silence_is_neutral_then_a_pause_and_ends_with_the_next_samples(desk, live, await_until):
    puppet = Puppet()
    engine = live(desk.engine(puppet, protocol=desk.unguarded(), seconds=None))
    events = Watched(engine)
    await_until(lambda: engine.live is not None and engine.live.hop.hop > 20)
    puppet.silent = True
    await_until(lambda: LinkState.STALLED in events.states())
    assert engine.live.feedback == 0.5
    assert engine.live.link is LinkState.STALLED
    await_until(lambda: puppet.n_silent * 0.02 > 2.1)  # reads, each of which waits for that long
    puppet.silent = False
    await_until(lambda: any(isinstance(e, CommandApplied) for e in events()))
    (applied,) = [event for event in events() if isinstance(event, CommandApplied)]
    assert applied.command == Pause(PauseCause.LINK)
    assert events.states()[:4] == [
        *(LinkState.CONNECTING, LinkState.STREAMING, LinkState.STALLED, LinkState.STREAMING),
    ]


def test_a_lost_link_is_tried_again_and_goes_on_in_the_same_recording(desk, live, await_until, assert_replays):
    puppet = Puppet(n_reconnects=3)
    supervisor = Supervisor(0.05, 0.2)
    engine = live(desk.engine(puppet, protocol=desk.unguarded(), seconds=None, supervisor=supervisor))
    events = Watched(engine)
    await_until(lambda: engine.live is not None and engine.live.hop.hop > 10)
    folder, before = engine.folder, puppet.n_sent
    puppet.silent = True
    puppet.items.append(LinkChange(LinkState.LOST, "The dongle was pulled out.", "Plug it in."))
    await_until(lambda: events.states()[-1] is LinkState.STREAMING and LinkState.WAITING in events.states())
    assert events.states().count(LinkState.RECONNECTING) == 3
    await_until(lambda: puppet.n_sent > before + 300)
    engine.stop()
    assert engine.join(10.0)
    assert engine.folder == folder
    recording = desk.recording(engine)
    assert recording.n_samples == puppet.n_sent
    assert [gap.missing_samples for gap in recording.gaps] == [500]
    links = [record["state"] for record in recording.session.journal.records if record["event"] == "link_change"]
    assert links == [
        *("STREAMING", "LOST", "RECONNECTING", "LOST", "RECONNECTING", "LOST", "RECONNECTING", "WAITING"),
        "STREAMING",
    ]
    assert_replays(folder)


def test_a_device_that_stays_away_ends_the_session_and_keeps_the_recording(desk, live, await_until, assert_replays):
    puppet = Puppet(n_reconnects=10_000)
    engine = live(desk.engine(puppet, seconds=None, supervisor=Supervisor(0.02, 0.05, give_up_s=0.4)))
    await_until(lambda: engine.live is not None and engine.live.hop.hop > 10)
    puppet.silent = True
    puppet.items.append(LinkChange(LinkState.LOST, "The dongle was pulled out.", "Plug it in."))
    assert engine.join(10.0)
    assert engine.summary.end_reason is EndReason.DEVICE_GONE
    assert desk.recording(engine).session.content["end_reason"] == "DEVICE_GONE"
    assert desk.recording(engine).n_samples == puppet.n_sent
    assert_replays(engine.folder)


def test_the_operator_can_end_a_session_whose_link_is_lost(desk, live, await_until, assert_replays):
    puppet = Puppet(n_reconnects=10_000)
    engine = live(desk.engine(puppet, seconds=None))
    await_until(lambda: engine.live is not None)
    puppet.silent = True
    puppet.items.append(LinkChange(LinkState.LOST))
    await_until(lambda: engine.live.link is LinkState.LOST)
    engine.send(Mark("gone"))
    engine.send(End())
    assert engine.join(10.0)
    assert engine.summary.end_reason is EndReason.STOPPED
    assert Mark("gone") in [command for _, command in desk.recording(engine).session.journal.commands]
    assert_replays(engine.folder)


@pytest.mark.parametrize("state", ["opening", "streaming", "silent", "pausing before a try", "reconnecting"])
def test_stop_ends_at_once_in_every_state(desk, live, await_until, assert_replays, state):
    puppet = Puppet(open_blocks=state == "opening", reconnect_blocks=True)
    first_pause_s = 0.01 if state == "reconnecting" else 60.0
    engine = live(desk.engine(puppet, seconds=None, supervisor=Supervisor(first_pause_s)))
    puppet.opened.wait(5)
    if state != "opening":
        await_until(lambda: engine.live is not None)
        puppet.silent = state != "streaming"
    if state in ("pausing before a try", "reconnecting"):
        puppet.items.append(LinkChange(LinkState.LOST))
        await_until(lambda: engine.live.link is not LinkState.STREAMING)
    if state == "reconnecting":
        assert puppet.reconnecting.wait(5)
    began_s = time.monotonic()
    engine.stop()
    assert time.monotonic() - began_s < 1.0
    assert engine.join(10.0)
    assert puppet.cancelled.is_set() == (state in ("opening", "reconnecting"))
    assert puppet.closed == 1
    events = engine.take_events()
    assert not [event for event in events if isinstance(event, Fault)]
    assert isinstance(events[-1], Finished)
    assert engine.error is None
    if state == "opening":
        assert events[-1] == Finished(None, None, None)
        assert not desk.root.exists()
    else:
        assert events[-1].reason is EndReason.STOPPED
        assert desk.recording(engine).session.content["state"] == "finished"
        assert_replays(engine.folder)


def test_stopped_before_it_began(desk):
    puppet = Puppet()
    engine = desk.engine(puppet)
    engine.stop()
    engine.run()
    assert not puppet.opened.is_set()
    assert engine.take_events()[-1] == Finished(None, None, None)


def test_a_device_that_cannot_be_opened_is_a_fault_in_plain_words_and_leaves_nothing(desk):
    puppet = Puppet()

    def refuse() -> None:
        raise DeviceError("Serial port COM3 cannot be opened.", "Check that the dongle is plugged in.", 2)

    puppet.open = refuse
    engine = desk.engine(puppet)
    engine.run()
    (fault,) = [event for event in engine.take_events() if isinstance(event, Fault)]
    assert fault == Fault("Serial port COM3 cannot be opened.", "Check that the dongle is plugged in.", True)
    assert puppet.closed == 1
    assert not desk.root.exists()


def test_an_unexpected_error_ends_in_order_and_keeps_what_was_recorded(desk, monkeypatch, caplog, live, await_until):
    puppet = Puppet()
    engine = desk.engine(puppet, seconds=None)
    receive, n_calls = Session.receive, []

    def fails_at_the_hundredth(self, item):
        n_calls.append(item)
        if len(n_calls) == 100:
            raise ZeroDivisionError("float division by zero")
        return receive(self, item)

    monkeypatch.setattr(Session, "receive", fails_at_the_hundredth)
    live(engine)
    assert engine.join(10.0)
    assert "unexpected error" in caplog.text
    (fault,) = [event for event in engine.take_events() if isinstance(event, Fault)]
    assert fault.fatal
    assert "What was recorded is kept" in fault.what
    recording = desk.recording(engine)
    assert recording.n_samples == 500
    assert recording.session.content["end_reason"] == "ERROR"
    (ended,) = [event for event in recording.session.journal.events if isinstance(event, SessionEnded)]
    assert ended.reason is EndReason.ERROR


def test_battery_and_impedances_reach_the_display_and_the_journal(desk, live, await_until):
    puppet = Puppet()
    status = DeviceStatus(battery_percent=64.0, impedance_kohm={"C3": 7.5})
    puppet.items.append(status)
    engine = live(desk.engine(puppet, seconds=None))
    events = Watched(engine)
    await_until(lambda: status in events())
    engine.stop()
    assert engine.join(10.0)
    records = desk.recording(engine).session.journal.records
    (noted,) = [record for record in records if record["event"] == "device_status"]
    assert (noted["battery_percent"], noted["impedance_kohm"]) == (64.0, {"C3": 7.5})


def test_a_scripted_stall_takes_its_time_in_a_paced_run(desk, await_until, live):
    """Silence at ten times the speed of life takes a tenth of its time, and feedback is neutral meanwhile."""
    params = {"scenario": "quiet,stall@2:5,link-loss@10:5", "chunk": "25"}
    engine = live(desk.engine(params=params, seconds=None, speed=10.0, protocol=desk.unguarded()))
    events = Watched(engine)
    await_until(lambda: LinkState.STALLED in events.states())
    assert engine.live.feedback == 0.5
    await_until(lambda: events.states().count(LinkState.STREAMING) == 2)
    stalled_s = events.time_of(LinkState.STALLED)
    back_s = next(t for t, e in events.seen if t > stalled_s and e == LinkChange(LinkState.STREAMING))
    assert 0.2 < back_s - stalled_s < 4.0, "not the five seconds; a busy computer tells of either end late"
    await_until(lambda: events.states().count(LinkState.STREAMING) == 3)
    assert LinkState.RECONNECTING in events.states()
    await_until(lambda: any(isinstance(event, CommandApplied) for event in events()))
    assert [e.command for e in events() if isinstance(e, CommandApplied)] == [Pause(PauseCause.LINK)]


def test_the_loop_delay_of_a_paced_simulation_is_known_and_of_a_fast_one_is_not(desk):
    paced = desk.run(seconds=5, speed=10.0)
    delay = desk.recording(paced).session.content["summary"]["delay"]
    assert 0 < delay["decision_ms_median"] < math.inf
    assert paced.summary.loop_delay_ms > delay["algorithm_ms"] > 225
    assert not np.isnan(desk.recording(paced).session.feedback.columns["arrived_s"]).any()
    fast = desk.run(seconds=5, speed=math.inf)
    assert math.isnan(fast.summary.loop_delay_ms)
    assert np.isnan(desk.recording(fast).session.feedback.columns["arrived_s"]).all()


def test_a_run_at_full_speed_does_no_work_for_onlookers(desk, monkeypatch):
    calls = []
    monkeypatch.setattr("nfb.engine.contact.grade_channels", lambda *_: calls.append(1) or [])
    desk.run(seconds=6.5, speed=math.inf)
    assert not calls
    desk.run(seconds=6.5, speed=10.0)
    assert len(calls) == 3  # a window of four seconds is full after 4, 5 and 6 s


def test_lost_packets_are_told_as_a_share_and_a_link_that_was_gone_is_not(desk):
    engine = desk.run(params={"scenario": "quiet,link-loss@3:2,lost-packets@6:0.4"}, seconds=10)
    recording = desk.recording(engine)
    assert [gap.cause for gap in recording.gaps] == [GapCause.LINK_LOST, GapCause.PACKETS_LOST]
    lost = recording.gaps[1].missing_samples
    assert lost == 0.4 * RATE_HZ
    assert engine.live.loss_share == pytest.approx(lost / (lost + recording.n_samples), abs=1e-4)


def test_what_nobody_fetches_does_not_pile_up(desk, monkeypatch):
    for name, kept in (("_KEPT_EVENTS", 10), ("_KEPT_CHUNKS", 40), ("_KEPT_HOPS", 30)):
        monkeypatch.setattr(f"nfb.engine.outbox.{name}", kept)
    monkeypatch.setattr("nfb.engine.journey._KEPT_DECISIONS", 20)
    engine = desk.run(seconds=10)
    hops = engine.take_hops()
    assert len(hops) == 30
    assert hops[-1].hop == 499  # the newest are kept
    assert len(engine.take_chunks()) == 40
    events = engine.take_events()
    assert len(events) == 10
    assert isinstance(events[-1], Finished)
    assert not [event for event in events if isinstance(event, Started)]
