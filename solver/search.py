"""Annealing over moves and swaps of units: the incremental search that serves every rule.

Kirkpatrick, Gelatt and Vecchi (1983), "Optimization by simulated annealing", Science 220. One kernel for all rules: it
knows the price of an exchange and nothing else.
"""

from __future__ import annotations

import numpy as np

from solver.board import Board, exchange
from solver.terms import likeness, scatter
from solver.terms.common import Flags, Ints
from solver.terms.compiled import kernel


@kernel
def random_word(state: Ints) -> int:
    """The next word of a xorshift64 generator (Marsaglia 2003); `state` is one non-zero uint64."""
    word = state[0]
    word ^= word << np.uint64(13)
    word ^= word >> np.uint64(7)
    word ^= word << np.uint64(17)
    state[0] = word
    return word  # type: ignore[no-any-return]  # compiled: one machine word


@kernel
def below(state: Ints, limit: int) -> int:
    """A whole number from 0 to limit - 1."""
    return np.int64((random_word(state) >> np.uint64(33)) % np.uint64(limit))  # type: ignore[return-value]


@kernel
def unit_interval(state: Ints) -> float:
    """A number from 0 up to 1."""
    return (random_word(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)  # type: ignore[no-any-return]


@kernel
def copy(source: Ints, target: Ints) -> None:
    """Copies one array over another of its length."""
    for i in range(source.size):
        target[i] = source[i]


@kernel
def may_sit(column: Ints, allowed: Flags, foreign: Flags, leader: Ints, unit: int, k: int) -> bool:
    """Whether a unit is allowed in a group, or on the waitlist, rules aside."""
    if not allowed[column[k], unit]:
        return False
    return k == leader.size or not foreign[leader[k], unit]


@kernel
def anneal(
    board: Board,
    start: Ints,
    movable: Ints,
    places: Ints,
    state: Ints,
    steps: int,
    hot: float,
    cold: float,
    prices: Ints,
    now: Ints,
    best: Ints,
    best_where: Ints,
    seen: Ints,
    dearer: Ints,
) -> None:
    """Seats whoever is not seated yet, then anneals for `steps` proposals.

    start: where to seat each unit that is nowhere yet; seating is a move from nowhere that is always made.
    movable: the units that may move; places: the groups they may move to (the waitlist is number `groups`).
    prices: (of one hard violation, of one person waiting), in units of the soft price.
    now, best: (hard, waiting, soft), updated; best_where: the best board seen, by that order.
    seen: (moves made, proposals that were dearer), updated; dearer: by how much the last of these were.
    """
    groups = board.low.size
    seats = start.size if steps == 0 else 0
    cooling = (cold / hot) ** (1.0 / max(1, steps)) if hot > 0 else 1.0
    temperature = hot
    for step in range(seats + steps):
        seating = step < seats
        other = -1
        if seating:
            one = step
            source, target = -1, start[one]
            mine, theirs = board.people[one], 0
        else:
            temperature *= cooling
            one = movable[below(state, movable.size)]
            source = board.where[one]
            if random_word(state) & np.uint64(7):
                other = movable[below(state, movable.size)]
                target = board.where[other]
                if target == source or not may_sit(
                    board.column, board.allowed, board.foreign, board.leader, other, source
                ):
                    continue
            else:
                target = places[below(state, places.size)]
                if target == source:
                    continue
            if not may_sit(board.column, board.allowed, board.foreign, board.leader, one, target):
                continue
            mine = board.people[one]
            theirs = board.people[other] if other >= 0 else 0
            if target < groups and board.filled[target] + mine - theirs > board.high[target]:
                continue
            if source < groups and board.filled[source] + theirs - mine > board.high[source]:
                continue
        soft = 0
        hard = 0
        waiting = 0
        if target == groups:
            waiting = mine - theirs
        elif source == groups:
            waiting = theirs - mine
        # Both exchanges forth, a decision, and both back if it is no: one loop, so that there is one call to inline.
        for turn in range(4):
            if turn == 2:
                change = soft + prices[0] * hard + prices[1] * waiting
                if change > 0 and not seating:
                    dearer[seen[1] % dearer.size] = change
                    seen[1] += 1
                if seating or change <= 0 or (temperature > 0 and unit_interval(state) < np.exp(-change / temperature)):
                    board.where[one] = target
                    if other >= 0:
                        board.where[other] = source
                    if board.likeness.scale.size:
                        if 0 <= source < groups:
                            likeness.commit(board.likeness, source, one, other)
                        if target < groups:
                            likeness.commit(board.likeness, target, other, one)
                    now[0] += hard
                    now[1] += waiting
                    now[2] += soft
                    seen[0] += 1
                    if seating:
                        break
                    if now[0] < best[0] or (
                        now[0] == best[0] and (now[1] < best[1] or (now[1] == best[1] and now[2] < best[2]))
                    ):
                        copy(now, best)
                        copy(board.where, best_where)
                    break
            back = turn >= 2
            at_source = turn % 2 == 0
            k = source if at_source else target
            unit = one if at_source else other
            if board.scatter.weight.size and unit >= 0:
                goes = source if at_source != back else target
                s, h = scatter.move(board.scatter, unit, goes, source + target - goes)
                soft += s
                hard += h
            if k >= 0:
                s, h = exchange(
                    board, k, one if at_source != back else other, other if at_source != back else one, back
                )
                soft += s
                hard += h


def generator(seed: int) -> Ints:
    """The state of a generator for a seed, spread by splitmix64 so that near seeds differ."""
    word = (seed + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return np.array([(word ^ (word >> 31)) or 1], dtype=np.uint64)


__all__ = ["anneal", "generator"]
