"""Reassignment: one unit out of each of many groups, dealt out again to those groups in the best way there is.

As each group loses one and gets one, what it would cost with each of them is exact, and the best way is a linear
assignment problem: all cyclic exchanges among these units, of whatever length, for twice the price of their swaps
(Sarvanov and Doroshko 1981, the assignment neighbourhood; Ahuja, Ergun, Orlin and Punnen 2002, "A survey of very
large-scale neighborhood search techniques", Discrete Applied Mathematics 123). Annealing decides where things are;
where it is cold, nearly all of its swaps are refused, and this goes on.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from solver import terms
from solver.board import Board
from solver.search import copy, may_sit, random_word, scaled
from solver.stages import commit, misplaced, of_counts, of_looks
from solver.terms.common import Ints
from solver.terms.compiled import kernel

MOST = 80
"""Groups in one round; with more, 80 of them."""

TIES = 8
"""Bits of chance, which decide between ways that cost the same."""

WHOLE = 1 << (TIES + 7)
"""One step of a price among them: the chance of `MOST` units together is less."""

FAR = 1 << 50
"""What is not worth a look costs as much."""

HANDS = 4
"""Draws for a unit of the size that is dealt out, before a group is left out of the round."""

SPARE = 8
"""One of so many groups puts a seat that is free into the round, if it has one, instead of a unit."""

NOBODY = -1
"""Who sits on a seat that is free."""

PHASES = 2
PRICING, DEALING = range(PHASES)
"""What each group is priced for: with whom it might have, and with whom it then gets, to say what that costs."""


class Desk(NamedTuple):
    """Space to work in: a kernel makes no arrays of its own."""

    seats: Ints
    """units that may move, group by group, those of each group first and then seats that are free"""
    begin: Ints
    """(groups + 2,) where those of each group begin; the waitlist is the last group"""
    used: Ints
    """(groups + 1,) how many units of each group may move"""
    order: Ints
    """groups that somebody may leave or join, in the order of the last draw"""
    drawn: Ints
    """(MOST,) where in `seats` the unit drawn from each group is"""
    price: Ints
    """(MOST, MOST): of each unit in each group, with ties decided"""
    units: Ints
    """(MOST + 1,) what the unit in each row is worth; so are groups"""
    groups: Ints
    taken: Ints
    """(MOST + 1,) the row in each column, counted from 1; column 0 is where a row waits"""
    way: Ints
    slack: Ints
    seen: Ints


def desk(board: Board, movable: Ints) -> Desk:
    """Space for the units that may move, where they sit now."""
    groups = board.low.size
    where = board.where[movable]
    used = np.bincount(where, minlength=groups + 1).astype(np.int64)
    # A unit is one person at least; nobody more than those who wait now ever will.
    begin = np.concatenate([[0], np.cumsum([*np.maximum(board.high, used[:groups]), used[groups]])]).astype(np.int64)
    seats = np.full(begin[-1], NOBODY, dtype=np.int64)
    order = np.argsort(where, kind="stable")
    rank = np.arange(len(order)) - np.repeat(np.cumsum(used) - used, used)
    seats[begin[where[order]] + rank] = movable[order]
    open_ = np.append(board.high > board.filled[:groups], False)
    rows = [np.zeros(MOST + 1, dtype=np.int64) for _ in range(6)]
    return Desk(
        seats,
        begin,
        used,
        np.flatnonzero((used > 0) | (open_ & (len(movable) > 0))).astype(np.int64),
        np.zeros(MOST, dtype=np.int64),
        np.zeros((MOST, MOST), dtype=np.int64),
        *rows,
    )


@kernel
def assign(price: Ints, size: int, units: Ints, groups: Ints, taken: Ints, way: Ints, slack: Ints, seen: Ints) -> None:
    """The cheapest way to give each of `size` columns a row of its own: Kuhn 1955, by shortest augmenting paths."""
    for j in range(size + 1):
        units[j] = groups[j] = taken[j] = 0
    for row in range(1, size + 1):
        taken[0] = row
        column = 0
        for j in range(size + 1):
            slack[j] = 1 << 62
            seen[j] = 0
        while taken[column]:
            seen[column] = 1
            i = taken[column]
            least = 1 << 62
            nearest = 0
            for j in range(1, size + 1):
                if not seen[j]:
                    reduced = price[i - 1, j - 1] - units[i] - groups[j]
                    if reduced < slack[j]:
                        slack[j] = reduced
                        way[j] = column
                    if slack[j] < least:
                        least = slack[j]
                        nearest = j
            for j in range(size + 1):
                if seen[j]:
                    units[taken[j]] += least
                    groups[j] -= least
                else:
                    slack[j] -= least
            column = nearest
        while column:
            taken[column] = taken[way[column]]
            column = way[column]


@kernel
def reassign(
    board: Board,
    anywhere: bool,
    state: Ints,
    rounds: int,
    most: int,
    prices: Ints,
    now: Ints,
    best: Ints,
    best_where: Ints,
    desk: Desk,
) -> None:
    """Deals out again `rounds` times; no round makes it dearer, and what costs the same is moved rather than left.

    most: the price of one unit in one group up to which it is looked at. prices, now, best, best_where, anywhere: as
    those of `anneal`, but that as many wait as before. A group may end with one unit more or less within its size,
    for a free seat is dealt out like a unit. Terms that speak of several groups at once (`scatter`) are not priced;
    there must be none.
    """
    people, column, allowed, foreign, leader = board.people, board.column, board.allowed, board.foreign, board.leader
    low, high = board.low, board.high
    where, filled, counts, likeness, variety = board.where, board.filled, board.counts, board.likeness, board.variety
    choices, home, cover, pairs, place = board.best, board.home, board.cover, board.pairs, board.place
    mean, owed = board.mean, board.owed
    seats, begin, used, order, drawn, price = desk.seats, desk.begin, desk.used, desk.order, desk.drawn, desk.price
    covered, placed = cover.strength.weight.size, place.strength.weight.size
    groups = board.low.size
    nobody = foreign.shape[0] - 1
    for _ in range(rounds):
        one = NOBODY
        while one == NOBODY:
            one = seats[scaled(random_word(state) >> np.uint64(32), seats.size)]
        wanted = people[one]
        size = 0
        for turn in range(order.size):
            if size == MOST:
                break
            other = turn + scaled(random_word(state) >> np.uint64(32), order.size - turn)
            k = order[other]
            order[other] = order[turn]
            order[turn] = k
            for _hand in range(HANDS):
                word = random_word(state)
                at = begin[k] + scaled(word >> np.uint64(32), used[k])
                spare = k < groups and filled[k] > 0 and filled[k] + wanted <= high[k]
                if spare and (used[k] == 0 or scaled(word & np.uint64(0xFFFFFFFF), SPARE) == 0):
                    at = begin[k] + used[k]
                    found = True
                else:
                    found = used[k] > 0 and people[seats[at]] == wanted
                if found:
                    order[turn] = order[size]
                    order[size] = k
                    drawn[size] = at
                    size += 1
                    break
        # First what it costs, then who sits where: pairs are looked up in where everybody sits.
        for phase in range(PHASES):
            if phase == DEALING:
                assign(price, size, desk.units, desk.groups, desk.taken, desk.way, desk.slack, desk.seen)
            for item in range(size * size if phase == PRICING else size):
                b = item // size if phase == PRICING else item
                a = item % size if phase == PRICING else desk.taken[b + 1] - 1
                k = order[b]
                out = seats[drawn[b]]
                into = seats[drawn[a]]
                same = a == b or (into == NOBODY and out == NOBODY)
                if phase == PRICING:
                    price[a, b] = 1 << TIES if same else FAR
                if same:
                    continue
                before = filled[k]
                after = before + (wanted if out == NOBODY else 0) - (wanted if into == NOBODY else 0)
                soft = 0
                hard = 0
                if phase == PRICING and (
                    (after < before and (k == groups or after < max(1, low[k])))
                    or not (anywhere or into == NOBODY or may_sit(column, allowed, foreign, leader, into, k))
                ):
                    continue
                if not anywhere:
                    who = leader[k] if k < groups else nobody
                    hard += misplaced(column, allowed, foreign, who, people, k, out, into)
                if placed:
                    s, h = terms.place.change(place, k, out, into)
                    soft += s
                    hard += h
                counted, broken, covering, failing = 0, 0, 0, 0
                if k < groups:
                    hard += max(0, low[k] - after) - max(0, low[k] - before)
                    s, h = of_looks(likeness, choices, k, out, into, after)
                    soft += s
                    hard += h
                    least = soft + prices[0] * hard - owed[k, 2] - prices[0] * owed[k, 3]
                    if phase == PRICING and least - owed[k, 0] - prices[0] * owed[k, 1] > most:
                        continue
                    counted, broken = of_counts(counts, variety, home, pairs, mean, where, k, out, into, before, after)
                    if phase == PRICING and least + counted + prices[0] * broken > most:
                        continue
                    if covered:
                        covering, failing = terms.cover.change(cover, k, out, into)
                soft += counted + covering
                hard += broken + failing
                total = soft + prices[0] * hard
                if phase == PRICING:
                    if total <= most:
                        price[a, b] = total * WHOLE + scaled(random_word(state) >> np.uint64(32), 1 << TIES)
                else:
                    filled[k] = after
                    now[0] += hard
                    now[2] += soft
                    if k < groups:
                        owed[k, 0] += counted
                        owed[k, 1] += broken
                        owed[k, 2] += covering
                        owed[k, 3] += failing
        for b in range(size):
            a = desk.taken[b + 1] - 1
            if a == b:
                continue
            k = order[b]
            out = seats[drawn[b]]
            into = seats[drawn[a]]
            if k < groups:
                commit(likeness, choices, counts, variety, home, mean, cover, k, out, into, filled[k])
            if into != NOBODY:
                where[into] = k
        # Who came takes the seat of who left; all of them first, for a seat is read once more.
        for b in range(size):
            desk.slack[b] = seats[drawn[desk.taken[b + 1] - 1]]
        for b in range(size):
            k = order[b]
            into = desk.slack[b]
            if seats[drawn[b]] == NOBODY:
                used[k] += into != NOBODY
            elif into == NOBODY:
                used[k] -= 1
                seats[drawn[b]] = seats[begin[k] + used[k]]
                drawn[b] = begin[k] + used[k]
            seats[drawn[b]] = into
        if now[0] < best[0] or (now[0] == best[0] and now[2] < best[2]):
            copy(now, best)
            copy(where, best_where)
