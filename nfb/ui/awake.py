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
Clock = Callable[[], float]

TICK_MS = 1000
LEAST_SLEEP_S = 1.0
_AT_ONCE_S = 0.1
# Names of a clock that goes on in sleep, and of one that stands still.
_WHOLE, _AWAKE = {
    "linux": ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"),
    "darwin": ("CLOCK_MONOTONIC_RAW", "CLOCK_UPTIME_RAW"),
}.get(sys.platform, ("CLOCK_MONOTONIC", "CLOCK_MONOTONIC"))
_NO_DESKTOP = ("offscreen", "minimal")  # Qt's platforms without a person before them
_BUS = "nfb-awake"
# winbase.h: ES_CONTINUOUS, ES_SYSTEM_REQUIRED, ES_DISPLAY_REQUIRED
_CONTINUOUS, _SYSTEM, _DISPLAY = 0x80000000, 0x1, 0x2


def _whole_s() -> float:
    if sys.platform == "win32":
        return time.perf_counter()
    return time.clock_gettime(getattr(time, _WHOLE))


def _awake_s() -> float:
    if sys.platform == "win32":
        passed = ctypes.c_ulonglong()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(passed))
        return passed.value * 1e-7
    return time.clock_gettime(getattr(time, _AWAKE))


def asleep_s(whole: Clock = _whole_s, awake: Clock = _awake_s) -> float:
    """For how many seconds this computer has slept since some moment; a busy one has not.

    Parameters
    ----------
    whole
        Seconds of a clock that goes on while the computer sleeps. By default CLOCK_BOOTTIME on Linux,
        CLOCK_MONOTONIC_RAW on macOS, the performance counter on Windows.
    awake
        Seconds of one that stands still meanwhile, and only then. By default CLOCK_MONOTONIC on Linux,
        CLOCK_UPTIME_RAW on macOS, the unbiased interrupt time on Windows. On other systems it is the same clock as
        `whole`: there a sleep is not told apart from a lost link.
    """
    while True:
        before_s, whole_s, after_s = awake(), whole(), awake()
        # A busy computer may have put this program aside in between.
        if after_s - before_s < _AT_ONCE_S:
            return whole_s - after_s


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
    asleep
        As :func:`asleep_s`.

    Attributes
    ----------
    slept
        Signal: for how many seconds the computer slept.
    """

    slept = Signal(float)

    def __init__(
        self,
        parent: QObject | None = None,
        ask: Callable[[str], LetGo | None] = keep_awake,
        asleep: Clock = asleep_s,
    ) -> None:
        super().__init__(parent)
        self._ask, self._asleep = ask, asleep
        self._let_go: LetGo | None = None
        self._last_s = 0.0
        self.timer = QTimer(self, interval=TICK_MS)
        self.timer.timeout.connect(self._tick)

    def begin(self, why: str) -> bool:
        """From now on; False where the system cannot be asked, so that it may go to sleep by itself."""
        self.end()
        self._last_s = self._asleep()
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
        now_s = self._asleep()
        slept_s, self._last_s = now_s - self._last_s, now_s
        if slept_s >= LEAST_SLEEP_S:
            self.slept.emit(slept_s)
