"""Annealing over moves and swaps of units: the incremental search that serves every rule.

Kirkpatrick, Gelatt and Vecchi (1983), "Optimization by simulated annealing", Science 220. One kernel for all rules: it
reads what an exchange would cost, makes it or not, and knows nothing else.
"""

from __future__ import annotations

import numpy as np

from solver.board import Board, change, commit
from solver.terms import scatter
from solver.terms.common import Flags, Ints
from solver.terms.compiled import kernel

STEEP = 40.0
"""Temperatures above which a dearer proposal is never taken: e^-40 is less than one proposal in 10^17."""


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
def scaled(word: int, limit: int) -> int:
    """A whole number from 0 to limit - 1, from 32 random bits (Lemire 2019, without the rejection)."""
    return np.int64((word * np.uint64(limit)) >> np.uint64(32))  # type: ignore[return-value]


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
    seen: (moves made, proposals that were dearer), updated; dearer: by how much the last of these were, where the
    temperature is 0; its length is a power of two.
    """
    groups = board.low.size
    seats = start.size if steps == 0 else 0
    cooling = (cold / hot) ** (1.0 / max(1, steps)) if hot > 0 else 1.0
    temperature = hot
    # What holds everywhere is looked at once: who may sit where is most of the price of a cheap proposal.
    anywhere = board.allowed.all() and not board.foreign.any()
    for step in range(seats + steps):
        seating = step < seats
        other = -1
        if seating:
            one = step
            source, target = -1, start[one]
            mine, theirs = board.people[one], 0
        else:
            temperature *= cooling
            word = random_word(state)
            one = movable[scaled(word >> np.uint64(32), movable.size)]
            source = board.where[one]
            if word & np.uint64(7):
                other = movable[scaled(word & np.uint64(0xFFFFFFFF), movable.size)]
                target = board.where[other]
                if target == source or not (
                    anywhere or may_sit(board.column, board.allowed, board.foreign, board.leader, other, source)
                ):
                    continue
            else:
                target = places[scaled(word & np.uint64(0xFFFFFFFF), places.size)]
                if target == source:
                    continue
            if not (anywhere or may_sit(board.column, board.allowed, board.foreign, board.leader, one, target)):
                continue
            mine = board.people[one]
            theirs = board.people[other] if other >= 0 else 0
            if mine != theirs:
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
        if board.scatter.weight.size:
            s, h = scatter.change(board.scatter, one, other, source, target)
            soft += s
            hard += h
        # Either side in turn, so that there is one call to inline.
        for side in range(2):
            k = target if side else source
            if k >= 0:
                s, h = change(board, k, other if side else one, one if side else other, anywhere)
                soft += s
                hard += h
        if not seating:
            price = soft + prices[0] * hard + prices[1] * waiting
            if price > 0:
                if temperature == 0:
                    dearer[seen[1] & (dearer.size - 1)] = price
                    seen[1] += 1
                if price > STEEP * temperature or unit_interval(state) >= np.exp(-price / temperature):
                    continue
        for side in range(2):
            k = target if side else source
            if k >= 0:
                commit(board, k, other if side else one, one if side else other)
        if board.scatter.weight.size:
            scatter.commit(board.scatter, one, source, target)
            if other >= 0:
                scatter.commit(board.scatter, other, target, source)
        board.where[one] = target
        if other >= 0:
            board.where[other] = source
        now[0] += hard
        now[1] += waiting
        now[2] += soft
        seen[0] += 1
        if not seating and (
            now[0] < best[0] or (now[0] == best[0] and (now[1] < best[1] or (now[1] == best[1] and now[2] < best[2])))
        ):
            copy(now, best)
            copy(board.where, best_where)


def generator(seed: int) -> Ints:
    """The state of a generator for a seed, spread by splitmix64 so that near seeds differ."""
    word = (seed + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return np.array([(word ^ (word >> 31)) or 1], dtype=np.uint64)


__all__ = ["anneal", "generator"]
