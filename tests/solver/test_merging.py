"""Programs of kinds of people: as much as the same rules prove with everybody apart, and never more than the truth."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service import reading
from solver.bound import LINEAR, climb, limits_by_rule, relax_kinds
from solver.compose import Status, compose
from solver.limits import Limits, Progress, Watch
from solver.lower import alike, lower
from solver.merging import Merging, each_alone
from solver.price import score
from solver.problem import Category, Composition, Network, Number, Pool, Problem
from solver.relaxation import Relaxation
from solver.rules import MUST
from solver.rules.balance import Balance
from solver.rules.distinct import Distinct
from solver.rules.place import Place
from solver.rules.same import Same
from solver.rules.together import Together
from tests.solver.test_compose import SETTLED
from tests.solver.worlds import a_problem, every_score

FIXTURES = Path(__file__).parents[2] / "fixtures"


def a_watch(**limits: int) -> Watch:
    """A watch that counts work."""
    return Watch(Limits(effort=1, **limits), time.monotonic)


def twins(problem: Problem) -> Problem:
    """The same, but with the first half of the people twice."""
    half = problem.pool.size // 2

    def twice(column: Category) -> Category:
        used = sorted({code for cell in column.codes[:half] for code in cell})
        cells = tuple(tuple(used.index(code) for code in cell) for cell in column.codes[:half])
        return Category(tuple(column.names[code] for code in used), cells * 2)

    pool = problem.pool
    categories = {key: twice(column) for key, column in pool.categories.items()}
    numbers = {key: Number(column.values[:half] * 2) for key, column in pool.numbers.items()}
    return replace(problem, pool=replace(pool, categories=categories, numbers=numbers))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_no_composition_is_below_what_kinds_prove(seed: int) -> None:
    """Of all compositions, none costs less, in any rule or altogether, in parts of networks or in whole ones."""
    dice = random.Random(seed)
    problem = replace(twins(a_problem(dice, 6, dice.sample(SETTLED, 4), musts=0.2)), facilitators=())
    if dice.random() < 0.5:
        # Not of their twins, who are where they are wanted.
        problem = replace(problem, pins={0: 0}, must_place=frozenset(dice.sample(range(6), 2)))
    scores = list(every_score(problem))
    assume(scores)
    waiting = min(each.waiting for each in scores)
    allowed = [each for each in scores if problem.waiting_is_weighed or each.waiting == waiting]
    lowered, watch = lower(problem), a_watch()
    relaxation = relax_kinds(lowered, most_waiting=waiting, score=dice.choice(allowed), watch=watch)
    if relaxation is None:
        return
    least = min(each.objective for each in allowed)
    assert relaxation.bound(watch) <= relaxation.whole_bound(watch, share=1.0, work=1.0) <= least
    worst = max(allowed, key=lambda each: each.objective)
    for rule, limit in enumerate(limits_by_rule(relaxation, worst, watch, until=1.0)):
        assert limit <= min(each.rules[rule].penalty for each in allowed)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1 << 32), pairs=st.booleans())
def test_kinds_prove_as_much_as_everybody_apart(seed: int, pairs: bool) -> None:
    """To merge people whom nothing tells apart loses nothing of what the same rules prove."""
    dice = random.Random(seed)
    problem = twins(a_problem(dice, 12, dice.sample(SETTLED, 3)))
    if pairs:
        twos = Together(name="twos", groups=tuple((a, a + 1) for a in range(0, 12, 2)), strength=MUST)
        problem = replace(problem, rules=(*problem.rules, twos), must_place=frozenset())
    lowered, watch = lower(problem), a_watch()
    classes = alike(lowered)
    merging = Merging(lowered, classes)
    merged = merging.merged(merging.terms, 1 << 20)
    if merged is None:
        return
    assert sum(merged.amounts) == len(lowered.units) >= 2 * len(merged)
    apart = replace(each_alone(lowered), terms=merged.terms)
    costs = [1] * len(problem.rules)
    merged_bound, apart_bound = (
        Relaxation(lowered, classes, each, None, costs, 10 * len(each) * len(classes)).bound(watch)
        for each in (merged, apart)
    )
    assert merged_bound == apart_bound


def clubs(sizes: dict[str, int], years: dict[str, int], rooms: range, count: int) -> Problem:
    """People of clubs that want to be among themselves, in networks whose mean is to be everybody's."""
    members = [club for club, size in sizes.items() for _ in range(size)]
    pool = Pool(
        tuple(map(str, range(len(members)))),
        {"club": Category(tuple(sizes), tuple((list(sizes).index(club),) for club in members))},
        numbers={"years": Number(tuple(Fraction(years[club]) for club in members))},
    )
    networks = tuple(Network(f"n{k}", rooms[0], rooms[-1]) for k in range(count))
    rules = (
        Same(name="club", attribute="club", strength=3),
        Balance(name="years", attribute="years", strength=1),
    )
    return Problem(pool, networks, count, rules, must_place=frozenset(range(len(members))))


def test_whole_numbers_of_networks_prove_what_parts_do_not() -> None:
    """Ten of each of two clubs in networks of four: two networks for each leave two of each, who share the fifth.

    In parts, two and a half networks serve each club at no cost.
    """
    problem = clubs({"a": 10, "b": 10}, {"a": 1, "b": 1}, range(4, 5), 5)
    lowered, watch = lower(problem), a_watch()
    answer = compose(problem, a_watch(), lambda progress: None)
    assert answer.score is not None
    relaxation = relax_kinds(lowered, most_waiting=0, score=answer.score, watch=watch)
    assert relaxation is not None
    assert len(relaxation.merged) == 2
    assert relaxation.bound(watch) == 0
    assert relaxation.whole_bound(watch, share=1.0, work=1.0) == answer.objective == 6


def test_means_that_clubs_cannot_have_are_paid() -> None:
    """Half the people have 0 years and half 10, and a network is of one club: no network can have everybody's mean."""
    problem = clubs({"a": 8, "b": 8}, {"a": 0, "b": 10}, range(4, 5), 4)
    problem = replace(problem, rules=(replace(problem.rules[0], strength=MUST), problem.rules[1]))
    answer = compose(problem, a_watch(), lambda progress: None)
    assert answer.score is not None
    relaxation = relax_kinds(lower(problem), most_waiting=0, score=answer.score, watch=a_watch())
    assert relaxation is not None
    # Each network is a standard deviation off, which is 100, and in a program that adds networks up a half less.
    assert answer.objective == 400
    assert 396 <= relaxation.bound(a_watch()) <= 400


def test_whoever_must_have_a_place_is_not_merged_with_who_may_wait() -> None:
    """Four of one club, of whom a network wants one, and one must have a place: the others may as well wait."""
    pool = Pool(tuple("abcd"), {"club": Category(("x",), ((0,),) * 4)})
    rules = (Distinct(name="distinct", attribute="club", strength=5), Place(name="place", strength=1))
    problem = Problem(pool, (Network("n0", 1, 4),), 1, rules, must_place=frozenset({0}))
    lowered = lower(problem)
    merging = Merging(lowered, alike(lowered))
    merged = merging.merged(merging.terms, 100)
    assert merged is not None
    assert merged.amounts == (1, 3)
    bound = Relaxation(lowered, alike(lowered), merged, None, [1, 1], 100).bound(a_watch())
    assert bound == min(each.objective for each in every_score(problem)) == 3


@pytest.mark.parametrize("years", range(1, 10))
def test_what_means_cost_may_have_been_rounded_down(years: int) -> None:
    """Three clubs have a network each, with what their means cost to the nearest whole number."""
    problem = clubs({"a": 3, "b": 3, "c": 3}, {"a": 0, "b": years, "c": 10}, range(3, 4), 3)
    problem = replace(problem, rules=(replace(problem.rules[0], strength=MUST), problem.rules[1]))
    lowered = lower(problem)
    answer = score(problem, Composition((0, 0, 0, 1, 1, 1, 2, 2, 2), (None,) * 3, (None,) * 3))
    relaxation = Relaxation(lowered, alike(lowered), each_alone(lowered), 0, [1, 1], 100)
    assert answer.objective - 3 <= relaxation.bound(a_watch()) <= answer.objective


@pytest.mark.parametrize(("a", "b"), [(2, 3), (3, 4), (2, 4), (2, 5), (3, 2)])
def test_a_mean_costs_no_more_than_it_can_in_networks_of_any_size(a: int, b: int) -> None:
    """Networks of two to five, a club each: the larger one counts the same strays for less."""
    problem = clubs({"a": a, "b": b}, {"a": 0, "b": 10}, range(2, 6), 2)
    problem = replace(problem, rules=(replace(problem.rules[0], strength=MUST), problem.rules[1]))
    scores = list(every_score(problem))
    lowered = lower(problem)
    relaxation = Relaxation(lowered, alike(lowered), each_alone(lowered), 0, [1, 1], 100)
    assert 0 < relaxation.bound(a_watch()) <= min(each.objective for each in scores)


@pytest.mark.parametrize(("programme", "least"), [("hr-managers", 20), ("team-leaders", 4)])
def test_kinds_of_a_fixture_prove_something_in_a_blink(programme: str, least: int) -> None:
    """Where columns are for later, the whole has a limit that is worth showing."""
    problem = reading.load(FIXTURES / programme / "programme.toml").question.problem
    answer = compose(problem, a_watch(workers=2), lambda progress: None, relax=False)
    assert answer.score is not None
    found = climb(lower(problem), most_waiting=answer.score.waiting, score=answer.score, watch=a_watch(), ladder=())
    assert least <= found.objective <= answer.score.objective


def test_few_people_are_not_searched_again_for_what_is_proven() -> None:
    """The least that `team-leaders` can cost is proven in a blink: of many short runs, the first is enough."""
    problem = reading.load(FIXTURES / "team-leaders" / "programme.toml").question.problem
    heard: list[Progress] = []
    answer = compose(problem, Watch(Limits(effort=20), time.monotonic), heard.append)
    assert (answer.status, answer.proof) == (Status.OPTIMAL, (LINEAR,))
    assert sum(each.stage == "search" for each in heard) < 10
