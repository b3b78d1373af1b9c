"""How often one may ask."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.limits import Buckets, refuse_many_sign_ins
from api.problems import ProblemError
from service.settings import RateLimits
from service.store import Store
from service.store.spaces import Scope, first_space, make_key
from tests.api.conftest import KEY, app_with

FEW = RateLimits(calls=5, calls_without_key=4, wrong_keys=3, sign_ins=2)


@pytest.fixture
def moment() -> list[float]:
    """What the clock shows."""
    return [1000.0]


@pytest.fixture
def app(moment: list[float]) -> Flask:
    """An application with low limits."""
    return app_with(limits=FEW, buckets=Buckets(lambda: moment[0]))


def statuses(client: FlaskClient, count: int, key: str | None = KEY, address: str = "10.0.0.1") -> list[int]:
    """What so many calls are answered."""
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    around = {"REMOTE_ADDR": address}
    return [client.get("/api/v1/programmes", headers=headers, environ_base=around).status_code for _ in range(count)]


def test_who_asks_too_often_is_told_when_to_ask_again(stranger: FlaskClient, moment: list[float]) -> None:
    """Five a minute: five at once, then one every twelve seconds."""
    assert statuses(stranger, 6) == [200] * 5 + [429]
    refused = stranger.get("/api/v1/programmes", headers={"Authorization": f"Bearer {KEY}"})
    assert (refused.content_type, refused.headers["Retry-After"]) == ("application/problem+json", "12")
    said = refused.get_json(force=True)
    assert (said["code"], said["status"], said["retry_after"]) == ("too_many", 429, 12)
    moment[0] += 12
    assert statuses(stranger, 2) == [200, 429]
    moment[0] += 60
    assert statuses(stranger, 6) == [200] * 5 + [429]


def test_keys_are_counted_apart(app: Flask, stranger: FlaskClient) -> None:
    """One that is used too often does not hold up another one, from the same address."""
    store: Store = app.extensions["kring-store"]
    _, secret = make_key(store, first_space(store)[0], "another", [Scope.ORGANISE])
    assert statuses(stranger, 6)[-1] == 429
    assert statuses(stranger, 1, secret) == [200]


def test_wrong_keys_hold_up_nobody_who_has_a_right_one(stranger: FlaskClient) -> None:
    """Three wrong ones from one address; another address has tries of its own."""
    assert statuses(stranger, 4, "wrong") == [401] * 3 + [429]
    assert statuses(stranger, 1, "another wrong one") == [429]
    assert statuses(stranger, 1, "wrong", address="10.0.0.2") == [401]
    assert statuses(stranger, 1) == [200]


def test_calls_without_a_key_are_counted_by_address(stranger: FlaskClient) -> None:
    """All of them together; of IPv6 by network, as its addresses cost nothing."""
    assert statuses(stranger, 5, None) == [401] * 4 + [429]
    assert stranger.get("/api/v1/openapi.json", environ_base={"REMOTE_ADDR": "10.0.0.1"}).status_code == 429
    assert statuses(stranger, 4, None, "2001:db8::1") == [401] * 4
    assert statuses(stranger, 1, None, "2001:db8::2") == [429]
    assert statuses(stranger, 1, None, "2001:db8:0:1::1") == [401]


def test_whoever_runs_it_is_never_held_up(stranger: FlaskClient) -> None:
    """Health is asked every few seconds."""
    assert {stranger.get("/health").status_code for _ in range(20)} == {200}


def test_sign_ins_are_counted_by_account_and_by_address(app: Flask) -> None:
    """Two for one account from one address, ten from one address, twenty for one account."""

    def tried(account: str, address: str) -> bool:
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            try:
                refuse_many_sign_ins(account)
            except ProblemError as error:
                assert error.code == "too_many"
                return False
            return True

    assert [tried("ann", "10.0.0.1") for _ in range(3)] == [True, True, False]
    assert tried("bob", "10.0.0.1")
    assert [tried(f"account {number}", "10.0.0.2") for number in range(11)] == [True] * 10 + [False]
    assert [tried("cem", f"10.0.1.{number}") for number in range(21)] == [True] * 20 + [False]


def test_zero_is_no_limit() -> None:
    """For whoever has a limit elsewhere."""
    client = app_with(limits=RateLimits(calls=0)).test_client()
    assert set(statuses(client, 200)) == {200}


def test_more_names_than_places_forget_the_oldest() -> None:
    """The memory does not grow, and nobody new is refused for others."""
    moment = [0.0]
    buckets = Buckets(lambda: moment[0])
    assert buckets.take("first", 1) is None
    assert buckets.take("first", 1) == 60
    for number in range(100_000):
        moment[0] += 0.0001
        assert buckets.take(f"name {number}", 1) is None
