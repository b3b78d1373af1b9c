"""Who gets in."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.store import open_store
from service.store.spaces import EVERY_SCOPE, first_space, make_key
from tests.api.conftest import KEY, app_with


@pytest.mark.parametrize("path", ["/api/v1/compose", "/api/v1/check", "/api/v1/conflicts"])
def test_no_key_is_a_401(stranger: FlaskClient, path: str) -> None:
    """Before the body is looked at."""
    answer = stranger.post(path, data="{")
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.get_json(force=True)["code"] == "key_missing"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="kring"'


@pytest.mark.parametrize("given", ["wrong", KEY + "x", KEY[:-1], "é", "\udcff"])
def test_a_wrong_key_is_a_401(stranger: FlaskClient, given: str) -> None:
    """Longer, shorter, or in letters that no key has."""
    header = {"HTTP_AUTHORIZATION": f"Bearer {given}".encode("utf-8", "surrogateescape").decode("latin-1")}
    answer = stranger.post("/api/v1/compose", json={}, environ_base=header)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (401, "key_wrong")
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


def test_another_scheme_is_no_key(stranger: FlaskClient) -> None:
    """A user name and password open nothing."""
    assert stranger.post("/api/v1/compose", json={}, auth=("kring", KEY)).status_code == 401


def test_an_address_that_is_none_asks_for_the_key_first(stranger: FlaskClient) -> None:
    """What exists is nobody's business."""
    assert stranger.get("/api/v1/nothing").status_code == 401


@pytest.mark.parametrize("path", ["/health", "/ready", "/api/v1/docs", "/api/v1/openapi.json"])
def test_what_holds_no_data_needs_no_key(stranger: FlaskClient, path: str) -> None:
    """Whoever runs the service, and whoever learns to call it."""
    assert stranger.get(path).status_code == 200


@pytest.mark.parametrize("key", ["", "  ", "clé", "two\nlines"])
def test_a_key_that_no_header_can_carry_is_refused(key: str) -> None:
    """An empty one would let everybody in, the others nobody."""
    with pytest.raises(ValueError, match="ASCII"):
        app_with(key=key)


@pytest.mark.parametrize("key", ["a=b", "a=b==", 'x,y="z"', "kring_x-y"])
def test_any_other_key_opens(key: str) -> None:
    """Whatever signs are in it, and however the scheme is written."""
    client = app_with(key=key).test_client()
    assert client.post("/api/v1/compose", json={}, headers={"Authorization": f"bearer {key}"}).status_code == 422


def test_keys_are_long_and_never_the_same(tmp_path: Path) -> None:
    """256 random bits are 43 characters of base64."""
    store = open_store(tmp_path)
    space, _ = first_space(store)
    first, second = (make_key(store, space, "a key", EVERY_SCOPE)[1] for _ in range(2))
    assert first != second
    assert len(first.removeprefix("kring_")) == 43
