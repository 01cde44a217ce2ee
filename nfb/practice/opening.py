"""The door to the client book: an SQLite file by default, a PostgreSQL database by URL."""

import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import platformdirs
from sqlalchemy import Engine, exc
from sqlalchemy.engine import make_url

from nfb.practice.book import Book, Place
from nfb.practice.book_words import BOOK_WORDS
from nfb.practice.connecting import (
    BUSY_S,
    BUSY_WORDS,
    is_busy,
    may_write,
    plainly,
    postgres_engine,
    postgres_url,
    reading,
    reason,
    sqlite_engine,
    sqlite_uri,
)
from nfb.practice.errors import BookError
from nfb.practice.migrations import NEWEST
from nfb.practice.schema import backup_files, migrate, version_of

ENVIRONMENT = "NFB_BOOK"


def default_book() -> str:
    """``$NFB_BOOK`` (a path or a URL) if set, else a file in the user's data folder."""
    chosen = os.environ.get(ENVIRONMENT)
    return chosen or str(Path(platformdirs.user_data_dir("nfb", appauthor=False)) / "clients.sqlite")


def utc_now() -> datetime:
    return datetime.now(UTC)


def open_book(
    where: str | Path | None = None,
    *,
    who: str = "",
    now: Callable[[], datetime] = utc_now,
    busy_s: float = BUSY_S,
) -> Book:
    """Open a client book; make it if there is none, and bring it up to date after copying it.

    Parameters
    ----------
    where
        A file's path or a URL (``sqlite:///…``, ``postgresql://user:password@host/database``); the default if None.
    who
        Who is at the desk.
    now
        The clock of the audit trail.
    busy_s
        How long to wait for another program that holds an SQLite file, seconds.

    Returns
    -------
    Book
        With `read_only` and `notice` set where the book comes from a newer program, is damaged, write-protected, or
        held by another program.

    Raises
    ------
    BookError
        It cannot even be read; says why and what to do. The file or database was left as it is.
    """
    text = str(where) if where is not None else default_book()
    if "://" in text and not text.startswith("sqlite:"):
        return _open_postgres(text, who, now)
    path = Path(make_url(text).database or "") if text.startswith("sqlite:") else Path(text).expanduser()
    return _open_sqlite(path, who, now, busy_s)


def without_password(where: str) -> str:
    """A file or URL of a client book, to be shown.

    >>> without_password("postgresql://desk:secret@server/nfb")
    'postgresql://desk:***@server/nfb'
    """
    if "://" not in where:
        return where
    try:
        return make_url(where).render_as_string()
    except (exc.ArgumentError, ValueError):  # not an address, which is said when it is opened
        return f"{where.partition('://')[0]}://…"


def examine_book(where: str | Path) -> int | None:
    """Look whether a client book can be read, and change nothing there.

    Returns
    -------
    int or None
        Number of its clients; None if there is no book yet, and one would be made.

    Raises
    ------
    BookError
        It cannot be read, or none can be made there; says why and what to do.
    """
    text = str(where)
    if "://" in text and not text.startswith("sqlite:"):
        url = postgres_url(text)
        engine, name = postgres_engine(url), url.set(drivername="postgresql").render_as_string()
    else:
        path = Path(make_url(text).database or "") if text.startswith("sqlite:") else Path(text).expanduser()
        if not path.exists():
            _require_room(path)
            return None
        if path.is_dir():
            raise BookError(f"{path}: is a folder. Name a file.")
        engine, name = sqlite_engine(path, True, BUSY_S), str(path)
    try:
        with plainly(name), reading(engine, name) as connection:
            if not version_of(connection):
                return None
            return int(connection.exec_driver_sql("SELECT count(*) FROM client").scalar_one())
    finally:
        engine.dispose()


def _require_room(path: Path) -> None:
    above = path.parent
    while not above.exists() and above != above.parent:
        above = above.parent
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise BookError(f"{path}: no file can be made there. Choose another place.")


def _open_sqlite(path: Path, who: str, now: Callable[[], datetime], busy_s: float) -> Book:
    _make_folder(path)
    place = Place(str(path), path)
    version, damaged = _look_into(path, busy_s)
    notice = ""
    if version > NEWEST:
        notice = _newer(version)
    elif damaged:
        notice = BOOK_WORDS["damaged"].format(advice=_backup_advice(path))
    elif not may_write(path):
        notice = BOOK_WORDS["write-protected"]
    if notice:
        if version < NEWEST:
            raise BookError(f"{path}: {notice} It is of an older version and cannot be brought up to date like this.")
        return Book(sqlite_engine(path, True, busy_s), place, who, now, True, notice)
    engine = sqlite_engine(path, False, busy_s)
    try:
        backup = migrate(engine, place.name, now(), path) if version < NEWEST else ""
        held = _held(engine)
    except BaseException:
        engine.dispose()
        raise
    if held:
        engine.dispose()
        return Book(sqlite_engine(path, True, busy_s), place, who, now, True, held)
    return Book(engine, place, who, now, False, _updated(backup))


def _make_folder(path: Path) -> None:
    try:
        if path.is_dir():
            raise BookError(f"{path}: is a folder. Name a file.")
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.stat().st_size == 0:
            path.touch()
            return
        with path.open("rb") as file:
            head = file.read(16)
    except (OSError, ValueError) as error:
        raise BookError(
            f"{path}: the client book cannot be opened ({error}). Choose another place for it."
        ) from error
    if head != b"SQLite format 3\0":
        raise BookError(
            f"{path}: the file is not a client book, or it is damaged from its first bytes on. It was left as it is. "
            f"{_backup_advice(path)}".strip()
        )


def _look_into(path: Path, busy_s: float) -> tuple[int, bool]:
    """Version of a book and whether it is damaged; changes nothing in it."""
    engine = sqlite_engine(path, True, busy_s)
    try:
        with plainly(str(path)), reading(engine, str(path)) as connection:
            version = version_of(connection)
            findings = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        damaged = findings != "ok"
    except BookError as error:
        cause = error.__cause__
        if cause is None or is_busy(cause) or not _is_damage(cause):
            raise
        version, damaged = _version_of_damaged(path, error), True
    finally:
        engine.dispose()
    return version, damaged


def _is_damage(cause: BaseException) -> bool:
    name = str(getattr(getattr(cause, "orig", None), "sqlite_errorname", ""))
    return name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def _version_of_damaged(path: Path, error: BookError) -> int:
    """What the table of the version says, where another part of the file is damaged; else the error."""
    connection = sqlite3.connect(sqlite_uri(path, "mode=ro"), uri=True)
    try:
        return int(connection.execute("SELECT max(version) FROM schema_version").fetchone()[0])
    except (sqlite3.Error, TypeError, ValueError):
        raise BookError(
            f"{path}: the file is damaged and cannot be read. It was left as it is. {_backup_advice(path)}".strip()
        ) from error
    finally:
        connection.close()


def _backup_advice(path: Path) -> str:
    copies = backup_files(path)
    if not copies:
        return BOOK_WORDS["own backup"]
    return BOOK_WORDS["copy"].format(backup=copies[-1])


def _held(engine: Engine) -> str:
    """Why the book cannot be written just now; empty if it can."""
    try:
        with engine.connect().execution_options(nfb_writing=True) as connection:
            connection.begin().rollback()
    except exc.OperationalError as error:
        if not is_busy(error):
            raise BookError(reason(error)) from error
        return BOOK_WORDS["held"].format(why=BUSY_WORDS)
    return ""


def _open_postgres(text: str, who: str, now: Callable[[], datetime]) -> Book:
    url = postgres_url(text)
    engine = postgres_engine(url)
    place = Place(url.set(drivername="postgresql").render_as_string())
    try:
        with reading(engine, place.name) as connection:
            version = version_of(connection)
            frozen = connection.exec_driver_sql("SHOW default_transaction_read_only").scalar() == "on"
            frozen = frozen or bool(connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar())
        if version > NEWEST:
            return Book(engine, place, who, now, True, _newer(version))
        if frozen:
            if version < NEWEST:
                raise BookError(f"{place.name}: is older than this program and its server allows reading only.")
            return Book(engine, place, who, now, True, BOOK_WORDS["server"])
        backup = migrate(engine, place.name, now()) if version < NEWEST else ""
    except BaseException:
        engine.dispose()
        raise
    return Book(engine, place, who, now, False, _updated(backup))


def _newer(version: int) -> str:
    return BOOK_WORDS["newer"].format(version=version, newest=NEWEST)


def _updated(backup: str) -> str:
    return BOOK_WORDS["updated"].format(backup=backup) if backup else ""
