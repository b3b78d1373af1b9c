"""Dealing out again: one unit of each network, in the best of all ways, and nothing else changes."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import Limits, Network, Problem
from solver.chain import FEW, HEATS, Arena, Chain, Work
from solver.limits import Watch
from solver.lower import lower
from solver.problem import WAITING, Category, Pool
from solver.reassign import FAR, MOST, assign, desk
from solver.rules import MUST, RULES, Rule
from solver.rules.diverse import Diverse
from solver.rules.together import Together
from solver.rules.wish import Wish
from solver.team import MANY, Team
from solver.terms.common import Ints
from tests.solver.worlds import NETWORK_RULES, a_problem

UNTIMED = Watch(Limits(effort=1), lambda: 0.0)
PEOPLE, NETWORKS = 14, 5


def cheapest(price: Ints) -> int:
    """The least sum over all ways, one by one."""
    rows = range(len(price))
    return min(sum(int(price[row, column]) for column, row in enumerate(way)) for way in permutations(rows))


@settings(deadline=None, max_examples=300)
@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(st.sampled_from([-9, -2, -1, 0, 1, 3, 40, FAR]), min_size=n * n, max_size=n * n)
    )
)
def test_everybody_is_given_a_group_of_their_own_and_no_way_is_cheaper(prices: list[int]) -> None:
    """Beside every way there is, for up to six; many prices are the same, and some are out of reach."""
    size = round(len(prices) ** 0.5)
    price = np.zeros((MOST, MOST), dtype=np.int64)
    price[:size, :size] = np.array(prices).reshape(size, size)
    rows = [np.full(MOST + 1, 77, dtype=np.int64) for _ in range(6)]
    assign(price, size, *rows)
    taken = [int(row) - 1 for row in rows[2][1 : size + 1]]
    assert sorted(taken) == list(range(size))
    assert sum(int(price[row, column]) for column, row in enumerate(taken)) == cheapest(price[:size, :size])


def crowded(seed: int, kinds: list[type[Rule]], musts: float = 0.0) -> Problem:
    """A random world of five networks of two to four; a rule may pin nobody, and a few may have to wait."""
    dice = random.Random(seed)
    problem = a_problem(dice, PEOPLE, kinds, musts=musts)
    some = tuple(replace(network, min_size=2, max_size=4) for network in problem.networks[:2])
    more = tuple(Network(f"m{k}", 2, 4) for k in range(NETWORKS - len(some)))
    pins = {0: 1, 1: WAITING} if seed % 2 else {}
    place = problem.must_place - ({1} if pins else set())
    return replace(problem, networks=(*some, *more), min_count=NETWORKS, pins=pins, must_place=frozenset(place))


def seated(problem: Problem, seed: int) -> Chain:
    """A chain that starts anywhere."""
    arena = Arena(lower(problem), len(problem.networks))
    return Chain(arena, arena.seating(random.Random(seed)), seed)


def dealt(chain: Chain, steps: int = 3_000) -> Chain:
    """The same chain after dealing out again for so many prices, and nothing else."""
    chain.run(Work(steps, None), np.array([100]), HEATS[1], UNTIMED, dealt=1.0)
    return chain


def arrays(part: Any) -> list[np.ndarray[Any, Any]]:
    """All arrays of a board."""
    return [part] if isinstance(part, np.ndarray) else [array for each in part for array in arrays(each)]


@pytest.mark.parametrize("kind", NETWORK_RULES, ids=lambda kind: kind.rule)
@pytest.mark.parametrize("musts", [0.0, 1.0])
def test_a_board_says_of_each_rule_what_one_seated_afresh_says(kind: type[Rule], musts: float) -> None:
    """Each rule by itself: after a hundred rounds and more, all tallies and prices are those of who sits there."""
    moved = 0
    for seed in range(8):
        chain = seated(crowded(seed, [kind], musts), seed)
        if not chain.arena.deals:
            continue
        before = chain.best_where.copy()
        dealt(chain)
        moved += int((chain.board.where != before).sum())
        afresh = Chain(chain.arena, chain.board.where, 1)
        state = chain.board._fields.index("where")
        for mine, other in zip(arrays(chain.board[state:]), arrays(afresh.board[state:]), strict=True):
            rows = len(mine) - 2 if mine is chain.board.owed else len(mine)  # the last two are for one proposal only
            assert np.array_equal(mine[:rows], other[:rows])
        assert (chain.now == afresh.now).all()
        assert chain.rank() == Chain(chain.arena, chain.best_where, 1).rank()
    assert moved or kind in (Together, Diverse)


@pytest.mark.parametrize("seed", range(40))
def test_it_never_ends_worse_and_sizes_pins_and_who_may_sit_where_are_kept(seed: int) -> None:
    """Several rules at once, units of two, people who are pinned and people who wait."""
    dice = random.Random(seed)
    kinds = [RULES[name] for name in ("same", "spread", "apart", "exchange", "near", "limit")]
    problem = crowded(seed, dice.sample(kinds, 3), 0.2)
    pair = Together(name="pair", groups=((3, 4),), strength=MUST)
    chain = seated(replace(problem, rules=(*problem.rules, pair)), seed)
    before, start = chain.best_where.copy(), chain.rank()
    dealt(chain)
    assert chain.rank() <= start
    people = chain.board.people
    assert max(people) == 2
    held, first = (Counter(np.repeat(units, people)) for units in (chain.best_where, before))
    assert held[NETWORKS] == first[NETWORKS]
    for k, (low, high) in enumerate(zip(chain.board.low, chain.board.high, strict=True)):
        assert min(low, first[k]) <= held[k] <= high
    fixed = sorted(set(range(len(people))) - set(chain.arena.movable))
    assert (chain.best_where[fixed] == before[fixed]).all()
    assert bool(fixed) == bool(problem.pins)
    column, allowed = chain.board.column, chain.board.allowed
    for unit in range(len(people)):
        assert allowed[column[chain.best_where[unit]], unit] or not allowed[column[before[unit]], unit]


def turning(count: int) -> Problem:
    """Everybody sits alone, and wishes for the next network; each takes only whom it has and who wishes for it."""
    names = tuple(f"n{k}" for k in range(count))
    wishes = Category(names, tuple(((person + 1) % count,) for person in range(count)))
    networks = tuple(Network(name, 1, 1, accepted=frozenset({k, (k - 1) % count})) for k, name in enumerate(names))
    pool = Pool(tuple(map(str, range(count))), {"network_wish": wishes})
    return Problem(pool, networks, count, (Wish(name="wish", strength=1),))


@pytest.mark.parametrize("count", [3, 7, FEW + 1])
def test_all_turn_at_once_where_no_two_may_change_places(count: int) -> None:
    """Only if everybody moves to the next network is anybody better off; annealing never gets there."""
    arena = Arena(lower(turning(count)), count)
    chain = Chain(arena, np.arange(count), 1)
    chain.run(Work(50_000, None), np.array([100]), HEATS[0], UNTIMED, dealt=0.0)
    assert chain.rank().soft == count
    assert dealt(chain, 1).rank().soft == 0


def test_whoever_sits_where_they_may_not_is_brought_to_where_they_may() -> None:
    """Everybody begins, as they wish, two networks on, which does not take them; it is counted as it goes."""
    count = 6
    problem = turning(count)
    names = problem.pool.categories["network_wish"].names
    wishes = Category(names, tuple(((person + 2) % count,) for person in range(count)))
    arena = Arena(lower(replace(problem, pool=replace(problem.pool, categories={"network_wish": wishes}))), count)
    chain = Chain(arena, (np.arange(count) + 2) % count, 1)
    assert (chain.rank().hard, chain.rank().soft) == (count, 0)
    dealt(chain)
    assert (chain.rank().hard, chain.rank().soft) == (0, count)
    assert (chain.now == Chain(arena, chain.board.where, 1).now).all()


def test_nobody_is_brought_to_where_they_may_not_be_whatever_else_must_hold() -> None:
    """Both must have the other network, and one of the two does not take them."""
    names = ("n0", "n1")
    networks = (Network("n0", 1, 1), Network("n1", 1, 1, accepted=frozenset({1})))
    pool = Pool(("0", "1"), {"network_wish": Category(names, ((1,), (0,)))})
    problem = Problem(pool, networks, 2, (Wish(name="wish", strength=MUST),))
    chain = dealt(Chain(Arena(lower(problem), 2), np.array([0, 1]), 1))
    assert chain.best_where.tolist() == chain.board.where.tolist() == [0, 1]


def test_it_goes_on_from_the_best_and_not_from_where_annealing_ended() -> None:
    """Annealing far too hot leaves people waiting, and dealing out never seats more; nobody waits in the best."""
    problem = replace(crowded(2, [RULES["exchange"], RULES["spread"]]), must_place=frozenset())
    chain = seated(problem, 3)
    assert chain.rank().waiting == 0
    boiling = replace(HEATS[0], hot=0.95, cold=0.9)
    chain.run(Work(4_000, None), np.arange(1, 100), boiling, UNTIMED, dealt=0.005)
    assert chain.rank().waiting == 0
    assert (chain.now == chain.best).all()


def test_in_a_run_it_has_the_more_the_more_networks_there_are() -> None:
    """None with few networks; then more and more; as much with a hundred as with as many as one round takes."""
    shares = [Arena(lower(turning(count)), count).dealt for count in (FEW, 40, MOST, 100)]
    assert shares[0] == 0 < shares[1] < shares[2] == shares[3]


def test_a_run_of_many_networks_ends_with_it() -> None:
    """Without being asked: who wishes to turn has turned at the end of any run."""
    count = FEW + 1
    chain = Chain(Arena(lower(turning(count)), count), np.arange(count), 1)
    chain.run(Work(100_000, None), np.array([100]), HEATS[0], UNTIMED)
    assert chain.rank().soft == 0


@pytest.mark.parametrize(("count", "rounds"), [(MANY - 1, 2), (MANY, 1)])
def test_with_many_networks_no_heat_is_looked_for(count: int, rounds: int) -> None:
    """One run of each worker, where with fewer networks three heats are tried and the better two again."""
    with ThreadPoolExecutor(1) as pool:
        team = Team(Arena(lower(turning(count)), count), UNTIMED, pool, alike=True)
        team.scout(Work(50_000, None))
    assert team.rounds == rounds


def test_it_is_left_out_where_a_price_is_not_known_network_by_network() -> None:
    """People who would rather be together are priced over all networks at once; sums of distances only cool."""
    problem = turning(FEW + 1)
    apart = Together(name="friends", groups=((0, 5),), strength=3)
    assert not Arena(lower(replace(problem, rules=(*problem.rules, apart))), FEW + 1).dealt
    matrix = np.ones((FEW + 1, FEW + 1), dtype=np.int64) - np.eye(FEW + 1, dtype=np.int64)
    steady = replace(problem, rules=(Diverse(name="far", matrix=matrix, strength=1),))
    assert not Arena(lower(steady), FEW + 1).dealt


def test_the_same_seed_and_work_give_the_same_answer() -> None:
    """Work is counted in prices, so nothing depends on the clock."""
    problem = crowded(3, [RULES["exchange"], RULES["spread"]])
    one, other = (dealt(seated(problem, 3)) for _ in range(2))
    assert (one.best_where == other.best_where).all()
    assert (dealt(seated(problem, 4)).best_where != one.best_where).any()


def test_where_everybody_is_pinned_everybody_stays() -> None:
    """Nothing to anneal, and nothing to deal out."""
    problem = turning(3)
    chain = seated(replace(problem, pins={person: person for person in range(3)}), 1)
    dearer = chain.probe()
    chain.run(Work(3_000, None), dearer, HEATS[0], UNTIMED, dealt=0.5)
    assert chain.rank().soft == 3
    assert desk(chain.board, chain.arena.movable).order.size == 0


def test_a_network_with_too_few_is_filled_from_one_that_can_spare_somebody() -> None:
    """Two and five people where three are the least: a free seat is dealt out, and what must hold holds."""
    networks = (Network("few", 3, 5), Network("more", 3, 5))
    problem = Problem(Pool(tuple("abcdefg")), networks, 2)
    chain = Chain(Arena(lower(problem), 2), np.array([0, 0, 1, 1, 1, 1, 1]), 1)
    assert chain.rank().hard == 1
    dealt(chain)
    assert chain.rank().hard == 0
    assert min(Counter(chain.best_where.tolist()).values()) >= 3
