"""A short course of simulated clients through check-in, session and wrap-up agrees with what is known of them."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from visits import FIRST_DAY, CourseRun, SimulatedClient, run_course

from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.practice.book import Book
from nfb.practice.effects import AdverseEffect
from nfb.practice.notes import Note, NoteState
from nfb.practice.opening import open_book
from nfb.practice.overview import client_rows
from nfb.practice.plans import OwnSymptom, Plan
from nfb.practice.ratings import Rating
from nfb.practice.sessions import ABOVE_FIRST_P70, CLEAN_SHARE, SessionEntry
from nfb.practice.trends import trends
from nfb.report.book_notes import visit_notes
from nfb.report.course_report import course_report
from nfb.report.metrics import Learning, course
from nfb.report.session_note import session_note

PARAMS = {"alpha_hz": "11", "alpha_uv": "10", "channels": "Pz,O1,O2", "rate": "125", "chunk": "25"}
PLAN = Plan("ua-posterior", runs=3, run_s=30.0, rest_s=0.0)
N_VISITS = 4


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Book, dict[str, CourseRun]]]:
    folder = tmp_path_factory.mktemp("courses")
    protocol = replace(load_protocol(find_protocol("ua-posterior")), hop_s=0.1)
    clients = (
        SimulatedClient("L1", learn=0.8, kept_share=1.0),
        SimulatedClient("E1", scenario="bad-electrode"),
    )
    with open_book(folder / "clients.sqlite", who="Dr. M", now=lambda: FIRST_DAY) as book:
        runs = {
            client.code: run_course(
                book, folder / "recordings", client, protocol, PLAN, N_VISITS, PARAMS, baseline_s=25.0
            )
            for client in clients
        }
        yield book, runs


def test_the_tags_say_who_learned(courses: tuple[Book, dict[str, CourseRun]]) -> None:
    _, runs = courses
    tags = {code: course([facts.blocks for facts in run.facts]).learning for code, run in runs.items()}
    assert tags == {"L1": Learning.LEARNER, "E1": Learning.NOT_SHOWN}


def test_the_learners_slope_holds_the_true_growth_of_the_rhythm(courses: tuple[Book, dict[str, CourseRun]]) -> None:
    _, runs = courses
    learner = runs["L1"]
    slope = course([facts.blocks for facts in learner.facts]).slope
    true = float(np.polyfit(range(N_VISITS), np.log(learner.gains), 1)[0])
    assert slope.low <= true <= slope.high


def test_the_book_knows_the_figures_that_the_recordings_give(courses: tuple[Book, dict[str, CourseRun]]) -> None:
    _, runs = courses
    for run in runs.values():
        shares = [share.value for share in course([facts.blocks for facts in run.facts]).success]
        assert [entry.figure(ABOVE_FIRST_P70) for entry in run.entries] == pytest.approx(shares)
        assert [entry.trained_s for entry in run.entries] == pytest.approx([facts.trained_s for facts in run.facts])
        assert [entry.number for entry in run.entries] == [1, 2, 3, 4]
        assert {entry.summary["state"] for entry in run.entries} == {"done"}
    above = [entry.figure(ABOVE_FIRST_P70) or 0.0 for entry in runs["L1"].entries]
    assert above[-1] - above[0] > 0.2


def test_a_bad_electrode_costs_clean_time_and_is_named(courses: tuple[Book, dict[str, CourseRun]]) -> None:
    _, runs = courses
    quiet = [entry.figure(CLEAN_SHARE) or 0.0 for entry in runs["L1"].entries]
    loose = [entry.figure(CLEAN_SHARE) or 1.0 for entry in runs["E1"].entries]
    assert min(quiet) > 0.95
    assert max(loose) < 0.9
    held = {cause for facts in runs["E1"].facts for cause in facts.held_s_by_cause}
    assert {"electrode pop", "flat signal", "amplifier at its limit"} <= held


def test_the_trends_are_what_the_client_said(courses: tuple[Book, dict[str, CourseRun]]) -> None:
    book, runs = courses
    for code, run in runs.items():
        lines = trends(
            book.records(code, SessionEntry), book.records(code, Rating), book.records(code, OwnSymptom), (), ()
        ).series
        by_label = {line.label: [point.value for point in line.points] for line in lines}
        assert by_label["Mood"] == list(run.told.mood)
        assert by_label["Rumination"] == list(run.told.symptom)
        assert by_label["Hours slept"] == [7.0] * N_VISITS
        assert by_label["Clean time"] == pytest.approx([100 * (e.figure(CLEAN_SHARE) or 0) for e in run.entries])


def test_every_visit_leaves_answers_effects_and_a_signed_note(courses: tuple[Book, dict[str, CourseRun]]) -> None:
    book, _ = courses
    notes = [stored.value for stored in book.records("L1", Note)]
    assert [note.visit for note in notes] == [1, 2, 3, 4]
    assert {note.state for note in notes} == {NoteState.SIGNED}
    assert all("3 runs, 1:30 min of clean training" in note.text for note in notes)
    effects = [(s.value.visit, s.value.severity) for s in book.records("L1", AdverseEffect)]
    assert effects == [(1, 0), (2, 1), (3, 0), (4, 0)]
    row = client_rows(book, FIRST_DAY)[-1]
    assert (row.client.value.code, row.sessions_done, row.unsigned_notes) == ("L1", 4, 0)


def test_the_reports_say_the_same(courses: tuple[Book, dict[str, CourseRun]]) -> None:
    book, runs = courses
    assert "Learner: the trained signal changed the trained way" in course_report(runs["L1"].facts)
    assert "Learning: not shown" in course_report(runs["E1"].facts)
    notes = visit_notes(book, "L1", 2)
    assert notes.felt_before == (("Mood, 0–10", "4"),)
    assert notes.felt_after == (("Mood, 0–10", "5"),)
    assert notes.adverse_effects == "tired (mild)"
    page = session_note(runs["L1"].facts[1], notes)
    assert "Rumination 8" in page and "tired (mild)" in page and "Hours slept 7 h" in page
