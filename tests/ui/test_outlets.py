"""Other programs: told of a session only where asked for, and waited for without the window standing still."""

import threading
from collections.abc import Callable
from dataclasses import replace

import fakes
import pytest
from fakes import FakeEngine, FakeLauncher
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from test_visit import book, check_in, shell  # noqa: F401

from nfb.devices.lsl_library import Scope
from nfb.engine.visit import todays_choices
from nfb.model.errors import SetupError
from nfb.practice.book import Book
from nfb.practice.sessions import SessionEntry
from nfb.ui.pages.connect import ConnectPage
from nfb.ui.shell import Shell
from nfb.ui.visit.check_in_page import CheckInPage


def page_of(window: Shell, device: str) -> ConnectPage:
    window.show_connect()
    page = window.connect_page
    assert page is not None
    page.choose(device, {})
    page.client.setText("A031")
    return page


def test_nobody_is_told_unless_it_is_chosen(window: Shell, launcher: FakeLauncher) -> None:
    page = page_of(window, "synthetic")
    page.connect_button.click()
    told = launcher.visits[-1]
    assert told is not None and (told.lsl_out, told.osc) == (None, "")


def test_what_is_chosen_reaches_the_session(window: Shell, launcher: FakeLauncher) -> None:
    page = page_of(window, "synthetic")
    page.programs.lsl_out.setCurrentIndex(1)
    page.programs.osc.setText(" localhost:9000 ")
    page.connect_button.click()
    told = launcher.visits[-1]
    assert told is not None and (told.lsl_out, told.osc) == (Scope.MACHINE, "localhost:9000")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """An LSL stream that is found, or not, when the event is set."""
    found = threading.Event()
    stream = replace(fakes.CATALOGUE[0], name="lsl", label="LSL stream", params=())
    monkeypatch.setattr(fakes, "CATALOGUE", [*fakes.CATALOGUE, stream])

    connect = FakeLauncher.connect

    def look_first(self: FakeLauncher, device: str, *arguments: object) -> FakeEngine:
        if device == "lsl":
            assert threading.current_thread() is not threading.main_thread()
            found.wait(10.0)
            if arguments[0] == {"stream": "none"}:
                raise SetupError("No stream called none.")
        return connect(self, device, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(FakeLauncher, "connect", look_first)
    return found


def test_a_stream_is_looked_for_in_a_thread(
    window: Shell, launcher: FakeLauncher, slow: threading.Event, qtbot: QtBot
) -> None:
    page = page_of(window, "lsl")
    page.connect_button.click()
    assert window.bridge is None and page.cancel_button.isVisible()
    slow.set()
    qtbot.waitUntil(lambda: window.bridge is not None)


def test_giving_up_leads_back_at_once(window: Shell, slow: threading.Event, qtbot: QtBot) -> None:
    page = page_of(window, "lsl")
    page.connect_button.click()
    page.cancel_button.click()
    assert page.connect_button.isEnabled() and page.problem.text() == "Cancelled."
    slow.set()
    qtbot.wait(50)
    assert window.bridge is None


def test_a_stream_that_is_not_there_is_told(
    window: Shell, slow: threading.Event, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(window, "lsl")
    monkeypatch.setattr(page, "params", lambda: {"stream": "none"})
    page.connect_button.click()
    slow.set()
    qtbot.waitUntil(lambda: page.problem.text() == "No stream called none.")


def test_a_visit_tells_nobody_and_says_nothing_of_it_unless_asked(
    check_in: Callable[[], CheckInPage],  # noqa: F811
    launcher: FakeLauncher,
    qtbot: QtBot,
) -> None:
    page = check_in()
    assert not page.choices.programs.isVisible() and page.choices.programs_button.text() == "Other programs …"
    qtbot.mouseClick(page.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(launcher.visits))
    told = launcher.visits[-1]
    assert told is not None and (told.lsl_out, told.osc) == (None, "")


def test_what_a_visit_sends_to_others_is_kept_for_the_next_one(
    check_in: Callable[[], CheckInPage],  # noqa: F811
    book: Book,  # noqa: F811
    launcher: FakeLauncher,
    qtbot: QtBot,
) -> None:
    page = check_in()
    programs = page.choices.programs
    qtbot.mouseClick(page.choices.programs_button, Qt.MouseButton.LeftButton)
    assert programs.isVisible()
    qtbot.keyClick(programs.lsl_out, Qt.Key.Key_Down)
    qtbot.keyClicks(programs.osc, "localhost:port")
    assert not page.start.isEnabled() and "localhost:port" in page.problem.text()
    programs.osc.clear()
    qtbot.keyClicks(programs.osc, "localhost:9000")
    assert page.start.isEnabled() and page.choices.programs_button.text() == "Other programs: on"
    qtbot.mouseClick(page.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(launcher.visits))
    told = launcher.visits[-1]
    assert told is not None and (told.lsl_out, told.osc) == (Scope.MACHINE, "localhost:9000")
    launcher.engine.connect()
    qtbot.waitUntil(lambda: len(book.records("A031", SessionEntry)) == 2)
    again = todays_choices(page.choices.plan(), book.records("A031", SessionEntry), "synthetic")
    assert (again.lsl_out, again.osc) == (Scope.MACHINE, "localhost:9000")
