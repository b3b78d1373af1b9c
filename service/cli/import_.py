"""`kring import`: everything from a file, into a store that has nothing."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.common import as_program, out
from service.cli.stored import refused, storing, unopened


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
@storing
def import_(file: Path, data: Path | None, database: str | None, *, as_json: bool) -> None:
    """Take in what `kring export` wrote into FILE: all of it, into a database that has nothing yet."""
    from service.store.portable import load  # noqa: PLC0415

    with refused("take everything in"):
        loaded = load(unopened(database, data), file)
    if as_json:
        as_program({"rows": loaded.rows})
    else:
        out.print(f"{loaded.total} rows.", markup=False)
