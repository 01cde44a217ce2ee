"""How a value of a protocol file is written in a field, and what typed words become in the file.

What cannot be understood goes into the file as it was typed: the reader then says at the field what is expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

ABSENT = object()  # the key is to be left out


@dataclass(frozen=True, slots=True)
class Codec:
    """`show` turns a value into the words of a field, `read` turns words into a value or :data:`ABSENT`."""

    show: Callable[[object], str]
    read: Callable[[str], object]


def _number(text: str) -> object:
    text = text.strip().replace(",", ".").removesuffix("%").strip()
    if not text:
        return ABSENT
    try:
        value = float(text)
    except ValueError:
        return text
    if value != value or abs(value) > 1e12:
        return text
    return int(value) if value.is_integer() and "." not in text and "e" not in text.lower() else value


def _show_number(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else _show_text(value)


def _show_text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else str(value)


def _share(text: str) -> object:
    value = _number(text)
    return round(value / 100, 6) if isinstance(value, int | float) else value


def _show_share(value: object) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{100 * value:.6g}" if is_number else _show_text(value)  # type: ignore[operator]


def _pair(text: str) -> object:
    """``12-15``, ``12 15``, ``-4 to 2``: two numbers; a hyphen after a digit parts them."""
    found = re.fullmatch(r"\s*([+-]?[\d.]+)\s*(?:-|–|to|,|;|\s)\s*([+-]?[\d.]+)\s*(?:Hz)?\s*", text)
    if found is None:
        return text.strip() or ABSENT
    return [_number(found[1]), _number(found[2])]


def _show_pair(value: object) -> str:
    if isinstance(value, list) and len(value) == 2:
        low, high = map(_show_number, value)
        return f"{low} to {high}" if low.startswith("-") or high.startswith("-") else f"{low}–{high}"
    return _show_text(value)


def _names(text: str) -> object:
    names = [name for name in re.split(r"[\s,;]+", text) if name]
    return names or ABSENT


def _show_names(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else _show_text(value)


def _lines(text: str) -> object:
    return [line.strip() for line in text.split("\n") if line.strip()] or ABSENT


def _show_lines(value: object) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else _show_text(value)


def _limit(text: str) -> object:
    return False if text.strip().casefold() == "off" else _number(text)


def _show_limit(value: object) -> str:
    return "off" if value is False else _show_number(value)


def _replace(text: str) -> object:
    """``F3 = AF7; C3 = C1 and C5`` as a table of stand-ins."""
    table: dict[str, object] = {}
    for part in filter(str.strip, re.split(r"[;\n]", text)):
        wanted, equals, rest = part.partition("=")
        stand_ins = [name for name in re.split(r"[\s,+]+|\band\b", rest) if name]
        if not equals or not wanted.strip():
            return text
        table[wanted.strip()] = stand_ins[0] if len(stand_ins) == 1 else stand_ins
    return table


def _show_replace(value: object) -> str:
    if not isinstance(value, dict):
        return _show_text(value)
    rows = ((wanted, new if isinstance(new, list) else [new]) for wanted, new in value.items())
    return "; ".join(f"{wanted} = {' + '.join(map(str, new))}" for wanted, new in rows)


TEXT = Codec(_show_text, lambda text: text.strip())
OPTIONAL_TEXT = Codec(_show_text, lambda text: text.strip() or ABSENT)
NUMBER = Codec(_show_number, _number)
PERCENT = Codec(_show_share, _share)
PAIR = Codec(_show_pair, _pair)
NAMES = Codec(_show_names, _names)
LINES = Codec(_show_lines, _lines)
LIMIT = Codec(_show_limit, _limit)
REPLACE = Codec(_show_replace, _replace)
