"""The loop delay as reports say it."""

from html import unescape

from nfb.files.recording import Recording
from nfb.report.delay import budget_words, measured_words
from nfb.report.facts import facts_of
from nfb.report.session_note import session_note

NOTED = {
    "transport_ms": 40.0,
    "burst_ms": 21.5,
    "hop_ms": 7.8,
    "algorithm_ms": 150.0,
    "fixed_ms": 219.3,
    "decision_ms_median": 0.5,
    "decision_ms_p95": 1.2,
    "presentation_ms_median": 9.0,
    "presentation_ms_p95": 15.6,
    "loop_ms_median": 228.8,
    "loop_ms_p95": 236.1,
}


def test_the_budget_is_a_sum_that_a_reader_can_check() -> None:
    assert budget_words(NOTED) == (
        "electrode to computer 40 ms (as declared) + burst 22 ms + hop 8 ms + filters 150 ms = 219 ms"
    )


def test_what_was_measured_comes_with_its_spread_and_what_was_not_is_left_out() -> None:
    said = measured_words(NOTED)
    assert "on the screen 9 ms (95th percentile 16 ms) after the decision" in said
    assert "whole loop 229 ms (95th percentile 236 ms)" in said
    assert "sound" not in said
    assert measured_words({}) == budget_words({}) == ""


def test_the_session_note_says_the_delay(typical: Recording) -> None:
    note = unescape(session_note(facts_of(typical)))
    assert "Delay of the feedback" in note
    assert "not known + burst 8 ms" in note, note[note.index("Delay of") :][:300]
