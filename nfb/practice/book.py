"""The client book: records in, records out, every write audited and none lost to another desk's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from sqlalchemy import Connection, Engine, delete, exc, insert, select, update

from nfb.practice import audit, rows
from nfb.practice.book_words import BOOK_WORDS
from nfb.practice.clients import Client, client_code
from nfb.practice.codec import Column, to_columns
from nfb.practice.connecting import plainly, reading, take_write_lock, writing
from nfb.practice.errors import BookError, ConflictError
from nfb.practice.fields import checked, clean_text
from nfb.practice.record import R, Record, Stored
from nfb.practice.tables import TABLES


@dataclass(frozen=True, slots=True)
class Place:
    """Where a book lies: for people (`name`, without a password), and its file if it is one."""

    name: str
    path: Path | None = None


class Book:
    """An open client book; made by :func:`nfb.practice.opening.open_book`.

    It may be used from any thread. What it returns are frozen values. A write that another desk holds up waits five
    seconds at most, so a window calls it from a task.

    Attributes
    ----------
    who
        Who is at the desk; goes into the audit trail.
    notice
        What to tell the person on opening: why it is read-only, or where the copy lies that was taken before an
        update. Empty mostly.
    read_only
        Writes raise.
    """

    def __init__(
        self, engine: Engine, place: Place, who: str, now: Callable[[], datetime], read_only: bool, notice: str
    ) -> None:
        self._engine = engine
        self._now = now
        self.place = place
        self.who = who
        self.read_only = read_only
        self.notice = notice

    def close(self) -> None:
        """Let go of the file or the server. May be called twice."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Reading

    def clients(self) -> tuple[Stored[Client], ...]:
        """All clients, in order of their codes."""
        with self.reads() as connection:
            return tuple(sorted(rows.select(connection, Client), key=lambda stored: stored.value.code))

    def client(self, code: str) -> Stored[Client]:
        """The client with this code.

        Raises
        ------
        BookError
            There is none.
        """
        with self.reads() as connection:
            return self._client(connection, code)

    def records(self, code: str, kind: type[R]) -> tuple[Stored[R], ...]:
        """A client's records of one kind, in the order in which they were written down."""
        with self.reads() as connection:
            owner = self._client(connection, code).id
            return rows.select(connection, kind, TABLES[kind.kind].c.client_id == owner)

    def all_records(self, kind: type[R]) -> tuple[Stored[R], ...]:
        """The records of one kind of all clients, in the order in which they were written down."""
        with self.reads() as connection:
            return rows.select(connection, kind)

    def single(self, code: str, kind: type[R]) -> Stored[R] | None:
        """A client's newest record of a kind, which for kinds that are single is the only one; None without one."""
        found = self.records(code, kind)
        return found[-1] if found else None

    def of_book(self, kind: type[R]) -> Stored[R] | None:
        """The book's own record of a kind that belongs to no client, e.g. the safety contact; None without one."""
        found = self.all_records(kind)
        return found[-1] if found else None

    def record(self, kind: type[R], number: int) -> Stored[R] | None:
        """The record with this number; None if it is not there (any more)."""
        with self.reads() as connection:
            found = rows.select(connection, kind, TABLES[kind.kind].c.id == number)
            return found[0] if found else None

    def audit_entries(self, code: str | None = None) -> tuple[audit.AuditEntry, ...]:
        """The audit trail, oldest first; of one client if `code` is given."""
        with self.reads() as connection:
            return tuple(audit.entries(connection, code))

    def verify_audit(self) -> audit.AuditCheck:
        """Whether the audit trail is as it was written."""
        with self.reads() as connection:
            return audit.verify(connection)

    def clock_advice(self) -> str:
        """What to say if the computer's clock stands before the newest entry of the book; else empty."""
        with self.reads() as connection:
            newest = audit.newest(connection)
        now = self._now()
        if newest is None or now >= newest:
            return ""
        return BOOK_WORDS["clock"].format(now=f"{now:%Y-%m-%d %H:%M}", newest=f"{newest:%Y-%m-%d %H:%M}")

    # Writing

    def add_client(self, client: Client, reason: str = "") -> Stored[Client]:
        """Add a client.

        Raises
        ------
        BookError
            The code is taken, was used by a client who was erased, or the book is read-only.
        """
        client = checked(client)
        with self.writes() as connection:
            if audit.was_erased(connection, client.code):
                raise BookError(BOOK_WORDS["erased"].format(client=client.code))
            try:
                return self._insert(connection, client, 0, client.code, reason)
            except exc.IntegrityError:
                raise BookError(BOOK_WORDS["taken"].format(client=client.code)) from None

    def add(self, code: str, record: R, reason: str = "") -> Stored[R]:
        """Add a record to a client.

        Raises
        ------
        FieldError
            A field is beyond its limit.
        BookError
            There is no such client, there is one of a single kind already, or the book is read-only.
        """
        record = checked(record)
        with self.writes() as connection:
            client = self._client(connection, code)
            self._check_references(connection, record, client.id)
            try:
                return self._insert(connection, record, client.id, client.value.code, reason)
            except exc.IntegrityError:
                raise BookError(BOOK_WORDS["single"].format(client=client.value.code, kind=record.kind)) from None

    def set_of_book(self, record: R, reason: str = "") -> Stored[R]:
        """Write the book's own record of a kind that belongs to no client; the one before it is replaced."""
        record = checked(record)
        with self.writes() as connection:
            present = rows.select(connection, type(record))
            if not present:
                return self._insert(connection, record, 0, "", reason)
            return self._update(connection, present[-1], record, "", reason)

    def change(self, stored: Stored[R], record: R, reason: str = "") -> Stored[R]:
        """Put `record` in the place of what was read as `stored`.

        Raises
        ------
        ConflictError
            Another desk changed or removed it in between; nothing was written.
        FieldError, BookError
            A field is beyond its limit, the record must stay as it is, or the book is read-only.
        """
        record = checked(record)
        with self.writes() as connection:
            present = rows.present(connection, stored)
            if present.version != stored.version:
                if to_columns(present.value) == to_columns(record):
                    return present
                conflicts = rows.conflicts(stored, present, record)
                if conflicts:
                    raise ConflictError(record.kind, conflicts, present)
            self._check_references(connection, record, present.client_id)
            return self._update(connection, present, record, rows.code_of(connection, present), reason)

    def remove(self, stored: Stored[R], reason: str = "") -> None:
        """Remove a record; what it said stays in the audit trail.

        Raises
        ------
        ConflictError
            Another desk changed or removed it in between.
        BookError
            It must stay, or the book is read-only.
        """
        with self.writes() as connection:
            present = rows.present(connection, stored)
            if present.version != stored.version:
                raise ConflictError(stored.value.kind, rows.conflicts(stored, present, stored.value), present)
            refusal = present.value.may_go()
            if refusal:
                raise BookError(f"{stored.value.kind}: {refusal}")
            table = TABLES[stored.value.kind]
            connection.execute(delete(table).where(table.c.id == stored.id))
            changes = {name: [value, None] for name, value in to_columns(present.value).items()}
            self._log(connection, "removed", rows.code_of(connection, present), present, changes, reason)

    def move(self, stored: Stored[R], code: str, reason: str) -> Stored[R]:
        """Give a record to another client, e.g. a session that was started for the wrong one.

        Raises
        ------
        BookError
            No reason is given, or the record hangs together with others of its client.
        """
        record = stored.value
        if not reason.strip():
            raise BookError(BOOK_WORDS["move, no reason"])
        if record.kind not in _MOVABLE or any(
            getattr(record, name) is not None for name, _ in rows.references(record)
        ):
            raise BookError(f"A {record.kind} hangs together with other records of its client; it stays.")
        with self.writes() as connection:
            present = rows.present(connection, stored)
            if present.version != stored.version:
                raise ConflictError(record.kind, rows.conflicts(stored, present, record), present)
            refusal = present.value.may_go()
            if refusal:
                raise BookError(f"{record.kind}: {refusal}")
            old, new = rows.code_of(connection, present), self._client(connection, code)
            table = TABLES[record.kind]
            values = {"client_id": new.id, "version": present.version + 1}
            connection.execute(update(table).where(table.c.id == stored.id).values(**values))
            for owner in (old, new.value.code):
                self._log(connection, "moved", owner, present, {"client": [old, new.value.code]}, reason)
            return Stored(stored.id, present.version + 1, new.id, record)

    def log(self, action: str, code: str = "", remark: str = "", reason: str = "") -> None:
        """Write an entry of the audit trail that no record makes, e.g. an export or a seal that was opened."""
        with self.writes() as connection:
            self.log_in(connection, clean_text(action, lines=False), code, remark, reason)

    # For modules of this package

    def log_in(self, connection: Connection, action: str, code: str, remark: str = "", reason: str = "") -> None:
        """As :meth:`log`, inside a transaction of :meth:`writes`."""
        detail = {"remark": clean_text(remark), "reason": clean_text(reason)}
        audit.append(connection, self._now(), self._name(), action, code, detail)

    def compact(self) -> None:
        """Rewrite an SQLite file without what was deleted, and empty its write-ahead log."""
        with plainly(self.place.name):
            connection = self._engine.raw_connection()
            try:
                connection.cursor().execute("VACUUM")
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()

    @contextmanager
    def reads(self) -> Iterator[Connection]:
        """One state of the book."""
        with reading(self._engine, self.place.name) as connection:
            yield connection

    @contextmanager
    def writes(self) -> Iterator[Connection]:
        """A transaction that alone may write."""
        if self.read_only:
            raise BookError(BOOK_WORDS["reading"].format(book=self.place.name, advice=self.notice).strip())
        with writing(self._engine, self.place.name) as connection:
            take_write_lock(connection)
            yield connection

    def _name(self) -> str:
        return clean_text(self.who, lines=False) or "unnamed"

    def _client(self, connection: Connection, code: str) -> Stored[Client]:
        code = client_code(code)
        found = rows.select(connection, Client, TABLES[Client.kind].c.code == code)
        if not found:
            raise BookError(f"{code}: {BOOK_WORDS['no client']}")
        return found[0]

    def _insert(self, connection: Connection, record: R, client_id: int, code: str, reason: str) -> Stored[R]:
        columns = to_columns(record)
        owner = {"client_id": client_id} if record.of_client else {}
        result = connection.execute(insert(TABLES[record.kind]).values(version=1, **owner, **columns))
        stored = Stored(int(cast(Any, result.inserted_primary_key)[0]), 1, client_id, record)
        self._log(connection, "added", code, stored, {name: [None, value] for name, value in columns.items()}, reason)
        return stored

    def _update(self, connection: Connection, present: Stored[R], record: R, code: str, reason: str) -> Stored[R]:
        old, new = to_columns(present.value), to_columns(record)
        changes = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
        if not changes:
            return present
        refusal = present.value.may_become(record)
        if refusal:
            raise BookError(f"{record.kind}: {refusal}")
        table = TABLES[record.kind]
        values = {name: pair[1] for name, pair in changes.items()}
        stored = Stored(present.id, present.version + 1, present.client_id, record)
        connection.execute(update(table).where(table.c.id == present.id).values(version=stored.version, **values))
        self._log(connection, "changed", code, stored, changes, reason)
        return stored

    def _log(
        self,
        connection: Connection,
        action: str,
        code: str,
        stored: Stored[R],
        changes: dict[str, list[Column]],
        reason: str,
    ) -> None:
        record = stored.value
        detail: dict[str, Any] = {
            "kind": record.kind,
            "id": stored.id,
            "changes": changes,
            "reason": clean_text(reason),
        }
        audit.append(connection, self._now(), self._name(), action, code, detail)
        remark = record.remark() if action == "added" else ""
        if remark:
            detail = {"kind": record.kind, "id": stored.id, "remark": remark}
            audit.append(connection, self._now(), self._name(), "noted", code, detail)

    def _check_references(self, connection: Connection, record: Record, client_id: int) -> None:
        for name, kind in rows.references(record):
            number = getattr(record, name)
            if number is None:
                continue
            table = TABLES[kind]
            owner = connection.scalar(select(table.c.client_id).where(table.c.id == number))
            if owner != client_id:
                raise BookError(f"{record.kind}.{name} = {number}: this client has no such {kind}.")


_MOVABLE = frozenset({"session", "rating", "adverse_effect", "note"})
