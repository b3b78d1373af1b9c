"""What Kring is told about where it runs: on the command line, else in the environment, else in one file.

The file is `kring.toml` in the data folder, or the one that `--config` or KRING_CONFIG names.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from service.faults import Fault, InputError

DATABASE = "KRING_DATABASE"
DATA = "KRING_DATA"
CONFIG = "KRING_CONFIG"

FILE = "kring.toml"

MOST_PROCESSES = 64

COUNTS = "PROMETHEUS_MULTIPROC_DIR"
"""Where several processes add their counts up. The library that counts looks for it when it is loaded."""

ENVIRONMENT = {
    DATA: "data",
    DATABASE: "database",
    "KRING_HOST": "host",
    "KRING_PORT": "port",
    "KRING_PROCESSES": "processes",
    "KRING_WORKER": "worker",
    "KRING_PROXY": "proxy",
}
"""The variables that say what a key of the file says."""

FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class RateLimits:
    """How often one may ask in a minute; 0: as often as one likes."""

    calls: int = 100_000
    """With one key: a mistake in a loop is held up, an organisation at work never."""
    calls_without_key: int = 30_000
    """From one address."""
    wrong_keys: int = 20
    """From one address."""
    sign_ins: int = 10
    """To one account from one address; five times as many from one address, ten times to one account."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. A path as address means the folder of the embedded database."""

    address: str | Path
    host: str = "127.0.0.1"
    port: int = 8000
    processes: int | None = None
    worker: bool = True
    proxy: str | None = None
    """The address of the one proxy in front, whose word on who asks is taken."""
    limits: RateLimits = RateLimits()


def settings(
    command: Mapping[str, Any], config: Path | None = None, environment: Mapping[str, str] = os.environ
) -> Settings:
    """What holds: the command line wins over the environment, and that over the file.

    command: what the command line said, by the keys of the file; None is nothing said. Raises InputError with every
    fault of file and environment.
    """
    said = {key: value for key, value in command.items() if value is not None}
    around, faults = _around(environment)
    stated = config or (Path(environment[CONFIG]) if environment.get(CONFIG) else None)
    if stated is None:
        # Where the data is: a file that is not there, by this name, says nothing.
        folder = said.get("data") or around.get("data") or usual_folder(environment)
        usual = Path(folder) / FILE
        file, wrong = _in_file(usual) if usual.is_file() else ({}, [])
    else:
        file, wrong = _in_file(stated)
    if faults + wrong:
        raise InputError(faults + wrong)
    merged = {**file, **around, **said}
    return Settings(
        address=_address((said, around, file), environment),
        limits=RateLimits(**merged.pop("limits", {})),
        **{key: value for key, value in merged.items() if key not in ("data", "database")},
    )


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


def _address(levels: tuple[Mapping[str, Any], ...], environment: Mapping[str, str]) -> str | Path:
    """A database wins over a folder where both are said in one place; what is said nearer wins over both."""
    for level in levels:
        if "database" in level:
            return str(level["database"])
        if "data" in level:
            return Path(level["data"])
    return usual_folder(environment)


def _around(environment: Mapping[str, str]) -> tuple[dict[str, Any], list[Fault]]:
    """What the environment says; empty variables say nothing."""
    said: dict[str, Any] = {}
    for name, key in ENVIRONMENT.items():
        value = environment.get(name, "").strip()
        # Kubernetes puts tcp://... into KRING_PORT by itself, where a service is called kring.
        if not value or (key == "port" and value.startswith("tcp://")):
            continue
        if key in ("port", "processes"):
            said[key] = int(value) if value.isascii() and value.isdigit() else value
        elif key == "worker":
            said[key] = FLAGS.get(value.lower(), value)
        else:
            said[key] = value
    loaded, faults = _checked(said, None)
    names = {key: name for name, key in ENVIRONMENT.items()}
    return loaded, [replace(fault, pointer=names.get(fault.pointer or "", fault.pointer)) for fault in faults]


def _in_file(file: Path) -> tuple[dict[str, Any], list[Fault]]:
    """What a file says; its folder is where a folder in it starts from."""
    import tomllib  # noqa: PLC0415  (not needed where there is no file)

    try:
        tables = tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        code = "no_such_file" if isinstance(error, FileNotFoundError) else "unreadable"
        return {}, [Fault(code=code, file=str(file), params={"problem": error.strerror or ""})]
    except ValueError as error:
        return {}, [Fault(code="bad_toml", file=str(file), params={"problem": str(error)})]
    loaded, faults = _checked(tables, str(file))
    if "data" in loaded:
        loaded["data"] = str(file.parent / Path(loaded["data"]).expanduser())
    return loaded, faults


def _checked(said: Mapping[str, Any], file: str | None) -> tuple[dict[str, Any], list[Fault]]:
    from service.programme_schema import faults_of  # noqa: PLC0415  (not needed where nothing is said)
    from service.settings_schema import SettingsForm  # noqa: PLC0415

    return faults_of(SettingsForm(), said, file) if said else ({}, [])
