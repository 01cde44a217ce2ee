"""Serial ports that a headset may be on.

Bluetooth headsets are not listed: BrainFlow finds them when it connects, and a second Bluetooth stack beside its own
would compete for the adapter.
"""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

# FTDI FT231X, the chip of the OpenBCI dongle (and of other things).
_OPENBCI_USB_ID = (0x0403, 0x6015)


@dataclass(frozen=True, slots=True)
class Found:
    """A serial port.

    Parameters
    ----------
    serial_port
        As the `serial_port` parameter wants it.
    description
        What the operating system says it is.
    devices
        Catalogue names that it may belong to, likeliest first; empty if nothing speaks for any.
    serial_number
        Of the USB chip; empty if unknown.
    """

    serial_port: str
    description: str
    devices: tuple[str, ...] = ()
    serial_number: str = ""


class PortInfo(Protocol):
    """What is used of pyserial's ``ListPortInfo``."""

    device: str
    description: str | None
    vid: int | None
    pid: int | None
    serial_number: str | None


def scan(
    timeout_s: float = 3.0,
    cancel: threading.Event | None = None,
    list_ports: Callable[[], list[PortInfo]] | None = None,
) -> list[Found]:
    """List serial ports, the likeliest first.

    Parameters
    ----------
    timeout_s
        Longest time this takes; a driver that hangs is left behind and an empty list returned.
    cancel
        Set it from another thread to have an empty list at once.
    list_ports
        Stand-in for pyserial's ``comports``.
    """
    cancel = cancel or threading.Event()
    found: list[Found] = []
    done = threading.Event()

    def search() -> None:
        with contextlib.suppress(OSError):  # a system that cannot tell its ports has none to offer
            ports = (list_ports or _pyserial_ports)()
            found.extend(sorted((_found(port) for port in ports), key=lambda f: (not f.devices, f.serial_port)))
        done.set()

    # A hanging USB driver cannot be interrupted, only left to a thread that nobody waits for.
    threading.Thread(target=search, daemon=True).start()
    step_s = 0.02
    for _ in range(max(1, round(timeout_s / step_s))):
        if done.wait(step_s) or cancel.is_set():
            break
    return list(found) if done.is_set() and not cancel.is_set() else []


def _pyserial_ports() -> list[PortInfo]:
    from serial.tools import list_ports  # takes 30 ms to import, and only this function needs it

    # /dev/ttyS0 … exist on every PC whether or not anything is behind them; USB ports have a vendor number.
    return [port for port in list_ports.comports() if port.vid is not None]


def _found(port: PortInfo) -> Found:
    devices = ("cyton", "cyton-daisy") if (port.vid, port.pid) == _OPENBCI_USB_ID else ()
    return Found(port.device, port.description or "", devices, port.serial_number or "")
