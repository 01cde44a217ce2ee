"""Scoring against the published tables, wording, and what follows from the item about danger."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nfb.practice.banners import Acknowledgement, standing
from nfb.practice.book import Book
from nfb.practice.errors import BookError, FieldError
from nfb.practice.overview import client_banners
from nfb.practice.record import Stored
from nfb.practice.scales.catalogue import MADRS, PSQI, QIDS, SCALES, WHO5, score_qids, score_who5
from nfb.practice.scales.dropin import load_wording
from nfb.practice.scales.phq_gad import GAD7, PHQ8, PHQ9
from nfb.practice.scales.result import Place, ScaleResult
from nfb.practice.scales.safety_item import about_answer, left_out, offered, page_due, report_marks, safety_banners
from nfb.practice.scales.scoring import answered, named_total, progress, totalled
from nfb.practice.screening import SafetyContact

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CONTACT = SafetyContact("Dr. M", "Call the ward on 7.", "112")


def _phq9(*answers: int | None, days: int = 0, place: Place = Place.CLINIC) -> ScaleResult:
    return answered(PHQ9, answers, NOON + timedelta(days=days), place=place)


def _of_total(total: int) -> list[int | None]:
    """Nine answers with this sum; the last item is answered last."""
    return [min(3, max(0, total - 3 * item)) for item in range(9)]


def _stored(*results: ScaleResult) -> list[Stored[ScaleResult]]:
    return [Stored(number, 1, 1, result) for number, result in enumerate(results, 1)]


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "minimal"),
        (4, "minimal"),
        (5, "mild"),
        (9, "mild"),
        (10, "moderate"),
        (14, "moderate"),
        (15, "moderately severe"),
        (19, "moderately severe"),
        (20, "severe"),
        (27, "severe"),
    ],
)
def test_phq_9_bands_change_at_5_10_15_and_20(total: int, band: str) -> None:
    result = _phq9(*_of_total(total))
    assert (result.total, result.band) == (total, band)


@pytest.mark.parametrize(
    ("total", "band"),
    [(4, "minimal"), (5, "mild"), (9, "mild"), (10, "moderate"), (14, "moderate"), (15, "severe"), (21, "severe")],
)
def test_gad_7_bands_change_at_5_10_and_15(total: int, band: str) -> None:
    result = answered(GAD7, _of_total(total)[:7], NOON)
    assert (result.total, result.band) == (total, band)


@pytest.mark.parametrize(
    ("answers", "total", "imputed"),
    [
        ([1, 1, 1, 1, 1, 1, 1, None, None], 9.0, 2),
        ([3, 2, 1, 0, 1, 2, 0, None, 0], 10.0, 1),  # 9 of 8 answered: 10.125
        ([1, 1, 1, 1, 0, 0, 0, None, 0], 5.0, 1),  # 4 of 8 answered: 4.5 is rounded up
        ([1, 1, 1, 1, 1, 1, None, None, None], None, 0),
        ([None] * 9, None, 0),
    ],
)
def test_up_to_two_missing_answers_count_as_the_mean_of_the_others(
    answers: list[int | None], total: float | None, imputed: int
) -> None:
    result = _phq9(*answers)
    assert (result.total, result.imputed) == (total, imputed)
    assert result.answers == tuple(answers), "the answers are kept as they were"


@pytest.mark.parametrize(
    ("raw", "total", "band"), [(12, 48, "low"), (13, 52, ""), (7, 28, "very low"), (25, 100, "")]
)
def test_who_5_is_four_times_the_raw_sum(raw: int, total: int, band: str) -> None:
    answers: list[int | None] = [min(5, max(0, raw - 5 * item)) for item in range(5)]
    result = answered(WHO5, answers, NOON)
    assert result.total == total
    assert result.band == (f"{band} well-being" if band else "")
    assert score_who5([*answers[:4], None]).total is None


def test_qids_takes_the_highest_of_sleep_of_appetite_and_weight_and_of_motion() -> None:
    nothing: list[int | None] = [0] * 16
    nothing[5], nothing[8] = None, None  # appetite went neither down nor up: one of each pair is left out by design
    assert score_qids(nothing).total == 0
    highest: list[int | None] = [3] * 16
    assert score_qids(highest).total == 27
    for group in (range(4), range(5, 9), range(14, 16)):
        for item in group:
            one = [0] * 16
            one[item] = 2
            assert score_qids(one).total == 2, item
        assert score_qids([2 if item in group else 0 for item in range(16)]).total == 2, "not the sum"
    for item in (4, 9, 10, 11, 12, 13):
        one = [0] * 16
        one[item] = 3
        assert score_qids(one).total == 3, item


@pytest.mark.parametrize("missing", [(0,), (4,), (5, 6), (7, 8), (11,), (15,)])
def test_qids_without_one_of_its_domains_has_no_score(missing: tuple[int, ...]) -> None:
    answers: list[int | None] = [None if item in missing else 1 for item in range(16)]
    assert score_qids(answers).total is None


@pytest.mark.parametrize(
    ("key", "edges"),
    [("qids", (6, 11, 16, 21)), ("isi", (8, 15, 22)), ("madrs", (7, 20, 35)), ("psqi", (6,)), ("who5", (29, 51))],
)
def test_bands_of_totals_change_where_the_tables_say(key: str, edges: tuple[int, ...]) -> None:
    scale = SCALES[key]
    for edge in edges:
        assert scale.band(edge) != scale.band(edge - 1)
    changes = [n for n in range(int(scale.low) + 1, int(scale.high) + 1) if scale.band(n) != scale.band(n - 1)]
    assert changes == list(edges)


def test_the_texts_are_complete_and_the_shorter_phq_lacks_only_item_9() -> None:
    for scale in (PHQ9, PHQ8, GAD7):
        assert scale.wording is not None
        assert len(scale.wording.items) == len(scale.wording.choices) == scale.n_items
        assert scale.wording.choices[0] == (
            "Not at all",
            "Several days",
            "More than half the days",
            "Nearly every day",
        )
    assert PHQ9.wording is not None and PHQ8.wording is not None
    assert PHQ9.wording.items[:8] == PHQ8.wording.items
    assert PHQ9.wording.items[8] == "Thoughts that you would be better off dead or of hurting yourself in some way"
    assert [scale.key for scale in SCALES.values() if scale.wording] == ["phq9", "phq8", "gad7"], "licences"


def test_answers_outside_the_choices_and_totals_out_of_range_are_refused() -> None:
    with pytest.raises(FieldError, match="PHQ-9, item 3 = 4: must be from 0 to 3"):
        _phq9(0, 0, 4, 0, 0, 0, 0, 0, 0)
    with pytest.raises(FieldError, match="8 answers given, it has 9"):
        _phq9(*[0] * 8)
    with pytest.raises(FieldError, match="only its total can be entered"):
        answered(PSQI, [0], NOON)
    with pytest.raises(FieldError, match="must be from 0 to 21"):
        totalled(PSQI, 22, NOON)
    with pytest.raises(FieldError, match="enter the answer to item 10"):
        totalled(MADRS, 20, NOON)
    assert totalled(MADRS, 20, NOON, safety_answer=1).safety_item_answered_above_zero
    assert named_total("QOL", 61.5, NOON).total == 61.5
    with pytest.raises(FieldError, match="enter it as PHQ-9"):
        named_total("phq 9", 12, NOON)


def test_response_remission_and_important_change_follow_the_table() -> None:
    def from_to(first: int, last: int) -> tuple[bool | None, bool | None, bool | None]:
        found = progress(_stored(_phq9(*_of_total(first)), _phq9(*_of_total(last), days=14)), "phq9")
        assert found is not None
        return found.important, found.response, found.remission

    assert from_to(20, 16) == (False, False, False)
    assert from_to(20, 15) == (True, False, False)
    assert from_to(20, 10) == (True, True, False)
    assert from_to(20, 4) == (True, True, True)
    assert from_to(10, 15) == (True, False, False), "a change for the worse is an important one too"
    assert progress(_stored(_phq9(*_of_total(20))), "phq9") is None
    who5 = [answered(WHO5, [1, 1, 1, 1, 1], NOON), answered(WHO5, [2, 2, 2, 1, 1], NOON + timedelta(days=14))]
    found = progress(_stored(*who5), "who5")
    assert found is not None
    assert (found.points, found.important, found.response) == (12, True, None)


# The item about danger, rules (1) to (7)


def test_1_the_phq_9_is_offered_only_with_a_responsible_person_and_a_crisis_text() -> None:
    for contact in (None, SafetyContact(), SafetyContact("Dr. M", " "), SafetyContact("", "Call the ward")):
        scales = offered(contact)
        assert PHQ9 not in scales and QIDS not in scales and MADRS not in scales
        assert PHQ8 in scales and WHO5 in scales
    assert PHQ9 in offered(CONTACT)
    assert PHQ8 not in offered(CONTACT)


def test_2_any_answer_above_zero_shows_the_client_the_contact_for_five_seconds() -> None:
    for answer in (1, 2, 3):
        page = page_due(_phq9(*[0] * 8, answer), CONTACT)
        assert page is not None
        assert (page.responsible, page.crisis_text, page.emergency_numbers) == ("Dr. M", "Call the ward on 7.", "112")
        assert page.hold_s == 5.0
    assert page_due(_phq9(*[3] * 8, 0), CONTACT) is None
    qids: list[int | None] = [0] * 16
    qids[11] = 1
    assert page_due(answered(QIDS, qids, NOON), CONTACT) is not None
    assert page_due(totalled(MADRS, 4, NOON, safety_answer=1), CONTACT) is not None


def test_3_a_banner_blocks_the_start_until_somebody_wrote_who_what_and_when(book: Book) -> None:
    stored = book.add("A031", _phq9(*[0] * 8, 1))
    banners = client_banners(book, "A031")
    assert [banner.about for banner in banners] == [about_answer(stored.id)]
    assert any(banner.blocks_start for banner in banners)
    for who, what in (("", "talked"), ("Dr. M", " ")):
        with pytest.raises(FieldError, match="is empty"):
            book.add("A031", Acknowledgement(banners[0].about, who, what, NOON))
    book.add("A031", Acknowledgement(banners[0].about, "Dr. M", "talked, safe with sister tonight", NOON))
    assert not any(banner.blocks_start for banner in client_banners(book, "A031"))


def test_4_the_audit_trail_and_the_report_carry_a_mark(book: Book) -> None:
    stored = book.add("A031", _phq9(*[0] * 8, 2))
    remarks = [entry.detail.get("remark") for entry in book.audit_entries("A031") if entry.detail]
    assert "phq9: item about thoughts of death or self-harm answered above 'not at all'" in remarks
    assert report_marks([stored], []) == (
        "Safety note, PHQ-9 of 2026-03-02: see the client book (NOT YET ACKNOWLEDGED).",
    )
    ack = Acknowledgement(about_answer(stored.id), "Dr. M", "talked", NOON)
    assert report_marks([stored], [ack]) == (
        "Safety note, PHQ-9 of 2026-03-02: see the client book (acknowledged by Dr. M on 2026-03-02).",
    )


def test_5_the_risk_is_never_graded_and_the_answer_never_dropped(book: Book) -> None:
    texts = set()
    for answer in (1, 2, 3):
        (banner,) = safety_banners(_stored(_phq9(*[0] * 8, answer)))
        texts.add(banner.text)
    assert len(texts) == 1, "one, two and three read the same"
    stored = book.add("A031", _phq9(*[0] * 8, 3))
    with pytest.raises(BookError, match="a result stays"):
        book.remove(stored)
    retracted = ScaleResult(
        **{f: getattr(stored.value, f) for f in stored.value.__slots__} | {"retracted": "wrong one"}
    )
    book.change(stored, retracted)
    assert any(banner.blocks_start for banner in client_banners(book, "A031")), (
        "retracting it does not take the banner down"
    )


def test_5_a_zero_raises_nothing_and_a_left_out_item_is_asked_about() -> None:
    assert safety_banners(_stored(_phq9(*[3] * 8, 0))) == ()
    assert report_marks(_stored(_phq9(*[3] * 8, 0)), []) == ()
    (banner,) = safety_banners(_stored(_phq9(*[1] * 8, None)))
    assert "item 9 was left out. Ask about it" in banner.text
    assert not banner.blocks_start
    assert left_out(_phq9(*[0] * 9)) == ""
    assert left_out(answered(GAD7, [0] * 7, NOON)) == ""


def test_6_at_home_the_page_says_that_nobody_watches_and_the_banner_waits() -> None:
    result = _phq9(*[0] * 8, 1, place=Place.HOME)
    page = page_due(result, CONTACT)
    assert page is not None
    assert "Nobody watches these answers" in page.text
    (banner,) = safety_banners(_stored(result))
    assert "at home" in banner.text
    assert banner.blocks_start


def test_7_a_rise_of_item_9_or_five_points_more_is_called_worsening() -> None:
    def worse(*results: ScaleResult) -> list[str]:
        return [b.text for b in safety_banners(_stored(*results)) if b.about.startswith("worse")]

    assert worse(_phq9(*_of_total(10)), _phq9(*_of_total(14), days=14)) == []
    assert worse(_phq9(*_of_total(10)), _phq9(*_of_total(15), days=14)) == [
        "Worsening: PHQ-9 of 2026-03-16, total 10 → 15."
    ]
    risen = worse(_phq9(*[0] * 8, 1), _phq9(*[0] * 8, 2, days=14))
    assert risen == [
        "Worsening: PHQ-9 of 2026-03-16, the item about thoughts of death or self-harm is higher than before."
    ]
    hidden = worse(_phq9(*[0] * 8, 1), _phq9(*[0] * 8, None, days=7), _phq9(*[0] * 8, 2, days=14))
    assert len(hidden) == 1, "a left-out answer in between does not hide a rise"
    assert worse(_phq9(*[0] * 8, 2), _phq9(*[0] * 8, 1, days=14)) == []


def test_banners_that_block_come_first() -> None:
    results = _stored(_phq9(*[0] * 9), _phq9(*[2] * 8, 1, days=14))
    banners = standing(safety_banners(results), [])
    assert [banner.blocks_start for banner in banners] == [True, False]


WHO5_FILE = """
scale = "who5"
language = "xx"
licence = "of its own"
source = "WHO-5, made-up text"
instruction = "How was it?"
values = [5, 4, 3, 2, 1, 0]
choices = ["a", "b", "c", "d", "e", "f"]
[[items]]
text = "one"
[[items]]
text = "two"
[[items]]
text = "three"
[[items]]
text = "four"
[[items]]
text = "five"
"""


def test_a_text_under_its_own_licence_is_dropped_in(tmp_path: Path) -> None:
    path = tmp_path / "who5.toml"
    path.write_text(WHO5_FILE)
    scale, wording = load_wording(path)
    assert scale is WHO5
    assert wording.items == ("one", "two", "three", "four", "five")
    assert wording.choices[4] == ("a", "b", "c", "d", "e", "f")
    assert wording.values == (5, 4, 3, 2, 1, 0)
    result = answered(scale, [5, 5, 5, 5, 5], NOON, wording=wording)
    assert result.wording == "WHO-5, made-up text (xx, of its own)"


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ('scale = "who5"', 'scale = "madrs"', "scale = 'madrs': must be one of phq9, phq8, gad7, who5, qids"),
        ('licence = "of its own"', "", "licence: must be a text"),
        ("licence", "lisence", r"lisence: is not known \(did you mean 'licence'\?\)"),
        ('[[items]]\ntext = "five"', "", "items: 4 given, WHO-5 is scored from 5"),
        ('"e", "f"]', '"e"]', r"items\[1\].choices: 5 given, WHO-5 has 6"),
        ("1, 0]", "1, 1]", "values = .* must be the numbers 0 to 5"),
        ('text = "two"', "text = 2", r"items\[2\].text: must be a text"),
        ("language", "\x00", "cannot be read"),
        ('[[items]]\ntext = "one"', "", "items: 4 given"),
    ],
)
def test_a_dropped_in_text_that_does_not_fit_names_the_place(tmp_path: Path, old: str, new: str, text: str) -> None:
    path = tmp_path / "who5.toml"
    path.write_text(WHO5_FILE.replace(old, new, 1))
    with pytest.raises(BookError, match=text):
        load_wording(path)
