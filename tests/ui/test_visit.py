"""A visit by real keys and clicks: check-in, what stands in its way, the client's screen, wrap-up, what is kept."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes import FakeLauncher, Quick, poll
from looks import keep
from people import CONTACT, open_at, screened
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nfb.engine.launch import Launcher, Options, session_engine
from nfb.engine.visit import VisitOptions
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.protocol import StageKind
from nfb.practice.banners import Acknowledgement
from nfb.practice.book import Book
from nfb.practice.clients import Client, Consent, Flag
from nfb.practice.effects import AdverseEffect, Effect
from nfb.practice.notes import Note, NoteState
from nfb.practice.overview import client_rows
from nfb.practice.plans import OwnSymptom, Plan
from nfb.practice.ratings import Measure, Moment, Rating
from nfb.practice.scales.phq_gad import PHQ9
from nfb.practice.scales.scoring import answered
from nfb.practice.screening import Override
from nfb.practice.sessions import SessionEntry
from nfb.practice.treatments import Step, TreatmentEvent, TreatmentKind
from nfb.ui import theme
from nfb.ui.feedback.light import PHOTOSAFE
from nfb.ui.shell import Shell
from nfb.ui.theme import DARK
from nfb.ui.visit.check_in_page import CheckInPage
from nfb.ui.visit.flow import VisitFlow
from nfb.ui.visit.questions import ClientQuestions

Key = Qt.Key
NOW = datetime.now(UTC)
SHORT = Plan("smr-central", runs=2, run_s=10.0, rest_s=120.0)


@pytest.fixture
def book(own_book: Path) -> Iterator[Book]:
    """A book with A031, screened and with consent, a short plan, and one visit a week ago."""
    with open_at(own_book) as book:
        week_ago = NOW - timedelta(days=7)
        book.set_of_book(CONTACT)
        book.add_client(Client("A031"))
        screened(book, "A031")
        book.add("A031", Consent("1", week_ago.date()))
        book.add("A031", SHORT)
        worry = book.add("A031", OwnSymptom("Rumination"))
        book.add("A031", Rating("mood", 7, Measure.SLIDER, Moment.BEFORE, week_ago, 1))
        book.add("A031", Rating("own", 6, Measure.SLIDER, Moment.BEFORE, week_ago, 1, worry.id))
        summary = {
            "state": "done",
            "thresholds": [2.0, 8.0, 3.0],
            "choices": {"params": {"scenario": "quiet"}, "feedback": "dot"},
        }
        book.add(
            "A031",
            SessionEntry(1, "sub-A031/ses-001", week_ago, "smr-central", 1, "simulated", 1200.0, 2400.0, summary),
        )
        yield book


@pytest.fixture
def shell(qtbot: QtBot, qapp: QApplication, own_book: Path) -> Iterator[Shell]:
    theme.apply(qapp, DARK)
    shell = Shell(lambda make: open_at(own_book))
    with qtbot.waitExposed(shell):
        shell.show()
    yield shell
    shell.shut_down()
    shell.close()
    shell.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def check_in(book: Book, shell: Shell, launcher: FakeLauncher, qtbot: QtBot) -> Callable[[], CheckInPage]:
    """Opens the check-in of A031 on what the book holds by then."""

    def open_it() -> CheckInPage:
        arrive(shell, qtbot, launcher)
        page = flow_of(shell).check_in
        assert page is not None
        return page

    return open_it


def arrive(shell: Shell, qtbot: QtBot, launcher: FakeLauncher | Launcher) -> None:
    shell.ready(launcher)
    qtbot.waitUntil(lambda: shell.keeper.book is not None)
    shell.begin_visit("A031")
    qtbot.waitUntil(lambda: shell.visit is not None and shell.visit.check_in is not None)
    shell.activateWindow()


def flow_of(shell: Shell) -> VisitFlow:
    assert shell.visit is not None
    return shell.visit


def tab_to(qtbot: QtBot, target: QWidget) -> None:
    """Press Tab until `target` has the focus."""
    for _ in range(60):
        focused = QApplication.focusWidget()
        if focused is target:
            return
        assert focused is not None
        qtbot.keyClick(focused, Key.Key_Tab)
    raise AssertionError(f"{target} is not reached by Tab")


def words(page: CheckInPage) -> list[str]:
    return [line.words.text() for line in page.hurdle_panel.lines.values()]


# the check-in


def test_everything_is_as_the_last_visit_left_it(check_in: Callable[[], CheckInPage]) -> None:
    page = check_in()
    assert page.choices.chosen_device == "synthetic"  # the fake catalogue has no simulated client
    assert page.choices.feedback.currentData() == "dot"
    assert page.choices.runs.widget.text() == "2" and page.choices.run_length.widget.text() == "0:10"
    assert page.rows._values["mood"].text() == "Last 7"
    assert page.all_answers() == {}
    assert words(page) == []
    assert page.start.isEnabled()


def test_a_study_shows_its_protocols_runs_and_leaves_none_to_choose(check_in: Callable[[], CheckInPage]) -> None:
    page = check_in()
    choices = page.choices
    choices.comfort.setCurrentIndex(choices.comfort.findData("research"))
    stages = choices.chosen_protocol[1].stages
    runs = [stage for stage in stages if stage.kind is StageKind.RUN]
    assert choices.runs.widget.text() == str(len(runs))
    assert choices.run_length.value() == runs[0].duration_s
    assert not any(part.isEnabled() for part in (choices.runs.widget, choices.feedback, choices.sound))
    assert choices.parts.text() == "Target, runs and feedback are the protocol’s."
    choices.comfort.setCurrentIndex(choices.comfort.findData("low_energy"))
    assert choices.runs.widget.isEnabled() and choices.plan().runs == 4


def test_the_slot_bar_offers_what_fits(check_in: Callable[[], CheckInPage], qtbot: QtBot) -> None:
    page = check_in()
    page.choices.runs.widget.setText("6")
    page.choices.run_length.widget.setText("5:00")
    page.choices.rest.widget.setText("0:15")
    page.refresh()
    assert page.slot.text().startswith("48 min, ends ")
    offer = page.offers.itemAt(1).widget()
    assert offer.text() == "5 × 5:00"
    qtbot.mouseClick(offer, Qt.MouseButton.LeftButton)
    assert page.choices.plan().net_s == 1500.0
    assert page.offers.count() == 0


def test_a_limit_is_passed_with_a_reason_and_never_beyond_the_cap(
    check_in: Callable[[], CheckInPage], qtbot: QtBot
) -> None:
    page = check_in()
    page.choices.set_runs(7, 300.0)
    assert any("needs a reason" in line for line in words(page))
    assert not page.start.isEnabled()
    qtbot.keyClicks(page.hurdle_panel.reason, "asked for by the client")
    assert page.start.isEnabled()
    page.choices.set_runs(10, 300.0)
    assert not page.start.isEnabled()


def test_nonsense_in_a_field_is_named_with_its_limits(check_in: Callable[[], CheckInPage], qtbot: QtBot) -> None:
    page = check_in()
    page.choices.run_length.widget.setFocus()
    page.choices.run_length.widget.selectAll()
    qtbot.keyClicks(page.choices.run_length.widget, "soon")
    assert page.problem.text() == "Length of a run = “soon”: must be from 0:10 to 60:00, minutes and seconds."
    assert not page.start.isEnabled()
    page.choices.set_runs(2, 60.0)
    qtbot.keyClicks(page.counts["sleep_hours"].widget, "99")
    assert page.problem.text() == "Hours slept = “99”: must be a number from 0 to 24."


def test_a_fall_of_mood_shows_the_practices_own_words(check_in: Callable[[], CheckInPage], qtbot: QtBot) -> None:
    page = check_in()
    slider = page.rows.sliders["mood"]
    qtbot.keyClick(slider, Key.Key_5)
    assert words(page) == []
    qtbot.keyClick(slider, Key.Key_4)
    assert words(page) == ["Mood 7 → 4 since the last visit. " + f"{CONTACT.crisis_text} {CONTACT.emergency_numbers}"]
    assert page.start.isEnabled(), "nothing is concluded from it"


def test_an_answer_about_self_harm_blocks_until_somebody_wrote_what_was_done(
    check_in: Callable[[], CheckInPage], book: Book, qtbot: QtBot
) -> None:
    book.add("A031", answered(PHQ9, [0] * 8 + [1], NOW))
    page = check_in()
    line = next(iter(page.hurdle_panel.lines.values()))
    assert "answered above 'not at all'" in line.words.text()
    assert not page.start.isEnabled()
    qtbot.mouseClick(line.button, Qt.MouseButton.LeftButton)
    assert book.records("A031", Acknowledgement) == ()
    qtbot.keyClicks(line.done, "talked, safety plan reviewed")
    qtbot.mouseClick(line.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.start.isEnabled)
    kept = book.records("A031", Acknowledgement)[0].value
    assert (kept.who, kept.what) == ("Dr. M", "talked, safety plan reviewed")


def test_ect_told_at_the_check_in_stops_the_day(check_in: Callable[[], CheckInPage], qtbot: QtBot) -> None:
    page = check_in()
    qtbot.mouseClick(page.changed, Qt.MouseButton.LeftButton)
    assert page.treatment.isVisible() and QApplication.focusWidget() is page.treatment.name.widget
    page.treatment.kind.widget.setCurrentIndex(list(TreatmentKind).index(TreatmentKind.ECT))
    page.treatment.step.widget.setCurrentIndex(list(Step).index(Step.GIVEN))
    qtbot.keyClicks(page.treatment.name.widget, "ECT")
    assert words(page) == ["ECT today: no training on the same day."]
    assert not page.start.isEnabled()


def test_a_session_that_may_run_in_another_window_is_told(check_in: Callable[[], CheckInPage], book: Book) -> None:
    began = datetime.now(UTC) - timedelta(minutes=20)
    book.add("A031", SessionEntry(2, "sub-A031/ses-002", began, "smr-central", 1, summary={"state": "running"}))
    page = check_in()
    assert words(page) == [
        f"Visit 2 of this client began at {began.astimezone():%H:%M} and is not closed: is another window open?"
    ]


# the client's screen


def test_the_client_answers_on_the_own_screen_and_the_operator_sees_it(
    check_in: Callable[[], CheckInPage], shell: Shell, qtbot: QtBot
) -> None:
    page = check_in()
    qtbot.mouseClick(page.on_client, Qt.MouseButton.LeftButton)
    client = flow_of(shell)._client
    assert client is not None and client.isVisible()
    questions = client.page
    assert isinstance(questions, ClientQuestions)
    assert questions.title.text() == "Mood" and questions.title.fontMetrics().height() >= 28
    keep(client, "visit_client_question")
    qtbot.keyClick(questions.slider, Key.Key_6)
    assert page.rows.sliders["mood"].value == 6
    for _ in range(4):
        qtbot.keyClick(questions, Key.Key_PageDown)
    assert questions.title.text() == "Rumination"
    qtbot.keyClick(questions.slider, Key.Key_Right)
    assert page.own_rows.sliders[page.own[0].key].value == 6, "the first step lands on the last answer"
    qtbot.keyClick(questions, Key.Key_Return)
    assert questions.title.text() == "Thank you."
    assert flow_of(shell)._client is None, "the questions leave the screen"
    assert page.answers.by_client


# a session that cannot begin


def test_a_headset_that_does_not_answer_leads_back_with_everything_kept(
    check_in: Callable[[], CheckInPage], shell: Shell, launcher: FakeLauncher, book: Book, qtbot: QtBot
) -> None:
    page = check_in()
    qtbot.keyClick(page.rows.sliders["mood"], Key.Key_6)
    qtbot.keyClick(page.rows.sliders["mood"], Key.Key_Return)
    launcher.engine.fail("The headset does not answer.", "Switch it on.")
    poll(shell)
    assert shell.pages.currentWidget() is page
    assert page.answers.get("mood") == 6
    assert "does not answer" in shell.notices.text()
    assert len(book.records("A031", SessionEntry)) == 1


def test_the_entry_is_made_at_the_start_with_the_answers(
    check_in: Callable[[], CheckInPage], shell: Shell, launcher: FakeLauncher, book: Book, qtbot: QtBot
) -> None:
    page = check_in()
    page.choices.set_runs(7, 300.0)
    qtbot.keyClicks(page.hurdle_panel.reason, "asked for")
    qtbot.keyClick(page.rows.sliders["mood"], Key.Key_6)
    qtbot.mouseClick(page.changed, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.treatment.name.widget, "sertraline")
    qtbot.keyClicks(page.note, "slept badly")
    qtbot.mouseClick(page.start, Qt.MouseButton.LeftButton)
    launcher.engine.connect()
    poll(shell)
    qtbot.waitUntil(lambda: len(book.records("A031", TreatmentEvent)) == 1 and len(book.records("A031", Rating)) > 3)
    entry = book.records("A031", SessionEntry)[-1].value
    assert (entry.number, entry.summary["state"], entry.summary["check_in_note"]) == (2, "running", "slept badly")
    assert book.records("A031", TreatmentEvent)[0].value.name == "sertraline"
    assert book.records("A031", Override)[0].value.reason == "asked for"
    options = launcher.visits[-1]
    assert options is not None
    assert (options.runs, options.run_s, options.rest_s, options.feedback) == (7, 300.0, SHORT.rest_s, "dot")


def test_back_asks_before_it_loses_what_was_answered(
    check_in: Callable[[], CheckInPage], shell: Shell, qtbot: QtBot
) -> None:
    page = check_in()
    qtbot.keyClick(page.rows.sliders["mood"], Key.Key_6)
    qtbot.mouseClick(page.back, Qt.MouseButton.LeftButton)
    assert shell.visit is not None and page.back.text() == "Leave without it"
    assert page.problem.text() == "What was answered here is not kept if you leave."
    qtbot.keyClick(page.rows.sliders["mood"], Key.Key_7)
    assert page.back.text() == "Back", "who goes on answering stays"
    qtbot.mouseClick(page.back, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.back, Qt.MouseButton.LeftButton)
    assert shell.visit is None


def test_back_from_an_untouched_check_in_asks_nothing(
    check_in: Callable[[], CheckInPage], shell: Shell, qtbot: QtBot
) -> None:
    qtbot.mouseClick(check_in().back, Qt.MouseButton.LeftButton)
    assert shell.visit is None


# what the client sees and hears


def test_the_session_shows_and_plays_what_the_check_in_says(
    check_in: Callable[[], CheckInPage], shell: Shell, launcher: FakeLauncher, qtbot: QtBot, tmp_path: Path
) -> None:
    page = check_in()
    form = page.choices
    form.comfort.setCurrentIndex(form.comfort.findData("child"))
    form.feedback.setCurrentIndex(form.feedback.findData("film"))
    form.sound.setCurrentIndex(form.sound.findData("music"))
    assert form.film.widget.isVisible() and form.music.widget.isVisible() and not form.warning.isVisible()
    form.film.widget.line.setText(str(tmp_path / "mine.mp4"))
    form.music.widget.line.setText(str(tmp_path / "mine.ogg"))
    form.chime.setCurrentIndex(form.chime.findData("bowl"))
    qtbot.mouseClick(page.start, Qt.MouseButton.LeftButton)
    session = shell.session
    assert session is not None
    assert (session.wishes.film, session.wishes.ring) == (str(tmp_path / "mine.mp4"), True)
    sound = session.sound_choice
    assert (sound.sound, sound.music_path, sound.chime) == ("music", str(tmp_path / "mine.ogg"), "bowl")
    assert session.client_ends_breaks


def test_one_who_is_sensitive_to_light_is_spared_whatever_the_plan_says(
    check_in: Callable[[], CheckInPage], book: Book, shell: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    client = book.client("A031")
    book.change(client, replace(client.value, flags=(Flag.PHOTOSENSITIVE,)))
    page = check_in()
    form = page.choices
    assert [form.comfort.itemData(i) for i in range(form.comfort.count())] == ["photosensitive"]
    form.feedback.setCurrentIndex(form.feedback.findData("film"))
    assert form.warning.isVisible() and "may flash" in form.warning.text()
    qtbot.keyClicks(page.hurdle_panel.reason, "asked for")
    qtbot.mouseClick(page.start, Qt.MouseButton.LeftButton)
    assert shell.session is not None and shell.session.wishes.safety == PHOTOSAFE


@pytest.mark.parametrize("n_screens", [1, 2])
def test_the_clients_view_opens_on_its_own_screen_or_one_screen_is_offered(
    check_in: Callable[[], CheckInPage],
    shell: Shell,
    launcher: FakeLauncher,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    n_screens: int,
) -> None:
    monkeypatch.setattr("nfb.ui.screens.QGuiApplication.screens", lambda: [None] * n_screens)
    opened: list[QWidget] = []
    page = check_in()
    qtbot.mouseClick(page.start, Qt.MouseButton.LeftButton)
    session = shell.session
    assert session is not None
    monkeypatch.setattr(session.client, "open_beside", opened.append)
    launcher.engine.connect()
    poll(shell)
    assert opened == [shell] * (n_screens - 1)
    session.notices.clear("sound")
    assert ("F11" in session.notices.text()) == (n_screens == 1)


# a whole visit


def test_a_whole_visit_by_keyboard(
    book: Book, shell: Shell, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    recordings = tmp_path / "recordings"
    book.change(book.records("A031", Plan)[0], replace(SHORT, rest_s=600.0))  # ended by a key, however late it comes
    arrive(shell, qtbot, Quick(recordings, speed=20.0))
    page = flow_of(shell).check_in
    assert page is not None and page.choices.chosen_device == "simulated"
    assert page.choices.params() == {"scenario": "quiet"}
    for key, digit in (("mood", Key.Key_6), ("energy", Key.Key_5), ("stress", Key.Key_4)):
        tab_to(qtbot, page.rows.sliders[key])
        qtbot.keyClick(page.rows.sliders[key], digit)
    qtbot.keyClick(page.rows.sliders["stress"], Key.Key_Return)

    def session_is(kind: StageKind, *, paused: bool = False) -> None:
        def so() -> bool:
            view = shell.bridge.view if shell.bridge is not None else None
            return view is not None and view.stage_kind is kind and view.paused == paused

        qtbot.waitUntil(so, timeout=20_000)

    session_is(StageKind.CHECK)
    qtbot.waitUntil(lambda: len(book.records("A031", SessionEntry)) == 2)
    qtbot.keyClick(shell, Key.Key_F5)
    session_is(StageKind.RUN, paused=True)  # the proposed thresholds are looked at
    qtbot.keyClick(shell, Key.Key_F5)
    session_is(StageKind.REST)
    assert shell.session is not None and shell.session.rest.start.text() == "Start run 2  F5"
    qtbot.keyClick(shell, Key.Key_F5)
    qtbot.waitUntil(lambda: shell.visit is not None and shell.visit.wrap_up is not None, timeout=20_000)
    wrap_up = flow_of(shell).wrap_up
    assert wrap_up is not None
    qtbot.waitUntil(wrap_up.save.isEnabled, timeout=10_000)
    assert wrap_up.note.toPlainText().startswith("SMR at C3 and C4, up (version 1). 2 runs, 0:20 min of clean")
    tab_to(qtbot, wrap_up.rows.sliders["mood"])
    qtbot.keyClick(wrap_up.rows.sliders["mood"], Key.Key_7)
    tab_to(qtbot, wrap_up.effects.buttons[Effect.HEADACHE])
    qtbot.keyClick(wrap_up.effects.buttons[Effect.HEADACHE], Key.Key_Space)
    assert wrap_up.advice.text() == "Consider a shorter plan next time."

    qtbot.keyClick(wrap_up.session_pdf, Key.Key_Return)
    qtbot.waitUntil(lambda: wrap_up.state.text().startswith("Written: "), timeout=10_000)
    pdf = Path(wrap_up.state.text().removeprefix("Written: "))
    assert pdf.read_bytes().startswith(b"%PDF")
    qtbot.keyClick(wrap_up, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shell.visit is None, timeout=5_000)

    entry = book.records("A031", SessionEntry)[-1].value
    assert (entry.number, entry.summary["state"], entry.trained_s) == (2, "done", pytest.approx(20.0, abs=0.1))
    assert (recordings / entry.folder / "eeg").is_dir()
    said = {(r.value.item, r.value.moment): r.value.value for r in book.records("A031", Rating) if r.value.visit == 2}
    assert said[("mood", Moment.BEFORE)] == 6 and said[("mood", Moment.AFTER)] == 7
    effects = {s.value.effect: s.value.severity for s in book.records("A031", AdverseEffect)}
    assert effects[Effect.HEADACHE] == 1 and effects[Effect.FATIGUE] == 0
    note = book.records("A031", Note)[0].value
    assert (note.visit, note.state) == (2, NoteState.DRAFT)
    assert client_rows(book, NOW)[0].unsigned_notes == 1, "the first page reminds of it"


def test_a_session_without_a_recording_can_still_be_closed_and_given_to_another_client(
    check_in: Callable[[], CheckInPage], shell: Shell, launcher: FakeLauncher, book: Book, qtbot: QtBot
) -> None:
    book.add_client(Client("B117"))
    page = check_in()
    qtbot.keyClick(page.rows.sliders["mood"], Key.Key_6)
    qtbot.mouseClick(page.start, Qt.MouseButton.LeftButton)
    launcher.engine.connect()
    launcher.engine.advance(1.0)
    assert shell.bridge is not None
    shell.bridge.stop()
    poll(shell)
    wrap_up = flow_of(shell).wrap_up
    assert wrap_up is not None
    qtbot.waitUntil(wrap_up.save.isEnabled)
    assert not wrap_up.session_pdf.isEnabled(), "there is no recording to report"
    qtbot.keyClicks(wrap_up.note, "Headset fitted, talked.")
    wrap_up.sign.setChecked(True)
    qtbot.mouseClick(wrap_up.wrong, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(wrap_up.do_reassign, Qt.MouseButton.LeftButton)
    assert wrap_up.state.text() == "Write the code of the right client and why."
    wrap_up.sign.setChecked(False)
    qtbot.keyClicks(wrap_up.right_code, "B117")
    qtbot.keyClicks(wrap_up.why, "started for the wrong client")
    qtbot.mouseClick(wrap_up.do_reassign, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shell.visit is None)
    assert [s.value.number for s in book.records("A031", SessionEntry)] == [1]
    moved = book.records("B117", SessionEntry)[0].value
    assert (moved.number, moved.summary["state"]) == (1, "done")
    assert [(r.value.item, r.value.value, r.value.visit) for r in book.records("B117", Rating)][:1] == [
        ("mood", 6, 1)
    ]
    assert book.records("B117", Note)[0].value.text == "Headset fitted, talked."
    reasons = [entry.detail for entry in book.audit_entries("B117") if entry.action == "moved"]
    assert reasons and all("started for the wrong client" in str(detail) for detail in reasons)


def test_a_visit_that_a_crash_left_open_is_completed_at_the_next_check_in(
    book: Book, shell: Shell, qtbot: QtBot, tmp_path: Path
) -> None:
    recordings = tmp_path / "recordings"
    options = Options(visit=VisitOptions(runs=1, run_s=10.0, baseline_s=5.0), out=recordings, speed=math.inf)
    engine = session_engine(load_protocol(find_protocol("smr-central")), "simulated", {}, "A031", options)
    engine.run()
    assert engine.folder is not None
    summary = {"state": "running"}
    folder = engine.folder.relative_to(recordings).as_posix()
    book.add("A031", SessionEntry(2, folder, NOW, "smr-central", 1, "simulated", summary=summary))
    arrive(shell, qtbot, Launcher(recordings))
    entry = book.records("A031", SessionEntry)[-1].value
    assert (entry.summary["state"], entry.trained_s) == ("done", pytest.approx(10.0, abs=0.1))
    page = flow_of(shell).check_in
    assert page is not None and not any("another window" in line for line in words(page))


def test_a_book_that_cannot_be_written_keeps_nobody_from_leaving(
    check_in: Callable[[], CheckInPage], shell: Shell, launcher: FakeLauncher, book: Book, qtbot: QtBot
) -> None:
    page = check_in()
    qtbot.mouseClick(page.start, Qt.MouseButton.LeftButton)
    assert shell.keeper.book is not None
    shell.keeper.book.read_only = True
    launcher.engine.connect()
    poll(shell)
    assert shell.bridge is not None
    shell.bridge.stop()
    poll(shell)
    wrap_up = flow_of(shell).wrap_up
    assert wrap_up is not None
    qtbot.waitUntil(wrap_up.without.isVisible)
    assert "is open for reading only" in wrap_up.state.text()
    qtbot.mouseClick(wrap_up.without, Qt.MouseButton.LeftButton)
    assert shell.visit is None
    assert len(book.records("A031", SessionEntry)) == 1
