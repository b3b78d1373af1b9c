"""Warms up beside whatever else happens."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from service.warm import warm_up


def warm_up_beside(done: Callable[[], None]) -> None:
    """Warms up beside whatever else happens; `done` is called at the end."""

    def work() -> None:
        try:
            with one_at_a_time():
                warm_up()
        finally:
            done()  # a search that cannot be compiled is for the first request to say

    Thread(target=work, name="warm-up", daemon=True).start()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Of several processes one compiles, and the others load what it has compiled."""
    if sys.platform == "win32":
        yield
        return
    import fcntl  # noqa: PLC0415  (there is none on Windows)
    import os  # noqa: PLC0415

    # Of this user: nobody else can hold it, and the system gives it back when a process dies.
    with (Path(tempfile.gettempdir()) / f"kring-warm-{os.getuid()}").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
