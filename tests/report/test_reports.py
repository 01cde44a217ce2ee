"""Reports say what recordings hold, with unit and n, in the required words, and nothing that may not be said."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nfb.files.recording import Recording
from nfb.model.errors import RecordingError, SetupError
from nfb.report import crednf
from nfb.report.client_page import client_page
from nfb.report.course_report import course_report
from nfb.report.crednf_sheet import crednf_sheet
from nfb.report.facts import SessionFacts, facts_of
from nfb.report.given import CourseNotes, Series, SessionNotes, Treatment
from nfb.report.session_note import session_note
from nfb.report.signal import contact, covariation, spectra
from nfb.report.words import NOT_A_DEVICE, TIMING

FORBIDDEN = (
    "treats", "cures", "therapy for", "clinically proven", "medical-grade", "fda", "patient score", "normal brain",
    "abnormal", "diagnos", "treatment effect", "failed", "bad ",
)  # fmt: skip


class _Text(HTMLParser):
    """What a reader sees, without styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", " ".join(_Text(html).parts))


def charts_of(html: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(markup) for markup in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]


@pytest.fixture(scope="module")
def facts(typical: Recording) -> SessionFacts:
    return facts_of(typical)


@pytest.fixture(scope="module")
def course_facts(learner) -> list[SessionFacts]:  # type: ignore[no-untyped-def]
    return [facts_of(recording) for recording in learner.recordings]


@pytest.fixture(scope="module")
def pages(facts: SessionFacts, course_facts: list[SessionFacts]) -> dict[str, str]:
    return {
        "session": session_note(facts),
        "client": client_page(facts),
        "course": course_report(course_facts),
        "crednf": crednf_sheet(facts, crednf.answers(facts)),
    }


@pytest.mark.parametrize("kind", ["session", "client", "course", "crednf"])
def test_every_report_bears_the_required_words_and_no_forbidden_ones(pages: dict[str, str], kind: str) -> None:
    text = text_of(pages[kind])
    assert NOT_A_DEVICE in text
    said = text.replace(NOT_A_DEVICE, "").replace(TIMING, "").lower()
    for word in FORBIDDEN:
        assert not re.search(rf"\b{re.escape(word)}", said), word
    assert not re.search(r"\b(nan|None|inf)\b", text)


def test_the_fixed_caption_stands_on_the_course_report(pages: dict[str, str]) -> None:
    assert "Timing shown together does not prove cause. Wellness/research software, not a diagnosis." in text_of(
        pages["course"]
    )
    assert "cannot be separated from expectancy, time or other treatment" in text_of(pages["course"])


@pytest.mark.parametrize("kind", ["session", "client", "course", "crednf"])
def test_charts_are_whole_xml_with_title_and_description_inside_their_frame(pages: dict[str, str], kind: str) -> None:
    charts = charts_of(pages[kind])
    assert charts
    for chart in charts:
        names = {child.tag.rpartition("}")[2] for child in chart}
        assert {"title", "desc"} <= names
        width, height = float(chart.attrib["width"]), float(chart.attrib["height"])
        for shape in chart.iter():
            for axis, limit in (("x", width), ("y", height), ("cx", width), ("cy", height)):
                if axis in shape.attrib:
                    assert -0.5 <= float(shape.attrib[axis]) <= limit + 0.5
            for point in shape.attrib.get("points", "").split():
                x, y = map(float, point.split(","))
                assert -0.5 <= x <= width + 0.5
                assert -0.5 <= y <= height + 0.5


def test_the_session_note_names_what_ran(pages: dict[str, str]) -> None:
    text = text_of(pages["session"])
    for words in ("A031", "2026-03-02", "smr-central, version 1", "250 Hz", "C3, C4", "completed", "run 1", "run 3"):
        assert words in text
    assert "Snapshot, read with care" in text


def test_the_run_table_holds_the_accounts_numbers(facts: SessionFacts) -> None:
    account = facts.own.content["summary"]
    rows = {row["label"]: row for row in account["stages"]}  # type: ignore[index, call-overload, union-attr]
    assert [row.label for row in facts.runs] == ["baseline", "run-1", "run-2", "run-3", "transfer"]
    for row in facts.runs:
        assert row.valid_s == pytest.approx(rows[row.label]["valid_s"], abs=0.11)
        assert row.mean.value == pytest.approx(rows[row.label]["feature_mean"][0], rel=0.02)
        if row.label.startswith("run"):
            assert row.in_range.value == pytest.approx(rows[row.label]["in_range_share"], abs=0.02)


def test_held_time_by_cause_is_the_accounts(facts: SessionFacts) -> None:
    account = dict(facts.own.content["summary"]["held_s_by_cause"])  # type: ignore[index, call-overload, arg-type]
    account.pop("filters settling", None)
    assert facts.held_s_by_cause == pytest.approx(account, abs=0.11)


def test_the_spectrum_is_that_of_scipy_on_the_same_clean_samples(facts: SessionFacts) -> None:
    import numpy as np
    from scipy import signal

    pair = spectra(facts)
    assert pair is not None
    # SMR is 13.5 Hz in this client: the spectrum's largest value above the alpha band lies there
    inside = (pair.frequencies_hz > 12) & (pair.frequencies_hz < 20)
    assert 12.5 <= pair.frequencies_hz[inside][int(np.argmax(pair.before[inside]))] <= 15
    rows = [facts.recording.device.channel_names.index(site) for site in ("C3", "C4")]
    eeg = np.asarray(facts.recording.eeg[rows], dtype=float)
    _, psd = signal.welch(eeg, 250.0, nperseg=500)
    band = (pair.frequencies_hz >= 12) & (pair.frequencies_hz <= 15)
    assert pair.before[band].mean() == pytest.approx(psd.mean(axis=0)[band].mean(), rel=0.4)


def test_contact_of_every_electrode_is_good_in_the_simulated_client(facts: SessionFacts) -> None:
    found = contact(facts)
    assert [each.site for each in found] == list(facts.recording.device.channel_names)
    assert all(each.good > 0.8 for each in found)


def test_muscle_does_not_go_along_with_the_simulated_rhythm(facts: SessionFacts) -> None:
    found = covariation(facts)
    assert found.muscle.n >= 20
    assert found.muscle.low < 0 < found.muscle.high


def test_the_client_page_shows_no_amplitudes(pages: dict[str, str]) -> None:
    text = text_of(pages["client"])
    assert "µV" not in text
    assert "Hedges" not in text
    assert "You practised letting a brain rhythm called SMR (12–15 Hz, at C3 and C4) become stronger." in text


def test_a_name_stands_in_for_the_code_only_where_it_is_given(facts: SessionFacts) -> None:
    named = text_of(session_note(facts, SessionNotes(shown_name="Kim Example", plan="Go on.")))
    assert "Kim Example (A031)" in named
    assert "Go on." in named
    assert "Kim" not in text_of(session_note(facts))


def test_what_people_write_cannot_become_markup(facts: SessionFacts) -> None:
    html = session_note(facts, SessionNotes(note="<script>alert(1)</script> & more"))
    assert "<script>" not in html
    assert "alert(1)" in text_of(html)


def test_a_learners_course_says_so_with_interval_and_n(course_facts: list[SessionFacts]) -> None:
    text = text_of(course_report(course_facts))
    assert "Learner: the trained signal changed the trained way (n = 5 sessions)" in text
    found = re.search(r"Across sessions \+([\d.]+) % \[([\d.]+), ([\d.]+)\] per session, n = 5 sessions", text)
    assert found is not None


def test_a_non_learners_course_says_not_shown(non_learner) -> None:  # type: ignore[no-untyped-def]
    text = text_of(course_report([facts_of(recording) for recording in non_learner.recordings]))
    assert "Learning: not shown (n = 4 sessions)" in text


def test_a_course_of_two_sessions_says_too_few(course_facts: list[SessionFacts]) -> None:
    text = text_of(course_report(course_facts[:2]))
    assert "Learning: too few sessions to tell (n = 2 sessions)" in text
    assert "too few (n = 2; needs 4)" in text


def test_gaps_in_ratings_are_never_joined(course_facts: list[SessionFacts]) -> None:
    days = [date(2026, 3, 2) + timedelta(days=i) for i in range(5)]
    series = Series("Worry", "0–10", tuple(zip(days, (5.0, 4.0, None, 3.0, 2.0), strict=True)))
    chart = charts_of(course_report(course_facts, CourseNotes(series=(series,))))[0]
    first_panel = [
        shape
        for shape in chart.iter()
        if shape.tag.endswith("polyline") and shape.attrib["stroke"] == "#1B4390" and float(
            shape.attrib["points"].split(",")[1].split()[0]
        ) < 110
    ]  # fmt: skip
    assert [len(line.attrib["points"].split()) for line in first_panel] == [2, 2]


def test_treatments_are_labelled_spans(course_facts: list[SessionFacts]) -> None:
    treatments = (
        Treatment("sertraline 50 mg", date(2026, 1, 1)),
        Treatment("CBT", date(2026, 3, 4), date(2026, 3, 9)),
    )
    html = course_report(course_facts, CourseNotes(treatments=treatments, planned_sessions=20))
    text = text_of(html)
    assert "sertraline 50 mg (goes on)" in text
    assert "CBT" in text
    assert "5 of 20 planned (25 %)" in text


def test_sessions_of_two_clients_are_no_course(facts: SessionFacts, course_facts: list[SessionFacts]) -> None:
    with pytest.raises(RecordingError, match="one client and one trained feature"):
        course_report([facts, *course_facts])


def test_another_programs_recording_has_no_report(typical: Recording) -> None:
    with pytest.raises(RecordingError, match="was not recorded by this program"):
        facts_of(replace(typical, session=None))


# --- CRED-nf ---------------------------------------------------------------------------------------------------


def test_all_24_answers_are_there_and_the_open_ones_say_so(facts: SessionFacts) -> None:
    found = crednf.answers(facts)
    assert len(found) == 24
    automatic = [answer.item.id for answer in found if answer.status == "automatic"]
    assert automatic == ["3b", "3d", "3e", "4a", "4b", "4c", "4d", "4e", "5a", "5b"]
    assert all(answer.text == "not answered" for answer in found if answer.status == "not answered")
    assert text_of(crednf_sheet(facts, found)).count("not answered") == 14 + 1  # and the count at the top


def test_asked_answers_are_read_from_toml_and_json(tmp_path: Path, facts: SessionFacts) -> None:
    toml, plain = tmp_path / "study.toml", tmp_path / "study.json"
    toml.write_text('1a = "osf.io/abcde"\n2b = "Not applicable"\n', encoding="utf-8")
    plain.write_text(json.dumps({"1a": "osf.io/abcde", "2b": "not applicable"}), encoding="utf-8")
    for path in (toml, plain):
        found = {answer.item.id: answer for answer in crednf.answers(facts, crednf.read_answers(path))}
        assert found["1a"].text == "osf.io/abcde"
        assert found["2b"].status == "not applicable"


def test_the_reason_that_is_asked_is_added_to_what_is_known(facts: SessionFacts) -> None:
    found = {answer.item.id: answer for answer in crednf.answers(facts, {"4b": "Shaping by sessions."})}
    assert found["4b"].status == "automatic and asked"
    assert "Reward when SMR (12–15 Hz) at C3 and C4" in found["4b"].text
    assert found["4b"].text.endswith("Shaping by sessions.")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"1A": "yes"}, "1A: is no item of CRED-nf (did you mean '1a'?)"),
        ({"1a": "not applicable"}, "the checklist allows that only for 2b, 2c-r, 2c-s, 2d, 2e, 5c, 6a, 6b"),
    ],
)
def test_answers_that_cannot_be_used_say_why(facts: SessionFacts, asked: dict[str, str], message: str) -> None:
    with pytest.raises(SetupError, match=re.escape(message)):
        crednf.answers(facts, asked)


@pytest.mark.parametrize("content", ["[1, 2]", '{"1a": 3}', "{", ""])
def test_files_of_answers_that_cannot_be_read_say_why(tmp_path: Path, content: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SetupError, match=r"answers\.json"):
        crednf.read_answers(path)


def test_the_record_holds_every_answer(facts: SessionFacts) -> None:
    record = json.loads(json.dumps(crednf.to_record(facts, crednf.answers(facts)), allow_nan=False))
    assert [answer["item"] for answer in record["answers"]] == [item.id for item in crednf.ITEMS]
    assert record["protocol"]["id"] == "smr-central"
    assert re.fullmatch(r"[0-9a-f]{64}", record["protocol"]["sha256"])
