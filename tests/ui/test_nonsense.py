"""Nonsense in every field, and two windows on one client: said in words, and nothing lost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import FakeLauncher, go_to, poll
from people import open_at
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot
from test_desk import form_of, one_client, open_window, page_of  # noqa: F401
from test_visit import arrive, book, check_in, flow_of, shell  # noqa: F401

from nfb.model.commands import Note
from nfb.model.protocol import StageKind
from nfb.practice.book import Book
from nfb.practice.clients import Identity
from nfb.practice.ratings import Rating
from nfb.practice.sessions import CHECK_IN_NOTE, SessionEntry
from nfb.practice.treatments import TreatmentEvent
from nfb.ui.desk.client_page import ClientPage
from nfb.ui.session_screen import SessionScreen
from nfb.ui.shell import Shell
from nfb.ui.visit.check_in_page import CheckInPage
from nfb.ui.widgets.small import IconButton

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def second(qtbot: QtBot, own_book: Path, shell: Shell) -> Iterator[Shell]:  # noqa: F811
    """Another window on the same client book."""
    other = Shell(lambda make: open_at(own_book))
    with qtbot.waitExposed(other):
        other.show()
    yield other
    other.shut_down()
    other.close()
    other.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def begin(window: Shell, launcher: FakeLauncher, qtbot: QtBot) -> None:
    """Start the visit of an open check-in."""
    page = flow_of(window).check_in
    assert page is not None
    qtbot.mouseClick(page.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(launcher.engines))
    launcher.engine.connect()
    poll(window)


def test_two_windows_on_one_client_keep_both_visits_apart(
    shell: Shell,  # noqa: F811
    second: Shell,
    book: Book,  # noqa: F811
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    ours, theirs = FakeLauncher(tmp_path / "ours"), FakeLauncher(tmp_path / "theirs")
    arrive(shell, qtbot, ours)
    arrive(second, qtbot, theirs)  # nothing has begun yet: both check-ins are of visit 2
    for window, launcher, mood, n in ((shell, ours, Key.Key_3, 2), (second, theirs, Key.Key_8, 3)):
        page = flow_of(window).check_in
        assert page is not None
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)  # else the key would be the other window's quick mark
        qtbot.keyClick(page.rows.sliders["mood"], mood)
        begin(window, launcher, qtbot)
        qtbot.waitUntil(lambda n=n: len([r for r in book.records("A031", Rating) if r.value.visit == n]) > 0)
    sessions = [stored.value for stored in book.records("A031", SessionEntry)]
    assert [entry.number for entry in sessions] == [1, 2, 3]
    moods = {r.value.visit: r.value.value for r in book.records("A031", Rating) if r.value.item == "mood"}
    assert moods == {1: 7.0, 2: 3.0, 3: 8.0}, "neither window's answers are taken for the other's"
    assert book.verify_audit().whole


NASTY = (
    " ",
    "\U0001f600" * 40,
    "\u05d3\u05e0\u05d4 \U0001f469\u200d\U0001f9b1",
    "\u202eright to left\u202c",
    "'; DROP TABLE client; --",
    "{name} {0} %s %n",
    "<b>bold</b> &amp; <img src='file:///etc/passwd'>",
    "1e309",
    "-1",
    "NaN",
    "\u0663",
    "\x07bell",
    "long " * 400,
)


def paste(qtbot: QtBot, field: QLineEdit | QPlainTextEdit, text: str) -> None:
    """Put text into a field as a person does who copied it from somewhere; keys alone cannot write all of it."""
    QApplication.clipboard().setText(text)
    field.setFocus()
    qtbot.keyClick(field, Key.Key_A, Mod.ControlModifier)
    qtbot.keyClick(field, Key.Key_V, Mod.ControlModifier)


def fields_of(page: QWidget) -> list[QLineEdit | QPlainTextEdit]:
    """The fields of a page that can be written into now."""
    found = [*page.findChildren(QLineEdit), *page.findChildren(QPlainTextEdit)]
    return [field for field in found if field.isVisible() and field.isEnabled() and not field.isReadOnly()]


def test_no_field_of_the_check_in_takes_nonsense_for_an_answer(
    check_in: Callable[[], CheckInPage],  # noqa: F811
    book: Book,  # noqa: F811
    launcher: FakeLauncher,
    qtbot: QtBot,
) -> None:
    page = check_in()
    page.changed.click()
    page.choices.programs_button.click()
    paste(qtbot, page.treatment.name.widget, "sertraline")  # without a name nothing is told
    free = {page.note, page.treatment.name.widget, page.treatment.dose.widget}
    fields = [field for field in fields_of(page) if isinstance(field, QLineEdit)]
    strict = [field for field in fields if field not in free]
    assert len(strict) >= 8
    for field in strict:
        before = field.text()
        for text in NASTY:
            paste(qtbot, field, text)
            said = page.problem.text() if page.problem.isVisible() else ""
            assert page.start.isEnabled() is not bool(said), (field.accessibleName(), text, said)
            assert len(said) < 400
        paste(qtbot, field, "nonsense")
        if field.accessibleName() not in ("", "Serial port", "Mac address"):
            assert not page.start.isEnabled() and page.problem.text(), field.accessibleName()
        field.setText(before)
        field.textEdited.emit(before)
    assert page.start.isEnabled() and not page.problem.text()
    said = " ".join(text for text in NASTY if len(text) < 60)
    paste(qtbot, page.note, said)
    paste(qtbot, page.treatment.name.widget, "{name} <b>\u05d3\u05e0\u05d4</b> \U0001f469\u200d\U0001f9b1")
    page.start.click()
    qtbot.waitUntil(lambda: bool(launcher.engines))
    launcher.engine.connect()
    qtbot.waitUntil(lambda: bool(book.records("A031", TreatmentEvent)))
    kept = book.records("A031", TreatmentEvent)[0].value
    assert kept.name == "{name} <b>\u05d3\u05e0\u05d4</b> \U0001f469\u200d\U0001f9b1"
    note = book.records("A031", SessionEntry)[-1].value.summary[CHECK_IN_NOTE]
    assert "{name} {0} %s %n" in note and "DROP TABLE" in note and "\x07" not in note


def test_notes_in_a_session_are_kept_as_they_are_written(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    window.activateWindow()
    for text in NASTY:
        paste(qtbot, session.train.note_line, text)
        written = session.train.note_line.text().strip()
        assert not written or written[:20] in text
        launcher.engine.sent.clear()
        qtbot.keyClick(session.train.note_line, Key.Key_Return)
        assert launcher.engine.sent == ([Note(written)] if written else [])
        launcher.engine.advance(0.1)
        poll(window)
        assert not written or session.header.said() == "Note kept."


def forms_of(page: ClientPage) -> tuple[IconButton, ...]:
    """What opens each form of a client's page."""
    plan, documents = page.plan, page.documents
    return (
        page.overview.edit_button,
        page.overview.intake_button,
        plan.plan_button,
        plan.goals.button("Add"),
        plan.symptoms.button("Add"),
        plan.appointments.button("Add"),
        page.treatments.list.button("Add treatment"),
        documents.notes.button("New note"),
        documents.effects.button("Add"),
        documents.consents.button("Add"),
        documents.contact_button,
    )


def test_a_form_full_of_nonsense_says_why_or_keeps_it_and_every_page_still_shows(
    one_client: Path,  # noqa: F811
    open_window: Callable[[], Shell],  # noqa: F811
    qtbot: QtBot,
) -> None:
    window = open_window()
    page = page_of(qtbot, window)
    for n, button in enumerate(forms_of(page)):
        for text in (NASTY[2 + n % 5], "1e309"):
            button.click()
            form = form_of(qtbot, window)
            fields = fields_of(form)
            for field in fields:
                paste(qtbot, field, text)
            form.save_button.click()
            qtbot.waitUntil(lambda form=form: form not in window.desk._forms or bool(form.problem.text()))
            if form in window.desk._forms:
                assert len(form.problem.text()) < 400
                form.cancel_button.click()
            qtbot.waitUntil(lambda form=form: form not in window.desk._forms and not window.keeper._tasks)
    for at in range(page.tabs.count()):
        page.tabs.setCurrentIndex(at)
        assert not page.grab().isNull()
    qtbot.waitUntil(lambda: not window.keeper._tasks)
    assert window.keeper.book.verify_audit().whole


def test_a_name_in_any_script_is_shown_as_it_is(
    one_client: Path,  # noqa: F811
    open_window: Callable[[], Shell],  # noqa: F811
    qtbot: QtBot,
) -> None:
    name = "\u05d3\u05e0\u05d4 \U0001f469\u200d\U0001f9b1 <b>{n}</b> \u0639\u0644\u064a"
    with open_at(one_client) as before:
        before.add("A031", Identity(name))
    window = open_window()
    page = page_of(qtbot, window)
    assert page.title._text == f"{name} (A031)"
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.visit is not None and window.visit.check_in is not None)
    titles = [part.text() for part in window.visit.check_in.findChildren(QLabel) if part.text().startswith("Visit 1")]
    assert titles == [f"Visit 1 · {name} (A031)"]
