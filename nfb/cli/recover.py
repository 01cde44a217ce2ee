"""`nfb recover`: finish recordings that were interrupted."""

import argparse

from nfb.files.recover import recover


def run(arguments: argparse.Namespace) -> int:
    sessions = recover(arguments.folder)
    if not sessions:
        print("nothing to recover: every recording there is finished")
    for session in sessions:
        notes = "".join(f" {note}" for note in session.notes)
        print(f"{session.folder}: recovered {session.duration_s:.1f} s.{notes}")
    return 0
