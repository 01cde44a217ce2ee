"""A library on a folder of its own, and a pair of hands for the editor: mouse, keys, clipboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from nfb.files.own_protocols import OwnProtocols
from nfb.ui import theme
from nfb.ui.editor.library import LibraryPage


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """No event loop runs between tests, and without one Qt keeps what was to be deleted later."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def own(tmp_path: Path) -> OwnProtocols:
    return OwnProtocols(tmp_path / "protocols")


@pytest.fixture
def library(qtbot: QtBot, qapp: QApplication, own: OwnProtocols, tmp_path: Path) -> Iterator[LibraryPage]:
    """The library page, open, in the dark theme."""
    theme.apply(qapp, theme.DARK)
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setMinimumSize(1024, 600)
    page = LibraryPage(own, tmp_path / "recordings")
    window.setCentralWidget(page)
    window.resize(1280, 720)
    page.open()
    with qtbot.waitExposed(window):
        window.show()
    yield page
