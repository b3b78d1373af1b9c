"""Lists, a page at a time, in the order in which things came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Row, Select, Table, bindparam

Item = TypeVar("Item")

MOST = 500
"""The most items of one page."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items, and where the next page begins; None: there are no more."""

    items: tuple[Item, ...]
    next: int | None


def paged(query: Select[Any], table: Table) -> Select[Any]:
    """A query for one page of a list, made once and asked with `page_with`."""
    seq = table.c.seq
    return query.where(seq > bindparam("after")).order_by(seq).limit(bindparam("most"))


def page_with(
    connection: Connection,
    query: Select[Any],
    asked: Mapping[str, Any],
    read: Callable[[Row[Any]], Item],
    *,
    after: int,
    limit: int,
) -> Page[Item]:
    """The first `limit` rows of a `paged` query that came after the row numbered `after`."""
    limit = max(1, min(limit, MOST))
    rows = connection.execute(query, {**asked, "after": after, "most": limit + 1}).all()
    shown = rows[:limit]
    return Page(tuple(map(read, shown)), shown[-1].seq if len(rows) > limit else None)


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
    return page_with(connection, paged(query, table), {}, read, after=after, limit=limit)
