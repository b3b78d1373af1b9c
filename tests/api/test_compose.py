"""Composing, recounting and finding conflicts over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.check import check as recount
from service.proposal_file import read_proposal
from service.reading import load
from tests.api.conftest import body, people, programme


@pytest.fixture
def proposal(client: FlaskClient) -> dict[str, Any]:
    """A proposal for the small question."""
    answer = client.post("/api/v1/compose", json=body())
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_everybody_gets_a_place_and_every_meeting_its_trios(proposal: dict[str, Any]) -> None:
    """Every sector has six candidates, so both networks can have all three; nobody needs to wait."""
    seated = sorted(id_ for network in proposal["networks"] for id_ in network["members"])
    assert seated == sorted(person["id"] for person in people())
    assert proposal["composition"]["objective"] == 0
    assert [len(rotation["meetings"]) for rotation in proposal["rotations"]] == [4, 4]


def test_check_agrees_with_what_compose_said(client: FlaskClient, proposal: dict[str, Any]) -> None:
    """The same programme and candidates, and the proposal that came back."""
    answer = client.post("/api/v1/check", json={**without_limits(), "proposal": proposal})
    assert (answer.status_code, answer.get_json()) == (200, {"agrees": True, "differences": []})


def test_check_names_what_was_changed(client: FlaskClient, proposal: dict[str, Any]) -> None:
    """An objective that is one too high differs, and so does the gap that it would make."""
    proposal["composition"]["objective"] += 1
    answer = client.post("/api/v1/check", json={**without_limits(), "proposal": proposal}).get_json()
    assert answer["differences"][0] == {"where": "composition.objective", "stated": 1, "counted": 0}
    assert answer["agrees"] is False


def test_the_same_effort_gives_the_same_answer(client: FlaskClient, proposal: dict[str, Any]) -> None:
    """Apart from the seconds that it took, and whatever the order of the keys in the body."""
    turned = {key: body()[key] for key in reversed(body())}
    again = client.post("/api/v1/compose", json=turned).get_json()
    assert {**again, "seconds": 0} == {**proposal, "seconds": 0}


def test_an_answer_is_a_proposal_file(client: FlaskClient, tmp_path: Path) -> None:
    """The body can be saved as proposal.json and recounted against files with the same content."""
    answer = client.post("/api/v1/compose", json=body())
    (tmp_path / "candidates.json").write_text(json.dumps(people()))
    (tmp_path / "programme.toml").write_text(
        'name = "Small"\ncandidates = "candidates.json"\n'
        "[networks]\ncount = 2\nmin_size = 8\nmax_size = 10\n[meetings]\ncount = 4\n"
        '[[rules]]\nrule = "spread"\nattribute = "sector"\n[[rules]]\nrule = "distinct"\nattribute = "organisation"\n'
    )
    stated = read_proposal(answer.data, file="proposal.json")
    assert recount(load(tmp_path / "programme.toml").question, stated) == ()


def test_the_limits_that_were_asked_are_in_the_proposal(client: FlaskClient) -> None:
    """Who reruns it should be able to."""
    limits = {"effort": 1, "seed": 5, "workers": 2, "time_limit": 3.5}
    answer = client.post("/api/v1/compose", json=body(limits=limits)).get_json()
    assert (answer["effort"], answer["seed"], answer["workers"]) == (1, 5, 2)


def test_data_may_stand_where_a_file_has_a_name(client: FlaskClient, proposal: dict[str, Any]) -> None:
    """An earlier proposal as baseline and as history."""
    rules = [{"rule": "stay", "baseline": proposal}, {"rule": "meet_new", "history": [proposal, ["c0", "c1"]]}]
    answer = client.post("/api/v1/compose", json=body(programme=programme(rules=rules)))
    assert answer.status_code == 200
    assert answer.get_json()["rules"][0]["penalty"] == 0


def test_a_contradiction_is_proven_and_explained(client: FlaskClient) -> None:
    """Three networks of at least eight need 24 people; there are 18."""
    networks = {"count": 3, "min_size": 8}
    answer = client.post("/api/v1/compose", json=body(programme=programme(networks=networks)))
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (422, "contradiction")
    assert problem["conflicts"][0]["limits"] == ["networks.count", "networks.min_size"]
    assert [error["field"] for error in problem["errors"]] == [
        "/programme/networks/count",
        "/programme/networks/min_size",
    ]


def test_a_contradiction_points_at_the_rules_in_it(client: FlaskClient) -> None:
    """c0 and c1 cannot be kept together and apart."""
    rules = [
        {"rule": "spread", "attribute": "sector"},
        {"rule": "together", "groups": [["c0", "c1"]], "strength": "must"},
        {"rule": "apart", "pairs": [["c0", "c1"]], "strength": "must"},
    ]
    networks = {"count": 2, "min_size": 8, "waitlist": "never"}
    answer = client.post("/api/v1/compose", json=body(programme=programme(rules=rules, networks=networks)))
    assert answer.status_code == 422
    fields = {error["field"] for error in answer.get_json()["errors"]}
    assert {"/programme/rules/1", "/programme/rules/2"} <= fields


def test_conflicts_answers_what_compose_refuses_with(client: FlaskClient) -> None:
    """The contradiction of 24 places and 18 people is here the answer, not an error."""
    asked = body(programme=programme(networks={"count": 3, "min_size": 8}))
    answer = client.post("/api/v1/conflicts", json=asked)
    assert answer.status_code == 200
    refused = client.post("/api/v1/compose", json=asked).get_json()
    assert answer.get_json() == {"conflicts": refused["conflicts"], "ways_out": refused["ways_out"]}


def test_conflicts_is_empty_where_everything_can_hold(client: FlaskClient) -> None:
    """A composition that keeps everything was found."""
    answer = client.post("/api/v1/conflicts", json=body())
    assert (answer.status_code, answer.get_json()) == (200, {"conflicts": [], "ways_out": []})


def without_limits() -> dict[str, Any]:
    """The small question, as check takes it."""
    return {key: value for key, value in body().items() if key != "limits"}
