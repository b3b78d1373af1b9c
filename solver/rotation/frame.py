"""The part of a rotation that is still open: its blocks of meetings, and what the past adds to every count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from solver.rotation.problem import Group, Ints, RotationProblem


@dataclass(frozen=True, eq=False)
class Frame:
    """What is open and what is settled.

    `blocks`: the meetings of each open block. `people[u]`: who comes to any of them, in order; `sizes[u]` the sizes of
    their groups. `settled`: groups of the meetings that belong to a block which began in the past, and so follow it.
    `met`, `first_met`, `last_met` (members, members): past and settled encounters, history in `met` only, meeting
    numbers from 1 and 0 for never. `cases`, `odd` (members): turns of past meetings (`odd`: of settled ones too).
    """

    problem: RotationProblem
    blocks: tuple[range, ...]
    people: tuple[Group, ...]
    sizes: tuple[tuple[int, ...], ...]
    settled: tuple[tuple[Group, ...], ...]
    met: Ints
    first_met: Ints
    last_met: Ints
    cases: Ints
    odd: Ints

    @property
    def rows(self) -> int:
        """How many meetings the open blocks have; they are the last."""
        return sum(len(block) for block in self.blocks)

    @property
    def steady(self) -> bool:
        """Whether nobody joins or leaves within an open block, so that a block is one set of groups."""
        present = self.problem.present
        return all((present[block.start : block.stop] == present[block.start]).all() for block in self.blocks)

    @property
    def uniform(self) -> bool:
        """Whether every open block seats everybody and nothing happened before."""
        everybody = tuple(range(self.problem.members))
        return not self.met.any() and all(people == everybody for people in self.people)


def frame(problem: RotationProblem) -> Frame:
    """Splits a problem into what is open and what is settled."""
    v, past = problem.members, len(problem.fixed)
    settled: list[tuple[Group, ...]] = []
    begun = [block for block in problem.blocks if block.start < past]
    open_blocks = tuple(block for block in problem.blocks if block.start >= past)
    for number in range(past, begun[-1].stop if begun else past):
        settled.append(follow(problem, problem.fixed[-1].groups, number))
    known = [meeting.groups for meeting in problem.fixed] + settled
    met = problem.earlier.copy()
    first_met, last_met = np.zeros((v, v), np.int64), np.zeros((v, v), np.int64)
    odd = np.zeros(v, np.int64)
    for block in begun:
        together: set[tuple[int, int]] = set()
        for number in block:
            for group in known[number]:
                odd[list(group)] += len(group) != problem.group_size
                for a, b in combinations(sorted(group), 2):
                    together.add((a, b))
                    for i, j in ((a, b), (b, a)):
                        last_met[i, j] = number + 1
                        if first_met[i, j] == 0:
                            first_met[i, j] = number + 1
        for a, b in together:
            met[a, b] += 1
            met[b, a] += 1
    cases = np.zeros(v, np.int64)
    for meeting in problem.fixed:
        for giver in meeting.case_givers:
            if giver is not None:
                cases[giver] += 1
    people = tuple(
        tuple(np.flatnonzero(problem.present[block.start : block.stop].any(axis=0)).tolist()) for block in open_blocks
    )
    return Frame(
        problem=problem,
        blocks=open_blocks,
        people=people,
        sizes=tuple(problem.sizes_for(len(members)) for members in people),
        settled=tuple(settled),
        met=met,
        first_met=first_met,
        last_met=last_met,
        cases=cases,
        odd=odd,
    )


def follow(problem: RotationProblem, groups: Sequence[Group], meeting: int) -> tuple[Group, ...]:
    """The groups of `meeting` (from 0) that keep to `groups` as far as attendance allows.

    Those absent drop out; people move only where the sizes that the meeting asks would otherwise not come out.
    """
    present = set(np.flatnonzero(problem.present[meeting]).tolist())
    sizes = problem.sizes_for(len(present))
    kept = sorted(([m for m in group if m in present] for group in groups), key=lambda group: -len(group))
    kept = [group for group in kept if group]
    loose = sorted(present.difference(*kept)) + [m for group in kept[len(sizes) :] for m in group]
    kept = kept[: len(sizes)] + [[] for _ in range(len(sizes) - len(kept))]
    for group, size in zip(kept, sizes, strict=True):
        loose += group[size:]
        del group[size:]
    for group, size in zip(kept, sizes, strict=True):
        while len(group) < size:
            group.append(loose.pop())
    return tuple(tuple(sorted(group)) for group in kept)


def lay_out(shape: Frame, blocks: Sequence[Sequence[Group]]) -> tuple[tuple[Group, ...], ...]:
    """The groups of every meeting after the past, from the groups of the open blocks."""
    laid = list(shape.settled)
    for block, groups in zip(shape.blocks, blocks, strict=True):
        laid += [follow(shape.problem, groups, number) for number in block]
    return tuple(laid)
