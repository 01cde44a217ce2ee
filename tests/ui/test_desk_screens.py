"""Every screen of the practice, empty and full, in both themes at the two smallest sizes; nothing cut off."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import FakeLauncher
from looks import SIZES, cut_off, keep
from people import open_at
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nfb.practice.scales.phq_gad import PHQ9
from nfb.practice.scales.safety_item import SafetyPage
from nfb.ui import theme
from nfb.ui.desk import client_forms, course_forms
from nfb.ui.desk.plan_form import plan_form
from nfb.ui.desk.rail import Destination
from nfb.ui.desk.scale_page import CrisisPage, ScalePage
from nfb.ui.shell import Shell
from nfb.ui.theme import DARK, LIGHT, Tokens

Look = Callable[[str], None]


@pytest.fixture
def faults() -> Iterator[dict[str, list[str]]]:
    found: dict[str, list[str]] = {}
    yield found
    assert found == {}


@pytest.fixture(params=[DARK, LIGHT], ids=["dark", "light"])
def tokens(request: pytest.FixtureRequest, qapp: QApplication) -> Tokens:
    theme.apply(qapp, request.param)
    return request.param


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def look(
    request: pytest.FixtureRequest,
    desk_window: Shell,
    tokens: Tokens,
    faults: dict[str, list[str]],
    qapp: QApplication,
) -> Look:
    """Looks at the window as it is now."""
    theme.apply(qapp, tokens)
    desk_window.resize(*request.param)
    suffix = f"{request.param[0]}x{request.param[1]}_{'dark' if tokens.dark else 'light'}"

    def look(name: str) -> None:
        for _ in range(4):  # a new text, its layout, the layout around it
            qapp.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        keep(desk_window, f"desk_{name}_{suffix}")
        if found := cut_off(desk_window):
            faults[name] = found
        assert (desk_window.width(), desk_window.height()) == request.param

    return look


def test_a_practice_without_clients(desk_window: Shell, look: Look, qtbot: QtBot) -> None:
    look("first_run")
    desk_window.go(Destination.CLIENTS)
    qtbot.waitUntil(desk_window.desk.home.first_button.isVisible)
    look("home_empty")
    desk_window.desk.home.first_button.click()
    qtbot.waitUntil(lambda: bool(desk_window.desk._forms))
    look("new_client")
    form = desk_window.desk._forms[-1]
    form.fields["code"].widget.setText("Anna")
    form.save()
    qtbot.waitUntil(lambda: form.problem.isVisible())
    look("new_client_refused")
    form.fields["code"].widget.setText("A031")
    form.save()
    qtbot.waitUntil(lambda: desk_window.desk.client is not None and desk_window.desk.client.file is not None)
    for i in range(desk_window.desk.client.tabs.count()):
        desk_window.desk.client.tabs.setCurrentIndex(i)
        look(f"client_empty_{i}")
    for place in (Destination.RECORDINGS, Destination.SESSION):
        desk_window.go(place)
        look(f"{place.value}_empty")


@pytest.mark.parametrize("filled", [True])
def test_a_practice_at_work(desk_window: Shell, look: Look, qtbot: QtBot, filled: bool) -> None:
    look("home")
    desk = desk_window.desk
    desk_window.show_client("A031")
    qtbot.waitUntil(lambda: desk.client is not None and desk.client.file is not None)
    qtbot.waitUntil(lambda: bool(desk.client.overview.learning.text()))
    page = desk.client
    for i in range(page.tabs.count()):
        page.tabs.setCurrentIndex(i)
        look(f"client_{i}")
    file, keeper = page.file, desk.keeper
    protocols = [protocol for _, protocol in desk_window.launcher.protocols()]
    forms = {
        "edit": client_forms.edit_client_form(keeper, file),
        "intake": client_forms.intake_form(keeper, file),
        "plan": plan_form(keeper, file, protocols),
        "erase": client_forms.erase_form(keeper, file, lambda *_: None),
        "sign": course_forms.sign_form(keeper, file.notes[-1]),
        "phq9": ScalePage(keeper, "A031", PHQ9),
    }
    for name, form in forms.items():
        desk.open_form(form)
        look(f"form_{name}")
        desk._close_form(form)
    contact = file.contact.value
    desk.open_form(CrisisPage(SafetyPage("Thank you.", contact.responsible, contact.crisis_text, "112")))
    look("crisis")


@pytest.fixture
def filled() -> bool:
    return False


@pytest.fixture
def desk_window(
    qtbot: QtBot,
    qapp: QApplication,
    launcher: FakeLauncher,
    own_book: Path,
    filled: bool,
    request: pytest.FixtureRequest,
) -> Iterator[Shell]:
    """The main window with a client book of its own."""
    if filled:
        request.getfixturevalue("people")
    shell = Shell(lambda make: open_at(own_book))
    with qtbot.waitExposed(shell):
        shell.show()
    shell.ready(launcher)
    qtbot.waitUntil(lambda: shell.desk is not None and shell.desk.has_clients is filled and not shell.keeper.opening)
    yield shell
    shell.shut_down()
    shell.close()
    shell.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
