"""Every section of the settings in both themes at the two smallest sizes; nothing cut off."""

import pytest
from fakes import FakeFound, FakeLauncher
from looks import BothSizes, cut_off, keep
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nfb.ui import theme
from nfb.ui.desk.rail import Destination
from nfb.ui.settings.page import SettingsPage
from nfb.ui.shell import Shell
from nfb.ui.theme import DARK, LIGHT, STARK_DARK, STARK_LIGHT, Tokens


@pytest.fixture
def page(window: Shell) -> SettingsPage:
    window.go(Destination.SETTINGS)
    shown = window.pages.currentWidget()
    assert isinstance(shown, SettingsPage)
    return shown


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_every_section_fits(
    window: Shell, page: SettingsPage, launcher: FakeLauncher, qtbot: QtBot, qapp: QApplication, tokens: Tokens
) -> None:
    theme.apply(qapp, tokens)
    look = BothSizes(window, qapp, "settings")
    for number, section in enumerate(page.sections):
        page.list.setCurrentRow(number)
        qtbot.waitUntil(lambda: not window.keeper._tasks)
        look(f"{number + 1}_{section.title.lower()}")
    page.list.setCurrentRow(0)
    page.devices.help_button.click()
    launcher.found = (
        FakeFound("/dev/ttyUSB0: FT231X USB UART", "cyton", {"serial_port": "/dev/ttyUSB0"}),
        FakeFound("/dev/ttyACM0: Arduino Uno with a description that goes on for quite a while", "muse-2", {}),
    )
    page.devices.scan()
    qtbot.waitUntil(lambda: page.devices.scan_button.isEnabled())
    window.settings.change(device="cyton")
    look("1_devices_found")
    page.list.setCurrentRow(3)
    page.data.recordings.control.setText("no root")
    page.data.recordings.keep()
    page.data.book.control.setText("mysql://here")
    page.data.test_book()
    look("4_data_refused")
    assert look.faults == {}


@pytest.mark.parametrize("tokens", [STARK_DARK, STARK_LIGHT], ids=["dark", "light"])
def test_high_contrast_fits_too(window: Shell, page: SettingsPage, qapp: QApplication, tokens: Tokens) -> None:
    theme.apply(qapp, tokens)
    page.list.setCurrentRow(6)
    qapp.processEvents()
    keep(window, f"settings_stark_{'dark' if tokens.dark else 'light'}")
    assert cut_off(window) == []
