"""The parent's end of a driver host: starts the process, receives its frames, ends it."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from nfb.devices.driver_host import EVENT, HEADER, HOST_ARGUMENT, RELEASE_LIMIT_S, SAMPLES_HEADER

_PACKAGE_FOLDER = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Samples fetched by the host at monotonic time `arrived_s`; `rows` is ``(n_rows, n_samples)`` float64."""

    arrived_s: float
    rows: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the host: its name and what comes with it."""

    event: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Ended:
    """The host process is gone. `exit_code` is negative if a signal ended it, as in :mod:`subprocess`."""

    exit_code: int


Message = Batch | Told | Ended


def host_command() -> list[str]:
    """The command line of a driver host, also from inside a frozen program."""
    if getattr(sys, "frozen", False):
        return [sys.executable, HOST_ARGUMENT]
    # -P: the working folder is the user's, and must not be searched for modules.
    return [sys.executable, "-P", "-W", "ignore", "-m", "nfb.devices.driver_host"]


class HostLink:
    """A running driver host.

    Parameters
    ----------
    board_id, params
        The board and BrainFlow's parameters for it.
    log_file
        Where BrainFlow and vendor libraries write; its folder also holds the port locks.

    Raises
    ------
    OSError
        The process cannot be started.
    """

    def __init__(self, board_id: int, params: Mapping[str, str], log_file: Path) -> None:
        environment = dict(os.environ, LC_NUMERIC="C")
        environment["PYTHONPATH"] = os.pathsep.join(
            filter(None, [str(_PACKAGE_FOLDER), environment.get("PYTHONPATH", "")])
        )
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        self._process = subprocess.Popen(
            host_command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
            creationflags=flags,
        )
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._stopped = False
        assert self._process.stdin is not None and self._process.stdout is not None
        self._orders = self._process.stdin
        order = {"board_id": board_id, "params": dict(params), "log_file": str(log_file)}
        with contextlib.suppress(OSError):  # a host that died at once is reported by the reader
            self._orders.write(json.dumps(order).encode() + b"\n")
            self._orders.flush()
        self._reader = threading.Thread(target=self._receive, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def get(self, timeout_s: float) -> Message | None:
        """The next message, or None after `timeout_s` without one. :class:`Ended` is the last."""
        try:
            return self._messages.get(timeout=timeout_s) if timeout_s > 0 else self._messages.get_nowait()
        except queue.Empty:
            return None

    def stop(self, wait_s: float, release_s: float = RELEASE_LIMIT_S) -> None:
        """Have the board released and the process ended.

        Returns after at most `wait_s`; a thread sees to it that the process is gone after `release_s`.
        """
        if self._stopped:
            return
        self._stopped = True
        with contextlib.suppress(OSError):
            self._orders.close()
        ending = threading.Thread(target=self._end, args=(release_s,), daemon=True)
        ending.start()
        ending.join(wait_s)

    def kill(self) -> None:
        """End the process now, whatever it is doing. May be called from any thread."""
        self._process.kill()

    def _end(self, release_s: float) -> None:
        try:
            self._process.wait(release_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()

    def _receive(self, stream: IO[bytes]) -> None:
        with stream:
            while header := _exactly(stream, HEADER.size):
                kind, n_bytes = HEADER.unpack(header)
                body = _exactly(stream, n_bytes)
                if not body:
                    break
                self._messages.put(_event(body) if kind == EVENT else _batch(body))
        self._messages.put(Ended(self._process.wait()))


def _exactly(stream: IO[bytes], n_bytes: int) -> bytes:
    """The next `n_bytes`, or nothing if the stream ends before that many have come."""
    data = stream.read(n_bytes)
    return data if len(data) == n_bytes else b""


def _event(body: bytes) -> Told:
    values = json.loads(body)
    return Told(values.pop("event"), values)


def _batch(body: bytes) -> Batch:
    arrived_s, n_rows = SAMPLES_HEADER.unpack_from(body)
    rows = np.frombuffer(body, dtype=np.float64, offset=SAMPLES_HEADER.size).reshape(n_rows, -1)
    return Batch(arrived_s, rows)
