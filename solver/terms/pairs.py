"""The term `pairs`: which of some pairs sit together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.lowering import Pairs
from solver.terms.common import Ints, Priced, Strengths, Units, offsets, strengths
from solver.terms.compiled import part
from solver.terms.model import GroupModel, LinearExpr


class PairsBoard(NamedTuple):
    """Arrays of all pairs terms: for each unit, the units it should not meet."""

    strength: Strengths
    start: Ints
    other: Ints
    term: Ints
    times: Ints
    """how many pairs of people two units stand for"""
    within: Ints
    """(units, terms): pairs inside a unit"""


def build(terms: Sequence[Priced[Pairs]], units: Units, groups: int) -> PairsBoard:
    """The arrays for an empty board."""
    found: list[dict[tuple[int, int], int]] = [{} for _ in units.members]
    within = np.zeros((len(units), len(terms)), dtype=np.int64)
    for t, priced in enumerate(terms):
        for one, other in priced.term.pairs:
            a, b = units.of[one], units.of[other]
            if a == b:
                within[a, t] += 1
                continue
            found[a][b, t] = found[a].get((b, t), 0) + 1
            found[b][a, t] = found[b].get((a, t), 0) + 1
    flat = [(other, t, times) for pairs in found for (other, t), times in pairs.items()]
    return PairsBoard(
        strength=strengths(terms, groups),
        start=offsets([len(pairs) for pairs in found]),
        other=np.array([other for other, _, _ in flat], dtype=np.int64),
        term=np.array([t for _, t, _ in flat], dtype=np.int64),
        times=np.array([times for _, _, times in flat], dtype=np.int64),
        within=within,
    )


@part
def change(board: PairsBoard, where: Ints, k: int, out: int, into: int) -> tuple[int, int]:
    """What it would cost group k to have unit `into` instead of `out` (-1: nobody), as (soft, hard) price.

    `where` tells where every unit sits now; the term has no state of its own.
    """
    soft = 0
    hard = 0
    strength = board.strength
    for turn in range(2):
        unit = out if turn == 0 else into
        if unit < 0:
            continue
        sign = -1 if turn == 0 else 1
        partner = into if turn == 0 else out
        for i in range(board.start[unit], board.start[unit + 1]):
            other = board.other[i]
            t = board.term[i]
            if where[other] == k and other != partner and strength.active[t, k]:
                soft += strength.weight[t] * sign * board.times[i]
                hard += strength.must[t] * sign * board.times[i]
        for t in range(strength.weight.size):
            if board.within[unit, t] and strength.active[t, k]:
                soft += strength.weight[t] * sign * board.within[unit, t]
                hard += strength.must[t] * sign * board.within[unit, t]
    return soft, hard


def encode(term: Pairs, group: GroupModel) -> list[LinearExpr]:
    """The price for CP-SAT: a pair is together where both seats are taken."""
    together: list[LinearExpr] = []
    for one, other in term.pairs:
        both = group.flag()
        group.at_least(both, group.seats[one] + group.seats[other] - group.open)
        together.append(both)
    return together
