"""Bounds against the truth, found by trying every plan of tiny networks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.rotation.bound import rotation_bounds
from solver.rotation.frame import frame
from solver.rotation.price import least_even_spread, penalties
from solver.rotation.problem import (
    Exchange,
    Gathering,
    Group,
    Meeting,
    RotationPrices,
    RotationProblem,
    Spacing,
    full_attendance,
    tabulate,
)


@lru_cache(maxsize=256)
def _splits(people: Group, sizes: tuple[int, ...]) -> tuple[tuple[Group, ...], ...]:
    """Every way to cut people into groups of these sizes; equal sizes may come twice, in another order."""
    if not sizes:
        return ((),)
    found = []
    for group in combinations(people, sizes[0]):
        rest = tuple(member for member in people if member not in group)
        found += [(group, *others) for others in _splits(rest, sizes[1:])]
    # Groups of one size in another order are the same cut.
    return tuple({frozenset(split): split for split in found}.values())


def every_plan(problem: RotationProblem) -> Iterator[tuple[Meeting, ...]]:
    """Every plan of a problem without a past and without kept meetings, with every choice of case givers."""
    choices = []
    for row, sizes in zip(problem.present, problem.sizes, strict=True):
        meetings = []
        for groups in _splits(tuple(np.flatnonzero(row).tolist()), sizes):
            meetings += [Meeting(groups, givers) for givers in product(*groups)]
        choices.append(meetings)
    yield from product(*choices)


class _Odd:
    """Groups whose members add up to an odd number cost one; 0 and 1 must not share a group."""

    def weighted(self, group: Group) -> int:
        return sum(group) % 2

    def broken(self, group: Group) -> int:
        return int({0, 1} <= set(group))


@st.composite
def _tiny(draw: st.DrawFn) -> RotationProblem:
    """Three to five people, one to three meetings, pairs or threes, some absent, some history."""
    members = draw(st.integers(3, 5))
    meetings = draw(st.integers(1, 3 if members < 5 else 2))
    present = np.array(draw(st.lists(st.lists(st.sampled_from([True, True, True, False]), min_size=members,
                       max_size=members), min_size=meetings, max_size=meetings)))  # fmt: skip
    history = np.zeros((members, members), np.int64)
    for a, b in draw(st.lists(st.sampled_from(list(combinations(range(members), 2))), max_size=3)):
        history[a, b] += 1
        history[b, a] += 1
    return RotationProblem(
        members,
        present,
        group_size=draw(st.sampled_from([2, 3])),
        remainder=draw(st.sampled_from(["larger", "smaller"])),
        history=history,
        prices=RotationPrices(spaced=tuple(Spacing(gap=gap) for gap in draw(st.lists(st.integers(0, 4), max_size=2)))),
        trio=_Odd() if draw(st.booleans()) else None,
        exchange=Exchange.of([[i % 3] for i in range(members)], [[(i + 1) % 2] for i in range(members)]),
        gatherings=(Gathering((0, 1, 2)),),
    )


@settings(max_examples=60, deadline=None)
@given(_tiny())
def test_bounds_are_never_above_the_truth(problem: RotationProblem) -> None:
    """No plan at all is below any bound, when every plan is tried (those that break a `must` aside)."""
    sizes = sorted({size for cut in problem.sizes for size in cut})
    table = None if problem.trio is None else tabulate(problem.trio, members=problem.members, sizes=sizes)
    bounds = rotation_bounds(frame(problem), table)
    priced = [penalties(problem, plan) for plan in every_plan(problem)]
    kept = [found for found in priced if found.trio_broken == 0]
    if bounds.broken:
        assert not kept
        return
    for found in kept:
        assert bounds.meet_new.value <= found.meet_new
        assert bounds.least_repeats.value <= found.repeats
        assert bounds.early.value <= found.early
        assert all(bound.value <= penalty for bound, penalty in zip(bounds.spaced, found.spaced, strict=True))
        assert bounds.case_turns.value <= found.case_turns
        assert bounds.size_turns.value <= found.size_turns
        assert bounds.exchange.value <= found.exchange
        assert bounds.gatherings[0].value <= found.gatherings[0]
        assert bounds.trio_weighted.value <= found.trio_weighted
        assert bounds.least_repeats.value >= max(0, found.pair_meetings - problem.pairs)


@pytest.mark.parametrize(("members", "meetings"), [(4, 3), (6, 2), (6, 3), (7, 2)])
def test_two_groups_bound_is_exact_on_tiny_networks(members: int, meetings: int) -> None:
    """With two groups the parity argument gives the truth here: the least over every plan, from groups alone."""
    problem = RotationProblem(members, full_attendance(members, meetings), group_size=-(-members // 2), groups=2)
    plans = product(*[_splits(tuple(range(members)), cut) for cut in problem.sizes])
    least = min(
        penalties(problem, [Meeting(groups, tuple(g[0] for g in groups)) for groups in plan]).meet_new for plan in plans
    )
    assert rotation_bounds(frame(problem), None).meet_new.value == least


def test_eight_people_in_fours_have_204() -> None:
    """The contract's count says 200; parity proves 204, which plans reach."""
    problem = RotationProblem(8, full_attendance(8, 10))
    assert least_even_spread(28, 120) == 200
    assert rotation_bounds(frame(problem), None).meet_new.value == 204


@pytest.mark.parametrize(("members", "repeats"), [(9, 54), (10, 75), (13, 72), (18, 27), (21, 0), (22, 9), (25, 0)])
def test_least_repeats_of_ten_meetings(members: int, repeats: int) -> None:
    """What the count of pairs leaves, as the contract states it for nine people."""
    bounds = rotation_bounds(frame(RotationProblem(members, full_attendance(members, 10))), None)
    assert bounds.least_repeats.value == repeats


def test_more_rounds_than_others_to_meet() -> None:
    """Twelve people in trios meet two each time: six meetings are one too many for eleven others.

    12 x 1 repeated meeting at least, each shared by two: 6 repeats, where counting all pairs says 6 as well.
    """
    bounds = rotation_bounds(frame(RotationProblem(12, full_attendance(12, 6))), None)
    assert bounds.least_repeats.value == 6


def test_absence_lets_turns_differ() -> None:
    """Who comes once of nine times gives at most one case; the other two share the eight left: 4 - 1 - 1."""
    present = full_attendance(3, 9)
    present[1:, 2] = False
    assert rotation_bounds(frame(RotationProblem(3, present)), None).case_turns.value == 2
