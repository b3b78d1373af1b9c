"""Group commit: writers that wait for the same turn share one transaction, and one wait for the disk.

Each is answered once that transaction is on the disk, and not before. One that fails takes nobody along: the others
are done again, each in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

Result = TypeVar("Result")


@dataclass(slots=True)
class Wish:
    """Something to be written, and what became of it; not frozen: who writes it puts the result in."""

    do: Callable[[], Any]
    result: Any = None
    error: Exception | None = None
    over: bool = False


class Together:
    """Writers of one process who share transactions.

    writing: begins a transaction that the wishes write in, whichever thread does them.
    """

    def __init__(self, writing: Callable[[], AbstractContextManager[Any]]) -> None:
        self._writing = writing
        self._waiting: list[Wish] = []
        self._line = Lock()
        self._turn = Lock()

    def write(self, do: Callable[[], Result]) -> Result:
        """Does something in a transaction; its result, once it is on the disk. Raises what it raises."""
        mine = Wish(do)
        with self._line:
            self._waiting.append(mine)
        with self._turn:
            # Whoever had the turn before may have done it along with their own.
            if not mine.over:
                self._do_all()
        if mine.error is not None:
            raise mine.error
        found: Result = mine.result
        return found

    def _do_all(self) -> None:
        wishes: Sequence[Wish] = ()
        try:
            with self._writing():
                # Taken only now: who came while we waited for the database is in it, too.
                wishes = self._take()
                results = [wish.do() for wish in wishes]
        except Exception as error:  # each hears of its own failure below
            wishes = wishes or self._take()
            if len(wishes) == 1:
                wishes[0].error = error
            else:
                for wish in wishes:
                    self._do_alone(wish)
        else:
            for wish, result in zip(wishes, results, strict=True):
                wish.result = result
        for wish in wishes:
            wish.over = True

    def _do_alone(self, wish: Wish) -> None:
        try:
            with self._writing():
                result = wish.do()
        except Exception as error:  # raised again to whoever wished it
            wish.error = error
        else:
            wish.result = result

    def _take(self) -> Sequence[Wish]:
        with self._line:
            taken, self._waiting = self._waiting, []
        return taken
