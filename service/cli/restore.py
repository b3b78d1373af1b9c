"""`kring restore`: a copy of the embedded database, put back."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.common import as_program, out
from service.cli.stored import refused


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR", help="An empty folder."
)
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
def restore(file: Path, data: Path, *, as_json: bool) -> None:
    """Put what `kring backup` wrote into FILE into an empty folder."""
    from service.store.copies import restore as put_back  # noqa: PLC0415

    with refused("put the copy back"):
        put_back(file, data)
    if as_json:
        as_program({"data": str(data)})
    else:
        out.print(f"It is back: kring serve --data {data}", markup=False)
