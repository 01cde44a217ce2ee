"""No sleep in the middle of a session: the system is asked not to, and what was slept through is told."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

LetGo = Callable[[], None]

TICK_MS = 1000
# A window that stands still for longer was not merely busy.
STOOD_STILL_S = 30.0
_NO_DESKTOP = ("offscreen", "minimal")  # Qt's platforms without a person before them
_BUS = "nfb-awake"
# winbase.h: ES_CONTINUOUS, ES_SYSTEM_REQUIRED, ES_DISPLAY_REQUIRED
_CONTINUOUS, _SYSTEM, _DISPLAY = 0x80000000, 0x1, 0x2
# This clock goes on while the computer sleeps: on Linux CLOCK_MONOTONIC stands still, on macOS it does not, and
# Python's monotonic clock of Windows counts the sleep.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def passed_s() -> float:
    """Seconds from some moment on, those of sleep included."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


def keep_awake(why: str) -> LetGo | None:
    """Ask the system to let neither computer nor screen sleep.

    Returns
    -------
    callable or None
        Takes it back; also the end of this program does. None where the system cannot be asked.
    """
    if sys.platform == "win32":
        return _on_windows()
    if sys.platform == "darwin":
        return _on_macos()
    return _on_freedesktop(why)


def _on_windows() -> LetGo | None:
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]  # there is one on Windows only
    if not kernel.SetThreadExecutionState(_CONTINUOUS | _SYSTEM | _DISPLAY):
        return None
    return lambda: kernel.SetThreadExecutionState(_CONTINUOUS)


def _on_macos() -> LetGo | None:
    try:
        # Ends with this process, however that ends.
        process = subprocess.Popen(["/usr/bin/caffeinate", "-d", "-i", "-w", str(os.getpid())])
    except OSError:
        return None

    def let_go() -> None:
        process.terminate()
        process.wait()

    return let_go


def _on_freedesktop(why: str) -> LetGo | None:
    try:
        from PySide6.QtDBus import QDBusConnection, QDBusMessage  # not in every build of Qt
    except ImportError:
        return None
    # A connection of its own: the desktop drops the request with it, so that no cookie has to be given back.
    bus = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, _BUS)
    place = "org.freedesktop.ScreenSaver"
    request = QDBusMessage.createMethodCall(place, "/org/freedesktop/ScreenSaver", place, "Inhibit")
    request.setArguments(["nfb", why])
    if bus.isConnected() and bus.call(request, timeout=TICK_MS).type() is QDBusMessage.MessageType.ReplyMessage:
        return lambda: QDBusConnection.disconnectFromBus(_BUS)
    QDBusConnection.disconnectFromBus(_BUS)
    return None


class Awake(QObject):
    """Keeps the computer awake from :meth:`begin` to :meth:`end`, and notices if it slept all the same.

    Parameters
    ----------
    ask
        As :func:`keep_awake`.
    clock
        As :func:`passed_s`.

    Attributes
    ----------
    slept
        Signal: for how many seconds the program stood still.
    """

    slept = Signal(float)

    def __init__(
        self,
        parent: QObject | None = None,
        ask: Callable[[str], LetGo | None] = keep_awake,
        clock: Callable[[], float] = passed_s,
    ) -> None:
        super().__init__(parent)
        self._ask, self._clock = ask, clock
        self._let_go: LetGo | None = None
        self._last_s = 0.0
        self.timer = QTimer(self, interval=TICK_MS)
        self.timer.timeout.connect(self._tick)

    def begin(self, why: str) -> bool:
        """From now on; False where the system cannot be asked, so that it may go to sleep by itself."""
        self.end()
        self._last_s = self._clock()
        self.timer.start()
        if QGuiApplication.platformName() in _NO_DESKTOP and self._ask is keep_awake:
            return True
        self._let_go = self._ask(why)
        return self._let_go is not None

    def end(self) -> None:
        """The computer may sleep again."""
        self.timer.stop()
        if self._let_go is not None:
            let_go, self._let_go = self._let_go, None
            let_go()

    def _tick(self) -> None:
        now_s = self._clock()
        still_s, self._last_s = now_s - self._last_s, now_s
        if still_s > STOOD_STILL_S:
            self.slept.emit(still_s)
