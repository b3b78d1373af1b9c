"""The master program: the cheapest mixture of sets, what it says everybody is worth, and cuts that it breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from solver.columns.question import Question
from solver.columns.sets import UNIT, Cut, Duals, Members
from solver.linear import LinearProgram, Sparse, solve

MOST_CUTS, MOST_NEW, BROKEN, SLIGHT = 150, 12, 0.05, 1e-6
"""Cuts at most, new ones in one round, by how much a cut is broken, and how much of a set is none."""

DEAR = 1e4
"""What a network without any set costs in the master program."""


@dataclass(frozen=True, slots=True)
class Master:
    """What the master program says: its optimum, what units, cuts and classes are worth, and how much of each set."""

    value: float
    units: NDArray[np.float64]
    cuts: NDArray[np.float64]
    classes: NDArray[np.float64]
    sets: list[tuple[Members, float]]

    def duals(self, cuts: Iterable[Cut]) -> Duals:
        """What units and cuts are worth, in parts of a unit."""
        return Duals.rounded(self.units.tolist(), dict(zip(cuts, self.cuts.tolist(), strict=True)))


class _Sparse:
    """A linear program in the making: equations over columns that are not negative."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._values: list[int] = []

    def column(self, cost: float, where: Mapping[int, int]) -> None:
        """A new column, with its value in some rows."""
        self._rows += where
        self._columns += [len(self.costs)] * len(where)
        self._values += where.values()
        self.costs.append(cost)

    def solve(self, right: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]] | None:
        """The optimum, how much of each column, and the duals; None where there is none."""
        table = Sparse.of(self._rows, self._columns, self._values, height=len(right))
        costs = np.array(self.costs)
        width = len(costs)
        found = solve(LinearProgram(costs, table, right, right, np.zeros(width), np.full(width, np.inf))).optimum
        return None if found is None else (found.value, found.x, found.duals)


def solved(
    question: Question, centre: NDArray[np.float64], cut_centre: Mapping[Cut, float], box: float
) -> Master | None:
    """The cheapest mixture of sets, with duals no farther than the box from its centre."""
    program = _Sparse()
    people, cuts = len(question.waits), list(cut_centre)
    waiting, least, first = people, people + 1, people + 2
    first_cut = first + len(question.classes)
    for unit, (wait, members) in enumerate(zip(question.waits, question.lowered.units.members, strict=True)):
        if wait is not None:
            program.column(wait / UNIT, {unit: 1, waiting: len(members)})
        program.column(centre[unit] + box, {unit: 1})
        program.column(box - centre[unit], {unit: -1})
    program.column(0.0, {waiting: 1})
    program.column(0.0, {least: -1})
    for row, cost in enumerate(cut_centre.values(), start=first_cut):
        program.column(cost + box, {row: -1})
        program.column(-max(0.0, cost - box), {row: 1})
    for index, each in enumerate(question.classes):
        program.column(DEAR, {first + index: 1, least: 1})
        if each.least < len(each.networks):
            program.column(0.0, {first + index: 1})
    before = len(program.costs)
    sets = [(index, members) for index, each in enumerate(question.classes) for members in each.columns]
    for index, members in sets:
        inside = set(members)
        counted = {first_cut + c: 1 for c, cut in enumerate(cuts) if len(inside.intersection(cut)) > 1}
        price = float(question.classes[index].columns[members])
        program.column(price, {**dict.fromkeys(members, 1), first + index: 1, least: 1, **counted})
    right = np.ones(first_cut + len(cuts))
    right[waiting] = 1000 * people if question.most_waiting is None else question.most_waiting
    right[least] = question.problem.min_count
    right[first:first_cut] = [len(each.networks) for each in question.classes]
    found = program.solve(right)
    if found is None:
        return None
    value, used, duals = found
    return Master(
        value,
        duals[:people],
        np.maximum(0.0, -duals[first_cut:]),
        duals[first:first_cut] + duals[least],
        [(members, amount) for (_, members), amount in zip(sets, used[before:].tolist(), strict=True)],
    )


def separate(people: int, sets: Sequence[tuple[Members, float]]) -> list[Cut]:
    """The cuts that a mixture of sets breaks most (Jepsen, Petersen, Spoorendonk and Pisinger 2008)."""
    used = [(members, amount) for members, amount in sets if amount > SLIGHT]
    table = np.zeros((len(used), people), dtype=np.int8)
    for row, (members, _) in enumerate(used):
        table[row, list(members)] = 1
    amounts = np.array([amount for _, amount in used])
    found: list[tuple[float, Cut]] = []
    for one, other in combinations(range(people), 2):
        third = table[:, other + 1 :]
        counted = (table[:, one] + table[:, other])[:, None] + third > 1
        for place, amount in enumerate((amounts @ counted).tolist()):
            if amount > 1 + BROKEN:
                found.append((-amount, (one, other, other + 1 + place)))
    found.sort()
    return [cut for _, cut in found[:MOST_NEW]]
