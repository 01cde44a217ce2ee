"""Headsets: what a scan finds, the one that sessions begin with, and what to do where none is found."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from nfb.files.preferences import PreferenceError
from nfb.model.errors import NfbError
from nfb.ui.desk.parts import empty_layout
from nfb.ui.editor.fields import FlexLabel
from nfb.ui.language import tr
from nfb.ui.launching import DeviceRow, Found
from nfb.ui.settings.section import Section, Surroundings, Told
from nfb.ui.settings.setting import Setting, choice
from nfb.ui.theme import BODY_PX
from nfb.ui.told import told
from nfb.ui.widgets.small import Drop, IconButton, label

SYNTHETIC = "synthetic"


class DevicesSection(Section):
    """Signal `connect_to` ``(device, parameters)``: somebody wants to connect to this headset."""

    connect_to = Signal(str, dict)

    def __init__(self, around: Surroundings) -> None:
        super().__init__(tr("Devices"))
        self._around = around
        self._rows: list[DeviceRow] = []
        self.scan_button = IconButton(tr("Scan"), "replay", "primary", tip=tr("Look for headsets and serial ports"))
        self.scan_button.clicked.connect(self.scan)
        self.told = Told(tr("Headsets on a cable or a dongle are found here."), "secondary")
        self.synthetic_button = IconButton(tr("Use synthetic"), "wave")
        self.synthetic_button.clicked.connect(lambda: self.connect_to.emit(SYNTHETIC, {}))
        self.help_button = IconButton(tr("Bluetooth help"), "headset")
        self.help_button.setCheckable(True)
        self.buttons([self.scan_button, self.synthetic_button, self.help_button, None])
        self.add(self.told)
        found = QWidget()
        self._found = QVBoxLayout(found)
        self._found.setContentsMargins(0, 0, 0, 0)
        self._found.setSpacing(8)
        self.add(found)
        self.bluetooth = BluetoothHelp()
        self.bluetooth.hide()
        self.help_button.toggled.connect(self.bluetooth.setVisible)
        self.add(self.bluetooth)
        self.heading(tr("Usual headset"))
        self.headset = choice(
            around.store,
            "device",
            tr("Headset"),
            self._choices,
            tr("The connect page begins with it."),
            lost=lambda name: tr("{name}, not in the catalogue", name=name),
        )
        self.add(self.headset)
        self.advice = self.say()
        place = QWidget()
        self._params = QVBoxLayout(place)
        self._params.setContentsMargins(0, 0, 0, 0)
        self.params: dict[str, Setting] = {}
        self.add(place)
        around.store.changed.connect(lambda before, now: self._show_params() if before.device != now.device else None)

    def open(self) -> None:
        if not self._rows:
            try:
                self._rows = list(self._around.launcher.devices())
            except NfbError as error:
                self.told.say(told(str(error)))
        super().open()
        self._show_params()

    def _choices(self) -> Mapping[str, str]:
        return {"": tr("None: choose each time"), **{one.name: one.label for one in self._rows}}

    # the usual headset's connection -------------------------------------------------------------------------------

    def _show_params(self) -> None:
        preferences = self._around.store.preferences
        chosen = next((one for one in self._rows if one.name == preferences.device), None)
        self.advice.say("" if chosen is None else chosen.advice)
        empty_layout(self._params)
        self.params = {}
        for param in () if chosen is None else chosen.params:
            kept = preferences.device_params.get(param.key, "")
            self.params[param.key] = made = _param_setting(self._around, param.key, param.label, param.choices, kept)
            made.help.setText(param.hint)
            made.help.setVisible(bool(param.hint))
            self._params.addWidget(made)

    # scanning -----------------------------------------------------------------------------------------------------

    def scan(self) -> None:
        """Look for headsets, off the window's thread."""
        self.scan_button.setEnabled(False)
        self.told.say(tr("Scanning …"))
        empty_layout(self._found)
        self._around.keeper.run(self, self._around.launcher.scan, self._scanned)

    def _scanned(self, found: Sequence[Found] | None, error: Exception | None) -> None:
        self.scan_button.setEnabled(True)
        self.scan_button.setText(tr("Scan again"))
        if error is not None:
            self.told.say(told(str(error)))
        elif not found:
            self.told.say(
                tr(
                    "No headset found. Switch it on, plug its dongle in, and scan again. Bluetooth headsets answer "
                    "only when you connect to them: choose yours below, or see the Bluetooth help."
                )
            )
        else:
            self.told.say(tr("Found:"))
            labels = {one.name: one.label for one in self._rows}
            for one in found:
                self._found.addWidget(self._found_row(one, labels.get(one.device, one.device)))

    def _found_row(self, found: Found, board: str) -> QWidget:
        frame = QFrame()
        frame.setObjectName("sheet")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(FlexLabel(board))
        words.addWidget(FlexLabel(found.label, "secondary"))
        button = IconButton(tr("Connect"), "headset")
        button.setAccessibleName(tr("Connect to {board}", board=board))
        button.clicked.connect(lambda: self.connect_to.emit(found.device, dict(found.params)))
        usual = IconButton(tr("Make usual"), "check")
        usual.clicked.connect(lambda: self._make_usual(found))
        line = QHBoxLayout(frame)
        line.setContentsMargins(BODY_PX, 8, 8, 8)
        line.addLayout(words, 1)
        line.addWidget(usual)
        line.addWidget(button)
        return frame

    def _make_usual(self, found: Found) -> None:
        try:
            self._around.store.change(device=found.device, device_params=dict(found.params))
        except PreferenceError as error:
            self.told.say(told(str(error)))
        self._show_params()


def _param_setting(around: Surroundings, key: str, words: str, choices: Sequence[str], kept: str) -> Setting:
    """A connection parameter; all of them are one preference."""
    control: QLineEdit | Drop
    if choices:
        control = Drop()
        control.addItems(["", *choices])
        control.setCurrentText(kept)
    else:
        control = QLineEdit(kept)
    control.setFixedWidth(240)
    text = control.currentText if isinstance(control, Drop) else control.text

    def read() -> dict[str, str]:
        others = {name: value for name, value in around.store.preferences.device_params.items() if name != key}
        return {**others, key: text().strip()} if text().strip() else others

    made = Setting(around.store, "device_params", words, control, read, lambda _: None)
    if isinstance(control, Drop):
        control.activated.connect(lambda _: made.keep())
    else:
        control.editingFinished.connect(made.keep)
    return made


class BluetoothHelp(QFrame):
    """What to check, for this system first."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sheet")
        here = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(4)
        layout.addWidget(label(tr("When a Bluetooth headset is not found"), "section"))
        layout.addWidget(
            FlexLabel(
                tr(
                    "On every system: charge the headset and switch it on. Disconnect it from phones and from other "
                    "programs, since it talks to one at a time. Keep it within two metres, with no body or metal "
                    "case between. A USB adapter on a short extension lead does better than one built in."
                )
            )
        )
        for system in sorted(("linux", "macos", "windows"), key=lambda name: name != here):
            layout.addWidget(label({"linux": "Linux", "macos": "macOS", "windows": "Windows"}[system], "secondary"))
            layout.addWidget(FlexLabel(_checks(system)))


def _checks(system: str) -> str:
    return {
        "linux": tr(
            "Bluetooth must be on and not blocked (rfkill list), and the service running (systemctl status "
            "bluetooth). BrainFlow needs libdbus-1-3; paired headsets need libbluetooth3. Do not pair a Muse or a "
            "Ganglion in the system's settings: this program connects to it by itself. Serial dongles need you in "
            "the group dialout."
        ),
        "macos": tr(
            "Allow this program, or the terminal it was started from, under System Settings, Privacy & Security, "
            "Bluetooth; then start it again. Do not pair a Muse or a Ganglion in the system's settings."
        ),
        "windows": tr(
            "Under Settings, Bluetooth & devices, switch Bluetooth on and remove the headset there if it is listed: "
            "a paired Muse or Ganglion does not answer. Windows 10 (1903) or newer is needed. In the Device Manager, "
            "let the adapter not be switched off to save power."
        ),
    }[system]
