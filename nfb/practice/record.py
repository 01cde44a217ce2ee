"""What all records of the client book have in common."""

from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar


@dataclass(frozen=True, slots=True)
class Record:
    """Base of every record; a record is a frozen value without identity.

    Attributes
    ----------
    kind
        Its name in the book, in the audit trail and in messages.
    of_client
        Whether it belongs to one client (and goes when the client is erased).
    single
        Whether there is at most one per client (or one in the book).
    """

    kind: ClassVar[str]
    of_client: ClassVar[bool] = True
    single: ClassVar[bool] = False

    def problem(self) -> str:
        """What two fields contradict each other in; empty if nothing."""
        return ""

    def may_become(self, new: Self) -> str:
        """Why this record may not be changed into `new`; empty if it may."""
        return ""

    def may_go(self) -> str:
        """Why this record may not be removed; empty if it may."""
        return ""

    def remark(self) -> str:
        """What the audit trail must say when this record is added, besides that it was; empty if nothing."""
        return ""


R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Stored(Generic[R]):
    """A record as it stands in the book.

    Parameters
    ----------
    id
        Number among its kind, never used again.
    version
        Grows by one at every change; a change based on an older one is refused.
    client_id
        Whose it is; 0 for records of the book itself.
    value
        The record.
    """

    id: int
    version: int
    client_id: int
    value: R


AnyStored = Stored[Any]
