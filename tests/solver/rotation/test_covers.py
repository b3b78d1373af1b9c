"""Few groups keep what must hold: limits and plans from whole groups."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from solver import MUST, Category, Meetings, Network, Pool, Problem
from solver.rotating import question
from solver.rotation.covers import from_whole_groups, keeping, least_from
from solver.rotation.frame import frame
from solver.rotation.problem import RotationProblem
from solver.rotation.search import Blocks
from solver.rules.balance import Balance


def _dance(meetings: int) -> RotationProblem:
    """Four who lead and four who follow, in pairs of one of each."""
    problem = Problem(
        pool=Pool(tuple("ABCDwxyz"), {"part": Category(("leads", "follows"), ((0,),) * 4 + ((1,),) * 4)}),
        networks=(Network("all", min_size=8, max_size=8),),
        min_count=1,
        trio_rules=(Balance(name="part", attribute="part", strength=MUST),),
        meetings=Meetings(count=meetings, groups=4),
    )
    return question(problem, 0, range(8))


def _met(blocks: Blocks) -> list[int]:
    pairs = [pair for groups in blocks for group in groups for pair in combinations(group, 2)]
    return sorted(pairs.count(pair) for pair in set(pairs))


def test_groups_that_keep_the_rules_are_listed() -> None:
    """Each of four leads each of four."""
    posed = _dance(5)
    assert set(keeping(frame(posed), posed.counted) or ()) == {
        (one, other) for one in range(4) for other in range(4, 8)
    }


def test_nothing_is_listed_where_nothing_must_hold_or_somebody_is_away() -> None:
    """Then the programs would not speak about all plans."""
    posed = _dance(2)
    assert keeping(frame(posed), None) is None
    present = posed.present.copy()
    present[0, :2] = False
    assert keeping(frame(replace(posed, present=present)), posed.counted) is None


def test_the_limit_counts_only_pairs_that_may_meet() -> None:
    """Five meetings of four pairs are 20, of 16 pairs that may dance: 4 again. All 28 pairs would have left none."""
    posed = _dance(5)
    shape = frame(posed)
    even, repeats = least_from(shape, keeping(shape, posed.counted) or (), work=1.0)
    assert (even.value, repeats.value) == (4, 4)


def test_meetings_are_made_from_whole_groups() -> None:
    """From a plan in which nobody who leads dances with anybody who follows: all dance, four pairs of them twice."""
    posed = _dance(5)
    shape = frame(posed)
    start = (((0, 1), (2, 3), (4, 5), (6, 7)),) * 5
    made = from_whole_groups(
        shape, start, keeping(shape, posed.counted) or (), target=4, seed=1, budget=2.0, stop=lambda: False
    )
    assert all(one < 4 <= other for groups in made for one, other in groups)
    assert _met(made) == [1] * 12 + [2] * 4
