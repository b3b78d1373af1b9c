"""Levelling: who sits with people of another kind at first, so that every kind can have the means that are asked.

Networks for one kind of people can only have the mean of everybody if that kind has it. Where it has not, some have to
sit with another kind, and the fewest do if they are those whose numbers are farthest out. Annealing finds them late:
two people who are half as far out cost more than one, but each step from them to that one is dearer still.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from solver.lower import Lowered
from solver.lowering import Mean
from solver.terms.common import Ints

MUST = 1 << 40
"""What it costs to break what must hold, beside any weight."""

FREE = 0.1
"""Hundredths of a standard deviation that the mean of a kind may be off: fewer than the half that costs nothing,
because whole numbers in networks of whole people do not add up to all of it."""

MOST = 20_000_000
"""How many moves to look at before what is left is for the search."""

AHEAD = 32
"""How many networks are looked at for the next place in an order."""

LEAST_GAIN = 1e-9
"""Less is rounding."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Strays:
    """How far units are off the means that are asked."""

    off: Floats
    """(units, means) in hundredths of a standard deviation, summed over the people of each unit"""
    known: Ints
    """(units, means) of how many people there is a number"""
    weight: Floats
    """(means,) what a hundredth costs"""


def _means(lowered: Lowered) -> list[tuple[Mean, float]]:
    """The means that are asked, and what a hundredth of each costs; where all have one number, none is."""
    means = ((priced.term, priced) for priced in lowered.terms if isinstance(priced.term, Mean))
    return [(term, float(MUST if x.must else x.weight)) for term, x in means if term.moments.variance]


def asked(lowered: Lowered) -> bool:
    """Whether any mean is asked."""
    return bool(_means(lowered))


def strays(lowered: Lowered) -> Strays:
    """What is known of every unit for every rule about a mean."""
    units = lowered.units.members
    means = _means(lowered)
    off, known = np.zeros((len(units), len(means))), np.zeros((len(units), len(means)), dtype=np.int64)
    for t, (term, _) in enumerate(means):
        moments = term.moments
        values = moments.whole(term.values)
        for unit, members in enumerate(units):
            mine = [value for person in members if (value := values[person]) is not None]
            known[unit, t] = len(mine)
            off[unit, t] = 100 * (moments.known * sum(mine) - len(mine) * moments.total) / sqrt(moments.variance)
    return Strays(off, known, np.array([weight for _, weight in means], dtype=np.float64))


def evened(order: Sequence[int], members: Mapping[int, Sequence[int]], stray: Strays) -> list[int]:
    """Networks in nearly this order, so that wherever it is cut, those before the cut are near the means together.

    members: the units of each network.
    """
    if not stray.weight.size:
        return list(order)
    off = {k: stray.weight * stray.off[list(members.get(k, ()))].sum(axis=0) for k in order}
    left = deque(order)
    near: list[int] = []
    found: list[int] = []
    total = np.zeros(stray.weight.size)
    while left or near:
        while left and len(near) < AHEAD:
            near.append(left.popleft())
        chosen = min(near, key=lambda k: float(np.abs(total + off[k]).sum()))
        near.remove(chosen)
        found.append(chosen)
        total += off[chosen]
    return found


def levelled(
    stray: Strays,
    heads: Ints,
    kinds: Sequence[Sequence[int]],
    rooms: Sequence[tuple[int, int]],
    apart: Floats,
    size: float,
) -> list[tuple[int, int]]:
    """Who sits with another kind, as (unit, kind), so that means and people of another kind cost little together.

    heads: the people of each unit. kinds: the units of each. rooms: the fewest and the most people with each. apart[a,
    b]: what one person of kind a costs with kind b; infinite where that must not be. size: of a network, on average. In
    turn, the kind whose means cost most gets or gives the unit by which most is gained, until none gains anything.
    """
    if not stray.weight.size or len(kinds) < 2:
        return []
    levels = _Levels(stray, heads, kinds, rooms, apart, size)
    moves: list[tuple[int, int]] = []
    open_ = set(range(len(kinds)))
    looks = 0
    while open_ and looks < MOST:
        costs = levels.costs()
        kind = max(open_, key=costs.__getitem__)
        sorts, into = levels.around(kind)
        looks += sorts.size
        best = levels.best(sorts, into) if costs[kind] > 0 else None
        if best is None:
            open_.discard(kind)
        else:
            sort, other = best
            moves.append((levels.move(sort, other), other))
            open_ |= {other, int(levels.own[sort])}
    return moves


class _Levels:
    """How far each kind is off the means, as units move. Units who are the same in all of this are one sort."""

    def __init__(
        self,
        stray: Strays,
        heads: Ints,
        kinds: Sequence[Sequence[int]],
        rooms: Sequence[tuple[int, int]],
        apart: Floats,
        size: float,
    ) -> None:
        self.price = stray.weight / size
        self.apart = apart
        self.least, self.most = np.array(rooms, dtype=np.int64).T
        units = np.concatenate([np.asarray(kind, dtype=np.int64) for kind in kinds])
        own = np.repeat(np.arange(len(kinds)), [len(kind) for kind in kinds])
        off, known = stray.off[units], stray.known[units]
        _, first, sort = np.unique(
            np.column_stack([own, heads[units], off, known]), axis=0, return_index=True, return_inverse=True
        )
        self.own, self.heads, self.off, self.known = own[first], heads[units][first], off[first], known[first]
        self.home: list[list[int]] = [[] for _ in first]
        for unit, number in zip(units.tolist(), sort.ravel().tolist(), strict=True):
            self.home[number].append(unit)
        self.left = np.array([len(home) for home in self.home])
        means = stray.weight.size
        self.people = np.zeros(len(kinds), dtype=np.int64)
        self.total, self.tally = np.zeros((len(kinds), means)), np.zeros((len(kinds), means), dtype=np.int64)
        np.add.at(self.people, own, heads[units])
        np.add.at(self.total, own, off)
        np.add.at(self.tally, own, known)

    def _cost(self, total: Floats, tally: Ints) -> Floats:
        cost: Floats = np.maximum(np.abs(total) - FREE * tally, 0) @ self.price
        return cost

    def costs(self) -> Floats:
        """What the means of each kind cost its networks at least."""
        return self._cost(self.total, self.tally)

    def around(self, kind: int) -> tuple[Ints, Ints]:
        """What may move out of a kind or into it, as (sorts, kinds)."""
        mine = np.flatnonzero((self.own == kind) & (self.left > 0))
        theirs = np.flatnonzero((self.own != kind) & (self.left > 0))
        elsewhere = np.flatnonzero(np.arange(self.people.size) != kind)
        sorts = np.concatenate([np.repeat(mine, elsewhere.size), theirs])
        return sorts, np.concatenate([np.tile(elsewhere, mine.size), np.full(theirs.size, kind)])

    def best(self, sorts: Ints, into: Ints) -> tuple[int, int] | None:
        """The move by which most is gained; None where none gains."""
        heads, out = self.heads[sorts], self.own[sorts]
        fits = (self.people[out] - heads >= self.least[out]) & (self.people[into] + heads <= self.most[into])
        gains = np.full(sorts.size, -np.inf)
        gains[fits] = self._gains(sorts[fits], into[fits])
        most = int(np.argmax(gains)) if gains.size else 0
        return (int(sorts[most]), int(into[most])) if gains.size and gains[most] > LEAST_GAIN else None

    def _gains(self, sorts: Ints, into: Ints) -> Floats:
        out, off, known, costs = self.own[sorts], self.off[sorts], self.known[sorts], self.costs()
        left = self._cost(self.total[out] - off, self.tally[out] - known)
        joined = self._cost(self.total[into] + off, self.tally[into] + known)
        gains: Floats = costs[out] - left + costs[into] - joined - self.heads[sorts] * self.apart[out, into]
        return gains

    def move(self, sort: int, kind: int) -> int:
        """Moves one unit of a sort, and says which."""
        for at, sign in ((self.own[sort], -1), (kind, 1)):
            self.people[at] += sign * self.heads[sort]
            self.total[at] += sign * self.off[sort]
            self.tally[at] += sign * self.known[sort]
        self.left[sort] -= 1
        return self.home[sort].pop()
