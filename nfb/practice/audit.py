"""The audit trail: who, when, what, old and new, why; each entry sealed by the hash of the one before it.

What an entry says (its detail) is kept apart from the chain, which holds only a salted digest of it. Erasing a client
deletes the details with their salts and leaves a chain that still verifies.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, delete, func, insert, select

from nfb.practice.codec import moment, stamp
from nfb.practice.tables import AUDIT, AUDIT_DETAIL

_START = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry. `detail` is None where its client was erased.

    `detail` has ``kind``, ``id``, ``changes`` ({field: [old, new]}), ``reason`` and, for some, ``remark``.
    """

    seq: int
    at: datetime
    who: str
    action: str
    client_code: str
    detail: dict[str, Any] | None
    hash: str


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """Whether the chain is whole; `problem` names the first entry that is not as it was written."""

    n_entries: int
    problem: str

    @property
    def whole(self) -> bool:
        return not self.problem


def append(
    connection: Connection, at: datetime, who: str, action: str, client_code: str, detail: dict[str, Any]
) -> None:
    """Write an entry inside the caller's transaction, which must hold the book's write lock."""
    last = connection.execute(select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)).first()
    seq, previous = (1, _START) if last is None else (last.seq + 1, last.hash)
    salt = secrets.token_hex(16)
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    row = {
        "seq": seq,
        "at": stamp(at),
        "who": who,
        "action": action,
        "client_code": client_code,
        "detail_digest": _digest(salt, text),
    }
    connection.execute(insert(AUDIT).values(**row, hash=_seal(previous, row)))
    connection.execute(insert(AUDIT_DETAIL).values(seq=seq, salt=salt, detail=text))


def entries(connection: Connection, client_code: str | None = None) -> Iterator[AuditEntry]:
    """Entries in the order in which they were written; all, or those about one client."""
    query = select(AUDIT, AUDIT_DETAIL.c.detail).outerjoin(AUDIT_DETAIL, AUDIT.c.seq == AUDIT_DETAIL.c.seq)
    if client_code is not None:
        query = query.where(AUDIT.c.client_code == client_code)
    for row in connection.execute(query.order_by(AUDIT.c.seq)):
        detail = None if row.detail is None else cast(dict[str, Any], json.loads(row.detail))
        yield AuditEntry(row.seq, moment(row.at), row.who, row.action, row.client_code, detail, row.hash)


def verify(connection: Connection) -> AuditCheck:
    """Walk the chain."""
    query = select(AUDIT, AUDIT_DETAIL.c.salt, AUDIT_DETAIL.c.detail)
    query = query.outerjoin(AUDIT_DETAIL, AUDIT.c.seq == AUDIT_DETAIL.c.seq).order_by(AUDIT.c.seq)
    erased = set(connection.scalars(select(AUDIT.c.client_code).where(AUDIT.c.action == ERASED)))
    previous, n = _START, 0
    for row in connection.execute(query):
        n += 1
        where = f"entry {row.seq} of {row.at}"
        fields = {name: getattr(row, name) for name in ("seq", "at", "who", "action", "client_code", "detail_digest")}
        if row.seq != n:
            return AuditCheck(n, f"{where}: entry {n} is missing")
        if row.hash != _seal(previous, fields):
            return AuditCheck(n, f"{where}: was altered after it was written")
        if row.detail is not None and row.detail_digest != _digest(row.salt, row.detail):
            return AuditCheck(n, f"{where}: its detail was altered after it was written")
        if row.detail is None and row.client_code not in erased:
            return AuditCheck(n, f"{where}: its detail is missing, though nobody was erased")
        previous = row.hash
    return AuditCheck(n, "")


ERASED = "erased"


def forget(connection: Connection, client_code: str) -> None:
    """Delete what the entries about a client say; that they were written stays."""
    about = select(AUDIT.c.seq).where(AUDIT.c.client_code == client_code)
    connection.execute(delete(AUDIT_DETAIL).where(AUDIT_DETAIL.c.seq.in_(about)))


def was_erased(connection: Connection, client_code: str) -> bool:
    query = select(func.count()).where(AUDIT.c.client_code == client_code, AUDIT.c.action == ERASED)
    return bool(connection.scalar(query))


def newest(connection: Connection) -> datetime | None:
    """The latest moment in the trail: a clock that stands before it was set back."""
    text = connection.scalar(select(func.max(AUDIT.c.at)))
    return None if text is None else moment(text)


def _digest(salt: str, detail: str) -> str:
    return hashlib.sha256(f"{salt}{detail}".encode()).hexdigest()


def _seal(previous: str, row: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps([previous, row], ensure_ascii=False, sort_keys=True).encode()).hexdigest()
