"""A window on a fake launcher, and nothing left over after a test."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))

from fakes import FakeLauncher

from nfb.ui import theme
from nfb.ui.shell import Shell


@pytest.fixture
def launcher(tmp_path: Path) -> FakeLauncher:
    return FakeLauncher(tmp_path)


@pytest.fixture
def window(qtbot: QtBot, qapp: object, launcher: FakeLauncher) -> Iterator[Shell]:
    """The main window, painted and ready, in the dark theme."""
    theme.apply(qapp, theme.DARK)
    shell = Shell()
    qtbot.addWidget(shell)
    shell.show()
    qtbot.waitExposed(shell)
    shell.ready(launcher)
    yield shell
    shell.shut_down()
    if shell.session is not None:
        shell.session.close_client()
        shell.session.client.deleteLater()
