"""Forms: an address and a secret, what came in, what the answers mean, and those that wait."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any

import pytest
from flask import Flask

from service.store import Store
from service.store.candidates import every_candidate
from service.store.intake import settle_waiting
from service.store.programmes import make_programme, programme
from service.store.sources import source_of
from tests.api.pages.conftest import Reader

CONTENT: dict[str, Any] = {"name": "HR", "networks": {"count": 1}, "vocabularies": {"sector": ["care", "industry"]}}


@pytest.fixture
def made(store: Store, space: str) -> str:
    return make_programme(store, space, CONTENT).id


def address(made: str, rest: str = "") -> str:
    return f"/programmes/{made}/people/forms{rest}"


def tally(event: str, **answers: str) -> bytes:
    """A response as Tally sends it."""
    labels = {"email": "Uw e-mailadres", "sector": "In welke sector werkt u?", "team": "Welke kleur heeft uw team?"}
    fields = [
        {"key": f"question_{name}", "label": labels[name], "type": "INPUT_TEXT", "value": value}
        for name, value in answers.items()
    ]
    data = {"responseId": event, "submissionId": event, "formId": "f", "formName": "F", "fields": fields}
    return json.dumps({"eventId": event, "eventType": "FORM_RESPONSE", "data": data}).encode()


def deliver(reader: Reader, made: str, body: bytes, secret: str) -> None:
    signature = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
    headers = {"Tally-Signature": signature, "Content-Type": "application/json"}
    answer = reader.client.post(f"/api/v1/intake/tally?programme={made}", data=body, headers=headers)
    assert answer.status_code == 202


def secret_of(store: Store, space: str, made: str) -> str:
    return source_of(store, space, made, "tally").source.secrets[0]


def test_a_programme_is_opened_to_a_form_tool_and_says_what_to_do(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    reader.open(address(made))
    page = reader.send("/people/forms", tool="tally")
    assert "In Tally: Integrations › Webhooks." in reader.text
    assert f"http://localhost/api/v1/intake/tally?programme={made}" in page.text
    assert secret_of(store, space, made) in page.text


def test_an_address_that_holds_its_secret_shows_one_thing_to_copy(reader: Reader, made: str) -> None:
    """Google Forms signs nothing, so whoever knows the whole address may deliver."""
    reader.open(address(made))
    page = reader.send("/people/forms", tool="google_forms")
    assert re.search(r"/api/v1/intake/google_forms\?programme=prg_\w+&amp;secret=[\w-]{20,}", page.text)


def test_a_new_secret_takes_the_place_and_the_one_before_works_on(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    reader.open(address(made))
    reader.send("/people/forms", tool="tally")
    old = secret_of(store, space, made)
    page = reader.send("/secret")
    assert "There is a new secret." in reader.text
    assert secret_of(store, space, made) != old
    assert old not in page.text
    deliver(reader, made, tally("e1", email="an@x.be"), old)


def test_answers_are_mapped_by_hand_tried_on_what_came_and_switched_on(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    """The first form teaches Kring the questions; a colour is nobody's column, so it is kept as one of their own."""
    reader.open(address(made))
    reader.send("/people/forms", tool="tally")
    deliver(reader, made, tally("e1", email="An@x.be", sector="care", team="blue"), secret_of(store, space, made))
    reader.open(address(made, "/tally"))
    assert "One waits for you" in reader.text
    page = reader.open(address(made, "/tally/mapping"))
    assert '<option value="email" selected>' in page.text
    assert "holds “sector”, a name for “sector”" in reader.text
    reader.send("/tally/mapping", "do=try", **{"meaning-2": "own"})
    assert "What this makes of the last form" in reader.text
    assert "e-mail : an@x.be" in reader.text
    assert every_candidate(store, space, made) == []
    reader.send("/tally/mapping", "do=switch")
    assert "Switched on" in reader.text
    assert every_candidate(store, space, made) == [
        {"id": "an@x.be", "email": "an@x.be", "sector": "care", "Welke kleur heeft uw team?": "blue"}
    ]
    assert programme(store, space, made).content["keep"] == ["Welke kleur heeft uw team?"]
    assert "Version 1 is on, with 3 columns." in reader.text


def test_a_mapping_that_tells_nobody_is_not_switched_on_and_stays_as_it_was_filled_in(
    reader: Reader, store: Store, space: str, made: str
) -> None:
    reader.open(address(made))
    reader.send("/people/forms", tool="tally")
    deliver(reader, made, tally("e1", email="an@x.be", sector="care"), secret_of(store, space, made))
    reader.open(address(made, "/tally/mapping"))
    page = reader.send("/tally/mapping", "do=switch", **{"meaning-0": "leave", "required-1": "1"})
    assert page.status_code == 422
    assert "at least one column that tells who it is" in reader.text
    assert '<option value="leave" selected>' in page.text
    assert source_of(store, space, made, "tally").source.mapping is None


def test_answers_become_what_the_organiser_says(reader: Reader, store: Store, space: str, made: str) -> None:
    """Word for word on the page of the mapping; another answer is held, or comes in as it is. A line may be wrong."""
    reader.open(address(made))
    reader.send("/people/forms", tool="tally")
    deliver(reader, made, tally("e1", email="an@x.be", sector="zorg"), secret_of(store, space, made))
    where = address(made, "/tally/mapping")
    reader.open(where)
    page = reader.send("/tally/mapping", "do=switch", **{"words-1": "zorg = care\nindustry"})
    assert page.status_code == 422
    assert "industry" in reader.text
    assert "an equals sign" in reader.text
    assert "zorg = care" in page.text, "nothing that was typed is lost"
    reader.open(where)
    reader.send("/tally/mapping", "do=switch", **{"words-1": "zorg = care"})
    deliver(reader, made, tally("e2", email="bo@x.be", sector="industry"), secret_of(store, space, made))
    settle_waiting(store)
    assert [each["sector"] for each in every_candidate(store, space, made)] == ["care"]
    page = reader.open(where)
    assert "zorg = care" in page.text
    reader.send("/tally/mapping", "do=switch", **{"others-1": "1"})
    settle_waiting(store)
    assert [each["sector"] for each in every_candidate(store, space, made)] == ["care", "industry"]


@pytest.fixture
def waiting(reader: Reader, store: Store, space: str, made: str) -> str:
    """One that is held, since its sector is none of the vocabulary; the address of its page."""
    reader.open(address(made))
    reader.send("/people/forms", tool="tally")
    deliver(reader, made, tally("e1", email="an@x.be", sector="care"), secret_of(store, space, made))
    reader.open(address(made, "/tally/mapping"))
    reader.send("/tally/mapping", "do=switch")
    deliver(reader, made, tally("e2", email="bo@x.be", sector="caer"), secret_of(store, space, made))
    page = reader.open(address(made, "/tally"))
    return next(part for part in page.text.split('"') if "/tally/dlv_" in part)


def test_one_that_waits_says_why_and_is_put_on_the_list_by_hand(
    reader: Reader, store: Store, space: str, made: str, waiting: str
) -> None:
    page = reader.open(waiting)
    assert "found “caer”" in reader.text
    assert 'value="bo@x.be"' in page.text
    page = reader.send(waiting)
    assert page.status_code == 422
    assert '<a href="#sector">' in page.text
    reader.send(waiting, sector="care")
    assert "The person is on the list." in reader.text
    assert [each["id"] for each in every_candidate(store, space, made)] == ["an@x.be", "bo@x.be"]
    assert "Nothing waits." in reader.text
    reader.open(waiting)
    assert "Put this person on the list" not in reader.text


def test_one_that_waits_is_tried_again_after_the_programme_changed(
    reader: Reader, store: Store, space: str, made: str, waiting: str
) -> None:
    reader.send("/again")
    assert "It is still held" in reader.text


def test_one_that_waits_is_set_aside_and_what_was_written_is_gone(
    reader: Reader, store: Store, space: str, made: str, waiting: str
) -> None:
    reader.open(waiting)
    page = reader.send("/aside")
    assert "Set aside" in reader.text
    assert "bo@x.be" not in page.text
    assert reader.client.post(f"{waiting}/aside", data={}).status_code == 403  # not from a form of ours


@pytest.mark.parametrize("language", ["nl", "fr", "de"])
def test_reasons_are_said_in_the_readers_language(
    app: Flask, reader: Reader, made: str, waiting: str, language: str
) -> None:
    other = Reader(app.test_client(), language)
    other.sign_in()
    for rest in ("", "/tally", "/tally/mapping"):
        assert other.open(address(made, rest)).status_code == 200
    other.open(waiting)
    assert {"nl": "verwacht", "fr": "attendu", "de": "erwartet"}[language] in other.text
