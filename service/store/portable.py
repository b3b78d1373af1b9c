"""Everything that is kept, as one file that any Kring with any database can take in.

The file is a zip archive: `<table>.jsonl` has a row a line, `kring.json` says which tables there are, with how many
rows, and at which revision of the tables they were. Bytes are in base64, moments in UTC, JSON is JSON; a field that is
left out is NULL.
"""

from __future__ import annotations

import base64
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, Connection, LargeBinary, Table, func, insert, null, select, text

from service.store.database import Store
from service.store.errors import NoCopyError, NotEmptyError
from service.store.migrate import NewerDatabaseError, known_revisions, migrate, revision_of
from service.store.names import now
from service.store.tables import METADATA, Moment
from service.version import __version__

CONTENTS = "kring.json"
FORMAT = 1
ROWS = 500
"""Rows that are in memory at once."""


@dataclass(frozen=True, slots=True)
class Saved:
    """How many rows went out or came in, by table."""

    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.rows.values())


def save(store: Store, file: Path) -> Saved:
    """Writes everything, as it is at one moment, into a new file."""
    if file.exists():
        raise NotEmptyError(str(file))
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        with _only_for_us(unfinished) as archive, _one_moment(store) as connection:
            rows = {table.name: _write(connection, table, archive) for table in METADATA.sorted_tables}
            contents = {
                "format": FORMAT,
                "kring": __version__,
                "revision": revision_of(connection),
                "saved_at": now().isoformat(),
                "rows": rows,
            }
            archive.writestr(CONTENTS, json.dumps(contents, indent=1))
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return Saved(rows)


def load(store: Store, file: Path) -> Saved:
    """Puts everything of a file into a store that has nothing: all of it, or nothing.

    Raises NoCopyError, NotEmptyError, NewerDatabaseError; OSError where the file cannot be read.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            contents = _contents(archive)
            with store.writing() as connection:
                _make_room(connection, contents["revision"])
                rows = {
                    table.name: _read(connection, table, archive)
                    for table in METADATA.sorted_tables
                    if table.name in contents["rows"]
                }
                if rows != contents["rows"]:
                    raise NoCopyError("it has not all the rows that it says it has")
                migrate(connection)
                if not store.embedded:
                    _count_on(connection)
    except (zipfile.BadZipFile, EOFError, KeyError, TypeError, ValueError) as error:
        raise NoCopyError(f"it is not a file of `kring export`, or not all of one: {error}") from error
    return Saved(rows)


def _contents(archive: zipfile.ZipFile) -> Mapping[str, Any]:
    contents: Mapping[str, Any] = json.loads(archive.read(CONTENTS))
    if contents["format"] > FORMAT or contents["revision"] not in known_revisions():
        raise NewerDatabaseError(f"the file is of a later version of Kring ({contents['kring']})")
    unknown = set(contents["rows"]) - set(METADATA.tables)
    if unknown:
        raise NoCopyError(f"tables that Kring does not have: {', '.join(sorted(unknown))}")
    return contents


def _make_room(connection: Connection, revision: str) -> None:
    """Tables as they were when the file was written, with nothing in them."""
    there = revision_of(connection)
    if there is None:
        migrate(connection, revision)
        return
    if any(
        connection.execute(select(func.count()).select_from(table)).scalar_one() for table in METADATA.sorted_tables
    ):
        raise NotEmptyError("the store")
    if there != revision:
        raise NotEmptyError("the store, whose tables are of another version; name a new one")


@contextmanager
def _one_moment(store: Store) -> Iterator[Connection]:
    """What is kept as it is now, however long reading it takes and whoever writes meanwhile."""
    options = {} if store.embedded else {"isolation_level": "REPEATABLE READ"}
    with store.engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def _only_for_us(file: Path) -> Iterator[zipfile.ZipFile]:
    """A new archive that nobody else may read: it holds people and secrets."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(descriptor, "w+b") as raw:
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            yield archive
        raw.flush()
        os.fsync(raw.fileno())


def _write(connection: Connection, table: Table, archive: zipfile.ZipFile) -> int:
    # Python reads NULL and the null of JSON alike, and the database does not.
    absent = [column.is_(null()).label(f"{column.name} is absent") for column in _json_columns(table)]
    query = select(table, *absent).order_by(*table.primary_key)
    count = 0
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as raw, TextIOWrapper(raw, "utf-8") as lines:
        for row in connection.execution_options(yield_per=ROWS).execute(query).mappings():
            lines.write(json.dumps(dict(_fields(table, row)), separators=(",", ":")) + "\n")
            count += 1
    return count


def _fields(table: Table, row: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    for column in table.columns:
        value = row[column.name]
        if isinstance(column.type, JSON):
            if not row.get(f"{column.name} is absent"):
                yield column.name, value
        elif value is not None:
            yield column.name, _as_json(column, value)


def _as_json(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, LargeBinary):
        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(column.type, Moment) else value


def _read(connection: Connection, table: Table, archive: zipfile.ZipFile) -> int:
    count = 0
    with archive.open(f"{table.name}.jsonl") as raw, TextIOWrapper(raw, "utf-8") as lines:
        while rows := [_row(table, json.loads(line)) for line in islice(lines, ROWS)]:
            # A column that has come since is left to its migration.
            stated = [column.name for column in table.columns if any(column.name in row for row in rows)]
            absent = {name: null() if isinstance(table.columns[name].type, JSON) else None for name in stated}
            connection.execute(insert(table), [{**absent, **row} for row in rows])
            count += len(rows)
    return count


def _row(table: Table, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _from_json(table.columns[name], value) for name, value in fields.items()}


def _from_json(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value, validate=True)
    return datetime.fromisoformat(value) if isinstance(column.type, Moment) else value


def _json_columns(table: Table) -> Iterator[Column[Any]]:
    return (column for column in table.columns if isinstance(column.type, JSON) and column.nullable)


def _count_on(connection: Connection) -> None:
    """PostgreSQL counts by itself, and has not seen the numbers that came in."""
    for table in METADATA.sorted_tables:
        for column in table.primary_key:
            sequence = connection.execute(
                text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
            ).scalar()
            last = connection.execute(select(func.max(column))).scalar()
            if sequence is not None and last is not None:
                connection.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})
