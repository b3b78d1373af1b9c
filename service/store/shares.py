"""Links that show a proposal to whoever has them, read-only, until they expire or are taken back.

Only the SHA-256 of a link's token is kept, so nobody who reads the database can open one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from service.store.database import Store
from service.store.errors import NotThereError
from service.store.names import new_id, now
from service.store.proposals import StoredProposal, proposal
from service.store.spaces import digest
from service.store.tables import proposals, shares


@dataclass(frozen=True, slots=True)
class Share:
    """A link as the store knows it: never the link itself."""

    id: str
    proposal: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def opens_at(self, moment: datetime) -> bool:
        """Whether it shows anything at a moment."""
        return self.revoked_at is None and moment < self.expires_at


def make_share(store: Store, space: str, proposal_id: str, lasts: timedelta) -> tuple[Share, str]:
    """Makes a link to a proposal; what is kept of it, and its token, which nobody can read again."""
    token = secrets.token_urlsafe(24)
    moment = now()
    made = Share(new_id("shr"), proposal_id, moment, moment + lasts, None)
    with store.writing() as connection:
        proposal(store, space, proposal_id)
        connection.execute(
            insert(shares).values(
                id=made.id,
                proposal=proposal_id,
                digest=digest(token),
                created_at=moment,
                expires_at=made.expires_at,
            )
        )
    return made, token


def shares_of(store: Store, space: str, proposal_id: str) -> tuple[Share, ...]:
    """Every link to a proposal, in the order in which they were made."""
    with store.reading() as connection:
        proposal(store, space, proposal_id)
        query = select(shares).where(shares.c.proposal == proposal_id).order_by(shares.c.seq)
        return tuple(map(_share, connection.execute(query)))


def revoke_share(store: Store, space: str, proposal_id: str, id_: str) -> None:
    """Makes a link show nothing from now on; raises NotThereError."""
    with store.writing() as connection:
        proposal(store, space, proposal_id)
        done = connection.execute(
            update(shares)
            .where(shares.c.proposal == proposal_id, shares.c.id == id_, shares.c.revoked_at.is_(None))
            .values(revoked_at=now())
        )
        if not done.rowcount:
            raise NotThereError(id_)


def shared_by(store: Store, token: str) -> tuple[StoredProposal, Share]:
    """What a link shows now; raises NotThereError where it shows nothing (any more)."""
    with store.reading() as connection:
        row = connection.execute(
            select(shares, proposals.c.space)
            .join(proposals, proposals.c.id == shares.c.proposal)
            .where(shares.c.digest == digest(token))
        ).first()
        if row is None or not _share(row).opens_at(now()):
            raise NotThereError("share")
        return proposal(store, row.space, row.proposal), _share(row)


def _share(row: Row[Any]) -> Share:
    return Share(row.id, row.proposal, row.created_at, row.expires_at, row.revoked_at)
