"""`nfb demo`: a session on the synthetic board at once."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nfb.cli.output import require_writable
from nfb.model.errors import SetupError

if TYPE_CHECKING:
    from nfb.engine.engine import Engine
    from nfb.engine.launch import Launcher

# Qt platforms that paint into memory, where nobody can look.
_UNSEEN = ("offscreen", "minimal")


def run(arguments: argparse.Namespace) -> int:
    seconds: float | None = arguments.seconds
    out: Path | None = arguments.out
    if out is not None:
        require_writable(out)
    if not arguments.terminal and has_display():
        from nfb.ui.app import run_window

        try:
            return run_window(lambda: _launcher(seconds, out), demo=True)
        except SetupError as error:  # told before anything is on the screen: a library of the system is missing
            print(f"nfb: {error}\n     The demo goes on in the terminal.", file=sys.stderr)
    from nfb.cli.run_session import run_engine
    from nfb.engine.launch import Options, demo_engine

    return run_engine(demo_engine(Options(seconds=seconds, out=out)), out)


def has_display() -> bool:
    """Whether a window could be seen: always on Windows and macOS, on Linux if a display server is named."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in _UNSEEN:
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(platform or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _launcher(seconds: float | None, out: Path | None) -> "Launcher":
    """Made in the window's loading thread, as its imports are heavy; its demo ends after `seconds`."""
    from nfb.engine.launch import Launcher, Options, demo_engine

    class DemoLauncher(Launcher):
        def demo(self) -> "Engine":
            return demo_engine(Options(seconds=seconds, out=out))

    return DemoLauncher(out)
