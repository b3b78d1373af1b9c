"""Proposals: read, accepted, and changed by hand with what they were before kept beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from service.by_hand import asked_by_hand
from service.proposal_file import Proposal
from service.reading import Asked
from service.store.database import Store
from service.store.errors import NotThereError, StaleError
from service.store.names import now
from service.store.pages import Page, page_of
from service.store.programmes import require_programme
from service.store.questions import asked_again
from service.store.tables import proposal_versions, proposals


@dataclass(frozen=True, slots=True)
class StoredProposal:
    """A proposal, and the question that it answers."""

    id: str
    version: int
    programme: str
    question: str
    run: str | None
    content: Proposal
    created_at: datetime
    updated_at: datetime
    accepted_at: datetime | None


def proposal(store: Store, space: str, id_: str) -> StoredProposal:
    """A proposal of a space; raises NotThereError."""
    with store.reading() as connection:
        return _find(connection, space, id_)


def list_proposals(
    store: Store, space: str, programme: str, *, after: int = 0, limit: int = 50
) -> Page[StoredProposal]:
    """The proposals for a programme."""
    query = select(proposals).where(proposals.c.space == space, proposals.c.programme == programme)
    with store.reading() as connection:
        require_programme(connection, space, programme)
        return page_of(connection, query, proposals, _stored, after=after, limit=limit)


def question_of(store: Store, there: StoredProposal) -> Asked:
    """The question that a proposal answers, with what was pinned by hand since."""
    with store.reading() as connection:
        asked = asked_again(connection, there.question)
    return asked_by_hand(asked, there.content)


def accept(store: Store, space: str, id_: str, *, version: int) -> StoredProposal:
    """Marks a proposal as the one that holds for its programme; any other one no longer does."""
    with store.writing() as connection:
        there = _find(connection, space, id_, lock=True)
        if there.version != version:
            raise StaleError(there.version)
        of_programme = proposals.c.programme == there.programme
        connection.execute(
            update(proposals)
            .where(of_programme, proposals.c.id != id_, proposals.c.accepted_at.is_not(None))
            .values(accepted_at=None, version=proposals.c.version + 1, updated_at=now())
        )
        connection.execute(
            update(proposals)
            .where(proposals.c.id == id_)
            .values(accepted_at=now(), version=version + 1, updated_at=now())
        )
        return _find(connection, space, id_)


def change_proposal(store: Store, space: str, id_: str, content: Proposal, *, version: int) -> StoredProposal:
    """Puts other content in place of what the caller saw, which is kept as an earlier version; raises StaleError."""
    with store.writing() as connection:
        there = _find(connection, space, id_, lock=True)
        if there.version != version:
            raise StaleError(there.version)
        moment = now()
        connection.execute(
            insert(proposal_versions).values(proposal=id_, version=version, content=there.content, created_at=moment)
        )
        connection.execute(
            update(proposals)
            .where(proposals.c.id == id_)
            .values(content=content, version=version + 1, updated_at=moment)
        )
        return _find(connection, space, id_)


def _find(connection: Connection, space: str, id_: str, *, lock: bool = False) -> StoredProposal:
    query = select(proposals).where(proposals.c.space == space, proposals.c.id == id_)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotThereError(id_)
    return _stored(row)


def _stored(row: Row[Any]) -> StoredProposal:
    return StoredProposal(
        row.id,
        row.version,
        row.programme,
        row.question,
        row.run,
        row.content,
        row.created_at,
        row.updated_at,
        row.accepted_at,
    )
