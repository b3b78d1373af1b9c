"""`kring spaces`: the organisations that share one Kring and see nothing of each other."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from service.cli.common import as_program, out
from service.cli.stored import opened, storing


@click.group()
def spaces() -> None:
    """Make spaces, and list them."""


@spaces.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
@storing
def make(name: str, data: Path | None, database: str | None, *, as_json: bool) -> None:
    """Make a space called NAME. Nothing of one space is visible from another."""
    from service.store.spaces import first_space, new_space  # noqa: PLC0415

    store = opened(database, data)
    # The one that comes with Kring stays the first, also where nothing was served yet.
    first_space(store)
    made = new_space(store, name)
    if as_json:
        as_program({"id": made, "name": name})
    else:
        out.print(f"{made} is there. A key for it: kring keys make NAME --scope organise --space {made}", markup=False)


@spaces.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
@storing
def list_all(data: Path | None, database: str | None, *, as_json: bool) -> None:
    """List the spaces; the first one is where commands work that name none."""
    from service.store.spaces import every_space, first_space  # noqa: PLC0415

    store = opened(database, data)
    first_space(store)
    found = every_space(store)
    if as_json:
        as_program([{"id": each.id, "name": each.name, "created_at": each.created_at} for each in found])
        return
    table = Table("id", "name", "since")
    for each in found:
        table.add_row(each.id, each.name, each.created_at.date().isoformat())
    out.print(table)
