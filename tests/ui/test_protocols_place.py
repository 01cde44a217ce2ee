"""From the rail to the protocols and back; a protocol of one's own is there for the next session."""

from pathlib import Path

import pytest
from fakes import FakeLauncher
from people import open_at
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nfb.engine.launch import Launcher
from nfb.ui.desk.rail import Destination
from nfb.ui.editor.library import LibraryPage
from nfb.ui.shell import Shell


@pytest.fixture
def shell(unready: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    unready.ready(Launcher(tmp_path / "recordings"))
    return unready


def library_of(shell: Shell) -> LibraryPage:
    shell.rail.go.emit(Destination.PROTOCOLS)
    page = shell.pages.currentWidget()
    assert isinstance(page, LibraryPage)
    return page


def test_the_rail_leads_there_and_back_leads_away(shell: Shell, qtbot: QtBot) -> None:
    page = library_of(shell)
    assert page.list.count() >= 17
    qtbot.mouseClick(page.back_button, Qt.MouseButton.LeftButton)
    assert shell.pages.currentWidget() is shell.landing


def test_a_copy_that_was_saved_can_be_connected_with(shell: Shell, qtbot: QtBot) -> None:
    page = library_of(shell)
    page.select(next(entry.path for entry in page._entries if entry.protocol and entry.protocol.id == "smr-cz"))
    qtbot.mouseClick(page.duplicate_button, Qt.MouseButton.LeftButton)
    page.editor.save()
    shell.show_connect()
    assert shell.connect_page is not None
    drop = shell.connect_page.protocol
    names = [drop.itemText(i) for i in range(drop.count())]
    assert sum(name.endswith("(copy)") for name in names) == 1


def test_a_preview_begins_with_the_recordings_of_the_client_one_came_from(
    people: Path, launcher: FakeLauncher, qtbot: QtBot, qapp: QApplication
) -> None:
    shell = Shell(lambda make: open_at(people))
    qtbot.addWidget(shell)
    shell.ready(launcher)
    qtbot.waitUntil(lambda: shell.keeper.book is not None)
    shell.show_client("A031")
    assert library_of(shell).client == "A031"
    shell.show_clients()
    assert library_of(shell).client == ""
    shell.shut_down()
