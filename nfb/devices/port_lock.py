"""One session per serial port.

Linux lets two programs open the same port; the second one's greeting stops the board of the first. The lock is a
file that the operating system unlocks when its holder ends, however it ends.
"""

import hashlib
import os
import sys
from pathlib import Path
from typing import IO


class PortInUseError(Exception):
    """Another process of this program holds the port."""


class PortLock:
    """Exclusive use of a serial port among the processes of this program.

    Parameters
    ----------
    port
        As the user wrote it; links to the same device count as the same port.
    folder
        Where lock files live; made if absent.

    Raises
    ------
    PortInUseError
        If another holder lives.
    OSError
        If the folder cannot be written.
    """

    def __init__(self, port: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # A lock file stays behind unlocked: removing it would let a third process lock a new file of the same name.
        self._file = (folder / f"{_slug(port)}.lock").open("a")
        if not _try_lock(self._file):
            self._file.close()
            raise PortInUseError(port)

    def release(self) -> None:
        """Give the port back. May be called twice."""
        self._file.close()


def _slug(port: str) -> str:
    device = port.upper().removeprefix("\\\\.\\") if sys.platform == "win32" else os.path.realpath(port)
    return hashlib.sha256(device.encode()).hexdigest()[:16]


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
