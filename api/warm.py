"""Warms up beside whatever else happens."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Thread

from service.warm import warm_up

FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


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

    with ExitStack() as stack:
        # Where somebody else has a file of this name, all compile at once, which costs time and nothing else.
        with suppress(OSError):
            file = os.open(Path(tempfile.gettempdir()) / f"kring-warm-{os.getuid()}", FLAGS, 0o600)
            stack.callback(os.close, file)
            # The system gives it back when a process dies.
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
