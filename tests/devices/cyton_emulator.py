"""An OpenBCI Cyton on a pseudo-terminal: the real driver talks to it, and it can be made to fail on purpose.

Protocol: https://docs.openbci.com/Cyton/CytonDataFormat and CytonSDK: 33-byte packets, 24-bit big-endian samples, an
8-bit packet counter, acceleration at a tenth of the rate with zeros in between; ``v`` resets (and stops), ``d`` sets
the channels to default, ``b`` starts, ``s`` stops; every answer ends in ``$$$``.
"""

import contextlib
import os
import select
import termios
import threading
import time
import tty
from collections.abc import Callable, Sequence
from pathlib import Path

RATE_HZ = 250.0
N_CHANNELS = 8
UV_PER_COUNT = 4.5 / (2**23 - 1) / 24 * 1e6
_G_PER_COUNT = 0.002 / 16

_GREETING = (
    b"OpenBCI V3 8-16 channel\nOn Board ADS1299 Device ID: 0x3E\nLIS3DH Device ID: 0x33\nFirmware: v3.1.2\n$$$"
)
_BOARD_OFF = b"Failure: Communications timeout, make sure your board is powered on$$$"

Signal = Callable[[int], Sequence[int]]


def numbered(index: int) -> list[int]:
    """A signal that tells where it comes from: channel k of sample `index` is ``8 × index + k`` counts."""
    return [N_CHANNELS * index + k for k in range(N_CHANNELS)]


def packet(index: int, counts: Sequence[int]) -> bytes:
    """Packet number `index` of a stream."""
    body = b"".join(int(value).to_bytes(3, "big", signed=True) for value in counts)
    at_rest = [1, 0, round(1 / _G_PER_COUNT)] if index % 10 == 0 else [0, 0, 0]
    acceleration = b"".join(value.to_bytes(2, "big", signed=True) for value in at_rest)
    return b"\xa0" + bytes([index % 256]) + body + acceleration + b"\xc0"


class CytonEmulator:
    """A board behind the path `port`; use it as a context manager.

    Parameters
    ----------
    port
        Where the port appears (a symbolic link, as ``/dev/serial/by-id/…`` are).
    signal
        Counts of the eight channels at a sample index.
    answers
        False: something is on the port that does not understand the protocol.
    powered
        False: the dongle is there, the board behind it is off.
    """

    def __init__(self, port: Path, signal: Signal = numbered, *, answers: bool = True, powered: bool = True) -> None:
        self.port = port
        self._signal = signal
        self._answers = answers
        self._powered = powered
        self._dropped: set[int] = set()
        self._mute_s = (0.0, 0.0)  # from, until
        self._began_s: float | None = None  # streaming since
        self._next_index = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "CytonEmulator":
        self.come_back()
        return self

    def __exit__(self, *_: object) -> None:
        self.vanish()

    @property
    def streaming(self) -> bool:
        return self._began_s is not None

    def drop(self, first: int, last: int) -> None:
        """Lose packets `first` to `last` (both included), counted from the start of the stream."""
        self._dropped.update(range(first, last + 1))

    def stall(self, seconds: float) -> None:
        """Be out of radio range from now on for so long: the board goes on counting, nothing arrives."""
        now_s = time.monotonic()
        self._mute_s = (now_s, now_s + seconds)

    def vanish(self) -> None:
        """The dongle is pulled out: the port is gone."""
        if self._thread is None:
            return
        self._stop.set()
        self._thread.join()
        self._thread = None
        self.port.unlink()
        os.close(self._slave)
        os.close(self._master)
        self._began_s = None
        self._dropped.clear()

    def come_back(self) -> None:
        """The dongle is plugged in: a new port behind the same path."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.port.symlink_to(os.ttyname(self._slave))
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            readable, _, _ = select.select([self._master], [], [], 0.002)
            if readable:
                for command in os.read(self._master, 64):
                    self._obey(bytes([command]))
            if self._began_s is not None:
                self._send_due(time.monotonic())

    def _obey(self, command: bytes) -> None:
        if not self._answers:
            return
        if command == b"v":
            self._began_s = None
            termios.tcflush(self._slave, termios.TCIFLUSH)
            self._write(_GREETING if self._powered else _BOARD_OFF)
        elif command == b"d":
            self._write(b"updating channel settings to default$$$" if self._powered else _BOARD_OFF)
        elif command == b"b" and self._powered:
            self._began_s, self._next_index = time.monotonic(), 0
        elif command == b"s":
            self._began_s = None

    def _send_due(self, now_s: float) -> None:
        assert self._began_s is not None
        due = int((now_s - self._began_s) * RATE_HZ)
        mute_from_s, mute_until_s = self._mute_s
        for index in range(self._next_index, due):
            # By the packet's own time, so that a thread that wakes late loses neither more nor fewer.
            sent_s = self._began_s + (index + 1) / RATE_HZ
            if index not in self._dropped and not mute_from_s <= sent_s < mute_until_s:
                self._write(packet(index, self._signal(index)))
        self._next_index = max(due, self._next_index)

    def _write(self, data: bytes) -> None:
        with contextlib.suppress(BlockingIOError):  # nobody reads: what does not fit is lost, as in a dongle
            os.write(self._master, data)
