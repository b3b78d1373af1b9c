"""A second organisation on the same Kring."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.app import create_app
from service.cli import main
from service.store import open_store
from tests.api.conftest import programme


@pytest.fixture
def where(address: str) -> list[str]:
    """The options that say where the data is."""
    return ["--database", address] if "://" in address else ["--data", address]


def told(*command: str) -> Result:
    """What a command says."""
    return CliRunner().invoke(main, list(command))


def found(*command: str) -> Any:
    """What a command says to a program."""
    said = told(*command, "--json")
    assert said.exit_code == 0, said.output
    return json.loads(said.output)


def test_a_second_space_with_a_key_of_its_own(address: str, where: list[str]) -> None:
    """What one makes the other does not see; the space that Kring came with stays the first."""
    made = found("spaces", "make", "De Vakbond", *where)
    assert [each["name"] for each in found("spaces", "list", *where)] == ["Kring", "De Vakbond"]
    ours = found("keys", "make", "ours", "--scope", "organise", *where)["key"]
    theirs = found("keys", "make", "theirs", "--scope", "organise", "--space", made["id"], *where)["key"]
    client = create_app(open_store(address)).test_client()
    assert client.post("/api/v1/programmes", json=programme(), headers=bearer(theirs)).status_code == 201
    assert len(client.get("/api/v1/programmes", headers=bearer(theirs)).get_json()["items"]) == 1
    assert client.get("/api/v1/programmes", headers=bearer(ours)).get_json()["items"] == []


def test_keys_of_a_space_are_listed_and_taken_back_there(where: list[str]) -> None:
    """By id or by name; from another space they are not there."""
    found("spaces", "make", "Two words", *where)
    key = found("keys", "make", "a key", "--scope", "intake", "--space", "Two words", *where)
    assert [each["id"] for each in found("keys", "list", "--space", "Two words", *where)] == [key["id"]]
    assert found("keys", "list", *where) == []
    assert told("keys", "revoke", key["id"], *where).exit_code == 2
    assert told("keys", "revoke", key["id"], "--space", "Two words", *where).exit_code == 0
    assert [each["opens"] for each in found("keys", "list", "--space", "Two words", *where)] == [False]


def test_a_space_that_is_not_there_or_not_the_only_one_is_said(where: list[str]) -> None:
    """In one line, with where to look."""
    for name in ("twice", "twice"):
        told("spaces", "make", name, *where)
    for name in ("twice", "nowhere"):
        refused = told("keys", "list", "--space", name, *where)
        assert refused.exit_code == 2
        assert refused.stderr == f"No one space {name}; kring spaces list shows them.\n"


def bearer(key: str) -> dict[str, str]:
    """The header with a key."""
    return {"Authorization": f"Bearer {key}"}


def signs_in(address: str, login: str, password: str) -> bool:
    """Whether the pages let somebody in."""
    client = create_app(open_store(address)).test_client()
    return client.post("/sign-in", data={"login": login, "password": password}).status_code == 303


def test_an_organiser_of_a_space_is_made_renewed_and_closed_out(address: str, where: list[str]) -> None:
    """The password is shown once; whoever is closed out comes back with another one."""
    found("spaces", "make", "De Vakbond", *where)
    there = ["--space", "De Vakbond", *where]
    first = found("users", "make", "Ann@Example.org", *there)["password"]
    assert signs_in(address, "ann@example.org", first)
    assert [(each["login"], each["open"]) for each in found("users", "list", *there)] == [("ann@example.org", True)]
    assert found("users", "list", *where) == []
    reset = found("users", "reset", "ann@example.org", "--at", "https://kring.example/", *there)
    assert reset["login"] == "ann@example.org"
    assert reset["link"].startswith("https://kring.example/password/")
    assert told("users", "reset", "ann@example.org", *where).exit_code == 2
    assert told("users", "close", "ann@example.org", *there).exit_code == 0
    assert not signs_in(address, "ann@example.org", first)
    second = found("users", "password", "ann@example.org", *there)["password"]
    assert signs_in(address, "ann@example.org", second)


def test_a_password_may_be_given_and_is_not_repeated(address: str, where: list[str]) -> None:
    """From standard input, where no list of processes shows it."""
    given = "three quiet otters"
    said = CliRunner().invoke(main, ["users", "make", "ann", "--password-stdin", *where], input=f"{given}\n")
    assert said.exit_code == 0
    assert given not in said.output
    assert signs_in(address, "ann", given)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["make", "a b"], "without spaces"),
        (["make", "ann", "--space", "nowhere"], "No one space nowhere"),
        (["password", "nobody"], "Nobody signs in with nobody"),
        (["close", "nobody"], "Nobody signs in with nobody"),
    ],
)
def test_what_cannot_be_done_with_an_organiser_is_said(where: list[str], command: list[str], said: str) -> None:
    refused = told("users", *command, *where)
    assert refused.exit_code == 2
    assert said in refused.stderr


def test_a_password_that_is_too_short_is_refused(where: list[str]) -> None:
    refused = CliRunner().invoke(main, ["users", "make", "ann", "--password-stdin", *where], input="short\n")
    assert refused.exit_code == 2
    assert "at least 10 characters" in refused.stderr
