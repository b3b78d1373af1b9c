"""Short reads of one process go one after another."""

from __future__ import annotations

from threading import Event, Thread

from flask import Flask
from flask.testing import FlaskClient

from api.lanes import short
from tests.api.conftest import KEY, app_with


def test_short_reads_wait_for_each_other_and_nothing_else_does() -> None:
    """While one is read, a second waits; a form is taken meanwhile."""
    app = app_with()
    entered, free = Event(), Event()

    @short
    def slow() -> None:
        entered.set()
        free.wait(10)

    def read_slowly() -> None:
        with app.app_context():
            slow()

    first = Thread(target=read_slowly)
    first.start()
    assert entered.wait(10)
    second: list[int] = []
    waiting = Thread(target=lambda: second.append(asking(app).get("/api/v1/programmes").status_code))
    waiting.start()
    assert asking(app).post("/api/v1/programmes", json={}).status_code == 422
    waiting.join(0.2)
    assert second == []
    free.set()
    waiting.join(10)
    first.join(10)
    assert second == [200]


def test_one_that_fails_lets_the_next_one_in(client: FlaskClient) -> None:
    """Whatever becomes of it."""
    for _ in range(6):
        assert client.get("/api/v1/programmes/nothing").status_code == 404


def asking(app: Flask) -> FlaskClient:
    """A caller who has the key."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {KEY}"
    return client
