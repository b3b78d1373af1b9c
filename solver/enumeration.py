"""Tiny compositions, exactly: every network that could be, then the cheapest way to fill all with different people.

Every set of units that may sit in a network is priced by the board, and a dynamic program over sets of units (Held and
Karp 1962, "A dynamic programming approach to sequencing problems") picks one for each network. It proves whatever the
rules are, as long as their price is a sum over networks; dense likeness, on which relaxations are weak, among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from solver.chain import Arena, Chain
from solver.limits import Watch
from solver.lower import Lowered, alike
from solver.lowering import Likeness, Place, Scatter
from solver.problem import WAITING, Composition
from solver.settle import settle
from solver.terms.common import Ints

MOST_UNITS = 14
"""A table has two to this power of entries."""

MOST_SETS = 8_000
"""Sets to price, over all classes of networks: some seconds."""

NEVER = 1 << 60
"""The price of what cannot be."""


@dataclass(frozen=True, slots=True)
class Exact:
    """The best composition there is; None: there is none."""

    composition: Composition | None


def applies(lowered: Lowered) -> bool:
    """Whether every network is formed, nothing but people ties networks to each other, and there are few sets."""
    problem = lowered.problem
    tied = bool(problem.facilitators) or bool(lowered.of(Scatter)) or len(problem.networks) > problem.min_count
    # Likeness that must be none is a promise of all networks together, which none of them keeps or breaks alone.
    tied = tied or any(priced.must for priced in lowered.of(Likeness))
    return len(lowered.units) <= MOST_UNITS and not tied and _sets(lowered) <= MOST_SETS


def _sets(lowered: Lowered) -> int:
    units = len(lowered.units)
    total = 0
    for networks in alike(lowered):
        most = lowered.problem.networks[networks[0]].max_size
        total += sum(1 for size in range(1, min(most, units) + 1) for _ in combinations(range(units), size))
        if total > MOST_SETS:
            break
    return total


def enumerate_all(lowered: Lowered, watch: Watch) -> Exact | None:
    """The best composition, fewest waiting first where that comes first; None where somebody said stop."""
    people = np.array([len(members) for members in lowered.units.members], dtype=np.int64)
    every = 1 << len(people)
    table = np.full(every, NEVER, dtype=np.int64)
    table[0] = 0
    masks = np.arange(every, dtype=np.int64)
    chosen: dict[int, NDArray[np.int64]] = {}
    for networks in alike(lowered):
        priced = _price_sets(lowered, networks[0], watch)
        if priced is None:
            return None
        for network in networks:
            pinned = _pins(lowered, network)
            after = np.full(every, NEVER, dtype=np.int64)
            pick = np.zeros(every, dtype=np.int64)
            for mask, price in priced.items():
                if mask & pinned.away or mask & pinned.here != pinned.here:
                    continue
                apart = masks[(masks & mask == 0) & (table < NEVER)]
                found = table[apart] + price
                better = found < after[apart | mask]
                where = apart[better] | mask
                after[where] = found[better]
                pick[where] = mask
            table, chosen[network] = after, pick
    return Exact(_read(lowered, table, chosen, people))


@dataclass(frozen=True, slots=True)
class _Pins:
    """Units that have to be here, and units that may not."""

    here: int
    away: int


def _pins(lowered: Lowered, network: int) -> _Pins:
    here = away = 0
    for person, place in lowered.problem.pins.items():
        bit = 1 << lowered.units.of[person]
        if place == network:
            here |= bit
        else:
            away |= bit
    return _Pins(here, away)


def _price_sets(lowered: Lowered, network: int, watch: Watch) -> dict[int, int] | None:
    """The price of every set of units that may be this network, by its bits."""
    arena = Arena(lowered, len(lowered.problem.networks))
    group, waitlist = arena.networks.index(network), len(arena.networks)
    given = lowered.problem.networks[network]
    people = [len(members) for members in lowered.units.members]
    nobody = np.full(len(people), waitlist, dtype=np.int64)
    # What nobody being anywhere costs, waiting apart: the least sizes of all networks and the constants of terms.
    base = Chain(arena, nobody, 1).now.copy()
    waits = _waiting_prices(lowered)
    found: dict[int, int] = {}
    for size in range(1, len(people) + 1):
        for units in combinations(range(len(people)), size):
            if watch.over():
                return None
            count = sum(people[unit] for unit in units)
            if not given.min_size <= count <= given.max_size:
                continue
            where = nobody.copy()
            where[list(units)] = group
            now = Chain(arena, where, 1).now
            # Seated, the network has its least size, and nobody of it waits who must not.
            if now[0] != base[0] - given.min_size - int(waits.broken[list(units)].sum()):
                continue
            mask = sum(1 << unit for unit in units)
            found[mask] = int(now[2] - base[2]) + int(waits.price[list(units)].sum())
    return found


@dataclass(frozen=True, slots=True)
class _Waits:
    """By unit, what it costs that it waits: in the weighted sum, and in what must hold."""

    price: Ints
    broken: Ints


def _waiting_prices(lowered: Lowered) -> _Waits:
    members = lowered.units.members
    must = lowered.problem.must_place
    price = np.zeros(len(members), dtype=np.int64)
    broken = np.array([len(mine) if must.intersection(mine) else 0 for mine in members], dtype=np.int64)
    for priced in lowered.terms:
        if isinstance(priced.term, Place) and priced.term.waiting is not None:
            for unit, mine in enumerate(members):
                costs = sum(priced.term.waiting[person] for person in mine)
                price[unit] += priced.weight * costs
                broken[unit] += priced.must * costs
    return _Waits(price, broken)


def _read(
    lowered: Lowered, table: NDArray[np.int64], chosen: dict[int, NDArray[np.int64]], people: Ints
) -> Composition | None:
    """The cheapest way in which everybody who must be placed is."""
    problem, units = lowered.problem, lowered.units
    waits = _waiting_prices(lowered)
    must = sum(1 << unit for unit in np.flatnonzero(waits.broken).tolist())
    best: tuple[int, int, int] | None = None
    for mask in np.flatnonzero(table < NEVER).tolist():
        if mask & must != must:
            continue
        left = [unit for unit in range(len(people)) if not mask >> unit & 1]
        waiting = 0 if problem.waiting_is_weighed else int(people[left].sum())
        rank = (waiting, int(table[mask]) + int(waits.price[left].sum()), mask)
        best = rank if best is None else min(best, rank)
    if best is None:
        return None
    places = [WAITING] * problem.pool.size
    mask = best[2]
    for network in reversed(list(chosen)):
        mine = int(chosen[network][mask])
        for unit in range(len(people)):
            if mine >> unit & 1:
                for person in units.members[unit]:
                    places[person] = network
        mask &= ~mine
    return settle(lowered, places)
