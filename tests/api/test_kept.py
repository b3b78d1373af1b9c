"""Programmes, candidates, runs and proposals over HTTP, as an organiser and a form use them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api import standing
from api.access import scopes_of
from api.idempotency import LONGEST
from api.problems import DOCS
from service.store import Store
from service.store import runs as queue
from service.store.proposals import proposal
from service.store.spaces import Scope, first_space, make_key, new_space
from service.worker import one_round
from tests.api.conftest import app_with, people, programme
from tests.api.test_problems import fields, problem

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
    """A programme with eighteen candidates; its address."""
    answer = client.post(f"{API}/programmes", json=programme())
    assert answer.status_code == 201
    where: str = answer.headers["Location"]
    assert client.post(f"{where}/candidates", json={"candidates": people()}).status_code == 201
    return where


@pytest.fixture
def proposed(client: FlaskClient, store: Store, made: str) -> str:
    """A proposal for it; its address."""
    asked = client.post(f"{made}/runs", json={"effort": 1, "workers": 1})
    assert asked.status_code == 202
    while one_round(store, "test"):
        pass
    return f"{API}/proposals/{client.get(asked.headers['Location']).get_json()['proposal']}"


def opening(app: Flask, store: Store, *scopes: Scope, space: str | None = None) -> FlaskClient:
    """A caller with a key of these scopes."""
    _, secret = make_key(store, space or first_space(store)[0], "test", scopes)
    found = app.test_client()
    found.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return found


# Who may call what.

ROUTES = [
    (rule.rule, method, rule.endpoint)
    for rule in app_with().url_map.iter_rules()
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    if rule.rule not in (DOCS, f"{API}/openapi.json") and not rule.endpoint.startswith("pages.")
]
"""Every call; pages have a matrix of their own."""


@pytest.mark.parametrize(("path", "method", "endpoint"), ROUTES)
def test_every_call_says_what_opens_it(app: Flask, store: Store, path: str, method: str, endpoint: str) -> None:
    """And opens to nobody else: no key, each scope by itself, and a key of another space."""
    needed = scopes_of(app.view_functions[endpoint])
    assert needed is not None, f"{method} {path} does not say what opens it"
    address = path.replace("<any('networks.csv', 'trios.csv', 'kring.xlsx', 'report', 'meetings.ics'):name>", "report")
    for part in ("programme_id", "candidate_id", "run_id", "proposal_id", "tool", "receipt", "scenario_id"):
        address = address.replace(f"<{part}>", "none")
    assert "<" not in address
    assert (app.test_client().open(address, method=method).status_code == 401) == bool(needed)
    for scope in Scope:
        status = opening(app, store, scope).open(address, method=method, json={}).status_code
        assert (status == 403) == (bool(needed) and scope not in needed), (scope, status)


def test_another_space_sees_nothing(app: Flask, store: Store, client: FlaskClient, proposed: str, made: str) -> None:
    """Everything of this one is not there."""
    other = opening(app, store, *Scope, space=new_space(store, "Somebody else"))
    run_id = client.get(proposed).get_json()["stored"]["run"]
    for path in (made, f"{made}/candidates", f"{made}/candidates/c1", f"{made}/runs", f"{API}/runs/{run_id}", proposed):
        assert client.get(path).status_code == 200, path
        problem(other.get(path), 404, "not_found")
    for path in (f"{proposed}/report", f"{proposed}/candidates/c1/explanation", f"{API}/runs/{run_id}/events"):
        problem(other.get(path), 404, "not_found")
    problem(other.post(f"{proposed}/placements", json={"candidate": {}}), 404, "not_found")
    problem(other.delete(f"{API}/runs/{run_id}"), 404, "not_found")
    assert other.get(f"{API}/programmes").get_json() == {"items": [], "next": None}


# Programmes.


def test_a_programme_is_made_read_changed_and_deleted(client: FlaskClient, made: str) -> None:
    """Each change against the version that was seen."""
    read = client.get(made)
    content = read.get_json()
    assert {key: content[key] for key in programme()} == programme()
    assert client.get(made, headers={"If-None-Match": read.headers["ETag"]}).status_code == 304
    problem(client.put(made, json=content), 428, "version_missing")
    seen = {"If-Match": read.headers["ETag"]}
    # What was read may be sent back as it came.
    changed = client.put(made, json={**content, "name": "Other"}, headers=seen)
    assert (changed.status_code, changed.get_json()["name"]) == (200, "Other")
    problem(client.put(made, json=content, headers=seen), 412, "stale")
    problem(client.delete(made, headers=seen), 412, "stale")
    seen = {"If-Match": changed.headers["ETag"]}
    patched = client.patch(made, json={"networks": {"max_size": None, "min_size": 5}}, headers=seen)
    assert patched.get_json()["networks"] == {"count": 2, "min_size": 5}
    assert client.delete(made, headers={"If-Match": "*"}).status_code == 204
    problem(client.get(made), 404, "not_found")


def test_every_fault_of_a_programme_is_pointed_at(client: FlaskClient, made: str) -> None:
    """Whether it is made or changed."""
    wrong = programme(nonsense=1, candidates="people.csv", networks={"count": "x"})
    found = problem(client.post(f"{API}/programmes", json=wrong), 422, "bad_input")
    assert set(fields(found)) == {"/nonsense", "/candidates", "/networks/count"}
    found = problem(client.patch(made, json={"networks": {"x": 1}}, headers={"If-Match": "*"}), 422, "unknown_field")
    assert fields(found) == ["/networks/x"]


def test_a_list_has_pages(client: FlaskClient, made: str) -> None:
    """And a query that is wrong is said to be."""
    first = client.get(f"{made}/candidates?limit=10").get_json()
    second = client.get(f"{made}/candidates?limit=10&after={first['next']}").get_json()
    assert [item["id"] for item in first["items"] + second["items"]] == [person["id"] for person in people()]
    assert second["next"] is None
    assert fields(problem(client.get(f"{made}/candidates?limit=0&x=1"), 422, "bad_query")) == ["/limit", "/x"]


# Candidates.


def test_a_file_is_tried_before_it_is_kept(client: FlaskClient, made: str) -> None:
    """Every fault with the row and column that a spreadsheet shows; then nothing is kept, or everything."""
    text = "id;sector;e-mail;schoenmaat\nn1;zorg;n1@example.org;43\nn2;zorg;nowhere;44\nc1;zorg;;45\n"
    wrong = {"file": (BytesIO(text.encode("cp1252")), "nieuw.csv")}
    tried = client.post(f"{made}/candidates?dry_run=true", data=wrong)
    assert tried.status_code == 200
    errors = tried.get_json()["errors"]
    assert [(error["file"], error["row"], error["column"]) for error in errors] == [
        ("nieuw.csv", 3, "e-mail"),
        ("nieuw.csv", 4, "id"),
    ]
    wrong = {"file": (BytesIO(text.encode("cp1252")), "nieuw.csv")}
    problem(client.post(f"{made}/candidates", data=wrong), 422, "bad_input")
    right = text.replace("nowhere", "n2@example.org").replace("c1", "n3")
    kept = client.post(f"{made}/candidates", data=right.encode(), content_type="text/csv")
    assert kept.status_code == 201
    answer = kept.get_json()
    assert (answer["added"], answer["left_out"]) == (3, ["schoenmaat"])
    assert [item["id"] for item in answer["items"]] == ["n1", "n2", "n3"]
    problem(client.post(f"{made}/candidates", data={"other": "x"}, content_type="multipart/form-data"), 422, "missing")


def test_a_candidate_is_found_by_either_id_and_changed(client: FlaskClient, made: str) -> None:
    """The organiser's, or the store's."""
    read = client.get(f"{made}/candidates/c4")
    ref = read.get_json()["stored"]["ref"]
    assert client.get(f"{made}/candidates/{ref}").get_json() == read.get_json()
    seen = {"If-Match": read.headers["ETag"]}
    changed = client.patch(f"{made}/candidates/c4", json={"sector": "metal", "organisation": None}, headers=seen)
    assert {key: value for key, value in changed.get_json().items() if key != "stored"} == {
        "id": "c4",
        "sector": "metal",
    }
    problem(client.patch(f"{made}/candidates/c4", json={"sector": "x"}, headers=seen), 412, "stale")
    problem(client.put(f"{made}/candidates/c4", json={"id": "c5"}, headers={"If-Match": "*"}), 409, "id_is_fixed")
    assert client.delete(f"{made}/candidates/c4", headers={"If-Match": "*"}).status_code == 204
    problem(client.get(f"{made}/candidates/c4"), 404, "not_found")


# Once.


def test_the_same_post_is_done_once(client: FlaskClient, made: str) -> None:
    """And answered the same; the same key with another body is refused."""
    key = {"Idempotency-Key": f"once {made}"}
    first, second = (client.post(f"{made}/runs", json={"effort": 1}, headers=key) for _ in range(2))
    assert (first.status_code, first.data, first.headers["Location"]) == (
        second.status_code,
        second.data,
        second.headers["Location"],
    )
    assert len(client.get(f"{made}/runs").get_json()["items"]) == 1
    problem(client.post(f"{made}/runs", json={"effort": 2}, headers=key), 422, "idempotency_key_reused")
    too_long = {"Idempotency-Key": "x" * (LONGEST + 1)}
    problem(client.post(f"{made}/runs", json={}, headers=too_long), 422, "bad_idempotency_key")


def test_a_post_that_failed_may_be_sent_again(client: FlaskClient, made: str) -> None:
    """A key is used up by what was done, not by what was refused."""
    key = {"Idempotency-Key": f"again {made}"}
    problem(client.post(f"{made}/runs", json={"effort": 0}, headers=key), 422, "out_of_range")
    assert client.post(f"{made}/runs", json={"effort": 1}, headers=key).status_code == 202


# Runs.


def test_a_run_is_followed_to_its_end(client: FlaskClient, store: Store, made: str) -> None:
    """By asking, and by events that go on after the last one that was heard."""
    asked = client.post(f"{made}/runs", json={"effort": 1, "workers": 1})
    where = asked.headers["Location"]
    assert client.get(where).get_json()["state"] == "queued"
    while one_round(store, "test"):
        pass
    done = client.get(where).get_json()
    assert (done["state"], done["objective"], done["bound"], done["gap"]) == ("done", 0, 0, 0)
    told = list(events(client.get(f"{where}/events").text))
    assert [event["data"].get("state") for event in told if event["event"] == "state"] == ["queued", "running", "done"]
    rest = client.get(f"{where}/events", headers={"Last-Event-ID": told[1]["id"]}).text
    assert list(events(rest)) == told[2:]


def events(text: str) -> Iterator[dict[str, Any]]:
    """The events of a stream."""
    for block in text.split("\n\n"):
        parts = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(("retry", ":")))
        if parts:
            yield {**parts, "data": json.loads(parts["data"])}


def test_a_run_needs_candidates_and_a_place_in_line(
    client: FlaskClient, made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refusals say what to do."""
    empty = client.post(f"{API}/programmes", json=programme()).headers["Location"]
    problem(client.post(f"{empty}/runs", json={}), 409, "no_candidates")
    monkeypatch.setattr(queue, "MOST_WAITING", 0)
    full = client.post(f"{made}/runs", json={})
    problem(full, 503, "queue_full")
    assert int(full.headers["Retry-After"]) > 0


def test_who_listens_needs_a_place(client: FlaskClient, store: Store, made: str) -> None:
    """Each stream holds a thread."""
    where = client.post(f"{made}/runs", json={"effort": 1}).headers["Location"]
    streams = [client.get(f"{where}/events", buffered=False) for _ in range(8)]
    problem(client.get(f"{where}/events"), 503, "streams_taken")
    for stream in streams:
        stream.close()
    client.delete(where)
    assert client.get(f"{where}/events").status_code == 200


def test_a_run_that_nobody_began_is_cancelled_at_once(client: FlaskClient, made: str) -> None:
    """And says so."""
    where = client.post(f"{made}/runs", json={"effort": 1}).headers["Location"]
    assert client.delete(where).get_json()["state"] == "cancelled"


# Proposals.


def test_a_proposal_has_the_fields_of_its_file_and_every_rendering(client: FlaskClient, proposed: str) -> None:
    """As the command line writes them."""
    content = client.get(proposed).get_json()
    assert content["composition"]["status"] == "optimal"
    sizes = [len(network["members"]) for network in content["networks"]]
    assert sorted(sizes) == [9, 9]
    for name, begins in (("networks.csv", b"\xef\xbb\xbf"), ("kring.xlsx", b"PK"), ("report", b"<!doctype html>")):
        answer = client.get(f"{proposed}/{name}")
        assert answer.status_code == 200
        assert answer.data.lower().startswith(begins.lower()) or name == "networks.csv", answer.data[:20]
    assert b"BEGIN:VCALENDAR" in client.get(f"{proposed}/meetings.ics").data
    assert b"c1" in client.get(f"{proposed}/trios.csv").data


def test_a_proposal_is_accepted_by_who_has_seen_it(client: FlaskClient, proposed: str) -> None:
    """With If-Match, like any change."""
    problem(client.post(f"{proposed}/accept"), 428, "version_missing")
    accepted = client.post(f"{proposed}/accept", headers={"If-Match": '"1"'})
    assert accepted.get_json()["stored"]["accepted_at"] is not None
    problem(client.post(f"{proposed}/accept", headers={"If-Match": '"1"'}), 412, "stale")


def test_what_was_done_by_hand_is_undone_and_done_again(client: FlaskClient, proposed: str) -> None:
    """Against the version that was seen, as every change."""
    first = client.get(proposed).get_json()
    pin = {"pin": [first["networks"][0]["members"][0]]}
    for step, code in (("undo", "nothing_to_undo"), ("redo", "nothing_to_redo")):
        problem(client.post(f"{proposed}/{step}", headers={"If-Match": "*"}), 409, code)
    assert client.patch(proposed, json=pin, headers={"If-Match": "*"}).get_json()["by_hand"]["pinned"] == pin["pin"]
    problem(client.post(f"{proposed}/undo"), 428, "version_missing")
    undone = client.post(f"{proposed}/undo", headers={"If-Match": "*"})
    assert undone.get_json()["networks"] == first["networks"]
    assert "by_hand" not in undone.get_json()
    redone = client.post(f"{proposed}/redo", headers={"If-Match": undone.headers["ETag"]})
    assert redone.get_json()["by_hand"]["pinned"] == pin["pin"]


def test_whoever_was_pinned_by_hand_is_unpinned_and_moved(client: FlaskClient, proposed: str) -> None:
    """A pin that was made over HTTP is taken back over HTTP."""
    first, second = client.get(proposed).get_json()["networks"]
    larger, smaller = sorted((first, second), key=lambda network: -len(network["members"]))
    who = larger["members"][0]
    client.patch(proposed, json={"pin": [who]}, headers={"If-Match": "*"})
    move = {"moves": [{"candidate": who, "network": smaller["name"]}]}
    problem(client.patch(proposed, json=move, headers={"If-Match": "*"}), 422, "hand_pinned")
    moved = client.patch(proposed, json=move | {"unpin": [who]}, headers={"If-Match": "*"})
    assert moved.status_code == 200
    assert moved.get_json()["by_hand"]["pinned"] == []


def test_people_are_moved_and_pinned_by_hand(client: FlaskClient, proposed: str) -> None:
    """The price first, then the move, and what forbids it where something does."""
    content = client.get(proposed).get_json()
    first, second = content["networks"]
    move = {"moves": [{"candidate": first["members"][0], "network": second["name"]}], "pin": [first["members"][0]]}
    seen = {"If-Match": '"1"'}
    priced = client.patch(f"{proposed}?dry_run=true", json=move, headers=seen).get_json()
    assert priced["allowed"]
    assert client.get(proposed).get_json() == content
    moved = client.patch(proposed, json=move, headers=seen)
    assert moved.status_code == 200
    after = moved.get_json()
    assert first["members"][0] in after["networks"][1]["members"]
    assert first["members"][0] in after["networks"][1]["pinned"]
    assert after["composition"]["objective"] == priced["objective"]["after"]
    problem(client.patch(proposed, json=move, headers=seen), 412, "stale")
    lost = {"moves": [{"candidate": "c1", "network": "Nowhere"}]}
    problem(client.patch(proposed, json=lost, headers={"If-Match": "*"}), 422, "unknown_network")
    # Ten is the most.
    full = {"moves": [{"candidate": id_, "network": second["name"]} for id_ in first["members"][1:4]]}
    assert client.patch(proposed, json=full, headers={"If-Match": "*"}).status_code == 422


def test_a_form_gets_names_and_ranks_and_an_organiser_gets_why(
    app: Flask, store: Store, client: FlaskClient, proposed: str
) -> None:
    """Nothing of anybody else reaches a form."""
    newcomer = {"candidate": {"sector": "care"}}
    form = opening(app, store, Scope.INTAKE).post(f"{proposed}/placements", json=newcomer).get_json()
    assert form == {
        "best": form["best"],
        "networks": [{"name": each["name"], "rank": rank} for rank, each in enumerate(form["networks"], 1)],
    }
    whole = client.post(f"{proposed}/placements", json=newcomer).get_json()
    assert whole["best"] == form["best"]
    assert whole["networks"][0]["rules"]
    wrong = client.post(f"{proposed}/placements", json={"candidate": {"email": "nowhere"}})
    assert fields(problem(wrong, 422, "no_at")) == ["/candidate/email"]


def test_what_was_accepted_is_read_before_a_form_asks(client: FlaskClient, store: Store, proposed: str) -> None:
    """So that the first form of a process is answered as fast as any other: nothing is read when it asks."""
    client.post(f"{proposed}/accept", headers={"If-Match": '"1"'})
    ends = iter((False, True))
    standing.keep_placers_ready(store, lambda: next(ends))

    def read_again() -> Any:
        raise AssertionError("it was not ready")

    there = proposal(store, first_space(store)[0], proposed.rsplit("/", 1)[1])
    assert standing._placers.get(there.id, there.version, read_again).rank


def test_a_proposal_without_somebody_erased_is_another_version(client: FlaskClient, made: str, proposed: str) -> None:
    """Whoever saw it before has to look again, and nobody is ranked beside the one who is gone."""
    before = client.get(proposed)
    newcomer = {"candidate": {"sector": "care", "apart_from": ["c1"]}}
    assert client.post(f"{proposed}/placements", json=newcomer).status_code == 200
    client.delete(f"{made}/candidates/c1", headers={"If-Match": "*"})
    after = client.get(proposed)
    assert (before.headers["ETag"], after.headers["ETag"]) == ('"1"', '"2"')
    assert "c1" not in {id_ for network in after.get_json()["networks"] for id_ in network["members"]}
    problem(client.post(f"{proposed}/accept", headers={"If-Match": before.headers["ETag"]}), 412, "stale")
    problem(client.post(f"{proposed}/placements", json=newcomer), 422, "nobody")


def test_a_place_is_explained(client: FlaskClient, proposed: str) -> None:
    """And nobody is invented."""
    found = client.get(f"{proposed}/candidates/c1/explanation").get_json()
    assert found["id"] == "c1"
    assert found["elsewhere"]
    problem(client.get(f"{proposed}/candidates/c99/explanation"), 422, "unknown_id")


def test_a_scenario_and_a_repair_are_runs_beside_a_proposal(client: FlaskClient, store: Store, proposed: str) -> None:
    """Compared with it, and each with a proposal of its own."""
    scenario = {
        "changes": {"set": {"networks.max_size": 12}, "weight": {"spread sector": 3}},
        "effort": 1,
        "workers": 1,
    }
    asked = client.post(f"{proposed}/scenarios", json=scenario)
    assert asked.status_code == 202
    id_ = asked.get_json()["id"]
    problem(client.get(f"{API}/scenarios/{id_}/comparison"), 409, "not_yet")
    while one_round(store, "test"):
        pass
    done = client.get(f"{API}/scenarios/{id_}").get_json()
    assert (done["state"], done["kind"], done["baseline"]) == ("done", "scenario", proposed.rsplit("/", 1)[1])
    told = client.get(f"{API}/scenarios/{id_}/comparison").get_json()
    assert (told["baseline"]["objective"], told["scenario"]["objective"], told["moved"]) == (0, 0, [])
    assert client.get(f"{API}/proposals/{done['proposal']}").get_json()["composition"]["objective"] == 0

    changes = {"drop": ["c3"], "add": [{"id": "late", "sector": "care", "organisation": "new"}]}
    asked = client.post(f"{proposed}/repair", json={"changes": changes, "from_meeting": 2, "effort": 1, "workers": 1})
    while one_round(store, "test"):
        pass
    done = client.get(asked.headers["Location"]).get_json()
    assert (done["state"], done["kind"]) == ("done", "repair")
    mended = client.get(f"{API}/proposals/{done['proposal']}").get_json()
    members = {id_ for network in mended["networks"] for id_ in network["members"]}
    assert "late" in members
    assert "c3" not in members
    before = client.get(proposed).get_json()["rotations"]
    assert [each["meetings"][0] for each in mended["rotations"]] == [each["meetings"][0] for each in before]
    # The repaired proposal is asked about as any other.
    place = f"{API}/proposals/{done['proposal']}"
    assert client.get(f"{place}/candidates/late/explanation").status_code == 200
    assert client.get(f"{place}/report").status_code == 200


def test_a_row_of_scenarios_is_one_call(client: FlaskClient, store: Store, proposed: str) -> None:
    """A number swept over, on top of a change that all have in common; and a list of scenarios with names."""
    swept = {"changes": {"weight": {"spread sector": 3}}, "sweep": {"networks.max_size": "9..11"}, "effort": 1}
    asked = client.post(f"{proposed}/scenarios", json=swept | {"workers": 1}, headers={"Idempotency-Key": proposed})
    assert asked.status_code == 202
    where = asked.headers["Location"]
    assert client.post(
        f"{proposed}/scenarios", json=swept | {"workers": 1}, headers={"Idempotency-Key": proposed}
    ).data == (asked.data)
    row = asked.get_json()
    assert (row["kind"], row["state"], len(row["scenarios"])) == ("row", "queued", 3)
    assert row["limits"] == {"effort": 1, "workers": 1}
    problem(client.get(f"{where}/comparison"), 409, "not_yet")
    listed = [{"name": "without", "changes": {"without": ["spread sector"]}}, {"changes": {"drop": ["c3"]}}]
    other = client.post(f"{proposed}/scenarios", json={"scenarios": listed, "effort": 1, "workers": 1})
    while one_round(store, "test"):
        pass
    assert client.get(where).get_json()["state"] == "done"
    told = client.get(f"{where}/comparison").get_json()
    assert [each["name"] for each in told["scenarios"]] == [f"networks.max_size={n}" for n in (9, 10, 11)]
    assert [each["value"] for each in told["scenarios"]] == ["9", "10", "11"]
    assert [each["scenario"]["objective"] for each in told["scenarios"]] == [0, 0, 0]
    assert told["baseline"]["objective"] == 0
    for each, run in zip(told["scenarios"], row["scenarios"], strict=True):
        assert each["run"] == run["id"]
        assert client.get(f"{API}/proposals/{each['proposal']}").status_code == 200
        strengths = {rule["name"]: rule["strength"] for rule in each["scenario"]["rules"]}
        assert strengths["spread sector"] == 3
    told = client.get(f"{other.headers['Location']}/comparison").get_json()
    assert [each["name"] for each in told["scenarios"]] == ["without", "--drop c3"]
    assert [each["id"] for each in told["scenarios"][1]["left"]] == ["c3"]


def test_two_sweeps_are_every_combination(client: FlaskClient, proposed: str) -> None:
    """As many as a row may have."""
    body = {"sweep": {"networks.max_size": [9, 10], "meetings.count": "2,4"}, "effort": 1}
    row = client.post(f"{proposed}/scenarios", json=body).get_json()
    assert [each["limits"]["value"] for each in row["scenarios"]] == ["9, 2", "9, 4", "10, 2", "10, 4"]
    for each in row["scenarios"]:
        client.delete(f"{API}/runs/{each['id']}")
    assert client.get(f"{API}/scenarios/{row['id']}").get_json()["state"] == "cancelled"
    many = {"sweep": {"networks.max_size": "9..60"}}
    assert fields(problem(client.post(f"{proposed}/scenarios", json=many), 422, "too_many_rows")) == ["/sweep"]


def test_a_row_with_a_fault_is_refused_as_a_whole(client: FlaskClient, proposed: str, made: str) -> None:
    """And each fault is pointed at."""
    before = len(client.get(f"{made}/runs").get_json()["items"])
    for body, code, where in (
        ({"sweep": {"networks.max_size": "6..2"}}, "bad_switch", "/sweep/networks.max_size"),
        ({"sweep": {"networks.max_size": []}}, "bad_switch", "/sweep/networks.max_size"),
        ({"sweep": {"networks.nonsense": "1,2"}}, "unknown_field", "/sweep/networks.nonsense"),
        ({"scenarios": [{"changes": {}}, {"changes": {"drop": ["c99"]}}]}, "unknown_id", "/scenarios/1"),
        ({"scenarios": []}, "no_scenarios", "/scenarios"),
        ({"scenarios": [{"name": "x"}]}, "missing", "/scenarios/0/changes"),
    ):
        assert fields(problem(client.post(f"{proposed}/scenarios", json=body), 422, code)) == [where]
    assert len(client.get(f"{made}/runs").get_json()["items"]) == before


def test_changes_that_change_nothing_there_are_refused(client: FlaskClient, proposed: str) -> None:
    """At once, not when the run comes to its turn."""
    for changes, code in (
        ({"drop": ["c99"]}, "unknown_id"),
        ({"set": {"networks.nonsense": 1}}, "unknown_key"),
        ({"without": ["no such rule"]}, "no_such_rule"),
        ({"merge": [["Nowhere", "Elsewhere"]]}, "unknown_network"),
    ):
        answer = client.post(f"{proposed}/scenarios", json={"changes": changes})
        assert answer.status_code == 422, answer.text
        assert answer.get_json(force=True)["code"].replace("unknown_field", "unknown_key") == code, answer.text
    problem(client.post(f"{proposed}/repair", json={"changes": {"add": ["x"]}}), 422, "not_table")
    problem(client.post(f"{proposed}/scenarios", json={}), 422, "missing")


def test_a_person_may_have_all_that_is_kept_of_them(client: FlaskClient, proposed: str, made: str) -> None:
    """Cells and places, and nothing of anybody else."""
    found = client.get(f"{made}/candidates/c3/export")
    whole = found.get_json()
    assert whole["candidate"]["id"] == "c3"
    assert [place["proposal"] for place in whole["proposals"]] == [proposed.rsplit("/", 1)[1]]
    assert whole["proposals"][0]["network"] in ("Network 1", "Network 2")
    assert '"c4"' not in found.text


def test_whoever_runs_it_sees_counts_and_no_people(client: FlaskClient, proposed: str) -> None:
    """By state and by pattern of address."""
    client.get(proposed)
    told = client.get("/metrics").text
    assert re.search(r'^kring_runs\{state="done"\} [1-9]', told, re.MULTILINE)
    assert 'route="/api/v1/proposals/<proposal_id>"' in told
    assert proposed.rsplit("/", 1)[1] not in told


def test_a_key_for_forms_does_not_read_programmes(app: Flask, store: Store, made: str) -> None:
    """It may send, and ask what became of that."""
    problem(opening(app, store, Scope.INTAKE).get(made), 403, "scope_missing")


def test_two_at_once_with_one_key_are_told_to_try_again(client: FlaskClient) -> None:
    """The second of them finds the key taken when it ends."""
    from sqlalchemy.exc import IntegrityError

    app = app_with()
    app.add_url_rule("/both", view_func=lambda: (_ for _ in ()).throw(IntegrityError("", {}, Exception())))
    found = app.test_client().get("/both")
    assert found.status_code == 409
    assert found.get_json(force=True)["code"] == "at_once"
