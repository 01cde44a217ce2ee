"""Banners over the operator's page that stay until somebody says who saw them, what was done and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from nfb.practice.fields import NeededLine, NeededProse
from nfb.practice.record import Record


@dataclass(frozen=True, slots=True)
class Banner:
    """What to say, and whether training may start while it stands.

    `about` names what raised it; an :class:`Acknowledgement` of the same `about` takes it down.
    """

    about: str
    text: str
    blocks_start: bool


@dataclass(frozen=True, slots=True)
class Acknowledgement(Record):
    """Who dealt with a banner, what was done, when. It is never changed or removed."""

    kind: ClassVar[str] = "acknowledgement"

    about: NeededLine
    who: NeededLine
    what: NeededProse
    at: datetime

    def may_become(self, new: Self) -> str:
        return "an acknowledgement stays as it was written; add another one"

    def may_go(self) -> str:
        return "an acknowledgement stays"

    def remark(self) -> str:
        return f"acknowledged {self.about}: {self.who}, {self.what}"


def standing(banners: Iterable[Banner], acknowledged: Iterable[Acknowledgement]) -> tuple[Banner, ...]:
    """The banners that nobody has acknowledged yet, those that block the start first."""
    done = {ack.about for ack in acknowledged}
    left = [banner for banner in banners if banner.about not in done]
    return tuple(sorted(left, key=lambda banner: not banner.blocks_start))
