"""Spreads meetings evenly over kinds of pairs."""

from __future__ import annotations

from solver.rotation.kernels.chance import Words, accepts, below, copy_rows
from solver.rotation.kernels.seating import Seating
from solver.rotation.problem import Ints
from solver.terms.compiled import allocating


@allocating
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
        u = free[below(rng, len(free))]
        p, q = below(rng, seats[u]), below(rng, seats[u])
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
        if accepts(rng, change, temperature):
            seat[u, p], seat[u, q] = y, x
            cost[0] += change
            if cost[0] < cost[1]:
                cost[1] = cost[0]
                copy_rows(seat, best)
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
