"""`kring serve`: the answers over HTTP, with a worker beside them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from threading import Event, Thread

import click

from service.cli.common import BAD_INPUT, err, out
from service.cli.stored import opened, storing
from service.settings import DATABASE

AGAIN = 1.0
"""Seconds before a worker that died is started again."""

GRACE = 10.0
"""Seconds that a worker has to hand its round on when Kring stops."""


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--no-worker", is_flag=True, help="Only answer; `kring worker` solves, here or elsewhere.")
@storing
def serve(port: int, host: str, data: Path | None, database: str | None, *, no_worker: bool) -> None:
    """Answer over HTTP at /api/v1, with the embedded database and one worker."""
    # By name: the doors import the use cases, and the command line, which is a door itself, only starts the other one.
    door = import_module("api.serve")
    store = opened(database, data)
    where = Path(store.engine.url.database).parent if store.embedded else "PostgreSQL"

    def beside() -> Callable[[], None]:
        out.print(f"Data: {where}", markup=False)
        if no_worker:
            return lambda: None
        return keep_a_worker(store.engine.url.render_as_string(hide_password=False))

    try:
        door.serve(store, host, port, lambda line: out.print(line, markup=False), beside)
    except (OSError, ValueError) as error:
        err.print(f"Cannot serve on {host}, port {port}: {error}", markup=False)
        sys.exit(BAD_INPUT)


def keep_a_worker(database: str) -> Callable[[], None]:
    """Runs a worker beside this process, and another one whenever it dies; gives what stops it."""
    # The address goes by the environment, where no list of processes shows a password.
    environment = os.environ | {DATABASE: database}
    command = [sys.executable, "-c", "from service.cli import main; main()", "worker", "--with-parent"]
    stopping = Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not stopping.is_set():
            process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE)  # noqa: S603
            running[:] = [process]
            process.wait()
            stopping.wait(AGAIN)

    def stop() -> None:
        stopping.set()
        for process in running:
            process.terminate()
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()

    Thread(target=keep, name="worker", daemon=True).start()
    return stop
