"""Parts of a large run: cut by one worker, taken by any, and sewn together again by whoever takes the run next.

A part is held on a lease as a run is: whoever dies loses that part alone, which another worker then does. A run whose
parts are at work is in nobody's hands; it waits in line again once all of them are done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update

from service.store.database import Store
from service.store.errors import LeaseLostError
from service.store.names import new_id, now
from service.store.runs import LEASE, MOST_TRIES, OPEN, hand_on
from service.store.tables import parts, runs, workers

SEEN = timedelta(seconds=15)
"""A worker that has said nothing for so long is not counted on."""


@dataclass(frozen=True, slots=True)
class PartLease:
    """One part of one run, for the worker that holds it."""

    lease: str
    run: str
    number: int
    question: str
    standing: Mapping[str, Any]
    asked: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PartDone:
    """What became of a part; `found` is empty where nobody could do it."""

    number: int
    asked: Mapping[str, Any]
    found: Mapping[str, Any]
    done_by: str | None


@dataclass(frozen=True, slots=True)
class Crew:
    """The workers that were seen lately."""

    workers: int
    cores: int
    """Of the smallest."""


def seen(store: Store, name: str, cores: int) -> None:
    """A worker says that it is there; those that have not for long are forgotten."""
    moment = now()
    with store.writing() as connection:
        connection.execute(delete(workers).where(workers.c.seen_at < moment - 20 * SEEN))
        known = connection.execute(update(workers).where(workers.c.name == name).values(seen_at=moment, cores=cores))
        if not known.rowcount:
            connection.execute(insert(workers).values(name=name, cores=cores, seen_at=moment))


def gone(store: Store, name: str) -> None:
    """A worker says that it stops."""
    with store.writing() as connection:
        connection.execute(delete(workers).where(workers.c.name == name))


def crew(store: Store) -> Crew:
    """Who could take parts now."""
    query = select(func.count(), func.min(workers.c.cores)).where(workers.c.seen_at > now() - SEEN)
    with store.reading() as connection:
        many, cores = connection.execute(query).one()
    return Crew(int(many), int(cores or 1))


def share(
    store: Store,
    lease: str,
    standing: Mapping[str, Any],
    asked: Sequence[Mapping[str, Any]],
    progress: Mapping[str, Any] | None = None,
) -> None:
    """Ends a round by laying out the parts of the next one, for any worker. Raises LeaseLostError."""
    moment = now()
    with store.writing() as connection:
        run = connection.execute(select(runs.c.id).where(runs.c.lease == lease)).scalar()
        hand_on(store, lease, standing, progress)
        connection.execute(
            insert(parts),
            [
                {"run": run, "number": number, "asked": dict(each), "found": None, "tries": 0, "created_at": moment}
                for number, each in enumerate(asked)
            ],
        )


def take_part(store: Store, worker: str) -> PartLease | None:
    """The part that has waited longest; None where there is none."""
    with store.writing() as connection:
        moment = now()
        free = or_(parts.c.lease.is_(None), parts.c.leased_until < moment)
        query = (
            select(parts, runs.c.question, runs.c.standing)
            .join(runs, runs.c.id == parts.c.run)
            .where(runs.c.state.in_(OPEN), runs.c.stop.is_(False), parts.c.found.is_(None), free)
            .order_by(runs.c.served_at, parts.c.number)
            .limit(1)
            .with_for_update(of=parts, skip_locked=True)
        )
        row = connection.execute(query).first()
        if row is None:
            return None
        tries = row.tries + 1 if row.lease is not None else 0
        if tries >= MOST_TRIES:
            # It kills whoever takes it: what it is about stays as it was.
            connection.execute(update(parts).where(parts.c.seq == row.seq).values(found={}, lease=None))
            return None
        lease = new_id("lea")
        held = {"lease": lease, "worker": worker, "leased_until": moment + LEASE, "tries": tries}
        connection.execute(update(parts).where(parts.c.seq == row.seq).values(held))
        return PartLease(lease, row.run, row.number, row.question, row.standing, row.asked)


def part_still_held(store: Store, lease: str) -> bool:
    """Renews the lease of a part, and says whether its run is asked to stop. Raises LeaseLostError."""
    with store.writing() as connection:
        row = connection.execute(
            select(parts.c.seq, runs.c.stop)
            .join(runs, runs.c.id == parts.c.run)
            .where(parts.c.lease == lease)
            .with_for_update(of=parts)
        ).first()
        if row is None:
            raise LeaseLostError(lease)
        connection.execute(update(parts).where(parts.c.seq == row.seq).values(leased_until=now() + LEASE))
        return bool(row.stop)


def part_done(store: Store, lease: str, found: Mapping[str, Any]) -> None:
    """Keeps what became of a part. Raises LeaseLostError where somebody else has it, or the run has gone on."""
    with store.writing() as connection:
        done = connection.execute(
            update(parts)
            .where(parts.c.lease == lease)
            .values(found=dict(found), done_by=parts.c.worker, lease=None, worker=None, leased_until=None)
        )
        if not done.rowcount:
            raise LeaseLostError(lease)


def part_back(store: Store, lease: str) -> None:
    """Lays a part back as it was: for a worker that has to stop."""
    with store.writing() as connection:
        connection.execute(
            update(parts).where(parts.c.lease == lease).values(lease=None, worker=None, leased_until=None)
        )


def parts_of(store: Store, run: str) -> tuple[tuple[PartDone, ...], datetime | None]:
    """The parts of a run that are done, and when they were laid out."""
    with store.reading() as connection:
        rows = connection.execute(select(parts).where(parts.c.run == run).order_by(parts.c.number)).all()
    done = tuple(PartDone(row.number, row.asked, row.found, row.done_by) for row in rows if row.found is not None)
    return done, rows[0].created_at if rows else None
