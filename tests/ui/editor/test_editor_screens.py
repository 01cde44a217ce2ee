"""Every part of the library and the editor in both themes at the two smallest sizes; nothing cut off."""

import pytest
from looks import BothSizes
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nfb.engine.preview import Expected
from nfb.files.shelf import find_protocol
from nfb.ui import theme
from nfb.ui.editor.library import LibraryPage
from nfb.ui.theme import DARK, LIGHT, Tokens

PARTS = ("about", "sites", "features", "conditions", "reward", "session", "evidence", "text", "compare", "preview")
HELD = (("muscle", 21.0), ("blink", 9.5))
EXPECTED = Expected(
    270.0, 0.1, 0.58, 41, 9.1, condition_shares=(0.71, 0.88, 0.9), held_s_by_cause=HELD, baseline_share=0.61
)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_every_part(library: LibraryPage, qtbot: QtBot, qapp: QApplication, tokens: Tokens) -> None:
    theme.apply(qapp, tokens)
    look = BothSizes(library.window(), qapp, "editor")
    library.select(find_protocol("smr-central"))
    qtbot.waitUntil(lambda: bool(library.details.budget.words()))
    look("library")
    library.search.setText("xyz")
    look("library_empty")
    library.search.clear()
    library.headset.setCurrentIndex(2)
    library._measure_fits()
    qtbot.waitUntil(lambda: bool(library.details.budget.words()))
    look("library_headset")
    library.show_words()
    look("words")
    library.duplicate()
    qtbot.waitUntil(lambda: bool(library.editor.side.budget.words()))
    for part in PARTS:
        library.editor.show_part(part)
        look(part)
    library.editor.preview._show(EXPECTED)
    look("preview_result")
    library.editor.bench.change(("features", "smr", "band_hz"), [12, 140])
    library.editor.show_part("features")
    look("problem")
    library.editor.show_part("text")
    look("text_problem")
    assert look.faults == {}
