"""Every screen at its smallest in a language a third longer than English: nothing is cut off."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import test_desk_screens
import test_visit_screens
import tour
from fakes import FakeLauncher
from longer import GROWTH, Longer, longer
from looks import cut_off, keep
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLayout,
    QMainWindow,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from test_desk_screens import desk_window  # noqa: F401
from test_visit_screens import facts  # noqa: F401

from nfb.files.own_protocols import OwnProtocols
from nfb.files.shelf import find_protocol
from nfb.report.facts import SessionFacts
from nfb.ui import theme
from nfb.ui.editor.library import LibraryPage
from nfb.ui.language import tr
from nfb.ui.shell import Shell
from nfb.ui.theme import DARK

SIZE = (1024, 600)
EDITOR = ("about", "sites", "features", "conditions", "reward", "session", "evidence", "text", "compare", "preview")
Faults = dict[str, list[str]]


def squeezed(window: QWidget) -> list[str]:
    """Beyond what is cut off in any language: buttons without room for their padding, parts outside their parents."""
    found = cut_off(window)
    for part in window.findChildren(QAbstractButton) + window.findChildren(QLabel):
        parent = part.parentWidget()
        if not part.isVisible() or parent is None or not part.text():
            continue
        if isinstance(part, QPushButton) and part.width() < part.sizeHint().width() - 4:
            found.append(f"button {part.text()!r}: {part.width()} px of {part.sizeHint().width()}")
        elif not parent.rect().contains(part.geometry().topLeft()) or part.geometry().bottom() > parent.height() + 2:
            found.append(f"{part.text()!r} reaches out of its parent")
    return found


@pytest.fixture(autouse=True)
def longer_words(qapp: QApplication) -> Iterator[None]:
    """All windows made meanwhile speak the longer language."""
    translator = Longer()
    qapp.installTranslator(translator)
    theme.apply(qapp, DARK)
    yield
    qapp.removeTranslator(translator)


@pytest.fixture
def faults() -> Iterator[Faults]:
    found: Faults = {}
    yield found
    assert found == {}, "\n".join(f"{name}: {fault}" for name, each in found.items() for fault in each)


@pytest.fixture
def look(qapp: QApplication, faults: Faults) -> Callable[[QWidget, str], None]:
    def look(window: QWidget, name: str) -> None:
        window.resize(*SIZE)
        for _ in range(4):  # a new text, its layout, the layout around it
            qapp.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        keep(window, f"longer_{name}")
        found = squeezed(window)
        if (window.width(), window.height()) != SIZE:
            found.append(f"grew to {window.width()}x{window.height()}")
        if found:
            faults[name] = found

    return look


Look = Callable[[QWidget, str], None]


def test_the_language_is_a_third_longer_and_keeps_fields() -> None:
    said = tr("Run {run} of {n_runs}", run=2, n_runs=5)
    assert said != "Run 2 of 5" and re.sub(r"[^0-9]", "", said) == "25"
    for text in ("Begin", "REC", "Thresholds stay where they are (A)"):
        assert len(longer(text)) >= (1 + GROWTH) * len(text)


def test_a_session(window: Shell, launcher: FakeLauncher, look: Look, qtbot: QtBot) -> None:
    def look_at_window(name: str) -> None:
        look(window, name)

    tour.entrances(window, launcher, look_at_window, qtbot)
    tour.demo(window, launcher, look_at_window)


@pytest.mark.parametrize("filled", [False])
def test_a_practice_without_clients(
    desk_window: Shell,  # noqa: F811
    look: Look,
    qtbot: QtBot,
    qapp: QApplication,
    filled: bool,
) -> None:
    test_desk_screens.test_a_practice_without_clients(desk_window, lambda name: look(desk_window, name), qtbot, qapp)


@pytest.mark.parametrize("filled", [True])
def test_a_practice_at_work(desk_window: Shell, look: Look, qtbot: QtBot, filled: bool) -> None:  # noqa: F811
    test_desk_screens.test_a_practice_at_work(desk_window, lambda name: look(desk_window, name), qtbot, filled)


@pytest.fixture
def look_at_page(look: Look, qtbot: QtBot) -> Iterator[Look]:
    """Shows a page where the main window shows it."""
    windows = []

    def show(page: QWidget, name: str) -> None:
        window = QWidget()
        window.setObjectName("page")
        qtbot.addWidget(window)
        windows.append(window)
        layout = QVBoxLayout(window)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # as in the main window
        layout.setContentsMargins(0, test_visit_screens.TOP_PX, 0, 0)
        layout.addWidget(page)
        window.show()
        look(window, name)

    yield show


def test_a_check_in(look_at_page: Look, own_book: Path) -> None:
    test_visit_screens.test_the_check_in_with_everything_at_once(look_at_page, own_book)


def test_the_clients_questions(look_at_page: Look, own_book: Path) -> None:
    test_visit_screens.test_the_questions_on_the_clients_screen(look_at_page, own_book)


def test_a_wrap_up(look_at_page: Look, facts: SessionFacts) -> None:  # noqa: F811
    test_visit_screens.test_the_wrap_up(look_at_page, facts)


def test_the_library_and_the_editor(look: Look, tmp_path: Path, qtbot: QtBot) -> None:
    window = QMainWindow()
    window.setMinimumSize(*SIZE)
    qtbot.addWidget(window)
    library = LibraryPage(OwnProtocols(tmp_path / "protocols"), tmp_path / "recordings")
    window.setCentralWidget(library)
    library.open()
    window.show()
    library.select(find_protocol("faa-alay"))
    qtbot.waitUntil(lambda: bool(library.details.budget.words()))
    look(window, "library")
    library.show_words()
    look(window, "words")
    library.duplicate()
    qtbot.waitUntil(lambda: bool(library.editor.side.budget.words()))
    for part in EDITOR:
        library.editor.show_part(part)
        look(window, f"editor_{part}")
