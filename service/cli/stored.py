"""What the commands that use the store share: where it is, and opening it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from service.cli.common import BAD_INPUT, err, with_options
from service.settings import DATA, DATABASE, address

Command = TypeVar("Command", bound=Callable[..., Any])


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
        ),
    )


def opened(database: str | None, data: Path | None) -> Any:
    """The store; one line and the exit code of bad input where it cannot be opened."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from service.store import open_store  # noqa: PLC0415
    from service.store.database import DatabaseAddressError  # noqa: PLC0415
    from service.store.migrate import NewerDatabaseError  # noqa: PLC0415

    where = address(database, data)
    try:
        return open_store(where)
    except (DatabaseAddressError, NewerDatabaseError, OSError) as error:
        err.print(f"Cannot use the database: {error}", markup=False)
    except SQLAlchemyError as error:
        # The address may hold a password, and the driver's own message says what is wrong without it.
        err.print(f"Cannot use the database: {getattr(error, 'orig', None) or type(error).__name__}", markup=False)
    sys.exit(BAD_INPUT)
