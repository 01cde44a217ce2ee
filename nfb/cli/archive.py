"""`nfb archive`: a course as a zip file without identity."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from nfb.cli.output import print_json
from nfb.files.bids import Layout, find_sessions, layout_of
from nfb.files.exporters.archive import DEFAULT_FIELDS, FIELDS, check_fields, write_archive
from nfb.files.locations import chosen_book, default_recordings_root
from nfb.files.phenotype import Phenotype
from nfb.model.errors import SetupError


def run(arguments: argparse.Namespace) -> int:
    given = DEFAULT_FIELDS if arguments.fields is None else [part.strip() for part in arguments.fields.split(",")]
    fields = check_fields(part for part in given if part)
    root: Path = arguments.recordings or default_recordings_root()
    sessions = [layout for source in arguments.source for layout in _sessions(source, root)]
    sessions = list(dict.fromkeys(sessions))
    report = write_archive(
        sessions,
        arguments.out,
        fields=fields,
        shift_days=arguments.shift_dates,
        phenotype=_tables({layout.subject for layout in sessions}, fields, arguments.book),
        overwrite=arguments.overwrite,
    )
    for warning in report.warnings:
        print(f"Note: {warning}", file=sys.stderr)
    if arguments.json:
        print_json({"path": str(report.path), "codes": dict(report.codes), "sessions": report.n_sessions})
        return 0
    for old, new in report.codes.items():
        print(f"{old} is {new} in the archive", file=sys.stderr)
    print(f"Left out: {', '.join(sorted(FIELDS.keys() - fields)) or 'nothing'}", file=sys.stderr)
    print(report.path)
    return 0


def _sessions(source: str, root: Path) -> list[Layout]:
    """Sessions of a client's code, or of a session's, a client's or a whole dataset's folder."""
    path = Path(source)
    if not path.exists():
        found = [layout for layout in find_sessions(root) if layout.subject == source]
        if not found:
            raise SetupError(f"{source}: is neither a folder nor a client with sessions in {root} (--recordings DIR)")
        return found
    layout = layout_of(path)
    if layout is not None:
        return [layout]
    if path.name.startswith("sub-"):
        return [each for each in find_sessions(path.absolute().parent) if f"sub-{each.subject}" == path.name]
    found = find_sessions(path.absolute())
    if not found:
        raise SetupError(f"{source}: holds no session. Give a folder of recordings, sub-… or ses-…, or a code.")
    return found


def _tables(codes: set[str], fields: frozenset[str], book: str | None) -> dict[str, Sequence[Phenotype]]:
    if not fields & {"ratings", "scales"}:
        return {}
    # The client book loads SQLAlchemy, which most archives do not need.
    from nfb.practice.errors import BookError
    from nfb.practice.opening import open_book
    from nfb.report.book_tables import phenotype_tables

    tables: dict[str, Sequence[Phenotype]] = {}
    with open_book(book or chosen_book()) as opened:
        for code in sorted(codes):
            try:
                tables[code] = phenotype_tables(opened, code, fields)
            except BookError as error:
                print(f"Note: {error}", file=sys.stderr)
    return tables
