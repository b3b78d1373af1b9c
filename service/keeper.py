"""Keeps processes running: starts again what dies, and stops all of them together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Event
from typing import Protocol

LOOK = 0.1
"""Seconds between two looks at who still runs."""

AGAIN = 1.0
"""Seconds that a process has to last before another one takes its place at once."""

GRACE = 10.0
"""Seconds that processes have to end what they are at."""


class Running(Protocol):
    """A process, as `subprocess.Popen` has it."""

    def poll(self) -> int | None:
        """How it ended; None: it runs."""

    def terminate(self) -> None:
        """Asks it to stop."""

    def kill(self) -> None:
        """Stops it."""


class Keeper:
    """Runs one process for each way to start one.

    A process that starts others must have no threads, so `run` is for the main one where ways to start fork.
    """

    def __init__(self, starts: Sequence[Callable[[], Running]]) -> None:
        self._starts = starts
        self._stopping = Event()
        self._running: list[Running | None] = [None] * len(starts)
        self._since = [0.0] * len(starts)

    def start(self) -> None:
        """Starts all of them."""
        for number in range(len(self._starts)):
            self._start(number)

    def run(self) -> None:
        """Starts what is not running, until `stop`."""
        while not self._stopping.wait(LOOK):
            for number, running in enumerate(self._running):
                ended = running is None or running.poll() is not None
                # What dies at once would keep a core busy with starting it.
                if ended and time.monotonic() - self._since[number] > AGAIN and not self._stopping.is_set():
                    self._start(number)

    def stop(self) -> None:
        """Asks all of them to stop, and stops those that do not."""
        self._stopping.set()
        there = [running for running in self._running if running is not None]
        for running in there:
            running.terminate()
        until = time.monotonic() + GRACE
        while time.monotonic() < until and any(running.poll() is None for running in there):
            time.sleep(LOOK / 5)
        for running in there:
            if running.poll() is None:
                running.kill()

    def _start(self, number: int) -> None:
        self._since[number] = time.monotonic()
        self._running[number] = self._starts[number]()
