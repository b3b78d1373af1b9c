"""What was looked up a moment ago: keys, and where forms come in, so that who asks much is not looked up each time.

Each process knows for itself. A key that is taken back still opens for as long as it is known: a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

KNOWN = 1.0
"""Seconds for which something is known."""

MOST = 1000
"""Things that are known at once."""

Name = TypeVar("Name", bound=Hashable)
Thing = TypeVar("Thing")


class Known(Generic[Name, Thing]):
    """Things by name, asked for at most once in `KNOWN` seconds. Only what is there is known: what is made counts at
    once."""

    def __init__(self, ask: Callable[[Name], Thing | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._known: dict[Name, tuple[Thing, float]] = {}

    def get(self, name: Name) -> Thing | None:
        """A thing; None where there is none."""
        moment = self._clock()
        there = self._known.get(name)
        if there is not None and moment < there[1]:
            return there[0]
        found = self._ask(name)
        if found is None:
            self._known.pop(name, None)
            return None
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[name] = found, moment + KNOWN
        return found

    def forget(self, name: Name) -> None:
        """Asks anew the next time."""
        self._known.pop(name, None)
