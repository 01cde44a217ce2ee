"""Screens: which there are, which one the client sees, and a numeral on each to tell them apart."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from nfb.ui.desk.parts import empty_layout
from nfb.ui.editor.fields import FlexLabel
from nfb.ui.language import tr
from nfb.ui.settings.section import Section, Surroundings
from nfb.ui.settings.setting import choice, flag
from nfb.ui.theme import DARK, RADIUS_PX
from nfb.ui.widgets.small import IconButton

SHOWN_MS = 2000
NUMERAL_PX, PLATE_PX = 160, 260


class ScreensSection(Section):
    """Follows screens that are plugged in and out."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(tr("Screens"))
        self.numerals: list[QLabel] = []
        place = QWidget()
        self._list = QVBoxLayout(place)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(4)
        self.add(place)
        tip = tr("Shows a numeral on each for two seconds")
        self.identify_button = IconButton(tr("Identify"), "monitor", tip=tip)
        self.identify_button.clicked.connect(self.identify)
        self.buttons([self.identify_button, None])
        self.add(
            choice(
                around.store,
                "client_screen",
                tr("Client's screen"),
                _choices,
                tr("If it is not plugged in, the client's view takes any screen but the operator's."),
                lost=lambda name: tr("{name}, not plugged in", name=name),
            )
        )
        self.add(
            flag(
                around.store,
                "one_screen",
                tr("One screen for both"),
                tr(
                    "The client's view fills the operator's screen instead of a window of its own. A key goes to and "
                    "fro; the client hears sound all the while."
                ),
            )
        )
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenAdded.connect(self._screens_changed)
        application.screenRemoved.connect(self._screens_changed)

    def _screens_changed(self) -> None:
        if self.isVisible():
            self.open()

    def open(self) -> None:
        super().open()
        empty_layout(self._list)
        screens = QGuiApplication.screens()
        for number, screen in enumerate(screens, start=1):
            here = tr(" · this window") if screen is self.screen() else ""
            self._list.addWidget(FlexLabel(f"{number}   {_words(screen)}{here}"))
        if len(screens) == 1:
            self._list.addWidget(FlexLabel(tr("One screen found: use one screen for both."), "secondary"))

    def identify(self) -> None:
        """A big numeral in the middle of each screen, for two seconds."""
        self._drop_numerals()
        for number, screen in enumerate(QGuiApplication.screens(), start=1):
            self.numerals.append(_numeral(number, screen))
        QTimer.singleShot(SHOWN_MS, self, self._drop_numerals)

    def _drop_numerals(self) -> None:
        for numeral in self.numerals:
            numeral.close()
            numeral.deleteLater()
        self.numerals = []


def _choices() -> Mapping[str, str]:
    named = {
        screen.name(): f"{number}   {_words(screen)}"
        for number, screen in enumerate(QGuiApplication.screens(), start=1)
        if screen.name()
    }
    return {"": tr("Any but the operator's"), **named}


def _words(screen: QScreen) -> str:
    size = screen.size() * screen.devicePixelRatio()
    maker = f"{screen.manufacturer()} {screen.model()}".strip()
    return " · ".join(part for part in (maker, screen.name(), f"{size.width()} × {size.height()}") if part)


def _numeral(number: int, screen: QScreen) -> QLabel:
    flags = Qt.WindowType.ToolTip | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.FramelessWindowHint
    made = QLabel(str(number))
    made.setWindowFlags(flags)
    made.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    made.setAccessibleName(tr("Screen {number}", number=number))
    made.setStyleSheet(
        f"background: {DARK.plot}; color: {DARK.text}; font-size: {NUMERAL_PX}px; border-radius: {RADIUS_PX}px;"
    )
    made.resize(PLATE_PX, PLATE_PX)
    made.move(screen.geometry().center() - made.rect().center())
    made.show()
    return made
