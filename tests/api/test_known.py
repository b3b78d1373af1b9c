"""What was looked up a moment ago."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.known import KNOWN, Known
from service.store import Store, now, open_store
from service.store.spaces import Key, Scope, digest, first_space, key_with, make_key, revoke
from tests.api.conftest import app_with, programme


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store of its own."""
    return open_store(tmp_path)


def test_a_key_that_is_taken_back_is_asked_for_again_a_second_later(store: Store) -> None:
    """It was known before, and has an end once that second is over."""
    moment = [100.0]
    known = Known[str, Key](lambda name: key_with(store, name), lambda: moment[0])
    space, _ = first_space(store)
    key, secret = make_key(store, space, "a key", [Scope.ORGANISE])
    assert known.get(digest(secret)) == key
    revoke(store, space, key.id)
    assert known.get(digest(secret)) == key
    moment[0] += KNOWN
    found = known.get(digest(secret))
    assert found is not None
    assert not found.opens_at(now())


def test_what_is_not_there_is_not_remembered(store: Store) -> None:
    """So a key that is made after somebody guessed opens at once."""
    known = Known[str, Key](lambda name: key_with(store, name))
    assert known.get(digest("wrong")) is None
    _, secret = make_key(store, first_space(store)[0], "new", [Scope.ADMIN])
    assert known.get(digest(secret)) is not None


def test_a_key_whose_time_is_over_opens_nothing_at_once() -> None:
    """A key that is known is known with its end."""
    app = app_with()
    store: Store = app.extensions["kring-store"]
    soon = now() + timedelta(milliseconds=500)
    _, secret = make_key(store, first_space(store)[0], "short", [Scope.ORGANISE], expires_at=soon)
    client = app.test_client()
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/programmes", headers=headers).status_code == 200
    while now() < soon:
        pass
    assert client.get("/api/v1/programmes", headers=headers).status_code == 401


def test_a_form_for_a_programme_that_has_just_gone_is_not_found(client: FlaskClient) -> None:
    """Although the process still knows where its forms came in."""
    made = client.post("/api/v1/programmes", json=programme())
    path = f"/api/v1/intake/json?programme={made.get_json()['id']}"
    assert client.post(path, json={"what": "first"}).status_code == 202
    gone = client.delete(made.headers["Location"], headers={"If-Match": made.headers["ETag"]})
    assert gone.status_code == 204
    assert client.post(path, json={"what": "second"}).status_code == 404
