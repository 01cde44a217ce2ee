"""The settings page: what is chosen is kept, comes back exactly, and takes effect."""

import os
from dataclasses import fields
from pathlib import Path

import pytest
from fakes import FakeFound, FakeLauncher, poll
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QShortcut
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QSlider, QWidget
from pytestqt.qtbot import QtBot

from nfb.files.preferences import Preferences, read_preferences
from nfb.model.commands import Mark
from nfb.ui import privacy, theme
from nfb.ui.app import open_default_book
from nfb.ui.desk.rail import Destination
from nfb.ui.settings.applying import dress, set_scale
from nfb.ui.settings.keys_section import KeysSection
from nfb.ui.settings.page import SettingsPage
from nfb.ui.settings.screens_section import ScreensSection
from nfb.ui.settings.setting import Setting
from nfb.ui.settings.sound_section import SoundSection
from nfb.ui.shell import Shell
from nfb.ui.widgets.small import Drop

Key = Qt.Key
DEVICES = {"usb": "USB headphones", "hdmi": "Screen"}


def page_of(window: Shell) -> SettingsPage:
    window.go(Destination.SETTINGS)
    page = window.pages.currentWidget()
    assert isinstance(page, SettingsPage)
    for number in range(page.list.count()):
        page.list.setCurrentRow(number)
    page.list.setCurrentRow(0)
    return page


@pytest.fixture
def page(window: Shell, monkeypatch: pytest.MonkeyPatch) -> SettingsPage:
    monkeypatch.setattr("nfb.ui.settings.sound_section.outputs", lambda: DEVICES)
    monkeypatch.setattr("nfb.ui.theme.QFontDatabase.families", lambda: [theme.READABLE_FAMILY])
    monkeypatch.setattr("nfb.ui.settings.appearance_section._available", lambda code: True)
    monkeypatch.setattr("nfb.ui.settings.appearance_section.factor_in_force", lambda: 8.0)  # a large screen
    return page_of(window)


@pytest.fixture(autouse=True)
def as_before(qapp: QApplication) -> None:
    yield
    privacy.show_codes_only(False)
    if theme._look != theme.Look():
        theme.wear(qapp, theme.Look())


def choose(setting: Setting, value: object) -> None:
    """As a person does it: the control is moved, then left."""
    control = setting.control
    if isinstance(control, QCheckBox):
        control.setChecked(bool(value))
    elif isinstance(control, Drop):
        at = control.findData(value)
        control.setCurrentIndex(at)
        control.activated.emit(at)
    elif isinstance(control, QSlider):
        control.setValue(value)
    else:
        assert isinstance(control, QLineEdit)
        control.setText(str(value))
        control.editingFinished.emit()


def stands_at(setting: Setting) -> object:
    """What a person reads from the control."""
    control = setting.control
    if isinstance(control, QCheckBox):
        return control.isChecked()
    if isinstance(control, Drop):
        return control.currentText()
    if isinstance(control, QSlider):
        return control.value()
    assert isinstance(control, QLineEdit)
    return control.text()


def test_every_setting_comes_back_in_a_new_window(
    page: SettingsPage, window: Shell, launcher: FakeLauncher, tmp_path: Path, qtbot: QtBot
) -> None:
    wanted = {
        "device": "cyton", "one_screen": True, "client_output": "usb", "operator_output": "hdmi",
        "client_volume": 35, "operator_volume": 80, "operator_alert": False,
        "recordings": str(tmp_path / "Sitzungen"),
        "who": "Dr. Ümit 🌿", "codes_only": True, "lock_after_min": 7, "theme": "light", "scale_percent": 150,
        "reduced_motion": True, "high_contrast": True, "readable_font": True, "language": "de",
    }  # fmt: skip
    for name, value in wanted.items():
        choose(page.settings[name], value)
    page.devices.params["serial_port"].control.setText("/dev/ttyUSB7")
    page.devices.params["serial_port"].control.editingFinished.emit()
    page.data.book.control.setText(str(tmp_path / "books" / "ours.sqlite"))
    page.data.use_book()
    press_key(page, window, "mark", Key.Key_F8, qtbot)
    shown = {name: stands_at(setting) for name, setting in page.settings.items()}

    kept = read_preferences().preferences
    assert {name: getattr(kept, name) for name in wanted} == wanted
    assert kept.device_params == {"serial_port": "/dev/ttyUSB7"}
    assert kept.book == str(tmp_path / "books" / "ours.sqlite")
    assert kept.keys == {"mark": ("F8",)}
    # No screen has a name where there is no display; the choice by name is tested below.
    usual = Preferences()
    untouched = {each.name for each in fields(usual) if getattr(kept, each.name) == getattr(usual, each.name)}
    assert untouched == {"client_screen", "unknown"}

    other = Shell()
    qtbot.addWidget(other)
    other.ready(launcher)
    again = page_of(other)
    assert {name: stands_at(setting) for name, setting in again.settings.items()} == shown
    assert shown["device"] == "OpenBCI Cyton" and shown["scale_percent"] == "150 %" and shown["language"] == "Deutsch"
    assert again.devices.params["serial_port"].control.text() == "/dev/ttyUSB7"
    keys = section_of(again, KeysSection)
    assert "F8" in [keys.table.cell(line, 0) for line in range(keys.table.n_rows)]
    assert again.settings["client_screen"].control.count() >= 1
    other.shut_down()


def test_nonsense_is_refused_with_a_clear_line(page: SettingsPage) -> None:
    before = read_preferences().preferences
    for name, nonsense, said in (
        ("lock_after_min", "soon", "Hide after = “soon”: must be a whole number from 0 to 240."),
        ("lock_after_min", "-1", "Hide after = “-1”: must be a whole number from 0 to 240."),
        ("lock_after_min", "1e9", "Hide after = “1e9”: must be a whole number from 0 to 240."),
        ("recordings", "here", "“here” must be a whole path, from the root on."),
        ("recordings", "/dev/null/x", "“/dev/null/x” is no folder that can be written. Choose another one."),
        ("recordings", "/\0", "must be one line of up to 1000 characters"),
        ("who", "x" * 81, "must be one line of up to 80 characters"),
    ):
        choose(page.settings[name], nonsense)
        assert said in page.settings[name].problem.text()
    for text, said in (
        ("mysql://desk@server/nfb", "a database's address begins with postgresql://"),
        ("clients.sqlite", "must be a whole path, or begin with postgresql://"),
    ):
        for act in (page.data.test_book, page.data.use_book):
            page.data.book.control.setText(text)
            page.data.book.problem.say("")
            act()
            assert said in page.data.book.problem.text()
    assert read_preferences().preferences == before


def test_a_size_that_fits_on_no_screen_is_refused(window: Shell) -> None:
    page = page_of(window)
    setting = page.settings["scale_percent"]
    width, height = 2 * window.minimumWidth(), 2 * window.minimumHeight()
    assert QGuiApplication.primaryScreen().size().width() < width, (
        "this test needs a screen that 200 % does not fit on"
    )
    choose(setting, 200)
    assert setting.problem.text() == (
        f"At 200 % the window needs {width} × {height} pixels, more than any screen here has."
    )
    assert read_preferences().preferences.scale_percent == 100


def test_a_language_without_a_catalogue_is_not_taken(window: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nfb.ui.settings.appearance_section._available", lambda code: code == "en")
    page = page_of(window)
    choose(page.settings["language"], "fr")
    assert page.settings["language"].problem.text().startswith("This language is not available yet")
    assert read_preferences().preferences.language == "system"


def test_settings_that_cannot_be_written_are_said(
    page: SettingsPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "in the way").write_text("")
    monkeypatch.setenv("NFB_PREFERENCES", str(tmp_path / "in the way" / "preferences.json"))
    choose(page.settings["one_screen"], True)
    assert "the settings cannot be written" in page.settings["one_screen"].problem.text()


def test_a_damaged_file_is_told_in_the_window(tmp_path: Path, qtbot: QtBot, launcher: FakeLauncher) -> None:
    (tmp_path / "preferences.json").write_text("{")
    window = Shell()
    qtbot.addWidget(window)
    assert "the settings are damaged" in window.notices.text()
    window.ready(launcher)
    page = page_of(window)
    assert "preferences.damaged.json" in page.notice.text()
    window.shut_down()


# taking effect ------------------------------------------------------------------------------------------------------


def test_theme_and_contrast_change_at_once(page: SettingsPage, window: Shell) -> None:
    choose(page.settings["theme"], "light")
    assert theme.tokens() == theme.LIGHT
    choose(page.settings["high_contrast"], True)
    assert theme.tokens() == theme.STARK_LIGHT
    window.top.theme_button.click()
    assert theme.tokens() == theme.STARK_DARK
    assert page.settings["theme"].control.currentData() == "dark"
    assert read_preferences().preferences.theme == "dark"


def section_of(page: SettingsPage, kind: type) -> QWidget:
    page.show_section(kind)
    return next(section for section in page.sections if isinstance(section, kind))


def press_key(page: SettingsPage, window: Shell, action: str, key: Qt.Key, qtbot: QtBot, **modifiers: object) -> str:
    """Choose an action in the table, ask for another key, press it; what is told then."""
    keys = section_of(page, KeysSection)
    names = [binding.action for binding in keys._bindings]
    keys.table.selectRow(names.index(action))
    keys.change_button.click()
    assert keys.catcher.isVisible()
    qtbot.keyClick(keys.catcher, key, **modifiers)
    assert not keys.catcher.isVisible()
    return keys.told.text()


def test_a_key_is_changed_by_pressing_the_new_one(
    page: SettingsPage, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    assert press_key(page, window, "mark", Key.Key_F8, qtbot) == "F8 means “mark this moment” now."
    window.begin_demo()
    launcher.engine.connect()
    launcher.engine.advance(3.0)
    poll(window)
    window.activateWindow()  # the client's window was opened last
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Key.Key_M)
    assert Mark("mark") not in launcher.engine.sent
    qtbot.keyClick(window, Key.Key_F8)
    assert launcher.engine.sent[-1] == Mark("mark")


def test_a_key_that_is_taken_is_told_and_changes_nothing(page: SettingsPage, window: Shell, qtbot: QtBot) -> None:
    said = press_key(page, window, "mark", Key.Key_F5, qtbot)
    assert said == "F5 means “begin, pause, go on” already. Nothing was changed."
    said = press_key(page, window, "mark", Key.Key_2, qtbot, modifier=Qt.KeyboardModifier.AltModifier)
    assert said == "Alt+2 means “go to a page” already. Nothing was changed."
    assert press_key(page, window, "mark", Key.Key_Escape, qtbot) == ""
    assert read_preferences().preferences.keys == {}


def test_a_sign_is_the_same_key_with_or_without_shift(page: SettingsPage, window: Shell, qtbot: QtBot) -> None:
    shifted = {"modifier": Qt.KeyboardModifier.ShiftModifier}
    said = press_key(page, window, "mark", Key.Key_Plus, qtbot, **shifted)
    assert said == "+ means “larger traces” already. Nothing was changed."


def test_the_usual_keys_come_back_one_or_all(page: SettingsPage, window: Shell, qtbot: QtBot) -> None:
    press_key(page, window, "mark", Key.Key_F8, qtbot)
    press_key(page, window, "note", Key.Key_M, qtbot)  # which was the mark's
    keys = section_of(page, KeysSection)
    keys.table.selectRow([binding.action for binding in keys._bindings].index("mark"))
    keys.usual_button.click()
    assert keys.told.text() == "M means “write a note” already. Nothing was changed."
    keys.all_usual_button.click()
    assert read_preferences().preferences.keys == {}
    assert not keys.all_usual_button.isEnabled()
    shortcuts = [s.key().toString() for s in window.findChildren(QShortcut, options=Qt.FindDirectChildrenOnly)]
    assert "M" in shortcuts and "N" in shortcuts


def test_keys_of_a_file_that_clash_are_told_and_not_used(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "preferences.json").write_text('{"keys": {"mark": ["F5"]}}')
    window = Shell()
    qtbot.addWidget(window)
    assert "F5 means pause already" in window.notices.text()
    assert {"M", "F5"} <= {one for binding in window.following.bindings for one in binding.sequences}
    window.shut_down()


def test_the_window_is_hidden_after_a_while_and_comes_back(page: SettingsPage, window: Shell, qtbot: QtBot) -> None:
    choose(page.settings["lock_after_min"], 5)
    lock = window.following.lock
    assert lock.timer.isActive() and lock.timer.interval() == 5 * 60_000
    lock.lock()
    cover = lock.cover
    assert cover is not None and cover.geometry() == window.centre.rect()
    window.resize(1100, 700)
    assert cover.geometry() == window.centre.rect()
    image = window.centre.grab().toImage()
    assert image.pixelColor(4, 4) == image.pixelColor(image.width() - 4, image.height() - 4)
    window.activateWindow()  # or no shortcut would be heard
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(cover.button, Key.Key_2, Qt.KeyboardModifier.AltModifier)  # the rail's, to the headsets
    qtbot.keyClick(cover.button, Key.Key_Tab)
    assert window.pages.currentWidget() is page and window.focusWidget() is cover.button
    qtbot.keyClick(cover.button, Key.Key_Return)
    assert lock.cover is None and lock.timer.isActive()


def test_a_click_puts_the_hiding_off(page: SettingsPage, window: Shell, qtbot: QtBot) -> None:
    choose(page.settings["lock_after_min"], 1)
    lock = window.following.lock
    lock.timer.setTimerType(Qt.TimerType.PreciseTimer)  # a coarse one rounds its hour by seconds
    lock.timer.setInterval(3_600_000)
    lock.timer.start()
    qtbot.wait(300)
    left_ms = lock.timer.remainingTime()
    qtbot.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=window.rect().center())
    assert lock.timer.remainingTime() > left_ms
    lock.timer.setInterval(50)
    qtbot.waitUntil(lambda: lock.cover is not None)


def test_nothing_is_hidden_while_a_session_runs(page: SettingsPage, window: Shell, launcher: FakeLauncher) -> None:
    choose(page.settings["lock_after_min"], 1)
    window.begin_demo()
    window.following.lock.lock()
    assert window.following.lock.cover is None and window.following.lock.timer.isActive()


def test_what_a_session_shows_and_plays_follows_the_settings(
    page: SettingsPage, window: Shell, launcher: FakeLauncher
) -> None:
    window.begin_demo()
    session = window.session
    assert session is not None and not session.still
    for name, value in {"reduced_motion": True, "one_screen": True, "client_output": "usb"}.items():
        choose(page.settings[name], value)
    assert session.still and session._wishes().safety.motion is False
    assert session.screens.one_by_default
    assert session.sound.wanted_id == "usb"
    window.settings.change(client_screen="HDMI-1")
    assert session.client.wanted_screen == "HDMI-1"


def test_the_usual_volume_holds_without_a_plan(page: SettingsPage, window: Shell) -> None:
    choose(page.settings["client_volume"], 25)
    window.begin_demo()
    assert window.session is not None and window.session.sound_choice.volume == 0.25


class Screen:
    """A screen by its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def name(self) -> str:
        return self._name

    def geometry(self) -> QRect:
        return QRect(len(self._name) * 100, 0, 800, 600)


def test_the_clients_window_fills_the_chosen_screen(
    page: SettingsPage, window: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.settings.change(client_screen="HDMI-1")
    window.begin_demo()
    assert window.session is not None
    client = window.session.client
    here = window.screen()
    monkeypatch.setattr(
        "nfb.ui.client_window.QGuiApplication.screens", lambda: [here, Screen("DP-22"), Screen("HDMI-1")]
    )
    moved: list[QRect] = []
    monkeypatch.setattr(client, "setGeometry", moved.append)
    client.open_beside(window)
    assert moved == [Screen("HDMI-1").geometry()]
    monkeypatch.setattr("nfb.ui.client_window.QGuiApplication.screens", lambda: [here, Screen("DP-22")])
    client.open_beside(window)
    assert moved[1:] == [Screen("DP-22").geometry()]


def test_the_program_starts_as_it_was_chosen(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_SCALE_FACTOR", raising=False)
    chosen = Preferences(theme="light", scale_percent=150, high_contrast=True)
    set_scale(chosen)
    assert os.environ["QT_SCALE_FACTOR"] == "1.5"
    set_scale(Preferences(scale_percent=90))
    assert os.environ["QT_SCALE_FACTOR"] == "1.5", "what the environment says goes before"
    dress(qapp, chosen)
    assert theme.tokens() == theme.STARK_LIGHT


# sections -----------------------------------------------------------------------------------------------------------


def test_a_headset_that_was_found_is_connected_to(
    page: SettingsPage, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    launcher.found = (FakeFound("/dev/ttyUSB7: dongle", "cyton", {"serial_port": "/dev/ttyUSB7"}),)
    page.devices.scan()
    qtbot.waitUntil(lambda: page.devices.told.text() == "Found:")
    buttons = {button.text(): button for button in page.devices.findChildren(type(page.devices.scan_button))}
    buttons["Make usual"].click()
    assert stands_at(page.settings["device"]) == "OpenBCI Cyton"
    buttons["Connect"].click()
    connect = window.connect_page
    assert window.pages.currentWidget() is connect and connect is not None
    assert connect.device is not None and connect.device.name == "cyton"
    assert connect.params() == {"serial_port": "/dev/ttyUSB7"}


def test_no_headset_found_offers_ways_on(page: SettingsPage, window: Shell, qtbot: QtBot) -> None:
    page.devices.scan()
    qtbot.waitUntil(lambda: page.devices.told.text().startswith("No headset found."))
    assert page.devices.scan_button.text() == "Scan again"
    page.devices.help_button.click()
    assert page.devices.bluetooth.isVisible()
    page.devices.synthetic_button.click()
    assert window.connect_page is not None and window.connect_page.device is not None
    assert window.connect_page.device.name == "synthetic"


@pytest.mark.qt_log_ignore("does not support raise", extend=True)
def test_each_screen_shows_its_numeral_for_two_seconds(
    page: SettingsPage, window: Shell, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nfb.ui.settings.screens_section.SHOWN_MS", 50)
    screens = section_of(page, ScreensSection)
    screens.identify()
    assert [numeral.text() for numeral in screens.numerals] == ["1"]
    assert screens.numerals[0].isVisible()
    assert QGuiApplication.primaryScreen().geometry().contains(screens.numerals[0].geometry())
    qtbot.waitUntil(lambda: screens.numerals == [])


def test_the_test_tone_says_where_it_sounds_or_why_not(page: SettingsPage) -> None:
    sound = section_of(page, SoundSection)
    sound.test_operator()
    assert sound.told.text() == "Choose a device for alerts first."
    sound.client_test.click()
    heard = sound.told.text().startswith("A soft tone sounds on ")
    assert heard or sound.told.text().startswith("Nothing is heard: ")


def test_recordings_go_to_the_folder_that_was_chosen(page: SettingsPage, tmp_path: Path, qtbot: QtBot) -> None:
    from nfb.engine.launch import Launcher

    choose(page.settings["recordings"], str(tmp_path / "studies"))
    assert Launcher().recordings == tmp_path / "studies"


def test_another_client_book_is_tested_and_used(
    launcher: FakeLauncher, qtbot: QtBot, people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NFB_BOOK")
    monkeypatch.setattr("nfb.practice.opening.platformdirs.user_data_dir", lambda *_, **__: str(tmp_path / "data"))
    window = Shell(open_default_book)
    qtbot.addWidget(window)
    window.ready(launcher)
    page = page_of(window)
    qtbot.waitUntil(lambda: not window.keeper.opening)
    page.data.book.control.setText(str(tmp_path / "new" / "book.sqlite"))
    page.data.test_book()
    qtbot.waitUntil(lambda: page.data.told.text().startswith("There is no client book yet"))
    assert not (tmp_path / "new").exists()
    before = people.read_bytes()
    page.data.book.control.setText(str(people))
    page.data.test_book()
    qtbot.waitUntil(lambda: page.data.told.text().startswith("Found: "))
    assert people.read_bytes() == before
    choose(page.settings["who"], "Mia")
    page.data.use_book()
    qtbot.waitUntil(lambda: page.data.told.text() == f"In use: {people}")
    assert window.keeper.book is not None and window.keeper.book.who == "Mia"
    qtbot.waitUntil(lambda: page.data.contact.text().startswith("Dr. "))
    choose(page.settings["who"], "Noa")
    assert window.keeper.book.who == "Noa"
    window.shut_down()


def test_names_are_hidden_everywhere_and_come_back(
    launcher: FakeLauncher, qtbot: QtBot, people: Path, tmp_path: Path
) -> None:
    window = Shell(open_default_book)
    qtbot.addWidget(window)
    window.ready(launcher)
    qtbot.waitUntil(lambda: window.desk is not None and window.desk.has_clients)
    named = {row.name for row in window.desk.home.rows} - {""}
    assert named
    page = page_of(window)
    choose(page.settings["codes_only"], True)
    qtbot.waitUntil(lambda: {row.name for row in window.desk.home.rows} == {""})
    choose(page.settings["codes_only"], False)
    qtbot.waitUntil(lambda: {row.name for row in window.desk.home.rows} - {""} == named)
    window.shut_down()


def test_a_copy_of_everything_is_made(
    page: SettingsPage, launcher: FakeLauncher, tmp_path: Path, qtbot: QtBot
) -> None:
    launcher.recordings = tmp_path / "recordings"
    launcher.recordings.mkdir()
    page.data.copy_everything(tmp_path / "stick")
    qtbot.waitUntil(lambda: page.data.copied.text().startswith(f"Copied to {tmp_path / 'stick'}"))
    page.data.copy_everything(launcher.recordings)
    qtbot.waitUntil(lambda: "lies within the recordings" in page.data.copied.text())


def test_the_safety_contact_is_changed_from_here(launcher: FakeLauncher, qtbot: QtBot, own_book: Path) -> None:
    from nfb.practice.screening import SafetyContact

    window = Shell(open_default_book)
    qtbot.addWidget(window)
    window.ready(launcher)
    page = page_of(window)
    page.data.contact_button.click()
    qtbot.waitUntil(lambda: page._stack.count() == 2)
    form = page._stack.currentWidget()
    form.fields["responsible"].widget.setText("Dr. M")
    form.fields["crisis_text"].widget.setPlainText("Call the ward on 7.")
    form.save()
    qtbot.waitUntil(lambda: page.data.contact.text() == "Dr. M\nCall the ward on 7.")
    assert page._stack.count() == 1
    assert window.keeper.book is not None
    assert window.keeper.book.of_book(SafetyContact).value.complete
    window.shut_down()


def test_about_has_the_words_of_the_first_page(page: SettingsPage, window: Shell) -> None:
    from nfb.ui.pages.start import intended_use

    assert page.sections[-1].intended_use.text() == intended_use()
    assert "Not a medical device" in intended_use()
