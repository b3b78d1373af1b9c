"""Proposals: read, accepted, and changed by hand with what they were before kept beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from service.by_hand import asked_by_hand
from service.proposal_file import Proposal
from service.reading import Asked
from service.store.database import Store
from service.store.errors import NotNowError, NotThereError, StaleError
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
    undo: tuple[int, ...] = ()
    """The versions that changes by hand came from, the last one at the end."""
    redo: tuple[int, ...] = ()
    """The versions that were undone, the last one at the end."""


def proposal(store: Store, space: str, id_: str) -> StoredProposal:
    """A proposal of a space; raises NotThereError."""
    with store.reading() as connection:
        return _find(connection, space, id_)


def version_of(store: Store, space: str, id_: str) -> int:
    """The version at which a proposal of a space is now, without reading what it says; raises NotThereError."""
    query = select(proposals.c.version).where(proposals.c.space == space, proposals.c.id == id_)
    with store.reading() as connection:
        version: int | None = connection.execute(query).scalar()
    if version is None:
        raise NotThereError(id_)
    return version


def list_proposals(
    store: Store, space: str, programme: str, *, after: int = 0, limit: int = 50
) -> Page[StoredProposal]:
    """The proposals for a programme."""
    query = select(proposals).where(proposals.c.space == space, proposals.c.programme == programme)
    with store.reading() as connection:
        require_programme(connection, space, programme)
        return page_of(connection, query, proposals, _stored, after=after, limit=limit)


def standing_proposal(store: Store, space: str, programme: str) -> StoredProposal | None:
    """The proposal that was accepted for a programme, else the last that was found; None where there is none."""
    query = (
        select(proposals)
        .where(proposals.c.space == space, proposals.c.programme == programme)
        .order_by(proposals.c.accepted_at.is_(None), proposals.c.seq.desc())
        .limit(1)
    )
    with store.reading() as connection:
        row = connection.execute(query).first()
    return None if row is None else _stored(row)


def accepted_lately(store: Store, most: int) -> tuple[tuple[str, str, int], ...]:
    """Space, id and version of the proposals that were accepted last, of all spaces."""
    query = (
        select(proposals.c.space, proposals.c.id, proposals.c.version)
        .where(proposals.c.accepted_at.is_not(None))
        .order_by(proposals.c.accepted_at.desc())
        .limit(most)
    )
    with store.reading() as connection:
        return tuple((row.space, row.id, row.version) for row in connection.execute(query))


def question_of(store: Store, there: StoredProposal) -> Asked:
    """The question that a proposal answers, with what was pinned by hand since."""
    return asked_by_hand(asked_at_first(store, there), there.content)


def asked_at_first(store: Store, there: StoredProposal) -> Asked:
    """The question that a proposal answers, as it was asked, whatever was pinned by hand since."""
    with store.reading() as connection:
        return asked_again(connection, there.question)


def accept(store: Store, space: str, id_: str, *, version: int) -> StoredProposal:
    """Marks a proposal as the one that holds for its programme; any other one no longer does."""
    with store.writing() as connection:
        there = _seen(connection, space, id_, version)
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
        there = _seen(connection, space, id_, version)
        return _put(connection, space, there, content, undo=(*there.undo, version), redo=())


def before(store: Store, space: str, there: StoredProposal) -> Proposal | None:
    """What a proposal said before its last change by hand; None where there was none."""
    with store.reading() as connection:
        _find(connection, space, there.id)
        return _was(connection, there.id, there.undo[-1]) if there.undo else None


def undo(store: Store, space: str, id_: str, *, version: int) -> StoredProposal:
    """What the proposal was before the last change by hand; raises StaleError, or NotNowError where there is none."""
    with store.writing() as connection:
        there = _seen(connection, space, id_, version)
        if not there.undo:
            raise NotNowError("nothing_to_undo")
        *rest, last = there.undo
        return _put(connection, space, there, _was(connection, id_, last), undo=rest, redo=(*there.redo, version))


def redo(store: Store, space: str, id_: str, *, version: int) -> StoredProposal:
    """What the proposal was before the last `undo`; raises StaleError, or NotNowError where there is none."""
    with store.writing() as connection:
        there = _seen(connection, space, id_, version)
        if not there.redo:
            raise NotNowError("nothing_to_redo")
        *rest, last = there.redo
        return _put(connection, space, there, _was(connection, id_, last), undo=(*there.undo, version), redo=rest)


def _seen(connection: Connection, space: str, id_: str, version: int) -> StoredProposal:
    there = _find(connection, space, id_, lock=True)
    if there.version != version:
        raise StaleError(there.version)
    return there


def _was(connection: Connection, id_: str, version: int) -> Proposal:
    """What a proposal said at an earlier version."""
    query = select(proposal_versions.c.content).where(
        proposal_versions.c.proposal == id_, proposal_versions.c.version == version
    )
    found: Proposal = connection.execute(query).scalar_one()
    return found


def _put(
    connection: Connection,
    space: str,
    there: StoredProposal,
    content: Proposal,
    *,
    undo: Sequence[int],
    redo: Sequence[int],
) -> StoredProposal:
    """Puts other content in place of what is there, which is kept."""
    moment = now()
    connection.execute(
        insert(proposal_versions).values(
            proposal=there.id, version=there.version, content=there.content, created_at=moment
        )
    )
    connection.execute(
        update(proposals)
        .where(proposals.c.id == there.id)
        .values(content=content, version=there.version + 1, updated_at=moment, undo=list(undo), redo=list(redo))
    )
    return _find(connection, space, there.id)


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
        tuple(row.undo),
        tuple(row.redo),
    )
