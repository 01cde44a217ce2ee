"""Open Sound Control out, for games, VRChat and TouchDesigner: messages of OSC 1.0 over UDP, one per datagram.

=============================  ======  ==================================================================
``/nfb/feature/<name>``        f       value of a feature in its unit, every hop; not while filters settle
``/nfb/threshold/<name>``      f       when it is set or moved
``/nfb/feedback``              f       0..1, 0.5 is neutral, every hop; 0.5 while the headset is silent
``/nfb/in_range``              i       1 or 0, when it changes: all conditions are met and nothing is held
``/nfb/reward``                i       number of the reward, at each reward
``/nfb/artefact``              i s     1 and the cause when samples are held, 0 and nothing when they no longer are
``/nfb/stage``                 s       label of the stage, when it begins
``/nfb/link``                  s       state of the link to the headset, when it changes
``/nfb/end``                   s       why the session ended
=============================  ======  ==================================================================

Another prefix than ``/nfb`` is part of the target: ``127.0.0.1:9000/avatar/parameters/nfb`` for VRChat. UDP tells
nobody whether anybody listens; whoever does not, misses the session and holds nothing up.
"""

import math
import re
import socket
import struct
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from nfb.model.errors import SetupError
from nfb.model.events import ArtefactEnded, ArtefactStarted, Event, Rewarded, SessionEnded, StageStarted
from nfb.model.hop import CAUSE_WORDS, HopResult
from nfb.model.samples import Chunk, Gap, LinkChange, LinkState
from nfb.session.baseline import FeedbackMap
from nfb.session.setup import Setup

DEFAULT_TARGET = "127.0.0.1:9000"
_WAITING = 5_000  # messages; what a stalled network would keep waiting for longer is old news
_END_S = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where messages go; `prefix` begins each address."""

    host: str
    port: int
    prefix: str = "/nfb"


def parse_target(text: str) -> Target:
    """``HOST:PORT`` or ``HOST:PORT/prefix``.

    >>> parse_target("127.0.0.1:9000/avatar/parameters")
    Target(host='127.0.0.1', port=9000, prefix='/avatar/parameters')

    Raises
    ------
    SetupError
        It is none.
    """
    # OSC 1.0: these characters have a meaning in patterns and cannot stand in an address.
    match = re.fullmatch(r"([^\s:/]+):(\d{1,5})((?:/[^\s#*,/?\[\]{}]+)*)/?", text.strip(), re.ASCII)
    if match is None or not 0 < int(match[2]) < 65536:
        raise SetupError(f"osc = {text!r}: must be HOST:PORT, for example {DEFAULT_TARGET}, or HOST:PORT/prefix")
    return Target(match[1], int(match[2]), match[3] or "/nfb")


def encode(address: str, *values: float | int | str) -> bytes:
    """An OSC 1.0 message: address, type tags, values; big-endian, all in units of four bytes.

    >>> encode("/a", 1)
    b'/a\\x00\\x00,i\\x00\\x00\\x00\\x00\\x00\\x01'
    """
    tags, content = ",", b""
    for value in values:
        if isinstance(value, str):
            tags, content = tags + "s", content + _text(value)
        elif isinstance(value, int):
            tags, content = tags + "i", content + struct.pack(">i", value)
        else:
            tags, content = tags + "f", content + struct.pack(">f", value)
    return _text(address) + _text(tags) + content


def _text(text: str) -> bytes:
    # ASCII by the standard; nothing that is sent here loses its meaning by it.
    plain = text.replace("µ", "u").encode("ascii", "replace").replace(b"\0", b" ")
    return plain + b"\0" * (4 - len(plain) % 4)


class OscSink:
    """Sends the messages of a session from a thread of its own; the oldest are dropped if the network stalls."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._names: tuple[str, ...] = ()
        self._thresholds: tuple[float, ...] = ()
        self._in_range: bool | None = None
        self._end = ""
        self._socket: socket.socket | None = None
        self._address: tuple[object, ...] = ()
        self._waiting: deque[bytes] = deque(maxlen=_WAITING)
        self._news = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="nfb-osc", daemon=True)

    def open(self, setup: Setup) -> None:
        """Find the host.

        Raises
        ------
        SetupError
            There is none of that name.
        """
        host, port = self._target.host, self._target.port
        try:
            family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        except OSError as error:
            raise SetupError(f"osc: host {host} is not known ({error.strerror}); 127.0.0.1 is this one") from error
        self._socket, self._address = socket.socket(family, kind), address
        self._names = tuple(feature.name for feature in setup.features)
        self._thresholds = (math.nan,) * len(self._names)
        self._thread.start()

    def take(self, item: Chunk | Gap) -> None:
        """Raw EEG is not sent."""

    def take_events(self, events: Sequence[Event]) -> None:
        for event in events:
            match event:
                case Rewarded(number=number):
                    self._put("reward", number)
                case StageStarted(label=label):
                    self._put("stage", label)
                case ArtefactStarted(cause=cause):
                    self._put("artefact", 1, CAUSE_WORDS[cause])
                case ArtefactEnded():
                    self._put("artefact", 0, "")
                case SessionEnded(reason=reason):
                    self._end = reason.value

    def take_hops(self, hops: Sequence[HopResult]) -> None:
        for hop in hops:
            if hop.thresholds is not self._thresholds:
                for name, old, new in zip(self._names, self._thresholds, hop.thresholds, strict=True):
                    if new == new and new != old:
                        self._put(f"threshold/{name}", float(new))
                self._thresholds = hop.thresholds
            for name, value in zip(self._names, hop.features, strict=True):
                if math.isfinite(value):
                    self._put(f"feature/{name}", float(value))
            self._put("feedback", float(hop.feedback))
            if hop.in_range is not self._in_range:
                self._in_range = hop.in_range
                self._put("in_range", int(hop.in_range))

    def take_link(self, change: LinkChange) -> None:
        self._put("link", change.state.value)
        if change.state is not LinkState.STREAMING:
            self._put("feedback", FeedbackMap.NEUTRAL)

    def close(self) -> None:
        """Send what waits, for a second at most; the end comes last, behind the newest hop."""
        if self._end:
            self._put("end", self._end)
        self._closing = True
        self._news.set()
        if self._thread.is_alive():
            self._thread.join(_END_S)
        if self._socket is not None:
            self._socket.close()

    def _put(self, name: str, *values: float | int | str) -> None:
        self._waiting.append(encode(f"{self._target.prefix}/{name}", *values))
        self._news.set()

    def _run(self) -> None:
        assert self._socket is not None
        while True:
            self._news.wait()
            self._news.clear()
            last = self._closing  # read before the queue is emptied: nothing is put into it after that
            while self._waiting:
                # Unreachable, refused, too long: for the receiver to mend, not for the session.
                with suppress(OSError):
                    self._socket.sendto(self._waiting.popleft(), self._address)
            if last:
                return
