"""The term `likeness`: how much all pairs of a group agree."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.lowering import Likeness
from solver.terms.common import Ints, Priced, Strengths, Units, strengths
from solver.terms.compiled import part
from solver.terms.model import GroupModel, LinearExpr

Cube = NDArray[np.int32] | NDArray[np.int64]


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


def build(terms: Sequence[Priced[Likeness]], units: Units, groups: int) -> LikenessBoard:
    """The arrays for an empty board."""
    count = len(units)
    pair: Cube = np.zeros((len(terms), count, count), dtype=np.int64)
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
    if np.abs(pair).sum(axis=2).max(initial=0) < np.iinfo(np.int32).max:
        # Half the memory is twice the speed; with larger numbers the kernels are compiled once more.
        pair = pair.astype(np.int32)
    return LikenessBoard(
        strength=strengths(terms, groups),
        pair=pair,
        within=within,
        scale=np.array([priced.term.scale for priced in terms], dtype=np.int64),
        gain=np.zeros((len(terms), groups, count), dtype=pair.dtype),
        total=np.zeros((groups, len(terms)), dtype=np.int64),
    )


@part
def change(board: LikenessBoard, k: int, out: int, into: int) -> tuple[int, int]:
    """What it would cost group k to have unit `into` instead of `out` (-1: nobody), as (soft, hard) price."""
    soft = 0
    hard = 0
    strength = board.strength
    for t in range(strength.weight.size):
        if not strength.active[t, k]:
            continue
        difference = np.int64(0)
        if out >= 0:
            difference -= board.gain[t, k, out] + board.within[t, out]
        if into >= 0:
            difference += board.gain[t, k, into] + board.within[t, into]
            if out >= 0:
                # The same place whichever of the two groups asks: where there are many, to fetch it is the dearest.
                difference -= board.pair[t, min(out, into), max(out, into)]
        scale = board.scale[t]
        if scale != 1:
            total = board.total[k, t]
            difference = rounded(total + difference, scale) - rounded(total, scale)
        soft += strength.weight[t] * difference
        hard += strength.must[t] * difference
    return soft, hard


@part
def rounded(total: int, scale: int) -> int:
    """A sum over its scale, to the nearest whole, halves up."""
    return (2 * total + scale) // (2 * scale)


@part
def commit(board: LikenessBoard, k: int, out: int, into: int) -> None:
    """Puts unit `into` in group k instead of `out` (-1: nobody)."""
    for t in range(board.strength.weight.size):
        gain = board.gain[t, k]
        if out >= 0 and into >= 0:
            board.total[k, t] += gain[into] - gain[out] - board.pair[t, out, into]
            board.total[k, t] += board.within[t, into] - board.within[t, out]
            gone, come = board.pair[t, out], board.pair[t, into]
            for unit in range(gain.size):
                gain[unit] += come[unit] - gone[unit]
        elif into >= 0:
            board.total[k, t] += gain[into] + board.within[t, into]
            come = board.pair[t, into]
            for unit in range(gain.size):
                gain[unit] += come[unit]
        elif out >= 0:
            board.total[k, t] -= gain[out] + board.within[t, out]
            gone = board.pair[t, out]
            for unit in range(gain.size):
                gain[unit] -= gone[unit]


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
