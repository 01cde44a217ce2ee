"""A window on a fake launcher, and nothing left over after a test."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))

from fakes import FakeLauncher, poll

from nfb.ui import theme
from nfb.ui.feedback.ahead import Ahead
from nfb.ui.session_screen import SessionScreen
from nfb.ui.shell import Shell

PATIENCE_MS = 60_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Qt's sound module lists what the machine lacks (sound server, video codecs); the window says it in words."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(
                pytest.mark.qt_log_ignore(
                    "^PulseAudioService: ", "^Couldn't (load|resolve) ", "No RHI backend", extend=True
                )
            )


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """Waits as long as a busy computer needs: what is waited for decides, not the clock."""
    wait_until = qtbot.waitUntil

    def patient(condition: Callable[[], object], *, timeout: int = 0) -> None:
        wait_until(condition, timeout=max(timeout, PATIENCE_MS))

    qtbot.waitUntil = patient
    return qtbot


@pytest.fixture(autouse=True)
def nothing_left(qapp: QApplication) -> Iterator[None]:
    """Widgets of one test do not slow down, or hear of, the next."""
    yield
    # No event loop runs between tests, and without one Qt keeps what was to be deleted later.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def own_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the window's client book and settings lie in a test: never the user's own."""
    place = tmp_path / "clients.sqlite"
    monkeypatch.setenv("NFB_BOOK", str(place))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("NFB_PREFERENCES", str(tmp_path / "preferences.json"))
    return place


@pytest.fixture(autouse=True)
def plates_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures that a thread paints are there as soon as they are asked for: a test counts frames, not seconds."""
    begin = Ahead.begin

    def begin_and_wait(ahead: Ahead, size: QSize) -> bool:
        if not begin(ahead, size):
            assert ahead._thread is not None
            ahead._thread.join()
        return True

    monkeypatch.setattr(Ahead, "begin", begin_and_wait)


@pytest.fixture(scope="session")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A client book with people in the midst of their courses."""
    from people import fill

    place = tmp_path_factory.mktemp("people") / "clients.sqlite"
    fill(place)
    return place


@pytest.fixture
def people(own_book: Path, filled_once: Path) -> Path:
    """Their book as this test's own."""
    return Path(shutil.copy(filled_once, own_book))


@pytest.fixture
def launcher(tmp_path: Path) -> FakeLauncher:
    return FakeLauncher(tmp_path)


@pytest.fixture
def unready(qtbot: QtBot, qapp: QApplication) -> Iterator[Shell]:
    """The main window, just painted, in the dark theme; every widget of it is gone afterwards."""
    theme.apply(qapp, theme.DARK)
    before = _own_windows(qapp)
    shell = Shell()
    with qtbot.waitExposed(shell):
        shell.show()
    yield shell
    shell.shut_down()
    shell.close()
    shell.deleteLater()
    # No event loop runs between tests, and without one Qt keeps what was to be deleted later.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    # pyqtgraph's own menus wait for Python's collector; ours must be gone.
    assert _own_windows(qapp) - before == set()


def _own_windows(app: QApplication) -> set[QWidget]:
    """Widgets of ours that have no parent."""
    return {widget for widget in app.topLevelWidgets() if type(widget).__module__.startswith("nfb")}


@pytest.fixture
def window(unready: Shell, launcher: FakeLauncher) -> Shell:
    """The main window once the rest of the program is there."""
    unready.ready(launcher)
    return unready


@pytest.fixture
def session(window: Shell, launcher: FakeLauncher) -> SessionScreen:
    """A demo that has connected and stands in the signal check."""
    window.begin_demo()
    launcher.engine.connect()
    launcher.engine.advance(3.0)
    assert window.session is not None
    poll(window)
    return window.session
