"""The client's own film and music, and the tone for a reward."""

from sqlalchemy import Connection

from nfb.practice.migrations.ddl import add_column


def upgrade(connection: Connection) -> None:
    add_column(connection, "plan", "film text", default="''")
    add_column(connection, "plan", "film_blur bool", default="FALSE")
    add_column(connection, "plan", "music text", default="''")
    add_column(connection, "plan", "chime text", default="'soft'")
