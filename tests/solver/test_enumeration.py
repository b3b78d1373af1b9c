"""Tiny problems are solved exactly, whatever is asked: as good as the best of all assignments, and never better."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from solver.enumeration import applies, enumerate_all
from solver.limits import Limits, Watch
from solver.lower import lower
from solver.price import breaches, score
from solver.problem import WAITING, Problem
from solver.settle import settle
from tests.solver.worlds import NETWORK_RULES, a_problem

UNTIED = [kind for kind in NETWORK_RULES if kind.rule not in ("together", "facilitated")]


def best_of_all(problem: Problem) -> tuple[int, int] | None:
    """(waiting, objective) of the best assignment, by pricing every one of them; None where none keeps the musts."""
    lowered = lower(problem)
    best: tuple[int, int] | None = None
    for places in product((WAITING, *range(len(problem.networks))), repeat=problem.pool.size):
        composition = settle(lowered, places)
        if next(breaches(problem, composition), None) is not None:
            continue
        priced = score(problem, composition)
        if priced.broken:
            continue
        rank = (0 if problem.waiting_is_weighed else priced.waiting, priced.objective)
        best = rank if best is None else min(best, rank)
    return best


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_the_best_of_all_assignments_is_found(seed: int) -> None:
    """Random rules, some of which must hold, over five people: the same waiting and the same price as trying all."""
    dice = random.Random(seed)
    problem = a_problem(dice, 5, dice.sample(UNTIED, 3), musts=0.2)
    problem = replace(problem, facilitators=(), min_count=len(problem.networks))
    networks = tuple(replace(network, facilitator=None, min_size=1, max_size=4) for network in problem.networks)
    problem = replace(problem, networks=networks)
    lowered = lower(problem)
    if not applies(lowered):
        assert any(rule.rule == "diverse" and rule.is_must for rule in problem.rules)
        return
    exact = enumerate_all(lowered, Watch(Limits(effort=1), time.monotonic))
    assert exact is not None
    expected = best_of_all(problem)
    if expected is None:
        assert exact.composition is None
        return
    assert exact.composition is not None
    assert next(breaches(problem, exact.composition), None) is None
    priced = score(problem, exact.composition)
    assert not priced.broken
    assert (0 if problem.waiting_is_weighed else priced.waiting, priced.objective) == expected
