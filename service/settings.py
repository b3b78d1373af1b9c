"""Where Kring keeps its data: said on the command line, else in the environment, else the usual folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

DATABASE = "KRING_DATABASE"
DATA = "KRING_DATA"

COUNTS = "PROMETHEUS_MULTIPROC_DIR"
"""Where several processes add their counts up. The library that counts looks for it when it is loaded."""


def address(database: str | None, data: Path | None, environment: Mapping[str, str] = os.environ) -> str | Path:
    """The address of the database; a folder means the embedded one.

    What is said on the command line wins over the environment, and a database over a folder.
    """
    if database is not None or data is not None:
        return database or data or usual_folder(environment)
    stated = environment.get(DATABASE)
    return stated or usual_folder(environment)


def usual_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder for data where none is named, as the system wants it."""
    if environment.get(DATA):
        return Path(environment[DATA])
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "kring"
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "kring"
    return Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share") / "kring"
