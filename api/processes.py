"""Several processes that answer at one address: forked before there are threads or connections, and kept running.

A process of Python computes with one core, whatever its threads. Each of these has threads, connections and caches of
its own; what limits how much is done at once is divided among them.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from mmap import mmap
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from threading import Thread

from service.keeper import Running


@dataclass(frozen=True, slots=True)
class Forked:
    """A process forked from this one, with the ways of `subprocess.Popen`."""

    process: BaseProcess

    def poll(self) -> int | None:
        """How it ended; None: it runs."""
        return self.process.exitcode

    def terminate(self) -> None:
        """Asks it to stop."""
        self.process.terminate()

    def kill(self) -> None:
        """Stops it."""
        self.process.kill()


class Leash:
    """Ends the processes of this one when it dies, in whatever way: a pipe that the system then closes."""

    def __init__(self) -> None:
        self._held_by_child, self._held_by_parent = os.pipe()

    def hold(self) -> None:
        """In the child: stop when the parent is gone."""
        os.close(self._held_by_parent)

        def wait() -> None:
            os.read(self._held_by_child, 1)
            os.kill(os.getpid(), signal.SIGTERM)

        Thread(target=wait, name="parent", daemon=True).start()


class Readiness:
    """Which of the processes are ready, in memory that all of them see. One that is started anew was ready before."""

    def __init__(self, processes: int) -> None:
        self._marks = mmap(-1, processes)
        self._processes = processes

    def mark(self, number: int) -> None:
        """This process is ready."""
        self._marks[number] = 1

    def all(self) -> bool:
        """Whether every process was ready once."""
        return all(self._marks[number] for number in range(self._processes))


def forking(answer: Callable[[int], None], number: int, leash: Leash) -> Callable[[], Running]:
    """How to start a process that answers; `answer` gets its number."""

    def work() -> None:
        # What the parent does when it is asked to stop is not for its children.
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, signal.SIG_DFL)
        leash.hold()
        answer(number)

    def start() -> Running:
        process = get_context("fork").Process(target=work, name=f"web {number}")
        process.start()
        return Forked(process)

    return start
