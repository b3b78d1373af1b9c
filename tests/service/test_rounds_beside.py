"""Scenarios and repairs in rounds: what one round found the next one has, and nothing gets worse."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from service import rounds
from service.changes import Changes
from service.check import check
from service.proposal_file import Proposal
from service.reading import Asked
from service.repair import mend
from service.rounds_beside import RepairRounds, Rounds, ScenarioRounds
from service.what_if import what_if
from solver.errors import SolverBugError
from solver.limits import Limits
from solver.repair import FEWEST, Wanted
from tests.service.small import LIMITS, asked, joiner, proposal
from tests.service.test_rounds import MANY, OPEN

LONG = replace(LIMITS, effort=2)

TIGHTER = Changes(set=(("networks.max_size", 8),), weight=(("spread sector", 9),))
"""Twenty-four in three networks of eight."""

LIFE = Changes(drop=("c3a", "c8b"), add=(joiner(),))
"""Two leave and one comes."""


def still() -> float:
    """A clock that stands."""
    return 0.0


@cache
def baseline() -> tuple[Asked, Proposal]:
    """A question of twenty-four people, and a proposal for it."""
    of = asked(MANY, **OPEN)
    return of, proposal(of)


def scenario(limits: Limits = LONG) -> ScenarioRounds:
    of, made = baseline()
    return ScenarioRounds(of, made, TIGHTER, limits, still)


def repair(limits: Limits = LONG, wanted: Wanted = FEWEST) -> RepairRounds:
    of, made = baseline()
    return RepairRounds(of, made, LIFE, limits, wanted=wanted, clock=still)


def played(chain: Rounds) -> list[Mapping[str, Any]]:
    """What stands after each round, written down and read back every time."""
    found: list[Mapping[str, Any]] = []
    standing: Mapping[str, Any] | None = None
    while (limits := chain.next_limits(standing)) is not None:
        after = chain.play(standing, limits, lambda progress: None, lambda: False)
        standing = json.loads(json.dumps(after.standing))
        found.append(standing)
    return found


def first_round(chain: Rounds) -> Mapping[str, Any]:
    """What stands after one round, as JSON has it."""
    limits = chain.next_limits(None)
    assert limits is not None
    found: Mapping[str, Any] = json.loads(
        json.dumps(chain.play(None, limits, lambda progress: None, lambda: False).standing)
    )
    return found


@pytest.fixture
def short_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A round is one effort."""
    monkeypatch.setattr(rounds, "ROUND_EFFORT", 1)


def end(chain: Rounds, standing: Mapping[str, Any] | None) -> Any:
    return chain.end(standing, lambda progress: None, lambda: False)


def test_what_fits_in_one_round_comes_to_what_the_command_comes_to() -> None:
    """Byte for byte, since both are done in one go."""
    of = asked()
    made = proposal(of)
    wider, life = Changes(set=(("networks.max_size", 6),)), Changes(drop=("c3",), add=(joiner(),))
    here, mending = ScenarioRounds(of, made, wider, LIMITS, still), RepairRounds(of, made, life, LIMITS, wanted=FEWEST)
    assert here.next_limits(None) is None
    assert mending.next_limits(None) is None
    found, there = end(here, None), what_if(of, made, wider, LIMITS, clock=still)
    assert found.as_json() == there.as_json()
    assert found.proposal() == there.proposal()
    again = mend(of, made, life, LIMITS).proposal
    assert again is not None
    assert {**end(mending, None).proposal, "seconds": 0} == {**again, "seconds": 0}


@pytest.mark.usefixtures("short_rounds")
def test_a_scenario_never_gets_worse_and_forgets_no_proof() -> None:
    standings = played(scenario())
    assert [standing["rounds"] for standing in standings] == [1, 2]
    objectives = [standing["objective"] for standing in standings]
    assert objectives == sorted(objectives, reverse=True)
    bounds = [standing["bound"] for standing in standings]
    assert bounds == sorted(bounds)
    found = end(scenario(), standings[-1])
    stated = found.proposal()
    assert check(found.question, stated) == ()
    assert stated["composition"]["objective"] == objectives[-1]
    assert found.as_json()["baseline"]["objective"] == baseline()[1]["composition"]["objective"]
    assert {len(network["members"]) for network in stated["networks"]} == {8}


@pytest.mark.usefixtures("short_rounds")
def test_the_first_round_of_a_scenario_goes_on_from_the_baseline() -> None:
    """Where nothing changes, nobody moves for an answer that is as good."""
    of, made = baseline()
    chain = ScenarioRounds(of, made, Changes(), LONG, still)
    found = end(chain, first_round(chain))
    better = found.composed.objective < made["composition"]["objective"]
    assert better or found.moves() == []


@pytest.mark.usefixtures("short_rounds")
@pytest.mark.parametrize("wanted", [FEWEST, Wanted(price=2), Wanted(budget=1)], ids=["fewest", "price", "budget"])
def test_choices_of_all_rounds_of_a_repair_compete(wanted: Wanted) -> None:
    """No choice of an earlier round beats what is shown in the end, and the one that is asked for is among them."""
    chain = repair(wanted=wanted)
    standings = played(chain)
    assert [standing["rounds"] for standing in standings] == [1, 2]
    found = end(chain, standings[-1])
    assert check(found.question, found.proposal) == ()
    last = [(choice.moves, choice.objective) for choice in found.repaired.choices]
    assert last == sorted(last)
    for standing in standings:
        for choice in chain.repaired(standing).choices:
            assert any(moves <= choice.moves and cost <= choice.objective for moves, cost in last)
    assert found.repaired.chosen is not None
    chosen = found.repaired.choices[found.repaired.chosen]
    if wanted == FEWEST:
        assert (chosen.moves, chosen.objective) == last[0]
    elif wanted.price:
        assert chosen.objective + 2 * chosen.moves == min(cost + 2 * moves for moves, cost in last)
    else:
        assert chosen.objective == min(cost for moves, cost in last if moves <= 1)


@pytest.mark.usefixtures("short_rounds")
def test_a_round_played_again_gives_the_same() -> None:
    """So whoever was killed loses nothing but the time."""
    for make in (scenario, repair):
        assert first_round(make()) == first_round(make())


@pytest.mark.usefixtures("short_rounds")
def test_what_was_written_down_is_counted_again() -> None:
    """An answer that puts everybody in one network is found out."""
    for chain in (scenario(), repair()):
        standing = json.loads(json.dumps(first_round(chain)))
        answers = standing.get("choices", [standing])
        for stated in answers:
            stated["places"] = [0 for _ in stated["places"]]
        with pytest.raises(SolverBugError):
            end(chain, standing)


@pytest.mark.usefixtures("short_rounds")
def test_a_repair_that_is_stopped_keeps_the_best_of_the_rounds_before() -> None:
    chain = repair()
    found = chain.end(first_round(chain), lambda progress: None, lambda: True)
    assert found.proposal is not None
    assert check(found.question, found.proposal) == ()
