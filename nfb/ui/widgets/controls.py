"""What the operator steers a run with: hold or auto, the overall target, the volumes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSlider, QWidget

from nfb.ui.help import with_tip
from nfb.ui.language import tr
from nfb.ui.theme import tokens
from nfb.ui.widgets.small import IconButton, label, row
from nfb.ui.words import capital, percent


class HoldAuto(QWidget):
    """Thresholds hold, or are estimated anew at each run; and the share in range that is aimed at.

    Attributes
    ----------
    auto_wanted
        Signal: whether automatic thresholds are wanted.
    target_step
        Signal: -1 or 1, a step of the overall target.
    """

    auto_wanted = Signal(bool)
    target_step = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.hold = IconButton(tr("Hold"), tip=tr("Thresholds stay where they are"), tip_key="auto")
        self.auto = IconButton(
            tr("Auto"),
            tip=tr("Thresholds are estimated anew at each run, once more if it goes astray"),
            tip_key="auto",
        )
        self._group = QButtonGroup(self)
        for button in (self.hold, self.auto):
            button.setCheckable(True)
            self._group.addButton(button)
        self.hold.setChecked(True)
        self.auto.clicked.connect(lambda: self.auto_wanted.emit(True))
        self.hold.clicked.connect(lambda: self.auto_wanted.emit(False))
        self._target = label("")
        with_tip(self._target, "target")
        lower = IconButton("−", kind="square", tip=tr("Aim 5 % lower"), tip_key="target_down")
        higher = IconButton("+", kind="square", tip=tr("Aim 5 % higher"), tip_key="target_up")
        lower.setAccessibleName(tr("Aim lower"))
        higher.setAccessibleName(tr("Aim higher"))
        lower.clicked.connect(lambda: self.target_step.emit(-1))
        higher.clicked.connect(lambda: self.target_step.emit(1))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._row = row(self.hold, self.auto, None, lower, self._target, higher)
        layout.addWidget(self._row)

    def add(self, part: QWidget) -> None:
        """Put what else steers a run behind hold and auto."""
        layout = self._row.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.insertWidget(2, part)

    def show_auto(self, on: bool) -> None:
        """Which of the two is in force."""
        (self.auto if on else self.hold).setChecked(True)

    def show_target(self, target: float) -> None:
        self._target.setText(capital(tr("target {share}", share=percent(target))))


class Volumes(QWidget):
    """How loud the client hears things. It plays nothing itself.

    Attributes
    ----------
    volume_changed
        Signal ``(which, value)``: ``"bed"`` (music, soundscape) or ``"tokens"`` (chimes), 0..1.
    """

    volume_changed = Signal(str, float)

    def __init__(self) -> None:
        super().__init__()
        self.sliders: dict[str, QSlider] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for which, word in (("bed", tr("♪ sound")), ("tokens", tr("chime"))):
            slider = QSlider(Qt.Orientation.Horizontal)
            slider.setRange(0, 100)
            slider.setValue(100)
            slider.setAccessibleName(tr("Volume of {what}", what=word.removeprefix("♪ ")))
            slider.setMinimumSize(64, 28)
            slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            slider.valueChanged.connect(lambda value, name=which: self.volume_changed.emit(name, value / 100))
            self.sliders[which] = slider
            layout.addWidget(label(capital(word.removeprefix("♪ ")), "secondary"))
            layout.addWidget(slider, 1)
        self._tint()

    def show_volume(self, which: str, value: float) -> None:
        """Say where a volume stands, without asking for it."""
        slider = self.sliders[which]
        slider.blockSignals(True)
        slider.setValue(round(100 * value))
        slider.blockSignals(False)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "sliders"):
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        t = tokens()
        sheet = (
            f"QSlider::groove:horizontal {{ height: 4px; background: {t.hairline}; border-radius: 2px; }}"
            f"QSlider::sub-page:horizontal {{ background: {t.accent}; border-radius: 2px; }}"
            f"QSlider::handle:horizontal {{ width: 16px; height: 16px; margin: -6px 0; border-radius: 8px;"
            f" background: {t.text}; }}"
            f"QSlider::handle:horizontal:focus {{ background: {t.accent}; border: 2px solid {t.text}; }}"
        )
        for slider in self.sliders.values():
            if slider.styleSheet() != sheet:
                slider.setStyleSheet(sheet)
