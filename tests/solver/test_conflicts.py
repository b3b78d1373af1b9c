"""Conflicts against brute force: which sets hold is found out by trying every composition there is."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations, product

import pytest

from solver.conflicts import (
    Conflicts,
    Limit,
    Part,
    Pinned,
    asking_only,
    attempt,
    find_conflicts,
    hold,
    parts_of,
    with_any_count,
)
from solver.limits import Limits, Watch
from solver.price import breaches, score
from solver.problem import WAITING, Category, Composition, Network, Pool, Problem
from solver.rules import MUST
from solver.rules.apart import Apart
from solver.rules.distinct import Distinct
from solver.rules.limit import Limit as LimitRule
from solver.rules.not_alone import NotAlone
from solver.rules.spread import Spread
from solver.rules.together import Together
from solver.ways_out import way_out


def by_trying(problem: Problem) -> bool:
    """Whether any composition at all keeps what the problem asks."""
    for places in product((*range(len(problem.networks)), WAITING), repeat=problem.pool.size):
        composition = Composition(places, (None,) * len(problem.networks), (None,) * len(problem.networks))
        if next(breaches(problem, composition), None) is None and not score(problem, composition).broken:
            return True
    return False


def holds(problem: Problem, parts: tuple[Part, ...]) -> bool:
    """The same for some of its parts, with any number of networks where that is not one of them."""
    asked = asking_only(problem, parts)
    if Limit.COUNT not in parts:
        asked = with_any_count(asked, problem.pool.size)
    return by_trying(asked)


def smallest_sets(problem: Problem) -> set[frozenset[Part]]:
    """Every smallest set that cannot hold, by trying them all, smaller ones first."""
    parts = parts_of(problem)
    found: set[frozenset[Part]] = set()
    for size in range(1, len(parts) + 1):
        for some in combinations(parts, size):
            if not any(known <= set(some) for known in found) and not holds(problem, some):
                found.add(frozenset(some))
    return found


def a_tangle(dice: random.Random) -> Problem:
    """Five people in two networks, with rules that often contradict each other."""
    people = 5
    sectors = Category(("a", "b"), tuple((dice.randrange(2),) for _ in range(people)))
    firms = Category(("f", "g", "h"), tuple((dice.randrange(3),) for _ in range(people)))
    pairs = dice.sample(list(combinations(range(people), 2)), 4)
    rules = [
        Apart(name="apart", strength=MUST, pairs=frozenset(pairs[:2])),
        Together(name="together", strength=MUST, groups=(tuple(sorted(pairs[2])),)),
        LimitRule(name="two of a", strength=MUST, attribute="sector", value="a", minimum=dice.randint(1, 3)),
        Distinct(name="distinct", strength=MUST, attribute="firm"),
        Spread(name="spread", strength=MUST, attribute="firm", min_values=dice.randint(2, 3)),
        NotAlone(name="not alone", strength=MUST, attribute="sector"),
    ]
    fixed = dice.random() < 0.5
    largest = dice.randint(2, 5)
    return Problem(
        pool=Pool(tuple(f"c{i}" for i in range(people)), {"sector": sectors, "firm": firms}),
        networks=(
            Network("n0", dice.randint(1, 2), largest, fixed=fixed, accepted=frozenset({0, 1, 2}) if fixed else None),
            Network("n1", 1, largest),
        ),
        min_count=2,
        rules=tuple(dice.sample(rules, 3)),
        pins={0: WAITING, 1: 0} if fixed and dice.random() < 0.7 else {},
        must_place=frozenset(range(people)) if dice.random() < 0.6 else frozenset(),
    )


@pytest.mark.parametrize("seed", [0, 1, 3, 4, 6, 7])
def test_every_smallest_set_is_found_and_no_other(seed: int) -> None:
    """Rules, single pins and limits: as many as brute force finds, member for member."""
    problem = a_tangle(random.Random(seed))
    found = find_conflicts(problem, most=50)
    expected = smallest_sets(problem)
    assert {frozenset(conflict.parts) for conflict in found.conflicts} == expected
    assert found.possible is (not expected)
    assert found.complete
    assert all(conflict.smallest for conflict in found.conflicts)
    assert [len(c.parts) for c in found.conflicts] == sorted(len(c.parts) for c in found.conflicts)


@pytest.mark.parametrize("seed", range(12, 18))
def test_every_conflict_is_needed_member_by_member_and_every_way_out_leads_out(seed: int) -> None:
    """Solved again: the set cannot hold, without any one member it can; and what an exit leaves does hold."""
    problem = a_tangle(random.Random(seed))
    found = find_conflicts(problem)
    for conflict in found.conflicts:
        assert hold(problem, conflict.parts).possible is False
        for part in conflict.parts:
            assert hold(problem, [other for other in conflict.parts if other != part]).possible is True
    for exit_ in found.exits:
        assert hold(problem, [part for part in parts_of(problem) if part not in exit_.parts]).possible is True
    if found.possible:
        assert found.example is not None
        assert not list(breaches(problem, found.example))
        assert not score(problem, found.example).broken


@pytest.mark.parametrize("seed", range(28, 36))
def test_a_way_out_is_an_answer_that_keeps_all_the_rest(seed: int) -> None:
    """Every other rule that must hold does, and what gives way is counted from the plain definitions."""
    problem = a_tangle(random.Random(seed))
    watch = Watch(Limits(effort=1), lambda: 0.0)
    for exit_ in find_conflicts(problem).exits:
        way = way_out(problem, exit_, watch)
        if way is None:
            # No number of networks does it but none at all, which is nothing to tell an organiser.
            assert exit_.parts == (Limit.COUNT,)
            rest = asking_only(problem, [part for part in parts_of(problem) if part is not Limit.COUNT])
            formed = [replace(with_any_count(rest, k), min_count=k) for k in range(1, 6) if k >= rest.fixed_count]
            assert not any(attempt(each).possible for each in formed)
            continue
        assert not list(breaches(way.problem, way.composition))
        kept = replace(way.problem, rules=tuple(rule for rule in problem.rules if rule.name not in exit_.parts))
        assert not score(kept, way.composition).broken
        if any(isinstance(part, str) for part in exit_.parts) and not way.loosened:
            assert way.steps > 0


def women(count: int, networks: int, each: int) -> Problem:
    """So many networks that each want some women, of whom there are too few."""
    people = 12 * networks
    gender = Category(("man", "woman"), tuple((int(i < count),) for i in range(people)))
    return Problem(
        pool=Pool(tuple(f"c{i}" for i in range(people)), {"gender": gender}),
        networks=tuple(Network(f"n{k}", 8, 14) for k in range(networks)),
        min_count=networks,
        rules=(LimitRule(name="women", strength=MUST, attribute="gender", value="woman", minimum=each),),
        must_place=frozenset(range(people)),
    )


def test_a_contradiction_by_counting_is_seen_at_once() -> None:
    """Ten networks of six women need sixty; there are 36. Nothing is searched, so no work is needed to prove it."""
    found = find_conflicts(women(36, 10, 6))
    assert [(c.rules, c.limits, c.smallest) for c in found.conflicts] == [(("women",), (Limit.COUNT,), True)]


def test_out_of_work_is_not_called_impossible() -> None:
    """Five rings of five, everybody apart from the other rings: three networks a ring, so fifteen; there are twelve.

    No two of one ring need more than two networks, so no row of totals shows it: with next to no work nobody knows.
    """
    people = 25
    pairs = frozenset((a, b) for a, b in combinations(range(people), 2) if a // 5 != b // 5 or (b - a) % 5 in (1, 4))
    problem = Problem(
        pool=Pool(tuple(f"c{i}" for i in range(people))),
        networks=tuple(Network(f"n{k}", 1, people) for k in range(12)),
        min_count=12,
        rules=(Apart(name="apart", strength=MUST, pairs=pairs),),
        must_place=frozenset(range(people)),
    )
    assert attempt(problem, work=1e-9).possible is None


def test_stopping_at_once_says_no_more_than_is_known() -> None:
    """Somebody who stops before anything is shrunk hears that it is impossible, or nothing, but no smallest set."""
    found: Conflicts = find_conflicts(women(36, 10, 6), stopped=lambda: True)
    assert not any(conflict.smallest for conflict in found.conflicts)
    assert not found.complete


def test_a_pin_is_blamed_by_itself() -> None:
    """Of three pins only the two of people who must be apart are part of the conflict."""
    problem = Problem(
        pool=Pool(tuple(f"c{i}" for i in range(6))),
        networks=(Network("A", 1, 6, fixed=True), Network("B", 1, 6, fixed=True)),
        min_count=2,
        rules=(Apart(name="apart", strength=MUST, pairs=frozenset({(0, 1)})),),
        pins={0: 0, 1: 0, 2: 1},
    )
    (conflict,) = find_conflicts(problem).conflicts
    assert set(conflict.parts) == {"apart", Pinned(0), Pinned(1)}
