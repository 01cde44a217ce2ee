"""Fields of records to columns and back. What is neither a number nor yes/no is text, the same on every database."""

import json
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Any, cast, get_args, get_origin

from nfb.practice.fields import JsonObject, hints_of, rules_of
from nfb.practice.record import R

Column = None | bool | int | float | str


def to_columns(record: R) -> dict[str, Column]:
    """A checked record's columns."""
    return {name: to_column(getattr(record, name)) for name in hints_of(type(record))}


def from_columns(kind: type[R], columns: dict[str, Any]) -> R:
    """The record whose columns these are; columns it does not know are left aside."""
    hints = hints_of(kind)
    return kind(**{name: _from_column(hint, columns[name]) for name, hint in hints.items()})


def to_column(value: object) -> Column:
    if isinstance(value, tuple | dict):
        return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return cast(Column, _plain(value))


def stamp(moment: datetime) -> str:
    """UTC in ISO 8601 with microseconds; texts sort as the moments do.

    >>> stamp(datetime(2026, 3, 1, 9, 30, tzinfo=UTC))
    '2026-03-01T09:30:00.000000Z'
    """
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment(text: str) -> datetime:
    """The moment that :func:`stamp` wrote."""
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)


def _plain(value: object) -> object:
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    raise TypeError(f"{type(value).__name__} has no column form")


def _from_column(hint: Any, stored: Any) -> object:
    plain, _ = rules_of(hint)
    if stored is not None and (plain == JsonObject or get_origin(plain) in (tuple, dict)):
        stored = json.loads(stored)
    return _value(hint, stored)


def _value(hint: Any, stored: Any) -> object:
    plain, _ = rules_of(hint)
    if stored is None or plain == JsonObject:
        return stored
    origin = get_origin(plain)
    if origin is tuple:
        return tuple(_value(get_args(plain)[0], item) for item in stored)
    if origin is dict:
        return {key: _value(get_args(plain)[1], item) for key, item in stored.items()}
    if plain is datetime:
        return moment(stored)
    if plain in (date, time):
        return plain.fromisoformat(stored)
    return plain(stored)
