"""Appearance: theme, size, motion, contrast, typeface, language."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QGuiApplication

from nfb.files.preferences import SYSTEM
from nfb.ui import theme
from nfb.ui.language import FOLDER, LANGUAGES, tr
from nfb.ui.settings.applying import factor_in_force
from nfb.ui.settings.section import Section, Surroundings
from nfb.ui.settings.setting import choice, flag

SCALES_PERCENT = (90, 100, 110, 125, 150, 175, 200)


class AppearanceSection(Section):
    """What can take effect at once does; the rest says that it waits for the next start."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(tr("Appearance"))
        store = around.store
        self.add(choice(store, "theme", tr("Theme"), _themes))
        self.add(
            choice(
                store,
                "scale_percent",
                tr("Size of everything"),
                lambda: {percent: tr("{n} %", n=percent) for percent in SCALES_PERCENT},
                tr("Takes effect when the program is started again."),
                lost=lambda percent: tr("{n} %", n=percent),
                check=self._too_large,
            )
        )
        self.add(
            flag(
                store,
                "reduced_motion",
                tr("Reduced motion"),
                tr("Nothing moves by itself in the client's view; feedback is brightness and size alone."),
            )
        )
        self.add(flag(store, "high_contrast", tr("High contrast"), tr("Black and white surfaces, stronger edges.")))
        readable = flag(store, "readable_font", tr("Typeface for low vision"), tr("Atkinson Hyperlegible."))
        if not theme.readable_font_available():
            readable.setEnabled(False)
            readable.help.setText(
                tr("Atkinson Hyperlegible is not installed on this computer. It is free: install it and come back.")
            )
        self.add(readable)
        self.add(
            choice(
                store,
                "language",
                tr("Language"),
                _languages,
                tr("Takes effect when the program is started again."),
                check=_not_there,
            )
        )

    def _too_large(self, percent: object) -> str:
        """Why the window would not fit on any screen; empty if it does."""
        assert isinstance(percent, int)
        needed = self.window().minimumSize() * (percent / 100)
        for screen in QGuiApplication.screens():
            room = screen.geometry().size() * factor_in_force()  # in pixels of scale 1
            if room.width() >= needed.width() and room.height() >= needed.height():
                return ""
        return tr(
            "At {n} % the window needs {width} × {height} pixels, more than any screen here has.",
            n=percent,
            width=needed.width(),
            height=needed.height(),
        )


def _themes() -> Mapping[str, str]:
    return {SYSTEM: tr("As the system"), "dark": tr("Dark"), "light": tr("Light")}


def _languages() -> Mapping[str, str]:
    named = {
        one.code: one.name if _available(one.code) else tr("{name}: not available yet", name=one.name)
        for one in LANGUAGES
    }
    return {SYSTEM: tr("As the system, where available"), **named}


def _available(code: str) -> bool:
    return code == "en" or (FOLDER / f"nfb_{code}.qm").exists()


def _not_there(code: object) -> str:
    if code == SYSTEM or _available(str(code)):
        return ""
    return tr("This language is not available yet. The one before is kept.")
