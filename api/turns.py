"""Keeps the number of solves at once within what the machine can do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import Flask, current_app

from api.problems import ProblemError
from api.sizes import MOST_SECONDS


def usual_places() -> int:
    """As many solves at once as there are processors; two at least."""
    return max(2, os.cpu_count() or 1)


class Turns:
    """Places to solve; a program that finds none free is sent away rather than kept waiting."""

    def __init__(self, places: int | None = None) -> None:
        self._free = BoundedSemaphore(places or usual_places())

    @contextmanager
    def one(self, *, patience: float = 0.0) -> Iterator[None]:
        """One place, for as long as the block lasts. patience: seconds to wait for it, for whoever looks at a page."""
        if not self._free.acquire(timeout=patience):
            wait = MOST_SECONDS // 2
            raise ProblemError("busy", more={"retry_after": wait}, headers={"Retry-After": str(wait)})
        try:
            yield
        finally:
            self._free.release()


def give_turns(app: Flask, turns: Turns) -> None:
    """Gives an app its places."""
    app.extensions["kring-turns"] = turns


def turns() -> Turns:
    """The places of the app that answers now."""
    found: Turns = current_app.extensions["kring-turns"]
    return found
