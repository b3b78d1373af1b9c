"""Why somebody sits here: exact figures, the best swap, privacy in four languages, and ways in that were verified."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from service.baseline import Baseline
from service.explain import Explained, Explainer, explain
from service.faults import InputError
from service.reading import Asked
from solver.ledger import Ledger
from solver.price import breaches, score
from solver.problem import WAITING
from tests.service.small import LIMITS, asked, people, proposal

ASKED = asked()
STANDING = proposal(ASKED)


def explained(id_: str, of: Asked = ASKED, standing: dict[str, Any] | None = None, **more: Any) -> Explained:
    """What is said about one person."""
    return explain(of, standing or STANDING, id_, LIMITS, **more)


@pytest.mark.parametrize("id_", ["c0", "c4", "c7", "c1"])
def test_every_figure_is_what_two_recounts_differ_by(id_: str) -> None:
    """Alone, in the best swap, and with everybody free to follow."""
    found = explained(id_)
    problem, standing = found.question.problem, found.composition
    before = score(problem, standing)
    for each in found.elsewhere:
        swapped = {} if each.swap is None else {each.swap.other: standing.places[found.person]}
        for change, moves in ((each.alone, {}), (each.swap.change if each.swap else None, swapped)):
            if change is None:
                continue
            places = list(standing.places)
            for person, place in {**moves, found.person: each.place}.items():
                places[person] = place
            there = replace(standing, places=tuple(places))
            after = score(problem, there)
            assert change.objective == after.objective - before.objective
            assert change.allowed == (not after.broken and not list(breaches(problem, there)))
        if each.following is not None:
            there = each.following.composition
            assert there.places[found.person] == each.place
            assert not list(breaches(problem, there))
            after = score(problem, there)
            assert not after.broken
            assert each.following.objective == after.objective - before.objective
            assert each.following.waiting == after.waiting - before.waiting


@pytest.mark.parametrize("id_", ["c0", "c4"])
def test_no_swap_is_better_than_the_best_swap(id_: str) -> None:
    """Every member of the other network is tried."""
    found = explained(id_)
    ledger = Ledger(found.question.problem, found.composition)
    mine = found.composition.places[found.person]
    for each in found.elsewhere:
        if each.place == WAITING:
            continue
        assert each.swap is not None
        others = [p for p in found.composition.members(each.place) if p not in found.question.problem.pins]
        keys = [ledger.change({found.person: each.place, other: mine}).key for other in others]
        assert each.swap.change.key == min(keys)


def test_everybody_following_is_never_dearer_than_moving_alone_or_a_swap() -> None:
    """Where those are allowed and let no more people wait."""
    for id_ in ("c2", "c6", "c9"):
        for each in explained(id_).elsewhere:
            for change in (each.alone, None if each.swap is None else each.swap.change):
                if change is not None and change.allowed and each.following is not None:
                    assert (each.following.waiting, each.following.objective) <= (change.waiting, change.objective)


def test_a_pinned_member_shows_as_pinned_and_may_go_nowhere() -> None:
    """The pin is the reason, and nobody can follow."""
    found = explained("c1")
    assert found.pinned
    assert found.as_json()["pinned"] is True
    assert all(not each.alone.allowed and each.following is None for each in found.elsewhere)


def test_pins_of_others_hold_while_they_follow() -> None:
    """Nobody who is pinned moves so that somebody else may."""
    for each in explained("c4").elsewhere:
        if each.following is not None:
            assert each.following.composition.places[1] == 0


def test_only_one_other_network_when_asked() -> None:
    """--instead."""
    found = explained("c4", instead=other_network("c4").upper())
    assert [found.name(each.place) for each in found.elsewhere] == [other_network("c4")]


def other_network(id_: str) -> str:
    """A network in which this person is not."""
    return next(network["name"] for network in STANDING["networks"] if id_ not in network["members"])


@pytest.mark.parametrize("language", ["nl", "fr", "en", "de"])
@pytest.mark.parametrize("id_", ["c0", "c4", "c5"])
def test_the_text_to_send_says_nothing_of_anybody_else(language: str, id_: str) -> None:
    """No other name, id, address, organisation, note or pair; the person's own first name is there."""
    of = asked(language=language)
    text = explained(id_, of, proposal(of)).text()
    mine = next(row for row in people() if row["id"] == id_)
    assert mine["first_name"] in text
    words = {word.strip(".,:;“”«»„()") for word in text.split()}
    for row in people():
        if row["id"] != id_:
            for key in ("id", "first_name", "last_name", "email", "organisation", "notes"):
                if row[key] != mine[key]:
                    assert row[key] not in words, (key, row[key])
    for key in ("notes", "email", "apart_from"):
        assert not mine[key] or mine[key] not in words


def waiting_asked() -> Asked:
    """Fourteen people for two networks of five; one may not wait for want of room only."""
    rows = [*people(), *({"id": f"w{i}", "sector": "care", "organisation": f"w{i}"} for i in range(2))]
    return asked(rows, networks={"count": 2, "min_size": 3, "max_size": 5, "fixed": [{"name": "Gent"}]})


def test_who_waits_hears_why_and_what_would_help() -> None:
    """Full networks: one place more, or another network; each way in is verified by an answer in which it does."""
    of = waiting_asked()
    standing = proposal(of)
    waiting = standing["waitlist"][0]["id"]
    found = explained(waiting, of, standing)
    assert found.place == "waitlist"
    assert found.why == standing["waitlist"][0]["why"]
    assert found.ways_in
    opening = found.ways_in[-1]
    # Four people wait, and a network needs three: nobody else has to come.
    assert opening.switches == ("--set", "networks.count=3")
    assert opening.text.startswith("een 3e netwerk, met wie er al is")


def test_a_network_opens_with_as_few_more_as_there_have_to_be() -> None:
    """Eleven for two networks of five: one waits; with nobody to spare, two more make a third network of three.

    The two have five members and need four, so each could give one away: two more are needed only since min_size is 5.
    """
    rows = people()[:11]
    of = asked(rows, pins=[], rules=[{"rule": "exchange"}],
               networks={"count": 2, "min_size": 5, "max_size": 5})  # fmt: skip
    standing = proposal(of)
    found = explained(standing["waitlist"][0]["id"], of, standing)
    opening = next(way for way in found.ways_in if way.switches == ("--set", "networks.count=3"))
    # Three networks of five are fifteen people: four more than the eleven there are.
    assert opening.text.startswith("nog 4 kandidaten zoals ")


def test_who_is_kept_waiting_by_a_pin_is_told_so_only() -> None:
    """The one way in is to take the pin away."""
    of = asked(pins=[{"candidate": "c3", "network": "waitlist"}])
    found = explained("c3", of, proposal(of))
    assert [way.switches for way in found.ways_in] == [("--without", "pin:c3")]
    assert found.pinned


@pytest.mark.parametrize(("id_", "instead", "nearest"), [("c44", None, "c4"), ("c4", "Gend", "Gent")])
def test_an_unknown_person_or_network_suggests_the_nearest(id_: str, instead: str | None, nearest: str) -> None:
    """By spelling."""
    with pytest.raises(InputError) as error:
        explained(id_, instead=instead)
    assert [fault.nearest for fault in error.value.faults] == [nearest]


def test_an_explainer_leaves_the_proposal_as_it_is() -> None:
    """Asked twice it says the same."""
    explainer = Explainer(ASKED, STANDING)
    assert explainer.explain("c4", LIMITS).as_json() == explainer.explain("c4", LIMITS).as_json()
    assert Baseline(STANDING).composition(explainer.question) == explainer.composition
