"""What was answered to a request that its sender may send again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, insert, select

from service.store.database import Store
from service.store.names import now
from service.store.tables import receipts

KEPT = timedelta(hours=48)
"""How long a repeated request is answered as the first was."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """An answer; `digest` is of the request."""

    digest: str
    status: int
    headers: Mapping[str, str]
    body: str


def receipt_for(store: Store, space: str, key: str) -> Receipt | None:
    """What was answered to a key; None where it is new, or older than `KEPT`."""
    query = select(receipts).where(receipts.c.space == space, receipts.c.key == key)
    with store.reading() as connection:
        row = connection.execute(query.where(receipts.c.created_at > now() - KEPT)).first()
    return None if row is None else Receipt(row.digest, row.status, row.headers, row.body)


def keep_receipt(store: Store, space: str, key: str, receipt: Receipt) -> None:
    """Keeps an answer. Of two at once with one key the second fails with IntegrityError, and all it wrote with it."""
    with store.writing() as connection:
        connection.execute(delete(receipts).where(receipts.c.created_at <= now() - KEPT))
        connection.execute(
            insert(receipts).values(
                space=space,
                key=key,
                digest=receipt.digest,
                status=receipt.status,
                headers=dict(receipt.headers),
                body=receipt.body,
                created_at=now(),
            )
        )
