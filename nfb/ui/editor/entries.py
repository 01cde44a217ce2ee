"""What the library lists: the shipped protocols and one's own, readable or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from nfb.files.own_protocols import OwnProtocols, Use
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import list_protocols
from nfb.model.errors import ProtocolError
from nfb.model.protocol import Protocol
from nfb.model.sentence import sentence
from nfb.ui.language import tr
from nfb.ui.told import told


@dataclass(frozen=True, slots=True)
class Entry:
    """One file; `protocol` is None and `problem` says why where it cannot be read."""

    path: Path
    is_own: bool
    protocol: Protocol | None
    problem: str = ""
    use: Use = Use.UNUSED

    @property
    def words(self) -> str:
        """All that a search looks through."""
        p = self.protocol
        if p is None:
            return self.path.name
        sites = " ".join(p.montage.sites)
        said = (p.name, p.purpose, p.evidence.level, p.evidence.summary)  # in English and as the list shows them
        return " ".join((p.id, *said, *map(tr, said), sites, sentence(p, tr=tr)))


def read_entries(own: OwnProtocols) -> list[Entry]:
    """All files: shipped ones by name, then one's own, the newest version of each first."""
    return [_entry(path, None) for path in list_protocols()] + [_entry(path, own) for path in own.files()]


def _entry(path: Path, own: OwnProtocols | None) -> Entry:
    try:
        protocol = load_protocol(path)
    except ProtocolError as error:
        return Entry(path, own is not None, None, told(str(error)))
    return Entry(path, own is not None, protocol, use=Use.UNUSED if own is None else own.use(protocol))


def matches(entry: Entry, search: str) -> bool:
    """Whether every word of a search is in the entry."""
    text = entry.words.casefold()
    return all(word in text for word in search.casefold().split())


def nearest_entry(entries: Iterable[Entry], search: str) -> Entry | None:
    """The readable entry with most of a search's words, and among those the name that is most like it."""
    words = search.casefold().split()

    def likeness(entry: Entry) -> tuple[int, float]:
        text = entry.words.casefold()
        assert entry.protocol is not None
        name = f"{entry.protocol.name} {entry.protocol.id}".casefold()
        return sum(word in text for word in words), SequenceMatcher(None, search.casefold(), name).ratio()

    return max((entry for entry in entries if entry.protocol is not None), key=likeness, default=None)
