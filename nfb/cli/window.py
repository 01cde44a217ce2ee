"""`nfb`: the window."""

import argparse


def run(_: argparse.Namespace) -> int:
    from nfb.ui.app import run_window

    return int(run_window(_launcher))


def _launcher() -> object:
    """Made in the window's loading thread: the engine and the catalogue are heavy to import."""
    from nfb.engine.launch import Launcher

    return Launcher()
