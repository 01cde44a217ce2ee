"""Appointments, reasons for passing a dose limit, and clients that are only a demonstration."""

from sqlalchemy import Connection

from nfb.practice.migrations.ddl import add_column, create_record_table


def upgrade(connection: Connection) -> None:
    create_record_table(connection, "appointment", "starts text, length_min int, state text, note text")
    create_record_table(connection, "override", "limits text, reason text, taken text")
    add_column(connection, "client", "demo bool", default="FALSE")
