"""Connections to SQLite and PostgreSQL, and what their errors mean for the person at the desk."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import QueuePool

from nfb.practice.book_words import BOOK_WORDS
from nfb.practice.errors import BookError

BUSY_S = 5.0  # how long a desk waits for another one's transaction
_WRITING = "nfb_writing"


def sqlite_uri(path: Path, mode: str) -> str:
    return f"{path.resolve().as_uri()}?{mode}"


def sqlite_engine(path: Path, read_only: bool, busy_s: float = BUSY_S) -> Engine:
    """Connections to one file; every one enforces foreign keys and overwrites what is deleted."""

    def connect() -> sqlite3.Connection:
        mode = _reading_mode(path) if read_only else "mode=rwc"
        # Transactions are begun below, in the mode that a writer needs; sqlite3's own begin comes too late for it.
        connection = sqlite3.connect(
            sqlite_uri(path, mode), uri=True, timeout=busy_s, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        if not read_only:
            _use_wal(connection, busy_s)
            # FULL: in WAL mode NORMAL may lose the last transactions to a power cut.
            connection.execute("PRAGMA synchronous = FULL")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later would fail at once if another desk wrote in between.
        writing = connection.get_execution_options().get(_WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _use_wal(connection: sqlite3.Connection, busy_s: float) -> None:
    """Switch to a write-ahead log; SQLite does not wait by itself for another program that does the same."""
    until_s = time.monotonic() + busy_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until_s:
                raise
        time.sleep(0.01)


def may_write(path: Path) -> bool:
    """Whether this user may write the file and make others beside it, which SQLite needs."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _reading_mode(path: Path) -> str:
    # A book in WAL mode is read through files beside it. Where they cannot be made and none is there, the file is at
    # rest and whole, and SQLite may be told so.
    at_rest = not may_write(path) and not path.with_name(f"{path.name}-wal").exists()
    return "mode=ro&immutable=1" if at_rest else "mode=ro"


def postgres_url(text: str) -> URL:
    """The URL with the driver that this program uses, whatever common spelling it came in.

    Raises
    ------
    BookError
        It is no URL, or of another kind of database.
    """
    try:
        url = make_url(text)
    except (exc.ArgumentError, ValueError):
        raise BookError(
            "The client book's URL cannot be read. Write postgresql://user:password@host/database, or a file's path."
        ) from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise BookError(
            f"{url.render_as_string()}: a client book is an SQLite file or in PostgreSQL, not {url.drivername}."
        )
    return url.set(drivername="postgresql+psycopg")


def postgres_engine(url: URL) -> Engine:
    """Connections to a server; those that went stale over night are replaced unnoticed."""
    options = f"-c lock_timeout={BUSY_S * 1000:.0f} -c client_encoding=UTF8"
    try:
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 5, "options": options})
    except ModuleNotFoundError as error:
        raise BookError(
            f"{url.render_as_string()}: the PostgreSQL driver is not installed ({error.name}). Install nfb[postgres]."
        ) from None


@contextmanager
def reading(engine: Engine, where: str) -> Iterator[Connection]:
    """A transaction that sees one state of the book."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with plainly(where), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, where: str) -> Iterator[Connection]:
    """A transaction that alone may write: all of it is kept or nothing."""
    with plainly(where), engine.connect().execution_options(**{_WRITING: True}) as connection, connection.begin():
        yield connection


def take_write_lock(connection: Connection) -> None:
    """On PostgreSQL, let writers wait for each other, as BEGIN IMMEDIATE does on SQLite; readers go on."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE audit IN EXCLUSIVE MODE")


@contextmanager
def plainly(where: str) -> Iterator[None]:
    """Turn the database's errors into plain words; breaches of uniqueness stay what they are."""
    try:
        yield
    except exc.IntegrityError:
        raise
    except exc.SQLAlchemyError as error:
        raise BookError(f"{where}: {reason(error)} Nothing was changed.") from error


def reason(error: BaseException) -> str:
    """What happened and what to do, one or two sentences."""
    cause = getattr(error, "orig", None) or error
    name = getattr(cause, "sqlite_errorname", None)
    if name is not None:
        for prefix, words in _SQLITE_WORDS.items():
            if name.startswith(prefix):
                return words
    state = getattr(cause, "sqlstate", None)
    if state is not None and state in _POSTGRES_WORDS:
        return _POSTGRES_WORDS[state]
    detail = " ".join(str(cause).split())[:300]
    if isinstance(error, exc.OperationalError) and state is None and name is None:
        # While connecting, libpq gives words and no code.
        for words, code in (("password authentication", "28P01"), ('" does not exist', "3D000")):
            if words in detail:
                return _POSTGRES_WORDS[code]
        return f"the database server cannot be reached ({detail}). Check the network and the server, then try again."
    return f"the database refused ({detail})."


def is_busy(error: BaseException) -> bool:
    """Whether another program held the database for too long."""
    cause = getattr(error, "orig", None) or error
    name = str(getattr(cause, "sqlite_errorname", ""))
    return name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or getattr(cause, "sqlstate", None) == "55P03"


BUSY_WORDS = BOOK_WORDS["busy"].format(n=f"{BUSY_S:.0f}")
_SQLITE_WORDS = {
    "SQLITE_BUSY": BUSY_WORDS,
    "SQLITE_LOCKED": BUSY_WORDS,
    "SQLITE_FULL": "the disk is full. Free some space and try again.",
    "SQLITE_READONLY": "the file cannot be written. Check its permissions and the disk.",
    "SQLITE_IOERR": "the disk reported an error. Check the drive and its connection.",
    "SQLITE_CORRUPT": "the file is damaged. Close the program and put a backup copy in its place.",
    "SQLITE_NOTADB": "the file is not a client book, or it is damaged from its first bytes on.",
    "SQLITE_CANTOPEN": "the file cannot be opened. Check that its folder exists and may be written.",
}
_POSTGRES_WORDS = {
    "55P03": BUSY_WORDS,
    "25006": "the server allows reading only.",
    "42501": "the server's user may not do this. Ask whoever runs the server for the rights on this database.",
    "53100": "the server's disk is full.",
    "28P01": "the server does not accept the password.",
    "28000": "the server does not accept this user.",
    "3D000": "the server has no database of that name. Have it created first.",
}
