"""Where recordings go, and the client book is, unless somebody says otherwise."""

import os
from pathlib import Path

import platformdirs

from nfb.files.preferences import read_preferences

ENVIRONMENT = "NFB_RECORDINGS"
BOOK_ENVIRONMENT = "NFB_BOOK"


def default_recordings_root() -> Path:
    """``$NFB_RECORDINGS`` if set; what the settings say; ``recordings`` beside the package in a checkout; else a
    folder in the documents."""
    chosen = os.environ.get(ENVIRONMENT) or read_preferences().preferences.recordings
    if chosen:
        return Path(chosen).expanduser()
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file():
        return checkout / "recordings"
    return Path(platformdirs.user_documents_dir()) / "nfb recordings"


def chosen_book() -> str | None:
    """File or URL of the client book that the settings name; None where ``$NFB_BOOK`` or the default decides."""
    return None if os.environ.get(BOOK_ENVIRONMENT) else read_preferences().preferences.book or None


def fallback_roots() -> tuple[Path, ...]:
    """Where a recording goes on if its folder cannot be written."""
    return (Path(platformdirs.user_data_dir("nfb", appauthor=False)) / "recordings",)
