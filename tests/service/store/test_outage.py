"""A database that does not answer for a while."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import create_engine, text

from service import worker
from service.store import Store
from service.store.database import FILE, url_of
from service.store.outage import Outage
from service.store.runs import State, ask_for_run, run
from tests.service.store.test_runs import until

GONE = "the database does not answer"


@pytest.fixture
def take_away(address: str, store: Store) -> Callable[[], Callable[[], None]]:
    """Makes the database not answer; gives what brings it back."""

    def away() -> Callable[[], None]:
        if "://" not in address:
            file, aside = Path(address) / FILE, Path(address) / "aside"
            store.engine.dispose()
            file.rename(aside)
            # What leads nowhere cannot be opened, nor made anew; and one step puts the database back in its place.
            file.symlink_to(file.parent / "nowhere" / FILE)

            def put_back() -> None:
                aside.replace(file)

            return put_back
        name = url_of(address).database
        others = create_engine(url_of(address).set(database="postgres"), isolation_level="AUTOCOMMIT")

        def say(statement: str) -> None:
            with others.connect() as connection:
                connection.execute(text(statement))

        say(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        say(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608  (ours)

        def back() -> None:
            say(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
            others.dispose()

        return back

    return away


def test_a_worker_outlasts_a_database_that_does_not_answer(
    store: Store,
    space: str,
    small: str,
    take_away: Callable[[], Callable[[], None]],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It says so once, waits, and takes the run that is in line once the database is back."""
    tries: list[float] = []
    monkeypatch.setattr(worker, "Outage", lambda log, what: Outage(log, what, wait=0.01, pause=tries.append))
    asked = ask_for_run(store, space, small, {"effort": 1, "workers": 1})
    back = take_away()
    stopping = Event()
    working = Thread(target=worker.work, args=(store, "w", stopping.is_set))
    with caplog.at_level(logging.WARNING, "kring.worker"):
        working.start()
        until(lambda: len(tries) > 5)
        back()
        until(lambda: run(store, space, asked.id).state is State.DONE)
        stopping.set()
        working.join()
    said = [record.getMessage() for record in caplog.records]
    assert [text.startswith(GONE) for text in said] == [True, False], said
    assert said[1] == "the database answers again"


def test_what_settles_forms_outlasts_it_too(
    store: Store,
    space: str,
    take_away: Callable[[], Callable[[], None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It goes on by itself."""
    tries: list[float] = []
    monkeypatch.setattr(worker, "Outage", lambda log, what: Outage(log, what, wait=0.01, pause=tries.append))
    settled = Event()
    stopping = Event()
    there = worker.settle_waiting

    def settle(kept: Store) -> int:
        found = there(kept)
        settled.set()
        return found

    monkeypatch.setattr(worker, "settle_waiting", settle)
    back = take_away()
    settling = Thread(target=worker.settle_until, args=(store, stopping.is_set))
    settling.start()
    until(lambda: len(tries) > 5)
    assert not settled.is_set()
    back()
    until(settled.is_set)
    stopping.set()
    settling.join()
