"""Every construction, checked pair by pair."""

from __future__ import annotations

from itertools import combinations

import pytest

from solver.rotation.design import Design, fault_of
from solver.rotation.designs import largest
from solver.rotation.field import field
from solver.rotation.problem import RotationProblem, full_attendance, group_sizes
from solver.rotation.schedules import schedule
from solver.rotation.solve import rotate
from solver.rotation.symmetry import KNOWN, cook


@pytest.mark.parametrize(
    ("members", "rounds"),
    [(9, 4), (12, 4), (15, 7), (18, 8), (21, 10), (24, 11), (27, 13), (30, 14), (33, 16), (36, 17), (39, 19)],
)
def test_trios_at_the_most_rounds_known(members: int, rounds: int) -> None:
    """Kirkman and nearly Kirkman systems have as many rounds without a repeat as are known to exist."""
    design = largest(members, 3)
    assert design is not None
    assert len(design.rounds) == rounds
    assert {len(group) for groups in design.rounds for group in groups} == {3}
    assert fault_of(members, design.rounds, complete=members % 6 == 3) is None


@pytest.mark.parametrize(
    ("members", "size", "rounds"),
    [
        (16, 4, 5), (28, 4, 9), (40, 4, 13), (20, 4, 5), (25, 5, 6), (49, 7, 8), (64, 4, 21), (10, 2, 9), (15, 5, 1),
        (32, 4, 10), (24, 4, 7), (36, 4, 11), (44, 4, 14), (48, 4, 15), (56, 4, 18), (60, 4, 19), (72, 4, 23),
        (80, 4, 26), (84, 4, 27), (96, 4, 31), (100, 4, 33), (108, 4, 35), (128, 4, 42), (172, 4, 57), (196, 4, 65),
        (54, 3, 26), (66, 3, 32), (72, 3, 35), (90, 3, 44), (105, 3, 52), (108, 3, 53),
        (65, 5, 16), (75, 5, 16), (85, 5, 21), (120, 8, 17), (108, 6, 19),
    ],
)  # fmt: skip
def test_larger_groups(members: int, size: int, rounds: int) -> None:
    """Planes, unitals, arcs, starters and what is made of them: so many rounds, and no pair meets twice."""
    design = largest(members, size)
    assert design is not None
    assert len(design.rounds) == rounds
    assert fault_of(members, design.rounds) is None
    assert len(design.source) > 3


def test_nobody_can_leave_a_group_short() -> None:
    """Sixteen people do not fall into groups of five."""
    assert largest(16, 5) is None


def test_a_design_with_a_repeat_is_refused() -> None:
    """Nobody can build a design that is none."""
    with pytest.raises(ArithmeticError, match="repeats"):
        Design(4, (((0, 1), (2, 3)), ((0, 1), (2, 3))), complete=False, name="twice", source="nobody")
    assert fault_of(4, (((0, 1), (2,)),)) == "round 1 does not seat everybody once"
    assert fault_of(4, (((0, 1), (2, 3)),), complete=True) == "not every pair meets"


@pytest.mark.parametrize("order", [2, 3, 4, 5, 7, 8, 9, 16, 25, 27])
def test_fields(order: int) -> None:
    """Addition and multiplication are groups, and one distributes over the other."""
    made = field(order)
    assert len(set(made.powers)) == order - 1
    for a in range(order):
        assert sorted(made.add[a].tolist()) == list(range(order))
        assert made.times[a, 1] == a
    for a, b, c in [(a, b, c) for a in range(order) for b in (1, order - 1) for c in (1, order // 2)]:
        assert made.times[a, made.add[b, c]] == made.add[made.times[a, b], made.times[a, c]]


def test_there_is_no_field_of_six() -> None:
    """Only prime powers have fields."""
    with pytest.raises(ValueError, match="prime power"):
        field(6)


@pytest.mark.parametrize(
    ("members", "remainder"),
    [(v, "smaller") for v in (8, 14, 20, 22, 23, 25, 26, 28, 31, 34, 37, 40)]
    + [(v, "larger") for v in (9, 15, 21, 35)],
)
def test_schedules_spread_perfectly(members: int, remainder: str) -> None:
    """Designs over and over, or without some people, leave every pair met equally often to within one."""
    sizes = group_sizes(members, 3, "smaller" if remainder == "smaller" else "larger")
    made = schedule(members, sizes, 10)
    assert made is not None
    times = dict.fromkeys(combinations(range(members), 2), 0)
    for groups in made[0]:
        assert tuple(len(group) for group in groups) == sizes
        for group in groups:
            for pair in combinations(group, 2):
                times[pair] += 1
    assert max(times.values()) - min(times.values()) <= 1


@pytest.mark.parametrize(
    ("members", "groups", "rounds"),
    [
        (16, 5, 6), (19, 6, 7),  # one round more than the published schedules
        (30, 6, 6), (29, 6, 6), (28, 6, 6), (31, 6, 3), (36, 6, 3), (47, 10, 7), (60, 10, 6), (73, 14, 14),
        (75, 14, 11), (89, 18, 18), (101, 20, 15), (107, 22, 14), (62, 13, 15), (81, 17, 20), (70, 10, 5), (100, 10, 3),
    ],
)  # fmt: skip
def test_adjacent_sizes_without_a_repeat(members: int, groups: int, rounds: int) -> None:
    """Groups of two sizes, as Miller, Ivanov, Prosser et al. (2021) list them: no pair meets twice."""
    result = rotate(RotationProblem(members, full_attendance(members, rounds), groups=groups), seed=1, effort=1)
    sizes = group_sizes(members, 3, groups=groups)
    assert all(sorted(map(len, meeting.groups), reverse=True) == list(sizes) for meeting in result.meetings)
    assert fault_of(members, [meeting.groups for meeting in result.meetings]) is None
    assert (result.repeats, result.least_repeats) == (0, 0)


@pytest.mark.parametrize("key", sorted(KNOWN))
def test_known_recipes_reach_what_they_claim(key: tuple[int, tuple[int, ...], int]) -> None:
    """The price stated beside each recipe is what it gives, and its rounds really have it."""
    recipe, price = KNOWN[key]
    rounds, cost = cook(recipe, target=price)
    assert cost == price
    times = dict.fromkeys(combinations(range(recipe.members), 2), 0)
    for groups in rounds:
        assert sorted(member for group in groups for member in group) == list(range(recipe.members))
        for group in groups:
            for pair in combinations(sorted(group), 2):
                times[pair] += 1
    assert sum(n * (n - 1) // 2 for n in times.values()) == price
    assert len(rounds) == key[2]
