"""The audit trail for people and for other programs: what an entry says in a line, and all of them as CSV."""

import csv
from collections.abc import Iterable
from io import StringIO

from nfb.practice.audit import AuditEntry
from nfb.practice.codec import stamp

HEADS = (
    "entry",
    "at",
    "who",
    "action",
    "client",
    "kind",
    "record",
    "field",
    "old",
    "new",
    "reason",
    "remark",
    "hash",
)
_MOST = 400  # characters of a line; the whole of it is in the CSV


def kind_of(entry: AuditEntry) -> str:
    """The kind of record that an entry is about; empty for what no record made, or what was erased."""
    return "" if entry.detail is None else str(entry.detail.get("kind", ""))


def change_line(entry: AuditEntry) -> str:
    """What was changed, in one line.

    >>> from datetime import UTC, datetime
    >>> detail = {"kind": "plan", "id": 1, "changes": {"run_s": [300.0, 240.0]}, "reason": ""}
    >>> change_line(AuditEntry(1, datetime(2026, 3, 1, tzinfo=UTC), "Dr. M", "changed", "A031", detail, ""))
    'run s: 300 → 240'
    """
    if entry.detail is None:
        return ""
    said = [str(entry.detail["remark"])] if entry.detail.get("remark") else []
    for name, (old, new) in _changes(entry).items():
        words = name.replace("_", " ")
        if old is None and _short(new):
            said.append(f"{words}: {_short(new)}")
        elif old is not None:
            said.append(f"{words}: {_short(old) or '–'} → {_short(new) or '–'}")
    line = " ".join("; ".join(said).split())
    return line if len(line) <= _MOST else f"{line[: _MOST - 1]}…"


def csv_of(entries: Iterable[AuditEntry]) -> str:
    """All entries as RFC 4180 has it, a line per field that changed; times in UTC."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADS)
    for entry in entries:
        detail = entry.detail or {}
        head = (entry.seq, stamp(entry.at), entry.who, entry.action, entry.client_code, detail.get("kind", ""))
        foot = (detail.get("reason", ""), detail.get("remark", ""), entry.hash)
        for name, (old, new) in (_changes(entry) or {"": (None, None)}).items():
            writer.writerow((*head, detail.get("id", ""), name, _plain(old), _plain(new), *foot))
    return out.getvalue()


def _changes(entry: AuditEntry) -> dict[str, tuple[object, object]]:
    found = (entry.detail or {}).get("changes") or {}
    return {str(name): (pair[0], pair[1]) for name, pair in found.items()}


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else _plain(value)
