"""`kring worker`: solves the runs that stand in line, on any machine that reaches the database."""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path
from threading import Event, Thread

import click

from service.cli.common import err
from service.cli.stored import opened, storing

GENTLE = 5
"""How far the solves of a worker beside a server step back for it (nice)."""


@click.command()
@click.option("--with-parent", is_flag=True, hidden=True, help="Stop when standard input is closed.")
@storing
def worker(data: Path | None, database: str | None, *, with_parent: bool) -> None:
    """Solve the runs that stand in line, until stopped. Any number of workers share one database."""
    from service.warm import warm_up  # noqa: PLC0415
    from service.worker import settle_until, work, worker_name  # noqa: PLC0415

    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    store = opened(database, data)
    stopping = Event()
    if with_parent:
        Thread(target=_until_alone, args=(stopping,), daemon=True).start()
    warm_up()
    # Before this there is nothing to hand on, and being stopped may end it at once.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stopping.set())
    Thread(target=settle_until, args=(store, stopping.is_set), name="intake", daemon=True).start()
    if with_parent and sys.platform == "linux":
        # Beside a server on the same machine, where a solve takes every core that it gets: who waits comes first. In
        # Linux this is of the thread and of those that it starts. The one that settles forms is not among them:
        # what it writes, others wait for.
        os.nice(GENTLE)
    name = worker_name()
    if not with_parent:
        err.print(f"Worker {name} waits for runs.", markup=False)
    work(store, name, stopping.is_set)
    store.close()


def _until_alone(stopping: Event) -> None:
    # A server that is killed cannot stop its worker; the pipe between them closes all the same.
    while os.read(sys.stdin.fileno(), 1):
        pass
    stopping.set()
