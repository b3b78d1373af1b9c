"""Weighs rules that count values in a group, beside an even spread."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from solver.rotation.kernels.chance import Floats, Words, accepts, below, copy_rows
from solver.rotation.kernels.seating import BALANCE, BROKEN, REST, Seating, improves
from solver.rotation.problem import Bools, Ints
from solver.terms.compiled import allocating, inner


class Counts(NamedTuple):
    """Rules that count values in a group, as numbers.

    `carried[i]`: the values of member i, -1 behind them. `low[w, n]`, `high[w, n]`: what the count of value w may be in
    a group of n; outside, each step adds `cost[w]` = (to broken, to rest); with `lone[w]`, a count of 0 costs nothing.
    """

    carried: Ints
    low: Ints
    high: Ints
    lone: Bools
    cost: Ints


@inner
def _outside(counts: Counts, value: int, count: int, size: int) -> int:
    """How far a count lies outside its band."""
    if counts.lone[value] and count == 0:
        return 0
    return int(max(0, counts.low[value, size] - count, count - counts.high[value, size]))


@inner
def _carry(counts: Counts, tally: Ints, member: int, size: int, times: int, step: int, ledger: Ints) -> None:
    """One member joins (step 1) or leaves (step -1) a group with this tally of values; `size` stays as it is."""
    for place in range(counts.carried.shape[1]):
        value = counts.carried[member, place]
        if value < 0:
            break
        change = _outside(counts, value, tally[value] + step, size) - _outside(counts, value, tally[value], size)
        tally[value] += step
        ledger[BROKEN] += times * counts.cost[value, 0] * change
        ledger[REST] += times * counts.cost[value, 1] * change


@inner
def _acquaint(met: Ints, price: Ints, at_most: int, x: int, y: int, step: int, at: int, ledger: Ints) -> None:
    """One meeting more or fewer of a pair; its price goes to ledger `at`."""
    before = met[x, y]
    met[x, y] = before + step
    met[y, x] = before + step
    ledger[at] += price[before + step] - price[before]
    if max(before, before + step) > at_most:
        ledger[BROKEN] += step


@allocating
def weigh_counts(
    seating: Seating,
    free: Ints,
    times: Ints,
    counts: Counts,
    tally: Ints,
    met: Ints,
    price: Ints,
    at: int,
    at_most: int,
    rng: Words,
    iterations: int,
    temperature: float,
    scale: Floats,
    now: Ints,
    best: Ints,
    best_seat: Ints,
) -> None:
    """Anneals seats by how often pairs meet and what groups count; best is by (broken, balance, rest) in that order.

    `tally[u, k, w]`: how many in group k of block u have value w. `times[u]`: meetings of a block. `price[n]`: what
    meeting n times adds to ledger `at`. `scale`: what a unit of each ledger weighs for the temperature.
    """
    seat, start, group_of_seat, seats = seating
    change = np.zeros(3, np.int64)
    for _ in range(iterations):
        u = free[below(rng, len(free))]
        p, q = below(rng, seats[u]), below(rng, seats[u])
        a, b = group_of_seat[u, p], group_of_seat[u, q]
        if a == b:
            continue
        # Every move is its own inverse: done once to see what it changes, once more to take it back.
        for attempt in range(2):
            for part in range(3):
                change[part] = 0
            x, y = seat[u, p], seat[u, q]
            size_a, size_b = start[u, a + 1] - start[u, a], start[u, b + 1] - start[u, b]
            for i in range(start[u, a], start[u, a + 1]):
                if i != p:
                    _acquaint(met, price, at_most, x, seat[u, i], -1, at, change)
                    _acquaint(met, price, at_most, y, seat[u, i], 1, at, change)
            for i in range(start[u, b], start[u, b + 1]):
                if i != q:
                    _acquaint(met, price, at_most, y, seat[u, i], -1, at, change)
                    _acquaint(met, price, at_most, x, seat[u, i], 1, at, change)
            _carry(counts, tally[u, a], x, size_a, times[u], -1, change)
            _carry(counts, tally[u, a], y, size_a, times[u], 1, change)
            _carry(counts, tally[u, b], y, size_b, times[u], -1, change)
            _carry(counts, tally[u, b], x, size_b, times[u], 1, change)
            seat[u, p], seat[u, q] = y, x
            if attempt == 1:
                break
            weighted = scale[BROKEN] * change[BROKEN] + scale[BALANCE] * change[BALANCE] + scale[REST] * change[REST]
            if not accepts(rng, weighted, temperature):
                continue
            for part in range(3):
                now[part] += change[part]
            if improves(now, best):
                for part in range(3):
                    best[part] = now[part]
                copy_rows(seat, best_seat)
            break
