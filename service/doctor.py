"""Looks at an installation and says what is wrong with it, and what to do about that. It changes nothing."""

from __future__ import annotations

import http.client
import json
import os
import platform
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from service.settings import Settings
from service.store.database import DatabaseAddressError, Store, engine_of, url_of
from service.store.intake import Settled
from service.store.migrate import head, known_revisions, revision_of
from service.store.names import now
from service.store.parts import SEEN
from service.store.runs import MOST_WAITING, State
from service.store.spaces import every_space, keys_of, usable_key
from service.store.tables import deliveries, runs, workers
from service.store.users import users_of
from service.version import __version__

LITTLE, TOO_LITTLE = 1_000_000_000, 100_000_000
"""Bytes on the disk below which there is a warning, and a fault."""

LONG = timedelta(seconds=60)
"""How long something may wait for a worker before one seems to be missing."""

APART = timedelta(seconds=2)
"""How far two clocks may differ: a worker is given up after twenty seconds of silence."""

LIBRARIES = ("ortools", "numba", "numpy", "sqlalchemy", "flask", "waitress")


class Condition(Enum):
    """How something is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


OK, WARNING, FAULT = Condition.OK, Condition.WARNING, Condition.FAULT


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `do`: what helps, where something is wrong."""

    what: str
    condition: Condition
    said: str
    do: str | None = None


def examine(found: Settings) -> tuple[Finding, ...]:
    """Everything that can be looked at from here, in the order in which one thing rests on another."""
    return tuple(_examine(found))


def _examine(found: Settings) -> Iterator[Finding]:
    yield from versions()
    yield from kernels()
    yield from port(found.host, found.port)
    try:
        url = url_of(found.address)
    except DatabaseAddressError as error:
        yield Finding(
            "database", FAULT, str(error), "say --database, KRING_DATABASE or database in kring.toml otherwise"
        )
        return
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        yield from folder(file.parent)
        if not file.exists():
            yield Finding("database", WARNING, f"there is none yet at {file}", "kring serve makes it")
            return
    store = Store(engine_of(found.address))
    try:
        yield from _kept(store)
    finally:
        store.close()


def versions() -> Iterator[Finding]:
    """Kring, Python and what Kring rests on."""
    there, missing = [], []
    for name in LIBRARIES:
        try:
            there.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    said = ", ".join([f"kring {__version__}", f"Python {platform.python_version()}", *there])
    if missing:
        yield Finding("versions", FAULT, f"{said}; without {', '.join(missing)}", "install Kring anew")
    elif not (3, 11) <= sys.version_info[:2] <= (3, 13):
        yield Finding("versions", WARNING, said, "Kring is tried with Python 3.11 to 3.13")
    else:
        yield Finding("versions", OK, said)


def kernels() -> Iterator[Finding]:
    """Whether the search was compiled on this machine."""
    from solver.terms.folder import complete  # noqa: PLC0415  (numba takes a second to load)

    if complete():
        yield Finding("search", OK, "it was compiled on this machine")
    else:
        yield Finding(
            "search", WARNING, "it was not compiled yet", "nothing: the first start does it, in some ten seconds"
        )


def port(host: str, number: int) -> Iterator[Finding]:
    """Whether Kring answers there, or could."""
    where = f"{host}, port {number}"
    answered = _asked(host, number)
    if answered == __version__:
        yield Finding("port", OK, f"Kring answers at {where}")
    elif answered is not None:
        said = f"Kring {answered} answers at {where}, and this is {__version__}"
        yield Finding("port", WARNING, said, "start the server anew")
    else:
        try:
            for family, kind, protocol, _, place in socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[:1]:
                with socket.socket(family, kind, protocol) as tried:
                    if sys.platform != "win32":
                        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    tried.bind(place)
        except OSError as error:
            yield Finding("port", FAULT, f"{where}: {error.strerror or error}", "choose another: --port or --host")
        else:
            yield Finding("port", OK, f"{where} is free; no server answers there")


def folder(where: Path) -> Iterator[Finding]:
    """Whether the data can be kept, and for how long."""
    there = where
    while not there.exists():
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        said = f"{there}: {error.strerror or error}"
        yield Finding("folder", FAULT, said, f"let the user that runs Kring ({_user()}) write there")
        return
    free = shutil.disk_usage(there).free
    said = f"{where} can be written; {free / 1e9:.1f} GB are free"
    if free < TOO_LITTLE:
        yield Finding("folder", FAULT, said, "make room, before a form cannot be kept")
    elif free < LITTLE:
        yield Finding("folder", WARNING, said, "make room")
    else:
        yield Finding("folder", OK, said)


def _kept(store: Store) -> Iterator[Finding]:
    try:
        with store.reading() as connection:
            there = revision_of(connection)
            if store.embedded and connection.execute(text("PRAGMA quick_check")).scalar() != "ok":
                yield Finding("database", FAULT, "the file is damaged", "put the last copy back: kring restore")
                return
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
        yield Finding("database", FAULT, f"it does not answer: {said}", "start it, or say another one")
        return
    kind = "SQLite" if store.embedded else "PostgreSQL"
    if there is None:
        yield Finding("database", WARNING, f"{kind} answers, without tables yet", "kring serve makes them")
        return
    if there not in known_revisions():
        said = f"{kind} answers, and its tables ({there}) are of a later version of Kring"
        yield Finding("database", FAULT, said, "install that version")
        return
    if there != head():
        said = f"{kind} answers, with tables of an earlier version ({there})"
        yield Finding("database", WARNING, said, "kring backup, then kring serve, which brings them up to date")
        return
    yield Finding("database", OK, f"{kind} answers, its tables are up to date ({there})")
    yield from _keys(store)
    yield from _organisers(store)
    with store.reading() as connection:
        for look in (_clock, _queue, _worker, _forms):
            yield from look(connection, now())


def _keys(store: Store) -> Iterator[Finding]:
    kept = [key for space in every_space(store) for key in keys_of(store, space.id)]
    opening = sum(key.opens_at(now()) for key in kept)
    said = f"of {_n(len(kept), 'key')} kept, {_n(opening, 'opens', 'open')} something" if kept else "none is kept"
    given = os.environ.get("KRING_KEY")
    if given is None:
        if opening:
            yield Finding("keys", OK, said)
        else:
            yield Finding("keys", WARNING, f"{said}: no program may call", "kring keys make NAME --scope organise")
        return
    try:
        usable_key(given)
    except ValueError as error:
        yield Finding("keys", FAULT, f"KRING_KEY is none: {error}; {said}", "give it another value, or none at all")
    else:
        yield Finding("keys", OK, f"KRING_KEY opens everything; {said}")


def _organisers(store: Store) -> Iterator[Finding]:
    everybody = [user for space in every_space(store) for user in users_of(store, space.id)]
    let_in = sum(user.closed_at is None for user in everybody)
    if let_in:
        yield Finding("organisers", OK, f"{let_in} may sign in")
    else:
        do = "kring users password LOGIN" if everybody else "kring serve makes the first one; or kring users make LOGIN"
        yield Finding("organisers", WARNING, "nobody may sign in", do)


def _clock(connection: Connection, moment: datetime) -> Iterator[Finding]:
    if connection.dialect.name == "postgresql":
        theirs = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        apart = abs(theirs - now())
        said = f"{apart.total_seconds():.1f} s from that of the database"
    else:
        latest = [connection.execute(select(func.max(table.c.created_at))).scalar() for table in (runs, deliveries)]
        ahead = max((each for each in latest if each is not None), default=moment)
        apart = max(ahead - moment, timedelta(0))
        said = f"{moment:%Y-%m-%d %H:%M} UTC"
        said += f", and something was kept {apart.total_seconds():.0f} s later than that" if apart > APART else ""
    if apart > APART:
        yield Finding("clock", WARNING, said, "set the clocks by a time server: leases and keys go by them")
    else:
        yield Finding("clock", OK, said)


def _queue(connection: Connection, moment: datetime) -> Iterator[Finding]:
    waiting = _count(connection, runs.c.state == State.QUEUED.value)
    said = f"{waiting} of {MOST_WAITING} places taken"
    if waiting >= MOST_WAITING:
        yield Finding("queue", FAULT, said, "no run is taken any more: start more workers, or cancel runs")
    elif waiting >= 0.8 * MOST_WAITING:
        yield Finding("queue", WARNING, said, "start more workers: kring worker")
    else:
        yield Finding("queue", OK, said)


def _worker(connection: Connection, moment: datetime) -> Iterator[Finding]:
    held = runs.c.lease.is_not(None)
    at_work = _count(connection, held, runs.c.leased_until >= moment)
    lost = _count(connection, held, runs.c.leased_until < moment)
    forgotten = _count(connection, runs.c.state == State.QUEUED.value, runs.c.served_at < moment - LONG)
    forms = [deliveries.c.state == Settled.RECEIVED.value, deliveries.c.created_at < moment - LONG]
    unsettled = int(connection.execute(select(func.count()).select_from(deliveries).where(*forms)).scalar_one())
    lately = select(func.count()).select_from(workers).where(workers.c.seen_at >= moment - SEEN)
    there = int(connection.execute(lately).scalar_one())
    start = "start one: kring worker, or kring serve without --no-worker"
    if not at_work and (forgotten or unsettled):
        waiting = f"{_n(forgotten, 'run')} and {_n(unsettled, 'form')}"
        said = (
            f"none is at work, and {waiting} {'waits' if forgotten + unsettled == 1 else 'wait'} for more than a minute"
        )
        yield Finding("worker", FAULT, said, start)
    elif lost:
        held_up = f"{_n(lost, 'run is', 'runs are')} held by a worker that says nothing any more"
        said = f"{held_up}; {_n(at_work, 'is', 'are')} being solved"
        yield Finding("worker", WARNING, said, f"nothing where another one runs: it takes them over; else {start}")
    elif at_work:
        yield Finding("worker", OK, f"{_n(there, 'is', 'are')} there; {_n(at_work, 'run is', 'runs are')} being solved")
    elif not there:
        yield Finding("worker", WARNING, "none has been seen in the last quarter of a minute", start)
    else:
        yield Finding("worker", OK, f"{_n(there, 'is', 'are')} there; nothing waits")


def _forms(connection: Connection, moment: datetime) -> Iterator[Finding]:
    held = select(func.count()).select_from(deliveries).where(deliveries.c.state == Settled.HELD.value)
    count = int(connection.execute(held).scalar_one())
    if count:
        do = "look at them: GET /api/v1/programmes/{id}/deliveries?state=held"
        yield Finding("forms", WARNING, f"{_n(count, 'is', 'are')} held for review", do)
    else:
        yield Finding("forms", OK, "none is held for review")


def _n(number: int, one: str, more: str | None = None) -> str:
    """A number with its word."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def _count(connection: Connection, *conditions: object) -> int:
    query = select(func.count()).select_from(runs).where(*conditions)  # type: ignore[arg-type]  # columns compared
    return int(connection.execute(query).scalar_one())


def _asked(host: str, number: int) -> str | None:
    """The version of the Kring that answers there; None where none does."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (where to ask, not where to listen)
    connection = http.client.HTTPConnection(everywhere.get(host, host), number, timeout=3)
    try:
        connection.request("GET", "/health")
        return str(json.loads(connection.getresponse().read(10_000))["kring"])
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return None
    finally:
        connection.close()


def _user() -> str:
    getuid: Callable[[], int] | None = getattr(os, "getuid", None)
    return "this one" if getuid is None else f"number {getuid()}"
