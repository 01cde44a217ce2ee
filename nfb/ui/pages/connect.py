"""Choose a headset and a protocol, connect; what goes wrong is said here with its way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from nfb.engine.visit import VisitOptions
from nfb.model.protocol import Protocol
from nfb.ui.language import tr
from nfb.ui.launching import DeviceRow, Found
from nfb.ui.widgets.other_programs import OtherPrograms
from nfb.ui.widgets.small import Drop, IconButton, form_label, label, panel, row
from nfb.ui.words import capital


class ConnectPage(QWidget):
    """Signals: `connect_to` ``(device, params, protocol path, client)``, `scan`, `cancel`, `back`."""

    connect_to = Signal(str, dict, Path, str)
    scan = Signal()
    cancel = Signal()
    back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self._devices: list[DeviceRow] = []
        self._fields: dict[str, QLineEdit | QComboBox] = {}

        self.search = QLineEdit(placeholderText=tr("Search headsets"), clearButtonEnabled=True)
        self.search.textChanged.connect(self._filter)
        self.list = QListWidget()
        self.list.currentItemChanged.connect(lambda now, _: self._show_device(now))
        self.scan_button = IconButton(tr("Scan"), "replay", tip=tr("Look for headsets and serial ports"))
        self.scan_button.clicked.connect(self.scan)
        self.found = label("", "secondary", wrap=True)
        self.found_list = QListWidget()
        self.found_list.setMaximumHeight(112)
        self.found_list.setStyleSheet("QListWidget::item { padding: 4px 12px; min-height: 24px; }")
        self.found_list.hide()
        self.found_list.itemClicked.connect(lambda item: self._use_found(item.data(Qt.ItemDataRole.UserRole)))

        self.facts = label("", "secondary", wrap=True)
        self._form_box = QWidget()
        self._form = QFormLayout(self._form_box)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(8)
        self.protocol = Drop()
        self.protocol.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.protocol.setMinimumContentsLength(24)
        self.client = QLineEdit(placeholderText=capital(tr("code, never a name (e.g. A031)")))
        self.programs = OtherPrograms()
        self.problem = label("", wrap=True)
        self.connect_button = IconButton(tr("Connect"), "headset", "primary")
        self.connect_button.clicked.connect(self._connect)
        self.cancel_button = IconButton(tr("Cancel"))
        self.cancel_button.clicked.connect(self.cancel)
        self.busy = QProgressBar(textVisible=False, maximum=0)
        self.busy.setFixedHeight(4)

        back = IconButton(tr("Back"), "back")
        back.clicked.connect(self.back)
        self._clear_search = IconButton(tr("Show all"))
        self._clear_search.clicked.connect(self.search.clear)
        self._no_match = row(label(tr("No headset of this name."), "secondary"), self._clear_search, None)
        self._no_match.hide()
        left = panel(row(self.search, self.scan_button), self._no_match, self.list, self.found, self.found_list)
        session = QWidget()
        session_form = QFormLayout(session)
        session_form.setContentsMargins(0, 0, 0, 0)
        session_form.setVerticalSpacing(8)
        session_form.addRow(form_label(tr("Protocol")), self.protocol)
        session_form.addRow(form_label(tr("Client")), self.client)
        session_form.addRow(form_label(tr("Send to\n(optional)")), self.programs)
        right = panel(self.facts, self._form_box, session, title=tr("Connection"))
        stretch = right.layout()
        assert isinstance(stretch, QVBoxLayout)
        stretch.addStretch(1)
        for part in (self.problem, self.busy, row(None, self.cancel_button, self.connect_button)):
            stretch.addWidget(part)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(left, 5)
        columns.addWidget(right, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(row(back, label(tr("Connect a headset"), "section"), None))
        layout.addLayout(columns, 1)
        self.show_connecting("")

    # what is shown ------------------------------------------------------------------------------------------------

    def show_catalogue(self, devices: Sequence[DeviceRow], protocols: Sequence[tuple[Path, Protocol]]) -> None:
        self._devices = list(devices)
        self.list.clear()
        for device in devices:
            self.list.addItem(QListWidgetItem(f"{device.label}\n{capital(tr(device.link))}"))
        self.protocol.clear()
        for path, protocol in protocols:
            self.protocol.addItem(tr(protocol.name), path)
        if devices:
            self.list.setCurrentRow(0)
        self.search.setFocus()

    def show_connecting(self, device: str) -> None:
        """A connection is being made (empty: none is)."""
        going_on = bool(device)
        self.busy.setVisible(going_on)
        self.cancel_button.setVisible(going_on)
        self.connect_button.setEnabled(not going_on)
        if going_on:
            self.problem.setText(tr("Connecting to {device} …", device=device))

    def show_problem(self, what: str, way_out: str) -> None:
        """Why it did not work and what to do about it."""
        self.show_connecting("")
        self.problem.setText(f"{what}\n{way_out}".strip())

    def show_found(self, found: Sequence[Found] | None) -> None:
        """Results of a scan; None while it runs."""
        self.scan_button.setEnabled(found is not None)
        self.found_list.clear()
        self.found_list.setVisible(bool(found))
        if found is None:
            self.found.setText(tr("Scanning …"))
        elif not found:
            self.found.setText(tr("No headset found. Switch it on, bring it near, and scan again."))
        else:
            self.found.setText(tr("Found (choose one to fill in the form):"))
            for one in found:
                item = QListWidgetItem(one.label)
                item.setData(Qt.ItemDataRole.UserRole, one)
                self.found_list.addItem(item)

    # what is chosen -----------------------------------------------------------------------------------------------

    @property
    def device(self) -> DeviceRow | None:
        at = self.list.currentRow()
        return self._devices[at] if 0 <= at < len(self._devices) else None

    def _filter(self, text: str) -> None:
        for i, device in enumerate(self._devices):
            self.list.item(i).setHidden(text.casefold() not in f"{device.label} {device.name}".casefold())
        shown = [not self.list.item(i).isHidden() for i in range(self.list.count())]
        self._no_match.setVisible(bool(shown) and not any(shown))

    def _show_device(self, item: QListWidgetItem | None) -> None:
        device = self.device
        while self._form.rowCount():
            self._form.removeRow(0)
        self._fields = {}
        if device is None:
            return
        n_channels = len(device.channel_names)
        sites = ", ".join(device.channel_names[:8]) + (" …" if n_channels > 8 else "")
        facts = tr(
            "{device} · {n} channels · {hz} Hz · {sites}",
            device=device.label,
            n=n_channels,
            hz=f"{device.sampling_rate_hz:g}",
            sites=sites,
        )
        if not n_channels:
            facts = tr("{device} · channels and rate as the stream has them", device=device.label)
        self.facts.setText(f"{facts}\n{tr(device.advice)}".strip())
        for param in device.params:
            if param.choices:
                choices = Drop()
                choices.addItems(list(param.choices))
                field: QLineEdit | QComboBox = choices
            else:
                field = QLineEdit(placeholderText=tr(param.hint))
            name = tr(param.label) if param.required else tr("{field}\n(optional)", field=tr(param.label))
            self._form.addRow(form_label(name), field)
            self._fields[param.key] = field
        self.problem.setText("")

    def _use_found(self, found: Found) -> None:
        self.choose(found.device, found.params)

    def choose(self, device: str, params: Mapping[str, str]) -> None:
        """Choose a headset of the list and fill in its connection; one that is not in the list changes nothing."""
        names = [each.name for each in self._devices]
        if device not in names:
            return
        self.search.clear()
        self.list.setCurrentRow(names.index(device))
        for key, value in params.items():
            field = self._fields.get(key)
            if isinstance(field, QLineEdit):
                field.setText(value)
            elif field is not None:
                field.setCurrentText(value)

    def params(self) -> dict[str, str]:
        """What the form holds; empty fields are left out."""
        values = {
            key: field.currentText() if isinstance(field, QComboBox) else field.text().strip()
            for key, field in self._fields.items()
        }
        return {key: value for key, value in values.items() if value}

    def outlets(self) -> VisitOptions:
        """Which other programs are told of the session; none unless chosen."""
        return VisitOptions(lsl_out=self.programs.scope, osc=self.programs.address)

    def _connect(self) -> None:
        device = self.device
        if device is None:
            self.show_problem(tr("No headset is chosen."), tr("Choose one in the list."))
            return
        lacking = [tr(param.label) for param in device.params if param.required and param.key not in self.params()]
        if lacking:
            needed = tr("{device} needs: {fields}.", device=device.label, fields=", ".join(lacking))
            self.show_problem(needed, tr("Fill it in, or scan."))
            return
        if self.protocol.currentIndex() < 0:
            self.show_problem(tr("No protocol is chosen."), tr("Put a protocol file into the protocols folder."))
            return
        self.connect_to.emit(device.name, self.params(), self.protocol.currentData(), self.client.text().strip())
