"""`nfb demo`: a session on the synthetic board at once."""

import argparse
import os
import sys

from nfb.cli.run_session import run_engine
from nfb.engine.launch import Launcher, Options, demo_engine


def run(arguments: argparse.Namespace) -> int:
    if not arguments.terminal and has_display():
        from nfb.ui.app import run_window

        return int(run_window(lambda: Launcher(arguments.out), demo=True, seconds=arguments.seconds))
    return run_engine(demo_engine(Options(seconds=arguments.seconds, out=arguments.out)))


def has_display() -> bool:
    """Whether a window can be opened: always on Windows and macOS, on Linux if a display server is named."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
