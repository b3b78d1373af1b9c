"""Forms: whoever fills one in is never lost."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.store import Store
from service.store.intake import settle_waiting
from service.store.spaces import Scope
from service.store.tables import deliveries
from tests.api.conftest import app_with, programme
from tests.api.test_kept import opening
from tests.api.test_problems import problem

API = "/api/v1"


@pytest.fixture(scope="module")
def app() -> Flask:
    """An application with a store of its own."""
    return app_with()


@pytest.fixture
def store(app: Flask) -> Store:
    """What the application keeps."""
    found: Store = app.extensions["kring-store"]
    return found


@pytest.fixture
def made(client: FlaskClient) -> str:
    """A programme without candidates; its id."""
    wanted = programme(vocabularies={"sector": ["care", "industry", "culture"]})
    found: str = client.post(f"{API}/programmes", json=wanted).get_json()["id"]
    return found


def tally(event: str = "e1", sector: str = "care", email: str = "ann@example.org") -> bytes:
    """A response to a form of two questions, as Tally sends it."""
    asked = [
        {"key": "question_1", "label": "E-mailadres", "type": "INPUT_EMAIL", "value": email},
        {"key": "question_2", "label": "In welke sector werk je?", "type": "INPUT_TEXT", "value": sector},
    ]
    data = {"responseId": event, "submissionId": event, "formId": "f", "formName": "Lerend netwerk", "fields": asked}
    return json.dumps({"eventId": event, "eventType": "FORM_RESPONSE", "data": data}).encode()


def signed(body: bytes, secret: str) -> dict[str, str]:
    """The headers with which Tally proves itself."""
    signature = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
    return {"Tally-Signature": signature, "Content-Type": "application/json"}


def candidates(client: FlaskClient, made: str) -> list[Any]:
    """Everybody in the programme, as they were sent."""
    items = client.get(f"{API}/programmes/{made}/candidates").get_json()["items"]
    return [{key: value for key, value in item.items() if key != "stored"} for item in items]


def test_a_form_from_the_first_delivery_to_a_candidate(
    app: Flask, store: Store, client: FlaskClient, made: str
) -> None:
    """Held without a mapping; suggested, tried, switched on; then mapped, and updated by the same person."""
    source = client.post(f"{API}/programmes/{made}/sources", json={"tool": "tally"}).get_json()
    form = app.test_client()

    def deliver(body: bytes) -> Any:
        return form.post(source["address"], data=body, headers=signed(body, source["secret"]))

    taken = deliver(tally())
    assert (taken.status_code, taken.get_json()["state"]) == (202, "received")
    receipt = taken.headers["Location"]
    assert deliver(tally()).headers["Location"] == receipt  # sent twice, and one all the same
    held = client.get(receipt).get_json()
    assert (held["state"], [reason["code"] for reason in held["reasons"]]) == ("held", ["form_no_mapping"])
    assert client.get(f"{API}/programmes/{made}/deliveries?state=held").get_json()["items"] == [held]

    where = f"{API}/programmes/{made}/sources/tally/mapping"
    suggested = client.get(f"{where}/suggestion").get_json()
    assert [each["column"] for each in suggested["why"]] == ["email", "sector"]
    tried = client.post(f"{where}/try", json=suggested["mapping"]).get_json()["items"]
    assert tried[0]["row"] == {"email": ["ann@example.org"], "sector": ["care"]}
    assert candidates(client, made) == []
    assert client.put(where, json=suggested["mapping"]).get_json() == {"version": 1}
    mapped = client.get(receipt).get_json()
    assert (mapped["state"], mapped["mapping"]) == ("mapped", 1)
    ann = {"id": "ann@example.org", "email": "ann@example.org"}
    assert candidates(client, made) == [{**ann, "sector": "care"}]

    deliver(tally("e2", "industry", "Ann@Example.org"))
    assert settle_waiting(store) == 1
    assert [each["sector"] for each in candidates(client, made)] == ["industry"]

    late = deliver(tally("e3", "care", "bob@example.org")).headers["Location"]
    wrong = deliver(tally("e4", "mining", "cem@example.org")).headers["Location"]
    assert sum(iter(lambda: settle_waiting(store), 0)) == 2
    assert client.get(late).get_json()["state"] == "mapped"
    held = client.get(wrong).get_json()
    assert (held["state"], held["reasons"][0]["code"]) == ("held", "not_in_vocabulary")
    meant = {"version": 1, "columns": [dict(column) for column in suggested["mapping"]["columns"]]}
    meant["columns"][1] |= {"vocabulary": {"mining": "industry"}, "otherwise": "keep"}
    assert client.put(where, json=meant).get_json() == {"version": 2}
    assert client.get(wrong).get_json()["state"] == "mapped"
    assert len(candidates(client, made)) == 3


def test_a_delivery_proves_where_it_comes_from(app: Flask, client: FlaskClient, made: str) -> None:
    """By either of two secrets while they are changed, and by nothing else."""
    opened = [client.post(f"{API}/programmes/{made}/sources", json={"tool": "tally"}).get_json() for _ in range(3)]
    first, second, third = (each["secret"] for each in opened)
    form = app.test_client()

    def status(body: bytes, secret: str) -> int:
        return form.post(opened[0]["address"], data=body, headers=signed(body, secret)).status_code

    assert [status(tally(f"e{n}"), secret) for n, secret in enumerate((first, second, third, "x"))] == [
        401,
        202,
        202,
        401,
    ]
    unsigned = form.post(opened[0]["address"], data=tally(), content_type="application/json")
    problem(unsigned, 401, "delivery_refused")
    other = signed(tally("e9"), third)
    problem(form.post(opened[0]["address"], data=tally("e8"), headers=other), 401, "delivery_refused")
    nowhere = opened[0]["address"].replace(made, "prg_none")
    problem(form.post(nowhere, data=tally(), headers=signed(tally(), third)), 404, "not_found")
    unknown = f"{API}/intake/nobody?programme={made}"
    problem(form.post(unknown, data=tally(), headers=signed(tally(), third)), 404, "not_found")
    problem(form.post(f"{API}/intake/tally", data=tally()), 422, "bad_query")


def test_a_secret_address_takes_any_form(app: Flask, client: FlaskClient, made: str) -> None:
    """JSON, form-encoded or multipart; keys that are names of columns need no mapping."""
    source = client.post(f"{API}/programmes/{made}/sources", json={"tool": "json"}).get_json()
    where = f"{source['address']}&secret={source['secret']}"
    form = app.test_client()
    answers = [
        form.post(where, json={"voornaam": "Ann", "familienaam": "Aerts", "sector": "care"}),
        form.post(where, data={"e-mail": "bob@example.org", "sector": "industry"}),
        form.post(where, data={"email": "cem@example.org", "sector": "care"}, content_type="multipart/form-data"),
        form.post(where, json={"email": "dina@example.org", "consent": "nee"}),
        form.post(where, data=b"\xff\xfe not anything", content_type="application/json"),
        form.post(where, json={"what": "ever"}),
    ]
    assert [answer.status_code for answer in answers] == [202] * 6
    states = [client.get(answer.headers["Location"]).get_json()["state"] for answer in answers]
    assert states == ["mapped", "mapped", "mapped", "refused", "held", "held"]
    assert [each["id"] for each in candidates(client, made)] == ["ann-aerts", "bob@example.org", "cem@example.org"]
    problem(form.post(f"{source['address']}&secret=wrong", json={}), 401, "delivery_refused")


def test_whoever_takes_consent_back_is_erased(app: Flask, store: Store, client: FlaskClient, made: str) -> None:
    """A yes, and later a no from the same address: nobody of that address is left, and the receipt says so."""
    form = opening(app, store, Scope.INTAKE)
    where = f"{API}/intake/json?programme={made}"
    receipts = [
        form.post(where, json={"email": "ann@example.org", "sector": "care", "consent": said}).headers["Location"]
        for said in ("ja", "nee")
    ]
    told = [client.get(receipt).get_json() for receipt in receipts]
    assert [each["state"] for each in told] == ["mapped", "refused"]
    assert [reason["code"] for reason in told[1]["reasons"]] == ["consent_withdrawn"]
    assert candidates(client, made) == []


def test_a_key_for_intake_needs_no_secret(app: Flask, store: Store, client: FlaskClient, made: str) -> None:
    """The key itself says who it is; the delivery's own id is the Idempotency-Key."""
    form = opening(app, store, Scope.INTAKE)
    where = f"{API}/intake/json?programme={made}"
    person = {"email": "ann@example.org", "sector": "care"}
    first, again, other = (
        form.post(where, json=person, headers={"Idempotency-Key": key}).get_json()["receipt"] for key in ("1", "1", "2")
    )
    assert first == again != other
    assert form.get(f"{API}/intake/receipts/{first}").get_json()["state"] == "mapped"
    organiser = opening(app, store, Scope.ORGANISE)
    problem(organiser.post(where, json=person), 401, "delivery_refused")  # its scope does not reach that far


def test_who_is_erased_is_erased_from_what_forms_delivered(
    app: Flask, store: Store, client: FlaskClient, made: str
) -> None:
    """The receipt stays, and says nothing of them."""
    form = opening(app, store, Scope.INTAKE)
    where = f"{API}/intake/json?programme={made}"
    receipt = form.post(where, json={"email": "ann@example.org", "sector": "care"}).headers["Location"]
    assert client.get(receipt).get_json()["state"] == "mapped"
    gone = client.delete(f"{API}/programmes/{made}/candidates/ann@example.org", headers={"If-Match": "*"})
    assert gone.status_code == 204
    assert client.get(receipt).get_json()["state"] == "mapped"
    with store.reading() as connection:
        query = select(deliveries.c.body, deliveries.c.headers).where(deliveries.c.programme == made)
        assert connection.execute(query).all() == [(b"", {})]


def test_a_delivery_that_breaks_kring_holds_nobody_else_up(
    app: Flask, store: Store, client: FlaskClient, made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is held, and the next is mapped; a fault of ours is put where the mapping is applied."""
    from service.store import intake

    form = opening(app, store, Scope.INTAKE)
    where = f"{API}/intake/json?programme={made}"
    bad, good = (
        form.post(where, json={"email": f"{name}@example.org"}).headers["Location"] for name in ("breaks", "ann")
    )
    real = intake.outcome

    def breaks(tool: Any, mapping: Any, received: Any) -> Any:
        if b"breaks" in received.body:
            raise RuntimeError("our own fault")
        return real(tool, mapping, received)

    monkeypatch.setattr(intake, "outcome", breaks)
    while settle_waiting(store):
        pass
    assert client.get(bad).get_json()["reasons"] == [{"code": "internal"}]
    assert client.get(good).get_json()["state"] == "mapped"
