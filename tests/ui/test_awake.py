"""The computer's sleep in a session: kept off where the system can be asked, told where not, never unnoticed."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FakeLauncher, go_to, poll
from pytestqt.qtbot import QtBot

from nfb.model.commands import Pause, PauseCause
from nfb.model.protocol import StageKind
from nfb.ui import awake
from nfb.ui.awake import Awake, keep_awake
from nfb.ui.shell import Shell
from nfb.ui.widgets.notice import Level


class System:
    """A system that counts who wants it awake, and for how long it has slept."""

    def __init__(self, *, willing: bool = True) -> None:
        self.willing, self.held, self.slept_s = willing, 0, 1000.0

    def ask(self, why: str) -> awake.LetGo | None:
        if not self.willing:
            return None
        self.held += 1
        return self._let_go

    def _let_go(self) -> None:
        self.held -= 1

    def asleep(self) -> float:
        return self.slept_s


def give(window: Shell, system: System) -> Awake:
    """Put the window on that system; its own timer is not waited for."""
    kept = window.sessions.sleep_care.awake
    kept._ask, kept._asleep = system.ask, system.asleep
    return kept


def sleep(kept: Awake, system: System, seconds: float) -> None:
    system.slept_s += seconds
    kept.timer.timeout.emit()


def test_a_session_keeps_the_computer_awake_from_its_first_sample_to_its_end(
    window: Shell, launcher: FakeLauncher
) -> None:
    system = System()
    kept = give(window, system)
    window.begin_demo()
    assert system.held == 0, "nothing is connected yet"
    launcher.engine.connect()
    poll(window)
    assert system.held == 1 and kept.timer.isActive()
    assert window.session is not None and "go to sleep" not in window.session.notices.text()
    launcher.engine.stop()
    poll(window)
    assert system.held == 0 and not kept.timer.isActive()


def test_closing_the_program_lets_go(window: Shell, launcher: FakeLauncher) -> None:
    system = System()
    give(window, system)
    window.begin_demo()
    launcher.engine.connect()
    poll(window)
    window.shut_down()
    assert system.held == 0


def test_where_the_system_cannot_be_asked_the_operator_is_told(window: Shell, launcher: FakeLauncher) -> None:
    give(window, System(willing=False))
    window.begin_demo()
    launcher.engine.connect()
    poll(window)
    assert window.session is not None
    for key in ("tip", "sound"):
        window.session.notices.clear(key)
    assert window.session.notices.text().startswith("This computer may go to sleep by itself")


def test_sleep_in_a_run_pauses_it_as_a_lost_link_does_and_is_told(
    window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    system = System()
    kept = give(window, system)
    window.begin_demo()
    launcher.engine.connect()
    launcher.engine.advance(3.0)
    poll(window)
    go_to(window, launcher.engine, StageKind.RUN)
    launcher.engine.sent.clear()
    sleep(kept, system, 0.0)  # however long ago the last look was
    assert launcher.engine.sent == []
    assert window.session is not None
    with qtbot.waitSignal(window.session.operator_alert):
        sleep(kept, system, 200.0)
    assert launcher.engine.sent == [Pause(PauseCause.LINK)]
    notices = window.session.notices
    assert notices.text().startswith("The computer slept for 3:20.") and notices.level is Level.ACT
    launcher.engine.send(Pause())
    launcher.engine.advance(0.5)
    poll(window)
    assert window.bridge is not None and window.bridge.view.paused
    sleep(kept, system, 100.0)
    assert launcher.engine.sent == [Pause(PauseCause.LINK), Pause()], "it is paused already"


class Clocks:
    """A system's two clocks; every reading of one costs `reading_s`, in which it may be put aside for others."""

    def __init__(self, *readings_s: float) -> None:
        self.whole_s = self.awake_s = 5000.0
        self._readings_s = iter(readings_s)

    def pass_time(self, awake_s: float, asleep_s: float = 0.0) -> None:
        self.awake_s += awake_s
        self.whole_s += awake_s + asleep_s

    def whole(self) -> float:
        self.pass_time(next(self._readings_s, 0.0))
        return self.whole_s

    def awake(self) -> float:
        self.pass_time(next(self._readings_s, 0.0))
        return self.awake_s


def test_a_sleep_is_what_parts_the_two_clocks() -> None:
    clocks = Clocks()
    before_s = awake.asleep_s(clocks.whole, clocks.awake)
    clocks.pass_time(awake_s=90.0)  # a machine that is overloaded runs late and does not sleep
    assert awake.asleep_s(clocks.whole, clocks.awake) == before_s
    clocks.pass_time(awake_s=3.0, asleep_s=200.0)
    assert awake.asleep_s(clocks.whole, clocks.awake) - before_s == pytest.approx(200.0)


@pytest.mark.parametrize("put_aside", [(0.0, 40.0, 0.0), (0.0, 0.0, 40.0), (40.0, 40.0, 40.0, 0.0, 40.0)])
def test_being_put_aside_between_two_readings_is_no_sleep(put_aside: tuple[float, ...]) -> None:
    clocks = Clocks(*put_aside)
    assert awake.asleep_s(clocks.whole, clocks.awake) == pytest.approx(0.0)


def test_an_overloaded_machine_is_not_told_to_have_slept(qtbot: QtBot) -> None:
    clocks = Clocks()
    kept = Awake(None, lambda why: lambda: None, lambda: awake.asleep_s(clocks.whole, clocks.awake))
    told: list[float] = []
    kept.slept.connect(told.append)
    kept.begin("")
    for late_s in (1.0, 35.0, 600.0):
        clocks.pass_time(awake_s=late_s)
        kept.timer.timeout.emit()
    assert told == []
    clocks.pass_time(awake_s=1.0, asleep_s=12.0)
    kept.timer.timeout.emit()
    assert told == [pytest.approx(12.0)]
    kept.end()


def test_this_computer_does_not_sleep_while_it_works_nor_when_its_clock_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before_s = awake.asleep_s()
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert abs(awake.asleep_s() - before_s) < awake.LEAST_SLEEP_S


# the systems


_SERVICE = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, Slot, ClassInfo
from PySide6.QtDBus import QDBusConnection
@ClassInfo({"D-Bus Interface": "org.freedesktop.ScreenSaver"})
class Saver(QObject):
    @Slot(str, str, result="uint")
    def Inhibit(self, who, why):
        print("inhibited", who, flush=True)
        return 7
app = QCoreApplication([])
bus = QDBusConnection.sessionBus()
saver = Saver()
assert bus.registerObject("/org/freedesktop/ScreenSaver", saver, QDBusConnection.RegisterOption.ExportAllSlots)
assert bus.registerService("org.freedesktop.ScreenSaver")
print("ready", flush=True)
app.exec()
"""


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A session bus of this test's own."""
    import shutil

    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("there is no dbus-daemon on this computer")
    config = tmp_path / "bus.conf"
    config.write_text(
        f"<busconfig><type>custom</type><listen>unix:dir={tmp_path}</listen><policy context='default'>"
        "<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/><allow own='*'/></policy></busconfig>"
    )
    process = subprocess.Popen(
        [daemon, f"--config-file={config}", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    if not address:
        process.wait()
        pytest.skip("no session bus can be started here")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    yield address
    process.terminate()
    process.wait()
    process.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="how a desktop of freedesktop.org is asked")
def test_a_desktop_is_asked_over_its_bus(bus: str, qapp: object) -> None:
    assert keep_awake("a session") is None, "nobody is there to be asked"
    service = subprocess.Popen([sys.executable, "-c", _SERVICE], stdout=subprocess.PIPE, text=True)
    try:
        assert service.stdout is not None and service.stdout.readline() == "ready\n"
        let_go = keep_awake("a session")
        assert let_go is not None
        assert service.stdout.readline() == "inhibited nfb\n"
        let_go()
    finally:
        service.terminate()
        service.wait()
        service.stdout.close()


def test_macos_is_asked_by_a_program_that_ends_with_this_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[list[str]] = []
    real = subprocess.Popen

    def popen(command: list[str]) -> subprocess.Popen[bytes]:
        asked.append(command)
        return real([sys.executable, "-c", "import time; time.sleep(600)"])

    monkeypatch.setattr(awake.sys, "platform", "darwin")
    monkeypatch.setattr(awake.subprocess, "Popen", popen)
    let_go = keep_awake("a session")
    assert let_go is not None and asked[0][0] == "/usr/bin/caffeinate" and "-w" in asked[0]
    let_go()
