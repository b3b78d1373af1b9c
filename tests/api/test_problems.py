"""Every way to be refused: status, code, and where it points."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

import api.compose
from api.problems import PROBLEMS
from api.sizes import MOST_BYTES, MOST_CANDIDATES, MOST_NETWORKS
from api.turns import Turns
from service.compose import answer as real_answer
from solver.compose import Status
from tests.api.conftest import KEY, app_with, body, people, programme

COMPOSE = "/api/v1/compose"


def problem(answer: Any, status: int, code: str) -> Any:
    """The body of a refusal, which has every member of RFC 9457."""
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.text
    found = answer.get_json(force=True)
    assert found["code"] == code
    assert found["status"] == status == PROBLEMS.get(code, PROBLEMS["bad_input"]).status
    assert found["instance"] == answer.request.path
    assert found["type"].startswith("/api/v1/docs#")
    return found


def fields(found: Any) -> list[str]:
    """Where a problem points."""
    return [error["field"] for error in found["errors"]]


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("{", "line 1, column 2"),
        ("", "line 1, column 1"),
        ('{"a": 1, "a": 2}', "'a' twice"),
        ('{"a": NaN}', "NaN"),
        ('{"a": 1e999}', "1e999"),
        ('{"a": "\\ud800"}', "UTF-8"),
        ("[" * 100_000, "nests too deep"),
    ],
)
def test_what_is_not_json_is_a_400(client: FlaskClient, text: str, detail: str) -> None:
    """Nor what two parsers could read differently."""
    found = problem(client.post(COMPOSE, data=text, content_type="application/json"), 400, "bad_json")
    assert detail in found["detail"]


def test_bytes_that_are_not_utf8_are_no_json(client: FlaskClient) -> None:
    """Windows-1252 is for files; JSON is UTF-8."""
    problem(client.post(COMPOSE, data=b'{"a": "\xe9"}', content_type="application/json"), 400, "bad_json")


def test_another_content_type_is_a_415(client: FlaskClient) -> None:
    """A form says so itself; nothing is guessed from the body."""
    problem(client.post(COMPOSE, data="{}", content_type="text/plain"), 415, "wrong_content_type")


def test_a_body_that_is_no_object_is_named_as_a_whole(client: FlaskClient) -> None:
    """The empty pointer is the whole body."""
    assert fields(problem(client.post(COMPOSE, json=[]), 422, "not_table")) == [""]


def test_an_unknown_field_is_named_wherever_it_is(client: FlaskClient) -> None:
    """At the top, in the programme, in a table of it, and in a rule."""
    asked = body(extra=1, programme=programme(bogus=1))
    asked["programme"]["networks"]["a/b"] = 1
    asked["programme"]["rules"][1]["at.most"] = 1
    found = problem(client.post(COMPOSE, json=asked), 422, "unknown_field")
    assert sorted(fields(found)) == [
        "/extra",
        "/programme/bogus",
        "/programme/networks/a~1b",
        "/programme/rules/1/at.most",
    ]


def test_what_is_missing_is_named(client: FlaskClient) -> None:
    """Both halves of a question."""
    found = problem(client.post(COMPOSE, json={}), 422, "missing")
    assert fields(found) == ["/programme", "/candidates"]


def test_faults_of_several_kinds_are_bad_input(client: FlaskClient) -> None:
    """One code cannot say two things; the texts do."""
    asked = body(extra=1, programme=programme(language="it"))
    found = problem(client.post(COMPOSE, json=asked), 422, "bad_input")
    assert sorted(fields(found)) == ["/extra", "/programme/language"]


def test_names_of_files_are_refused(client: FlaskClient) -> None:
    """A server has no files of the caller's; data may stand there instead."""
    named = problem(client.post(COMPOSE, json=body(programme=programme(candidates="c.csv"))), 422, "path_over_http")
    assert fields(named) == ["/programme/candidates"]
    rules = [
        {"rule": "stay", "baseline": "p.json"},
        {"rule": "diverse", "matrix": "m.csv"},
        {"rule": "meet_new", "history": [["c0", "c1"], "h.json"]},
    ]
    found = problem(client.post(COMPOSE, json=body(programme=programme(rules=rules))), 422, "path_over_http")
    assert fields(found) == [
        "/programme/rules/0/baseline",
        "/programme/rules/1/matrix",
        "/programme/rules/2/history/1",
    ]


def test_data_in_place_of_a_file_has_a_form_too(client: FlaskClient) -> None:
    """A baseline without networks is no proposal."""
    rules = [{"rule": "stay", "baseline": {"a": 1}}, {"rule": "meet_new", "history": [["c0"], {"networks": [3]}]}]
    found = problem(client.post(COMPOSE, json=body(programme=programme(rules=rules))), 422, "bad_input")
    assert fields(found) == ["/programme/rules/0/baseline/networks", "/programme/rules/1/history/1/networks/0"]


def test_faults_of_candidates_point_at_index_and_column(client: FlaskClient) -> None:
    """All of them at once: the first candidate is 0."""
    more = [{"id": "c1"}, {"id": "x", "email": "q"}, {"id": "z", "years": "many"}]
    found = problem(client.post(COMPOSE, json=body(candidates=[*people(), *more])), 422, "bad_input")
    assert fields(found) == ["/candidates/18/id", "/candidates/19/email", "/candidates/20/years"]


def test_a_repeated_column_points_at_who_has_it_first(client: FlaskClient) -> None:
    """E-mail and email are one column."""
    asked = body(candidates=[{"id": "a", "email": "a@b.be"}, {"id": "b", "E-mail": "b@b.be"}])
    assert fields(problem(client.post(COMPOSE, json=asked), 422, "duplicate_header")) == ["/candidates/1/E-mail"]


def test_a_column_that_nobody_has_points_into_the_rule(client: FlaskClient) -> None:
    """The programme fits its candidates or it does not."""
    rules = [{"rule": "spread", "attribute": "sectr"}]
    found = problem(client.post(COMPOSE, json=body(programme=programme(rules=rules))), 422, "unknown_column")
    assert fields(found) == ["/programme/rules/0/attribute"]


def test_texts_come_in_the_language_of_the_caller(client: FlaskClient) -> None:
    """Dutch is asked for, Dutch it is."""
    asked = body(programme=programme(name=1))
    dutch = client.post(COMPOSE, json=asked, headers={"Accept-Language": "nl-BE, nl;q=0.9, en;q=0.5"})
    english = client.post(COMPOSE, json=asked, headers={"Accept-Language": "pt"})
    assert "verwacht" in problem(dutch, 422, "not_text")["errors"][0]["text"]
    assert "expected" in problem(english, 422, "not_text")["errors"][0]["text"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (body(candidates=people(MOST_CANDIDATES + 1)), "/candidates"),
        (body(programme=programme(networks={"count": MOST_NETWORKS + 1})), "/programme/networks/count"),
        (body(programme=programme(networks={"min_count": 10**6})), "/programme/networks/min_count"),
    ],
)
def test_a_large_question_is_a_413(client: FlaskClient, asked: dict[str, Any], field: str) -> None:
    """It says where larger ones are answered."""
    found = problem(client.post(COMPOSE, json=asked), 413, "too_large")
    assert fields(found) == [field]
    assert "runs" in found["detail"]


def test_a_large_body_is_not_even_read(client: FlaskClient) -> None:
    """Whatever is in it."""
    found = problem(
        client.post(COMPOSE, data=b" " * (MOST_BYTES + 1), content_type="application/json"), 413, "too_large"
    )
    assert "runs" in found["detail"]


@pytest.mark.parametrize("limit", ["time_limit", "effort"])
def test_a_long_solve_is_a_413(client: FlaskClient, limit: str) -> None:
    """Ten seconds at most."""
    found = problem(client.post(COMPOSE, json=body(limits={limit: 11})), 413, "too_long")
    assert fields(found) == [f"/limits/{limit}"]


@pytest.mark.parametrize(
    "limits", [{"time_limit": 0}, {"time_limit": "1"}, {"effort": 0}, {"workers": 0}, {"seed": -1}, {"seed": True}]
)
def test_limits_have_a_form(client: FlaskClient, limits: dict[str, Any]) -> None:
    """Numbers, and more than nothing."""
    answer = client.post(COMPOSE, json=body(limits=limits))
    assert (answer.status_code, fields(answer.get_json())) == (422, [f"/limits/{next(iter(limits))}"])


def test_a_proposal_has_a_form(client: FlaskClient) -> None:
    """What cannot be recounted is refused, with every fault."""
    asked = {"programme": programme(), "candidates": people(), "proposal": {"networks": [{"name": 1}], "status": "x"}}
    found = problem(client.post("/api/v1/check", json=asked), 422, "bad_input")
    assert sorted(fields(found)) == [
        "/proposal/composition",
        "/proposal/networks/0/members",
        "/proposal/networks/0/name",
        "/proposal/rotations",
        "/proposal/rules",
    ]


def test_who_finds_no_place_is_told_when_to_come_back(client: FlaskClient, turns: Turns) -> None:
    """The only place of this application is taken."""
    with turns.one():
        answer = client.post(COMPOSE, json=body())
    found = problem(answer, 503, "busy")
    assert int(answer.headers["Retry-After"]) == found["retry_after"]
    assert client.post(COMPOSE, json=body()).status_code == 200


def test_nothing_found_and_nothing_proven_is_a_504(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Running out of time cannot be had on demand, so the answer is made to say so."""

    def empty_handed(*args: Any, **kwargs: Any) -> Any:
        found = real_answer(*args, **kwargs)
        composed = replace(found.result.composed, composition=None, status=Status.UNKNOWN)
        return replace(found, proposal=None, result=replace(found.result, composed=composed))

    monkeypatch.setattr(api.compose, "answer", empty_handed)
    problem(client.post(COMPOSE, json=body()), 504, "nothing_found")


def test_a_mistake_of_ours_says_so_and_nothing_more(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What went wrong is for the log."""

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("c17 has a secret")

    monkeypatch.setattr(api.compose, "answer", broken)
    answer = client.post(COMPOSE, json=body())
    problem(answer, 500, "internal")
    assert "c17" not in answer.text


def test_an_address_that_is_none_is_a_404(client: FlaskClient) -> None:
    """Inside /api/v1 and outside."""
    problem(client.get("/api/v1/nothing"), 404, "not_found")
    problem(client.get("/nothing"), 404, "not_found")


@pytest.mark.parametrize("method", ["TRACE", "GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_a_405_that_names_the_right_one(client: FlaskClient, method: str) -> None:
    """TRACE among them, which would send headers back."""
    answer = client.open(COMPOSE, method=method)
    problem(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("method", ["POST", "TRACE"])
def test_health_answers_get_only(stranger: FlaskClient, method: str) -> None:
    """Without a key, too."""
    problem(stranger.open("/health", method=method), 405, "method_not_allowed")


def test_not_ready_is_a_503() -> None:
    """While the search is being compiled."""
    answer = app_with(key=KEY, ready=lambda: False).test_client().get("/ready")
    problem(answer, 503, "not_ready")


def test_every_code_is_tested() -> None:
    """Each code of PROBLEMS is asked for by name in the tests of this folder."""
    from pathlib import Path

    said = "".join(path.read_text() for path in Path(__file__).parent.rglob("test_*.py"))
    assert [code for code in PROBLEMS if json.dumps(code) not in said] == []
