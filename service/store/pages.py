"""Lists, a page at a time, in the order in which things came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Row, Select, Table

Item = TypeVar("Item")

MOST = 500
"""The most items of one page."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items, and where the next page begins; None: there are no more."""

    items: tuple[Item, ...]
    next: int | None


def page_of(
    connection: Connection,
    query: Select[Any],
    table: Table,
    read: Callable[[Row[Any]], Item],
    *,
    after: int,
    limit: int,
) -> Page[Item]:
    """The first `limit` rows of a query that came after the row numbered `after`."""
    limit = max(1, min(limit, MOST))
    rows = connection.execute(query.where(table.c.seq > after).order_by(table.c.seq).limit(limit + 1)).all()
    shown = rows[:limit]
    return Page(tuple(map(read, shown)), shown[-1].seq if len(rows) > limit else None)
