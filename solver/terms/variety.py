"""The term `variety`: how many values are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.lowering import Variety
from solver.terms.common import Ints, Lists, Priced, Strengths, Units, lists, strengths
from solver.terms.compiled import kernel
from solver.terms.model import GroupModel, LinearExpr


class VarietyBoard(NamedTuple):
    """Arrays of all variety terms; values of all terms are laid end to end."""

    strength: Strengths
    carried: Lists
    term: Ints
    need: Ints
    """(terms, sizes)"""
    tally: Ints
    """state (groups, values)"""
    found: Ints
    """state (groups, terms): values present"""
    cost: Ints
    """state (groups, terms)"""


def build(terms: Sequence[Priced[Variety]], units: Units, groups: int) -> VarietyBoard:
    """The arrays for an empty board."""
    values = [(people, t) for t, priced in enumerate(terms) for people in priced.term.values]
    return VarietyBoard(
        strength=strengths(terms, groups),
        carried=lists([people for people, _ in values], units),
        term=np.array([t for _, t in values], dtype=np.int64),
        need=np.array([list(priced.term.need) for priced in terms] or [[0]], dtype=np.int64),
        tally=np.zeros((groups, len(values)), dtype=np.int64),
        found=np.zeros((groups, len(terms)), dtype=np.int64),
        cost=np.zeros((groups, len(terms)), dtype=np.int64),
    )


@kernel
def exchange(board: VarietyBoard, k: int, out: int, into: int, before: int, after: int) -> tuple[int, int]:
    """Takes unit `out` from group k and puts `into` there (-1: nobody); returns the change in (soft, hard) price."""
    soft = 0
    hard = 0
    strength = board.strength
    for turn in range(2):
        unit = out if turn == 0 else into
        if unit < 0:
            continue
        sign = -1 if turn == 0 else 1
        for i in range(board.carried.start[unit], board.carried.start[unit + 1]):
            v = board.carried.item[i]
            old = board.tally[k, v]
            new = old + sign * board.carried.times[i]
            board.tally[k, v] = new
            if (old == 0) != (new == 0):
                board.found[k, board.term[v]] += sign
    for t in range(strength.weight.size):
        if strength.active[t, k]:
            change = max(0, board.need[t, after] - board.found[k, t]) - board.cost[k, t]
            board.cost[k, t] += change
            soft += strength.weight[t] * change
            hard += strength.must[t] * change
    return soft, hard


def encode(term: Variety, group: GroupModel) -> list[LinearExpr]:
    """The price for CP-SAT: a value is present only where a carrier sits."""
    present = []
    for people in term.values:
        flag = group.flag()
        group.at_least(group.sum(people), flag)
        present.append(flag)
    missing = group.least(max(term.need))
    group.at_least(missing, group.by_size(term.need) - sum(present))
    return [missing]
