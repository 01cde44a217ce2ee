"""What the layers below say for the window and for paper is said in the window's language, and wholly so."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from longer import Longer
from PySide6.QtWidgets import QApplication
from test_visit_screens import facts  # noqa: F401

from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol, list_protocols
from nfb.model.errors import MontageError, ProtocolError
from nfb.model.montage import adapted_words, fit_montage
from nfb.model.protocol import Protocol
from nfb.model.sentence import sentence
from nfb.practice.clients import Client
from nfb.practice.errors import FieldError
from nfb.practice.fields import checked
from nfb.practice.plans import Plan
from nfb.report import crednf
from nfb.report.client_page import client_page
from nfb.report.course_report import course_report
from nfb.report.crednf_sheet import crednf_sheet
from nfb.report.facts import SessionFacts
from nfb.report.session_note import session_note
from nfb.report.visit_record import note_text
from nfb.session.setup import band_misfit
from nfb.ui.language import LANGUAGES, tr, use_language
from nfb.ui.told import told

SHIPPED = [load_protocol(path) for path in list_protocols()]
OTHERS = [language.code for language in LANGUAGES if language.code != "en"]
# Words that a sentence on what is rewarded holds in English, and that no other of our languages knows.
ENGLISH = frozenset(
    {"reward", "when", "is", "are", "above", "below", "its", "theirs", "threshold", "thresholds", "while", "stay"}
    | {"stays", "then", "with", "eyes", "closed", "open", "the", "ratio", "of", "power", "share", "at", "to", "and"}
    | {"from", "up", "it", "peak", "activity", "upper", "high", "slow"}
)
ENGLISH_OF_REPORTS = (
    "Your session", "You practised", "The clock stood still", "How you felt", "Next visit", "Each dot is one visit",
    "Session note", "valid time", "set by", "in range", "Reward when", "Left open", "Clean:", "Held:", "No gaps",
    "Change in this session", "not measured", "cannot be separated", "Snapshot", "Not a medical device",
    "to be arranged", "not recorded", "Date and signature", "completed", "baseline", "blink",
)  # fmt: skip


class _Text(HTMLParser):
    """What a reader of a report sees or hears."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag == "style"
        self.parts += [value for name, value in attrs if name == "aria-label" and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", " ".join(_Text(html).parts))


def plain_words(text: str) -> set[str]:
    """Words that did not go through the longer language, which leaves no vowel as it is; units and sites have none
    or no three letters."""
    return set(re.findall(r"(?<![\w-])(?=\w*[aeiouy])[A-Za-z]{3,}(?![\w-])", text))


@pytest.fixture
def longer_words(qapp: QApplication) -> Iterator[None]:
    translator = Longer()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.fixture(params=OTHERS)
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    assert use_language(qapp, request.param)
    yield request.param
    use_language(qapp, "en")


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    assert use_language(qapp, "de")
    yield
    use_language(qapp, "en")


@pytest.mark.parametrize("protocol", SHIPPED, ids=lambda protocol: protocol.id)
def test_no_word_of_a_sentence_escapes_the_language(longer_words: None, protocol: Protocol) -> None:
    assert plain_words(sentence(protocol, tr=tr)) == set()


def test_a_shipped_sentence_has_no_english_word_in_any_other_language(language: str) -> None:
    for protocol in SHIPPED:
        words = set(re.findall(r"[^\W\d]+", sentence(protocol, tr=tr)))
        assert words & ENGLISH == set(), protocol.id


def test_a_sentence_is_the_same_in_an_english_window(qapp: QApplication) -> None:
    assert [sentence(protocol, tr=tr) for protocol in SHIPPED] == [sentence(protocol) for protocol in SHIPPED]


def test_sites_that_stand_in_are_told_in_the_language(longer_words: None) -> None:
    balance = load_protocol(find_protocol("faa-alay"))
    muse = fit_montage(balance, ("TP9", "AF7", "AF8", "TP10"))
    assert plain_words(adapted_words(muse, tr)) == set()
    assert plain_words(sentence(balance, muse, tr)) == set()


def test_reports_are_the_same_in_an_english_window(qapp: QApplication, facts: SessionFacts) -> None:  # noqa: F811
    assert session_note(facts, tr=tr) == session_note(facts)
    assert client_page(facts, tr=tr) == client_page(facts)
    assert note_text(facts, tr) == note_text(facts)


def test_no_word_of_a_report_escapes_the_language(longer_words: None, facts: SessionFacts) -> None:  # noqa: F811
    for page in (session_note(facts, tr=tr), client_page(facts, tr=tr), course_report([facts], tr=tr)):
        # Names of the program and of a statistic, and a unit, are the same everywhere.
        assert plain_words(text_of(page)) <= {"nfb", "Hedges", "min"}
    assert plain_words(note_text(facts, tr)) == {"min"}


def test_a_german_note_and_page_have_none_of_the_english_sentences(
    german: None,
    facts: SessionFacts,  # noqa: F811
) -> None:
    note, page = text_of(session_note(facts, tr=tr)), text_of(client_page(facts, tr=tr))
    assert [words for words in ENGLISH_OF_REPORTS if words in note or words in page] == []
    assert "Sitzung" in note and "Belohnt wird, wenn SMR" in note and "Durchgang 1" in note
    assert "Sie haben geübt" in page and '<html lang="de">' in client_page(facts, tr=tr)


def test_the_sheet_of_a_study_says_in_german_why_it_is_english(german: None, facts: SessionFacts) -> None:  # noqa: F811
    sheet = text_of(crednf_sheet(facts, crednf.answers(facts), tr=tr))
    assert "auf Englisch" in sheet and "Pre-experiment" in sheet


def test_why_a_headset_does_not_do_is_told_in_the_language(longer_words: None) -> None:
    smr = load_protocol(find_protocol("smr-central"))
    with pytest.raises(MontageError) as lacking:
        fit_montage(smr, ("O1", "O2"))
    words = told(str(lacking.value))
    assert words.startswith("smr-central: montage.sites: ") and "C3, C4" in words and "O1, O2" in words
    assert plain_words(words.removeprefix("smr-central: montage.sites: ")) == set()
    misfit = told(band_misfit(smr, smr.features, 20.0, None))
    assert plain_words(misfit.rpartition("]: ")[2]) == set()


def test_why_a_field_or_file_is_refused_is_told_in_the_language(longer_words: None) -> None:
    for record, place in ((lambda: Client("Anna"), "client.code = 'Anna': "), (lambda: Plan("x" * 300), "")):
        with pytest.raises(FieldError) as refused:
            checked(record())
        words = told(str(refused.value))
        assert words.startswith(place) and plain_words(words.rpartition(": ")[2]) == set()
    with pytest.raises(ProtocolError) as missing:
        load_protocol("no/such.toml")
    words = told(str(missing.value))
    assert words.startswith("no/such.toml: ") and plain_words(words.rpartition(": ")[2]) == set()
