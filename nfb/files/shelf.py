"""The shelf: protocols that come with the program, and beside them those of its user."""

import contextlib
from pathlib import Path

from nfb.files.own_protocols import OwnProtocols
from nfb.files.protocol_file import load_protocol
from nfb.model.errors import ProtocolError, nearest
from nfb.model.protocol import Protocol

_PACKAGE = Path(__file__).resolve().parents[1]


def protocols_folder() -> Path:
    """Folder of the shipped protocols.

    An installed package carries them inside itself; in a checkout they stand beside the package, where people look.

    Raises
    ------
    ProtocolError
        There is neither; the installation is incomplete.
    """
    for folder in (_PACKAGE / "shelf", _PACKAGE.parent / "protocols"):
        if folder.is_dir():
            return folder
    raise ProtocolError(f"{_PACKAGE / 'shelf'}: there is no such folder. Install nfb again.")


def list_protocols() -> list[Path]:
    """The shipped protocol files, by name."""
    return sorted(protocols_folder().glob("*.toml"))


def find_protocol(name_or_path: str | Path) -> Path:
    """The file meant by an id (``smr-central``), a shipped file's name (``smr-central.toml``) or a path.

    An id means the shipped protocol, whatever lies in the working folder, then the newest version of the user's own
    with that id; a path means that file.

    Raises
    ------
    ProtocolError
        There is none; names the nearest and all that are on the shelf.
    """
    shelf = {path.stem: path for path in list_protocols()}
    name = str(name_or_path)
    if name in shelf:
        return shelf[name]
    path = Path(name_or_path)
    if _is_file(path):
        return path
    if path.suffix == ".toml" and path.name == name and path.stem in shelf:
        return shelf[path.stem]
    own = OwnProtocols()
    for file in own.files():  # of each id the newest version comes first
        if name in (file.stem, file.stem.rpartition("_v")[0]):
            return file
    raise ProtocolError(
        f"{name}: there is no such protocol or file{nearest(path.stem, shelf)}. "
        f"On the shelf: {', '.join(shelf)}. Name one of them, or the path of a .toml file."
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long for the file system
        return False


def newest_protocols() -> list[tuple[Path, Protocol]]:
    """What a session can be begun with: the shipped protocols, then the newest version of each of the user's own.

    Own files that cannot be read are left out here; the library tells what is wrong with them.
    """
    found = [(path, load_protocol(path)) for path in list_protocols()]
    ids = {protocol.id for _, protocol in found}
    for path in OwnProtocols().files():  # of each id the newest version comes first
        with contextlib.suppress(ProtocolError):
            protocol = load_protocol(path)
            if protocol.id not in ids:
                found.append((path, protocol))
                ids.add(protocol.id)
    return found
