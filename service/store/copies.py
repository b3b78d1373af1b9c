"""Copies of the embedded database: made while it is in use, and put back into an empty folder."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from service.store.database import FILE, Store, open_store
from service.store.errors import NoCopyError, NotEmbeddedError, NotEmptyError
from service.store.migrate import NewerDatabaseError, known_revisions

SETTINGS = "kring.toml"
"""What may be in a folder that is otherwise empty."""


def back_up(store: Store, file: Path) -> None:
    """Copies the database as it is at one moment into a new file, whoever reads or writes meanwhile."""
    if not store.embedded:
        raise NotEmbeddedError("PostgreSQL has tools of its own for copies, such as pg_dump; `kring export` works too")
    if file.exists():
        raise NotEmptyError(str(file))
    _copied(Path(str(store.engine.url.database)), file)


def restore(file: Path, folder: Path) -> None:
    """Puts a copy into an empty folder, and brings its tables up to date.

    Raises NoCopyError, NotEmptyError, NewerDatabaseError; OSError where file or folder cannot be used.
    """
    with _looked_into(file) as connection:
        version = _revision(connection)
    if version is None:
        raise NoCopyError(str(file))
    if version not in known_revisions():
        raise NewerDatabaseError(f"the copy is of a later version of Kring (its tables are at {version})")
    if folder.exists() and any(each.name != SETTINGS for each in folder.iterdir()):
        raise NotEmptyError(str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    _copied(file, folder / FILE)
    open_store(folder).close()


def _copied(source: Path, target: Path) -> None:
    """Copies a database to a name that it only gets when it is whole and on the disk."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with _looked_into(source) as there, closing(sqlite3.connect(unfinished)) as copy:
            # All at once, as of one moment: readers and writers go on beside it (write-ahead log). In steps, it would
            # begin again whenever somebody writes.
            there.backup(copy)
            # One file without companions, which can be moved about.
            copy.execute("PRAGMA journal_mode = DELETE")
            if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise NoCopyError(str(source))
        descriptor = os.open(unfinished, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        unfinished.rename(target)
    except sqlite3.DatabaseError as error:
        raise NoCopyError(str(source)) from error
    finally:
        for leftover in (unfinished, *(Path(f"{unfinished}{ending}") for ending in ("-wal", "-shm", "-journal"))):
            leftover.unlink(missing_ok=True)


def _looked_into(file: Path) -> closing[sqlite3.Connection]:
    if not file.is_file():
        raise FileNotFoundError(2, "there is no such file", str(file))
    return closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True))


def _revision(connection: sqlite3.Connection) -> str | None:
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError:
        return None
    return None if row is None else str(row[0])
