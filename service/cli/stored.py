"""What the commands that use the store share: where it is, and opening it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from service.cli.common import BAD_INPUT, err, tell_faults, with_options
from service.faults import InputError
from service.settings import CONFIG, DATA, DATABASE, FILE, Settings
from service.settings import settings as settings_of

Command = TypeVar("Command", bound=Callable[..., Any])


_CONFIG = "kring-config"


def _remember(context: click.Context, parameter: click.Parameter, value: Path | None) -> None:
    context.meta[_CONFIG] = value


of_space = click.option("--space", metavar="SPACE", help="Its id, or its name; else the first one.")


def settings(database: str | None, data: Path | None, **said: Any) -> Settings:
    """What holds for a command; every fault of a file or the environment, and the exit code of bad input."""
    context = click.get_current_context(silent=True)
    config = None if context is None else context.meta.get(_CONFIG)
    try:
        return settings_of({"database": database, "data": data, **said}, config)
    except InputError as error:
        tell_faults(error, as_json=False)
        sys.exit(BAD_INPUT)


def storing(command: Command) -> Command:
    """The options that say where the data is."""
    return with_options(
        command,
        (
            click.option(
                "--data",
                type=click.Path(path_type=Path, file_okay=False),
                metavar="DIR",
                help=f"The folder of the embedded database; else {DATA}, else the usual one.",
            ),
            click.option("--database", metavar="URL", help=f"A PostgreSQL database instead; else {DATABASE}."),
            click.option(
                "--config",
                type=click.Path(path_type=Path, dir_okay=False),
                metavar="FILE",
                # Not an argument of every command: `settings` finds it.
                expose_value=False,
                callback=_remember,
                help=f"Settings; else {CONFIG}, else {FILE} in the folder of the data.",
            ),
        ),
    )


def opened(database: str | None, data: Path | None) -> Any:
    """The store; one line and the exit code of bad input where it cannot be opened."""
    from service.store import open_store  # noqa: PLC0415

    where = settings(database, data).address
    with refused("use the database"):
        return open_store(where)


def unopened(database: str | None, data: Path | None) -> Any:
    """The store whose tables are not there yet, or not up to date."""
    from service.store.database import Store, engine_of  # noqa: PLC0415

    where = settings(database, data).address
    with refused("use the database"):
        return Store(engine_of(where))


@contextmanager
def refused(what: str) -> Iterator[None]:
    """Says in one line why the store cannot do something, with the exit code of bad input."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from service.store.database import DatabaseAddressError  # noqa: PLC0415
    from service.store.errors import NoCopyError, NotEmbeddedError, NotEmptyError  # noqa: PLC0415
    from service.store.migrate import NewerDatabaseError  # noqa: PLC0415

    try:
        yield
    except NotEmptyError as error:
        err.print(f"Cannot {what}: there is something already in {error}", markup=False)
    except NoCopyError as error:
        err.print(f"Cannot {what}: no whole copy of what Kring keeps ({error})", markup=False)
    except (DatabaseAddressError, NewerDatabaseError, NotEmbeddedError, OSError) as error:
        err.print(f"Cannot {what}: {error}", markup=False)
    except SQLAlchemyError as error:
        # The address may hold a password, and the driver's own message says what is wrong without it.
        err.print(f"Cannot {what}: {getattr(error, 'orig', None) or type(error).__name__}", markup=False)
    else:
        return
    sys.exit(BAD_INPUT)


def space_of(store: Any, named: str | None) -> str:
    """The space that a command is about; one line and the exit code of bad input where there is no such space."""
    from service.store.errors import NotThereError  # noqa: PLC0415
    from service.store.spaces import first_space, space_called  # noqa: PLC0415

    first, _ = first_space(store)
    try:
        return first if named is None else space_called(store, named)
    except NotThereError:
        err.print(f"No one space {named}; kring spaces list shows them.", markup=False)
        sys.exit(BAD_INPUT)
