"""A small question, and an application that answers it."""

from __future__ import annotations

import tempfile
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.app import create_app
from api.turns import Turns
from service.store import open_store

KEY = "a key for tests"

SECTORS = ("care", "industry", "culture")


def people(count: int = 18) -> list[dict[str, Any]]:
    """Candidates of three sectors and of one organisation each."""
    return [{"id": f"c{i}", "sector": SECTORS[i % 3], "organisation": f"o{i}"} for i in range(count)]


def programme(**changes: Any) -> dict[str, Any]:
    """Two networks of nine, which all three sectors fit in, and four meetings."""
    return {
        "name": "Small",
        "networks": {"count": 2, "min_size": 8, "max_size": 10},
        "meetings": {"count": 4},
        "rules": [{"rule": "spread", "attribute": "sector"}, {"rule": "distinct", "attribute": "organisation"}],
        **changes,
    }


def body(**changes: Any) -> dict[str, Any]:
    """A question that takes a fraction of a second."""
    return {"programme": programme(), "candidates": people(), "limits": {"effort": 1, "workers": 1}, **changes}


def app_with(key: str = KEY, **more: Any) -> Flask:
    """An application with an embedded database of its own."""
    return create_app(open_store(tempfile.mkdtemp(prefix="kring-test-")), key=key, **more)


@pytest.fixture(scope="session")
def turns() -> Turns:
    """One place to solve, which a test can take."""
    return Turns(1)


@pytest.fixture(scope="session")
def app(turns: Turns) -> Flask:
    """The application."""
    return app_with(turns=turns)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller who has the key."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {KEY}"
    return client


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """A caller without a key."""
    return app.test_client()
