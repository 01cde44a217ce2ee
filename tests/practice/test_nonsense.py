"""Any value of any field is either kept as it will be read back, or refused in words; words are chosen with care."""

import ast
import re
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nfb.practice
from nfb.practice.book import Book
from nfb.practice.clients import Client, client_code
from nfb.practice.codec import moment, stamp
from nfb.practice.errors import FieldError
from nfb.practice.fields import JsonObject, Number, Text, clean_text, hints_of, rules_of
from nfb.practice.kinds import KINDS
from nfb.practice.notes import Note
from nfb.practice.opening import open_book
from nfb.practice.record import Record
from nfb.practice.scales.phq_gad import GAD_ITEMS, PHQ_ITEMS
from nfb.practice.sessions import SessionEntry

_TEXTS = st.one_of(
    st.text(st.characters(), max_size=40),  # with surrogates and control characters
    st.sampled_from(
        [
            "👩‍👩‍👧‍👦🏳️‍🌈",
            "‏שרה כהן‏",
            "محمد",
            "A\u202eB",
            "x\x00y",
            "\ud83d",
            "' OR 1=1; --",
            "%s {} \\",
            "x" * 60_000,
            "",
            "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A",
        ]
    ),
)
_ANYTHING = st.one_of(
    _TEXTS,
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(2**63), 2**53 + 1]),
    st.floats(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.datetimes(),
    st.times(),
    st.lists(_TEXTS, max_size=3).map(tuple),
    st.dictionaries(_TEXTS, st.one_of(_TEXTS, st.floats(), st.none()), max_size=3),
)
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    time: st.times(),
    JsonObject: st.dictionaries(_TEXTS, st.one_of(_TEXTS, st.integers(0, 9), st.none()), max_size=3),
}


def _fitting(hint: Any) -> st.SearchStrategy[Any]:
    """Values within a field's limits; texts of all sorts."""
    plain, rules = rules_of(hint)
    limits = next((rule for rule in rules if isinstance(rule, Number)), Number(0, 9))
    if plain is str:
        needed = any(isinstance(rule, Text) and rule.needed for rule in rules)
        return _TEXTS.map(lambda text: text[:90] or "x") if needed else _TEXTS.map(lambda text: text[:90])
    if plain is float:
        return st.floats(limits.low, limits.high)
    if plain is int:
        return st.integers(int(limits.low), int(limits.high))
    if get_origin(plain) is tuple:
        return st.lists(_fitting(get_args(plain)[0]), max_size=3).map(tuple)
    if get_origin(plain) is dict and plain != JsonObject:
        return st.dictionaries(_TEXTS, _fitting(get_args(plain)[1]), max_size=3)
    return st.sampled_from(list(plain)) if plain not in _PLAIN and plain != JsonObject else _PLAIN[plain]


@st.composite
def _records(draw: st.DrawFn) -> Record:
    """A record within its limits, and in half of the cases one field of nonsense."""
    kind = KINDS[draw(st.sampled_from(sorted(set(KINDS) - {"client", "safety_contact"})))]
    values = {name: draw(_fitting(hint)) for name, hint in hints_of(kind).items()}
    if draw(st.booleans()):
        values[draw(st.sampled_from(sorted(values)))] = draw(_ANYTHING)
    return kind(**values)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with open_book(tmp_path_factory.mktemp("book") / "clients.sqlite") as book:
        yield book


_number = iter(range(1, 1_000_000))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(record=_records())
def test_a_record_of_nonsense_is_kept_exactly_or_refused_in_words(kept: Book, record: Record) -> None:
    code = kept.add_client(Client(f"N{next(_number)}")).value.code
    before = len(kept.audit_entries(code))
    try:
        stored = kept.add(code, record)
    except Exception as error:
        assert type(error).__name__ in ("FieldError", "BookError"), repr(error)
        assert record.kind in str(error)
        assert len(str(error)) < 500
        assert kept.records(code, type(record)) == ()
        assert len(kept.audit_entries(code)) == before
    else:
        assert kept.record(type(record), stored.id) == stored


@given(text=_TEXTS)
def test_cleaning_keeps_what_can_be_read_and_is_done_once(text: str) -> None:
    for lines in (True, False):
        cleaned = clean_text(text, lines)
        assert clean_text(cleaned, lines) == cleaned
        cleaned.encode()
        assert "\x00" not in cleaned
        assert lines or "\n" not in cleaned
    letters = [letter for letter in text if letter.isalpha()]
    assert [letter for letter in clean_text(text) if letter.isalpha()] == letters


@pytest.mark.parametrize("name", ["👩‍👩‍👧‍👦", "‏שרה כהן", "محمد", "Nguyễn Thị", "O’Brien-Łukasz", "李小龍"])
def test_names_of_all_scripts_stay_as_they_are(name: str) -> None:
    assert clean_text(name, lines=False) == name


_DIFFICULT = (
    *("👩‍👩‍👧‍👦", "‏שרה כהן", "a\x00b\x1f\x85c", "\ud83d half", "'; DROP TABLE client; --", "Z͑ͫ̓ͪA", "\u202eabc"),
    *("%(x)s :y {} \\", "line\r\nbreak\u2028"),
)


def test_difficult_texts_are_the_same_on_both_databases(place: str) -> None:
    with open_book(place) as book:
        for number, text in enumerate(_DIFFICULT, 1):
            code, line = f"A{number}", clean_text(text, lines=False)
            book.who = text
            book.add_client(Client(code, flag_note=text), reason=text)
            book.add(code, Note(text, text, datetime(2026, 3, 2, tzinfo=UTC)))
            book.add(code, SessionEntry(1, "x", datetime(2026, 3, 2, tzinfo=UTC), summary={text: [text]}))
            assert book.client(code).value.flag_note == clean_text(text)
            assert book.records(code, Note)[0].value.text == clean_text(text)
            assert book.records(code, SessionEntry)[0].value.summary == {line: [clean_text(text)]}
            assert book.audit_entries(code)[0].who == line
        assert book.verify_audit().whole


@given(text=st.text(max_size=30))
def test_a_code_is_made_of_safe_letters_or_refused(text: str) -> None:
    try:
        code = client_code(text)
    except FieldError:
        return
    assert re.fullmatch("[A-Z0-9]{2,16}", code)


_OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(at=st.datetimes(timezones=_OFFSETS, min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)))
def test_stamps_come_back_and_sort_as_the_moments_do(at: datetime) -> None:
    assert moment(stamp(at)) == at
    later = datetime(2026, 3, 2, 12, 0, 0, 1, tzinfo=UTC)
    assert (stamp(at) < stamp(later)) == (at < later)


# Words. The two embedded questionnaires have their own, word for word.

_FORBIDDEN = (
    *("treats", "cures", "cure", "therapy for", "clinically proven", "medical-grade", "medical grade", "fda"),
    *("patient score", "normal brain", "bad", "failed", "abnormal", "diagnosis", "diagnoses", "treatment effect"),
)


def _strings() -> list[tuple[str, str]]:
    folder = Path(nfb.practice.__file__).parent
    found = []
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append((f"{path.relative_to(folder)}:{node.lineno}", node.value))
    return found


def test_no_string_holds_a_forbidden_word() -> None:
    strings = _strings()
    assert len(strings) > 1000
    pattern = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in _FORBIDDEN), re.IGNORECASE)
    quoted = {*PHQ_ITEMS, *GAD_ITEMS}
    found = [(place, text) for place, text in strings if text not in quoted and pattern.search(text)]
    assert found == []


def test_the_rules_need_no_database_and_nothing_needs_a_window() -> None:
    code = (
        "import sys, nfb.practice.intake, nfb.practice.dose, nfb.practice.treatment_day, nfb.practice.trends, "
        "nfb.practice.comfort, nfb.practice.scales.safety_item; assert 'sqlalchemy' not in sys.modules; "
        "import nfb.practice.overview, nfb.practice.erase, nfb.practice.opening; assert 'PySide6' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
