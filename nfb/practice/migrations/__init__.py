"""The numbered steps that made the client book what it is; a new step is one file and one line here.

A step is frozen once released: it names its columns itself and never looks at today's records. Own steps instead of
Alembic: about fifty lines do what is needed inside an installed package (no script folder, no ini file, no template),
both databases roll back a schema change that fails half-way, and backup and "written by a newer program" need the
number at hand anyway.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from nfb.practice.migrations import v001_book, v002_appointments, v003_own_files

MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    v001_book.upgrade,
    v002_appointments.upgrade,
    v003_own_files.upgrade,
)
NEWEST = len(MIGRATIONS)
