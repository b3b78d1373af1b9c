"""Runs: asked for by somebody, done by a worker in rounds, and kept at every step.

A run waits in line; a worker takes it on a lease for one round, hands its best back, and the run goes to the end of the
line. So two runs share the workers fairly, and whoever dies loses one round: the lease runs out, and the round is done
again from the best of the round before. Each step of a run is one transaction which only the holder of the lease can
make, the last one together with the proposal: nothing is lost, and nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, or_, select, update

from service.reading import Asked
from service.store.candidates import count_of, refs_of
from service.store.database import Store
from service.store.errors import LeaseLostError, NotNowError, NotThereError, QueueFullError
from service.store.nameless import Names, named, nameless
from service.store.names import new_id, now
from service.store.pages import Page, page_of
from service.store.programmes import find_programme, require_programme
from service.store.proposals import StoredProposal
from service.store.questions import content_of, keep_changed_question, keep_question
from service.store.tables import events, parts, proposals, runs

COMPOSE, SCENARIO, REPAIR = "compose", "scenario", "repair"
"""Kinds of runs."""

LEASE = timedelta(seconds=20)
"""How long a worker that says nothing keeps a run: a dead one is noticed within that."""

MOST_WAITING = 100
"""Runs in line, of all spaces together."""

MOST_TRIES = 3
"""Workers that may die over one round before the run is given up: something in it kills them."""

ASK_AGAIN = 15
"""Seconds to wait where the queue is full: about a round."""


class State(Enum):
    """Where a run is. The last five are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens."""
        return self not in (State.QUEUED, State.RUNNING)


OPEN = (State.QUEUED.value, State.RUNNING.value)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as its owner sees it."""

    id: str
    programme: str
    kind: str
    asked: Mapping[str, Any]
    state: State
    stop: bool
    progress: Mapping[str, Any]
    problem: Mapping[str, Any] | None
    baseline: str | None
    comparison: Mapping[str, Any] | None
    proposal: str | None
    rounds: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lease:
    """One round of one run, for the worker that holds it."""

    lease: str
    run: str
    kind: str
    asked: Mapping[str, Any]
    standing: Mapping[str, Any] | None
    question: str
    space: str
    baseline: str | None
    stop: bool
    others: bool
    """Whether other runs wait for a round."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a run; `number` grows from one to the next."""

    number: int
    kind: str
    content: Mapping[str, Any]
    at: datetime


def ask_for_run(store: Store, space: str, programme: str, asked: Mapping[str, Any]) -> Run:
    """Puts a run in line; raises QueueFullError, or NotNowError where the programme has no candidates yet."""
    with store.writing() as connection:
        there = find_programme(connection, space, programme)
        if not count_of(connection, programme):
            raise NotNowError("no_candidates")
        return _put_in_line(connection, space, programme, keep_question(connection, there), COMPOSE, asked, None)


def ask_beside(
    store: Store, space: str, kind: str, baseline: StoredProposal, posed: Asked, asked: Mapping[str, Any]
) -> Run:
    """Puts a scenario or a repair in line: `posed` is what changes have made of the question of the baseline."""
    with store.writing() as connection:
        names = Names(refs_of(connection, baseline.programme))
        unnamed = nameless(asked, names, _added(baseline, posed, asked))
        question = keep_changed_question(connection, baseline.programme, posed, names.given)
        return _put_in_line(connection, space, baseline.programme, question, kind, unnamed, baseline.id)


def _added(baseline: StoredProposal, posed: Asked, asked: Mapping[str, Any]) -> list[str]:
    """The ids of those who come in: whoever the baseline has not, or who was dropped and comes again."""
    content = baseline.content
    there = {id_ for network in content["networks"] for id_ in network["members"]}
    there |= {each["id"] for each in content.get("waitlist", ())}
    there -= {id_.strip() for id_ in asked["changes"].get("drop", ())}
    return [person.id for person in posed.question.candidates.candidates if person.id not in there]


def asked_of_job(store: Store, lease: Lease) -> dict[str, Any]:
    """What a scenario or a repair asks, with the people of its question in it."""
    with store.reading() as connection:
        return named(lease.asked, content_of(connection, lease.question))


def ask_row(store: Store, space: str, baseline: StoredProposal, row: Sequence[tuple[Asked, Mapping[str, Any]]]) -> str:
    """Puts a row of scenarios in line, all of them or none; the id of the row."""
    made = new_id("row")
    with store.writing():
        for posed, asked in row:
            ask_beside(store, space, SCENARIO, baseline, posed, {**asked, "row": made})
    return made


def runs_of_row(store: Store, space: str, row: str) -> tuple[Run, ...]:
    """The scenarios of a row, in the order in which they were asked for; raises NotThereError."""
    query = select(runs).where(runs.c.space == space, runs.c.asked["row"].as_string() == row).order_by(runs.c.seq)
    with store.reading() as connection:
        found = tuple(map(_run, connection.execute(query)))
    if not found:
        raise NotThereError(row)
    return found


def _put_in_line(
    connection: Connection,
    space: str,
    programme: str,
    question: str,
    kind: str,
    asked: Mapping[str, Any],
    baseline: str | None,
) -> Run:
    if _waiting(connection) >= MOST_WAITING:
        raise QueueFullError(ASK_AGAIN)
    moment = now()
    made = new_id("run")
    connection.execute(
        insert(runs).values(
            id=made,
            space=space,
            programme=programme,
            question=question,
            kind=kind,
            asked=dict(asked),
            state=State.QUEUED.value,
            stop=False,
            progress={},
            baseline=baseline,
            served_at=moment,
            created_at=moment,
        )
    )
    _tell(connection, made, "state", {"state": State.QUEUED.value})
    return _run(connection.execute(select(runs).where(runs.c.id == made)).one())


def run(store: Store, space: str, id_: str) -> Run:
    """A run of a space; raises NotThereError."""
    with store.reading() as connection:
        return _run(_find(connection, space, id_))


def list_runs(store: Store, space: str, programme: str, *, after: int = 0, limit: int = 50) -> Page[Run]:
    """The runs of a programme."""
    query = select(runs).where(runs.c.space == space, runs.c.programme == programme)
    with store.reading() as connection:
        require_programme(connection, space, programme)
        return page_of(connection, query, runs, _run, after=after, limit=limit)


def last_runs(store: Store, space: str, programme: str, most: int = 20) -> tuple[Run, ...]:
    """The last few runs of a programme, the newest first."""
    query = select(runs).where(runs.c.space == space, runs.c.programme == programme).order_by(runs.c.seq.desc())
    with store.reading() as connection:
        find_programme(connection, space, programme)
        return tuple(map(_run, connection.execute(query.limit(most))))


def runs_beside(store: Store, space: str, baseline: str, most: int = 50) -> tuple[Run, ...]:
    """The last scenarios and repairs of a proposal, the newest first."""
    query = select(runs).where(runs.c.space == space, runs.c.baseline == baseline).order_by(runs.c.seq.desc())
    with store.reading() as connection:
        return tuple(map(_run, connection.execute(query.limit(most))))


def cancel(store: Store, space: str, id_: str) -> Run:
    """Asks a run to stop with the best it has; one that no worker has begun ends at once."""
    with store.writing() as connection:
        there = _run(_find(connection, space, id_, lock=True))
        if there.state.ended:
            return there
        if there.state is State.QUEUED and there.started_at is None:
            _end(connection, id_, State.CANCELLED)
        else:
            connection.execute(update(runs).where(runs.c.id == id_).values(stop=True))
            _tell(connection, id_, "stopping", {})
        return _run(_find(connection, space, id_))


def events_after(store: Store, space: str, id_: str, number: int) -> tuple[Event, ...]:
    """What happened to a run after the event of a number."""
    with store.reading() as connection:
        _find(connection, space, id_)
        query = select(events).where(events.c.run == id_, events.c.seq > number).order_by(events.c.seq)
        return tuple(Event(row.seq, row.kind, row.content, row.created_at) for row in connection.execute(query))


# What workers do.


def take(store: Store, worker: str) -> Lease | None:
    """The run that has waited longest for a round; None where there is none."""
    with store.writing() as connection:
        moment = now()
        free = or_(runs.c.lease.is_(None), runs.c.leased_until < moment)
        # A run whose parts are at work waits for them, unless it is asked to stop.
        apart = exists().where(parts.c.run == runs.c.id, parts.c.found.is_(None))
        query = (
            select(runs)
            .where(runs.c.state.in_(OPEN), free, or_(~apart, runs.c.stop.is_(True)))
            .order_by(runs.c.served_at, runs.c.seq)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = connection.execute(query).first()
        if row is None:
            return None
        tries = row.tries + 1 if row.lease is not None else 0
        if tries >= MOST_TRIES:
            _end(connection, row.id, State.FAILED, problem={"code": "worker_lost"})
            return None
        lease = new_id("lea")
        connection.execute(
            update(runs)
            .where(runs.c.id == row.id)
            .values(
                state=State.RUNNING.value,
                lease=lease,
                worker=worker,
                leased_until=moment + LEASE,
                served_at=moment,
                tries=tries,
                started_at=row.started_at or moment,
            )
        )
        if row.state == State.QUEUED.value:
            _tell(connection, row.id, "state", {"state": State.RUNNING.value})
        others = connection.execute(
            select(func.count()).select_from(runs).where(runs.c.state.in_(OPEN), runs.c.id != row.id)
        ).scalar_one()
        return Lease(
            lease,
            row.id,
            row.kind,
            row.asked,
            row.standing,
            row.question,
            row.space,
            row.baseline,
            row.stop,
            bool(others),
        )


def still_held(store: Store, lease: str, progress: Mapping[str, Any] | None = None) -> bool:
    """Renews a lease, tells what is known so far, and says whether the run is asked to stop.

    Raises LeaseLostError where the run has gone on without this worker.
    """
    with store.writing() as connection:
        row = connection.execute(select(runs).where(runs.c.lease == lease).with_for_update()).first()
        if row is None:
            raise LeaseLostError(lease)
        values = {"leased_until": now() + LEASE, **_news(connection, row, progress)}
        connection.execute(update(runs).where(runs.c.id == row.id).values(values))
        return bool(row.stop)


def hand_on(store: Store, lease: str, standing: Mapping[str, Any], progress: Mapping[str, Any] | None = None) -> None:
    """Ends a round: its best is kept, and the run waits for the next. Raises LeaseLostError.

    progress: what is told of the standing, in the same transaction, so that no late sign of life says less than it.
    """
    with store.writing() as connection:
        row = connection.execute(select(runs).where(runs.c.lease == lease).with_for_update()).first()
        if row is None:
            raise LeaseLostError(lease)
        values = {
            "standing": dict(standing),
            "rounds": runs.c.rounds + 1,
            "lease": None,
            "worker": None,
            "leased_until": None,
            "tries": 0,
            "served_at": now(),
            **_news(connection, row, progress),
        }
        connection.execute(update(runs).where(runs.c.id == row.id).values(values))
        connection.execute(delete(parts).where(parts.c.run == row.id))


def give_back(store: Store, lease: str) -> None:
    """Puts a run back in line as it was before the round: for a worker that has to stop."""
    with store.writing() as connection:
        connection.execute(update(runs).where(runs.c.lease == lease).values(lease=None, worker=None, leased_until=None))


def finish(
    store: Store,
    lease: str,
    state: State,
    *,
    proposal: Mapping[str, Any] | None = None,
    problem: Mapping[str, Any] | None = None,
    progress: Mapping[str, Any] | None = None,
    rounds: int | None = None,
    comparison: Mapping[str, Any] | None = None,
) -> None:
    """Ends a run, and keeps its proposal in the same transaction. Raises LeaseLostError."""
    with store.writing() as connection:
        row = connection.execute(select(runs).where(runs.c.lease == lease).with_for_update()).first()
        if row is None:
            raise LeaseLostError(lease)
        if rounds is not None:
            connection.execute(update(runs).where(runs.c.id == row.id).values(rounds=rounds))
        if comparison is not None:
            connection.execute(update(runs).where(runs.c.id == row.id).values(comparison=dict(comparison)))
        made = None
        if proposal is not None:
            made = new_id("prp")
            moment = now()
            connection.execute(
                insert(proposals).values(
                    id=made,
                    space=row.space,
                    programme=row.programme,
                    question=row.question,
                    run=row.id,
                    content=dict(proposal),
                    version=1,
                    created_at=moment,
                    updated_at=moment,
                )
            )
        _end(connection, row.id, state, proposal=made, problem=problem, progress=progress)


def _end(
    connection: Connection,
    run_id: str,
    state: State,
    *,
    proposal: str | None = None,
    problem: Mapping[str, Any] | None = None,
    progress: Mapping[str, Any] | None = None,
) -> None:
    values: dict[str, Any] = {
        "state": state.value,
        "proposal": proposal,
        "problem": None if problem is None else dict(problem),
        "lease": None,
        "worker": None,
        "leased_until": None,
        "standing": None,
        "ended_at": now(),
    }
    if progress is not None:
        values["progress"] = dict(progress)
        _tell(connection, run_id, "progress", progress)
    connection.execute(update(runs).where(runs.c.id == run_id).values(values))
    connection.execute(delete(parts).where(parts.c.run == run_id))
    _tell(connection, run_id, "state", {"state": state.value, "proposal": proposal, "problem": values["problem"]})


def _tell(connection: Connection, run_id: str, kind: str, content: Mapping[str, Any]) -> None:
    connection.execute(insert(events).values(run=run_id, kind=kind, content=dict(content), created_at=now()))


def _news(connection: Connection, row: Row[Any], progress: Mapping[str, Any] | None) -> dict[str, Any]:
    """Tells what is known of a run, where that is new; what to keep of it."""
    if progress is None or progress == row.progress:
        return {}
    _tell(connection, row.id, "progress", progress)
    return {"progress": dict(progress)}


def _waiting(connection: Connection) -> int:
    query = select(func.count()).select_from(runs).where(runs.c.state == State.QUEUED.value)
    return int(connection.execute(query).scalar_one())


def _find(connection: Connection, space: str, id_: str, *, lock: bool = False) -> Row[Any]:
    query = select(runs).where(runs.c.space == space, runs.c.id == id_)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotThereError(id_)
    return row


def _run(row: Row[Any]) -> Run:
    return Run(
        row.id,
        row.programme,
        row.kind,
        row.asked,
        State(row.state),
        row.stop,
        row.progress,
        row.problem,
        row.baseline,
        row.comparison,
        row.proposal,
        row.rounds,
        row.created_at,
        row.started_at,
        row.ended_at,
    )
