"""Many networks, few questions: equal networks share one plan, others have their own."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count

from solver import Limits, Meetings, Network, Pool, Problem
from solver.rotation.problem import RotationPrices, RotationProblem, full_attendance
from solver.rotation.solve import rotate
from solver.rules.early import Early
from solver.rules.meet_new import MeetNew
from solver.solve import ROTATION_EFFORT, Result, solve


def _solved(**more: object) -> Result:
    """Twenty-seven people in three networks of nine, five meetings."""
    problem = Problem(
        pool=Pool(tuple(f"p{person}" for person in range(27)), {}),
        networks=tuple(Network(name, min_size=9, max_size=9) for name in "ABC"),
        min_count=3,
        **more,  # type: ignore[arg-type]
    )
    return solve(problem, Limits(effort=1, workers=2), time.monotonic)


def test_equal_networks_share_a_plan_and_keep_their_people() -> None:
    """One plan of nine, three times: each network's own people sit at its meetings."""
    result = _solved(meetings=Meetings(count=5))
    assert len({id(rotation.result) for rotation in result.rotations}) == 1
    for rotation in result.rotations:
        for meeting in rotation.meetings:
            assert sorted(person for group in meeting.groups for person in group) == sorted(rotation.members)


def test_sharing_changes_nothing() -> None:
    """The shared plan is the one that each network would have had by itself."""
    result = _solved(meetings=Meetings(count=5), trio_rules=(Early(name="early"),))
    for rotation in result.rotations:
        alone = rotate(rotation.question, seed=1, effort=ROTATION_EFFORT)
        assert alone.meetings == rotation.result.meetings


def test_absence_and_history_are_planned_for_the_network_that_has_them() -> None:
    """Somebody is away in one network, two have met before in another: three plans."""
    plain = _solved(meetings=Meetings(count=5))
    one, other = (rotation.members for rotation in plain.rotations[:2])
    result = _solved(
        meetings=Meetings(count=5, absent=frozenset({(one[0], 2)})),
        trio_rules=(MeetNew(name="meet_new", history=((other[0], other[1]),)),),
    )
    members = {person: rotation for rotation in result.rotations for person in rotation.members}
    assert not any(one[0] in group for group in members[one[0]].meetings[1].groups)
    if members[other[0]] is members[other[1]]:
        local = members[other[0]].members.index(other[0])
        assert members[other[0]].question.earlier[local].sum() == 1
    assert len({id(rotation.result) for rotation in result.rotations}) >= 2


def test_a_network_by_the_clock_goes_on_from_the_best_plan_of_one_that_asked_the_same() -> None:
    """With no time of its own, it has what the one before it took its time for, and its own case givers."""
    posed = RotationProblem(11, full_attendance(11, 7), prices=RotationPrices(early=3, case_turns=1))
    unhurried = rotate(posed, seed=5, deadline=20, clock=_clock())
    hurried = rotate(posed, seed=6, deadline=0, clock=_clock())
    assert hurried.balance == unhurried.balance
    assert hurried.rest is not None
    assert unhurried.rest is not None
    assert hurried.rest.objective <= unhurried.rest.objective


def test_what_others_asked_before_changes_nothing_without_a_clock() -> None:
    """By effort, the same question has the same answer, whatever was planned meanwhile."""
    posed = RotationProblem(11, full_attendance(11, 7), prices=RotationPrices(early=2))
    before = rotate(posed, seed=1, effort=0.1)
    rotate(posed, seed=2, deadline=20, clock=_clock())
    assert rotate(posed, seed=1, effort=0.1).meetings == before.meetings


def _clock() -> Callable[[], float]:
    """A second more whenever somebody looks."""
    ticks = count()
    return lambda: float(next(ticks))
