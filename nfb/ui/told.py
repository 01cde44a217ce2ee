"""Sentences with values that the layers below made, said anew in the person's language.

Below, a sentence is made from a template of a table and goes as plain text into records, reports and the terminal.
Here it is found again among those templates; its values go into the translated template.
"""

from __future__ import annotations

import re
from functools import cache
from string import Formatter

from nfb.model.errors import GUESS
from nfb.model.montage import MONTAGE_WORDS
from nfb.ui.language import tr

# Values that are words themselves. What people or systems wrote (names, places, messages) stays as it is.
_WORDS = frozenset(
    {"advice", "changes", "consequence", "effect", "guess", "kind", "protocol", "reason", "safety", "seen", "sites"}
    | {"way_out", "why"}
)
_WITHIN = frozenset({"effect", "reason"})
_BETWEEN = {"changes": "; ", "sites": MONTAGE_WORDS["or"]}  # of values that are lists


def told(text: str) -> str:
    """A sentence of the layers below in the language in force; as it is if no catalogue knows it.

    Several lines are told one by one. Of ``file: place = value: what is wrong`` the last part is told.
    """
    if "\n" in text and text not in templates():
        return "\n".join(told(line) for line in text.split("\n"))
    found = _retold(text)
    head, tail = "", text
    while not found and ": " in tail:
        start, _, tail = tail.partition(": ")
        head += f"{start}: "
        found = _retold(tail)
    return head + found if found else tr(text)


def _retold(text: str) -> str:
    """The sentence made anew from the translation of its template; empty if there is none."""
    if text in templates():
        return tr(text)
    for template, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            values = {name: _value(name, value) for name, value in found.groupdict().items()}
            return tr(template, **values)
    return ""


def _value(name: str, value: str) -> str:
    if name not in _WORDS:
        return value
    if name in _BETWEEN:
        between = _BETWEEN[name]
        return (_retold(between) or between).join(told(part) for part in value.split(between))
    if name in _WITHIN and value[:1].isupper():  # it begins a sentence; the catalogues know it within one
        words = told(value[:1].lower() + value[1:])
        return words[:1].upper() + words[1:]
    return told(value)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Templates with values, those with the most words of their own first: they say the most."""
    parted = {text: list(Formatter().parse(text)) for text in templates()}
    with_values = [text for text, parts in parted.items() if any(name is not None for _, name, _, _ in parts)]
    with_values.sort(key=lambda text: -sum(len(words) for words, _, _, _ in parted[text]))
    values = {text: re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(text)) for text in with_values}
    return tuple((text, re.compile(pattern, re.DOTALL)) for text, pattern in values.items())


@cache
def templates() -> tuple[str, ...]:
    """The sentences of the layers below that :func:`told` knows; with ``{fields}`` where they hold values."""
    from nfb.devices.fault_words import fault_sentences
    from nfb.devices.lsl_words import LSL_WORDS
    from nfb.engine.engine_words import ENGINE_WORDS
    from nfb.engine.hurdles import HURDLE_WORDS
    from nfb.files.disk_words import DISK_WORDS
    from nfb.files.file_words import FILE_WORDS
    from nfb.files.os_words import OS_WORDS
    from nfb.files.problem_words import PROBLEM_WORDS
    from nfb.files.recording_words import RECORDING_WORDS
    from nfb.practice.book_words import BOOK_WORDS
    from nfb.practice.dose import DOSE_WORDS
    from nfb.practice.effects import BANNER_WORDS
    from nfb.practice.field_words import FIELD_WORDS
    from nfb.practice.plans import OWN_SYMPTOMS_WORDS
    from nfb.practice.scales.safety_item import SAFETY_WORDS
    from nfb.practice.treatment_day import DAY_WORDS, LEAVING_NOTE
    from nfb.session.refusals import REFUSAL_WORDS
    from nfb.session.setup import SETUP_WORDS

    at_the_desk = (HURDLE_WORDS, DOSE_WORDS, BANNER_WORDS, SAFETY_WORDS, DAY_WORDS, OWN_SYMPTOMS_WORDS)
    of_book = (BOOK_WORDS, FIELD_WORDS)
    in_session = (REFUSAL_WORDS, SETUP_WORDS, MONTAGE_WORDS, ENGINE_WORDS, DISK_WORDS, LSL_WORDS)
    of_files = (FILE_WORDS, OS_WORDS, PROBLEM_WORDS, RECORDING_WORDS)
    tables = (text for table in (*at_the_desk, *of_book, *in_session, *of_files) for text in table.values())
    return tuple(dict.fromkeys((*tables, *fault_sentences(), LEAVING_NOTE, GUESS)))
