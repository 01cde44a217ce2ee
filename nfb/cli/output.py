"""What scripts read, and folders that are written to."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from nfb.model.errors import SetupError


def print_json(record: Mapping[str, object], *, indent: int | None = 1) -> None:
    """One JSON object, in ASCII: a pipe's encoding is not always UTF-8. NaN is refused, since JSON has none."""
    print(json.dumps(record, indent=indent, allow_nan=False))


def require_writable(folder: Path) -> None:
    """Refuse a folder that cannot be made or written, without making it.

    Raises
    ------
    SetupError
        Says what stands in the way.
    """
    existing = folder.absolute()
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        raise SetupError(f"--out {folder}: {existing} is a file. Choose a folder.")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise SetupError(f"--out {folder}: {existing} cannot be written. Choose another folder.")
