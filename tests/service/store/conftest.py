"""A store in each database, and a small programme in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.intake.tables import Objects
from service.store import Store, open_store
from service.store.candidates import add_candidates
from service.store.programmes import make_programme
from service.store.spaces import first_space
from tests.api.conftest import people, programme
from tests.databases import KINDS, new_database, postgresql


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server."""
    with postgresql() as address:
        yield address


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    server = request.getfixturevalue("server") if request.param == "postgresql" else None
    return new_database(request.param, server, tmp_path)


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """A store with its tables."""
    opened = open_store(address)
    yield opened
    opened.close()


@pytest.fixture
def space(store: Store) -> str:
    """The first space."""
    return first_space(store)[0]


@pytest.fixture
def small(store: Store, space: str) -> str:
    """A programme with eighteen candidates."""
    made = make_programme(store, space, programme())
    add_candidates(store, space, made.id, Objects("candidates", people()))
    return made.id
