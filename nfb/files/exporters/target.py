"""The file to write: where it may be, and that it is whole or absent."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from nfb.files.recording import Recording
from nfb.files.storage import reason
from nfb.model.errors import SetupError

# Folders of a BIDS dataset that may hold files of any kind.
_FREE_FOLDERS = ("derivatives", "sourcedata", "code")


def check_target(path: Path, recording: Recording, *, overwrite: bool) -> None:
    """Refuse a file that may not be made.

    Raises
    ------
    SetupError
        It exists, is the recording itself, its folder does not exist, or it would stand among the raw files of a
        BIDS dataset.
    """
    if "\0" in str(path):
        raise SetupError(f"{str(path)!r}: is no name of a file. Leave out the zero byte.")
    if path.is_dir():
        raise SetupError(f"{path}: is a folder. Give the name of a file in it.")
    if not path.parent.is_dir():
        raise SetupError(f"{path}: there is no folder {path.parent}. Make it first, or choose another.")
    if path.exists() and recording.path.is_file() and path.samefile(recording.path):
        raise SetupError(f"{path}: is the recording itself. Choose another name.")
    if path.exists() and not overwrite:
        raise SetupError(f"{path}: exists already. Choose another name, or have it replaced (--overwrite).")
    _refuse_raw_folder(path, recording)


def _refuse_raw_folder(path: Path, recording: Recording) -> None:
    roots = [folder for folder in path.resolve().parents if (folder / "dataset_description.json").is_file()]
    if recording.session is not None:
        roots.append(recording.session.layout.root.resolve())
    for root in roots:
        if path.resolve().is_relative_to(root) and path.resolve().relative_to(root).parts[0] not in _FREE_FOLDERS:
            raise SetupError(
                f"{path}: {root} is a BIDS dataset, whose raw folders hold recordings only. Choose a folder outside, "
                f"or in {root / 'derivatives'}."
            )


def put(path: Path, write: Callable[[BinaryIO], list[str]]) -> list[str]:
    """Write a file under another name and rename it when it is on the disk; returns what `write` returns.

    Raises
    ------
    SetupError
        The disk does not take it; nothing is left behind, and a file that was there is as it was.
    """
    # A dot file is outside BIDS, so one that a crash leaves behind does no harm.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w+b") as file:
            warnings = write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise SetupError(
            f"{path}: cannot be written: {reason(error)}. Choose another folder, or free some space."
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return warnings
