"""A first seating: networks are dealt out among kinds of people, and people who are alike sit together."""

from __future__ import annotations

import heapq
import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, takewhile
from math import ceil

import numpy as np

from solver.kinds import divides, numbered
from solver.levelling import MUST, levelled, strays
from solver.lower import Lowered
from solver.lowering import Best, Home
from solver.problem import WAITING

MOST_KINDS = 0.5
"""Kinds of people for each network, at most: with more, kinds do not fill their networks."""

UNEVEN = 0.05
"""What a network costs that is one person larger or smaller than the mean, beside one person who fits nowhere."""

Kind = tuple[int, ...]
"""The numbers that people of one kind have in each trait."""


@dataclass(frozen=True, slots=True)
class Trait:
    """What people may share and a rule wants shared."""

    column: tuple[int, ...]
    """a number for each person"""
    weight: int
    divides: bool
    """whether everybody has one value of it, and many may have the same, so that a network can be for those"""


@dataclass(frozen=True, slots=True)
class Seats:
    """Where everybody sits at first."""

    places: tuple[int, ...]
    blocks: tuple[tuple[int, ...], ...]
    """the networks for each kind of people"""


def first_places(lowered: Lowered, networks: Sequence[int], shared: Sequence[Trait], dice: random.Random) -> Seats:
    """A first seating: networks are for people who are alike in these traits, the first first; pins and sizes are kept.

    Each kind of people has as many networks as suit their number. Whoever is too many for those sits where most is
    shared with them, and some sit with another kind so that each can have the means that are asked.
    """
    units = lowered.units.members
    seating = _Seating(lowered, networks)
    kinds = {unit: tuple(trait.column[units[unit][0]] for trait in shared) for unit in seating.free}
    order = list(kinds)
    dice.shuffle(order)
    order.sort(key=kinds.__getitem__)
    used = _dividing(kinds.values(), shared, MOST_KINDS * len(networks))
    mine = [(kind, list(alike)) for kind, alike in groupby(order, key=lambda unit: kinds[unit][:used])]
    people = [sum(len(units[unit]) for unit in alike) for _, alike in mine]
    numbers = apportioned(people, len(networks), seating.least.values(), seating.room.values())
    _level(lowered, mine, numbers, seating, shared, dice)
    begin = 0
    left: list[int] = []
    of: dict[Kind, list[int]] = {}
    for (kind, alike), number in zip(mine, numbers, strict=True):
        of[kind] = list(networks[begin : begin + number])
        left += seating.fill(of[kind], alike)
        begin += number
    of.setdefault((), []).extend(networks[begin:])
    blocks = tuple(tuple(block) for block in of.values() if block)

    @cache
    def nearest(own: Kind) -> list[Kind]:
        def agreement(kind: Kind) -> int:
            return sum(trait.weight for trait, here, there in zip(shared, own, kind, strict=False) if here == there)

        return sorted(of, key=agreement, reverse=True)

    for unit in left:
        for kind in nearest(kinds[unit][:used]):
            if seating.squeeze(of[kind], unit):
                break
    return Seats(tuple(seating.where), blocks)


def _level(
    lowered: Lowered,
    kinds: Sequence[tuple[Kind, list[int]]],
    numbers: Sequence[int],
    seating: _Seating,
    shared: Sequence[Trait],
    dice: random.Random,
) -> None:
    """Moves units to kinds that would be off the means without them."""
    heads = np.array([len(members) for members in lowered.units.members])
    low, high = (sum(sizes.values()) / max(1, len(sizes)) for sizes in (seating.least, seating.room))
    apart = np.zeros((len(kinds), len(kinds)))
    for t, trait in enumerate(shared[: len(kinds[0][0])] if kinds else ()):
        column = np.array([kind[t] for kind, _ in kinds])
        apart += np.where(column[:, None] == column, 0, np.inf if trait.weight == MUST else trait.weight)
    units = [alike for _, alike in kinds]
    size = sum(int(heads[alike].sum()) for alike in units) / max(1, sum(numbers))
    rooms = [(ceil(number * low), int(number * high)) for number in numbers]
    moves = levelled(strays(lowered), heads, units, rooms, apart, size)
    gone = {unit for unit, _ in moves}
    for alike in units:
        alike[:] = [unit for unit in alike if unit not in gone]
    for unit, kind in moves:
        units[kind].insert(dice.randrange(len(units[kind]) + 1), unit)


class _Seating:
    """Who sits where so far, and what room is left."""

    def __init__(self, lowered: Lowered, networks: Sequence[int]) -> None:
        self.problem, self.units = lowered.problem, lowered.units.members
        self.where = [WAITING] * self.problem.pool.size
        self.room = {k: self.problem.networks[k].max_size for k in networks}
        self.least = {k: self.problem.networks[k].min_size for k in networks}
        pinned = {lowered.units.of[person]: place for person, place in self.problem.pins.items()}
        for unit, place in pinned.items():
            if place != WAITING:
                self._put(unit, place)
        self.free = [unit for unit in range(len(self.units)) if unit not in pinned]

    def _put(self, unit: int, k: int) -> None:
        size = len(self.units[unit])
        self.room[k] -= size
        self.least[k] = max(0, self.least[k] - size)
        for person in self.units[unit]:
            self.where[person] = k

    def _fits(self, unit: int, k: int, room: int) -> bool:
        members = self.units[unit]
        return len(members) <= room and all(self.problem.networks[k].accepts(person) for person in members)

    def fill(self, networks: Sequence[int], units: Sequence[int]) -> list[int]:
        """Seats units in this order, as many in each network; whoever is left."""
        people = sum(len(self.units[unit]) for unit in units)
        quota = shares(people, [self.room[k] for k in networks], [self.least[k] for k in networks])
        left = list(units)
        for k, wanted in zip(networks, quota, strict=True):
            share = wanted
            rest: list[int] = []
            for at, unit in enumerate(left):
                if share <= 0:
                    rest += left[at:]
                    break
                if self._fits(unit, k, min(share, self.room[k])):
                    share -= len(self.units[unit])
                    self._put(unit, k)
                else:
                    rest.append(unit)
            left = rest
        return left

    def squeeze(self, networks: Sequence[int], unit: int) -> bool:
        """Seats a unit where most room is left; whether there was any."""
        fitting = [k for k in networks if self._fits(unit, k, self.room[k])]
        if fitting:
            self._put(unit, max(fitting, key=self.room.__getitem__))
        return bool(fitting)


def _dividing(kinds: Collection[Kind], shared: Sequence[Trait], most: float) -> int:
    """By how many traits, the first first, people are divided into kinds."""
    for used in range(len(list(takewhile(lambda trait: trait.divides, shared))), 0, -1):
        if len({kind[:used] for kind in kinds}) <= most:
            return used
    return 0


def apportioned(people: Sequence[int], count: int, least: Iterable[int], most: Iterable[int]) -> list[int]:
    """How many of `count` networks are for each kind, of which there are so many people.

    least, most: the sizes of networks, whose mean counts. What a kind costs is convex in the number of its networks:
    whoever is too many or too few for them, and how far they are from the mean size. So it is best to give each network
    to the kind that gains most by it (Fox 1966, "Discrete optimization via marginal analysis", Management Science 13).
    """
    low, high, mean = sum(least) / max(1, count), sum(most) / max(1, count), sum(people) / max(1, count)

    def cost(here: int, networks: int) -> float:
        size = min(high, max(low, here / max(1, networks)))
        misfits = max(0.0, here - high * networks, low * networks - here)
        return misfits + UNEVEN * networks * (size - mean) ** 2

    found = [0] * len(people)
    gains = [(cost(here, 1) - cost(here, 0), kind) for kind, here in enumerate(people)]
    heapq.heapify(gains)
    for _ in range(count if people else 0):
        _, kind = gains[0]
        found[kind] += 1
        more = cost(people[kind], found[kind] + 1) - cost(people[kind], found[kind])
        heapq.heapreplace(gains, (more, kind))
    return found


def shares(people: int, room: Sequence[int], least: Sequence[int]) -> list[int]:
    """How many to seat in each network at first: the least everywhere, then evenly as far as there is room."""
    quota = [min(a, b) for a, b in zip(least, room, strict=True)]
    left = people - sum(quota)
    while left > 0:
        open_ = [k for k in range(len(room)) if quota[k] < room[k]]
        if not open_:
            break
        each = max(1, left // len(open_))
        for k in open_:
            more = min(each, room[k] - quota[k], left)
            quota[k] += more
            left -= more
    return quota


def traits(lowered: Lowered, dice: random.Random) -> list[Trait]:
    """What people may share and rules want shared, dearest first.

    What everybody has one of comes before what they may have several of, for sorting by the first of several says
    little. Which value comes first is chance; a home comes next to one that is near.
    """
    people = lowered.problem.pool.size
    found: list[tuple[tuple[bool, bool, int], Trait]] = []
    for priced in lowered.terms:
        term = priced.term
        if isinstance(term, Best):
            carriers: Sequence[Sequence[int]] = dice.sample(term.options, len(term.options))
        elif isinstance(term, Home):
            living: dict[int, list[int]] = {home: [] for home in _tour(term, dice)}
            for person, home in enumerate(term.home):
                if home is not None:
                    living[home].append(person)
            carriers = list(living.values())
        else:
            continue
        if len(carriers) < 2:
            continue
        several = sum(map(len, carriers)) > people
        trait = Trait(tuple(numbered(carriers, people)), MUST if priced.must else priced.weight, divides(term))
        found.append(((not priced.must, several, -priced.weight), trait))
    return [trait for _, trait in sorted(found, key=lambda each: each[0])]


def _tour(term: Home, dice: random.Random) -> list[int]:
    """All homes from any of them on, each followed by the nearest that is left."""
    homes = sorted({home for home in term.home if home is not None})
    if not homes:
        return []
    excess = np.array(term.excess)
    here = dice.choice(homes)
    left = np.array([home for home in homes if home != here], dtype=np.int64)
    tour = [here]
    while len(left):
        nearest = int(np.argmin(excess[here, left]))
        here = int(left[nearest])
        left = np.delete(left, nearest)
        tour.append(here)
    return tour
