"""Tables and columns from one line of words, the same on SQLite and PostgreSQL."""

from sqlalchemy import Connection, text

_TYPES = {
    "sqlite": {"text": "TEXT", "int": "BIGINT", "real": "DOUBLE", "bool": "BOOLEAN"},
    "postgresql": {"text": "TEXT", "int": "BIGINT", "real": "DOUBLE PRECISION", "bool": "BOOLEAN"},
}
_KEY = {"sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT", "postgresql": "BIGSERIAL PRIMARY KEY"}


def create_record_table(connection: Connection, name: str, columns: str, owner: str = "client") -> None:
    """Make the table of one kind of record.

    Parameters
    ----------
    columns
        ``name type`` pairs with commas; ``type?`` may be empty, ``type unique`` is unique, ``type -> table``
        refers to a row of that table and goes with it.
    owner
        ``client``: belongs to one; ``single``: and each client has at most one; empty: to the book.
    """
    dialect = connection.dialect.name
    key_type = "INTEGER" if dialect == "sqlite" else "BIGINT"
    parts = [f"id {_KEY[dialect]}", "version BIGINT NOT NULL"]
    if owner:
        unique = " UNIQUE" if owner == "single" else ""
        parts.append(f"client_id {key_type} NOT NULL{unique} REFERENCES client (id) ON DELETE CASCADE")
    parts += [_column(dialect, column) for column in columns.split(",")]
    connection.execute(text(f"CREATE TABLE {name} ({', '.join(parts)})"))
    if owner == "client":
        connection.execute(text(f"CREATE INDEX {name}_by_client ON {name} (client_id)"))


def add_column(connection: Connection, table: str, column: str, default: str) -> None:
    """Add a column; `default` is the SQL value that present rows take."""
    definition = f"{_column(connection.dialect.name, column)} DEFAULT {default}"
    connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {definition}"))


def _column(dialect: str, words: str) -> str:
    words, _, refers = words.partition("->")
    name, kind, *unique = words.split()
    definition = f"{name} {_TYPES[dialect][kind.rstrip('?')]}"
    if not kind.endswith("?"):
        definition += " NOT NULL"
    if unique:
        definition += " UNIQUE"
    if refers:
        definition += f" REFERENCES {refers.strip()} (id) ON DELETE CASCADE"
    return definition


def forbid(connection: Connection, table: str, deed: str, condition: str, why: str) -> None:
    """Let the database itself refuse `deed` (``UPDATE`` or ``DELETE``) on rows of `table` where `condition` holds."""
    name = f"{table}_no_{deed.lower()}"
    if connection.dialect.name == "sqlite":
        connection.execute(
            text(
                f"CREATE TRIGGER {name} BEFORE {deed} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
            )
        )
        return
    connection.execute(
        text(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{why}'; END $$")
    )
    connection.execute(
        text(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW WHEN ({condition}) "
            f"EXECUTE FUNCTION {name}()"
        )
    )
