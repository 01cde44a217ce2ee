"""`nfb`: the window."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nfb.engine.launch import Launcher


def run(_: argparse.Namespace) -> int:
    from nfb.ui.app import run_window

    return run_window(_launcher)


def _launcher() -> "Launcher":
    """Made in the window's loading thread: the engine and the catalogue are heavy to import."""
    from nfb.engine.launch import Launcher

    return Launcher()
