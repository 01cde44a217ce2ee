"""Makes a catalogue of translations from a mapping of English texts to those of another language.

A translator needs no tool of Qt's. ::

    python -m nfb.ui.languages.catalogue sources texts.json
    python -m nfb.ui.languages.catalogue de mapping.json

The first writes every text of the window as a list. The second takes ``{text: translation}`` for all of them and
writes ``nfb_de.ts`` and ``nfb_de.qm`` beside this module; it names what lacks, what is too much, and where the
``{fields}`` of a text are not those of its translation. ``lrelease`` comes with PySide6 and is needed only here.
The mapping of a catalogue that exists is what :func:`read_ts` returns.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Formatter
from xml.etree import ElementTree

from nfb.ui.language import CONTEXT, FOLDER
from nfb.ui.vocabulary import sources

TEXTS = {"tr": slice(0, 1), "tr_n": slice(0, 2), "tr_count": slice(1, 3)}  # which arguments of a call are texts
PACKAGE = FOLDER.parents[1]
# Layers without a window that speak through the translation they are given.
SPEAKING = ("model/*.py", "report/*.py")
IN_TEMPLATE = re.compile(r"""\btr\("([^"]+)\"""")


def text_arguments(path: Path) -> list[ast.expr]:
    """The arguments of every ``tr``, ``tr_n`` and ``tr_count`` of a module that are to be translated."""
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    named = [(call, _called(call.func)) for call in calls]
    found = [argument for call, name in named if name in TEXTS for argument in call.args[TEXTS[name]]]
    return sorted(found, key=lambda argument: (argument.lineno, argument.col_offset))


def template_texts() -> list[str]:
    """The texts of the templates of reports."""
    paths = sorted(PACKAGE.glob("report/templates/*.html"))
    return [text for path in paths for text in IN_TEMPLATE.findall(path.read_text("utf-8"))]


def _called(func: ast.expr) -> str:
    """``tr`` of ``tr(…)`` and ``self.tr(…)``."""
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""


def modules() -> list[Path]:
    """Every module of the window, and those below it that speak through it."""
    below = (path for pattern in SPEAKING for path in PACKAGE.glob(pattern))
    return sorted((*FOLDER.parent.rglob("*.py"), *below))


def source_texts() -> tuple[str, ...]:
    """Every text to translate, each once: literals of modules and templates, then words of the layers below."""
    arguments = (argument for path in modules() for argument in text_arguments(path))
    literals = (each.value for each in arguments if isinstance(each, ast.Constant) and isinstance(each.value, str))
    return tuple(dict.fromkeys((*literals, *template_texts(), *sources())))


def fields(text: str) -> frozenset[tuple[str, str]]:
    """Names and formats of the ``{fields}`` of a text.

    >>> sorted(fields("{n} of {m:.1f} s"))
    [('m', '.1f'), ('n', '')]
    """
    return frozenset((name, form or "") for _, name, form, _ in Formatter().parse(text) if name is not None)


def faults(translations: Mapping[str, str], texts: Iterable[str]) -> list[str]:
    """What keeps a mapping from being a catalogue of `texts`; empty if nothing does."""
    wanted = set(texts)
    found = [f"lacks: {text!r}" for text in wanted - translations.keys()]
    found += [f"no such text: {text!r}" for text in translations.keys() - wanted]
    for text in wanted & translations.keys():
        if not translations[text].strip():
            found.append(f"empty: {text!r}")
        elif fields(text) != fields(translations[text]):
            found.append(f"other fields: {text!r} → {translations[text]!r}")
    return sorted(found)


def write_ts(path: Path, code: str, texts: Iterable[str], translations: Mapping[str, str]) -> None:
    """Write a catalogue in Qt's format.

    Raises
    ------
    ValueError
        The mapping is not one of all `texts`; names every fault.
    """
    texts = tuple(texts)
    wrong = faults(translations, texts)
    if wrong:
        raise ValueError("\n".join(wrong))
    root = ElementTree.Element("TS", version="2.1", language=code, sourcelanguage="en")
    context = ElementTree.SubElement(root, "context")
    ElementTree.SubElement(context, "name").text = CONTEXT
    for text in texts:
        message = ElementTree.SubElement(context, "message")
        ElementTree.SubElement(message, "source").text = text
        ElementTree.SubElement(message, "translation").text = translations[text]
    ElementTree.indent(root)
    path.write_text('<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n' + _xml(root) + "\n", "utf-8")


def _xml(root: ElementTree.Element) -> str:
    return ElementTree.tostring(root, encoding="unicode")


def read_ts(path: Path) -> dict[str, str]:
    """Translations by text; an unfinished or obsolete one is left out."""
    found = {}
    for message in ElementTree.parse(path).getroot().iter("message"):
        translation = message.find("translation")
        if translation is not None and "type" not in translation.attrib:
            found[message.findtext("source", "")] = translation.text or ""
    return found


def compile_qm(path: Path) -> Path:
    """Compile a ``.ts`` file with PySide6's ``lrelease``; the result lies beside it.

    Raises
    ------
    subprocess.CalledProcessError
        It could not be compiled.
    """
    import PySide6

    tool = Path(PySide6.__file__).parent / ("lrelease.exe" if sys.platform == "win32" else "lrelease")
    compiled = path.with_suffix(".qm")
    subprocess.run([tool, "-silent", path, "-qm", compiled], check=True)
    return compiled


def main(what: str, file: Path) -> None:
    """Write all texts to `file` if `what` is ``sources``, else make the catalogue of that language from it."""
    texts = source_texts()
    if what == "sources":
        file.write_text(json.dumps(texts, ensure_ascii=False, indent=1) + "\n", "utf-8")
        return
    path = FOLDER / f"nfb_{what}.ts"
    write_ts(path, what, texts, json.loads(file.read_text("utf-8")))
    compile_qm(path)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
