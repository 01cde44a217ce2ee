"""The driver host: a process that connects to one board, reads it, and hands the samples over. Nothing else.

Started by :class:`nfb.devices.host_link.HostLink` as ``python -m nfb.devices.driver_host`` (a frozen program calls
:func:`main` when its first argument is :data:`HOST_ARGUMENT`). Its standard input brings one line of JSON with the
order, then nothing until it is closed, which means: stop. The operating system closes it also when the parent is
killed, so a host never outlives its program. Its standard output carries frames, see :func:`pack_samples`.
"""

import json
import locale
import os
import signal
import struct
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from nfb.devices.brainflow_driver import Driver

HOST_ARGUMENT = "--driver-host"

EVENT = b"E"
SAMPLES = b"S"
HEADER = struct.Struct("<cI")  # kind, bytes that follow
SAMPLES_HEADER = struct.Struct("<dI")  # time of arrival, number of rows

# Measured: 4 ms polling costs about 6 % of a core and keeps the newest sample younger than 4.5 ms.
_POLL_S = 0.004
_STATUS_S = 1.0
# Letting go of a Muse sleeps 2 × 2 s on purpose.
RELEASE_LIMIT_S = 6.0


def pack_samples(arrived_s: float, rows: NDArray[np.float64]) -> bytes:
    """One frame of samples: header, time of arrival, then ``(n_rows, n_samples)`` float64, row by row."""
    body = SAMPLES_HEADER.pack(arrived_s, rows.shape[0]) + rows.tobytes()
    return HEADER.pack(SAMPLES, len(body)) + body


def pack_event(event: Mapping[str, object]) -> bytes:
    """One frame of JSON."""
    body = json.dumps(event).encode()
    return HEADER.pack(EVENT, len(body)) + body


def main() -> None:
    """Serve one board until standard input is closed."""
    order = json.loads(sys.stdin.buffer.readline())
    # Ctrl-C in a terminal goes to every process of the group; the parent decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # BrainFlow parses and prints numbers by the C locale's rules; a decimal comma truncates them.
    locale.setlocale(locale.LC_NUMERIC, "C")
    log_file = Path(order["log_file"])
    log_file.parent.mkdir(parents=True, exist_ok=True)
    out = _private_stdout(log_file)
    stop = threading.Event()
    threading.Thread(target=_stop_at_end_of_input, args=(stop,), daemon=True).start()
    exit_code = 0
    try:
        _serve(order, log_file, out, stop)
    except BrokenPipeError:
        pass  # the parent is gone
    except Exception:
        traceback.print_exc()  # into the log
        exit_code = 1
    # Interpreter shutdown would run BrainFlow's finaliser, and a vendor library may hang in its own.
    sys.stderr.flush()
    os._exit(exit_code)


def _private_stdout(log_file: Path) -> BinaryIO:
    """Keep standard output for frames alone: what vendor libraries print goes to the log."""
    out = os.fdopen(os.dup(1), "wb")
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    return out


def _stop_at_end_of_input(stop: threading.Event) -> None:
    while sys.stdin.buffer.read(1):
        pass
    stop.set()
    time.sleep(RELEASE_LIMIT_S)
    os._exit(1)  # a native call has not come back


def _serve(order: dict[str, object], log_file: Path, out: BinaryIO, stop: threading.Event) -> None:
    # Imported here so that the parent can import this module's frame format without loading native code.
    from nfb.devices.brainflow_driver import Driver, DriverRefusedError
    from nfb.devices.port_lock import PortInUseError, PortLock

    params = order["params"]
    board_id = order["board_id"]
    assert isinstance(params, dict) and isinstance(board_id, int)
    lock = None
    driver = None
    try:
        if params.get("serial_port"):
            lock = PortLock(params["serial_port"], log_file.parent / "ports")
        driver = Driver(board_id, params, log_file)
        layout = driver.prepare()
        prepared = {"event": "prepared", "n_eeg": layout.n_eeg, "n_acceleration": layout.n_acceleration}
        _send(out, pack_event(prepared))
        if not stop.is_set():
            driver.start()
            _send(out, pack_event({"event": "started"}))
            _pump(driver, out, stop)
    except PortInUseError:
        _send(out, pack_event({"event": "port in use"}))
    except DriverRefusedError as fault:
        refused = {"event": "fault", "stage": fault.stage, "code": fault.code, "log_line": fault.log_line}
        _send(out, pack_event(refused))
    finally:
        if driver is not None:
            driver.release()
        if lock is not None:
            lock.release()


def _send(out: BinaryIO, frame: bytes) -> None:
    out.write(frame)
    out.flush()


def _pump(driver: "Driver", out: BinaryIO, stop: threading.Event) -> None:
    next_status_s = 0.0
    told: dict[str, object] = {"event": "status", "battery_percent": None, "resistance_ohm": []}
    while not stop.wait(_POLL_S):
        rows = driver.read()
        if not rows.shape[1]:
            continue
        arrived_s = time.monotonic()
        _send(out, pack_samples(arrived_s, rows))
        if arrived_s >= next_status_s:
            next_status_s = arrived_s + _STATUS_S
            status: dict[str, object] = {
                "event": "status",
                "battery_percent": driver.battery_percent(),
                "resistance_ohm": driver.resistance_ohm(),
            }
            if status != told:
                told = status
                _send(out, pack_event(status))


if __name__ == "__main__":
    main()
