"""A first seating: people who are alike in what rules want shared sit together."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from solver.lower import Lowered
from solver.lowering import Best, Home
from solver.problem import WAITING


def first_places(
    lowered: Lowered, networks: Sequence[int], columns: Sequence[Sequence[int]], dice: random.Random
) -> tuple[int, ...]:
    """A first seating: people who are alike in these traits sit together, the first first; pins and sizes are kept."""
    problem, units = lowered.problem, lowered.units
    where = [WAITING] * problem.pool.size
    filled = dict.fromkeys(networks, 0)
    seated: set[int] = set()
    for person, place in problem.pins.items():
        for member in units.members[units.of[person]]:
            where[member] = place
        if place != WAITING and units.of[person] not in seated:
            filled[place] += len(units.members[units.of[person]])
        seated.add(units.of[person])
    order = [unit for unit in range(len(units)) if unit not in seated]
    dice.shuffle(order)
    order.sort(key=lambda unit: [column[units.members[unit][0]] for column in columns])
    people = sum(len(units.members[u]) for u in order)
    room = {k: problem.networks[k].max_size - filled[k] for k in networks}
    least = [max(0, problem.networks[k].min_size - filled[k]) for k in networks]
    quota = shares(people, [room[k] for k in networks], least)
    left = list(order)
    for k, wanted in zip(networks, quota, strict=True):
        network, share = problem.networks[k], wanted
        rest: list[int] = []
        for at, unit in enumerate(left):
            members = units.members[unit]
            if share <= 0:
                rest += left[at:]
                break
            if len(members) <= min(share, room[k]) and all(network.accepts(person) for person in members):
                share -= len(members)
                room[k] -= len(members)
                for person in members:
                    where[person] = k
            else:
                rest.append(unit)
        left = rest
    for unit in left:
        members = units.members[unit]
        for k in networks:
            if len(members) <= room[k] and all(problem.networks[k].accepts(person) for person in members):
                room[k] -= len(members)
                for person in members:
                    where[person] = k
                break
    return tuple(where)


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


def traits(lowered: Lowered, dice: random.Random) -> list[list[int]]:
    """What people may share and rules want shared, one column each with a number for each person, dearest first.

    What everybody has one of comes before what they may have several of, for sorting by the first of several says
    little. Which value comes first is chance; a home comes next to one that is near.
    """
    people = lowered.problem.pool.size
    found: list[tuple[tuple[bool, bool, int], list[int]]] = []
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
        column = [len(carriers)] * people
        for number, carrying in enumerate(carriers):
            for person in carrying:
                column[person] = number
        several = sum(map(len, carriers)) > people
        found.append(((not priced.must, several, -priced.weight), column))
    return [column for _, column in sorted(found, key=lambda each: each[0])]


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
