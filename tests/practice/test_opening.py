"""Books from newer and older programs, damaged, locked and foreign files: said in plain words, nothing lost."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from nfb.practice import schema
from nfb.practice.clients import Client
from nfb.practice.connecting import postgres_url
from nfb.practice.errors import BookError
from nfb.practice.migrations import MIGRATIONS, NEWEST
from nfb.practice.opening import default_book, open_book
from nfb.practice.plans import Appointment, Plan
from nfb.practice.tables import METADATA

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clients.sqlite"


@pytest.fixture
def version_1(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make a book as the first version of the program did, with a client and a plan written by hand."""

    def make(place: str) -> None:
        with monkeypatch.context() as patch:
            for module in ("schema", "opening"):
                patch.setattr(f"nfb.practice.{module}.NEWEST", 1)
            patch.setattr(schema, "MIGRATIONS", MIGRATIONS[:1])
            open_book(place, now=lambda: NOON).close()
        url = postgres_url(place) if "://" in place else f"sqlite:///{place}"
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO client (version, code, flags, flag_note, handedness) "
                    "VALUES (3, 'A031', '[\"seizures\"]', 'see letter', 'left')"
                )
            )
            connection.execute(
                text(
                    "INSERT INTO plan (version, client_id, protocol_id, protocol_version, runs, run_s, rest_s, "
                    "client_ends_break, target, comfort, feedback, sound, volume, sessions, review_at, note) "
                    "VALUES (1, 1, 'smr', 2, 5, 300, 30, TRUE, 0.7, 'standard', 'film', '', 0.25, 20, 0, 'ü')"
                )
            )
        engine.dispose()

    return make


def test_a_book_of_version_1_is_copied_and_brought_up_to_date(
    place: str, version_1: Callable[[str], None], tmp_path: Path
) -> None:
    version_1(place)
    with open_book(place, now=lambda: NOON) as book:
        assert "brought up to date" in book.notice
        client = book.client("A031")
        assert (client.version, client.value.flag_note, client.value.demo) == (3, "see letter", False)
        plan = book.single("A031", Plan)
        assert plan is not None
        assert (plan.value.target, plan.value.note) == (0.7, "ü")
        assert (plan.value.film, plan.value.film_blur, plan.value.music, plan.value.chime) == ("", False, "", "soft")
        book.add("A031", Appointment(NOON))
        backup = book.notice.rsplit(": ", 1)[1]
    with open_book(place, now=lambda: NOON) as book:
        assert book.notice == "", "the second opening has nothing to do"
        assert len(book.records("A031", Appointment)) == 1
    if "://" in place:
        engine = create_engine(postgres_url(place))
        with engine.connect() as connection:
            name = backup.removeprefix("schema ").split(" ")[0]
            copied = connection.execute(text(f'SELECT code, handedness FROM "{name}".client')).all()
            assert inspect(connection).get_schema_names().count(name) == 1
        engine.dispose()
    else:
        assert Path(backup).name == "clients-v1-20260302T120000Z.sqlite"
        with sqlite3.connect(backup) as connection:
            assert connection.execute("SELECT version FROM schema_version").fetchone() == (1,)
            copied = connection.execute("SELECT code, handedness FROM client").fetchall()
        connection.close()
    assert [tuple(row) for row in copied] == [("A031", "left")]


def test_the_migrations_lead_to_the_tables_that_the_program_uses(place: str) -> None:
    open_book(place).close()
    engine = create_engine(postgres_url(place) if "://" in place else f"sqlite:///{place}")
    found = inspect(engine)
    assert set(found.get_table_names()) == set(METADATA.tables)
    for name, table in METADATA.tables.items():
        columns = {column["name"]: column for column in found.get_columns(name)}
        assert set(columns) == set(table.columns.keys()), name
        for column in table.columns:
            on_disk = columns[column.name]
            assert on_disk["nullable"] == column.nullable or column.primary_key, f"{name}.{column.name}"
            wanted = column.type.compile(engine.dialect)
            assert on_disk["type"].compile(engine.dialect) == wanted, f"{name}.{column.name}"
        keys = {(key["constrained_columns"][0], key["referred_table"]) for key in found.get_foreign_keys(name)}
        assert keys == {(key.parent.name, key.column.table.name) for key in table.foreign_keys}, name
        unique = {tuple(one["column_names"]) for one in found.get_unique_constraints(name)}
        assert unique == {(column.name,) for column in table.columns if column.unique}, name
    engine.dispose()


def test_a_migration_that_fails_leaves_the_book_and_a_copy(
    place: str, version_1: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(connection: object) -> None:
        MIGRATIONS[1](connection)  # type: ignore[arg-type]
        connection.execute(text("CREATE TABLE broken (x nonsense nonsense ((("))  # type: ignore[attr-defined]

    version_1(place)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (MIGRATIONS[0], half))
        with pytest.raises(BookError, match="Nothing was changed"):
            open_book(place)
    with open_book(place) as book:
        assert book.client("A031").value.flag_note == "see letter"


def test_no_update_without_a_copy(path: Path, version_1: Callable[[str], None]) -> None:
    version_1(str(path))
    (path.parent / "backups").write_text("a file where the folder should be")
    before = path.read_bytes()
    with pytest.raises(BookError, match="copy that is taken before an update could not be written"):
        open_book(path)
    assert path.read_bytes() == before


def test_a_book_from_a_newer_program_is_opened_for_reading(place: str) -> None:
    with open_book(place) as book:
        book.add_client(Client("A031"))
    engine = create_engine(postgres_url(place) if "://" in place else f"sqlite:///{place}")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE client ADD COLUMN aura TEXT"))
        connection.execute(text(f"UPDATE schema_version SET version = {NEWEST + 7}"))
    engine.dispose()
    before = Path(place).read_bytes() if "://" not in place else b""
    with open_book(place) as book:
        assert book.read_only
        assert (
            f"written by a newer nfb (version {NEWEST + 7} of the book, this program knows {NEWEST})" in book.notice
        )
        assert [stored.value.code for stored in book.clients()] == ["A031"]
        with pytest.raises(BookError, match=r"open for reading only.*newer nfb"):
            book.add_client(Client("B2"))
    if before:
        assert Path(place).read_bytes() == before


def test_a_record_that_only_a_newer_program_understands_is_named(path: Path) -> None:
    with open_book(path) as book:
        book.add_client(Client("A031"))
    with sqlite3.connect(path) as connection:
        connection.execute("""UPDATE client SET flags = '["telepathy"]'""")
    connection.close()
    with open_book(path) as book, pytest.raises(BookError, match=r"client number 1 cannot be read.*telepathy"):
        book.clients()


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"My dear diary, " * 1000)
    with pytest.raises(BookError, match=r"not a client book, or it is damaged from its first bytes.*left as it is"):
        open_book(path)
    assert path.read_bytes() == b"My dear diary, " * 1000


def test_the_database_of_another_program_is_refused(place: str) -> None:
    engine = create_engine(postgres_url(place) if "://" in place else f"sqlite:///{place}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoices (n INTEGER)"))
    engine.dispose()
    with pytest.raises(BookError, match=r"belongs to another program.*invoices"):
        open_book(place)


def test_a_damaged_book_is_opened_for_reading_and_the_copy_is_named(path: Path) -> None:
    with open_book(path) as book:
        for number in range(60):
            book.add_client(Client(f"A{number}", flag_note="x" * 500))
    (path.parent / "backups").mkdir()
    copy = path.parent / "backups" / "clients-v1-20260101T000000Z.sqlite"
    copy.write_bytes(b"")
    content = bytearray(path.read_bytes())
    with sqlite3.connect(path) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'audit_detail'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    content[(root - 1) * size : root * size] = b"\xa5" * size
    path.write_bytes(content)
    with open_book(path) as book:
        assert book.read_only
        assert "damaged in part; it was opened for reading" in book.notice
        assert str(copy) in book.notice
        assert len(book.clients()) == 60, "what is whole can be read"
        with pytest.raises(BookError, match="for reading only"):
            book.add_client(Client("B2"))
    assert path.read_bytes() == bytes(content)


@pytest.mark.parametrize("keep", [16, 100, 4096, 20_000])
def test_a_book_that_was_cut_off_is_never_taken_for_an_empty_one(path: Path, keep: int) -> None:
    with open_book(path) as book:
        for number in range(40):
            book.add_client(Client(f"A{number}", flag_note="x" * 500))
    content = path.read_bytes()[:keep]
    path.write_bytes(content)
    try:
        with open_book(path) as book:
            assert book.read_only
            assert "damaged" in book.notice
    except BookError as error:
        assert "damaged" in str(error)
    assert path.read_bytes() == content


def test_a_book_that_another_program_is_writing_to_is_opened_for_reading(path: Path) -> None:
    with open_book(path) as book:
        book.add_client(Client("A031"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with open_book(path, busy_s=0.05) as book:
        assert book.read_only
        assert "another program has held the client book" in book.notice
        assert book.client("A031").value.code == "A031"
    other.execute("ROLLBACK")
    other.close()
    with open_book(path) as book:
        assert not book.read_only


def test_a_book_that_another_program_keeps_to_itself_is_refused_in_plain_words(path: Path) -> None:
    open_book(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(BookError, match="another program has held the client book"):
        open_book(path, busy_s=0.05)
    other.close()


def test_an_old_book_that_is_held_is_not_half_updated(path: Path, version_1: Callable[[str], None]) -> None:
    version_1(str(path))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BookError, match="another program has held"):
        open_book(path, busy_s=0.05)
    other.execute("ROLLBACK")
    other.close()
    with open_book(path) as book:
        assert book.client("A031").value.flag_note == "see letter"


def test_a_write_protected_book_is_opened_for_reading(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_book(path) as book:
        book.add_client(Client("A031"))
    path.chmod(0o444)
    path.parent.chmod(0o555)
    # Root may write all the same; what it is told must not depend on that.
    monkeypatch.setattr("os.access", lambda *_args: False)
    try:
        with open_book(path) as book:
            assert (book.read_only, book.notice) == (True, "The file or its folder is write-protected.")
            assert book.client("A031").value.code == "A031"
            assert [file.name for file in path.parent.iterdir()] == [path.name], "nothing was made beside it"
    finally:
        path.parent.chmod(0o755)


def test_a_folder_and_a_place_that_cannot_be_are_said(tmp_path: Path) -> None:
    with pytest.raises(BookError, match="is a folder"):
        open_book(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(BookError, match="Choose another place"):
        open_book(tmp_path / "file" / "clients.sqlite")


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("mysql://host/db", "an SQLite file or in PostgreSQL, not mysql"),
        ("postgresql://host:port/db", "URL cannot be read"),
        ("postgresql://nfb:s3cret@127.0.0.1:9/none", "cannot be reached"),
    ],
)
def test_a_wrong_url_is_said_without_its_password(url: str, text: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(BookError, match=text) as caught:
        open_book(url)
    assert "s3cret" not in str(caught.value)


def test_a_database_that_is_not_there_is_said(new_database: Callable[[], str]) -> None:
    with pytest.raises(BookError, match="no database of that name"):
        open_book(new_database() + "x")


def test_a_server_that_allows_reading_only_is_respected(new_database: Callable[[], str]) -> None:
    url = new_database()
    with open_book(url) as book:
        book.add_client(Client("A031"))
    engine = create_engine(postgres_url(url))
    with engine.begin() as connection:
        connection.execute(text(f"ALTER DATABASE {url.rsplit('/', 1)[1]} SET default_transaction_read_only = on"))
    engine.dispose()
    with open_book(url) as book:
        assert (book.read_only, book.notice) == (True, "The server allows reading only.")
        assert book.client("A031").value.code == "A031"


def test_the_default_is_a_file_in_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NFB_BOOK", raising=False)
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_args, **_options: str(tmp_path / "data"))
    assert default_book() == str(tmp_path / "data" / "clients.sqlite")
    open_book().close()
    assert (tmp_path / "data" / "clients.sqlite").is_file()
    monkeypatch.setenv("NFB_BOOK", str(tmp_path / "other.sqlite"))
    open_book().close()
    assert (tmp_path / "other.sqlite").is_file()


def test_a_book_in_a_folder_with_any_name(tmp_path: Path) -> None:
    path = tmp_path / "Praxis Müller? 50% #1 🧠" / "clients.sqlite"
    with open_book(path) as book:
        book.add_client(Client("A031"))
    assert path.is_file()
    with open_book(path) as book:
        assert len(book.clients()) == 1
    with open_book(f"sqlite:///{tmp_path}/plain.sqlite") as book:
        book.add_client(Client("A031"))
    assert (tmp_path / "plain.sqlite").is_file()
