"""The growing files of one recording, kept alive when their disk is not.

A write that fails moves all files together to the next folder, where the recording goes on as a part of its own; if
no folder takes it, data wait in memory and are tried again. Parts are joined at the end (:func:`join`). What waits is
kept in order of arrival over all files, so that on disk the samples are never behind the journal, nor the journal
behind the feedback.
"""

import os
import shutil
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from errno import ENOENT, ENOSPC, ESTALE
from pathlib import Path

from nfb.files.bids import Layout
from nfb.files.codec import decode
from nfb.files.disk_words import DISK_WORDS
from nfb.files.session_file import JsonObject
from nfb.files.storage import AppendFile, Syncer, reason, try_lock

RETRY_S = 5.0


@dataclass(frozen=True, slots=True)
class Continues:
    """Where a part joins on: the folder of the first part's derivatives and the lengths of all files before it."""

    folder: str
    first_sample: int
    n_bytes: dict[str, int]


@dataclass(slots=True)
class Place:
    """One folder tree that holds the recording or a part of it."""

    layout: Layout
    files: dict[str, AppendFile] = field(default_factory=dict)


def stream_paths(layout: Layout) -> dict[str, Path]:
    """The files that grow, in the order in which they are sent to the disk."""
    return {
        "eeg": layout.eeg("eeg"),
        "acceleration": layout.acceleration,
        "device_times": layout.device_times,
        "presented": layout.presented,
        "journal": layout.journal,
        "markers": layout.eeg("vmrk"),
        "feedback": layout.feedback,
    }


class Store:
    """Append-only files of one recording.

    Parameters
    ----------
    roots
        Where the recording may go, best first.
    begin
        Makes the folders and first files of a part under a root; raises OSError.
    frame_bytes
        Bytes per sample in the .eeg.
    ram_bytes
        How much may wait in memory.

    Raises
    ------
    OSError
        None of the roots can be written; the error is that of the first.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        begin: Callable[[Path, Continues | None], Layout],
        frame_bytes: int,
        ram_bytes: int,
    ) -> None:
        self.problems: deque[str] = deque()
        self._begin = begin
        self._units = {"eeg": frame_bytes, "acceleration": 12, "device_times": 8, "presented": 24}
        self._ram_bytes = ram_bytes
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._waiting_bytes = 0
        self._full = False
        self._retry_at = 0.0
        self._totals: dict[str, int] = {}  # lengths over all parts that are done
        self._home: Layout
        self._done: list[Layout] = []  # parts that were left
        self._place: Place | None = None  # the present part; None while no folder takes the recording
        self._unused = list(roots)
        self._syncer = Syncer()
        first_error: OSError | None = None
        for root in tuple(self._unused):
            try:
                self._open(root)
            except OSError as error:
                first_error = first_error or error
                self.problems.append(DISK_WORDS["next"].format(place=root, reason=reason(error)))
                continue
            return
        self._syncer.stop()
        raise first_error or OSError("no folder to record to")

    @property
    def layout(self) -> Layout:
        """Where the recording began."""
        return self._home

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """Where its parts are; one if all is well."""
        return (*self._done, *([self._place.layout] if self._place else []))

    @property
    def at_home(self) -> bool:
        return not self._done

    @property
    def in_memory_bytes(self) -> int:
        return self._waiting_bytes

    def n_bytes(self, name: str) -> int:
        """Length of a file over all parts, without what waits in memory."""
        file = self._file(name)
        return self._totals.get(name, 0) + (file.n_bytes if file else 0)

    def append(self, name: str, data: bytes) -> None:
        """Append to a file, wherever that is possible. Never raises for a disk."""
        if self._full:
            return
        if self._waiting:
            self._wait(name, data)
            if time.monotonic() >= self._retry_at:
                self._try_again()
            return
        file = self._file(name)
        before = file.n_bytes if file else 0
        try:
            if file is None:
                file = self._create(name)
            file.write(data)
        except OSError as error:
            self._wait(name, data[file.n_bytes - before :] if file else data)
            self._move_on(error)

    def check(self) -> None:
        """To be called once a second: notices a folder that vanished and a disk that lost what it was given."""
        vanished = False
        if self._place:
            with suppress(OSError):  # where the disk itself is gone, the next write tells
                vanished = any(file.deleted for file in self._place.files.values())
        if self._place and vanished:
            self._rescue(self._place)
        elif self._syncer.error is not None:
            error, self._syncer.error = self._syncer.error, None
            self._move_on(error)
        elif self._waiting and time.monotonic() >= self._retry_at:
            self._try_again()

    def free_bytes(self) -> int | None:
        """Free space where the recording is now; None if that cannot be told."""
        try:
            return shutil.disk_usage(self._root).free
        except OSError:
            return None

    def sync(self) -> None:
        """Send everything to the disk now."""
        if self._waiting:
            self._try_again()
        self._syncer.sync()
        self.check()

    def close(self) -> None:
        """Close all files; parts stay where they are."""
        self._syncer.stop()
        if self._place:
            for file in self._place.files.values():
                file.close()
            self._place.files.clear()

    # ------------------------------------------------------------------------------------------------ places

    @property
    def _root(self) -> Path:
        return (self._place.layout if self._place else self._home).root

    def _file(self, name: str) -> AppendFile | None:
        return self._place.files.get(name) if self._place else None

    def _create(self, name: str) -> AppendFile:
        if self._place is None:
            raise OSError(ENOENT, os.strerror(ENOENT))
        file = AppendFile(stream_paths(self._place.layout)[name], self._units.get(name, 0))
        self._place.files[name] = file
        self._watch(self._place)
        return file

    def _watch(self, place: Place) -> None:
        self._syncer.watch(place.files[name] for name in stream_paths(place.layout) if name in place.files)

    def _open(self, root: Path) -> None:
        """Begin a part under `root` and make it the present one."""
        left = self._place
        totals = dict(self._totals)
        for name, file in (left.files if left else {}).items():
            totals[name] = totals.get(name, 0) + file.n_bytes
        continues = None
        if left or self._done:
            first_sample = totals.get("eeg", 0) // self._units["eeg"]
            continues = Continues(str(self._home.derivatives.absolute()), first_sample, totals)
        place = Place(self._begin(root, continues))
        try:
            paths = stream_paths(place.layout)
            for name in ("eeg", "journal", "markers"):
                place.files[name] = AppendFile(paths[name], self._units.get(name, 0))
            try_lock(place.files["journal"].fd)
        except OSError:
            for file in place.files.values():
                file.close()
            raise
        self._unused = [unused for unused in self._unused if unused != root]
        self._watch(place)
        if left:
            self._done.append(left.layout)
            for file in left.files.values():
                file.close()
        if continues is None:
            self._home = place.layout
        self._totals = totals
        self._place = place

    # ------------------------------------------------------------------------------------------------ trouble

    def _wait(self, name: str, data: bytes) -> None:
        if self._waiting_bytes + len(data) > self._ram_bytes:
            # For good: what came later would stand at a wrong position behind the hole.
            self._full = True
            self.problems.append(DISK_WORDS["memory full"])
            return
        self._waiting.append((name, data))
        self._waiting_bytes += len(data)

    def _drain(self) -> None:
        while self._waiting:
            name, data = self._waiting[0]
            file = self._file(name) or self._create(name)
            before = file.n_bytes
            try:
                file.write(data)
            except OSError:
                kept = file.n_bytes - before
                self._waiting[0] = (name, data[kept:])
                self._waiting_bytes -= kept
                raise
            self._waiting.popleft()
            self._waiting_bytes -= len(data)

    def _move_on(self, error: OSError) -> None:
        """The present place failed: go on in the next one, or in memory."""
        failed = self._root
        for root in tuple(self._unused):
            try:
                self._open(root)
                self._drain()
            except OSError:
                continue
            self.problems.append(DISK_WORDS["moved"].format(place=failed, reason=reason(error), root=root))
            return
        self._retry_at = time.monotonic() + RETRY_S
        self.problems.append(DISK_WORDS["in memory"].format(place=failed, reason=reason(error)))

    def _try_again(self) -> None:
        self._retry_at = time.monotonic() + RETRY_S
        with suppress(OSError):
            self._reopen()
            self._drain()
        for root in tuple(self._unused):
            if not self._waiting:
                break
            with suppress(OSError):
                self._open(root)
                self._drain()
        if not self._waiting:
            self.problems.append(DISK_WORDS["back"].format(root=self._root))

    def _reopen(self) -> None:
        """Open the present files again: a drive that was away has new ones under the old names."""
        place = self._place
        if place is None:
            return
        for name, old in tuple(place.files.items()):
            if not old.path.exists() or old.path.stat().st_size < old.n_bytes:
                raise OSError(ESTALE, os.strerror(ESTALE))
            file = AppendFile(old.path, self._units.get(name, 0))
            if file.n_bytes > old.n_bytes:  # a torn unit that could not be cut off when the disk failed
                os.ftruncate(file.fd, old.n_bytes)
                file.n_bytes = old.n_bytes
            place.files[name] = file
            self._watch(place)
            old.close()
        try_lock(place.files["journal"].fd)

    def _rescue(self, place: Place) -> None:
        """The folder was removed while its files were open: write them again from what is still readable."""
        again = [(name, file.read_back()) for name, file in place.files.items() if name != "markers"]
        self._waiting.extendleft(reversed([(name, data) for name, data in again if data]))
        self._waiting_bytes += sum(len(data) for _, data in again)
        self._syncer.watch(())
        for file in place.files.values():
            file.close()
        self._place = None
        self._unused.insert(0, place.layout.root)
        for root in tuple(self._unused):
            with suppress(OSError):
                self._open(root)
                self._drain()
                self.problems.append(DISK_WORDS["removed"].format(place=place.layout.folder, root=root))
                return
        self._retry_at = time.monotonic() + RETRY_S
        self.problems.append(DISK_WORDS["removed, in memory"].format(place=place.layout.folder))


def continues_of(content: JsonObject) -> Continues | None:
    """Where the part with this session.json joins on; None if it is a recording of its own."""
    value = content.get("continues")
    return None if value is None else decode(Continues, value)


def join(home: Layout, part: Layout, continues: Continues) -> None:
    """Copy a part behind the recording that it continues, then remove the part. Can be repeated after a crash.

    Raises
    ------
    OSError
        The recording cannot be written or lacks the end to which the part belongs; nothing was removed.
    """
    pairs = []
    for (name, target), source in zip(stream_paths(home).items(), stream_paths(part).values(), strict=True):
        if name != "markers" and source.exists():
            pairs.append((source, target, continues.n_bytes.get(name, 0)))
    if shutil.disk_usage(home.root).free < sum(source.stat().st_size for source, _, _ in pairs) + 10_000_000:
        raise OSError(ENOSPC, os.strerror(ENOSPC))
    for source, target, offset in pairs:
        if (target.stat().st_size if target.exists() else 0) < offset:
            raise OSError(ESTALE, f"{target} is shorter than when the recording left it")
        with source.open("rb") as read, target.open("r+b" if target.exists() else "w+b") as written:
            # Behind the offset there is a torn unit at most, or a copy that a crash interrupted.
            written.seek(offset)
            shutil.copyfileobj(read, written, 1 << 20)
            written.truncate()
            written.flush()
            os.fsync(written.fileno())
    shutil.rmtree(part.folder)
    shutil.rmtree(part.derivatives)
