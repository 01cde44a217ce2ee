"""Words of the layers below that the window shows: collected for the catalogues from the tables they stand in.

The texts of PHQ-9 and GAD-7 are not among them. A translation of a questionnaire is another questionnaire, with its
own validation, so they are shown in English unless an official translation is added as a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TypeVar

from nfb.dsp.alpha_peak import NO_PEAK_REASONS
from nfb.dsp.quality import BETWEEN_ADVICE, BETWEEN_REASONS, FINDINGS
from nfb.model.sentence import BAND_NAMES, SENTENCE_WORDS, plain_name
from nfb.ui.language import tr
from nfb.ui.told import templates

_K = TypeVar("_K")


def quality_words(text: str) -> str:
    """Reasons or advice of :mod:`nfb.dsp.quality`, one or several, in the person's language."""
    for between in (BETWEEN_ADVICE, BETWEEN_REASONS):
        known = [_retold(part) for part in text.split(between)]
        if all(known):
            return between.join(known)
    return tr(text)


def alpha_words(reason: str) -> str:
    """Why there is no clear alpha peak, in the person's language."""
    return _retold(reason) or reason


def _retold(text: str) -> str:
    """A sentence that was made from a template, made anew from the translated one; empty if there is no such."""
    for template, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            return tr(template, **found.groupdict())
    return ""


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    templates = [text for finding in FINDINGS.values() for text in finding if text]
    templates += NO_PEAK_REASONS
    return tuple((text, re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>\\S+)", re.escape(text)))) for text in templates)


def shown(words: Mapping[_K, str]) -> dict[_K, str]:
    """A table of words in the person's language."""
    return {key: tr(text) for key, text in words.items()}


def sources() -> tuple[str, ...]:
    """Every text of the layers below that is shown through ``tr``, each once, in a stable order."""
    below = (_session(), _devices(), _practice(), _reports(), templates(), _protocols(), _keys(), _glossary())
    tables = (*below, SENTENCE_WORDS, BAND_NAMES)
    return tuple(dict.fromkeys(text for table in tables for text in table if text))


def _session() -> Iterator[str]:
    from nfb.model.commands import EndReason
    from nfb.model.hop import CAUSE_WORDS

    yield from CAUSE_WORDS.values()
    yield from (reason.value for reason in EndReason)
    for reason, advice in FINDINGS.values():
        yield from (reason, advice)
    yield from NO_PEAK_REASONS
    yield from ("check", "eyes open", "eyes closed", "alpha peak", "run", "rest", "transfer", "end")  # of stages


def _devices() -> Iterator[str]:
    from nfb.engine.launch import SIMULATED, SYNTHETIC, device_rows, lsl_row

    for row in (*device_rows(), lsl_row()):
        yield from (row.link, row.advice)
        if row.name in (SIMULATED, SYNTHETIC):  # the others are proper names
            yield from (row.label, row.name)
        for param in row.params:
            yield from (param.label, param.hint)


def _practice() -> Iterator[str]:
    from nfb.practice.clients import FLAG_WORDS
    from nfb.practice.comfort import PROFILES
    from nfb.practice.effects import EFFECT_WORDS, SEVERITY_WORDS
    from nfb.practice.intake import QUESTIONS
    from nfb.practice.kinds import KINDS
    from nfb.practice.ratings import ITEMS
    from nfb.practice.scales.catalogue import SCALES
    from nfb.practice.treatments import TREATMENT_WORDS
    from nfb.practice.trends import CAPTION, EMPTY, FIGURE_LABELS

    yield from KINDS
    yield from FLAG_WORDS.values()
    yield from TREATMENT_WORDS.values()
    yield from EFFECT_WORDS.values()
    yield from SEVERITY_WORDS
    for question in QUESTIONS.values():
        yield from (question.text, question.consequence)
    for profile in PROFILES.values():
        yield from (profile.name, *profile.remarks)
    for item in ITEMS.values():
        yield from (item.label, item.low_word, item.high_word)
    for scale in SCALES.values():
        yield from (scale.period, *(words for _, words in scale.bands))
    yield from (CAPTION, EMPTY, *FIGURE_LABELS.values())


def _keys() -> Iterator[str]:
    from nfb.files.protocol_schema import TABLES
    from nfb.ui.editor.compare_view import key_and_unit

    for table in TABLES.values():
        for key, field in table.model_fields.items():
            yield from key_and_unit(field.alias or key)


def _reports() -> Iterator[str]:
    from nfb.report.metrics import Trend
    from nfb.report.words import CANNOT_SEPARATE, NOT_A_DEVICE, SNAPSHOT, TIMING

    yield from (NOT_A_DEVICE, TIMING, CANNOT_SEPARATE, SNAPSHOT)
    yield from (trend.value for trend in Trend)
    yield from ("operator", "rule", "baseline", "not finished", "simulated client")
    yield from (reason.partition(":")[0] for reason, _ in FINDINGS.values())


def _protocols() -> Iterator[str]:
    from nfb.files.protocol_file import load_protocol
    from nfb.files.shelf import list_protocols

    for path in list_protocols():
        protocol = load_protocol(path)
        evidence = protocol.evidence
        yield from (protocol.name, protocol.purpose, protocol.feedback.instruction, *protocol.cautions)
        yield from (evidence.level, evidence.summary, evidence.limits)
        yield from (plain_name(feature.name) for feature in protocol.features)
        yield from (fallback.note for fallback in protocol.montage.fallbacks)


def _glossary() -> Iterator[str]:
    from nfb.model.glossary import GLOSSARY

    for entry in GLOSSARY.values():
        yield from (entry.term, *entry.also, entry.text)
