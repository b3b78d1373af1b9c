"""`kring keys`: the keys that open a space, from the command line."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import click
from rich.table import Table

from service.cli.common import BAD_INPUT, as_program, err, out
from service.cli.stored import of_space, opened, space_of, storing

SCOPES = ("intake", "organise", "admin")


@click.group()
def keys() -> None:
    """Make keys, list them, and take them back."""


@keys.command()
@click.argument("name")
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True, help="What it may do.")
@click.option("--days", type=click.IntRange(1), metavar="N", help="It opens nothing after so many days.")
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
@of_space
@storing
def make(
    name: str,
    scopes: tuple[str, ...],
    days: int | None,
    space: str | None,
    data: Path | None,
    database: str | None,
    *,
    as_json: bool,
) -> None:
    """Make a key called NAME, and show it once."""
    from service.store import now  # noqa: PLC0415
    from service.store.spaces import Scope, make_key  # noqa: PLC0415

    store = opened(database, data)
    where = space_of(store, space)
    until = None if days is None else now() + timedelta(days=days)
    key, secret = make_key(store, where, name, [Scope(scope) for scope in scopes], expires_at=until)
    if as_json:
        as_program({"id": key.id, "key": secret, "scopes": sorted(set(scopes)), "expires_at": until})
    else:
        out.print(f"Key: {secret}", markup=False)
        out.print(f"It is shown once. {key.id} takes it back: kring keys revoke {key.id}", markup=False)


@keys.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
@of_space
@storing
def list_all(space: str | None, data: Path | None, database: str | None, *, as_json: bool) -> None:
    """List the keys, which nobody can read again."""
    from service.store import now  # noqa: PLC0415
    from service.store.spaces import keys_of  # noqa: PLC0415

    store = opened(database, data)
    found = keys_of(store, space_of(store, space))
    moment = now()
    rows = [
        {
            "id": key.id,
            "name": key.name,
            "begins": key.prefix,
            "scopes": sorted(scope.value for scope in key.scopes),
            "opens": key.opens_at(moment),
            "expires_at": key.expires_at,
        }
        for key in found
    ]
    if as_json:
        as_program(rows)
        return
    table = Table("id", "name", "begins", "scopes", "opens", "until")
    for key in found:
        scopes = ", ".join(sorted(scope.value for scope in key.scopes))
        until = "" if key.expires_at is None else key.expires_at.date().isoformat()
        table.add_row(key.id, key.name, key.prefix, scopes, "yes" if key.opens_at(moment) else "no", until)
    out.print(table)


@keys.command()
@click.argument("id_", metavar="ID")
@of_space
@storing
def revoke(id_: str, space: str | None, data: Path | None, database: str | None) -> None:
    """Take a key back: it opens nothing from now on."""
    from service.store.errors import NotThereError  # noqa: PLC0415
    from service.store.spaces import revoke as take_back  # noqa: PLC0415

    store = opened(database, data)
    where = space_of(store, space)
    try:
        take_back(store, where, id_)
    except NotThereError:
        err.print(f"No key {id_} that still opens anything; kring keys list shows them.", markup=False)
        sys.exit(BAD_INPUT)
    out.print(f"{id_} opens nothing from now on.", markup=False)
