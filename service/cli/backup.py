"""`kring backup`: a copy of the embedded database, made while it is in use."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from service.cli.common import BAD_INPUT, as_program, err, out
from service.cli.stored import opened, refused, storing


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
@storing
def backup(file: Path, data: Path | None, database: str | None, *, as_json: bool) -> None:
    """Copy the embedded database into FILE, as it is at one moment, whoever reads or writes meanwhile."""
    from service.store.copies import back_up  # noqa: PLC0415

    if file.exists():
        err.print(f"{file} is there already, and is not written over.", markup=False)
        sys.exit(BAD_INPUT)
    with refused("make a copy"):
        back_up(opened(database, data), file)
    size = file.stat().st_size
    if as_json:
        as_program({"file": str(file), "bytes": size})
    else:
        out.print(f"{file}: {size} bytes. Put it back with: kring restore {file} --data DIR", markup=False)
