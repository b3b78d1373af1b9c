"""`kring serve`: the answers over HTTP, with a worker beside them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import click

from service.cli.common import BAD_INPUT, err, out
from service.cli.stored import opened, settings, storing
from service.settings import COUNTS, DATABASE, MOST_PROCESSES


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="8000 by default; 0: any free one.")
@click.option("--host", help="The address to listen on; 127.0.0.1 by default.")
@click.option(
    "--processes",
    type=click.IntRange(1, MOST_PROCESSES),
    metavar="N",
    help="How many processes answer; as many as there are processors by default, four at most.",
)
@click.option(
    "--worker/--no-worker",
    default=None,
    help="With a worker beside it, the default; or only answer: `kring worker` solves.",
)
@storing
def serve(
    port: int | None,
    host: str | None,
    processes: int | None,
    worker: bool | None,
    data: Path | None,
    database: str | None,
) -> None:
    """Answer over HTTP at /api/v1, with the embedded database and one worker."""
    found = settings(database, data, port=port, host=host, processes=processes, worker=worker)
    several = usual_processes() if found.processes is None else found.processes
    if several > 1:
        os.environ[COUNTS] = tempfile.mkdtemp(prefix="kring-counts-")
    # By name: the doors import the use cases, and the command line, which is a door itself, only starts the other one.
    door = import_module("api.serve")
    store = opened(database, data)
    beside = [worker_of(store.engine.url.render_as_string(hide_password=False))] if found.worker else []
    try:
        door.serve(store, replace(found, processes=several), lambda line: out.print(line, markup=False), beside)
    except (OSError, ValueError) as error:
        err.print(f"Cannot serve on {found.host}, port {found.port}: {error}", markup=False)
        sys.exit(BAD_INPUT)


def usual_processes() -> int:
    """A process computes with one core; more than four wait for the same database. Windows cannot fork."""
    return min(4, os.cpu_count() or 1) if hasattr(os, "fork") else 1


def worker_of(database: str) -> Callable[[], subprocess.Popen[bytes]]:
    """How to start a worker that ends with this process."""
    # The address goes by the environment, where no list of processes shows a password.
    environment = os.environ | {DATABASE: database}
    command = [sys.executable, "-c", "from service.cli import main; main()", "worker", "--with-parent"]
    return lambda: subprocess.Popen(command, env=environment, stdin=subprocess.PIPE)  # noqa: S603
