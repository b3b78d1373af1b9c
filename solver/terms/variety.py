"""The term `variety`: how many values are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.lowering import Variety
from solver.terms.common import (
    Ints,
    Lists,
    Priced,
    Strengths,
    Units,
    end_of,
    first_of,
    lists,
    next_item,
    offsets,
    strengths,
)
from solver.terms.compiled import part
from solver.terms.model import GroupModel, LinearExpr


class VarietyBoard(NamedTuple):
    """Arrays of all variety terms; values of all terms are laid end to end."""

    strength: Strengths
    carried: Lists
    term: Ints
    """(values,) the term of each value"""
    first: Ints
    """(terms + 1,) where the values of each term start"""
    need: Ints
    """(terms, sizes)"""
    tally: Ints
    """state (groups, values)"""
    found: Ints
    """state (groups, terms): values present"""


def build(terms: Sequence[Priced[Variety]], units: Units, groups: int) -> VarietyBoard:
    """The arrays for an empty board."""
    values = [(people, t) for t, priced in enumerate(terms) for people in priced.term.values]
    return VarietyBoard(
        strength=strengths(terms, groups),
        carried=lists([people for people, _ in values], units),
        term=np.array([t for _, t in values], dtype=np.int64),
        first=offsets([len(priced.term.values) for priced in terms]),
        need=np.array([list(priced.term.need) for priced in terms] or [[0]], dtype=np.int64),
        tally=np.zeros((groups, len(values)), dtype=np.int64),
        found=np.zeros((groups, len(terms)), dtype=np.int64),
    )


@part
def change(board: VarietyBoard, k: int, out: int, into: int, before: int, after: int) -> tuple[int, int]:
    """What it would cost group k to have unit `into` instead of `out` (-1: nobody), as (soft, hard) price."""
    soft = 0
    hard = 0
    strength = board.strength
    carried = board.carried
    i, i_end = first_of(carried, out), end_of(carried, out)
    j, j_end = first_of(carried, into), end_of(carried, into)
    for t in range(strength.weight.size):
        stop = board.first[t + 1]
        found = board.found[k, t]
        then = found
        while (i < i_end and carried.item[i] < stop) or (j < j_end and carried.item[j] < stop):
            v, step, i, j = next_item(carried, i, i_end, j, j_end)
            old = board.tally[k, v]
            then += (old + step > 0) - (old > 0)
        if strength.active[t, k]:
            difference = max(0, board.need[t, after] - then) - max(0, board.need[t, before] - found)
            soft += strength.weight[t] * difference
            hard += strength.must[t] * difference
    return soft, hard


@part
def commit(board: VarietyBoard, k: int, out: int, into: int) -> None:
    """Puts unit `into` in group k instead of `out` (-1: nobody)."""
    carried = board.carried
    i, i_end = first_of(carried, out), end_of(carried, out)
    j, j_end = first_of(carried, into), end_of(carried, into)
    while i < i_end or j < j_end:
        v, step, i, j = next_item(carried, i, i_end, j, j_end)
        old = board.tally[k, v]
        board.tally[k, v] = old + step
        board.found[k, board.term[v]] += (old + step > 0) - (old > 0)


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
