"""Client books for the tests: on SQLite, and on a private PostgreSQL server where its programs are installed."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nfb.practice.book import Book
from nfb.practice.clients import Client
from nfb.practice.opening import open_book

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """A new SQLite book with one client, A031; its clock stands at noon."""
    with open_book(tmp_path / "clients.sqlite", who="Dr. M", now=lambda: NOON) as book:
        book.add_client(Client("A031"))
        yield book


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty book may be made, on each kind of database."""
    if request.param == "sqlite":
        return str(tmp_path / "clients.sqlite")
    return str(request.getfixturevalue("new_database")())


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """Port and program folder of a server of the tests' own."""
    if sys.platform == "win32":
        pytest.skip("a private PostgreSQL server is started on Unix only")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("the PostgreSQL driver is not installed: pip install nfb[postgres]")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if not programs:
        pytest.skip("no PostgreSQL server here: apt-get install postgresql")
    user = _unprivileged_user()
    # PostgreSQL does not run as root, and another user cannot pass pytest's own folders.
    folder = tmp_path_factory.mktemp("postgres") if user is None else Path(tempfile.mkdtemp(prefix="nfb-postgres-"))
    data = folder / "data"
    data.mkdir()
    if user is not None:
        shutil.chown(folder, user)
        shutil.chown(data, user)
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
    options: dict[str, Any] = {"user": user, "env": environment, "cwd": folder}
    make = [programs[-1], "-D", data, "-U", "nfb", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    made = subprocess.run(make, capture_output=True, text=True, check=False, **options)
    assert made.returncode == 0, made.stderr
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = ["-h", "127.0.0.1", "-p", str(port), "-k", "", "-c", "fsync=off", "-c", "logging_collector=off"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [programs[-1].with_name("postgres"), "-D", data, *settings], stdout=log, stderr=log, **options
        )
    try:
        _await(server, port, programs[-1].with_name("pg_isready"), folder / "log")
        yield port, programs[-1].parent
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_database(postgres: tuple[int, Path]) -> Iterator[Callable[[], str]]:
    """Make empty databases: ``new_database()`` is the URL of a new one."""
    import psycopg

    port, _ = postgres
    made: list[str] = []
    with psycopg.connect(f"host=127.0.0.1 port={port} user=nfb dbname=postgres", autocommit=True) as server:

        def make() -> str:
            number = server.execute("SELECT count(*) + 1 FROM pg_database").fetchone()
            assert number is not None
            made.append(f"book{number[0]}")
            server.execute(f"CREATE DATABASE {made[-1]}")
            return f"postgresql://nfb@127.0.0.1:{port}/{made[-1]}"

        yield make
        for name in made:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    import pwd  # Unix only

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    pytest.skip("PostgreSQL does not run as root, and there is no other user")


def _await(server: "subprocess.Popen[bytes]", port: int, ready: Path, log: Path) -> None:
    for _ in range(100):
        assert server.poll() is None, log.read_text()
        answer = subprocess.run(
            [ready, "-h", "127.0.0.1", "-p", str(port), "-t", "1"], capture_output=True, check=False
        )
        if answer.returncode == 0:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(0.1)
    raise AssertionError(log.read_text())
