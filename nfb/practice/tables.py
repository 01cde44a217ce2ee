"""The tables of the client book, made from the records' fields. :mod:`nfb.practice.migrations` makes them on disk."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Double, ForeignKey, Integer, MetaData, Table, Text, types

from nfb.practice.fields import Refers, hints_of, is_optional, rules_of
from nfb.practice.kinds import KINDS
from nfb.practice.record import Record

METADATA = MetaData()
# SQLite numbers rows by itself only where the key is spelled INTEGER.
KEY = BigInteger().with_variant(Integer, "sqlite")


def _type(plain: Any) -> types.TypeEngine[Any]:
    if plain is bool:
        return Boolean()
    if plain is int:
        return BigInteger()
    return Double() if plain is float else Text()


def _column(name: str, hint: Any) -> Column[Any]:
    plain, rules = rules_of(hint)
    keys = [ForeignKey(f"{rule.kind}.id", ondelete="CASCADE") for rule in rules if isinstance(rule, Refers)]
    return Column(name, _type(plain), *keys, nullable=is_optional(hint), unique=name == "code")


def _table(record: type[Record]) -> Table:
    owner = (
        [Column("client_id", KEY, ForeignKey("client.id", ondelete="CASCADE"), nullable=False, unique=record.single)]
        if record.of_client
        else []
    )
    columns = [_column(name, hint) for name, hint in hints_of(record).items()]
    key = Column("id", KEY, primary_key=True)
    version = Column("version", BigInteger, nullable=False)
    return Table(record.kind, METADATA, key, version, *owner, *columns, sqlite_autoincrement=True)


TABLES: dict[str, Table] = {kind: _table(record) for kind, record in KINDS.items()}

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("client_code", Text, nullable=False),
    Column("detail_digest", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
AUDIT_DETAIL = Table(
    "audit_detail",
    METADATA,
    Column("seq", BigInteger, ForeignKey("audit.seq"), primary_key=True, autoincrement=False),
    Column("salt", Text, nullable=False),
    Column("detail", Text, nullable=False),
)
SCHEMA_VERSION = Table("schema_version", METADATA, Column("version", BigInteger, nullable=False))
