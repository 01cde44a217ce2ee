"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest

# Qt aborts the process when it finds no display; say offscreen unless a person or Xvfb provides one.
if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_EEG = Path(__file__).resolve().parents[2] / "shared" / "eeg"


@pytest.fixture(scope="session")
def shared_eeg() -> Path:
    """Folder of real recordings; tests that need it are skipped where it is absent."""
    if not (_EEG / "expected.json").is_file():
        pytest.skip("the folder of real recordings (../shared/eeg) is not on this machine")
    return _EEG
