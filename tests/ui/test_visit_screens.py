"""The visit's pages, empty and full, in both themes at the two smallest sizes: nothing cut off."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes import CATALOGUE
from looks import SIZES, cut_off, keep
from people import CONTACT, open_at, screened
from PySide6.QtWidgets import QApplication, QLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nfb.engine.closing import next_plans
from nfb.engine.known import Known, read_known
from nfb.engine.launch import Options, session_engine
from nfb.engine.visit import VisitOptions, todays_choices
from nfb.files.protocol_file import load_protocol
from nfb.files.recording import open_own_recording
from nfb.files.shelf import find_protocol, list_protocols
from nfb.practice.clients import Client, Flag, Identity
from nfb.practice.effects import AdverseEffect, Effect
from nfb.practice.plans import OwnSymptom, Plan
from nfb.practice.ratings import Measure, Moment, Rating
from nfb.practice.scales.phq_gad import PHQ9
from nfb.practice.scales.scoring import answered
from nfb.practice.sessions import SessionEntry
from nfb.report.facts import SessionFacts, facts_of
from nfb.report.visit_record import figures, note_text
from nfb.ui import theme
from nfb.ui.theme import DARK, LIGHT, Tokens
from nfb.ui.visit.check_in_page import CheckInPage
from nfb.ui.visit.questions import ClientQuestions
from nfb.ui.visit.wrap_up_page import WrapUpPage

NOW = datetime.now(UTC)
TOP_PX = 52  # the window's own bar over every page
Look = Callable[[QWidget, str], None]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> SessionFacts:
    """A recorded session of two runs."""
    visit = VisitOptions(runs=2, run_s=20.0, rest_s=5.0, baseline_s=8.0)
    options = Options(visit=visit, out=tmp_path_factory.mktemp("recordings"), speed=math.inf, seed=2)
    protocol = replace(load_protocol(find_protocol("smr-central")), hop_s=0.1)
    engine = session_engine(protocol, "simulated", {"rate": "125", "chunk": "25"}, "A031", options)
    engine.run()
    assert engine.folder is not None
    return facts_of(open_own_recording(engine.folder))


@pytest.fixture(params=[DARK, LIGHT], ids=["dark", "light"])
def look(request: pytest.FixtureRequest, qapp: QApplication, qtbot: QtBot) -> Iterator[Look]:
    """Shows a page where the window shows it, at both sizes; at the end nothing was cut off."""
    tokens: Tokens = request.param
    theme.apply(qapp, tokens)
    faults: dict[str, list[str]] = {}
    windows = []

    def show(page: QWidget, name: str) -> None:
        window = QWidget()
        window.setObjectName("page")
        qtbot.addWidget(window)
        windows.append(window)
        layout = QVBoxLayout(window)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # as in the main window
        layout.setContentsMargins(0, TOP_PX, 0, 0)
        layout.addWidget(page)
        window.show()
        for size in SIZES:
            window.resize(*size)
            for _ in range(4):
                qapp.processEvents()
            suffix = f"{size[0]}x{size[1]}_{'dark' if tokens.dark else 'light'}"
            keep(window, f"visit_{name}_{suffix}")
            found = cut_off(window)
            if found or (window.width(), window.height()) != size:
                faults[f"{name} {suffix}"] = [*found, f"{window.width()}x{window.height()}"]

    yield show
    assert faults == {}


def known_of(own_book: Path, *, full: bool) -> Known:
    with open_at(own_book) as book:
        book.add_client(Client("A031", flags=(Flag.PHOTOSENSITIVE, Flag.MEDICATION) if full else ()))
        if full:
            week_ago = NOW - timedelta(days=7)
            book.set_of_book(CONTACT)
            screened(book, "A031")
            book.add("A031", Identity("Anna Katharina"))
            book.add("A031", Plan("smr-central", runs=8))
            for item, value in (("mood", 8), ("energy", 5), ("stress", 6), ("sleep_quality", 3)):
                book.add("A031", Rating(item, value, Measure.SLIDER, Moment.BEFORE, week_ago, 1))
            for label in ("Rumination", "Irritability", "Focus", "Early waking", "Tension in the jaw", "Low drive"):
                stored = book.add("A031", OwnSymptom(label))
                book.add("A031", Rating("own", 6, Measure.SLIDER, Moment.BEFORE, week_ago, 1, stored.id))
            summary = {"state": "done", "thresholds": [2.0, 8.0, 3.0]}
            entry = SessionEntry(1, "x", week_ago, "smr-central", 1, "cyton", 1200.0, 2400.0, summary)
            book.add("A031", entry)
            book.add("A031", AdverseEffect(Effect.FATIGUE, 1, week_ago, visit=1))
            book.add("A031", answered(PHQ9, [0] * 8 + [1], NOW))
        return read_known(book, "A031", NOW)


def check_in_of(known: Known) -> CheckInPage:
    protocols = [(path, load_protocol(path)) for path in list_protocols()]
    choices = todays_choices(known.plan or Plan("smr-central"), known.sessions, "synthetic")
    return CheckInPage(known, choices, protocols, CATALOGUE, lambda: NOW)


def test_the_check_in(look: Look, own_book: Path) -> None:
    page = check_in_of(known_of(own_book, full=False))
    look(page, "check_in_empty")
    page.choices.comfort.setCurrentIndex(page.choices.comfort.findData("research"))
    look(page, "check_in_research")


def test_the_check_in_with_everything_at_once(look: Look, own_book: Path) -> None:
    page = check_in_of(known_of(own_book, full=True))
    assert page.choices.chosen_device == "cyton"
    look(page, "check_in_full")
    page.answers.put("mood", 3.0)
    page.answers.put("stress", 8.0)
    page.changed.setChecked(True)
    look(page, "check_in_treatment")
    page.choices.programs_button.setChecked(True)
    page.choices.programs.osc.setText("localhost:9000")
    page.choices.programs.changed.emit()
    look(page, "check_in_programs")
    assert {line.button.isVisibleTo(page) for line in page.hurdle_panel.lines.values()} == {True, False}


def test_the_questions_on_the_clients_screen(look: Look, own_book: Path) -> None:
    page = check_in_of(known_of(own_book, full=True))
    questions = ClientQuestions([*page.standard, *page.own], page.answers)
    look(questions, "client_question")


def wrap_up_of(facts: SessionFacts) -> WrapUpPage:
    """With all that it can hold."""
    before = {"mood": 4.0, "energy": 5.0, "stress": 6.0}
    page = WrapUpPage("Visit 13 · Anna Katharina (A031)", before, Plan("smr-central"), "Dr. M", "Sit up first.")
    page.show_runs([0.61, 0.64, math.nan, 0.58, 0.66])
    done = SessionEntry(13, "x", NOW, trained_s=facts.trained_s, summary=figures(facts, None))
    page.show_closed(done, facts, note_text(facts))
    page.answers.put("mood", 6.0)
    page.effects.buttons[Effect.HEADACHE].click()
    page.effects.buttons[Effect.HEADACHE].click()
    return page


def test_the_wrap_up(look: Look, facts: SessionFacts) -> None:
    empty = WrapUpPage("Visit 1 · A031", {}, Plan("smr-central"), "Dr. M")
    entry = SessionEntry(1, "x", NOW, summary={"problem": "x: is not a recording of nfb."})
    empty.show_closed(entry, None, "")
    look(empty, "wrap_up_empty")
    page = wrap_up_of(facts)
    look(page, "wrap_up_full")
    assert page.effects.effects()[Effect.HEADACHE] == 2
    assert page.next_plan.count() == len(next_plans(Plan("smr-central")))


def test_the_plots_of_the_wrap_up_keep_their_height_in_the_smallest_window(facts: SessionFacts, qtbot: QtBot) -> None:
    window, page = QWidget(), wrap_up_of(facts)
    qtbot.addWidget(window)
    page.setParent(window)
    page.resize(SIZES[0][0], SIZES[0][1] - TOP_PX)
    window.show()
    for _ in range(4):
        QApplication.processEvents()
    assert min(page.amplitude.height(), page.bars.height()) >= 88


def test_the_bars_of_the_runs_are_told_in_one_line(qtbot: QtBot) -> None:
    page = WrapUpPage("Visit 13 · A031", {}, Plan("smr-central"), "Dr. M")
    qtbot.addWidget(page)
    page.show_runs([0.61, 0.64, math.nan, 0.58, 0.66])
    assert page.bars.accessibleName() == "Time in range: run 1 61 %, run 2 64 %, run 3 –, run 4 58 %, run 5 66 %"
