"""Opens a database, and reads and writes it in transactions.

SQLite needs nothing else on the machine: one writer at a time, readers beside it (write-ahead log), and a commit is on
the disk before anybody is told (`synchronous = FULL`). PostgreSQL serves several machines with the same code.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

FILE = "kring.sqlite3"
"""The embedded database, in the data folder."""

BUSY_SECONDS = 30
"""How long a writer waits for its turn in SQLite."""

CONNECTIONS = 24
"""The most connections of one process: its threads and some more."""


class DatabaseAddressError(ValueError):
    """An address that names no database Kring can use."""


@dataclass(frozen=True, slots=True)
class Store:
    """A database whose tables are there."""

    engine: Engine
    _writing: ContextVar[Connection | None] = field(default_factory=lambda: ContextVar("kring-writing", default=None))

    _turn: Lock = field(default_factory=Lock)
    """One writer at a time in SQLite: those of this process wait here, in line, and not by asking again and again."""

    @property
    def embedded(self) -> bool:
        """Whether it is SQLite, which one machine has for itself."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One view of what is kept; inside `writing`, that of its transaction."""
        outer = self._writing.get()
        if outer is not None:
            yield outer
            return
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All of what the block writes, or nothing. Inside another `writing` it is part of that one."""
        outer = self._writing.get()
        if outer is not None:
            yield outer
            return
        with ExitStack() as stack:
            if self.embedded:
                stack.enter_context(self._turn)
            connection = stack.enter_context(self.engine.connect().execution_options(kring_writes=True))
            stack.enter_context(connection.begin())
            token = self._writing.set(connection)
            try:
                yield connection
            finally:
                self._writing.reset(token)

    def close(self) -> None:
        """Lets go of every connection."""
        self.engine.dispose()


def open_store(address: str | Path) -> Store:
    """Opens a database and brings its tables up to date.

    address: a folder, where the embedded database is or will be; or the URL of a PostgreSQL database.
    Raises DatabaseAddressError where the address names no database; OSError or SQLAlchemyError where it cannot be used.
    """
    from service.store.migrate import up_to_date  # noqa: PLC0415  (alembic takes long to import)

    engine = engine_of(address)
    up_to_date(engine)
    return Store(engine)


def engine_of(address: str | Path) -> Engine:
    """The engine for an address, whatever its tables are."""
    url = url_of(address)
    if url.get_backend_name() == "sqlite":
        assert url.database is not None  # noqa: S101  (made by url_of, or refused there)
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, pool_size=CONNECTIONS, max_overflow=CONNECTIONS)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, pool_size=CONNECTIONS, max_overflow=CONNECTIONS, pool_pre_ping=True)


def url_of(address: str | Path) -> URL:
    """The URL of a database; a folder holds the embedded one."""
    if isinstance(address, Path) or "://" not in address:
        return URL.create("sqlite", database=str(Path(address) / FILE))
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise DatabaseAddressError("not the address of a database: use postgresql://user:password@host/name") from error
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("postgresql+psycopg", "sqlite") or (url.drivername == "sqlite" and not url.database):
        raise DatabaseAddressError(f"{url.drivername}: Kring keeps its data in SQLite or PostgreSQL")
    return url


def _set_up_sqlite(connection: Any, record: object) -> None:
    # The driver's own transactions begin late and without saying how; ours begin in `_begin_sqlite`.
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
        f"busy_timeout = {BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # Who reads first and writes later would fail where another wrote in between, so writers say so at the start.
    writes = connection.get_execution_options().get("kring_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
