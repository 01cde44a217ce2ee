"""Fixtures that every test may use."""

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

# The same inputs every time, so that a change is judged by what it changes; with ``--hypothesis-profile=default`` new
# ones are tried.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")

# Qt aborts the process when it finds no display; say offscreen unless a person or Xvfb provides one.
if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# As the program itself: threads for matrices this small only wait for each other, and for those of the other workers.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

_EEG = Path(__file__).resolve().parents[2] / "shared" / "eeg"


@pytest.fixture(scope="session")
def shared_eeg() -> Path:
    """Folder of real recordings; tests that need it are skipped where it is absent."""
    if not (_EEG / "expected.json").is_file():
        pytest.skip("the folder of real recordings (../shared/eeg) is not on this machine")
    return _EEG


@pytest.fixture(autouse=True, scope="session")
def _user_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Driver logs and port locks go to the user's log folder, settings to a file; a test run has its own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = str(tmp_path_factory.mktemp("user"))
        patch.setenv("XDG_STATE_HOME", folder)
        patch.setenv("NFB_PREFERENCES", str(Path(folder) / "preferences.json"))
        patch.setattr("platformdirs.user_log_dir", lambda *_args, **_options: folder)
        yield


@pytest.fixture(scope="session")
def cyton_module() -> ModuleType:
    """The module tests/devices/cyton_emulator.py, for its constants; skips where there are no pseudo-terminals."""
    if sys.platform == "win32":
        pytest.skip("the emulated Cyton needs a pseudo-terminal")
    path = Path(__file__).parent / "devices" / "cyton_emulator.py"
    spec = importlib.util.spec_from_file_location("cyton_emulator", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def cyton_emulator(cyton_module: ModuleType, tmp_path: Path) -> Iterator[Callable[..., object]]:
    """Make emulated Cytons: ``cyton_emulator()`` is plugged in at ``.port``; unplugged at the end of the test."""
    with ExitStack() as stack:
        made = 0

        def plug_in(**options: object) -> object:
            nonlocal made
            made += 1
            return stack.enter_context(cyton_module.CytonEmulator(tmp_path / f"ttyCyton{made}", **options))

        yield plug_in
