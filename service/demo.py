"""An example to look around in: 120 heads of technical services in eight host cities, all of them made up."""

from __future__ import annotations

import tomllib
from pathlib import Path

from service.store.candidates import add_candidates
from service.store.database import Store
from service.store.programmes import make_programme

PACKAGED = Path(__file__).parent / "data" / "demo"
CHECKED_OUT = Path(__file__).parents[1] / "fixtures" / "technical-services"
"""Where the example lies: beside the code that was installed, or among the fixtures."""


def make_demo(store: Store, space: str) -> str:
    """Makes the example as a programme of a space; its id."""
    folder = PACKAGED if PACKAGED.exists() else CHECKED_OUT
    content = tomllib.loads((folder / "programme.toml").read_text("utf-8"))
    file = content.pop("candidates")
    with store.writing():
        made = make_programme(store, space, content)
        add_candidates(store, space, made.id, folder / file)
    return made.id
