"""The words that this program never uses, and those that it has to."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

import nfb
from nfb.files.shelf import list_protocols
from nfb.report.words import NOT_A_DEVICE, TIMING
from nfb.ui.languages.catalogue import source_texts
from nfb.ui.pages.start import intended_use

PACKAGE = Path(nfb.__file__).parent

JUDGING = ("bad", "failed", "abnormal", "normal brain", "diagnosis", "treatment effect")
PROMISING = (
    "treats", "cures", "therapy for", "clinically proven", "medical-grade", "medical grade", "FDA", "patient score",
)  # fmt: skip
FORBIDDEN = re.compile(rf"\b({'|'.join(JUDGING + PROMISING)})\b", re.IGNORECASE)

# Where one of them has to stand: what this is not for, and words of others that are quoted as they are.
ALLOWED = (NOT_A_DEVICE, TIMING)


def forbidden(text: str) -> list[str]:
    for required in ALLOWED:
        text = text.replace(required, "")
    return FORBIDDEN.findall(text)


def strings(node: ast.AST) -> list[str]:
    """String literals of a module that are no docstrings."""
    bodies = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(each.body[0].value)
        for each in ast.walk(node)
        if isinstance(each, bodies) and each.body and isinstance(each.body[0], ast.Expr)
    }
    return [
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in docstrings
    ]


def modules(*layers: str) -> list[Path]:
    return [path for layer in layers for path in sorted((PACKAGE / layer).rglob("*.py"))]


def texts_of(value: object) -> list[str]:
    """All texts of a tree of tables and lists."""
    if isinstance(value, str):
        return [value]
    each = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in each for text in texts_of(one)]


def test_the_window_judges_and_promises_nothing() -> None:
    assert {text: found for text in source_texts() if (found := forbidden(text))} == {}


@pytest.mark.parametrize("path", list_protocols(), ids=lambda path: path.stem)
def test_a_protocol_judges_and_promises_nothing(path: Path) -> None:
    protocol = tomllib.loads(path.read_text("utf-8"))
    # A study's own title is quoted as it is.
    protocol.get("evidence", {}).pop("references", None)
    assert {text: found for text in texts_of(protocol) if (found := forbidden(text))} == {}


def test_reports_judge_and_promise_nothing() -> None:
    templates = [
        path.read_text("utf-8") for path in sorted((PACKAGE / "report" / "templates").iterdir()) if path.is_file()
    ]
    assert templates
    written = [text for path in modules("report") for text in strings(ast.parse(path.read_text("utf-8")))]
    assert {text: found for text in (*templates, *written) if (found := forbidden(text))} == {}


def test_the_terminal_judges_and_promises_nothing() -> None:
    written = [text for path in modules("cli") for text in strings(ast.parse(path.read_text("utf-8")))]
    assert {text: found for text in written if (found := forbidden(text))} == {}


@pytest.mark.parametrize(
    "sentence",
    [
        "Research and education software for EEG self-regulation training.",
        "Not a medical device; not intended to diagnose, treat, cure, mitigate or prevent any disease",
        "nor to replace care.",
        "Evidence for depression is preliminary.",
        "Do not change medication or other treatment because of it.",
    ],
)
def test_what_this_is_for_is_said_on_the_first_page_and_in_every_report(sentence: str) -> None:
    assert sentence in intended_use() and sentence in NOT_A_DEVICE
    assert intended_use() == NOT_A_DEVICE


def test_what_stands_together_is_not_called_a_cause() -> None:
    assert any("timing only, not cause" in text.lower() for text in source_texts())


@pytest.mark.parametrize("path", list_protocols(), ids=lambda path: path.stem)
def test_every_protocol_says_what_it_is_not(path: Path) -> None:
    cautions = " ".join(tomllib.loads(path.read_text("utf-8"))["cautions"])
    assert "not a medical device" in cautions and "Do not change medication" in cautions
