"""Frozen values to JSON and back, driven by their type hints, so that a new field is stored without more code.

Enums go by name, NaN is null, infinities are words, and members of a union of commands carry their name in ``kind``.
A field that an older file lacks takes its default.
"""

import json
import math
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import TypeVar, Union, cast, get_args, get_origin, get_type_hints

from nfb.files.recording_words import RECORDING_WORDS
from nfb.model.commands import COMMANDS
from nfb.model.errors import RecordingError

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
T = TypeVar("T")

_KIND_OF: dict[type, str] = {command: name for name, command in COMMANDS.items()}


def encode(value: object) -> Json:
    """JSON form of a frozen value; TypeError for what has none."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Enum):  # before numbers: an IntEnum is one
        return value.name
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None if math.isnan(value) else str(value)
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        record = {field.name: encode(getattr(value, field.name)) for field in fields(value)}
        kind = _KIND_OF.get(type(value))
        return record if kind is None else {"kind": kind, **record}
    raise TypeError(f"{type(value).__name__} has no JSON form")


def json_text(value: Json) -> str:
    """The text of a JSON file that people may read."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def decode(kind: type[T], value: Json) -> T:
    """The value of type `kind` whose JSON form is `value`.

    Raises
    ------
    RecordingError
        `value` is not of that form; the text names the place inside it.
    """
    return cast(T, _decode(kind, value, kind.__name__))


@cache
def _hints(kind: type) -> dict[str, object]:
    return get_type_hints(kind)


def _decode(kind: object, value: Json, place: str) -> object:
    origin = get_origin(kind)
    if origin is Union or origin is UnionType:
        return _decode_union(get_args(kind), value, place)
    if origin is tuple and isinstance(value, list):
        return _decode_tuple(get_args(kind), value, place)
    if origin is dict and isinstance(value, dict):
        item_kind = get_args(kind)[1]
        return {key: _decode(item_kind, item, f"{place}.{key}") for key, item in value.items()}
    if isinstance(kind, type):
        if kind is float and (value is None or value in ("inf", "-inf")):
            # One NaN object for all: tuples that hold it then compare equal, because `is` comes before `==`.
            return math.nan if value is None else float(value)
        if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        if kind in (int, str, bool) and type(value) is kind:
            return value
        if issubclass(kind, Enum) and isinstance(value, str) and value in kind.__members__:
            return kind[value]
        if is_dataclass(kind) and isinstance(value, dict):
            return _decode_dataclass(kind, value, place)
    name = kind.__name__ if isinstance(kind, type) else str(kind)
    raise RecordingError(f"{place} = {value!r}: {RECORDING_WORDS['other kind'].format(kind=name)}")


def _decode_union(kinds: tuple[object, ...], value: Json, place: str) -> object:
    if value is None and NoneType in kinds:
        return None
    if isinstance(value, dict) and value.get("kind") in COMMANDS:
        return _decode(COMMANDS[cast(str, value["kind"])], value, place)
    for kind in kinds:
        if (isinstance(value, list) and get_origin(kind) is tuple) or (
            not isinstance(value, list) and kind is not NoneType and get_origin(kind) is not tuple
        ):
            return _decode(kind, value, place)
    raise RecordingError(f"{place} = {value!r}: {RECORDING_WORDS['other form']}")


def _decode_tuple(kinds: tuple[object, ...], value: list[Json], place: str) -> tuple[object, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    if len(kinds) != len(value):
        raise RecordingError(f"{place}: has {len(value)} values instead of {len(kinds)}")
    return tuple(
        _decode(kind, item, f"{place}[{i}]") for i, (kind, item) in enumerate(zip(kinds, value, strict=True))
    )


def _decode_dataclass(kind: type, value: dict[str, Json], place: str) -> object:
    hints = _hints(kind)
    arguments = {}
    for field in fields(kind):
        if field.name in value:
            arguments[field.name] = _decode(hints[field.name], value[field.name], f"{place}.{field.name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise RecordingError(f"{place}.{field.name}: {RECORDING_WORDS['lacking']}")
    return kind(**arguments)
