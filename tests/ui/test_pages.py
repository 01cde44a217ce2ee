"""Start, connect, open and summary: what they ask for and what they say when it does not work."""

from pathlib import Path

from fakes import FakeFound, FakeLauncher
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from nfb.ui.pages.start import intended_use
from nfb.ui.shell import Shell


def choose(window: Shell, name: str) -> None:
    """Select a device of the catalogue."""
    assert window.connect_page is not None
    names = [device.name for device in window.connect_page._devices]
    window.connect_page.list.setCurrentRow(names.index(name))


def test_it_opens_on_three_buttons_and_the_intended_use(window: Shell) -> None:
    assert [button.text() for button in window.start.buttons] == [
        "Try it now: synthetic headset",
        "Connect my headset",
        "Open a recording",
    ]
    assert intended_use() in {part.text() for part in window.start.findChildren(QLabel)}
    assert intended_use().startswith("Research and education software") and "Not a medical device" in intended_use()


def test_connecting_hands_over_what_the_form_holds(window: Shell, launcher: FakeLauncher) -> None:
    window.start.buttons[1].click()
    page = window.connect_page
    assert page is not None
    choose(window, "cyton")
    field = page._fields["serial_port"]
    assert isinstance(field, QLineEdit) and field.placeholderText() == "/dev/ttyUSB0"
    field.setText(" /dev/ttyUSB3 ")
    page.client.setText("A031")
    page.connect_button.click()
    path = page.protocol.currentData()
    assert launcher.asked == [("connect", "cyton", {"serial_port": "/dev/ttyUSB3"}, path, "A031")]
    assert window.pages.currentWidget() is page and page.problem.text() == "Connecting to cyton …"
    launcher.engine.connect()
    window.bridge.poll()
    assert window.pages.currentWidget() is window.session
    assert not window.stripe.isVisible()


def test_what_is_required_is_asked_for(window: Shell, launcher: FakeLauncher) -> None:
    window.start.buttons[1].click()
    choose(window, "cyton")
    window.connect_page.connect_button.click()
    assert launcher.asked == []
    assert window.connect_page.problem.text() == "OpenBCI Cyton needs: Serial port.\nFill it in, or scan."
    choose(window, "muse-2")
    window.connect_page.connect_button.click()
    assert launcher.asked[0][:3] == ("connect", "muse-2", {})


def test_a_failed_connection_says_why_and_what_to_do(window: Shell, launcher: FakeLauncher) -> None:
    window.start.buttons[1].click()
    choose(window, "muse-2")
    window.connect_page.connect_button.click()
    launcher.engine.fail("No Muse answered in 20 s.", "Hold its button until the lights move.")
    window.bridge.poll()
    assert window.pages.currentWidget() is window.connect_page
    assert window.connect_page.problem.text() == "No Muse answered in 20 s.\nHold its button until the lights move."
    assert window.connect_page.connect_button.isEnabled() and window.bridge is None


def test_connecting_can_be_cancelled(window: Shell, launcher: FakeLauncher) -> None:
    window.start.buttons[1].click()
    choose(window, "muse-2")
    window.connect_page.connect_button.click()
    window.connect_page.cancel_button.click()
    assert launcher.engine.stopped
    window.bridge.poll()
    assert window.connect_page.problem.text() == "Cancelled."
    assert window.pages.currentWidget() is window.connect_page


def test_a_scan_fills_the_form(window: Shell, launcher: FakeLauncher, qtbot: QtBot) -> None:
    launcher.found = (FakeFound("/dev/ttyUSB7: FT231X", "cyton", {"serial_port": "/dev/ttyUSB7"}),)
    window.start.buttons[1].click()
    page = window.connect_page
    page.scan_button.click()
    qtbot.waitUntil(lambda: page.found_list.count() == 1)
    page.found_list.itemClicked.emit(page.found_list.item(0))
    assert page.device.name == "cyton" and page.params() == {"serial_port": "/dev/ttyUSB7"}


def test_an_empty_scan_says_what_to_do(window: Shell, launcher: FakeLauncher, qtbot: QtBot) -> None:
    window.start.buttons[1].click()
    window.connect_page.scan_button.click()
    qtbot.waitUntil(lambda: window.connect_page.found.text().startswith("No headset found."))


def test_the_list_can_be_searched(window: Shell) -> None:
    window.start.buttons[1].click()
    page = window.connect_page
    page.search.setText("muse")
    shown = [page.list.item(i).text() for i in range(page.list.count()) if not page.list.item(i).isHidden()]
    assert shown == ["Muse 2\nBluetooth LE"]


def test_a_replay_says_that_it_is_one(window: Shell, launcher: FakeLauncher, qtbot: QtBot, tmp_path: Path) -> None:
    recording = tmp_path / "rest.edf"
    recording.write_bytes(b"")
    window.start.buttons[2].click()
    page = window.open_page
    page.path.setText(str(recording))
    page.protocol.setCurrentIndex(2)
    page.replay_button.click()
    qtbot.waitUntil(lambda: launcher.engines != [] and window.bridge is not None)
    assert launcher.asked == [("replay", recording, page.protocol.currentData())]
    assert window.stripe.text() == "REPLAY — not live"
    launcher.engine.connect()
    window.bridge.poll()
    assert window.stripe.isVisible()


def test_a_recording_that_cannot_be_read_is_explained(window: Shell, qtbot: QtBot, tmp_path: Path) -> None:
    window.sessions.begin_replay(tmp_path / "gone.edf")
    qtbot.waitUntil(lambda: window.open_page.problem.text() == "gone.edf: there is no such file. Choose another.")
    assert window.pages.currentWidget() is window.open_page and window.open_page.replay_button.isEnabled()


def test_the_theme_can_be_switched(window: Shell, qtbot: QtBot) -> None:
    from nfb.ui import theme

    qtbot.mouseClick(window.top.theme_button, Qt.MouseButton.LeftButton)
    assert theme.tokens() is theme.LIGHT
    qtbot.mouseClick(window.top.theme_button, Qt.MouseButton.LeftButton)
    assert theme.tokens() is theme.DARK
