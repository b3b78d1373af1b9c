"""Many networks, few questions: equal networks share one plan, others have their own."""

from __future__ import annotations

import time

from solver import Limits, Meetings, Network, Pool, Problem
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
