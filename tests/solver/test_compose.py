"""Composition against brute force: on tiny worlds every possible composition is priced."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.compose import Composed, Status, compose
from solver.limits import Limits, Watch
from solver.problem import WAITING, Category, Meetings, Network, Pool, Problem
from solver.rules import MUST, RULES
from solver.rules.base import Rule
from solver.rules.meet_new import MeetNew
from solver.rules.place import Place
from solver.rules.same import Same
from solver.rules.spread import Spread
from solver.solve import composition_seconds
from tests.solver.worlds import NETWORK_RULES, a_problem, every_score

QUICK = Limits(effort=1, seed=3, workers=1)
SETTLED = [kind for kind in NETWORK_RULES if kind.rule != "facilitated"]
"""Rules whose price follows from who sits where and the best slot."""


def composed(problem: Problem, limits: Limits = QUICK) -> Composed:
    """The composer's answer."""
    return compose(problem, Watch(limits, time.monotonic), lambda progress: None)


def best_of_all(problem: Problem) -> tuple[int, int] | None:
    """(waiting, objective) of the best composition there is, or None; waiting counts 0 where it is weighed."""
    scores = every_score(problem)
    return min(((0 if problem.waiting_is_weighed else each.waiting, each.objective) for each in scores), default=None)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_brute_force_lies_between_bound_and_objective(seed: int) -> None:
    """No composition of all there are is better than the bound, and none is better than an answer called optimal."""
    dice = random.Random(seed)
    problem = replace(a_problem(dice, 6, dice.sample(SETTLED, 4), musts=0.25), facilitators=())
    answer = composed(problem)
    best = best_of_all(problem)
    if best is None:
        assert answer.status is Status.INFEASIBLE
        return
    assert answer.status is not Status.INFEASIBLE
    waiting, objective = best
    if answer.composition is None:
        assert answer.status is Status.UNKNOWN
        return
    stated = 0 if problem.waiting_is_weighed else len(answer.composition.waiting)
    assert answer.least_waiting <= waiting <= stated
    if stated == waiting:
        assert answer.objective is not None
        assert answer.bound <= objective <= answer.objective
    if answer.status is Status.OPTIMAL:
        assert (stated, answer.objective) == best


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_bound_of_each_rule_is_below_its_penalty_in_every_composition(seed: int) -> None:
    """A rule's own bound is no higher than what the rule costs in any composition that is allowed."""
    dice = random.Random(seed)
    problem = replace(a_problem(dice, 6, dice.sample(SETTLED, 3)), facilitators=())
    answer = composed(problem)
    if answer.composition is None:
        return
    stated = len(answer.composition.waiting)
    for priced in every_score(problem):
        if problem.waiting_is_weighed or priced.waiting <= stated:
            for bound, scored in zip(answer.rule_bounds, priced.rules, strict=True):
                assert bound <= scored.penalty


def seven(count: int, smallest: int, largest: int, **changes: object) -> Problem:
    """Seven people and some networks, with nothing asked of them."""
    networks = tuple(Network(f"n{k}", smallest, largest) for k in range(count))
    return replace(Problem(Pool(tuple("abcdefg")), networks, count), **changes)  # type: ignore[arg-type]


def test_whoever_has_no_seat_waits_and_that_is_proven() -> None:
    """Two networks of three at most seat six of seven: one waits, and fewer cannot."""
    answer = composed(seven(2, 2, 3))
    assert answer.status is Status.OPTIMAL
    assert answer.composition is not None
    assert len(answer.composition.waiting) == answer.least_waiting == 1


def test_nobody_may_wait_but_there_is_no_room() -> None:
    """Six seats, seven people, nobody may wait: impossible, and said so without a search."""
    answer = composed(seven(2, 2, 3, must_place=frozenset(range(7))))
    assert answer.status is Status.INFEASIBLE


def test_pins_stay() -> None:
    """Whom the organiser placed sits there, or waits."""
    answer = composed(seven(2, 2, 4, pins={0: 1, 1: 1, 2: WAITING}))
    assert answer.composition is not None
    assert answer.composition.places[:3] == (1, 1, WAITING)


def test_waiting_is_weighed_where_a_rule_says_so() -> None:
    """With `place` at weight 1 and nothing else, everybody who can be placed is, and each who waits costs 1."""
    answer = composed(seven(2, 2, 3, rules=(Place(name="place", strength=1),)))
    assert (answer.objective, answer.bound, answer.status) == (1, 1, Status.OPTIMAL)


def test_the_number_of_networks_is_chosen() -> None:
    """Seven people in networks of at most three: two would leave one waiting, so three are formed."""
    networks = tuple(Network(f"n{k}", 2, 3) for k in range(4))
    answer = composed(replace(seven(1, 2, 3), networks=networks, min_count=1))
    assert answer.composition is not None
    assert len(answer.composition.groups()) == 3
    assert answer.composition.waiting == ()


@pytest.mark.parametrize("workers", [1, 2])
def test_same_seed_and_effort_give_the_same_answer(workers: int) -> None:
    """Effort counts work, not seconds, so a rerun repeats, whatever the machine does meanwhile."""
    dice = random.Random(5)
    problem = replace(a_problem(dice, 24, dice.sample(SETTLED, 6)), facilitators=())
    limits = Limits(effort=1, seed=7, workers=workers)
    assert composed(problem, limits) == composed(problem, limits)


def test_a_rule_that_must_hold_is_kept_or_proven_impossible() -> None:
    """Three of one organisation cannot sit in two networks one each, unless one of them waits."""
    dice = random.Random(1)
    pool = a_problem(dice, 6, [RULES["place"]]).pool
    distinct = RULES["distinct"](name="d", strength=MUST, attribute="organisation")  # type: ignore[call-arg]
    networks = (Network("n0", 1, 6), Network("n1", 1, 6))
    answer = composed(Problem(pool, networks, 2, rules=(distinct,)))
    assert answer.score is not None
    assert answer.score.broken == ()
    crowded = max(len(people) for people in pool.category("organisation").carriers())
    assert answer.composition is not None
    assert len(answer.composition.waiting) >= crowded - 2


@pytest.mark.parametrize("people", [20, 24, 28])
def test_each_rule_has_a_limit_of_its_own_where_the_whole_is_proven(people: int) -> None:
    """Networks want four sectors and there are three: that rule alone costs one for each, and says so."""
    dice = random.Random(3)
    roles = [person * 3 // people for person in range(people)]
    dice.shuffle(roles)
    categories = {
        "role": Category(("a", "b", "c"), tuple((role,) for role in roles)),
        "sector": Category(tuple("uvw"), tuple((dice.randrange(3),) for _ in roles)),
    }
    rules = (
        Same(name="one role", attribute="role", strength=3),
        Spread(name="sectors", attribute="sector", strength=2, min_values=4),
    )
    count = people // 4
    networks = tuple(Network(f"n{k}", 4, 4) for k in range(count))
    problem = Problem(Pool(tuple(map(str, range(people))), categories), networks, count, rules)
    found = composed(problem, Limits(effort=4, workers=1))
    assert found.status is Status.OPTIMAL
    assert found.rule_bounds[1] >= count


def meeting(rules: tuple[Rule, ...]) -> Problem:
    """Eighty-one networks of 10 to 14 people who meet ten times."""
    networks = tuple(Network(f"n{k}", 10, 14) for k in range(81))
    pool = Pool(tuple(map(str, range(1_000))))
    return Problem(pool, networks, 81, meetings=Meetings(count=10), trio_rules=rules)


def test_of_a_long_limit_composition_has_what_rotations_have_no_use_for() -> None:
    """Five sizes share five plans, for which ten of 120 seconds are plenty; of ten seconds they have a quarter.

    Where rules speak of who is in a trio, every network asks for a plan of its own, and a quarter of 120 s it is.
    """
    two = Limits(seconds=1.0, workers=2)
    assert composition_seconds(meeting(()), replace(two, seconds=120.0)) == pytest.approx(110)
    assert composition_seconds(meeting(()), replace(two, seconds=10.0)) == pytest.approx(7.5)
    new = MeetNew(name="meet_new", strength=1)
    assert composition_seconds(meeting((new,)), replace(two, seconds=120.0)) == pytest.approx(90)
