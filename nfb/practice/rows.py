"""Rows of the tables as stored records; no decisions."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy import select as sql_select

from nfb.practice.clients import Client
from nfb.practice.codec import from_columns, to_columns
from nfb.practice.errors import BookError, ConflictError, FieldConflict
from nfb.practice.fields import Refers, hints_of, rules_of
from nfb.practice.record import R, Record, Stored
from nfb.practice.tables import TABLES


def references(record: Record) -> list[tuple[str, str]]:
    """Fields that hold the number of another record, and that record's kind."""
    hints = hints_of(type(record)).items()
    return [(name, rule.kind) for name, hint in hints for rule in rules_of(hint)[1] if isinstance(rule, Refers)]


def select(connection: Connection, kind: type[R], *conditions: Any) -> tuple[Stored[R], ...]:
    """Records of a kind that meet all `conditions`, in the order in which they were written down."""
    table: Table = TABLES[kind.kind]
    # Columns by name: a newer book may have more of them, and is read all the same.
    query = sql_select(table).where(*conditions).order_by(table.c.id)
    return tuple(_stored(kind, dict(row)) for row in connection.execute(query).mappings())


def _stored(kind: type[R], row: dict[str, Any]) -> Stored[R]:
    try:
        return Stored(row["id"], row["version"], row.get("client_id", 0), from_columns(kind, row))
    except (ValueError, TypeError) as error:
        raise BookError(
            f"{kind.kind} number {row['id']} cannot be read ({error}): a newer nfb or another program wrote it. "
            "It was left as it is."
        ) from error


def present(connection: Connection, stored: Stored[R]) -> Stored[R]:
    """The record as it stands now; ConflictError if it was removed."""
    kind = type(stored.value)
    found = select(connection, kind, TABLES[kind.kind].c.id == stored.id)
    if not found:
        raise ConflictError(kind.kind, (), None)
    return found[0]


def code_of(connection: Connection, stored: Stored[R]) -> str:
    """Code of the client whose record it is; empty for the book's own."""
    if isinstance(stored.value, Client):
        return stored.value.code
    table = TABLES[Client.kind]
    return connection.scalar(sql_select(table.c.code).where(table.c.id == stored.client_id)) or ""


def conflicts(read: Stored[R], present: Stored[R], mine: R) -> tuple[FieldConflict, ...]:
    """What another desk changed between `read` and `present`."""
    before, theirs, ours = to_columns(read.value), to_columns(present.value), to_columns(mine)
    return tuple(
        FieldConflict(name, before[name], theirs[name], ours[name]) for name in before if before[name] != theirs[name]
    )
