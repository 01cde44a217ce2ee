"""Other programs: told of a session only where asked for, and waited for without the window standing still."""

import threading
from dataclasses import replace

import fakes
import pytest
from fakes import FakeEngine, FakeLauncher
from pytestqt.qtbot import QtBot

from nfb.devices.lsl_library import Scope
from nfb.model.errors import SetupError
from nfb.ui.pages.connect import ConnectPage
from nfb.ui.shell import Shell


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
    page.lsl_out.setCurrentIndex(1)
    page.osc.setText(" localhost:9000 ")
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
