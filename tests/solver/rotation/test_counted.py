"""Rules that count values in groups too large to list: planned together with the meetings of pairs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solver import MUST, Category, Meetings, Network, Pool, Problem
from solver.rotating import question
from solver.rotation.price import penalties
from solver.rotation.problem import RotationProblem
from solver.rotation.solve import rotate
from solver.rules.balance import Balance
from solver.rules.base import Strength
from solver.rules.limit import Limit
from solver.rules.spread import Spread


def _posed(strength: Strength, *more: object) -> RotationProblem:
    """Forty-eight people in six eights, three meetings; halves, quarters and sixths of them to be balanced."""
    columns = {
        "half": Category(("a", "b"), tuple((person % 2,) for person in range(48))),
        "quarter": Category(tuple("abcd"), tuple((person // 12,) for person in range(48))),
        "sixth": Category(tuple("abcdef"), tuple((person % 6,) for person in range(48))),
    }
    pool = Pool(tuple(map(str, range(48))), columns)
    rules = tuple(Balance(name=column, attribute=column, strength=strength) for column in columns)
    problem = Problem(
        pool=pool,
        networks=(Network("all", min_size=48, max_size=48),),
        min_count=1,
        trio_rules=(*rules, *more),  # type: ignore[arg-type]
        meetings=Meetings(count=3, groups=6),
    )
    return question(problem, 0, range(48))


@pytest.mark.parametrize("strength", [MUST, 3])
def test_what_comes_first_is_reached(strength: Strength) -> None:
    """Four of each half, two of each quarter, one or two of each sixth in every eight, or no spread lost."""
    posed = _posed(strength)
    result = rotate(posed, seed=1, effort=0.4)
    assert result.penalties is not None
    assert result.penalties == penalties(posed, result.meetings)
    if strength is MUST:
        assert result.penalties.trio_broken == 0
    else:
        plain = rotate(replace(posed, trio=None, counted=None), seed=1, effort=0.4)
        assert plain.penalties is not None
        assert result.penalties.meet_new <= plain.penalties.meet_new


def test_counts_are_read_from_the_rules_that_are_counts() -> None:
    """`balance` and `limit` count values, `spread` does not: with it, groups are priced one by one."""
    counted = _posed(1, Limit(name="few a", attribute="half", value="a", maximum=5)).counted
    assert counted is not None
    assert [len(rule.values) for rule in counted] == [2, 4, 6, 1]
    assert _posed(1, Spread(name="spread", attribute="sixth")).counted is None


def test_equal_seeds_give_equal_seats() -> None:
    """The walk draws its numbers from the seed alone."""
    posed = _posed(MUST)
    assert rotate(posed, seed=2, effort=0.1).meetings == rotate(posed, seed=2, effort=0.1).meetings
