"""Who sits with another kind of people so that every kind can have the mean that is asked: those farthest out."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import pairwise
from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import Category, Limits, Network, Pool, Problem
from solver.compose import compose
from solver.levelling import AHEAD, FREE, Strays, evened, levelled, strays
from solver.limits import Watch
from solver.lower import lower
from solver.patchwork import APART, Patchwork
from solver.problem import Number
from solver.rules import MUST
from solver.rules.balance import Balance
from solver.rules.base import Rule
from solver.rules.same import Same
from solver.rules.together import Together
from solver.seating import first_places, traits

NEAR, SIZE = 2, 10
"""What somebody from another region costs, and people in a network, on average."""


def region_of_years(years: Sequence[Sequence[int | None]], *more: Rule, must: bool = False) -> Problem:
    """The years of everybody in each region; networks of about ten want one region and everybody's mean."""
    each = [(region, number) for region, numbers in enumerate(years) for number in numbers]
    random.Random(5).shuffle(each)
    count = round(len(each) / SIZE)
    pool = Pool(
        tuple(map(str, range(len(each)))),
        {"region": Category(tuple(map(str, range(len(years)))), tuple((region,) for region, _ in each))},
        {"years": Number(tuple(None if number is None else Fraction(number) for _, number in each))},
    )
    rules = (
        Same(name="one region", attribute="region", strength=MUST if must else NEAR),
        Balance(name="years", attribute="years", strength=MUST if must else 1),
        *more,
    )
    networks = tuple(Network(f"n{k}", 8, 12) for k in range(count))
    return Problem(pool, networks, count, rules, must_place=frozenset(range(len(each))))


def skewed(dice: random.Random, people: Sequence[int], lean: int) -> list[list[int | None]]:
    """Regions of so many people with 1 to 30 years; those in the first have fewer, those in the last more."""
    years: list[list[int | None]] = [[dice.randint(1, 30) for _ in range(many)] for many in people]
    years[0] = [max(1, (number or 0) - lean) for number in years[0]]
    years[-1] = [min(30, (number or 0) + lean) for number in years[-1]]
    return years


def strangers(problem: Problem, places: Sequence[int]) -> int:
    """Who is in a network of which others have another region."""
    codes = problem.pool.categories["region"].codes
    found = 0
    for k in range(len(problem.networks)):
        count = Counter(codes[person] for person, place in enumerate(places) if place == k)
        found += sum(count.values()) - max(count.values(), default=0)
    return found


def test_how_far_people_are_off_the_mean_is_in_hundredths_of_the_deviation() -> None:
    """Years 1, 3, 8 and nobody knows: the mean is 4 and the deviation the root of 26/3; a pair counts together."""
    pair = Together(name="pair", strength=MUST, groups=((0, 1),))
    problem = region_of_years([[1, 3, 8, None] * 5], pair)
    numbers = problem.pool.numbers["years"].values
    lowered = lower(problem)
    found = strays(lowered)
    for unit, members in enumerate(lowered.units.members):
        mine = [number for person in members if (number := numbers[person]) is not None]
        assert found.known[unit, 0] == len(mine)
        assert found.off[unit, 0] == pytest.approx(100 * float(sum(mine) - 4 * len(mine)) / sqrt(26 / 3))
    assert {len(members) for members in lowered.units.members} == {1, 2}
    assert list(found.weight) == [1.0]


def cost(stray: Strays, heads: Sequence[int], kinds: Sequence[int], own: Sequence[int], apart: np.ndarray) -> float:
    """What kinds of people cost whose means are off, and who is with another kind, as the definition says."""
    total = 0.0
    for kind in range(len(apart)):
        mine = [unit for unit, here in enumerate(kinds) if here == kind]
        for t, weight in enumerate(stray.weight):
            off = abs(sum(stray.off[unit, t] for unit in mine))
            total += weight * max(0.0, off - FREE * sum(stray.known[unit, t] for unit in mine)) / SIZE
    return total + sum(heads[u] * apart[own[u], kinds[u]] for u in range(len(own)) if own[u] != kinds[u])


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_each_step_gains_and_at_the_end_nobody_gains_by_another(seed: int) -> None:
    """Up to four kinds, two means, some who move together, some kinds that must not mix, room for a few."""
    dice = random.Random(seed)
    kinds, people, means = dice.randint(2, 4), dice.randint(6, 24), dice.randint(1, 2)
    own = [dice.randrange(kinds) for _ in range(people)]
    heads = [dice.choice([1, 1, 1, 2]) for _ in own]
    known = np.array([[dice.randint(0, head) for _ in range(means)] for head in heads])
    off = np.array([[dice.choice([-150, -40, 0.3, 10, 90]) * many for many in row] for row in known], dtype=float)
    stray = Strays(off, known, np.array([float(dice.randint(1, 3)) for _ in range(means)]))
    apart = np.array([[0 if a == b else dice.choice([1, 4, inf]) for b in range(kinds)] for a in range(kinds)])
    here = [sum(head for head, kind in zip(heads, own, strict=True) if kind == k) for k in range(kinds)]
    rooms = [(max(0, many - dice.randint(0, 3)), many + dice.randint(0, 3)) for many in here]
    members = [[unit for unit in range(people) if own[unit] == kind] for kind in range(kinds)]
    moves = levelled(stray, np.array(heads), members, rooms, apart, SIZE)

    now, costs = list(own), [cost(stray, heads, own, own, apart)]
    for unit, kind in moves:
        now[unit] = kind
        costs.append(cost(stray, heads, now, own, apart))
    assert all(later < before for before, later in pairwise(costs))

    def people_of(places: Sequence[int]) -> list[int]:
        return [sum(head for head, kind in zip(heads, places, strict=True) if kind == k) for k in range(kinds)]

    def fits(places: Sequence[int]) -> bool:
        return all(low <= many <= high for (low, high), many in zip(rooms, people_of(places), strict=True))

    assert fits(now)
    for unit in range(people):
        for kind in range(kinds):
            if now[unit] == own[unit] != kind:
                other = [*now[:unit], kind, *now[unit + 1 :]]
                assert not fits(other) or cost(stray, heads, other, own, apart) >= costs[-1] - 1e-6


def test_those_farthest_out_sit_with_another_kind() -> None:
    """A region of beginners and one of the experienced: all but one of each who change are a deviation off or more."""
    dice = random.Random(2)
    problem = region_of_years(skewed(dice, [150, 150, 150], 3))
    lowered = lower(problem)
    networks = range(len(problem.networks))
    seats = first_places(lowered, networks, traits(lowered, dice), dice)
    codes, years = problem.pool.categories["region"].codes, problem.pool.numbers["years"].values
    gone = []
    for block in seats.blocks:
        mine = Counter(codes[person] for person, place in enumerate(seats.places) if place in block)
        region = max(mine, key=mine.__getitem__)
        gone += [p for p, place in enumerate(seats.places) if place in block and codes[p] != region]
    mean = sum(years[person] or 0 for person in range(450)) / 450
    deviation = sqrt(sum((float(years[person] or 0) - mean) ** 2 for person in range(450)) / 450)
    for code in set(codes):
        leaning = sum(float(years[p] or 0) - mean for p in range(450) if codes[p] == code)
        block = next(b for b in seats.blocks if most_in(seats.places, b, codes) == code)
        left = sum(float(years[p] or 0) - mean for p in range(450) if seats.places[p] in block)
        assert abs(left) < max(abs(leaning) / 5, 15)
    assert gone
    # Whoever comes last closes what gap is left.
    assert sum(abs(float(years[person] or 0) - mean) < deviation for person in gone) <= len(seats.blocks)
    assert len(gone) > 3 * len(seats.blocks)


def most_in(places: Sequence[int], block: Sequence[int], codes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """What most of the people in these networks are."""
    count = Counter(codes[person] for person, place in enumerate(places) if place in block)
    return max(count, key=count.__getitem__)


def test_nobody_sits_with_whom_they_must_not() -> None:
    """One region a network must be kept: nobody changes, however far means are off that must be kept as well."""
    dice = random.Random(2)
    problem = region_of_years(skewed(dice, [150, 150], 5), must=True)
    lowered = lower(problem)
    places = first_places(lowered, range(len(problem.networks)), traits(lowered, dice), dice).places
    assert strangers(problem, places) == 0


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-30, 30), min_size=1, max_size=120), st.integers(1, 2))
def test_an_order_that_is_evened_has_everybody_once_and_nobody_much_earlier(offs: list[int], means: int) -> None:
    """Networks of one unit each: a permutation, and nobody comes more than so many places ahead."""
    stray = Strays(np.array([[float(off)] * means for off in offs]), np.ones((len(offs), means)), np.ones(means))
    order = evened(range(len(offs)), {k: (k,) for k in range(len(offs))}, stray)
    assert sorted(order) == list(range(len(offs)))
    assert all(k - at < AHEAD for at, k in enumerate(order))


def test_wherever_an_order_is_cut_the_means_before_it_are_near() -> None:
    """Ten that are too high after ten that are too low, again and again: after evening, never more than one apart."""
    offs = ([10.0] * 10 + [-10.0] * 10) * 5
    stray = Strays(np.array(offs)[:, None], np.ones((100, 1)), np.ones(1))
    order = evened(range(100), {k: (k,) for k in range(100)}, stray)
    assert np.abs(np.cumsum([offs[k] for k in order])).max() == 10
    assert evened(range(100), {}, Strays(np.zeros((100, 0)), np.zeros((100, 0)), np.zeros(0))) == list(range(100))


def test_first_rounds_cut_within_kinds_and_later_ones_across() -> None:
    """Three regions: no part of the first rounds has networks for two of them, later some do; all have everybody."""
    problem = region_of_years(skewed(random.Random(3), [700, 800, 900], 1))
    watch = Watch(Limits(effort=1, workers=1), time.monotonic)
    with ThreadPoolExecutor(1) as pool:
        patchwork = Patchwork(lower(problem), len(problem.networks), watch, pool)
        block_of = {k: number for number, block in enumerate(patchwork.blocks) for k in block}
        assert len(patchwork.blocks) == 3
        for turn in range(APART + 2):
            patchwork.rounds = turn
            parts = patchwork._patches()
            assert sorted(k for part in parts for k in part.networks) == list(range(len(problem.networks)))
            assert sorted(p for part in parts for p in part.people) == list(range(2_400))
            mixed = any(len({block_of[k] for k in part.networks}) > 1 for part in parts)
            assert mixed == (turn >= APART)


def test_parts_of_the_first_rounds_can_have_the_means_by_themselves() -> None:
    """Two thousand people of one region in two parts: either is off by far less than one network may be."""
    problem = region_of_years(skewed(random.Random(3), [2_000, 500], 0))
    watch = Watch(Limits(effort=1, workers=1), time.monotonic)
    with ThreadPoolExecutor(1) as pool:
        patchwork = Patchwork(lower(problem), len(problem.networks), watch, pool)
    off = patchwork.strays.off[:, 0]
    groups = patchwork.composition.groups()
    most = max(abs(off[list(people)].sum()) for people in groups.values())
    parts = patchwork._patches()
    assert len(parts) > len(patchwork.blocks)
    assert all(abs(off[list(part.people)].sum()) <= most / 4 for part in parts)


def test_regions_that_differ_in_years_exchange_hardly_more_people_than_they_must() -> None:
    """Ten networks for each of six regions: at most a quarter more strangers than if all were farthest out."""
    years = skewed(random.Random(4), [100] * 6, 4)
    problem = region_of_years(years)
    known = [float(number or 0) for region in years for number in region]
    mean = sum(known) / len(known)
    deviation = sqrt(sum((number - mean) ** 2 for number in known) / len(known))
    farthest = max(abs(number - mean) for number in known)
    lean = [sum(float(number or 0) - mean for number in region) for region in years]
    least = sum(max(0.0, off - 0.005 * deviation * 100) for off in lean) / farthest
    found = compose(
        problem, Watch(Limits(effort=2, workers=2, seed=1), time.monotonic), lambda progress: None, relax=False
    )
    assert found.composition is not None
    assert found.objective is not None
    assert least > 5
    assert found.objective <= 1.25 * NEAR * least
