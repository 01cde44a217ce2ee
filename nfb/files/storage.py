"""Bytes on a disk that may fail: append-only files, atomic replacement, locks, and a thread that syncs."""

import contextlib
import os
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

from nfb.files.os_words import OS_WORDS

_BINARY = getattr(os, "O_BINARY", 0)  # Windows would turn \n into \r\n without it

if sys.platform == "win32":
    import msvcrt

    # Locks are mandatory on Windows: a byte far behind the end leaves the content readable for others.
    _LOCK_AT = 1 << 40

    def _lock(fd: int) -> None:
        os.lseek(fd, _LOCK_AT, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        os.lseek(fd, 0, os.SEEK_END)

else:
    import fcntl

    def _lock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def try_lock(fd: int) -> bool:
    """Take the advisory lock of an open file; False if another process has it. The system frees it when the
    process ends, however it ends."""
    try:
        _lock(fd)
    except OSError:
        return False
    return True


class AppendFile:
    """A file that only grows, unbuffered, by whole units: a frame of samples, a line, a gzip member.

    Parameters
    ----------
    path
        Created if absent.
    unit_bytes
        Length of a unit; 0 if every write is one unit.

    Attributes
    ----------
    n_bytes
        Length up to the last whole unit.
    """

    def __init__(self, path: Path, unit_bytes: int = 0) -> None:
        self.path = path
        self._unit_bytes = unit_bytes
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY, 0o644)
        self.n_bytes = os.fstat(self.fd).st_size

    def write(self, data: bytes) -> None:
        """Append `data`.

        Raises
        ------
        OSError
            Not all of it could be written; the whole units that could are kept and counted in :attr:`n_bytes`.
        """
        written = os.write(self.fd, data)
        if written == len(data):
            self.n_bytes += written
            return
        try:
            while written < len(data):
                written += os.write(self.fd, data[written:])
        except OSError:
            self.n_bytes += written - written % self._unit_bytes if self._unit_bytes else 0
            # If even this fails, readers leave out what is not a whole unit.
            with contextlib.suppress(OSError):
                os.ftruncate(self.fd, self.n_bytes)
            raise
        self.n_bytes += written

    @property
    def deleted(self) -> bool:
        """Whether somebody removed the file while it was open (what was written is then still readable here)."""
        return os.fstat(self.fd).st_nlink == 0

    def read_back(self) -> bytes:
        """All whole units written so far, also if the file has been deleted."""
        os.lseek(self.fd, 0, os.SEEK_SET)
        parts = []
        left = self.n_bytes
        while left and (part := os.read(self.fd, min(left, 1 << 24))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # a vanished disk has nothing left to close
            os.close(self.fd)


def write_atomic(path: Path, text: str) -> None:
    """Replace a file's content so that a reader finds the old or the new text, never a part of one."""
    # Dot files are outside BIDS, so one that a crash leaves behind does no harm.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def reason(error: OSError) -> str:
    """Why, without number and path; the system's own words where there are none of ours.

    >>> reason(OSError(28, "There is not enough space on the disk"))
    'no space left on device'
    """
    words = OS_WORDS.get(error.errno or 0) or error.strerror or str(error)
    return words[:1].lower() + words[1:]


class Syncer:
    """Sends files to the disk once a second, in the order given, from a thread of its own: fsync can block for
    longer than a hop lasts."""

    def __init__(self, period_s: float = 0.9) -> None:
        self._period_s = period_s
        self._files: tuple[AppendFile, ...] = ()
        self._guard = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="nfb-sync", daemon=True)
        self.error: OSError | None = None
        self._thread.start()

    def watch(self, files: Iterable[AppendFile]) -> None:
        """Sync these from now on. On return no other file is in use, so the former ones may be closed."""
        with self._guard:
            self._files = tuple(files)

    def sync(self) -> None:
        """Send everything to the disk now; an error is kept in :attr:`error`."""
        with self._guard:
            for file in self._files:
                try:
                    os.fsync(file.fd)
                except OSError as error:
                    self.error = error

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._period_s):
            self.sync()
