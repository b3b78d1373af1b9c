"""Opens a database, and reads and writes it in transactions.

SQLite needs nothing else on the machine: one writer at a time, readers beside it (write-ahead log), and a commit is on
the disk before anybody is told (`synchronous = FULL`). PostgreSQL serves several machines with the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from service.store.together import Together
from service.store.turn import Turn

FILE = "kring.sqlite3"
"""The embedded database, in the data folder."""

BUSY_SECONDS = 30
"""How long a writer waits for its turn in SQLite."""

LOG_PAGES = 8000
"""Pages of the write-ahead log, some 32 MB, after which whoever commits moves them into the database. That holds up all
who write, so a worker does it before (`Store.tidy`), when it holds up nobody."""

CONNECTIONS = 24
"""The most connections of one process: its threads and some more."""


Result = TypeVar("Result")


class DatabaseAddressError(ValueError):
    """An address that names no database Kring can use."""


@dataclass(frozen=True, slots=True)
class Store:
    """A database whose tables are there."""

    engine: Engine
    _writing: ContextVar[Connection | None] = field(default_factory=lambda: ContextVar("kring-writing", default=None))

    _turn: Turn = field(init=False)
    _together: Together = field(init=False)
    _writer: Engine = field(init=False)
    """The same engine, for transactions that write."""

    def __post_init__(self) -> None:
        database = self.engine.url.database if self.embedded else None
        object.__setattr__(self, "_turn", Turn(None if database is None else Path(database)))
        object.__setattr__(self, "_together", Together(self.writing))
        object.__setattr__(self, "_writer", self.engine.execution_options(kring_writes=True))

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
            stack.enter_context(self._turn.taken())
            connection = stack.enter_context(self._writer.connect())
            stack.enter_context(connection.begin())
            token = self._writing.set(connection)
            try:
                yield connection
            finally:
                self._writing.reset(token)

    def together(self, do: Callable[[], Result]) -> Result:
        """Does something in a transaction that other writers of this process may share; it may be done again.

        In SQLite one commit waits for the disk for all who wait; PostgreSQL does that by itself.
        """
        if self.embedded and self._writing.get() is None:
            return self._together.write(do)
        with self.writing():
            return do()

    def tidy(self) -> None:
        """Moves what SQLite has in its log into the database, beside whoever reads or writes."""
        if self.embedded:
            with self.engine.connect() as connection:
                driver: Any = connection.connection.driver_connection
                driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Lets go of every connection."""
        self.engine.dispose()
        self._turn.close()


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
        f"wal_autocheckpoint = {LOG_PAGES}",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # Who reads first and writes later would fail where another wrote in between, so writers say so at the start.
    writes = connection.get_execution_options().get("kring_writes", False)
    # By the driver itself: a statement by way of the engine costs as much as a small query.
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
