"""The course report out of the client book: simulated truth, goals, ratings and treatments, and what is not there."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from nfb.cli import main
from nfb.files.recording import Recording
from nfb.model.errors import SetupError
from nfb.practice.book import Book
from nfb.practice.clients import Client, Identity
from nfb.practice.effects import AdverseEffect, Effect
from nfb.practice.errors import BookError
from nfb.practice.opening import open_book
from nfb.practice.plans import Goal, OwnSymptom, Plan
from nfb.practice.ratings import Measure, Moment, Rating
from nfb.practice.scales.result import ScaleResult
from nfb.practice.sessions import SessionEntry
from nfb.practice.treatments import Step, TreatmentEvent, TreatmentKind
from nfb.report.book_course import client_page_from_book, course_from_book, course_notes
from nfb.report.book_tables import phenotype_tables

DAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Desk:
    """A client book, and where the recordings of each client lie."""

    book: Book
    roots: dict[str, Path]


def enter(book: Book, code: str, recordings: tuple[Recording, ...]) -> Path:
    """As a practice's desk does after each visit; the root of the recordings."""
    book.add_client(Client(code))
    root = recordings[0].path.parents[1]
    for number, recording in enumerate(recordings, 1):
        folder = recording.path.relative_to(root).as_posix()
        assert recording.started_utc is not None
        book.add(code, SessionEntry(number, folder, recording.started_utc, "ua-posterior", 1, "simulated"))
    return root


@pytest.fixture(scope="module")
def desk(learner, non_learner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("book") / "clients.sqlite"
    with open_book(path, who="Dr. M", now=lambda: DAY) as book:
        roots = {
            "L01": enter(book, "L01", learner.recordings),
            "N01": enter(book, "N01", non_learner.recordings),
            "T01": enter(book, "T01", learner.recordings[:2]),
        }
        book.add("L01", Identity("Ada Example"))
        book.add("L01", Plan("ua-posterior", sessions=20))
        book.add("L01", Goal("Fall asleep before midnight", date(2026, 3, 1)))
        worry = book.add("L01", OwnSymptom("Worry", good_week=2, usual_week=5, hard_week=8))
        for visit in range(1, 6):
            taken = DAY + timedelta(days=4 * (visit - 1), minutes=-5)
            own = Rating("own", 8.0 - visit, Measure.SLIDER, Moment.BEFORE, taken, visit, symptom_id=worry.id)
            if visit != 3:  # not asked on that day
                book.add("L01", own)
            book.add("L01", Rating("mood", 4.0, Measure.SLIDER, Moment.BEFORE, taken, visit))
            book.add("L01", AdverseEffect(Effect.HEADACHE, int(visit == 2), taken, visit=visit))
        book.add("L01", ScaleResult("phq9", DAY, (1,) * 9, 9.0, safety_answer=1, visit=1))
        book.add("L01", ScaleResult("phq9", DAY, (3,) * 9, 27.0, safety_answer=3, visit=1, retracted="wrong client"))
        start = TreatmentEvent(TreatmentKind.MEDICATION, "sertraline", Step.START, date(2026, 3, 8), dose="50 mg")
        book.add("L01", start)
        yield Desk(book, roots)


def told(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\N{MINUS SIGN}", "-")


def test_a_learners_report_shows_a_rise_whose_interval_contains_the_true_effect(desk: Desk, learner) -> None:  # type: ignore[no-untyped-def]
    text = told(course_from_book(desk.book, "L01", desk.roots["L01"]).html)
    assert "Learner: the trained signal changed the trained way (n = 5 sessions)." in text
    found = re.search(r"Across sessions \+([\d.]+) % \[([\d.]+), ([\d.]+)\] per session, n = 5 sessions", text)
    assert found is not None, text
    value, low, high = map(float, found.groups())
    # The truth: a straight line through the gains that the simulated client had in the middle of its sessions.
    middles = (learner.ln_gain[:-1] + learner.ln_gain[1:]) / 2
    true_percent = 100 * math.expm1(np.polyfit(np.arange(5), middles, 1)[0])
    assert 0 < low < value < high
    assert low <= true_percent <= high


def test_a_non_learners_report_says_not_shown(desk: Desk) -> None:
    text = told(course_from_book(desk.book, "N01", desk.roots["N01"]).html)
    assert "Learning: not shown (n = 4 sessions)." in text


def test_a_course_of_two_sessions_says_too_few(desk: Desk) -> None:
    text = told(course_from_book(desk.book, "T01", desk.roots["T01"]).html)
    assert "Learning: too few sessions to tell (n = 2 sessions)." in text
    assert "Across sessions too few (n = 2; needs 4)" in text


def test_goals_plan_effects_ratings_and_treatments_come_from_the_book(desk: Desk) -> None:
    notes = course_notes(desk.book, "L01")
    assert notes.goals == ("Fall asleep before midnight",)
    assert notes.planned_sessions == 20
    assert notes.adverse_effects == "Asked 5 times: headache 1× (at most mild)."
    worry = notes.series[0]
    assert (worry.name, worry.unit) == ("Worry", "0–10, lower is easier")
    assert [line.limits for line in notes.series] == [(0, 10), (0, 27), (0, 10)]  # whole scales, not magnified
    assert [value for _, value in worry.points] == [7.0, 6.0, None, 4.0, 3.0]  # the third was not asked: a gap
    assert [(t.name, t.start, t.end) for t in notes.treatments] == [("sertraline 50 mg", date(2026, 3, 8), None)]
    text = told(course_from_book(desk.book, "L01", desk.roots["L01"]).html)
    for words in ("Fall asleep before midnight", "5 of 20 planned", "headache 1×", "sertraline 50 mg", "Worry (0–10"):
        assert words in text


def test_the_name_is_printed_only_if_asked_for(desk: Desk) -> None:
    root = desk.roots["L01"]
    assert "Ada Example" in course_from_book(desk.book, "L01", root).html
    html = course_from_book(desk.book, "L01", root, with_name=False).html
    assert "Ada Example" not in html
    assert "L01" in html


def test_sessions_that_cannot_be_read_are_told_and_the_others_reported(desk: Desk, tmp_path: Path) -> None:
    with open_book(tmp_path / "b.sqlite", now=lambda: DAY) as book:
        book.add_client(Client("L01"))
        for stored in desk.book.records("L01", SessionEntry)[:2]:
            book.add("L01", stored.value)
        book.add("L01", SessionEntry(3, "sub-L01/ses-099", DAY + timedelta(days=30), "ua-posterior"))
        made = course_from_book(book, "L01", desk.roots["L01"])
        assert len(made.sessions) == 2
        assert made.left_out[0].startswith("Session 3: ")
        with pytest.raises(SetupError, match="knows no session that can be read"):
            course_from_book(book, "L01", tmp_path)
        with pytest.raises(BookError):
            course_from_book(book, "X9", tmp_path)


def test_the_clients_page_holds_what_was_felt_and_no_amplitudes(desk: Desk) -> None:
    made = client_page_from_book(desk.book, "L01", desk.roots["L01"], visit=2)
    assert made.sessions[0].session == "002"
    assert "µV" not in told(made.html)
    with pytest.raises(SetupError, match="knows no session 9"):
        client_page_from_book(desk.book, "L01", desk.roots["L01"], visit=9)


def test_tables_for_an_archive_hold_no_words_dates_or_retracted_answers(desk: Desk) -> None:
    ratings, scale = phenotype_tables(desk.book, "L01", ("ratings", "scales"))
    assert list(ratings.columns) == ["days", "own1_before", "mood_before"]
    assert ratings.rows[0] == ("001", (0.0, 7.0, 4.0))
    assert ratings.rows[2] == ("003", (8.0, None, 4.0))
    assert "Worry" not in repr(ratings)
    assert "2026" not in repr((ratings, scale))
    assert (scale.name, [row[1][-2] for row in scale.rows]) == ("scale_phq9", [9.0])
    assert phenotype_tables(desk.book, "L01", ()) == ()


def test_the_command_takes_the_book(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.book.place.path is not None
    root, book = str(desk.roots["L01"]), str(desk.book.place.path)
    command = ["report", root, "--kind", "course", "--client", "L01", "--book", book]
    assert main([*command, "--name"]) == 2
    assert "never stands beside recordings" in capsys.readouterr().err
    assert main([*command, "--name", "--out", str(tmp_path)]) == 0
    assert "Ada Example" in (tmp_path / "report-course.html").read_text(encoding="utf-8")
    assert main([*command, "--out", str(tmp_path)]) == 0
    assert "Ada Example" not in (tmp_path / "report-course.html").read_text(encoding="utf-8")
    assert main(["report", "--kind", "course"]) == 2
    assert main(["report", root, "--client", "L01"]) == 2
    assert "goes with --kind course or client" in capsys.readouterr().err
