"""A copy of everything that this program keeps for its user, in plain folders and files."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nfb.files.file_words import FILE_WORDS
from nfb.files.preferences import preferences_file
from nfb.files.storage import reason
from nfb.model.errors import SetupError

if TYPE_CHECKING:
    from nfb.practice.book import Book


def take_out(folder: Path, recordings: Path, book: Book | None) -> Path:
    """Copy recordings, client book and settings into a new folder within `folder`.

    Parameters
    ----------
    folder
        Where the copy is made.
    recordings
        The folder of recordings; need not exist.
    book
        The open client book. A database on a server is left to the server's own backup.

    Returns
    -------
    Path
        The new folder.

    Raises
    ------
    SetupError
        The copy cannot be made, or would lie within what is copied; says why. What was copied so far is still there.
    """
    if folder.resolve().is_relative_to(recordings.resolve()):
        raise SetupError(f"{folder}: {FILE_WORDS['within']}")
    target = folder / f"nfb-copy-{datetime.now():%Y-%m-%d-%H%M%S}"
    try:
        target.mkdir(parents=True)
        if recordings.is_dir():
            shutil.copytree(recordings, target / "recordings")
        if preferences_file().is_file():
            shutil.copy2(preferences_file(), target)
        if book is not None and book.place.path is not None:
            _copy_sqlite(book.place.path, target / book.place.path.name)
    except (OSError, shutil.Error, sqlite3.Error) as error:
        why = reason(error) if isinstance(error, OSError) and error.strerror else str(error)[:200]
        raise SetupError(f"{target}: {FILE_WORDS['not copied'].format(reason=why)}") from error
    return target


def _copy_sqlite(source: Path, target: Path) -> None:
    # The newest entries may still stand in the write-ahead log beside the file; SQLite's own copy has them.
    uri = f"{source.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as book, closing(sqlite3.connect(target)) as copy:
        book.backup(copy)
