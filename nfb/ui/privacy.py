"""Whether names of clients may be shown, in one place; what carries one goes through
:func:`as_shown` on its way to a page."""

from __future__ import annotations

from dataclasses import Field, replace
from typing import Any, ClassVar, Protocol, TypeVar

_codes_only = False


def show_codes_only(codes_only: bool) -> None:
    """Show codes in the place of names from now on, or names again."""
    global _codes_only
    _codes_only = codes_only


def codes_only() -> bool:
    """Whether codes alone are shown."""
    return _codes_only


class Named(Protocol):
    """A dataclass with a client's name; empty where none is known."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def as_shown(named: N) -> N:
    """The same without the name, if none may be shown."""
    return replace(named, name="") if _codes_only else named
