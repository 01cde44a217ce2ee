"""Every screen of the practice, empty and full, in both themes at the two smallest sizes; nothing cut off."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from fakes import FakeLauncher
from looks import BothSizes, settle
from people import long_course, open_at
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from nfb.files.listing import Listed
from nfb.practice.scales.phq_gad import PHQ9
from nfb.practice.scales.safety_item import SafetyPage
from nfb.practice.screening import Answer
from nfb.practice.treatments import Step
from nfb.ui import theme
from nfb.ui.desk import client_forms, course_forms
from nfb.ui.desk.client_page import ClientPage
from nfb.ui.desk.plan_form import plan_form
from nfb.ui.desk.rail import Destination
from nfb.ui.desk.scale_page import CrisisPage, ScalePage
from nfb.ui.shell import Shell
from nfb.ui.theme import DARK, LIGHT
from nfb.ui.widgets.notice import Choice, Level

Look = Callable[[str], None]


@pytest.fixture(params=[DARK, LIGHT], ids=["dark", "light"])
def look(request: pytest.FixtureRequest, desk_window: Shell, qapp: QApplication) -> Iterator[Look]:
    """Looks at the window as it is now."""
    theme.apply(qapp, request.param)
    look = BothSizes(desk_window, qapp, "desk")
    yield look
    assert look.faults == {}


def test_a_practice_without_clients(desk_window: Shell, look: Look, qtbot: QtBot, qapp: QApplication) -> None:
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
        qtbot.waitUntil(partial(has_read, desk_window.desk.client))
        look(f"client_empty_{i}")
    intake = client_forms.intake_form(desk_window.keeper, desk_window.desk.client.file)
    desk_window.desk.open_form(intake)
    look("form_intake_empty")
    intake.fields["seizures"].choose(Answer.YES)
    intake.fields["stimulator"].choose(Answer.UNSURE)
    settle(qapp)
    intake.fields["reason"].widget.setFocus()
    bar = intake.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    look("form_intake_asks")
    desk_window.desk._close_form(intake)
    for place in (Destination.RECORDINGS, Destination.SESSION):
        desk_window.go(place)
        look(f"{place.value}_empty")
    desk_window.toggle_keys()
    look("keys")
    desk_window.toggle_keys()


def has_read(page: ClientPage) -> bool:
    """Whether the tab in front shows what it reads from the book in a thread."""
    return page.tabs.currentWidget() is not page.audit or bool(page.audit.shown)


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
        qtbot.waitUntil(partial(has_read, page))
        look(f"client_{i}")
    file, keeper = page.file, desk.keeper
    protocols = [protocol for _, protocol in desk_window.launcher.protocols()]
    forms = {
        "edit": client_forms.edit_client_form(keeper, file),
        "intake": client_forms.intake_form(keeper, file),
        "appointment": client_forms.appointment_form(keeper, file, file.appointments[0]),
        "consent": client_forms.consent_form(keeper, file, None),
        "contact": client_forms.safety_contact_form(keeper, file.contact),
        "erase": client_forms.erase_form(keeper, file, lambda *_: None),
        "plan": plan_form(keeper, file, protocols),
        "goal": course_forms.goal_form(keeper, file, None),
        "symptom": course_forms.symptom_form(keeper, file, file.symptoms[0]),
        "treatment": course_forms.treatment_form(keeper, file, Step.CHANGE, file.treatments[0].value, None),
        "effect": course_forms.effect_form(keeper, file),
        "note": course_forms.note_form(keeper, file, None),
        "sign": course_forms.sign_form(keeper, file.notes[-1]),
        "amendment": course_forms.amendment_form(keeper, file, file.notes[0]),
        "total": course_forms.total_form(keeper, file, None),
        "retract": course_forms.retract_form(keeper, file.results[0]),
        "phq9": ScalePage(keeper, "A031", PHQ9),
    }
    for name, form in forms.items():
        desk.open_form(form)
        look(f"form_{name}")
        desk._close_form(form)
    contact = file.contact.value
    desk.open_form(CrisisPage(SafetyPage("Thank you.", contact.responsible, contact.crisis_text, "112")))
    look("crisis")


@pytest.mark.parametrize("filled", [True])
def test_a_long_course_and_many_clients(
    desk_window: Shell,
    look: Look,
    qtbot: QtBot,
    filled: bool,
    own_book: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_at(own_book) as book:
        long_course(book)
    desk = desk_window.desk
    desk.show_home()
    qtbot.waitUntil(lambda: len(desk.home.rows) == 5)
    rows, now = desk.home.rows, datetime.now().astimezone()
    many = [replace(rows[i % 5], name=rows[i % 5].name and f"{rows[i % 5].name} {i}") for i in range(200)]
    desk.home.show_rows(many, now, read_only=False)
    look("home_200")
    desk.home.search.setText("nobody of this name")
    look("home_no_match")
    desk.home.search.clear()
    desk.home.show_rows([replace(row, next_appointment=None) for row in rows], now, read_only=False)
    desk_window.top.show_disk(3.0)
    for choice in ((), (Choice("Review", lambda: None),)):
        desk_window.notices.tell(
            "recovered", "Recovered 31:04 of A031's session, up to the last second.", choices=choice
        )
    look("home_after_a_crash")
    desk_window.notices.clear_all()
    desk_window.go(Destination.RECORDINGS)
    page = desk_window.open_page
    states = ("finished", "finished", "recovered", "recording", "unreadable")
    folder = Path("sub-F030/ses-030")
    listed = tuple(
        Listed(folder, "F030", f"{30 - i:03}", now, "beta-left-then-at", 2700.0 - i, states[i % 5]) for i in range(30)
    )
    qtbot.waitUntil(lambda: not desk_window.keeper._tasks)
    page._show_listed(listed, None)
    page.show_problem("session.json: cannot be read. The recording itself can: open its folder.")
    look("recordings_full")
    desk_window.show_client("F030")
    qtbot.waitUntil(lambda: desk.client is not None and desk.client.file is not None)
    qtbot.waitUntil(lambda: bool(desk.client.overview.learning.text()))
    for i in range(desk.client.tabs.count()):
        desk.client.tabs.setCurrentIndex(i)
        qtbot.waitUntil(partial(has_read, desk.client))
        look(f"client_long_{i}")
    desk.client.tabs.setCurrentWidget(desk.client.documents)
    bar = desk.client.documents.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    look("client_long_documents_end")
    desk.client.tabs.setCurrentIndex(2)
    bar = desk.client.trends.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    look("client_long_trends_end")
    banner = desk.client.file.banners[0]
    desk.open_form(course_forms.acknowledge_form(desk.keeper, "F030", banner))
    look("form_acknowledge")
    desk.step_back()
    monkeypatch.setattr(type(desk.keeper), "read_only", True)
    desk_window.notices.tell("book", "This client book was written by a newer version: it is read only.", Level.LOOK)
    desk.client.tabs.setCurrentIndex(3)
    desk.client.show_file(desk.client.file)
    look("client_read_only")
    desk.home.show_rows(rows, now, read_only=True)
    desk.setCurrentWidget(desk.home)
    look("home_read_only")


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
