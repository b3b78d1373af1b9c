"""`kring serve`: the answers over HTTP, with a worker beside them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import click

from service.cli.common import BAD_INPUT, err, out
from service.cli.stored import opened, storing
from service.settings import COUNTS, DATABASE


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    metavar="N",
    help="How many processes answer; as many as there are processors by default, four at most.",
)
@click.option("--no-worker", is_flag=True, help="Only answer; `kring worker` solves, here or elsewhere.")
@storing
def serve(
    port: int, host: str, processes: int | None, data: Path | None, database: str | None, *, no_worker: bool
) -> None:
    """Answer over HTTP at /api/v1, with the embedded database and one worker."""
    several = usual_processes() if processes is None else processes
    if several > 1:
        os.environ[COUNTS] = tempfile.mkdtemp(prefix="kring-counts-")
    # By name: the doors import the use cases, and the command line, which is a door itself, only starts the other one.
    door = import_module("api.serve")
    store = opened(database, data)
    beside = [] if no_worker else [worker_of(store.engine.url.render_as_string(hide_password=False))]
    try:
        door.serve(store, host, port, several, lambda line: out.print(line, markup=False), beside)
    except (OSError, ValueError) as error:
        err.print(f"Cannot serve on {host}, port {port}: {error}", markup=False)
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
