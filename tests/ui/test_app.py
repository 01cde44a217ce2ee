"""The whole way in: painted first, ready later, and an orderly way out."""

import importlib
import locale
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FakeLauncher
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nfb.model.errors import SetupError
from nfb.ui import app
from nfb.ui.shell import Shell


@pytest.fixture
def when_ready(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Leaves the event loop a moment after the launcher has come, and tells what was seen."""
    # Here Qt's messages do go through Python, so nothing may be imported while Qt loads its sound plugin.
    for name in (*app._FIRST, *app._LATER):
        importlib.import_module(name)
    # One way out is enough: a second quit would still be waiting when the next test runs its event loop.
    qapp.setQuitOnLastWindowClosed(False)
    seen: list[str] = []
    ready, failed = Shell.ready, Shell.could_not_get_ready

    def note_ready(shell: Shell, launcher: object) -> None:
        ready(shell, launcher)
        seen.append("session" if shell.session is not None else "start")
        QTimer.singleShot(50, lambda: (shell.shut_down(), shell.close(), shell.deleteLater(), qapp.quit()))

    def note_failed(shell: Shell, error: Exception) -> None:
        failed(shell, error)
        seen.append(shell.start.status.text())
        QTimer.singleShot(0, lambda: (shell.close(), shell.deleteLater(), qapp.quit()))

    monkeypatch.setattr(Shell, "ready", note_ready)
    monkeypatch.setattr(Shell, "could_not_get_ready", note_failed)
    yield seen
    qapp.setQuitOnLastWindowClosed(True)


@pytest.mark.parametrize(("demo", "page"), [(False, "start"), (True, "session")])
def test_the_launcher_is_made_in_a_thread(
    launcher: FakeLauncher, when_ready: list[str], demo: bool, page: str
) -> None:
    made_in = []

    def factory() -> FakeLauncher:
        made_in.append(threading.current_thread())
        return launcher

    assert app.run_window(factory, demo=demo) == 0
    assert when_ready == [page]
    assert made_in[0] is not threading.main_thread()
    assert launcher.asked == ([("demo",)] if demo else [])
    assert all(engine.stopped and engine.joined for engine in launcher.engines)
    assert locale.setlocale(locale.LC_NUMERIC) == "C"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_in_the_terminal_ends_the_session_in_order(
    qapp: QApplication, launcher: FakeLauncher, number: signal.Signals
) -> None:
    for name in (*app._FIRST, *app._LATER):
        importlib.import_module(name)
    qapp.setQuitOnLastWindowClosed(False)

    def interrupt() -> None:
        if launcher.engines and launcher.engine.started:
            timer.stop()
            signal.raise_signal(number)

    timer = QTimer(interval=20)
    timer.timeout.connect(interrupt)
    timer.start()
    before = signal.getsignal(number)
    assert app.run_window(lambda: launcher, demo=True) == app.INTERRUPTED
    assert signal.getsignal(number) is before
    assert launcher.engine.stopped
    assert launcher.engine.joined
    for widget in qapp.topLevelWidgets():
        if isinstance(widget, Shell):
            widget.close()
            widget.deleteLater()
    qapp.setQuitOnLastWindowClosed(True)


def test_what_keeps_it_from_getting_ready_is_said(when_ready: list[str]) -> None:
    def factory() -> FakeLauncher:
        raise SetupError("protocols: the folder is empty")

    assert app.run_window(factory) == 0
    assert when_ready == ["The program could not be loaded: protocols: the folder is empty"]


def test_the_first_page_tells_of_recordings_that_were_finished(qtbot: QtBot, tmp_path: Path) -> None:
    launcher = FakeLauncher(tmp_path)
    launcher.recovered = ("Recovered 31:04 of sub-A031/ses-012, which was interrupted.",)
    window = Shell()
    qtbot.addWidget(window)
    window.ready(launcher)
    assert window.start.status.text() == launcher.recovered[0]
