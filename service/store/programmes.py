"""Programmes: made, read, changed and deleted, each change against the version that its author saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from service.programme import Programme, read_programme
from service.store.database import Store
from service.store.errors import NotThereError, StaleError
from service.store.names import new_id, now
from service.store.pages import Page, page_of
from service.store.tables import deliveries, programmes, proposals, questions, runs, sources


@dataclass(frozen=True, slots=True)
class StoredProgramme:
    """A programme as it was sent, without candidates."""

    id: str
    version: int
    content: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime

    def read(self) -> Programme:
        """What it asks for; raises InputError where a later version of Kring no longer accepts it."""
        return read_programme(self.content)


def make_programme(store: Store, space: str, content: Mapping[str, Any]) -> StoredProgramme:
    """Keeps a programme; raises InputError with every fault of it."""
    asked = read_programme(content)
    moment = now()
    made = StoredProgramme(new_id("prg"), 1, content, moment, moment)
    with store.writing() as connection:
        connection.execute(
            insert(programmes).values(
                id=made.id,
                space=space,
                name=asked.name,
                content=dict(content),
                version=1,
                created_at=moment,
                updated_at=moment,
            )
        )
    return made


def programme(store: Store, space: str, id_: str) -> StoredProgramme:
    """A programme of a space; raises NotThereError."""
    with store.reading() as connection:
        return find_programme(connection, space, id_)


def list_programmes(store: Store, space: str, *, after: int = 0, limit: int = 50) -> Page[StoredProgramme]:
    """The programmes of a space."""
    query = select(programmes).where(programmes.c.space == space)
    with store.reading() as connection:
        return page_of(connection, query, programmes, _stored, after=after, limit=limit)


def change_programme(
    store: Store, space: str, id_: str, content: Mapping[str, Any], *, version: int
) -> StoredProgramme:
    """Puts other content in place of what the caller saw; raises StaleError where that is no longer there."""
    asked = read_programme(content)
    with store.writing() as connection:
        there = find_programme(connection, space, id_, lock=True)
        if there.version != version:
            raise StaleError(there.version)
        moment = now()
        connection.execute(
            update(programmes)
            .where(programmes.c.id == id_)
            .values(name=asked.name, content=dict(content), version=version + 1, updated_at=moment)
        )
    return StoredProgramme(id_, version + 1, content, there.created_at, moment)


def delete_programme(store: Store, space: str, id_: str, *, version: int) -> None:
    """Deletes a programme with its candidates, runs and proposals; raises StaleError."""
    with store.writing() as connection:
        there = find_programme(connection, space, id_, lock=True)
        if there.version != version:
            raise StaleError(there.version)
        for table in (proposals, runs, questions, deliveries, sources):
            connection.execute(delete(table).where(table.c.programme == id_))
        connection.execute(delete(programmes).where(programmes.c.id == id_))


# Made once: building a statement takes longer than SQLite takes to answer it.
_OF_SPACE = programmes.c.space == bindparam("space"), programmes.c.id == bindparam("id")
_ONE = select(programmes).where(*_OF_SPACE)
_ONE_LOCKED = _ONE.with_for_update()
_WHETHER = select(programmes.c.seq).where(*_OF_SPACE)


def find_programme(connection: Connection, space: str, id_: str, *, lock: bool = False) -> StoredProgramme:
    """A programme of a space; `lock`: nobody else changes it until this transaction ends."""
    row = connection.execute(_ONE_LOCKED if lock else _ONE, {"space": space, "id": id_}).first()
    if row is None:
        raise NotThereError(id_)
    return _stored(row)


def require_programme(connection: Connection, space: str, id_: str) -> None:
    """Raises NotThereError where a space has no such programme; reads nothing of it."""
    if connection.execute(_WHETHER, {"space": space, "id": id_}).first() is None:
        raise NotThereError(id_)


def _stored(row: Row[Any]) -> StoredProgramme:
    return StoredProgramme(row.id, row.version, row.content, row.created_at, row.updated_at)
