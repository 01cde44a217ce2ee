"""Texts of scales under licences of their own, read from a TOML file that the practice puts beside the program.

::

    scale = "who5"                  # a scale that is scored here item by item
    language = "en"
    licence = "…"                   # needed: under which the practice uses the text
    source = "…"                    # needed: where the text comes from
    instruction = "…"
    values = [5, 4, 3, 2, 1, 0]     # value of each choice; 0, 1, 2, … if left out
    choices = ["…", "…"]            # for all items, or `choices` inside an item

    [[items]]
    text = "…"
"""

import tomllib
from pathlib import Path
from typing import Any

from nfb.model.errors import nearest
from nfb.practice.errors import BookError
from nfb.practice.fields import clean_text
from nfb.practice.scales.catalogue import SCALES
from nfb.practice.scales.definition import Scale, Wording

_KEYS = ("scale", "language", "licence", "source", "instruction", "values", "choices", "items")


def load_wording(path: Path) -> tuple[Scale, Wording]:
    """Read the text of a scale.

    Raises
    ------
    BookError
        The file cannot be read, or its items and choices are not those that the scale is scored by; names the place.
    """
    try:
        if path.stat().st_size > 1_000_000:
            raise BookError(f"{path}: is larger than 1 MB; a scale's text is a few lines")
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BookError(f"{path}: cannot be read as a scale's text ({error})") from error
    for key in content:
        if key not in _KEYS:
            raise BookError(f"{path}: {key}: is not known{nearest(key, _KEYS)}")
    scale = SCALES.get(str(content.get("scale", "")))
    if scale is None or scale.score is None:
        able = ", ".join(key for key, known in SCALES.items() if known.score is not None)
        raise BookError(f"{path}: scale = {content.get('scale')!r}: must be one of {able}")
    return scale, _wording(path, scale, content)


def _wording(path: Path, scale: Scale, content: dict[str, Any]) -> Wording:
    items = content.get("items", [])
    if not isinstance(items, list) or len(items) != scale.n_items:
        n = len(items) if isinstance(items, list) else 0
        raise BookError(f"{path}: items: {n} given, {scale.name} is scored from {scale.n_items}")
    if not all(isinstance(item, dict) for item in items):
        raise BookError(f"{path}: items: write each as [[items]] with its text")
    n_choices = scale.highest_answer + 1
    values = content.get("values", list(range(n_choices)))
    if not isinstance(values, list) or sorted(values, key=str) != sorted(range(n_choices), key=str):
        raise BookError(f"{path}: values = {values!r}: must be the numbers 0 to {scale.highest_answer}, each once")
    texts, choices = [], []
    for number, item in enumerate(items, 1):
        texts.append(_text(path, f"items[{number}].text", item.get("text")))
        given = item.get("choices", content.get("choices", []))
        if not isinstance(given, list) or len(given) != n_choices:
            n = len(given) if isinstance(given, list) else 0
            raise BookError(f"{path}: items[{number}].choices: {n} given, {scale.name} has {n_choices}")
        choices.append(tuple(_text(path, f"items[{number}].choices", choice) for choice in given))
    return Wording(
        instruction=_text(path, "instruction", content.get("instruction")),
        items=tuple(texts),
        choices=tuple(choices),
        values=tuple(values),
        language=_text(path, "language", content.get("language", "en")),
        licence=_text(path, "licence", content.get("licence")),
        source=_text(path, "source", content.get("source")),
    )


def _text(path: Path, key: str, value: object) -> str:
    text = clean_text(value, lines=False) if isinstance(value, str) else ""
    if not text or len(text) > 1000:
        raise BookError(f"{path}: {key}: must be a text of 1 to 1000 characters")
    return text
