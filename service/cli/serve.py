"""`kring serve`: the answers over HTTP."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from service.cli.common import BAD_INPUT, err, out


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
def serve(port: int, host: str) -> None:
    """Answer over HTTP: compose, check and conflicts at /api/v1."""
    # By name: the doors import the use cases, and the command line, which is a door itself, only starts the other one.
    door = import_module("api.serve")
    try:
        door.serve(host, port, lambda line: out.print(line, markup=False))
    except (OSError, ValueError) as error:
        err.print(f"Cannot serve on {host}, port {port}: {error}", markup=False)
        sys.exit(BAD_INPUT)
