"""The master program: the cheapest mixture of sets, what it says everybody is worth, and cuts that it breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.columns.question import Question
from solver.columns.sets import UNIT, Cut, Members, Worth
from solver.linear import Growing, Places, Sparse

MOST_CUTS, MOST_NEW, BROKEN, SLIGHT = 300, 24, 0.05, 1e-6
"""Cuts at most, new ones in one round, by how much a cut is broken, and how much of a set is none."""

DEAR = 1e4
"""What a network without any set costs in the master program."""


class Used(NamedTuple):
    """How much of a set there is in a mixture; of which class it is, and in which of its configurations."""

    number: int
    model: int
    members: Members
    amount: float


@dataclass(frozen=True, slots=True)
class Master:
    """What the master program says: its optimum, what everything and each class is worth, and the sets it uses."""

    value: float
    worth: Worth
    classes: NDArray[np.float64]
    sets: list[Used]


class Program:
    """The master program of a question; it grows with the sets that are met and the cuts that are asked for.

    Duals stay no farther than the box from a centre: whoever may be seated once too often, or not at all, at what that
    costs (du Merle, Villeneuve, Desrosiers and Hansen 1999, "Stabilized column generation").
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        people, classes = len(question.waits), question.classes
        self._waiting, self._least, self._first = people, people + 1, people + 2
        self._first_rounding = self._first + len(classes)
        self._first_cut = self._first_rounding + len(question.roundings)
        right = np.ones(self._first_cut)
        right[self._waiting] = 1000 * people if question.most_waiting is None else question.most_waiting
        right[self._least] = question.problem.min_count
        right[self._first : self._first_rounding] = [len(each.networks) for each in classes]
        right[self._first_rounding :] = [rounding.least for rounding in question.roundings]
        self._program = Growing(right)
        fresh = _Columns()
        for unit in range(people):
            fresh.add(0.0, {unit: 1})
            fresh.add(0.0, {unit: -1})
        for unit, (wait, members) in enumerate(zip(question.waits, question.lowered.units.members, strict=True)):
            if wait is not None:
                fresh.add(wait / UNIT, {unit: 1, self._waiting: len(members)})
        fresh.add(0.0, {self._waiting: 1})
        fresh.add(0.0, {self._least: -1})
        for index, each in enumerate(classes):
            fresh.add(DEAR, {self._first + index: 1, self._least: 1})
            if each.least < len(each.networks):
                fresh.add(0.0, {self._first + index: 1})
        begin = len(fresh.costs)
        for row in range(self._first_rounding, self._first_cut):
            fresh.add(0.0, {row: 1})
            fresh.add(0.0, {row: -1})
        fresh.into(self._program)
        self._units: Places = np.arange(2 * people, dtype=np.int32)
        self._roundings: Places = np.arange(begin, begin + 2 * len(question.roundings), dtype=np.int32)
        self._cuts: dict[Cut, int] = {}
        """the column, of two, that keeps the dual of each cut near its centre"""
        self._sets: dict[tuple[int, int], dict[Members, int]] = {
            (number, index): {} for number, each in enumerate(classes) for index in range(len(each.models))
        }
        """the column of each set, by its class and configuration"""
        self._costs: dict[int, int] = {}
        """the price of each set, by its column"""

    def solved(self, centre: Worth, box: float) -> Master | None:
        """The cheapest mixture of sets, with duals no farther than the box from their centre, 0 for any other cut."""
        self._meet()
        cuts, units, roundings = centre.cuts, centre.units, centre.roundings
        self._count([cut for cut in cuts if cut not in self._cuts])
        self._program.price(self._units, np.stack([units + box, box - units], axis=1).ravel())
        least = np.maximum(0.0, roundings - box)
        self._program.price(self._roundings, np.stack([roundings + box, -least], axis=1).ravel())
        near: Places = np.array([[column, column + 1] for column in self._cuts.values()], dtype=np.int32)
        costs = np.array([cuts.get(cut, -box) for cut in self._cuts])
        self._program.price(near.ravel(), np.stack([costs + box, -np.maximum(0.0, costs - box)], axis=1).ravel())
        found = self._program.solve()
        if found is None:
            return None
        rows = {cut: self._first_cut + number for number, cut in enumerate(self._cuts)}
        amounts = found.x.tolist()
        return Master(
            found.value,
            Worth(
                found.duals[: len(units)],
                np.maximum(0.0, found.duals[self._first_rounding : self._first_cut]),
                {cut: max(0.0, -float(found.duals[rows[cut]])) for cut in cuts},
            ),
            found.duals[self._first : self._first_rounding] + found.duals[self._least],
            [
                Used(number, index, members, amounts[column])
                for (number, index), sets in self._sets.items()
                for members, column in sets.items()
                if amounts[column] > SLIGHT
            ],
        )

    def _meet(self) -> None:
        """Adds the sets that were met since, and what known ones cost by now."""
        fresh = _Columns()
        cheaper: dict[int, float] = {}
        for (number, index), known in self._sets.items():
            for members, price in self.question.classes[number].columns[index].items():
                column = known.get(members)
                if column is None:
                    known[members] = self._program.width + len(fresh.costs)
                    fresh.add(float(price), self._rows(number, index, members))
                    self._costs[known[members]] = price
                elif self._costs[column] != price:
                    cheaper[column] = float(price)
                    self._costs[column] = price
        fresh.into(self._program)
        self._program.price(np.array(list(cheaper), dtype=np.int32), np.array(list(cheaper.values())))

    def _rows(self, number: int, index: int, members: Members) -> dict[int, int]:
        """Where a set of a class counts, in one of its configurations."""
        inside = set(members)
        cuts = {self._first_cut + c: 1 for c, cut in enumerate(self._cuts) if len(inside.intersection(cut)) > 1}
        rounded = {
            self._first_rounding + row: x.network + int(x.units[list(members)].sum())
            for row, x in enumerate(self.question.roundings)
            if index in x.models[number]
        }
        return {**dict.fromkeys(members, 1), self._first + number: 1, self._least: 1, **rounded, **cuts}

    def _count(self, cuts: Sequence[Cut]) -> None:
        """Adds an equation for each of these cuts."""
        if not cuts:
            return
        entries = [
            (number, column)
            for number, cut in enumerate(cuts)
            for sets in self._sets.values()
            for members, column in sets.items()
            if len(set(cut).intersection(members)) > 1
        ]
        rows, columns = [row for row, _ in entries], [column for _, column in entries]
        self._program.equations(np.ones(len(cuts)), Sparse.of(rows, columns, np.ones(len(entries)), height=len(cuts)))
        fresh = _Columns()
        for cut in cuts:
            row = self._first_cut + len(self._cuts)
            self._cuts[cut] = self._program.width + len(fresh.costs)
            fresh.add(0.0, {row: -1})
            fresh.add(0.0, {row: 1})
        fresh.into(self._program)


class _Columns:
    """Columns in the making."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self._numbers: list[int] = []
        self._rows: list[int] = []
        self._values: list[int] = []

    def add(self, cost: float, where: Mapping[int, int]) -> None:
        """A new column, with its value in some rows."""
        self._numbers += [len(self.costs)] * len(where)
        self._rows += where
        self._values += where.values()
        self.costs.append(cost)

    def into(self, program: Growing) -> None:
        """Adds them to a program."""
        table = Sparse.of(self._numbers, self._rows, self._values, height=len(self.costs))
        program.columns(np.array(self.costs), table)


def separate(people: int, used: Sequence[Used]) -> list[Cut]:
    """The cuts that a mixture of sets breaks most (Jepsen, Petersen, Spoorendonk and Pisinger 2008).

    Two pairs of the three have to be in sets at all, so whoever is in both looks among those they sit with.
    """
    table = np.zeros((len(used), people))
    for row, each in enumerate(used):
        table[row, list(each.members)] = 1
    amounts = np.array([each.amount for each in used])
    both = table.T @ (table * amounts[:, None])
    found: dict[Cut, float] = {}
    for one in range(people):
        near = np.flatnonzero(both[one])
        near = near[near != one]
        # Whoever is in sets of all three was counted in each pair, and counts once.
        with_one = table[:, one] * amounts
        all_three = table[:, near].T @ (table[:, near] * with_one[:, None])
        counted = both[one, near][:, None] + both[one, near] + both[np.ix_(near, near)] - 2 * all_three
        for row, column in np.argwhere(np.triu(counted, 1) > 1 + BROKEN).tolist():
            other, third = int(near[row]), int(near[column])
            low, middle, high = sorted((one, other, third))
            found[low, middle, high] = float(counted[row, column])
    return [cut for _, cut in sorted((-round(amount, 9), cut) for cut, amount in found.items())[:MOST_NEW]]
