"""Repair against brute force: on tiny worlds every composition is priced."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from itertools import product

import pytest

from solver.compose import Status
from solver.limits import Limits, Watch
from solver.lower import lower
from solver.price import breaches, score
from solver.problem import WAITING, Composition, Problem
from solver.repair import Repaired, Wanted, pareto, repair
from solver.rules import RULES
from solver.settle import best_slot
from tests.solver.worlds import a_problem

KINDS = [RULES[name] for name in ("spread", "distinct", "balance", "exchange", "not_alone", "apart")]
PEOPLE = 6


def a_standing(seed: int, *, musts: float) -> tuple[Problem, list[int | None], dict[int, str]]:
    """A problem, where everybody is, and by name; the last two are newcomers."""
    dice = random.Random(seed)
    problem = replace(a_problem(dice, PEOPLE, dice.sample(KINDS, 3), musts=musts), facilitators=(), slots=())
    networks = tuple(replace(network, slot=None) for network in problem.networks)
    problem = replace(problem, networks=networks, min_count=len(networks), must_place=frozenset())
    start: list[int | None] = [dice.randrange(len(networks)) for _ in range(PEOPLE - 2)]
    start += [None, None]
    before = {person: networks[place].name for person, place in enumerate(start) if place is not None}
    return problem, start, before


def every(problem: Problem) -> list[Composition]:
    """Every composition that keeps what must be kept."""
    found = []
    lowered = lower(problem)
    for places in product((*range(len(problem.networks)), WAITING), repeat=problem.pool.size):
        groups = Composition(places, (), ()).groups()
        slots = tuple(best_slot(lowered, k, groups.get(k, ())) for k in range(len(problem.networks)))
        composition = Composition(places, slots, (None,) * len(problem.networks))
        if next(breaches(problem, composition), None) is None and not score(problem, composition).broken:
            found.append(composition)
    return found


def moves(problem: Problem, composition: Composition, before: dict[int, str]) -> int:
    """Members of the baseline who are in another network, or wait."""
    places = composition.places
    return sum(places[p] == WAITING or problem.networks[places[p]].name != name for p, name in before.items())


def mended(
    problem: Problem,
    start: list[int | None],
    before: dict[int, str],
    wanted: Wanted = Wanted(),  # noqa: B008  (frozen)
) -> Repaired:
    """The repairer's answer."""
    return repair(problem, start, before, Watch(Limits(effort=1, seed=1), time.monotonic), wanted=wanted)


def placed_first(found: list[Composition], before: dict[int, str]) -> list[Composition]:
    """Those answers that let the fewest newcomers wait, if they put no member on the waitlist for it."""
    kept = [c for c in found if not any(c.places[person] == WAITING for person in before)] or found
    newcomers = [person for person in range(PEOPLE) if person not in before]
    least = min(sum(c.places[person] == WAITING for person in newcomers) for c in kept)
    return [c for c in kept if sum(c.places[person] == WAITING for person in newcomers) == least]


@pytest.mark.parametrize("seed", range(8))
def test_the_first_choice_moves_the_fewest_at_the_least_cost(seed: int) -> None:
    """With newcomers placed, then moves, then cost: as brute force has it, and what is called fewest is."""
    problem, start, before = a_standing(seed, musts=0.3)
    found = mended(problem, start, before)
    possible = every(problem)
    if not possible:
        assert found.choices == ()
        return
    best = min((moves(problem, c, before), score(problem, c).objective) for c in placed_first(possible, before))
    assert found.chosen == 0
    first = found.choices[0]
    assert (first.moves, first.objective) == best
    if found.fewest_proven:
        assert first.moves == best[0]


@pytest.mark.parametrize("seed", range(16, 22))
def test_the_front_is_what_brute_force_finds(seed: int) -> None:
    """For each number of moves on it nothing costs less, and the last choice is the best of all."""
    problem, start, before = a_standing(seed, musts=0.0)
    found = mended(problem, start, before)
    possible = placed_first(every(problem), before)
    if not possible:
        assert found.choices == ()
        return
    for choice in found.choices:
        least = min(score(problem, c).objective for c in possible if moves(problem, c, before) <= choice.moves)
        assert choice.objective == least, choice.moves
    assert found.choices[-1].objective == min(score(problem, c).objective for c in possible)
    costs = [choice.objective for choice in found.choices]
    assert costs == sorted(costs, reverse=True)


@pytest.mark.parametrize("budget", [0, 1, 2])
def test_a_budget_is_kept_and_used(budget: int) -> None:
    """Within the budget the cheapest there is."""
    for seed in range(40, 42):
        problem, start, before = a_standing(seed, musts=0.0)
        possible = placed_first(every(problem), before)
        within = [c for c in possible if moves(problem, c, before) <= budget]
        found = mended(problem, start, before, Wanted(budget=budget))
        if not within:
            assert found.chosen is None
            assert found.status in (Status.INFEASIBLE, Status.UNKNOWN)
            continue
        assert found.chosen is not None
        choice = found.choices[found.chosen]
        assert choice.moves <= budget
        assert choice.objective == min(score(problem, c).objective for c in within)


@pytest.mark.parametrize("price", [0, 3, 1000])
def test_a_price_trades_moves_for_cost(price: int) -> None:
    """The least of cost plus price times moves, whatever the price."""
    for seed in range(50, 52):
        problem, start, before = a_standing(seed, musts=0.0)
        possible = placed_first(every(problem), before)
        found = mended(problem, start, before, Wanted(price=price))
        if not possible:
            continue
        assert found.chosen is not None
        choice = found.choices[found.chosen]
        best = min(score(problem, c).objective + price * moves(problem, c, before) for c in possible)
        assert choice.objective + price * choice.moves == best


def test_a_pin_holds_whatever_it_costs() -> None:
    """Nobody who is pinned moves, in any choice."""
    for seed in range(60, 66):
        problem, start, before = a_standing(seed, musts=0.0)
        if not problem.networks[0].fixed:
            continue
        problem = replace(problem, pins={0: 0, 4: 0, 5: WAITING})
        for choice in mended(problem, start, before).choices:
            assert (choice.composition.places[0], choice.composition.places[4]) == (0, 0)
            assert choice.composition.places[5] == WAITING


def test_a_front_has_no_choice_that_another_beats() -> None:
    """Neither more moves at the same cost, nor dearer for as many."""
    problem, start, before = a_standing(3, musts=0.0)
    choices = mended(problem, start, before).choices
    assert list(choices) == pareto(choices, weighed=problem.waiting_is_weighed)
