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
    there = revision_of(connection)
    if there is not None and there not in known_revisions():
        raise NewerDatabaseError(f"the database is of a later version of Kring (its tables are at {there})")
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def revision_of(connection: Connection) -> str | None:
    """Where the tables of a database are; None: it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def known_revisions() -> frozenset[str]:
    """Every revision that this version of Kring knows."""
    return frozenset(each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions())


def head() -> str:
    """Where the tables of this version of Kring are."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None  # noqa: S101  (there is a first migration)
    return found


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
