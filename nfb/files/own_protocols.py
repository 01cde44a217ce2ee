"""A person's own protocols: one file per version, unchangeable once a session has used it."""

import contextlib
import hashlib
import os
import re
from dataclasses import replace
from enum import Enum
from itertools import count
from pathlib import Path

import platformdirs

from nfb.files.file_words import FILE_WORDS
from nfb.files.protocol_file import load_protocol, parse_protocol
from nfb.files.protocol_writer import write_protocol
from nfb.model.errors import ProtocolError
from nfb.model.protocol import Protocol

ENVIRONMENT = "NFB_PROTOCOLS"
_FILE = re.compile(r"(?P<id>[a-z0-9-]+)_v(?P<version>\d+)\.toml")
_USED = "used.tsv"
_UNSAVED = "unsaved.txt"


class Use(Enum):
    """Whether sessions have used a version; CHANGED: its file is no longer the one they used."""

    UNUSED = "not used yet"
    USED = "used in a session"
    CHANGED = "changed since it was used"


def own_folder() -> Path:
    """``$NFB_PROTOCOLS`` if set, else ``protocols`` in the user's data folder."""
    chosen = os.environ.get(ENVIRONMENT)
    if chosen:
        return Path(chosen).expanduser()
    return Path(platformdirs.user_data_dir("nfb", appauthor=False)) / "protocols"


def text_hash(text: str) -> str:
    """SHA-256 of a protocol's text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class OwnProtocols:
    """The folder of a person's own protocols; it is made when the first one is saved.

    ``used.tsv`` in it has a line for each version that a session has used: id, version, hash of the text.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = own_folder() if folder is None else folder

    def files(self) -> list[Path]:
        """All versions, by id, the newest of each id first."""
        found = [(_FILE.fullmatch(path.name), path) for path in sorted(self.folder.glob("*.toml"))]
        by_version = [(m["id"], -int(m["version"]), path) if m else (path.stem, 0, path) for m, path in found]
        return [path for *_, path in sorted(by_version)]

    def path_of(self, protocol_id: str, version: int) -> Path:
        return self.folder / f"{protocol_id}_v{version}.toml"

    def next_version(self, protocol_id: str) -> int:
        """One more than the highest version there is, in the folder or in the list of used ones."""
        matches = [_FILE.fullmatch(path.name) for path in self.folder.glob(f"{protocol_id}_v*.toml")]
        versions = [int(match["version"]) for match in matches if match]
        used = [version for name, version in self._used() if name == protocol_id]
        return max([0, *versions, *used]) + 1

    def use(self, protocol: Protocol) -> Use:
        """Whether sessions have used this id and version, and whether with this text."""
        known = self._used().get((protocol.id, protocol.version))
        if known is None:
            return Use.UNUSED
        return Use.USED if known == text_hash(protocol.text) else Use.CHANGED

    def mark_used(self, protocol: Protocol) -> None:
        """A session begins with `protocol`: if it is one of these, its version cannot be changed any more."""
        if not self.path_of(protocol.id, protocol.version).exists():
            return
        if (protocol.id, protocol.version) in self._used():
            return
        with (self.folder / _USED).open("a", encoding="utf-8") as file:
            file.write(f"{protocol.id}\t{protocol.version}\t{text_hash(protocol.text)}\n")

    def save(self, text: str) -> Path:
        """Write a protocol under its id and version.

        Raises
        ------
        ProtocolError
            The text is no protocol, its version has been used with another text, or the folder cannot be written.
        """
        protocol = parse_protocol(text)
        if self.use(protocol) is not Use.UNUSED and self._used()[protocol.id, protocol.version] != text_hash(text):
            raise ProtocolError(
                f"version = {protocol.version}: "
                + FILE_WORDS["used"].format(id=protocol.id, next=self.next_version(protocol.id))
            )
        path = self.path_of(protocol.id, protocol.version)
        write_text(path, text)
        return path

    def save_as_new_version(self, text: str) -> Path:
        """Write a protocol under its id and the next free version."""
        protocol = parse_protocol(text)
        return self.save(write_protocol(replace(protocol, version=self.next_version(protocol.id)), text))

    def duplicate(self, protocol: Protocol, name: str) -> str:
        """The text of a protocol under an id of its own, as version 1."""
        base = re.sub(r"-copy(-\d+)?$", "", protocol.id)[:32].rstrip("-")
        taken = {path.name.partition("_v")[0] for path in self.folder.glob("*.toml")}
        ids = (f"{base}-copy{f'-{n}' if n > 1 else ''}" for n in count(1))
        copy = replace(protocol, id=next(one for one in ids if one not in taken), version=1, name=name)
        return write_protocol(copy, protocol.text)

    def import_file(self, path: Path) -> Path:
        """Copy a protocol file into the folder; a version that is there with another text gets the next number.

        Raises
        ------
        ProtocolError
            The file is no protocol.
        """
        protocol = load_protocol(path)
        there = self.path_of(protocol.id, protocol.version)
        if there.exists() and there.read_text(encoding="utf-8") != protocol.text:
            return self.save_as_new_version(protocol.text)
        return self.save(protocol.text)

    def keep_unsaved(self, text: str) -> None:
        """Keep what is being edited, whatever it is, until it is saved; an empty text ends it.

        Raises
        ------
        ProtocolError
            It cannot be written.
        """
        path = self.folder / _UNSAVED
        if text:
            write_text(path, text)
        else:
            path.unlink(missing_ok=True)

    def unsaved(self) -> str:
        """What was being edited and has not been saved; empty if there is nothing."""
        with contextlib.suppress(OSError, UnicodeDecodeError):
            return (self.folder / _UNSAVED).read_text(encoding="utf-8")
        return ""

    def _used(self) -> dict[tuple[str, int], str]:
        """The first text of each version counts; lines that say nothing are passed over."""
        used: dict[tuple[str, int], str] = {}
        with contextlib.suppress(OSError):
            for line in (self.folder / _USED).read_text(encoding="utf-8", errors="replace").splitlines():
                name, version, digest, *_ = [*line.split("\t"), "", "", ""]
                if version.isdecimal() and digest:
                    used.setdefault((name, int(version)), digest)
        return used


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    ProtocolError
        It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.part")
        beside.write_bytes(text.encode("utf-8"))
        beside.replace(path)
    except (OSError, UnicodeEncodeError) as reason:
        said = reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)
        raise ProtocolError(f"{path}: {FILE_WORDS['not written'].format(reason=said)}") from None
