"""Tiny rotations with rules that must hold: a plan, or a proof that there is none, never neither."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.rotation.exact import keep_musts
from solver.rotation.frame import frame
from solver.rotation.price import penalties, score
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
from solver.rotation.solve import RotationStatus, rotate
from tests.solver.rotation.test_bound import every_plan


@pytest.mark.parametrize(
    ("members", "size", "at_most", "absent"),
    [
        (5, 2, 1, [(2, 0)]),  # three meetings of five in 3 + 2, one away at the third
        (6, 3, 2, [(0, 0)]),
        (5, 3, 3, [(2, 4), (3, 0), (3, 1), (3, 2)]),
        (7, 3, 2, [(1, 6)]),
    ],
)
def test_at_most_with_an_absence_is_decided(
    members: int, size: int, at_most: int, absent: list[tuple[int, int]]
) -> None:
    """Counting proves nothing here and search finds nothing; the answer is known all the same."""
    present = full_attendance(members, 4)
    for meeting, member in absent:
        present[meeting, member] = False
    problem = RotationProblem(members, present, group_size=size, prices=RotationPrices(at_most=at_most))
    assert rotate(problem, seed=1, effort=0.05).status is not RotationStatus.UNKNOWN


@st.composite
def _tiny(draw: st.DrawFn) -> RotationProblem:
    """Four or five people with a few rules that must hold."""
    members = draw(st.integers(4, 5))
    meetings = draw(st.integers(2, 3 if members == 4 else 2))
    present = full_attendance(members, meetings)
    for meeting, member in draw(
        st.sets(st.tuples(st.integers(0, meetings - 1), st.integers(0, members - 1)), max_size=2)
    ):
        present[meeting, member] = False
    strict = draw(st.sampled_from([None, MUST]))
    return RotationProblem(
        members,
        present,
        group_size=draw(st.sampled_from([2, 3])),
        remainder=draw(st.sampled_from(["larger", "smaller"])),
        prices=RotationPrices(
            at_most=draw(st.sampled_from([None, 1, 2])),
            spaced=tuple(Spacing(MUST, gap) for gap in draw(st.lists(st.integers(1, 3), max_size=1))),
            case_turns=draw(st.sampled_from([None, MUST])),
            size_turns=strict,
        ),
        exchange=Exchange.of([[i % 2] for i in range(members)], [[i % 3] for i in range(members)], weight=MUST)
        if draw(st.booleans())
        else None,
        gatherings=(Gathering((0, 1), MUST),) if draw(st.booleans()) else (),
    )


@settings(max_examples=40, deadline=None)
@given(_tiny())
def test_exact_answers_agree_with_every_plan(problem: RotationProblem) -> None:
    """A plan is found exactly where one exists, when every plan is looked at."""
    exists = any(score(problem, penalties(problem, plan)).broken == 0 for plan in every_plan(problem))
    answer = keep_musts(frame(problem), None, work=20.0)
    assert (answer.blocks is not None, answer.impossible) == (exists, not exists)
    assert (rotate(problem, seed=1, effort=0.02).status is RotationStatus.INFEASIBLE) == (not exists)


def test_a_plan_of_the_model_keeps_what_it_was_asked() -> None:
    """Six people in pairs, five meetings, nobody meets twice, the first of them past: a one-factorisation is found."""
    past = Meeting(((0, 1), (2, 3), (4, 5)), (0, 2, 4))
    problem = RotationProblem(
        6, full_attendance(6, 5), group_size=2, fixed=(past,), prices=RotationPrices(at_most=1, case_turns=MUST)
    )
    answer = keep_musts(frame(problem), None, work=20.0)
    assert answer.blocks is not None
    pairs = [past.groups, *answer.blocks]
    assert len({group for groups in pairs for group in groups}) == 15


def test_more_choices_than_can_be_listed_are_left_alone() -> None:
    """Forty people in fours at ten meetings: neither a plan nor a claim."""
    problem = RotationProblem(40, full_attendance(40, 10), group_size=4, prices=RotationPrices(at_most=1))
    answer = keep_musts(frame(problem), None, work=1.0)
    assert (answer.blocks, answer.impossible) == (None, False)
