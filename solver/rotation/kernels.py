"""The two inner loops of the rotation search, compiled: spreading meetings evenly, and weighing the rest.

Both anneal (Kirkpatrick, Gelatt and Vecchi 1983) over one move, two people of one meeting changing seats, and
keep every count incrementally. A call runs a chunk of iterations at one temperature, so that the caller can look at
the clock in between; all state lives in the arrays it is given, that of the random numbers too, so a chunk repeats
exactly.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from solver.rotation.problem import Bools, Ints

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

SWAP, HAND_OVER, RELABEL, REORDER = 0, 1, 2, 3
"""The moves of `weigh`: two seats of a meeting, a case giver, two people everywhere, two meetings."""

BROKEN, BALANCE, REST = 0, 1, 2
"""The three ledgers of a price, in the order in which they matter."""

EARLY, CASES, SIZES, ASKS, GATHERINGS = 0, 1, 2, 3, 4
"""The rows of `Terms.weight`; gatherings are the last, one a row."""

ROW, FIRST, LAST, ALIKE = 0, 1, 2, 3
"""The columns of `Terms.block`."""

FIRST_MET, LAST_MET = 0, 1
ASKED, OFFERED = 0, 1


class Seating(NamedTuple):
    """Who sits where: U meetings (or blocks that keep their groups), v members, K groups at most.

    `seat[u, p]` is the member on seat p, or -1; the seats of group k are `start[u, k]` up to `start[u, k + 1]`;
    `group_of_seat[u, p]`; `seats[u]` how many are taken.
    """

    seat: Ints
    start: Ints
    group_of_seat: Ints
    seats: Ints


_inner = njit(cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For functions that only kernels call: without the wrappers for Python they compile a fifth sooner."""


@_inner
def _random(rng: Words) -> np.uint64:
    """The next of 2^64 - 1 numbers (xorshift64, Marsaglia 2003)."""
    x = rng[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    rng[0] = x
    return np.uint64(x)


@_inner
def _below(rng: Words, limit: int) -> int:
    """A number 0 .. limit - 1; the bias of the remainder is far below what an annealing could feel."""
    return int(np.int64((_random(rng) >> np.uint64(11)) % np.uint64(limit)))


@_inner
def _accepts(rng: Words, change: float, temperature: float) -> bool:
    """Metropolis: never refuses an improvement, and a worsening of d only with chance 1 - exp(-d / temperature)."""
    if change <= 0:
        return True
    if change > 40 * temperature:
        return False
    uniform = (_random(rng) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
    return bool(uniform < np.exp(-change / temperature))


@_inner
def _copy(source: Ints, target: Ints) -> None:
    """Copies two dimensions by hand: numba takes three seconds longer to compile a slice assignment."""
    for row in range(source.shape[0]):
        for column in range(source.shape[1]):
            target[row, column] = source[row, column]


@njit(cache=True, nogil=True)
def spread(
    seating: Seating,
    free: Ints,
    kind: Ints,
    step: Ints,
    size: Ints,
    price: Ints,
    met: Ints,
    rng: Words,
    iterations: int,
    temperature: float,
    target: int,
    cost: Ints,
    best: Ints,
) -> None:
    """Spreads meetings evenly over kinds of pairs; stops at `target`.

    `kind[i, j]` is the kind of a pair: each pair its own, or its orbit under a group of symmetries that is assumed.
    Sitting together once raises `met` of the kind by `step`; the kind has `size` pairs, each priced `price[met]`.
    `free`: the meetings that may change. `cost` is (now, best), `best` the seats that gave it.
    """
    seat, start, group_of_seat, seats = seating
    for _ in range(iterations):
        u = free[_below(rng, len(free))]
        p, q = _below(rng, seats[u]), _below(rng, seats[u])
        a, b = group_of_seat[u, p], group_of_seat[u, q]
        if a == b:
            continue
        x, y = seat[u, p], seat[u, q]
        change = 0
        # Two pairs of one move may be of one kind, so each is counted before the next is looked at.
        for i in range(start[u, a], start[u, a + 1]):
            if i != p:
                k = kind[x, seat[u, i]]
                change -= size[k] * (price[met[k]] - price[met[k] - step[k]])
                met[k] -= step[k]
        for i in range(start[u, b], start[u, b + 1]):
            if i != q:
                k = kind[y, seat[u, i]]
                change -= size[k] * (price[met[k]] - price[met[k] - step[k]])
                met[k] -= step[k]
        for i in range(start[u, a], start[u, a + 1]):
            if i != p:
                k = kind[y, seat[u, i]]
                change += size[k] * (price[met[k] + step[k]] - price[met[k]])
                met[k] += step[k]
        for i in range(start[u, b], start[u, b + 1]):
            if i != q:
                k = kind[x, seat[u, i]]
                change += size[k] * (price[met[k] + step[k]] - price[met[k]])
                met[k] += step[k]
        if _accepts(rng, change, temperature):
            seat[u, p], seat[u, q] = y, x
            cost[0] += change
            if cost[0] < cost[1]:
                cost[1] = cost[0]
                _copy(seat, best)
                if cost[1] <= target:
                    return
            continue
        for i in range(start[u, a], start[u, a + 1]):
            if i != p:
                met[kind[y, seat[u, i]]] -= step[kind[y, seat[u, i]]]
                met[kind[x, seat[u, i]]] += step[kind[x, seat[u, i]]]
        for i in range(start[u, b], start[u, b + 1]):
            if i != q:
                met[kind[x, seat[u, i]]] -= step[kind[x, seat[u, i]]]
                met[kind[y, seat[u, i]]] += step[kind[y, seat[u, i]]]


@njit(cache=True, nogil=True)
def fill_round(kind: Ints, circle: Ints, used: Bools, groups: Ints, count: int, steps: int) -> bool:
    """Depth-first search for `count` groups that hold one member of every circle and no kind of pair twice.

    `kind[p, q]`: of a pair of points, -1 where it must not meet. Points of one circle follow each other, `circle[p]`
    says which; a group takes the first point of the first circle that has none yet. `used` kinds are taken already.
    `groups`, shape (count + 1, size), receives the answer; False after `steps` steps or when there is none.
    """
    points, size = len(circle), groups.shape[1]
    taken = np.zeros(points, np.bool_)
    depth, place = 0, 0
    for _ in range(steps):
        if place == 0:
            if depth == count:
                return True
            first = 0
            while taken[circle[first]]:
                first += 1
            groups[depth, 0] = first
            taken[circle[first]] = True
            place = 1
            groups[depth, 1] = first
        at = groups[depth, place] + 1
        while at < points:
            fits = not taken[circle[at]]
            for i in range(place):
                if not fits:
                    break
                k = kind[groups[depth, i], at]
                fits = k >= 0 and not used[k]
                for j in range(i):
                    fits = fits and kind[groups[depth, j], at] != k
            if fits:
                break
            at += 1
        if at < points:
            groups[depth, place] = at
            taken[circle[at]] = True
            for i in range(place):
                used[kind[groups[depth, i], at]] = True
            if place == size - 1:
                depth, place = depth + 1, 0
            else:
                place += 1
                groups[depth, place] = at
            continue
        # Nothing fits here: take back the point before, or the whole group that came before.
        place -= 1
        if place == 0:
            taken[circle[groups[depth, 0]]] = False
            depth, place = depth - 1, size - 1
            if depth < 0:
                return False
        back = groups[depth, place]
        taken[circle[back]] = False
        for i in range(place):
            used[kind[groups[depth, i], back]] = False
    return False


@njit(cache=True, nogil=True)
def differ(rows: Ints, minus: Ints, rng: Words, iterations: int, hot: float, cold: float) -> int:
    """Anneals the entries of `rows`, shape (rounds, columns), until no two columns show a difference twice.

    `minus[a, b]` is the difference of two elements of the group. Returns the pairs of equal differences that are left;
    with 0, each row moved by all elements is a round in which nobody meets whom they met in another.
    """
    rounds, columns = rows.shape
    seen = np.zeros((columns, columns, len(minus)), np.int64)
    cost = 0
    for i in range(rounds):
        for a in range(columns):
            for b in range(columns):
                if a != b:
                    at = minus[rows[i, a], rows[i, b]]
                    cost += seen[a, b, at]
                    seen[a, b, at] += 1
    cost //= 2
    for step in range(iterations):
        if cost == 0:
            break
        i, a = _below(rng, rounds), _below(rng, columns)
        old, new = rows[i, a], _below(rng, len(minus))
        if old == new:
            continue
        change = 0
        for b in range(columns):
            if a != b:
                change += seen[a, b, minus[new, rows[i, b]]] - seen[a, b, minus[old, rows[i, b]]] + 1
        if _accepts(rng, change, hot * (cold / hot) ** (step / iterations)):
            cost += change
            for b in range(columns):
                if a != b:
                    seen[a, b, minus[old, rows[i, b]]] -= 1
                    seen[b, a, minus[rows[i, b], old]] -= 1
                    seen[a, b, minus[new, rows[i, b]]] += 1
                    seen[b, a, minus[rows[i, b], new]] += 1
            rows[i, a] = new
    return cost


@njit(cache=True, nogil=True)
def seat_guests(groups: Ints, at: Ints, rng: Words, iterations: int, hot: float, cold: float) -> int:
    """Anneals where guests sit: guest e joins group `at[e, i]` of round i, at most one guest a group.

    `groups`, shape (rounds, groups, size), stays. Returns how often a guest meets a member again; 0 is what is wanted.
    """
    guests, rounds = at.shape
    members = groups.shape[1] * groups.shape[2]
    met = np.zeros((guests, members), np.int64)
    host = np.full((rounds, groups.shape[1]), -1, np.int64)
    cost = 0
    for e in range(guests):
        for i in range(rounds):
            host[i, at[e, i]] = e
            for p in range(groups.shape[2]):
                cost += met[e, groups[i, at[e, i], p]]
                met[e, groups[i, at[e, i], p]] += 1
    for step in range(iterations):
        if cost == 0:
            break
        e, i, new = _below(rng, guests), _below(rng, rounds), _below(rng, groups.shape[1])
        old = at[e, i]
        if old == new:
            continue
        other = host[i, new]
        change = 0
        for p in range(groups.shape[2]):
            x, y = groups[i, old, p], groups[i, new, p]
            change += met[e, y] - met[e, x] + 1
            if other >= 0:
                change += met[other, x] - met[other, y] + 1
        if _accepts(rng, change, hot * (cold / hot) ** (step / iterations)):
            cost += change
            for p in range(groups.shape[2]):
                x, y = groups[i, old, p], groups[i, new, p]
                met[e, x] -= 1
                met[e, y] += 1
                if other >= 0:
                    met[other, y] -= 1
                    met[other, x] += 1
            at[e, i] = new
            host[i, new] = e
            host[i, old] = other
            if other >= 0:
                at[other, i] = old
    return cost


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


@_inner
def _outside(counts: Counts, value: int, count: int, size: int) -> int:
    """How far a count lies outside its band."""
    if counts.lone[value] and count == 0:
        return 0
    return int(max(0, counts.low[value, size] - count, count - counts.high[value, size]))


@_inner
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


@_inner
def _acquaint(met: Ints, price: Ints, at_most: int, x: int, y: int, step: int, at: int, ledger: Ints) -> None:
    """One meeting more or fewer of a pair; its price goes to ledger `at`."""
    before = met[x, y]
    met[x, y] = before + step
    met[y, x] = before + step
    ledger[at] += price[before + step] - price[before]
    if max(before, before + step) > at_most:
        ledger[BROKEN] += step


@njit(cache=True, nogil=True)
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
        u = free[_below(rng, len(free))]
        p, q = _below(rng, seats[u]), _below(rng, seats[u])
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
            if not _accepts(rng, weighted, temperature):
                continue
            for part in range(3):
                now[part] += change[part]
            if now[BROKEN] < best[BROKEN] or (
                now[BROKEN] == best[BROKEN]
                and (now[BALANCE] < best[BALANCE] or (now[BALANCE] == best[BALANCE] and now[REST] < best[REST]))
            ):
                for part in range(3):
                    best[part] = now[part]
                _copy(seat, best_seat)
            break


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


@_inner
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


@_inner
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


@_inner
def _unfair(turns: int, floor: int) -> int:
    """How far one member's turns are outside floor .. floor + 1.

    The sum over members is 0 exactly when the range is at most 1; unlike the range, every turn that moves
    towards fairness lowers it, which is what a search needs.
    """
    return max(0, floor - turns, turns - floor - 1)


@_inner
def _turns(tally: Tally, terms: Terms, i: int, ledger: Ints, sign: int) -> None:
    """Adds how unfair the turns of one member are."""
    cases = _unfair(tally.cases[i], terms.case_floor)
    odd = _unfair(tally.odd[i], terms.size_floor)
    ledger[BROKEN] += sign * (terms.weight[CASES, 0] * cases + terms.weight[SIZES, 0] * odd)
    ledger[REST] += sign * (terms.weight[CASES, 1] * cases + terms.weight[SIZES, 1] * odd)


@_inner
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


@_inner
def _meet(tally: Tally, terms: Terms, i: int, j: int, ledger: Ints, sign: int) -> None:
    """One meeting more (sign 1) or fewer (sign -1) of a pair."""
    before = tally.met[i, j]
    after = before + sign
    tally.met[i, j] = after
    tally.met[j, i] = after
    ledger[terms.price_ledger] += terms.price[after] - terms.price[before]
    if max(before, after) > terms.at_most:
        ledger[BROKEN] += sign


@_inner
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


@_inner
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


@_inner
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


@njit(cache=True, nogil=True)
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
        draw = _below(rng, 1 << 20) / (1 << 20)
        u = free[_below(rng, len(free))]
        w = free[_below(rng, len(free))]
        p, q = _below(rng, seating.seats[u]), _below(rng, seating.seats[u])
        k, m = seating.group_of_seat[u, p], terms.block[u, ROW]
        x, y = seating.seat[u, p], seating.seat[u, q]
        if draw < chances[SWAP]:
            move = SWAP
            if k == seating.group_of_seat[u, q]:
                continue
        elif draw < chances[HAND_OVER]:
            move = HAND_OVER
            m += _below(rng, terms.block[u + 1, ROW] - m)
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
            if temperature < 0 or not _accepts(rng, weighted, temperature):
                continue
            for part in range(3):
                now[part] += change[part]
            if now[BROKEN] < best[BROKEN] or (
                now[BROKEN] == best[BROKEN]
                and (now[BALANCE] < best[BALANCE] or (now[BALANCE] == best[BALANCE] and now[REST] < best[REST]))
            ):
                for part in range(3):
                    best[part] = now[part]
                _copy(seating.seat, best_seat)
                _copy(tally.giver, best_giver)
            break
    return total / max(1, iterations)
