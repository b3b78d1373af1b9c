"""`kring export`: everything that is kept, as one file."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.common import as_program, out
from service.cli.stored import opened, refused, storing


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
@storing
def export(file: Path, data: Path | None, database: str | None, *, as_json: bool) -> None:
    """Write everything that is kept into FILE, for `kring import` into any database.

    FILE holds people and digests of secrets; only its owner may read it.
    """
    from service.store.portable import save  # noqa: PLC0415

    with refused("write everything"):
        saved = save(opened(database, data), file)
    if as_json:
        as_program({"file": str(file), "rows": saved.rows})
    else:
        out.print(f"{file}: {saved.total} rows.", markup=False)
