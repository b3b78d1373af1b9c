"""Short reads of one process go one after another, so that whoever keeps something need not compete with all of them.

Python computes one thread at a time, whoever's turn it is. Ten readers at once are answered no sooner than one after
another, and a form that comes in among them would wait for ten turns at each of its steps instead of for one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import BoundedSemaphore
from typing import Any, TypeVar, cast

from flask import Flask, current_app

from service.store import Store

AT_ONCE = 4
"""Short reads at once where the database is another process: most of each is then waiting for it."""

View = TypeVar("View", bound=Callable[..., Any])


def give_lane(app: Flask, store: Store) -> None:
    """Gives an app the lane of its process."""
    app.extensions["kring-lane"] = BoundedSemaphore(1 if store.embedded else AT_ONCE)


def short(view: View) -> View:
    """A read that is over in milliseconds, whatever is asked: these wait for each other, and nothing waits for more."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Any:
        with current_app.extensions["kring-lane"]:
            return view(*args, **kwargs)

    return cast(View, answered)
