"""The term `likeness`: how much all pairs of a group agree."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.lowering import Likeness
from solver.terms.common import Ints, Priced, Strengths, Units, strengths
from solver.terms.compiled import kernel
from solver.terms.model import GroupModel, LinearExpr

Cube = NDArray[np.int64]


class LikenessBoard(NamedTuple):
    """Arrays of all likeness terms."""

    strength: Strengths
    pair: Cube
    """(terms, units, units)"""
    within: Ints
    """(terms, units): what a unit's own people agree"""
    scale: Ints
    gain: Cube
    """state (terms, groups, units): what each unit agrees with those in each group, as of the last commit"""
    total: Ints
    """state (groups, terms): in units of 1 / scale"""
    cost: Ints
    """state (groups, terms)"""


def build(terms: Sequence[Priced[Likeness]], units: Units, groups: int) -> LikenessBoard:
    """The arrays for an empty board."""
    count = len(units)
    pair = np.zeros((len(terms), count, count), dtype=np.int64)
    within = np.zeros((len(terms), count), dtype=np.int64)
    for t, priced in enumerate(terms):
        table = priced.term.numerators
        if all(len(members) == 1 for members in units.members):
            order = [members[0] for members in units.members]
            pair[t] = table[np.ix_(order, order)]
        else:
            seat = np.zeros((table.shape[0], count), dtype=np.int64)
            seat[np.arange(table.shape[0]), list(units.of)] = 1
            pair[t] = seat.T @ table @ seat
        within[t] = np.diagonal(pair[t]) // 2
        np.fill_diagonal(pair[t], 0)
    return LikenessBoard(
        strength=strengths(terms, groups),
        pair=pair,
        within=within,
        scale=np.array([priced.term.scale for priced in terms], dtype=np.int64),
        gain=np.zeros((len(terms), groups, count), dtype=np.int64),
        total=np.zeros((groups, len(terms)), dtype=np.int64),
        cost=np.zeros((groups, len(terms)), dtype=np.int64),
    )


@kernel
def exchange(board: LikenessBoard, k: int, out: int, into: int, back: bool) -> tuple[int, int]:
    """Takes unit `out` from group k and puts `into` there (-1: nobody); returns the change in (soft, hard) price.

    With `back`, it undoes the exchange of `into` for `out` that was not committed.
    """
    soft = 0
    hard = 0
    strength = board.strength
    for t in range(strength.weight.size):
        if not strength.active[t, k]:
            continue
        change = 0
        if out >= 0:
            change -= board.gain[t, k, out] + board.within[t, out]
        if into >= 0:
            change += board.gain[t, k, into] + board.within[t, into]
            if out >= 0:
                change += board.pair[t, out, into] if back else -board.pair[t, out, into]
        total = board.total[k, t] + change
        board.total[k, t] = total
        scale = board.scale[t]
        cost = total if scale == 1 else (2 * total + scale) // (2 * scale)
        difference = cost - board.cost[k, t]
        board.cost[k, t] = cost
        soft += strength.weight[t] * difference
        hard += strength.must[t] * difference
    return soft, hard


@kernel
def commit(board: LikenessBoard, k: int, out: int, into: int) -> None:
    """Makes an exchange final in the gains of group k."""
    for t in range(board.strength.weight.size):
        if board.strength.active[t, k]:
            if out >= 0:
                for unit in range(board.within.shape[1]):
                    board.gain[t, k, unit] -= board.pair[t, out, unit]
            if into >= 0:
                for unit in range(board.within.shape[1]):
                    board.gain[t, k, unit] += board.pair[t, into, unit]


def encode(term: Likeness, group: GroupModel) -> list[LinearExpr]:
    """The price for CP-SAT: one product of seats for each pair that agrees."""
    table = term.numerators
    amount: list[LinearExpr] = []
    lowest, highest = 0, 0
    for one, other in combinations(range(table.shape[0]), 2):
        weight = int(table[one, other])
        if weight == 0:
            continue
        both = group.flag()
        if weight > 0:
            group.at_least(both, group.seats[one] + group.seats[other] - 1)
            highest += weight
        else:
            group.at_least(group.seats[one], both)
            group.at_least(group.seats[other], both)
            lowest += weight
        amount.append(weight * both)
    if term.scale == 1:
        return amount
    price = group.model.new_int_var(lowest // term.scale - 1, highest // term.scale + 1, "")
    # The least whole r with 2 scale r > 2 total - scale is the total over scale, halves up.
    group.model.add(2 * term.scale * price >= 2 * sum(amount) - term.scale + 1)
    return [price]
