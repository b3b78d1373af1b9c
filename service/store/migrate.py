"""Brings the tables of a database to this version of Kring."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

LOCK = 0x6B72696E67
"""Of PostgreSQL's advisory locks: only one process migrates, and the others wait until it has."""


class NewerDatabaseError(RuntimeError):
    """A database that a later version of Kring has written."""


def up_to_date(engine: Engine) -> None:
    """Runs the migrations that are missing, in one transaction; none where all ran already."""
    with engine.connect().execution_options(kring_writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        migrate(connection)


def migrate(connection: Connection, target: str = "head") -> None:
    """Runs migrations on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
    there = MigrationContext.configure(connection).get_current_revision()
    if there is not None and there not in known:
        raise NewerDatabaseError(f"the database is of a later version of Kring (its tables are at {there})")
    command.upgrade(config, target)
