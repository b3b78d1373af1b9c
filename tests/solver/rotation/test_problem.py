"""The sizes of groups, the ranks of groups, and problems that contradict themselves."""

from __future__ import annotations

from itertools import combinations
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.rotation.problem import (
    Exchange,
    Meeting,
    RotationPrices,
    RotationProblem,
    TrioTable,
    full_attendance,
    group_sizes,
    rank,
    tabulate,
)


@pytest.mark.parametrize(
    ("present", "size", "expected"),
    [
        (0, 3, ()),
        (1, 3, (1,)),
        (2, 3, (2,)),
        (3, 3, (3,)),
        (4, 3, (4,)),
        (5, 3, (5,)),  # two groups would be 3 + 2, and nobody should end up in a pair
        (6, 3, (3, 3)),
        (7, 3, (4, 3)),
        (8, 3, (4, 4)),
        (10, 3, (4, 3, 3)),
        (11, 3, (4, 4, 3)),
        (5, 4, (5,)),
        (6, 4, (3, 3)),  # one group would be six, more than one above four
        (7, 4, (4, 3)),
        (9, 4, (5, 4)),
        (11, 4, (4, 4, 3)),  # two groups would be 6 + 5
        (7, 5, (4, 3)),
        (3, 2, (3,)),
        (5, 2, (3, 2)),
    ],
)
def test_group_sizes_larger(present: int, size: int, expected: tuple[int, ...]) -> None:
    """What is left over makes groups one larger, and only where that cannot be, smaller ones of three at least."""
    assert group_sizes(present, size) == expected


@pytest.mark.parametrize(
    ("present", "size", "expected"),
    [(4, 3, (2, 2)), (5, 3, (3, 2)), (7, 3, (3, 2, 2)), (8, 3, (3, 3, 2)), (1, 3, (1,)), (3, 2, (2, 1))],
)
def test_group_sizes_smaller(present: int, size: int, expected: tuple[int, ...]) -> None:
    """With `smaller` no group exceeds the size that was asked."""
    assert group_sizes(present, size, "smaller") == expected


def test_group_sizes_fixed_number() -> None:
    """`groups` fixes how many there are, but nobody sits in an empty group."""
    assert group_sizes(10, 3, groups=4) == (3, 3, 2, 2)
    assert group_sizes(3, 3, groups=4) == (1, 1, 1)


@given(st.integers(0, 200), st.integers(2, 9), st.sampled_from(["larger", "smaller"]), st.none() | st.integers(1, 30))
def test_group_sizes_differ_by_at_most_one(
    present: int, size: int, remainder: Literal["larger", "smaller"], groups: int | None
) -> None:
    """Everybody is seated, in groups whose sizes differ by at most one, none of them empty."""
    sizes = group_sizes(present, size, remainder, groups)
    assert sum(sizes) == present
    assert not sizes or max(sizes) - min(sizes) <= 1
    assert all(sizes)


def test_rank_counts_the_groups_of_one_size() -> None:
    """The ranks of all threes of six are 0 .. 19, each once."""
    assert sorted(rank(group) for group in combinations(range(6), 3)) == list(range(20))


class _Sum:
    """A price that tells groups apart."""

    def weighted(self, group: tuple[int, ...]) -> int:
        return sum(group)

    def broken(self, group: tuple[int, ...]) -> int:
        return int(group[0] == 0)


def test_table_answers_as_the_price_it_was_made_from() -> None:
    """A table is the price itself, asked beforehand; a size it does not have costs nothing."""
    table = tabulate(_Sum(), members=6, sizes=[3, 4])
    for size in (3, 4):
        for group in combinations(range(6), size):
            assert (table.weighted(group), table.broken(group)) == (sum(group), int(group[0] == 0))
    assert table.weighted((1, 2)) == 0


def test_exchange_packs_topics_into_words() -> None:
    """Topic 64 is the first bit of the second word."""
    exchange = Exchange.of([[0, 64], []], [[], [3]])
    assert exchange.asks.tolist() == [[1, 1], [0, 0]]
    assert exchange.offers.tolist() == [[0, 0], [8, 0]]


def test_problem_refuses_nonsense() -> None:
    """What contradicts itself is refused when it is built."""
    with pytest.raises(ValueError, match="present"):
        RotationProblem(3, np.ones((2, 4), np.bool_))
    with pytest.raises(ValueError, match="history"):
        RotationProblem(2, full_attendance(2, 1), history=np.array([[0, 1], [0, 0]]))
    with pytest.raises(ValueError, match="seated"):
        RotationProblem(3, full_attendance(3, 1), fixed=(Meeting(((0, 1),), (0,)),))
    with pytest.raises(ValueError, match="case giver"):
        Meeting(((0, 1),), (2,))
    with pytest.raises(ValueError, match="two groups"):
        Meeting(((0, 1), (1, 2)), (0, 2))
    with pytest.raises(ValueError, match="negative"):
        RotationPrices(early=-1)
    with pytest.raises(ValueError, match="entries"):
        TrioTable(6, {3: np.zeros(3, np.int64)}, {})
