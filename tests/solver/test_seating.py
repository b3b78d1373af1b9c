"""Where people sit before the search begins: beside those who share what rules want shared, and within every limit."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import Category, Limits, Network, Pool, Problem
from solver.chain import HEATS, Arena, Chain, Work
from solver.limits import Watch
from solver.lower import lower
from solver.problem import WAITING, Location
from solver.rules import MUST
from solver.rules.near import Near
from solver.rules.same import Same
from solver.rules.together import Together
from solver.seating import UNEVEN, apportioned, first_places, shares, traits
from solver.team import Team

ROLES, TONGUES = 4, 3


def office(people: int = 48) -> Problem:
    """Four roles and three languages, as many people in each pair of them; a network of four for each pair."""
    dice = random.Random(3)
    each = [(person % ROLES, person // ROLES % TONGUES) for person in range(people)]
    dice.shuffle(each)
    categories = {
        "role": Category(("a", "b", "c", "d"), tuple((role,) for role, _ in each)),
        "language": Category(("nl", "fr", "de"), tuple((tongue,) for _, tongue in each)),
    }
    rules = (
        Same(name="one language", attribute="language", strength=2),
        Same(name="one role", attribute="role", strength=5),
    )
    networks = tuple(Network(f"n{k}", 4, 4) for k in range(people // 4))
    return Problem(Pool(tuple(map(str, range(people))), categories), networks, len(networks), rules)


def seated(problem: Problem, seed: int = 1) -> tuple[int, ...]:
    """Where everybody sits at first."""
    lowered, dice = lower(problem), random.Random(seed)
    return first_places(lowered, range(len(problem.networks)), traits(lowered, dice), dice).places


@pytest.mark.parametrize("seed", range(5))
def test_people_of_one_role_and_language_begin_together(seed: int) -> None:
    """Four of each role and language, networks of four: every network begins with one role and one language."""
    problem = office()
    places = seated(problem, seed)
    for category in problem.pool.categories.values():
        for network in range(len(problem.networks)):
            values = {category.codes[person] for person, place in enumerate(places) if place == network}
            assert len(values) == 1


def test_starts_differ_by_seed() -> None:
    """Who is in the first network is chance, so that several starts are worth something."""
    firsts = {tuple(p for p, place in enumerate(seated(office(), seed)) if place == 0) for seed in range(8)}
    assert len(firsts) > 1


def test_what_costs_most_comes_first_and_several_values_last() -> None:
    """Role costs more than language; moments, of which people have several, come last though they cost most."""
    problem = office()
    moments = tuple((person % 5, (person + 1) % 5) for person in range(problem.pool.size))
    categories = {**problem.pool.categories, "moment": Category(tuple("vwxyz"), moments)}
    rules = (*problem.rules, Same(name="one moment", attribute="moment", strength=9))
    problem = replace(problem, pool=replace(problem.pool, categories=categories), rules=rules)
    role, language, moment = (trait.column for trait in traits(lower(problem), random.Random(1)))
    assert [len(set(column)) for column in (role, language)] == [ROLES, TONGUES]
    assert all(len(set(codes)) == 1 for codes in _values(role, categories["role"]).values())
    assert set(moment) <= set(range(5))


def _values(column: Sequence[int], category: Category) -> dict[int, list[int]]:
    """The values of the people with each number."""
    found: dict[int, list[int]] = {}
    for number, codes in zip(column, category.codes, strict=True):
        found.setdefault(number, []).extend(codes)
    return found


def test_homes_follow_each_other_along_the_road() -> None:
    """Eight places on one road, in no order: the tour from either end visits them as the road does."""
    dice = random.Random(5)
    road = dice.sample(range(8), 8)
    places = tuple(Location(50.0, 3.0 + stop / 10) for stop in road)
    pool = Pool(tuple(map(str, range(8))), locations=places)
    rule = Near(name="near", strength=1, max_km=Fraction(1))
    problem = Problem(pool, (Network("n", 8, 8),), 1, (rule,))
    for seed in range(20):
        (home,) = traits(lower(problem), random.Random(seed))
        order = [road[person] for person in sorted(range(8), key=home.column.__getitem__)]
        if order[0] in (0, 7):
            assert order in (list(range(8)), list(range(7, -1, -1)))
            return
    pytest.fail("no tour began at an end")


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_pins_and_sizes_are_kept(seed: int) -> None:
    """Pairs who stay together, two people pinned, networks of five: pins hold, nobody is one too many, pairs stay."""
    dice = random.Random(seed)
    people = list(range(20))
    dice.shuffle(people)
    pairs = tuple((people[2 * pair], people[2 * pair + 1]) for pair in range(4))
    pins = {people[10]: dice.randrange(4), people[11]: WAITING}
    rules = (*office().rules, Together(name="pairs", strength=MUST, groups=pairs))
    networks = tuple(Network(f"n{k}", 3, 5) for k in range(4))
    problem = replace(office(20), networks=networks, min_count=4, rules=rules, pins=pins)
    places = seated(problem, dice.getrandbits(16))
    for person, place in pins.items():
        assert places[person] == place
    assert max(Counter(place for place in places if place != WAITING).values()) <= 5
    assert all(places[one] == places[other] for one, other in pairs)


def test_first_seats_are_shared_evenly_within_sizes() -> None:
    """23 people, least 4 each, room for 10, 6 and 9: the least first, then evenly where there is room."""
    assert shares(23, [10, 6, 9], [4, 4, 4]) == [9, 6, 8]


def cost_of(people: int, networks: int, least: int, most: int, mean: float) -> float:
    """Who fits nowhere, and how far networks are from the mean, as the definition says."""
    if not networks:
        return people
    size = min(most, max(least, people / networks))
    return max(0, people - most * networks, least * networks - people) + UNEVEN * networks * (size - mean) ** 2


@settings(max_examples=200, deadline=None)
@given(
    people=st.lists(st.integers(0, 40), min_size=1, max_size=4),
    count=st.integers(1, 8),
    least=st.integers(1, 5),
    more=st.integers(0, 4),
)
def test_no_other_way_to_deal_out_networks_costs_less(people: list[int], count: int, least: int, more: int) -> None:
    """Beside all ways to give each of up to eight networks to one of up to four kinds."""
    most, mean = least + more, sum(people) / count

    def cost(numbers: Sequence[int]) -> float:
        return sum(cost_of(here, k, least, most, mean) for here, k in zip(people, numbers, strict=True))

    found = apportioned(people, count, [least] * count, [most] * count)
    assert sum(found) == count
    ways = (way for way in product(range(count + 1), repeat=len(people)) if sum(way) == count)
    assert cost(found) == pytest.approx(min(map(cost, ways)))


def regional(people: Sequence[int], networks: int, least: int, most: int) -> Problem:
    """Regions of so many people; a network wants one region."""
    codes = [region for region, many in enumerate(people) for _ in range(many)]
    random.Random(7).shuffle(codes)
    region = Category(tuple(map(str, range(len(people)))), tuple((code,) for code in codes))
    rules = (Same(name="one region", attribute="region", strength=3),)
    rooms = tuple(Network(f"n{k}", least, most) for k in range(networks))
    return Problem(Pool(tuple(map(str, range(len(codes)))), {"region": region}), rooms, networks, rules)


@pytest.mark.parametrize("seed", range(5))
def test_no_network_begins_across_a_border_where_regions_fill_theirs(seed: int) -> None:
    """188, 167, 248, 200 and 197 people, 81 networks of 10 to 14: every region fills its own, all about as large."""
    problem = regional([188, 167, 248, 200, 197], 81, 10, 14)
    places = seated(problem, seed)
    codes = problem.pool.categories["region"].codes
    regions = {k: {codes[person] for person, place in enumerate(places) if place == k} for k in range(81)}
    assert all(len(found) == 1 for found in regions.values())
    sizes = Counter(places)
    assert min(sizes.values()) >= 11
    assert max(sizes.values()) <= 13


def test_whoever_is_too_many_sits_where_most_is_shared() -> None:
    """Nine of a role and a language, where networks of four have room for eight: the ninth goes to their role."""
    each = [(0, 0)] * 9 + [(0, 1)] * 7 + [(1, 0)] * 7 + [(1, 1)] * 8
    categories = {
        "role": Category(("a", "b"), tuple((role,) for role, _ in each)),
        "language": Category(("nl", "fr"), tuple((tongue,) for _, tongue in each)),
    }
    for strengths, shared in (((5, 2), "role"), ((2, 5), "language")):
        rules = (
            Same(name="one role", attribute="role", strength=strengths[0]),
            Same(name="one language", attribute="language", strength=strengths[1]),
        )
        networks = tuple(Network(f"n{k}", 3, 4) for k in range(8))
        problem = Problem(Pool(tuple(map(str, range(31))), categories), networks, 8, rules)
        places = seated(problem)
        assert max(Counter(places).values()) == 4
        for k in range(8):
            members = [person for person, place in enumerate(places) if place == k]
            assert len({categories[shared].codes[person] for person in members}) == 1


def test_whoever_does_not_fit_an_even_share_is_seated_where_there_is_room() -> None:
    """Three pairs who stay together, two networks of up to four, nothing to tell people apart: nobody waits."""
    pairs = Together(name="pairs", strength=MUST, groups=((0, 1), (2, 3), (4, 5)))
    networks = (Network("a", 2, 4), Network("b", 2, 4))
    problem = Problem(Pool(tuple("uvwxyz")), networks, 2, (pairs,))
    places = first_places(lower(problem), range(2), [], random.Random(1)).places
    assert sorted(Counter(places).values()) == [2, 4]
    assert WAITING not in places


def test_a_search_that_begins_with_people_alike_is_not_drawn_from_chance() -> None:
    """With hardly any work, a start with people alike costs nothing here, and one from chance much."""
    problem = office()
    costs = []
    for alike in (True, False):
        watch = Watch(Limits(effort=1, workers=1), time.monotonic)
        with ThreadPoolExecutor(1) as pool:
            team = Team(Arena(lower(problem), len(problem.networks)), watch, pool, alike=alike)
            costs.append(team.round(Work(100, None)).rank.soft)
    assert costs[0] == 0
    assert costs[1] > 0


def test_where_nobody_may_wait_nobody_looks_and_the_same_is_found() -> None:
    """Everybody must be placed and is: proposals are not checked any more, and every one of them is as it was."""
    problem = office()
    problem = replace(problem, must_place=frozenset(range(problem.pool.size)))
    arena = Arena(lower(problem), len(problem.networks))
    found = []
    for looks in (False, True):
        chain = Chain(arena, arena.seating(random.Random(4)), 9)
        assert chain.anywhere
        chain.anywhere = not looks
        watch = Watch(Limits(effort=1), time.monotonic)
        chain.run(Work(20_000, None), chain.probe(), HEATS[1], watch)
        found.append((chain.rank(), chain.best_where.tolist()))
    assert found[0] == found[1]


def test_whoever_has_to_wait_though_nobody_may_is_looked_after() -> None:
    """One seat too few: somebody waits, which breaks a promise, so who may sit where is still checked."""
    problem = office()
    networks = (*problem.networks[:-1], Network("small", 3, 3))
    problem = replace(problem, networks=networks, must_place=frozenset(range(problem.pool.size)))
    arena = Arena(lower(problem), len(problem.networks))
    chain = Chain(arena, arena.seating(random.Random(4)), 9)
    assert not chain.anywhere
    assert chain.rank().hard == 1
