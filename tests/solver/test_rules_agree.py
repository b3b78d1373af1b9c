"""Every rule says the same three times: in its plain price, in its terms, and in CP-SAT."""

from __future__ import annotations

import random
from dataclasses import replace
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from solver.board import from_places
from solver.chain import Arena, Chain
from solver.cp import cp_solver
from solver.lower import lower
from solver.model import CompositionModel
from solver.problem import Composition, Network, Problem
from solver.rules import MUST, Rule
from solver.search import random_word
from tests.solver.worlds import NETWORK_RULES, a_composition, a_problem


def anything_goes(problem: Problem) -> Problem:
    """The same problem with no least sizes and room for everybody, so that any composition is one of its answers."""
    people = problem.pool.size
    networks = tuple(replace(network, min_size=1, max_size=people, fixed=False) for network in problem.networks)
    return replace(problem, networks=networks, min_count=0, must_place=frozenset())


def plain(problem: Problem, composition: Composition) -> int:
    """The weighted sum of plain prices."""
    return sum(
        rule.weight * violation.penalty for rule in problem.rules for violation in rule.violations(problem, composition)
    )


def by_terms(problem: Problem, composition: Composition) -> int:
    """The price of the board, on which empty networks lack a member."""
    lowered = lower(problem)
    arena = Arena(lowered, len(problem.networks))
    chain = Chain(arena, from_places(composition.places, lowered, arena.networks), 1, composition)
    empty = len(problem.networks) - len(composition.groups())
    assert chain.now[0] == empty
    return int(chain.now[2])


def by_model(problem: Problem, composition: Composition) -> int:
    """The least objective of the model with everybody fixed."""
    model = CompositionModel(lower(problem), fixed=dict(enumerate(composition.places)), sized=False)
    for leading in model.leading:
        for lead in leading.leads.values():
            model.model.add(lead == 0)
    for k, chosen in enumerate(composition.slots):
        if chosen is not None:
            assert model.slots[k][chosen] == 1
    model.model.minimize(model.objective)
    solver = cp_solver()
    assert solver.solve(model.model) == cp_model.OPTIMAL
    return round(solver.objective_value)


@pytest.mark.parametrize("kind", NETWORK_RULES, ids=lambda kind: kind.rule)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_plain_price_terms_and_model_agree(kind: type[Rule], seed: int) -> None:
    """A rule's plain price, the board after seating everybody, and CP-SAT with everybody fixed give one number."""
    dice = random.Random(seed)
    problem = anything_goes(a_problem(dice, dice.randint(4, 9), [kind]))
    composition = a_composition(dice, problem)
    # Networks are alike for the model, so those that are formed come first.
    order = sorted(range(len(problem.networks)), key=lambda k: k not in composition.groups())
    where = {k: index for index, k in enumerate(order)}
    free = all(network == replace(problem.networks[0], name=network.name) for network in problem.networks)
    if free and kind.rule not in ("stay", "wish"):
        composition = replace(composition, places=tuple(where.get(place, place) for place in composition.places))
        assert by_model(problem, composition) == plain(problem, composition)
    assert by_terms(problem, composition) == plain(problem, composition)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_price_stays_right_move_by_move(seed: int) -> None:
    """After thousands of moves of the search, the board still says what a recount says."""
    dice = random.Random(seed)
    kinds = dice.sample(NETWORK_RULES, 6)
    problem = anything_goes(a_problem(dice, 12, kinds))
    composition = a_composition(dice, problem)
    lowered = lower(problem)
    arena = Arena(lowered, len(problem.networks))
    chain = Chain(arena, from_places(composition.places, lowered, arena.networks), seed & 0xFFFF, composition)
    chain.prices[:] = 1
    chain._run(chain.board.where, 2_000, 50.0, 5.0)
    networks = len(problem.networks)
    places = tuple(-1 if place == networks else int(place) for place in chain.board.where)
    assert plain(problem, replace(composition, places=places)) == chain.now[2]


def a_chain(dice: random.Random, seed: int) -> tuple[Chain, Composition]:
    """A chain that begins with twelve people anywhere, with six rules of which some must hold."""
    problem = anything_goes(a_problem(dice, 12, dice.sample(NETWORK_RULES, 6), musts=0.3))
    composition = a_composition(dice, problem)
    arena = Arena(lower(problem), len(problem.networks))
    start = from_places(composition.places, arena.lowered, arena.networks)
    return Chain(arena, start, seed & 0xFFFF, composition), composition


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_what_the_search_looks_at_later_can_save_no_more_than_it_costs(seed: int) -> None:
    """What each group costs by later terms stays right move by move, and is never below zero."""
    dice = random.Random(seed)
    chain, composition = a_chain(dice, seed)
    chain.prices[:] = 1
    chain._run(chain.board.where, 2_000, 50.0, 5.0)
    again = Chain(chain.arena, chain.board.where.copy(), 1, composition)
    groups = len(chain.arena.networks) + 1
    assert chain.board.owed[:groups].tolist() == again.board.owed[:groups].tolist()
    assert (again.board.owed[:groups] >= 0).all()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_a_proposal_is_taken_just_as_its_whole_price_says(seed: int) -> None:
    """However early the search stops looking, a dearer proposal is taken by the chance that its whole price has."""
    dice = random.Random(seed)
    chain, _ = a_chain(dice, seed)
    chain.prices[:] = dice.randint(1, 20), dice.randint(1, 20)
    temperature = dice.choice((0.3, 2.0, 10.0, 80.0))
    asked = 0
    for _ in range(200):
        before, state = chain.now.copy(), chain.state.copy()
        chain.seen[:] = 0
        # Below zero a proposal is told and not made; then the same one comes again.
        chain._run(chain.board.where, 1, -1.0, -1.0)
        told, price = int(chain.seen[1]), int(chain.told[0, 0])
        luck = 1.0 - (int(random_word.py_func(chain.state.copy())) >> 11) / 2**53
        chain.state[:] = state
        chain._run(chain.board.where, 1, temperature, temperature)
        wanted = bool(told) and (price <= 0 or luck < exp(-price / temperature))
        assert chain.seen[0] == wanted
        if wanted:
            changed = chain.now - before
            assert changed[2] + chain.prices[0] * changed[0] + chain.prices[1] * changed[1] == price
        asked += told
    assert asked


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_people_kept_together_move_as_one(seed: int) -> None:
    """With a `together` that must hold, linked people are one unit, and prices of units are prices of people."""
    dice = random.Random(seed)
    others = [kind for kind in NETWORK_RULES if kind.rule != "together"]
    kinds = [next(kind for kind in NETWORK_RULES if kind.rule == "together"), *dice.sample(others, 4)]
    problem = anything_goes(a_problem(dice, 9, kinds))
    problem = replace(problem, rules=(replace(problem.rules[0], strength=MUST), *problem.rules[1:]))
    lowered = lower(problem)
    arena = Arena(lowered, len(problem.networks))
    where = [dice.randrange(len(problem.networks)) for _ in lowered.units.members]
    places = tuple(where[lowered.units.of[person]] for person in range(problem.pool.size))
    composition = replace(a_composition(dice, problem), places=places)
    chain = Chain(arena, from_places(places, lowered, arena.networks), 1, composition)
    assert not problem.rules[0].violations(problem, composition)
    assert int(chain.now[2]) == plain(problem, composition)


def test_a_network_of_nobody_is_impossible() -> None:
    """Sizes that cannot be are refused when the network is made."""
    with pytest.raises(ValueError, match="network_sizes"):
        Network("n", 3, 2)
