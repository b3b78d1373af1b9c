"""The board: who sits where, moved by hand, with its price first."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from service.intake.tables import Objects
from service.store import Store
from service.store.candidates import add_candidates
from service.store.programmes import make_programme
from service.store.proposals import StoredProposal, list_proposals, proposal
from service.store.runs import ask_for_run
from service.worker import one_round
from tests.api.conftest import people, programme
from tests.api.pages.conftest import Reader, solve


@pytest.fixture
def made(store: Store, space: str) -> str:
    """Two networks for nineteen people, of eight to ten each."""
    there = make_programme(store, space, programme())
    add_candidates(store, space, there.id, Objects("people", people(19)))
    return there.id


@pytest.fixture
def board(store: Store, space: str, made: str, reader: Reader) -> StoredProposal:
    """A proposal, and its board open before the reader."""
    ask_for_run(store, space, made, {"effort": 1, "workers": 1})
    solve(store)
    found = list_proposals(store, space, made).items[0]
    reader.open(f"/proposals/{found.id}")
    return found


def now(store: Store, space: str, board: StoredProposal) -> StoredProposal:
    """The proposal as it stands."""
    return proposal(store, space, board.id)


def sizes(there: StoredProposal) -> dict[str, int]:
    """Members by network."""
    return {network["name"]: len(network["members"]) for network in there.content["networks"]}


def larger_to_smaller(there: StoredProposal) -> tuple[str, str, str]:
    """Somebody of the larger network, that network, and the smaller one: ten and nine."""
    larger, smaller = sorted(there.content["networks"], key=lambda network: -len(network["members"]))
    return larger["members"][0], larger["name"], smaller["name"]


def test_a_run_is_asked_for_watched_and_leads_to_its_board(reader: Reader, store: Store, made: str) -> None:
    reader.open(f"/programmes/{made}/compose")
    page = reader.send("/compose", how_long="short")
    assert page.request.path.startswith("/runs/")
    assert "Stands in line" in reader.text
    assert "No worker is there to do it." in reader.text
    assert '<meta http-equiv="refresh"' in page.text, "without script the page looks again by itself"
    reader.send("/finish")
    while one_round(store, "worker"):
        pass
    reader.open(page.request.path)
    assert "Stopped before anything was found." in reader.text


def test_a_run_that_has_ended_shows_its_best_and_its_proof(
    reader: Reader, store: Store, space: str, board: StoredProposal
) -> None:
    assert board.run is not None
    page = reader.open(f"/runs/{board.run}")
    assert "Done: there is a proposal." in reader.text
    assert f'href="/proposals/{board.id}"' in page.text
    assert 'role="img" aria-label="Best' in page.text


def test_what_cannot_hold_is_told_with_ways_out(reader: Reader, store: Store, space: str) -> None:
    """Twelve colleagues in one network, of whom one may be there."""
    rule = {"rule": "distinct", "attribute": "organisation", "strength": "must"}
    there = make_programme(
        store, space, programme(networks={"count": 1, "min_size": 12, "waitlist": "never"}, rules=[rule])
    )
    same = [{"id": f"c{i}", "organisation": "one"} for i in range(12)]
    add_candidates(store, space, there.id, Objects("people", same))
    run = ask_for_run(store, space, there.id, {"effort": 1, "workers": 1})
    solve(store)
    reader.open(f"/runs/{run.id}")
    assert "cannot all hold together" in reader.text
    assert "What would make it possible" in reader.text


def test_everybody_is_on_the_board_once(reader: Reader, board: StoredProposal) -> None:
    assert reader.page is not None
    for person in people(19):
        assert reader.page.text.count(f'data-id="{person["id"]}"') == 1


def test_the_price_of_every_place_is_told_before_anything_is_moved(
    reader: Reader, store: Store, space: str, board: StoredProposal
) -> None:
    """The same figures as the move itself then makes."""
    who, _, to = larger_to_smaller(board)
    told = reader.client.get(f"/proposals/{board.id}/prices?person={who}").get_json()
    assert told["version"] == board.version
    assert told["places"][to]["allowed"]
    reader.open(f"/proposals/{board.id}/person?id={who}")
    reader.send("/move", person=who, button=f"to={to}")
    after = now(store, space, board).content["composition"]["objective"]
    assert after - board.content["composition"]["objective"] == told["places"][to]["change"]


def test_somebody_is_moved_undone_and_moved_again(
    reader: Reader, store: Store, space: str, board: StoredProposal
) -> None:
    who, left, to = larger_to_smaller(board)
    reader.open(f"/proposals/{board.id}/person?id={who}")
    reader.send("/move", person=who, button=f"to={to}")
    assert "planned anew" in reader.text
    assert sizes(now(store, space, board)) == {left: 9, to: 10}
    reader.send("/undo")
    assert sizes(now(store, space, board)) == {left: 10, to: 9}
    assert now(store, space, board).content == board.content
    reader.send("/redo")
    assert sizes(now(store, space, board)) == {left: 9, to: 10}


def test_what_may_not_be_is_said_and_not_done(reader: Reader, store: Store, space: str, board: StoredProposal) -> None:
    """Ten is the most: an eleventh does not fit."""
    _, larger, smaller = larger_to_smaller(board)
    who = next(n for n in board.content["networks"] if n["name"] == smaller)["members"][0]
    reader.open(f"/proposals/{board.id}/person?id={who}")
    page = reader.send("/move", person=who, button=f"to={larger}")
    assert page.status_code == 422
    assert f"at most 10 members in {larger}" in reader.text
    assert now(store, space, board).version == board.version


def test_two_swap_places_after_their_price_was_asked(
    reader: Reader, store: Store, space: str, board: StoredProposal
) -> None:
    one, other = (network["members"][0] for network in board.content["networks"])
    reader.open(f"/proposals/{board.id}/person?id={one}&swap={other}")
    reader.send("/move", person=one, swap=other)
    assert "Swapped" in reader.text
    first, second = (network["members"] for network in now(store, space, board).content["networks"])
    assert other in first
    assert one in second


def test_whoever_is_pinned_stays_when_the_rest_is_solved_again(
    reader: Reader, store: Store, space: str, board: StoredProposal
) -> None:
    who, _, to = larger_to_smaller(board)
    reader.open(f"/proposals/{board.id}/person?id={who}")
    reader.send("/move", person=who, button=f"to={to}")
    reader.open(f"/proposals/{board.id}/person?id={who}")
    reader.send("/move", person=who, button="pin=1")
    assert "Pinned." in reader.text
    page = reader.send("/around")
    assert page.request.path.startswith("/runs/")
    solve(store)
    again = list_proposals(store, space, board.programme).items[-1]
    assert again.id != board.id
    network = next(network for network in again.content["networks"] if network["name"] == to)
    assert who in network["members"]
    assert who in network["pinned"]


def test_two_organisers_do_not_overwrite_each_other(
    app: Flask, reader: Reader, store: Store, space: str, board: StoredProposal
) -> None:
    """The second one sees what the first has made of it, and that the own change was not made."""
    other = Reader(app.test_client())
    other.sign_in()
    who, _, to = larger_to_smaller(board)
    for each in (reader, other):
        each.open(f"/proposals/{board.id}/person?id={who}")
    reader.send("/move", person=who, button=f"to={to}")
    page = other.send("/move", person=who, button="pin=1")
    assert page.status_code == 412
    assert "Somebody else has changed this proposal" in other.text
    assert not now(store, space, board).content["by_hand"]["pinned"]


def test_somebodys_place_is_explained(reader: Reader, board: StoredProposal) -> None:
    who, _, to = larger_to_smaller(board)
    reader.open(f"/proposals/{board.id}/why?id={who}")
    assert "Why not there?" in reader.text
    assert to in reader.text


def test_a_proposal_is_accepted(reader: Reader, store: Store, space: str, board: StoredProposal) -> None:
    reader.send("/accept")
    assert "The proposal is accepted." in reader.text
    assert now(store, space, board).accepted_at is not None


def test_violations_stand_where_they_are(reader: Reader, store: Store, space: str) -> None:
    """Two who should be apart, in the one network that there is."""
    rule = {"rule": "apart", "pairs": [["c0", "c1"]], "weight": 3}
    there = make_programme(store, space, programme(networks={"count": 1}, rules=[rule]))
    add_candidates(store, space, there.id, Objects("people", people(6)))
    ask_for_run(store, space, there.id, {"effort": 1, "workers": 1})
    solve(store)
    found = list_proposals(store, space, there.id).items[0]
    page = reader.open(f"/proposals/{found.id}")
    hurt = [part for part in page.text.split("<li ") if 'class="card' in part and "hurts" in part.split(">")[0]]
    assert len(hurt) == 2
    assert "1 thing" in reader.text or "One thing does not hold here" in reader.text


@pytest.mark.parametrize("language", ["nl", "fr", "en", "de"])
def test_the_board_speaks_every_language(app: Flask, reader: Reader, board: StoredProposal, language: str) -> None:
    """Violations too, whatever language the proposal was written in."""
    other: Any = Reader(app.test_client(), language)
    other.sign_in()
    assert other.open(f"/proposals/{board.id}").status_code == 200
    assert f'<html lang="{language}">' in other.page.text
