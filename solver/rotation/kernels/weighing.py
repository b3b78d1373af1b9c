"""Weighs all rules about a rotation together, every count kept incrementally."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from solver.rotation.kernels.chance import Floats, Words, accepts, below, copy_rows
from solver.rotation.kernels.seating import BALANCE, BROKEN, REST, Seating, improves
from solver.rotation.problem import Ints
from solver.terms.compiled import allocating, inner

SWAP, HAND_OVER, RELABEL, REORDER = 0, 1, 2, 3
"""The moves of `weigh`: two seats of a meeting, a case giver, two people everywhere, two meetings."""
EARLY, CASES, SIZES, ASKS, GATHERINGS = 0, 1, 2, 3, 4
"""The rows of `Terms.weight`; gatherings are the last, one a row."""
ROW, FIRST, LAST, ALIKE = 0, 1, 2, 3
"""The columns of `Terms.block`."""
FIRST_MET, LAST_MET = 0, 1
ASKED, OFFERED = 0, 1


class Tally(NamedTuple):
    """What `weigh` keeps besides the seats.

    `group_of[u, i]`: the group of member i, -1 where absent. `met[i, j]`. `giver[m, k]`: the *seat* whose member gives
    the case of group k at meeting m, so that a member who takes a seat takes its case too. `cases[i]`, `odd[i]`: turns
    as case giver and in a group of the other size.
    """

    group_of: Ints
    met: Ints
    giver: Ints
    cases: Ints
    odd: Ints


class Terms(NamedTuple):
    """The rules as numbers, in few arrays: each one more costs compile time in every function it passes through.

    `block[u]`: ROW, the first row of `giver` that is a meeting of block u (it ends where the next begins); FIRST and
    LAST, its meeting numbers; ALIKE, equal for blocks that may change places. `past[FIRST_MET, i, j]` and
    `past[LAST_MET, i, j]`: meeting numbers, 0 for never, -1 where history makes the first 0. `price[n]`: what meeting n
    times costs, on the ledger `price_ledger`. A row of `weight` (rules, then gatherings) is what a unit adds to
    `broken` and to `rest`. `trio[trio_at[size] + rank]`: (broken, weighted) of a group, -1 for a size without prices.
    `topics[ASKED, i]`, `topics[OFFERED, i]`: bits. `gathered[g, i]`: whether member i belongs to gathering g.
    `alike[i]`: equal for members who are present at the same meetings. `timed`: whether `early` or `spaced` is asked.
    `near[0, d]`, `near[1, d]`: what a repeat d meetings after the last adds to `broken` and to `rest`.
    """

    block: Ints
    past: Ints
    price: Ints
    weight: Ints
    binomial: Ints
    trio_at: Ints
    trio: Ints
    topics: Words
    gathered: Ints
    alike: Ints
    meetings: int
    price_ledger: int
    at_most: int
    timed: bool
    near: Ints
    case_floor: int
    size_floor: int
    usual_size: int


@inner
def _group_price(seating: Seating, tally: Tally, terms: Terms, u: int, k: int, ledger: Ints, sign: int) -> None:
    """Adds what one group costs by itself, over the meetings of its block: trio prices and unanswered asks."""
    low, high = seating.start[u, k], seating.start[u, k + 1]
    times = terms.block[u + 1, ROW] - terms.block[u, ROW]
    at = terms.trio_at[high - low]
    if at >= 0:
        # The rank needs each member's place among the group, not the group in order: no sorting.
        place = at
        for i in range(low, high):
            member = seating.seat[u, i]
            before = 0
            for j in range(low, high):
                if seating.seat[u, j] < member:
                    before += 1
            place += terms.binomial[member, before + 1]
        ledger[BROKEN] += sign * times * terms.trio[place, 0]
        ledger[REST] += sign * times * terms.trio[place, 1]
    if terms.weight[ASKS, 0] + terms.weight[ASKS, 1] > 0:
        unanswered = 0
        for m in range(terms.block[u, ROW], terms.block[u + 1, ROW]):
            g = tally.giver[m, k]
            for w in range(terms.topics.shape[2]):
                open_asks = terms.topics[ASKED, seating.seat[u, g], w]
                for i in range(low, high):
                    if i != g:
                        open_asks &= ~terms.topics[OFFERED, seating.seat[u, i], w]
                while open_asks != np.uint64(0):
                    open_asks &= open_asks - np.uint64(1)
                    unanswered += 1
        ledger[BROKEN] += sign * terms.weight[ASKS, 0] * unanswered
        ledger[REST] += sign * terms.weight[ASKS, 1] * unanswered


@inner
def _pair_times(tally: Tally, terms: Terms, i: int, j: int, ledger: Ints, sign: int) -> None:
    """Adds what the times at which one pair meets cost: `early` and `spaced`."""
    first, last = terms.past[FIRST_MET, i, j], terms.past[LAST_MET, i, j]
    for u in range(len(tally.group_of)):
        if tally.group_of[u, i] == tally.group_of[u, j] and tally.group_of[u, i] >= 0:
            if last > 0:
                after = terms.block[u, FIRST] - last
                if after < terms.near.shape[1]:
                    ledger[BROKEN] += sign * terms.near[0, after]
                    ledger[REST] += sign * terms.near[1, after]
            last = terms.block[u, LAST]
            if first == 0:
                first = terms.block[u, FIRST]
    waited = terms.meetings + 1 if first == 0 else max(0, first)
    ledger[BROKEN] += sign * terms.weight[EARLY, 0] * waited
    ledger[REST] += sign * terms.weight[EARLY, 1] * waited


@inner
def _unfair(turns: int, floor: int) -> int:
    """How far one member's turns are outside floor .. floor + 1.

    The sum over members is 0 exactly when the range is at most 1; unlike the range, every turn that moves
    towards fairness lowers it, which is what a search needs.
    """
    return max(0, floor - turns, turns - floor - 1)


@inner
def _turns(tally: Tally, terms: Terms, i: int, ledger: Ints, sign: int) -> None:
    """Adds how unfair the turns of one member are."""
    cases = _unfair(tally.cases[i], terms.case_floor)
    odd = _unfair(tally.odd[i], terms.size_floor)
    ledger[BROKEN] += sign * (terms.weight[CASES, 0] * cases + terms.weight[SIZES, 0] * odd)
    ledger[REST] += sign * (terms.weight[CASES, 1] * cases + terms.weight[SIZES, 1] * odd)


@inner
def _scattered(seating: Seating, terms: Terms, u: int, ledger: Ints, sign: int) -> None:
    """Adds, for each gathering, those present outside the group with most of them."""
    times = terms.block[u + 1, ROW] - terms.block[u, ROW]
    for g in range(len(terms.gathered)):
        most, present = 0, 0
        for k in range(seating.start.shape[1] - 1):
            inside = 0
            for p in range(seating.start[u, k], seating.start[u, k + 1]):
                inside += terms.gathered[g, seating.seat[u, p]]
            present += inside
            most = max(most, inside)
        ledger[BROKEN] += sign * times * terms.weight[GATHERINGS + g, 0] * (present - most)
        ledger[REST] += sign * times * terms.weight[GATHERINGS + g, 1] * (present - most)


@inner
def _meet(tally: Tally, terms: Terms, i: int, j: int, ledger: Ints, sign: int) -> None:
    """One meeting more (sign 1) or fewer (sign -1) of a pair."""
    before = tally.met[i, j]
    after = before + sign
    tally.met[i, j] = after
    tally.met[j, i] = after
    ledger[terms.price_ledger] += terms.price[after] - terms.price[before]
    if max(before, after) > terms.at_most:
        ledger[BROKEN] += sign


@inner
def _swap(seating: Seating, tally: Tally, terms: Terms, u: int, x: int, y: int, ledger: Ints) -> None:
    """Two members of block u, in different groups, change seats; adds the change of price to `ledger`."""
    seat, start = seating.seat, seating.start
    a, b = tally.group_of[u, x], tally.group_of[u, y]
    p, q = start[u, a], start[u, b]
    while seat[u, p] != x:
        p += 1
    while seat[u, q] != y:
        q += 1
    timed = terms.timed
    for sign in (-1, 1):
        if sign == 1:
            seat[u, p], seat[u, q] = y, x
            tally.group_of[u, x], tally.group_of[u, y] = b, a
            for m in range(terms.block[u, ROW], terms.block[u + 1, ROW]):
                if tally.giver[m, a] == p:
                    tally.cases[x] -= 1
                    tally.cases[y] += 1
                if tally.giver[m, b] == q:
                    tally.cases[y] -= 1
                    tally.cases[x] += 1
            odd_a = start[u, a + 1] - start[u, a] != terms.usual_size
            odd_b = start[u, b + 1] - start[u, b] != terms.usual_size
            moved = (terms.block[u + 1, ROW] - terms.block[u, ROW]) * (int(odd_b) - int(odd_a))
            tally.odd[x] += moved
            tally.odd[y] -= moved
        _scattered(seating, terms, u, ledger, sign)
        for k in (a, b):
            _group_price(seating, tally, terms, u, k, ledger, sign)
        _turns(tally, terms, x, ledger, sign)
        _turns(tally, terms, y, ledger, sign)
        for i in range(start[u, a], start[u, a + 1]):
            if i != p:
                _meet(tally, terms, seat[u, p], seat[u, i], ledger, sign)
                if timed:
                    _pair_times(tally, terms, x, seat[u, i], ledger, sign)
                    _pair_times(tally, terms, y, seat[u, i], ledger, sign)
        for i in range(start[u, b], start[u, b + 1]):
            if i != q:
                _meet(tally, terms, seat[u, q], seat[u, i], ledger, sign)
                if timed:
                    _pair_times(tally, terms, x, seat[u, i], ledger, sign)
                    _pair_times(tally, terms, y, seat[u, i], ledger, sign)


@inner
def _hand_over(seating: Seating, tally: Tally, terms: Terms, u: int, m: int, k: int, p: int, ledger: Ints) -> None:
    """The case of group k at meeting row m goes to the member on seat p."""
    old, new = seating.seat[u, tally.giver[m, k]], seating.seat[u, p]
    for sign in (-1, 1):
        if sign == 1:
            tally.giver[m, k] = p
            tally.cases[old] -= 1
            tally.cases[new] += 1
        _group_price(seating, tally, terms, u, k, ledger, sign)
        _turns(tally, terms, old, ledger, sign)
        _turns(tally, terms, new, ledger, sign)


@inner
def _reorder(seating: Seating, tally: Tally, terms: Terms, u: int, w: int, ledger: Ints) -> None:
    """Two blocks with the same people and as many meetings change places, case givers with them."""
    members = tally.group_of.shape[1]
    for sign in (-1, 1):
        if sign == 1:
            for p in range(seating.seats[u]):
                seating.seat[u, p], seating.seat[w, p] = seating.seat[w, p], seating.seat[u, p]
            for i in range(members):
                tally.group_of[u, i], tally.group_of[w, i] = tally.group_of[w, i], tally.group_of[u, i]
            for t in range(terms.block[u + 1, ROW] - terms.block[u, ROW]):
                m, n = terms.block[u, ROW] + t, terms.block[w, ROW] + t
                for k in range(tally.giver.shape[1]):
                    tally.giver[m, k], tally.giver[n, k] = tally.giver[n, k], tally.giver[m, k]
        for i in range(members):
            for j in range(i):
                if tally.met[i, j] > 0:
                    _pair_times(tally, terms, i, j, ledger, sign)


@allocating
def weigh(
    seating: Seating,
    tally: Tally,
    terms: Terms,
    free: Ints,
    chances: Floats,
    scale: Floats,
    rng: Words,
    iterations: int,
    temperature: float,
    now: Ints,
    best: Ints,
    best_seat: Ints,
    best_giver: Ints,
) -> float:
    """Lowers the weighted rest; a state counts as best only by (broken, balance, rest), in that order.

    `scale`: what a unit of each ledger weighs for the temperature, so that the way to a better plan may lead through
    a worse balance, but never ends there. `chances`: cumulative chances of the first three moves. A negative
    temperature changes nothing: every move is taken back, and the mean size of the changes is returned.
    """
    change = np.zeros(3, np.int64)
    total = 0.0
    for _ in range(iterations):
        draw = below(rng, 1 << 20) / (1 << 20)
        u = free[below(rng, len(free))]
        w = free[below(rng, len(free))]
        p, q = below(rng, seating.seats[u]), below(rng, seating.seats[u])
        k, m = seating.group_of_seat[u, p], terms.block[u, ROW]
        x, y = seating.seat[u, p], seating.seat[u, q]
        if draw < chances[SWAP]:
            move = SWAP
            if k == seating.group_of_seat[u, q]:
                continue
        elif draw < chances[HAND_OVER]:
            move = HAND_OVER
            m += below(rng, terms.block[u + 1, ROW] - m)
            if p == tally.giver[m, k]:
                continue
        elif draw < chances[RELABEL]:
            move = RELABEL
            if x == y or terms.alike[x] != terms.alike[y]:
                continue
        else:
            move = REORDER
            if u == w or terms.block[u, ALIKE] != terms.block[w, ALIKE]:
                continue
        # Every move is its own inverse when done twice: once to see what it changes, once more to take it back.
        for attempt in range(2):
            for part in range(3):
                change[part] = 0
            if move == HAND_OVER:
                former = tally.giver[m, k]
                _hand_over(seating, tally, terms, u, m, k, p, change)
                p = former
            elif move == REORDER:
                _reorder(seating, tally, terms, u, w, change)
            else:
                for place in range(len(free)):
                    t = u if move == SWAP else free[place]
                    if tally.group_of[t, x] != tally.group_of[t, y]:
                        _swap(seating, tally, terms, t, x, y, change)
                    if move == SWAP:
                        break
            if attempt == 1:
                break
            total += abs(scale[REST] * change[REST])
            weighted = scale[BROKEN] * change[BROKEN] + scale[BALANCE] * change[BALANCE] + scale[REST] * change[REST]
            if temperature < 0 or not accepts(rng, weighted, temperature):
                continue
            for part in range(3):
                now[part] += change[part]
            if improves(now, best):
                for part in range(3):
                    best[part] = now[part]
                copy_rows(seating.seat, best_seat)
                copy_rows(tally.giver, best_giver)
            break
    return total / max(1, iterations)
