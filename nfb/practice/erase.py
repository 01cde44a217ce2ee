"""Erasing a client: every record goes, from the book and from the copies it took; a stub of the audit trail stays."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, inspect, text

from nfb.practice import audit
from nfb.practice.book import Book
from nfb.practice.book_words import BOOK_WORDS
from nfb.practice.clients import Client, client_code
from nfb.practice.connecting import reason as why
from nfb.practice.errors import BookError
from nfb.practice.schema import BACKUP_SCHEMA, backup_files
from nfb.practice.sessions import SessionEntry
from nfb.practice.tables import TABLES


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure leaves to do: recordings are files and are deleted by who keeps them.

    `copies_left` are backup copies that could not be cleaned.
    """

    code: str
    recordings: tuple[str, ...]
    copies_left: tuple[str, ...]


def erase_client(book: Book, code: str, reason: str) -> Erased:
    """Delete a client and everything about them; that and when they were erased, by whom, stays.

    On SQLite the freed space is overwritten. A PostgreSQL server may keep old pages and its own backups for a while;
    that is in the hands of whoever runs it.

    Raises
    ------
    BookError
        There is no such client, no reason is given, or the book is read-only.
    """
    if not reason.strip():
        raise BookError(BOOK_WORDS["erase, no reason"])
    code = client_code(code)
    client = book.client(code)
    recordings = tuple(stored.value.folder for stored in book.records(code, SessionEntry))
    with book.writes() as connection:
        table = TABLES[Client.kind]
        connection.execute(delete(table).where(table.c.id == client.id))  # the rest goes with it
        audit.forget(connection, code)
        left = _clean_schemas(connection, client.id, code)
        book.log_in(connection, audit.ERASED, code, reason=reason)
    if book.place.path is not None:
        left = _clean_files(book.place.path, code)
        book.compact()
    return Erased(code, recordings, tuple(left))


def _clean_schemas(connection: Connection, client_id: int, code: str) -> list[str]:
    """Clean the copies inside a PostgreSQL database; they have the tables without their keys."""
    if connection.dialect.name != "postgresql":
        return []
    inspector = inspect(connection)
    for schema in inspector.get_schema_names():
        if not schema.startswith(BACKUP_SCHEMA):
            continue
        for table in inspector.get_table_names(schema):
            if any(column["name"] == "client_id" for column in inspector.get_columns(table, schema)):
                connection.execute(text(f'DELETE FROM "{schema}"."{table}" WHERE client_id = :id'), {"id": client_id})
        about = f'SELECT seq FROM "{schema}".audit WHERE client_code = :code'
        connection.execute(text(f'DELETE FROM "{schema}".audit_detail WHERE seq IN ({about})'), {"code": code})
        connection.execute(text(f'DELETE FROM "{schema}".client WHERE code = :code'), {"code": code})
    return []


def _clean_files(path: Path, code: str) -> list[str]:
    left = []
    for copy in backup_files(path):
        try:
            connection = sqlite3.connect(copy, isolation_level=None)
            try:
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA secure_delete = ON")
                about = "SELECT seq FROM audit WHERE client_code = ?"
                connection.execute(f"DELETE FROM audit_detail WHERE seq IN ({about})", (code,))
                connection.execute("DELETE FROM client WHERE code = ?", (code,))
                connection.execute("VACUUM")
            finally:
                connection.close()
        except sqlite3.Error as error:
            left.append(f"{copy}: {why(error)}")
    return left
