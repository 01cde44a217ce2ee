"""The version of a client book on disk, its migration, and the copy that is taken before."""

import sqlite3
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from nfb.practice.connecting import sqlite_uri, writing
from nfb.practice.errors import BookError
from nfb.practice.migrations import MIGRATIONS, NEWEST

_LOCK = 0x6E6662  # advisory lock of PostgreSQL under which one desk migrates and the others wait
BACKUP_SCHEMA = "nfb_before_v"


def version_of(connection: Connection) -> int:
    """Number of the newest migration that the book has; 0 for an empty database.

    Raises
    ------
    BookError
        The database holds other tables and no client book.
    """
    tables = set(inspect(connection).get_table_names())
    if "schema_version" in tables:
        version = connection.scalar(text("SELECT max(version) FROM schema_version"))
        if isinstance(version, int) and version > 0:
            return version
        raise BookError("The client book does not say its version; it is damaged or half made. Use a backup copy.")
    if tables:
        some = ", ".join(sorted(tables)[:3])
        raise BookError(f"The database belongs to another program (it has the tables {some}). Give another name.")
    return 0


def migrate(engine: Engine, where: str, now: datetime, path: Path | None = None) -> str:
    """Bring a book to the newest version: all steps or none, after a copy was taken.

    Parameters
    ----------
    path
        The file, for SQLite.

    Returns
    -------
    str
        Where the copy lies; empty if none was needed.

    Raises
    ------
    BookError
        The copy or a step did not succeed; the book is as it was.
    """
    with writing(engine, where) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        version = version_of(connection)
        if version >= NEWEST:  # another desk was faster
            return ""
        backup = ""
        if version == 0:
            connection.execute(text("CREATE TABLE schema_version (version BIGINT NOT NULL)"))
            connection.execute(text("INSERT INTO schema_version VALUES (0)"))
        elif path is not None:
            backup = str(backup_file(path, version, now))
        else:
            backup = _backup_schema(connection, version, now)
        for step in MIGRATIONS[version:]:
            step(connection)
        connection.execute(text("UPDATE schema_version SET version = :version"), {"version": NEWEST})
    return backup


def backup_folder(path: Path) -> Path:
    return path.parent / "backups"


def backup_files(path: Path) -> tuple[Path, ...]:
    """Copies of a book that migrations took, oldest first."""
    return tuple(sorted(backup_folder(path).glob(f"{path.stem}-v*{path.suffix}"), key=lambda p: p.name))


def backup_file(path: Path, version: int, now: datetime) -> Path:
    """Copy an SQLite book, with all that is committed, to its folder of backups.

    Raises
    ------
    BookError
        The copy cannot be written.
    """
    name = f"{path.stem}-v{version}-{now:%Y%m%dT%H%M%SZ}{path.suffix}"
    target = backup_folder(path) / name
    partial = target.with_suffix(".partial")
    try:
        target.parent.mkdir(exist_ok=True)
        source = sqlite3.connect(sqlite_uri(path, "mode=ro"), uri=True)
        copy = sqlite3.connect(partial)
        try:
            source.backup(copy)
        finally:
            copy.close()
            source.close()
        partial.replace(target)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            partial.unlink()
        raise BookError(
            f"{target}: the copy that is taken before an update could not be written ({error}). "
            "The client book was left as it is. Free space or permissions, then open it again."
        ) from error
    return target


def _backup_schema(connection: Connection, version: int, now: datetime) -> str:
    """Copy all tables into a schema of their own beside the book, without tools of the server."""
    schema = f"{BACKUP_SCHEMA}{NEWEST}_{now:%Y%m%dt%H%M%S}"
    names = inspect(connection).get_table_names()
    connection.execute(text(f'CREATE SCHEMA "{schema}"'))
    for name in names:
        connection.execute(text(f'CREATE TABLE "{schema}"."{name}" AS TABLE "{name}"'))
    return f"schema {schema} (version {version})"
