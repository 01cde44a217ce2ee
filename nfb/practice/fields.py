"""Limits of fields, written beside their types, and the one check that every value passes before it is kept."""

import json
import math
import re
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from nfb.practice.errors import FieldError
from nfb.practice.field_words import FIELD_WORDS
from nfb.practice.record import Record

T = TypeVar("T", bound=Record)
JsonObject = dict[str, object]  # anything that JSON can say

_MAX_JSON = 1_000_000
_MAX_INT = 2**53  # what JSON, SQLite and a double all hold exactly

# All control characters except tab and line feed. Marks that steer joining and writing direction (U+200D, U+200F, …)
# stay: emoji and right-to-left names need them.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Text:
    """At most `limit` characters; one line unless `lines`; may be empty unless `needed`."""

    limit: int
    lines: bool = False
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """From `low` to `high`, both included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Refers:
    """The number of a record of the kind `kind` of the same client."""

    kind: str


Line = Annotated[str, Text(200)]
NeededLine = Annotated[str, Text(200, needed=True)]
Prose = Annotated[str, Text(50_000, lines=True)]
NeededProse = Annotated[str, Text(50_000, lines=True, needed=True)]


def clean_text(text: str, lines: bool = True) -> str:
    r"""Text that every database keeps: no control characters, no halves of characters, no space around it.

    >>> clean_text("Anna\x00\r\nK. ", lines=False)
    'Anna K.'
    """
    text = _SURROGATE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _CONTROL.sub("", text)
    return text.strip() if lines else " ".join(text.split())


def hints_of(record: type[Record]) -> dict[str, Any]:
    """Type hints of a record's fields, with their limits."""
    return _hints(cast(Any, record))


@cache
def _hints(record: Any) -> dict[str, Any]:
    hints = get_type_hints(record, include_extras=True)
    return {field.name: hints[field.name] for field in fields(record)}


def rules_of(hint: Any) -> tuple[Any, tuple[object, ...]]:
    """A hint without ``| None`` and without its limits; the limits."""
    if get_origin(hint) in (Union, UnionType):
        present = [part for part in get_args(hint) if part is not NoneType]
        if len(present) == 1:
            return rules_of(present[0])
    if get_origin(hint) is Annotated:
        plain, *rules = get_args(hint)
        inner, more = rules_of(plain)
        return inner, (*rules, *more)
    return hint, ()


def is_optional(hint: Any) -> bool:
    """Whether None is a value of the field."""
    if get_origin(hint) is Annotated:
        return is_optional(get_args(hint)[0])
    return get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint)


def checked(record: T) -> T:
    """The record with its texts cleaned and its moments in UTC.

    Raises
    ------
    FieldError
        A field is of the wrong type or beyond its limit, or two fields contradict each other.
    """
    kind = type(record).kind
    changes = {}
    for name, hint in hints_of(type(record)).items():
        changes[name] = _check(hint, getattr(record, name), f"{kind}.{name}")
    record = replace(record, **changes)
    problem = record.problem()
    if problem:
        raise FieldError(f"{kind}: {problem}")
    return record


def _check(hint: Any, value: object, where: str) -> object:
    if value is None and is_optional(hint):
        return None
    plain, rules = rules_of(hint)
    if plain == JsonObject:
        return _check_json(value, where)
    origin = get_origin(plain)
    if origin is tuple:
        item = get_args(plain)[0]
        if not isinstance(value, tuple):
            raise _wrong(where, value, FIELD_WORDS["list"])
        return tuple(_check(item, part, f"{where}[{i}]") for i, part in enumerate(value))
    if origin is dict:
        if not isinstance(value, dict):
            raise _wrong(where, value, FIELD_WORDS["table"])
        item = get_args(plain)[1]
        found = {clean_text(str(k), lines=False): _check(item, part, f"{where}.{k}") for k, part in value.items()}
        if len(found) != len(value):
            raise FieldError(f"{where}: {FIELD_WORDS['keys']}")
        return found
    if plain is str:
        return _check_text(value, rules, where)
    if plain in (int, float):
        return _check_number(plain, value, rules, where)
    if plain is datetime:
        return _check_moment(value, where)
    # A datetime is a date to Python, but would lose its hours here.
    if not isinstance(value, plain) or (plain is date and isinstance(value, datetime)):
        raise _wrong(where, value, _NAMES.get(plain) or FIELD_WORDS["one of"].format(choices=_choices(plain)))
    if isinstance(value, time) and value.tzinfo is not None:
        raise _wrong(where, value, FIELD_WORDS["local time"])
    return value


_NAMES: dict[Any, str] = {bool: FIELD_WORDS["yes or no"], date: FIELD_WORDS["day"], time: FIELD_WORDS["time"]}


def _choices(kind: Any) -> str:
    return ", ".join(str(member.value) for member in kind) if issubclass(kind, Enum) else str(kind.__name__)


def _check_text(value: object, rules: tuple[object, ...], where: str) -> str:
    if not isinstance(value, str):
        raise _wrong(where, value, FIELD_WORDS["text"])
    rule = next((rule for rule in rules if isinstance(rule, Text)), Text(200))
    text = clean_text(value, rule.lines)
    if len(text) > rule.limit:
        raise FieldError(f"{where}: {FIELD_WORDS['long'].format(n=len(text), limit=rule.limit)}")
    if rule.needed and not text:
        raise FieldError(f"{where}: {FIELD_WORDS['empty']}")
    return text


def _check_number(plain: type, value: object, rules: tuple[object, ...], where: str) -> float:
    wanted = FIELD_WORDS["whole" if plain is int else "number"]
    if isinstance(value, bool) or not isinstance(value, int if plain is int else int | float):
        raise _wrong(where, value, wanted)
    if isinstance(value, float) and not math.isfinite(value):
        raise _wrong(where, value, FIELD_WORDS["finite"])
    rule = next((rule for rule in rules if isinstance(rule, Number)), Number(-_MAX_INT, _MAX_INT))
    if not rule.low <= value <= rule.high:
        limits = FIELD_WORDS["range"].format(low=f"{rule.low:g}", high=f"{rule.high:g}")
        raise FieldError(f"{where} = {_short(value)}: {limits}")
    return cast(float, plain(value))


def _check_moment(value: object, where: str) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise _wrong(where, value, FIELD_WORDS["moment"])
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise _wrong(where, value, FIELD_WORDS["years"]) from None


def _check_json(value: object, where: str) -> JsonObject:
    if not isinstance(value, dict):
        raise _wrong(where, value, FIELD_WORDS["figures"])
    try:
        cleaned = cast(JsonObject, _clean_json(value))
        size = len(json.dumps(cleaned, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise FieldError(f"{where}: cannot be kept as JSON ({error})") from None
    if size > _MAX_JSON:
        raise FieldError(f"{where}: {size} characters of JSON: at most {_MAX_JSON} fit")
    return cleaned


def _clean_json(value: object) -> object:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list | tuple):
        return [_clean_json(item) for item in value]
    if isinstance(value, dict):
        found = {clean_text(str(key), lines=False): _clean_json(item) for key, item in value.items()}
        if len(found) != len(value):
            raise ValueError("two keys differ only in characters that are not kept")
        return found
    return value


def _wrong(where: str, value: object, wanted: str) -> FieldError:
    return FieldError(f"{where} = {_short(value)}: {wanted}")


def _short(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # an int beyond the limit for its decimal form
        text = "a number too large to write"
    return text if len(text) <= 60 else f"{text[:57]}…"
