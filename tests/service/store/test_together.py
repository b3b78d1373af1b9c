"""Writers who share a commit."""

from __future__ import annotations

from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import func, select

from service.store import Store
from service.store.errors import NotThereError
from service.store.spaces import new_space
from service.store.tables import spaces


def count(store: Store) -> int:
    """How many spaces there are."""
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(spaces)).scalar_one())


def test_writers_who_wait_for_each_other_are_all_kept(store: Store) -> None:
    """Twenty at once: each gets its own result, and all of them are there."""
    made: dict[int, str] = {}
    together = Barrier(20)

    def write(number: int) -> None:
        together.wait()
        made[number] = store.together(lambda: new_space(store, f"space {number}"))

    writers = [Thread(target=write, args=(number,)) for number in range(20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(set(made.values())) == count(store) == 20


def test_one_that_fails_takes_nobody_along(store: Store) -> None:
    """Behind a writer who holds the turn, three wait; the one that fails hears of it, and the others are kept."""
    entered, free = Event(), Event()
    failed: list[Exception] = []

    def hold() -> None:
        with store.writing():
            entered.set()
            free.wait(10)

    def fail() -> None:
        try:
            store.together(refuse)
        except NotThereError as error:
            failed.append(error)

    def refuse() -> None:
        new_space(store, "half done")
        raise NotThereError("nothing")

    writers = [
        Thread(target=hold),
        Thread(target=fail),
        *(Thread(target=lambda: store.together(lambda: new_space(store, "whole"))) for _ in range(2)),
    ]
    writers[0].start()
    assert entered.wait(10)
    for writer in writers[1:]:
        writer.start()
    free.set()
    for writer in writers:
        writer.join()
    assert len(failed) == 1
    assert count(store) == 2


def test_what_shares_a_commit_inside_a_transaction_is_part_of_that_one(store: Store) -> None:
    """And goes with it."""
    with pytest.raises(ZeroDivisionError), store.writing():
        store.together(lambda: new_space(store, "gone"))
        raise ZeroDivisionError
    assert count(store) == 0
