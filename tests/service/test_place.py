"""A newcomer: every figure is what two recounts differ by, and nobody moves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from service.baseline import Baseline
from service.changes import Changes
from service.faults import InputError
from service.intake.tables import Objects
from service.place import Placer, Ranking, rankings
from service.question import Question, ask
from service.scenario import changed
from solver.price import breaches, score
from solver.problem import WAITING
from tests.service.small import asked, joiner, people, proposal

ASKED = asked()
STANDING = proposal(ASKED)


def ranked(**more: Any) -> Ranking:
    """The ranking of one newcomer."""
    (ranking,) = rankings(ASKED, STANDING, joiner(**more))
    return ranking


def with_newcomer(**more: Any) -> Question:
    """The question that has the newcomer as its last candidate."""
    return changed(ASKED, Changes(add=(joiner(**more),)), names=Baseline(STANDING).sizes).question


@pytest.mark.parametrize(
    "more", [{}, {"sector": "metal", "asks": "t1|t2"}, {"organisation": "org0"}, {"offers": "t0", "apart_from": "c3"}]
)
def test_every_change_is_what_two_recounts_differ_by(more: dict[str, Any]) -> None:
    """With the newcomer waiting and with the newcomer there, everything counted afresh from the definitions."""
    question = with_newcomer(**more)
    person = len(question.ids) - 1
    standing = Baseline({**STANDING, "waitlist": [*STANDING["waitlist"], {"id": "n1"}]}).composition(question)
    before = score(question.problem, standing)
    ranking = ranked(**more)
    names = {network.name: k for k, network in enumerate(question.problem.networks)}
    assert {option.network for option in ranking.options} == set(names)
    for option in ranking.options:
        places = list(standing.places)
        places[person] = names[str(option.network)]
        there = replace(standing, places=tuple(places))
        after = score(question.problem, there)
        rules = [b.penalty - a.penalty for a, b in zip(before.rules, after.rules, strict=True)]
        assert list(option.change.rules) == rules
        assert option.change.objective == after.objective - before.objective
        assert option.allowed == (not after.broken and not list(breaches(question.problem, there)))


@pytest.mark.parametrize(
    "more", [{}, {"sector": "aaa|metal|zzz"}, {"years": "7,5"}, {"hobby": "chess"}, {"postcode": "9000"}]
)
def test_a_pool_with_one_person_more_is_that_of_everybody(more: dict[str, Any]) -> None:
    """Whether values are new, come between others, or stand in a column of their own."""
    question = with_newcomer(**more)
    before = ASKED.question.problem.pool
    quick = ask(question.programme, question.candidates, ASKED.origin.files, before=before)
    assert quick.problem.pool == question.problem.pool


def test_networks_that_may_not_come_last_with_the_reason() -> None:
    """A colleague is there already, which a rule that must hold forbids; the others are ranked by cost."""
    ranking = ranked(organisation="org0")
    with_colleague = {network["name"] for network in STANDING["networks"] if {"c0", "c1"} & set(network["members"])}
    forbidden = [option for option in ranking.options if not option.allowed]
    assert {option.network for option in forbidden} == with_colleague
    assert all("distinct organisation" in reason for option in forbidden for reason in option.why_not)
    costs = [option.change.objective for option in ranking.options if option.allowed]
    assert costs == sorted(costs)
    assert ranking.best is not None
    assert ranking.as_json()["best"] == ranking.options[0].network


def test_nowhere_means_the_waitlist_with_reasons() -> None:
    """All networks full: none, waitlist, because each is full."""
    full = asked(networks={"count": 3, "min_size": 3, "max_size": 4, "fixed": [{"name": "Gent"}]})
    (ranking,) = rankings(full, proposal(full), joiner())
    assert ranking.best is None
    assert ranking.as_json()["best"] is None
    assert ranking.text.startswith("geen netwerk voor n1: wachtlijst, want ")
    assert ranking.text.count("is vol (4 leden)") == 3


def test_what_an_intake_form_sees_has_names_and_ranks_only() -> None:
    """No reasons, no figures, nobody else."""
    shown = ranked(organisation="org0").public()
    assert set(shown) == {"best", "networks"}
    assert all(set(network) == {"name", "rank"} for network in shown["networks"])


def test_reasons_name_nobody_else() -> None:
    """Numbers of people, not who they are."""
    told = str(ranked(asks="t1", offers="t2").as_json())
    for row in people():
        for key in ("first_name", "last_name", "email", "notes"):
            assert row[key] not in told


def test_a_placer_is_asked_many_times() -> None:
    """The same newcomer gets the same answer, whoever was asked about in between."""
    placer = Placer(ASKED, STANDING)
    first = placer.rank(placer.read(joiner())[0]).as_json()
    placer.rank(placer.read(joiner("n2", sector="metal", available="never-before"))[0])
    assert placer.rank(placer.read(joiner())[0]).as_json() == first


@pytest.mark.parametrize(
    "row", [{"id": "c3"}, {"id": "n1", "apart_from": "nobody"}, {"id": "n1", "network_wish": "Nergens"}]
)
def test_a_newcomer_who_cannot_be_read_is_a_fault(row: dict[str, Any]) -> None:
    """An id that is taken, a reference to nobody, a wish for no network."""
    with pytest.raises(InputError):
        rankings(ASKED, STANDING, Objects("new", [row]))


def test_a_proposal_of_others_is_no_baseline() -> None:
    """Everybody who is missing or too many is named."""
    other = asked([*people(), {"id": "extra"}])
    with pytest.raises(InputError) as error:
        Placer(other, STANDING)
    assert [(fault.code, fault.found) for fault in error.value.faults] == [("not_in_proposal", "extra")]


def test_waiting_is_the_other_place() -> None:
    """The waitlist changes nothing, and is allowed unless nobody may wait."""
    assert ranked().waitlist.allowed
    assert ranked().waitlist.change.objective == 0
    strict = asked(
        networks={"count": 3, "min_size": 3, "max_size": 5, "waitlist": "never", "fixed": [{"name": "Gent"}]}
    )
    (ranking,) = rankings(strict, proposal(strict), joiner())
    assert not ranking.waitlist.allowed
    assert WAITING not in {ranking.best}
