"""The price of a change is what two recounts differ by."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from solver.ledger import Ledger
from solver.price import breaches, score
from solver.problem import WAITING, Composition, Problem
from solver.rules import RULES
from tests.solver.worlds import NETWORK_RULES, a_composition, a_problem


def moved(composition: Composition, moves: dict[int, int]) -> Composition:
    """The composition after some moves."""
    places = list(composition.places)
    for person, place in moves.items():
        places[person] = place
    return replace(composition, places=tuple(places))


def differences(problem: Problem, before: Composition, after: Composition) -> tuple[int, ...]:
    """What two recounts differ by, rule by rule."""
    one, other = score(problem, before), score(problem, after)
    return tuple(b.penalty - a.penalty for a, b in zip(one.rules, other.rules, strict=True))


@pytest.mark.parametrize("seed", range(25))
def test_a_change_costs_what_two_recounts_differ_by(seed: int) -> None:
    """Every rule there is, with one mover, two, or three at once; the ledger is not changed by being asked."""
    dice = random.Random(seed)
    problem = a_problem(dice, 9, NETWORK_RULES, musts=0.3)
    composition = a_composition(dice, problem)
    ledger = Ledger(problem, composition)
    assert ledger.penalties() == tuple(scored.penalty for scored in score(problem, composition).rules)
    for _ in range(20):
        movers = dice.sample(range(9), dice.randint(1, 3))
        moves = {person: dice.choice([WAITING, *range(len(problem.networks))]) for person in movers}
        after = moved(composition, moves)
        change = ledger.change(moves)
        rules = differences(problem, composition, after)
        assert change.rules == rules
        assert change.objective == sum(rule.weight * more for rule, more in zip(problem.rules, rules, strict=True))
        assert change.waiting == len(after.waiting) - len(composition.waiting)


@pytest.mark.parametrize("seed", range(10))
def test_moves_that_are_made_add_up(seed: int) -> None:
    """After ten moves the ledger says what a recount says."""
    dice = random.Random(100 + seed)
    problem = a_problem(dice, 8, NETWORK_RULES)
    composition = a_composition(dice, problem)
    ledger = Ledger(problem, composition)
    for _ in range(10):
        ledger.move({dice.randrange(8): dice.choice([WAITING, *range(len(problem.networks))])})
    assert ledger.penalties() == tuple(scored.penalty for scored in score(problem, ledger.composition).rules)


@pytest.mark.parametrize("seed", range(15))
def test_a_change_of_a_sound_answer_is_forbidden_exactly_where_a_recount_forbids_it(seed: int) -> None:
    """Sizes, pins, who is accepted and who may wait: the recount of the whole finds the same."""
    dice = random.Random(200 + seed)
    problem = a_problem(dice, 8, [RULES["exchange"]])
    problem = replace(problem, pins={0: 0} if problem.networks[0].fixed else {})
    for _ in range(200):
        composition = a_composition(dice, problem)
        if list(breaches(problem, composition)):
            continue
        ledger = Ledger(problem, composition)
        moves = {dice.randrange(8): dice.choice([WAITING, *range(len(problem.networks))])}
        wrong = list(breaches(problem, moved(composition, moves)))
        assert bool(ledger.change(moves).breaches) == bool(wrong), (moves, wrong)
