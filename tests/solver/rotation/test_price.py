"""Prices that can be added up on paper."""

from __future__ import annotations

import numpy as np

from solver.rotation.price import faults, least_even_spread, met, penalties, score
from solver.rotation.problem import (
    MUST,
    Exchange,
    Gathering,
    Meeting,
    RotationPrices,
    RotationProblem,
    Spacing,
    full_attendance,
)

ONE = Meeting(((0, 1), (2, 3)), (0, 2))
OTHER = Meeting(((0, 2), (1, 3)), (0, 1))


def _pairs(meetings: int, **more: object) -> RotationProblem:
    """Four people in pairs."""
    return RotationProblem(4, full_attendance(4, meetings), group_size=2, **more)  # type: ignore[arg-type]


def test_meet_new_repeats_early_and_turns() -> None:
    """Groups A, B, A: two pairs meet twice, two once, two never.

    meet_new 2 x 1; repeats 2; early 1 + 1 + 2 + 2 and twice 4 for never; spaced with gap 3: twice 3 - 2,
    with gap 5: twice 5 - 2. Member 0 gives
    three cases and member 3 none: 3 - 0 - 1.
    """
    found = penalties(_pairs(3, prices=RotationPrices(spaced=(Spacing(), Spacing(gap=5)))), (ONE, OTHER, ONE))
    assert (found.meet_new, found.repeats, found.pair_meetings) == (2, 2, 6)
    assert (found.early, found.spaced, found.case_turns, found.size_turns) == (14, (2, 6), 2, 0)


def test_history_counts_in_met_and_as_early_zero_but_not_in_spaced() -> None:
    """Who met before has met once more, by meeting 0; how long ago is not priced."""
    history = np.zeros((4, 4), np.int64)
    history[0, 1] = history[1, 0] = 2
    problem = _pairs(1, history=history, prices=RotationPrices(at_most=2, spaced=(Spacing(),)))
    found = penalties(problem, (ONE,))
    assert met(problem, (ONE,))[0, 1] == 3
    assert (found.meet_new, found.repeats, found.pair_meetings) == (3, 2, 4)
    assert (found.early, found.spaced, found.above_most) == (0 + 1 + 4 * 2, (0,), 1)


def test_kept_meetings_count_once() -> None:
    """Two meetings that keep their groups are one encounter; the next block is one meeting after it."""
    problem = _pairs(4, keep=2, prices=RotationPrices(spaced=(Spacing(),)))
    found = penalties(problem, (ONE, ONE, ONE, ONE))
    assert (found.meet_new, found.pair_meetings) == (2, 4)
    # Last together at 2, next at 3: gap 3 - 1, for two pairs.
    assert found.spaced == (4,)


def test_size_turns_count_groups_of_the_other_size() -> None:
    """Seven in threes: four people sit in a four each time; twice the same four is 2 - 0 - 1."""
    meeting = Meeting(((0, 1, 2, 3), (4, 5, 6)), (0, 4))
    assert penalties(RotationProblem(7, full_attendance(7, 2)), (meeting, meeting)).size_turns == 1


def test_exchange_asks_what_no_consultant_offers() -> None:
    """Member 0 asks topics 0 and 1; 1 offers topic 0 and 2 offers topic 1: with 1 alone, one ask stays open."""
    problem = _pairs(1, exchange=Exchange.of([[0, 1], [], [], []], [[], [0], [1], []]))
    assert penalties(problem, (ONE,)).exchange == 1
    assert penalties(problem, (Meeting(((0, 1), (2, 3)), (1, 2)),)).exchange == 0


def test_gathering_counts_those_outside_the_group_with_most() -> None:
    """Members 0, 1 and 2: two in one pair, one outside it."""
    assert penalties(_pairs(1, gatherings=(Gathering((0, 1, 2)),)), (ONE,)).gatherings == (1,)


def test_score_keeps_must_balance_and_rest_apart() -> None:
    """A `must` never enters the sum; `meet_new` with a weight does, and then there is no balance."""
    meetings = (ONE, ONE, ONE)
    apart = _pairs(3, prices=RotationPrices(early=2, case_turns=MUST))
    found = penalties(apart, meetings)
    assert score(apart, found).broken == found.case_turns == 2
    assert score(apart, found).balance == found.meet_new == 6
    assert score(apart, found).rest == 2 * found.early
    weighed = _pairs(3, prices=RotationPrices(meet_new=5))
    assert score(weighed, found).balance is None
    assert score(weighed, found).rest == 30


def test_least_even_spread_of_the_contract() -> None:
    """Nine people, ten meetings in trios: 90 pair meetings on 36 pairs, 18 of them three times and 18 twice."""
    assert least_even_spread(36, 90) == 18 * 3 + 18 * 1
    assert least_even_spread(0, 0) == 0


def test_faults_name_what_is_no_rotation() -> None:
    """Missing people, wrong sizes and a changed past are named; a good plan has none."""
    problem = _pairs(2, fixed=(ONE,))
    assert faults(problem, (ONE, OTHER)) == ()
    assert faults(problem, (OTHER, OTHER)) == ("meeting 1 is past and was changed",)
    assert len(faults(problem, (ONE, Meeting(((0, 1, 2),), (0,))))) == 2
    assert faults(problem, (ONE,)) == ("1 meetings instead of 2",)
