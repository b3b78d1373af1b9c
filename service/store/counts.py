"""How many there are of what, for whoever runs the service."""

from __future__ import annotations

from sqlalchemy import Table, func, select

from service.store.database import Store
from service.store.tables import deliveries, runs


def runs_by_state(store: Store) -> dict[str, int]:
    """Runs of all spaces."""
    return _by_state(store, runs)


def deliveries_by_state(store: Store) -> dict[str, int]:
    """Deliveries to all spaces."""
    return _by_state(store, deliveries)


def _by_state(store: Store, table: Table) -> dict[str, int]:
    with store.reading() as connection:
        rows = connection.execute(select(table.c.state, func.count()).group_by(table.c.state)).all()
    return {str(row[0]): int(row[1]) for row in rows}
