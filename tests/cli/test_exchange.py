"""`nfb lsl`, `nfb osc` and the outlets of `nfb run`, as another program meets them."""

import json
import socket
import sys
import threading

import pytest
from pythonosc.osc_message import OscMessage

from nfb.devices.lsl_library import Scope, load
from nfb.model.errors import SetupError


@pytest.fixture
def heard():
    """A port of this computer, and the messages that came to it until the session's end."""
    messages = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_000_000)
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(20)

        def listen():
            while not messages or not messages[-1].address.endswith("/end"):
                messages.append(OscMessage(listening.recv(4096)))

        thread = threading.Thread(target=listen)
        thread.start()
        yield listening.getsockname()[1], messages, thread
        thread.join()


def test_a_recording_is_sent_as_osc_under_another_prefix(nfb, course, heard):
    port, messages, thread = heard
    outcome = nfb("osc", "out", course / "sub-A031" / "ses-001", "--to", f"127.0.0.1:{port}/avatar", "--speed", "20")
    assert outcome.code == 0, outcome.err
    thread.join()
    addresses = {message.address for message in messages}
    assert {"/avatar/feedback", "/avatar/reward", "/avatar/stage", "/avatar/end"} <= addresses
    assert any(address.startswith("/avatar/feature/") for address in addresses)


def test_a_session_sends_osc_if_asked(nfb, heard, tmp_path):
    port, messages, thread = heard
    words = ("run", "smr-central", "--device", "simulated", "--speed", "20", "--seconds", "12", "--out", tmp_path)
    assert nfb(*words, "--osc", f"127.0.0.1:{port}").code == 0
    thread.join()
    assert messages[-1].params == ["time limit"]


@pytest.mark.parametrize(("words", "told"), [(("--osc", "nowhere"), "HOST:PORT"), (("--lsl", "moon"), "--lsl")])
def test_an_outlet_that_cannot_be_is_told_before_the_session(nfb, tmp_path, words, told):
    outcome = nfb("run", "smr-central", "--device", "simulated", "--out", tmp_path, *words)
    assert outcome.code == 2
    assert told in outcome.err
    assert not any(tmp_path.iterdir())


def test_streams_are_listed(nfb):
    pytest.importorskip("pylsl")
    outcome = nfb("lsl", "list", "--json", "--wait", "0.1")
    assert outcome.code == 0, outcome.err
    assert isinstance(json.loads(outcome.out)["streams"], list)


def test_without_pylsl_the_way_out_is_one_line(nfb, monkeypatch):
    monkeypatch.setitem(sys.modules, "pylsl", None)
    with pytest.raises(SetupError, match=r"pip install 'nfb\[lsl\]'"):
        load(Scope.MACHINE)
    outcome = nfb("lsl", "list")
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert "python -m pip install 'nfb[lsl]'" in outcome.err


@pytest.mark.parametrize("command", ["lsl", "osc", "archive"])
def test_help_fits_the_terminal(nfb, command):
    outcome = nfb(command, "--help")
    assert outcome.code == 0
    assert max(len(line) for line in outcome.out.splitlines()) <= 120
