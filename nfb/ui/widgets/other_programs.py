"""Which other programs are told of a session while it runs; none unless chosen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from nfb.devices.lsl_library import Scope
from nfb.model.errors import SetupError
from nfb.ui.help import plain_tip
from nfb.ui.language import tr
from nfb.ui.widgets.small import Drop


class OtherPrograms(QWidget):
    """How far Lab Streaming Layer outlets are announced, and an address for OSC; `changed` when either is another."""

    changed = Signal()

    def __init__(self, lsl_out: Scope | None = None, osc: str = "") -> None:
        super().__init__()
        self.lsl_out = Drop()
        self.lsl_out.setAccessibleName(tr("Lab Streaming Layer"))
        self.lsl_out.setToolTip(plain_tip(tr("EEG, feedback and markers for other programs")))
        self.lsl_out.setMinimumContentsLength(10)
        for words, scope in (
            (tr("LSL: off"), None),
            (tr("LSL: this computer"), Scope.MACHINE),
            (tr("LSL: network"), Scope.NETWORK),
        ):
            self.lsl_out.addItem(words, scope)
        self.lsl_out.setCurrentIndex(max(0, self.lsl_out.findData(lsl_out)) if lsl_out is not None else 0)
        self.osc = QLineEdit(osc, placeholderText=tr("OSC host:port"), maxLength=255)
        self.osc.setAccessibleName(tr("OSC address"))
        self.osc.setToolTip(plain_tip(tr("Where feedback and rewards are sent as OSC messages, e.g. localhost:9000")))
        self.lsl_out.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.osc.textEdited.connect(lambda _: self.changed.emit())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.lsl_out, 1)
        layout.addWidget(self.osc, 1)

    @property
    def scope(self) -> Scope | None:
        chosen: Scope | None = self.lsl_out.currentData()
        return chosen

    @property
    def address(self) -> str:
        return self.osc.text().strip()

    @property
    def on(self) -> bool:
        """Whether anybody is told."""
        return self.scope is not None or bool(self.address)

    def problem(self) -> str:
        """Why nothing can be sent to the address; empty if it can, or if there is none."""
        if not self.address:
            return ""
        from nfb.engine.osc import parse_target  # brings the network along, which most sessions do without

        try:
            parse_target(self.address)
        except SetupError as error:
            return str(error)
        return ""
