"""Every text of the window can be translated, and every catalogue says all of them."""

import ast
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from nfb.ui.language import CONTEXT, FOLDER, LANGUAGES, tr, tr_n, use_language
from nfb.ui.languages.catalogue import (
    PACKAGE,
    compile_qm,
    faults,
    modules,
    read_ts,
    source_texts,
    template_texts,
    text_arguments,
    write_ts,
)
from nfb.ui.vocabulary import quality_words

CATALOGUES = sorted(FOLDER.glob("nfb_*.ts"))

# What may stand there instead of a literal: words of the layers below, which nfb.ui.vocabulary collects, and what
# devices and disks say of themselves, which is shown as it is where no catalogue knows it.
VOCABULARY = {
    "CANNOT_SEPARATE",
    "CAPTION",
    "CAUSE_WORDS[cause]",
    "EFFECT_WORDS[e.effect]",
    "EFFECT_WORDS[e.value.effect]",
    "EMPTY",
    "FLAG_WORDS[flag]",
    "ITEMS[rating.item].label",
    "NOT_A_DEVICE",
    "QUESTIONS[finding.key].text",
    "SEVERITY_WORDS[e.severity]",
    "SEVERITY_WORDS[e.value.severity]",
    "SNAPSHOT",
    "TIMING",
    "TREATMENT_WORDS[event.treatment]",
    "_COUPLING[feature.kind]",
    "_FIXED[role, direction][several]",
    "_LEARNED[role, direction][several + (several and spoken_of)]",
    "band_name((low, high))",
    "band_name(feature.band.hz)",
    "bare",
    "cause",
    "caution",
    "device.advice",
    "device.label",
    "device.link",
    "device.model or device.name",
    "device.reference",
    "e.step.value",
    "each.reason",
    "end",
    "entry.protocol.name",
    "entry.term",
    "entry.text",
    "evidence.level",
    "evidence.limits",
    "evidence.summary",
    "f.setup.protocol.name",
    "facts.end_words",
    "finding.consequence",
    "finished.reason.value",
    "fit.note",
    "instruction",
    "label.replace('-', ' ')",
    "line.label",
    "name",
    "name.replace('-', ' ')",
    "one if n == 1 else many",
    "param.hint",
    "param.label",
    "part",
    "plain_name(feature.name)",
    "plain_name(measure.name)",
    "plain_name(name)",
    "profile.name",
    "protocol.name",
    "protocol.purpose",
    "question.high_word",
    "question.low_word",
    "question.text",
    "result.band",
    "s.high_word",
    "s.low_word",
    "series.label",
    "str(item)",
    "str(value)",
    "template",
    "text",
    "title",
    "trend.trend.value",
    "unit",
    "view.setup.device.name",
    "word",
    "words",
}


def by_name(path: Path) -> str:
    return path.stem


def test_every_text_is_a_literal_or_a_word_of_the_layers_below() -> None:
    others = {
        f"{path.relative_to(PACKAGE).as_posix()}:{argument.lineno}": ast.unparse(argument)
        for path in modules()
        for argument in text_arguments(path)
        if not isinstance(argument, ast.Constant)
    }
    assert {place: words for place, words in others.items() if words not in VOCABULARY} == {}


def test_texts_of_reports_and_of_their_templates_are_to_be_translated() -> None:
    texts = source_texts()
    templates = sorted((PACKAGE / "report" / "templates").glob("*.html"))
    n_calls = sum(path.read_text("utf-8").count('tr("') for path in templates)
    assert len(template_texts()) == n_calls > 30
    assert {"Your session of {day}", "No clean windows for a spectrum.", "{names} is above its threshold"} <= {*texts}


def test_a_catalogue_is_made_from_a_mapping_and_says_the_same_compiled(tmp_path: Path, qapp: QApplication) -> None:
    texts = ("Trained {time}", "  {n} of {many} < 3 & “more”", "Two\nlines")
    mapping = {text: text.swapcase().replace("{TIME}", "{time}").replace("{N}", "{n}").replace("{MANY}", "{many}")
               for text in texts}  # fmt: skip
    path = tmp_path / "nfb_xx.ts"
    write_ts(path, "xx", texts, mapping)
    translator = QTranslator()
    assert translator.load(str(compile_qm(path)))
    assert read_ts(path) == mapping
    assert {text: translator.translate(CONTEXT, text) for text in texts} == mapping


@pytest.mark.parametrize(
    ("translations", "fault"),
    [
        ({}, "lacks"),
        ({"Trained {time}": ""}, "empty"),
        ({"Trained {time}": "Trainiert {zeit}"}, "other fields"),
        ({"Trained {time}": "Trainiert {time:g}"}, "other fields"),
        ({"Trained {time}": "{time} trainiert", "Gone": "Weg"}, "no such text"),
    ],
)
def test_a_mapping_with_a_fault_is_refused(tmp_path: Path, translations: dict[str, str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        write_ts(tmp_path / "nfb_xx.ts", "xx", ["Trained {time}"], translations)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=by_name)
def test_a_catalogue_holds_every_text_with_its_fields_and_nothing_else(path: Path) -> None:
    assert faults(read_ts(path), source_texts()) == []
    marked = [
        each.attrib["type"] for each in ElementTree.parse(path).getroot().iter("translation") if "type" in each.attrib
    ]
    assert marked == []  # neither unfinished nor obsolete


@pytest.mark.parametrize("path", CATALOGUES, ids=by_name)
def test_a_compiled_catalogue_says_the_same(path: Path, qapp: QApplication) -> None:
    translator = QTranslator()
    assert translator.load(str(path.with_suffix(".qm")))
    translations = read_ts(path)
    assert {text: translator.translate(CONTEXT, text) for text in translations} == translations


@pytest.mark.parametrize("path", CATALOGUES, ids=by_name)
def test_a_language_that_has_a_catalogue_can_be_chosen(path: Path, qapp: QApplication) -> None:
    code = path.stem.removeprefix("nfb_")
    assert code in {language.code for language in LANGUAGES}
    try:
        assert use_language(qapp, code)
        assert tr("Trained {time}", time="3:12") == read_ts(path)["Trained {time}"].format(time="3:12")
    finally:
        use_language(qapp, "en")
    assert tr("Trained {time}", time="3:12") == "Trained 3:12"


def test_a_language_without_a_catalogue_leaves_english(qapp: QApplication) -> None:
    assert not use_language(qapp, "xx")
    assert tr_n("{n} gap", "{n} gaps", 2) == "2 gaps"


class Shouting(QTranslator):
    """Says everything in capitals, and fields as they are."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return "".join(
            part if part[:1] == "{" else part.upper()
            for part in text.replace("}", "}\0").replace("{", "\0{").split("\0")
        )

    def isEmpty(self) -> bool:  # noqa: N802
        return False


def test_what_is_wrong_with_an_electrode_is_told_in_the_language_with_its_values(qapp: QApplication) -> None:
    translator = Shouting()
    qapp.installTranslator(translator)
    try:
        assert quality_words("muscle: 12 µV of 20–45 Hz; mains: 5 µV of 50 Hz") == (
            "MUSCLE: 12 ΜV OF 20–45 HZ; MAINS: 5 ΜV OF 50 HZ"
        )
        assert quality_words(
            "dry the skin between it and T4; check the plugs. bring headset and receiver closer together"
        ) == ("DRY THE SKIN BETWEEN IT AND T4; CHECK THE PLUGS. BRING HEADSET AND RECEIVER CLOSER TOGETHER")
    finally:
        qapp.removeTranslator(translator)
