"""Searches for single rounds: starters, differences, and seats for guests."""

from __future__ import annotations

import numpy as np

from solver.rotation.kernels.chance import Words, accepts, below
from solver.rotation.problem import Bools, Ints
from solver.terms.compiled import allocating


@allocating
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


@allocating
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
        i, a = below(rng, rounds), below(rng, columns)
        old, new = rows[i, a], below(rng, len(minus))
        if old == new:
            continue
        change = 0
        for b in range(columns):
            if a != b:
                change += seen[a, b, minus[new, rows[i, b]]] - seen[a, b, minus[old, rows[i, b]]] + 1
        if accepts(rng, change, hot * (cold / hot) ** (step / iterations)):
            cost += change
            for b in range(columns):
                if a != b:
                    seen[a, b, minus[old, rows[i, b]]] -= 1
                    seen[b, a, minus[rows[i, b], old]] -= 1
                    seen[a, b, minus[new, rows[i, b]]] += 1
                    seen[b, a, minus[rows[i, b], new]] += 1
            rows[i, a] = new
    return cost


@allocating
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
        e, i, new = below(rng, guests), below(rng, rounds), below(rng, groups.shape[1])
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
        if accepts(rng, change, hot * (cold / hot) ** (step / iterations)):
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
