"""`nfb export`: write a recording in another program's format."""

import argparse
import sys

from nfb.cli.output import print_json
from nfb.files.exporters import export_recording, format_of
from nfb.files.importers import open_recording


def run(arguments: argparse.Namespace) -> int:
    chosen = arguments.format or format_of(arguments.out)
    recording = open_recording(arguments.recording, sampling_rate_hz=arguments.rate, board=arguments.board)
    report = export_recording(recording, arguments.out, chosen, overwrite=arguments.overwrite)
    notes = [*recording.warnings, *report.warnings]
    for note in notes:
        print(f"Note: {note}", file=sys.stderr)
    if arguments.json:
        sidecar = None if report.sidecar is None else str(report.sidecar)
        print_json({"path": str(report.path), "format": chosen, "sidecar": sidecar, "notes": notes})
    else:
        print(report.path)
    return 0
