"""Every part of the library and the editor in both themes, one at each size: kept as a picture, nothing cut off."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from nfb.files.shelf import find_protocol
from nfb.ui import theme
from nfb.ui.editor.library import LibraryPage
from nfb.ui.theme import DARK, LIGHT, Tokens

SCREENS = Path(__file__).resolve().parents[2] / "_screens"
PARTS = ("about", "sites", "features", "conditions", "reward", "session", "evidence", "text", "compare", "preview")


def in_scroll_area(part: QWidget) -> bool:
    parent = part.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def cut_off(page: QWidget) -> list[str]:
    """Buttons too narrow for their words, texts too low for their lines, parts that reach out of the page."""
    faults = []
    for part in page.findChildren(QAbstractButton) + page.findChildren(QLabel):
        if not part.isVisible():
            continue
        corner = part.mapTo(page, part.rect().bottomRight())
        inside = page.rect().contains(corner) if not in_scroll_area(part) else corner.x() < page.width()
        words = part.text()
        if not inside:
            faults.append(f"{words!r} ends at {corner.toTuple()}")
        if isinstance(part, QLabel) and part.wordWrap() and part.heightForWidth(part.width()) > part.height() + 1:
            faults.append(f"{words!r}: {part.height()} px high of {part.heightForWidth(part.width())}")
        if isinstance(part, QAbstractButton) and part.width() < part.fontMetrics().horizontalAdvance(words) + 8:
            faults.append(f"{words!r}: {part.width()} px wide")
    return faults


@pytest.mark.parametrize(
    ("tokens", "size"),
    [(DARK, (1024, 600)), (LIGHT, (1280, 720))],
    ids=["dark-1024", "light-1280"],
)
def test_every_part(
    library: LibraryPage, qtbot: QtBot, qapp: QApplication, tokens: Tokens, size: tuple[int, int]
) -> None:
    theme.apply(qapp, tokens)
    library.window().resize(*size)
    SCREENS.mkdir(exist_ok=True)
    faults: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for _ in range(3):  # a new text, its layout, the layout around it
            qapp.processEvents()
        theme_name = "dark" if tokens.dark else "light"
        assert library.grab().save(str(SCREENS / f"editor_{name}_{size[0]}_{theme_name}.png"))
        found = cut_off(library)
        if found:
            faults[name] = found

    library.select(find_protocol("faa-alay"))
    qtbot.waitUntil(lambda: bool(library.details.budget.words()))
    look("library")
    library.search.setText("xyz")
    look("library_empty")
    library.search.clear()
    library.show_words()
    look("words")
    library.duplicate()
    qtbot.waitUntil(lambda: bool(library.editor.side.budget.words()))
    for part in PARTS:
        library.editor.show_part(part)
        look(part)
    library.editor.bench.change(("features", "balance", "band_hz"), [8, 140])
    library.editor.show_part("features")
    look("problem")
    assert (library.window().width(), library.window().height()) == size
    assert faults == {}
