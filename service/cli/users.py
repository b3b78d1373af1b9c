"""`kring users`: who may sign in to the pages, from the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from service.cli.common import BAD_INPUT, as_program, err, out
from service.cli.stored import of_space, opened, settings, space_of, storing


@click.group()
def users() -> None:
    """Make organisers, list them, give them another password or a link to choose one, let them in no more."""


@users.command()
@click.argument("login")
@click.option("--admin", is_flag=True, help="May also do what needs the scope admin.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; else one is made.")
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
@of_space
@storing
def make(
    login: str,
    space: str | None,
    data: Path | None,
    database: str | None,
    *,
    admin: bool,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Make somebody who signs in with LOGIN, a name or an e-mail address."""
    from service.store.spaces import Scope  # noqa: PLC0415
    from service.store.users import make_user  # noqa: PLC0415

    store = opened(database, data)
    where = space_of(store, space)
    scopes = [Scope.ORGANISE, *([Scope.ADMIN] if admin else [])]
    given = _given(password_stdin)
    password = _refusing(lambda: make_user(store, where, login, scopes, given))
    _tell(login, password, given, as_json=as_json)


@users.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
@of_space
@storing
def list_all(space: str | None, data: Path | None, database: str | None, *, as_json: bool) -> None:
    """List who may sign in, and who could once."""
    from service.store.users import users_of  # noqa: PLC0415

    store = opened(database, data)
    found = users_of(store, space_of(store, space))
    if as_json:
        as_program(
            [
                {
                    "login": user.login,
                    "scopes": sorted(scope.value for scope in user.scopes),
                    "open": user.closed_at is None,
                    "created_at": user.created_at,
                }
                for user in found
            ]
        )
        return
    table = Table("login", "scopes", "may sign in", "since")
    for user in found:
        scopes = ", ".join(sorted(scope.value for scope in user.scopes))
        table.add_row(user.login, scopes, "no" if user.closed_at else "yes", user.created_at.date().isoformat())
    out.print(table)


@users.command()
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; else one is made.")
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
@of_space
@storing
def password(
    login: str, space: str | None, data: Path | None, database: str | None, *, password_stdin: bool, as_json: bool
) -> None:
    """Give LOGIN another password, which ends their sessions and lets them in again."""
    from service.store.users import set_password  # noqa: PLC0415

    store = opened(database, data)
    user = _user(store, space, login)
    given = _given(password_stdin)
    _tell(user.login, _refusing(lambda: set_password(store, user, given)), given, as_json=as_json)


@users.command()
@click.argument("login")
@click.option("--at", metavar="URL", help="Where the pages are for LOGIN, such as https://kring.example.org.")
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
@of_space
@storing
def reset(
    login: str, space: str | None, data: Path | None, database: str | None, *, at: str | None, as_json: bool
) -> None:
    """Make a link by which LOGIN, who forgot the password, chooses another one: once, within a day.

    Kring sends no mail: hand the link on yourself. Until it is used, the password before and sessions stay.
    """
    from service.store.password_links import make_password_link  # noqa: PLC0415

    store = opened(database, data)
    user = _user(store, space, login)
    token, expires_at = make_password_link(store, user)
    found = settings(database, data)
    link = f"{(at or f'http://{found.host}:{found.port}').rstrip('/')}/password/{token}"
    if as_json:
        as_program({"login": user.login, "link": link, "expires_at": expires_at})
        return
    out.print(f"{user.login} chooses a password at", markup=False)
    out.print(link, markup=False, soft_wrap=True)
    out.print(f"It works once, until {expires_at:%Y-%m-%d %H:%M} UTC, and is shown once.", markup=False)


@users.command()
@click.argument("login")
@of_space
@storing
def close(login: str, space: str | None, data: Path | None, database: str | None) -> None:
    """Let LOGIN in no more; `kring users password` lets them in again."""
    from service.store.users import close_user  # noqa: PLC0415

    store = opened(database, data)
    user = _user(store, space, login)
    close_user(store, user)
    out.print(f"{user.login} may sign in no more.", markup=False)


def _given(from_stdin: bool) -> str | None:
    """The password on standard input, without the end of its line."""
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else None


def _refusing(act: Any) -> str:
    from service.faults import InputError  # noqa: PLC0415

    try:
        return str(act())
    except InputError as error:
        err.print("\n".join(fault.text("en") for fault in error.faults), markup=False)
        sys.exit(BAD_INPUT)


def _user(store: Any, space: str | None, login: str) -> Any:
    from service.store.errors import NotThereError  # noqa: PLC0415
    from service.store.users import user_named  # noqa: PLC0415

    try:
        return user_named(store, space_of(store, space), login)
    except NotThereError:
        err.print(f"Nobody signs in with {login}; kring users list shows who does.", markup=False)
        sys.exit(BAD_INPUT)


def _tell(login: str, password: str, given: str | None, *, as_json: bool) -> None:
    """A password that was made is shown once; one that was given is not repeated."""
    if as_json:
        as_program({"login": login, "password": password if given is None else None})
    elif given is None:
        out.print(f"{login} signs in with the password {password}", markup=False)
        out.print("It is shown once.", markup=False)
    else:
        out.print(f"{login} signs in with the password that you gave.", markup=False)
