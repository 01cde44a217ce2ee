"""What another program's OSC server receives of a session."""

import math
import socket
import threading
import time
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_message import OscMessage

from nfb.engine.osc import OscSink, Target, encode, parse_target
from nfb.engine.replaying import verify
from nfb.files.recording import Recording, open_own_recording
from nfb.model.errors import SetupError
from nfb.model.events import ArtefactStarted, Rewarded, StageStarted


class Listener:
    """A server on python-osc's reading of messages; it takes datagrams as fast as a socket gives them."""

    def __init__(self) -> None:
        self.told: dict[str, list[tuple[object, ...]]] = defaultdict(list)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(20.0)
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self.socket.getsockname()[1]}"

    def _listen(self) -> None:
        datagrams = [b""]
        while not datagrams[-1].startswith(b"/nfb/end"):
            datagrams.append(self.socket.recv(4096))
        for datagram in datagrams[1:]:
            message = OscMessage(datagram)
            self.told[message.address].append(tuple(message.params))

    def close(self) -> None:
        self.thread.join()
        self.socket.close()


def recorded(desk, target: str, *, seconds: float, speed: float) -> Recording:
    engine = desk.engine(seconds=seconds, speed=speed, sinks=(OscSink(parse_target(target)),))
    engine.run()
    assert engine.error is None
    assert engine.folder is not None
    return open_own_recording(engine.folder)


@pytest.fixture(scope="module")
def heard(desk_at, tmp_path_factory: pytest.TempPathFactory) -> tuple[Listener, Recording]:
    """A session, and what was heard of it; slow enough that no datagram is lost to a full buffer."""
    listener = Listener()
    try:
        desk = desk_at(tmp_path_factory.mktemp("osc"))
        recording = recorded(desk, listener.target, seconds=24.0, speed=6.0)
    finally:
        listener.close()
    return listener, recording


def test_an_osc_server_gets_each_reward_stage_and_held_stretch(heard: tuple[Listener, Recording]) -> None:
    listener, recording = heard
    assert recording.session is not None
    events = recording.session.journal.decided_events
    rewards = [(event.number,) for event in events if isinstance(event, Rewarded)]
    assert rewards
    assert listener.told["/nfb/reward"] == rewards
    stages = {(event.label,) for event in events if isinstance(event, StageStarted)}
    assert set(listener.told["/nfb/stage"]) == stages
    held = [event for event in events if isinstance(event, ArtefactStarted)]
    assert sum(values[0] == 1 for values in listener.told["/nfb/artefact"]) == len(held)


def test_features_and_feedback_are_those_of_the_recording(heard: tuple[Listener, Recording]) -> None:
    listener, recording = heard
    assert recording.session is not None
    table = recording.session.feedback.columns
    known = [value for value in table["feature.smr"].tolist() if math.isfinite(value)]
    received = [value for (value,) in listener.told["/nfb/feature/smr"]]
    assert received == pytest.approx(known, rel=1e-6)  # single precision
    assert {0.0 <= value <= 1.0 for (value,) in listener.told["/nfb/feedback"]} == {True}


def test_nobody_listening_changes_nothing(desk) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert verify(recorded(desk, f"127.0.0.1:{port}", seconds=12.0, speed=math.inf)).identical


def test_a_network_that_stalls_holds_no_hop_up_and_fills_no_memory(monkeypatch: pytest.MonkeyPatch, desk) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket.socket, "sendto", lambda *_: released.wait(20))
    began_s = time.monotonic()
    sink = OscSink(Target("127.0.0.1", 9))
    engine = desk.engine(seconds=20.0, sinks=(sink,))
    engine.run()
    assert engine.error is None
    assert engine.summary.rewards > 0
    assert len(sink._waiting) <= 5000
    assert time.monotonic() - began_s < 15
    released.set()


def test_a_host_that_is_not_known_is_told_before_anything_is_recorded(desk) -> None:
    engine = desk.engine(sinks=(OscSink(Target("no-such-host.invalid", 9000)),))
    engine.run()
    assert isinstance(engine.error, SetupError)
    assert "no-such-host.invalid" in str(engine.error)
    assert engine.folder is None


@given(
    st.from_regex(r"\A(/[A-Za-z0-9_.\-]{1,20}){1,4}\Z"),
    st.lists(
        st.integers(-(2**31), 2**31 - 1)
        | st.floats(width=32, allow_nan=False)
        | st.text(st.characters(codec="ascii", exclude_characters="\0")),
        max_size=5,
    ),
)
def test_messages_are_read_by_another_implementation(address: str, values: list[float | int | str]) -> None:
    message = OscMessage(encode(address, *values))
    assert (message.address, message.params) == (address, values)


@pytest.mark.parametrize(
    "text", ["", "localhost", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "a b:9", "h:1/a#b"]
)
def test_what_is_no_target_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SetupError, match=r"HOST:PORT, for example 127\.0\.0\.1:9000"):
        parse_target(text)
