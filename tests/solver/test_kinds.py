"""Who is of one kind: people who share what is dearest to have in common, so that to swap them costs nothing there."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service import reading
from solver import Category, Network, Pool, Problem
from solver.chain import Arena, Chain
from solver.kinds import FEW, by_kind, divides
from solver.lower import lower
from solver.rules import MUST
from solver.rules.near import Near
from solver.rules.same import Same
from solver.rules.together import Together

FIXTURES = Path(__file__).parents[2] / "fixtures"

SIZE = 10
"""People in one network, on average."""


def programme(
    roles: Sequence[Sequence[int]], regions: Sequence[Sequence[int]], *, near: int = 3, pairs: bool = False
) -> Problem:
    """The roles and regions of everybody; one role is wanted more than one region. pairs: people come in twos."""
    people = len(roles)

    def category(values: Sequence[Sequence[int]]) -> Category:
        most = max((value for each in values for value in each), default=0)
        return Category(tuple(map(str, range(most + 1))), tuple(map(tuple, values)))

    pool = Pool(tuple(map(str, range(people))), {"role": category(roles), "region": category(regions)})
    count = max(2, people // SIZE)
    twos = Together(name="twos", groups=tuple((a, a + 1) for a in range(0, people, 2)), strength=MUST)
    rules = (
        *((twos,) if pairs else ()),
        Near(name="near", same_region=True, strength=near),
        Same(name="role", attribute="role", strength=5),
    )
    networks = tuple(Network(f"n{k}", 2, 2 * SIZE) for k in range(count))
    return Problem(pool, networks, count, rules, must_place=frozenset(range(people)))


def singles(values: Sequence[int]) -> list[tuple[int, ...]]:
    return [(value,) for value in values]


@given(st.data())
def test_those_of_one_kind_are_next_to_each_other(data: st.DataObject) -> None:
    people = data.draw(st.integers(4 * FEW, 60))
    each = st.lists(st.integers(0, 1), min_size=people, max_size=people)
    roles, regions = data.draw(each), data.draw(each)
    assume(len(set(roles)) == len(set(regions)) == 2)
    movable = data.draw(st.sets(st.integers(0, people - 1), min_size=4 * FEW))
    found = by_kind(lower(programme(singles(roles), singles(regions))), np.array(sorted(movable)))
    assert sorted(found.order) == sorted(movable)
    for unit in movable:
        alike = {other for other in movable if (roles[other], regions[other]) == (roles[unit], regions[unit])}
        if alike == movable:
            assert not len(found.spans)
            continue
        begin, number = found.spans[unit]
        assert set(found.order[begin : begin + number]) == alike


def test_what_is_dearer_tells_people_apart_where_kinds_would_be_too_small() -> None:
    people = 4 * FEW
    roles, regions = [person % 4 for person in range(people)], [person // 4 % 2 for person in range(people)]
    problem = programme(singles(roles), singles(regions))
    found = by_kind(lower(problem), np.arange(people))
    begin, number = found.spans[0]
    assert {roles[unit] for unit in found.order[begin : begin + number]} == {0}
    assert number == FEW
    # Now one region comes before one role.
    found = by_kind(lower(programme(singles(roles), singles(regions), near=9)), np.arange(people))
    begin, number = found.spans[0]
    assert {regions[unit] for unit in found.order[begin : begin + number]} == {0}
    assert number == 2 * FEW


def test_who_has_several_roles_is_of_no_kind() -> None:
    people = 4 * FEW
    roles: list[tuple[int, ...]] = [(person % 2,) for person in range(people)]
    several = programme([*roles[:-1], (0, 1)], singles([0] * people))
    once = programme(roles, singles([0] * people))
    assert [any(divides(priced.term) for priced in lower(each).terms) for each in (several, once)] == [False, True]
    assert len(by_kind(lower(several), np.arange(people)).spans) == 0
    assert len(by_kind(lower(once), np.arange(people)).spans) == people


def test_who_comes_together_counts_once() -> None:
    people = 4 * FEW
    problem = programme(singles([person // 2 % 2 for person in range(people)]), singles([0] * people), pairs=True)
    lowered = lower(problem)
    found = by_kind(lowered, np.arange(len(lowered.units.members)))
    assert sorted(found.order) == list(range(people // 2))
    assert {tuple(span) for span in found.spans} == {(0, FEW), (FEW, FEW)}
    assert [found.spans[unit][0] == found.spans[0][0] for unit in range(4)] == [True, False, True, False]


def test_half_of_all_swaps_are_within_a_kind() -> None:
    dice = random.Random(3)
    people = 120
    roles, regions = [dice.randrange(3) for _ in range(people)], [dice.randrange(3) for _ in range(people)]
    lowered = lower(programme(singles(roles), singles(regions)))
    arena = Arena(lowered, len(lowered.problem.networks))
    chain = Chain(arena, arena.seating(dice), 1)
    chain.seen[:] = 0
    chain._run(chain.board.where, 4_000, -1.0, -1.0)
    swaps = chain.told[: chain.seen[1], 1:]
    swaps = swaps[swaps[:, 1] >= 0]
    alike = [(roles[a], regions[a]) == (roles[b], regions[b]) for a, b in swaps]
    # One in nine of the other half are, too.
    assert np.mean(alike) == pytest.approx(1 / 2 + 1 / 18, abs=0.05)


def test_whoever_is_pinned_is_no_partner() -> None:
    people = 4 * FEW
    problem = programme(singles([person % 2 for person in range(people)]), singles([0] * people))
    arena = Arena(lower(problem), len(problem.networks))
    arena.let_move(list(range(8)))
    assert sorted(arena.movable) == list(range(8))
    assert len(arena.kinds) == 0
    arena.let_move(list(range(2 * FEW)))
    begin, number = arena.kinds[1]
    assert set(arena.movable[begin : begin + number]) == set(range(1, 2 * FEW, 2))


def test_where_facilitators_are_appointed_nobody_is_told_apart() -> None:
    problem = reading.load(FIXTURES / "hr-managers" / "programme.toml").question.problem
    lowered = lower(problem)
    assert len(by_kind(lowered, np.arange(len(lowered.units.members))).spans)
    assert not len(Arena(lowered, 24).kinds)
    assert len(Arena(lower(replace(problem, facilitators=())), 24).kinds)
