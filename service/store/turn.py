"""Whose turn it is to write in SQLite, which has one writer at a time.

SQLite itself lets writers ask again and again with ever longer pauses, so that one in a hurry may wait for long behind
others who came later. Here they wait in line: the threads of a process for a lock, processes for a lock on a file
beside the database, which the system gives back when a process dies. Correctness does not rest on it: who writes
without asking here waits for SQLite (`busy_timeout`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

SUFFIX = "-turn"


class Turn:
    """The turn to write to one database; None: one that needs no turns."""

    def __init__(self, database: Path | None) -> None:
        self._database = database
        self._lock = Lock()
        self._file: int | None = None

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Has the turn for as long as the block lasts."""
        if self._database is None:
            yield
            return
        with self._lock:
            if sys.platform == "win32":
                yield
                return
            import fcntl  # noqa: PLC0415  (there is none on Windows)

            if self._file is None:
                self._file = os.open(f"{self._database}{SUFFIX}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None
