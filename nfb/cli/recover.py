"""`nfb recover`: finish recordings that were interrupted."""

import argparse

from nfb.cli.output import print_json
from nfb.files.recover import recover


def run(arguments: argparse.Namespace) -> int:
    sessions = recover(arguments.folder)
    if arguments.json:
        print_json(
            {
                "recovered": [
                    {"folder": str(session.folder), "duration_s": session.duration_s, "notes": session.notes}
                    for session in sessions
                ]
            }
        )
        return 0
    if not sessions:
        print("nothing to recover: every recording there is finished")
    for session in sessions:
        notes = "".join(f" {note}" for note in session.notes)
        print(f"{session.folder}: recovered {session.duration_s:.1f} s.{notes}")
    return 0
