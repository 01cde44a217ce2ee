"""Pages of the rail that are made elsewhere, and a plain page where one is not part of the installation."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nfb.ui.desk.rail import Destination, words_of
from nfb.ui.language import tr
from nfb.ui.widgets.small import label

_MADE_BY = {
    Destination.PROTOCOLS: ("nfb.ui.editor.library", "LibraryPage"),
    Destination.SETTINGS: ("nfb.ui.settings.page", "SettingsPage"),
}


def make_place(place: Destination, back: Callable[[], None], *needs: object) -> QWidget:
    """The page of `place`, given what it `needs`; its signal `back`, if it has one, is wired."""
    module, name = _MADE_BY[place]
    try:
        made: QWidget = getattr(importlib.import_module(module), name)(*needs)
    except ImportError:
        return _plain(place)
    signal = getattr(made, "back", None)
    if signal is not None:
        signal.connect(back)
    return made


def _plain(place: Destination) -> QWidget:
    page = QWidget()
    page.setObjectName("page")
    layout = QVBoxLayout(page)
    layout.setContentsMargins(24, 24, 24, 24)
    layout.addWidget(label(words_of(place), "title"))
    layout.addWidget(label(tr("This page is not part of this installation."), "secondary"))
    layout.addStretch(1)
    layout.setAlignment(Qt.AlignmentFlag.AlignTop)
    return page
