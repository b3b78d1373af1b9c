"""The term `count`: how far numbers of carriers lie outside their bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.lowering import Count
from solver.terms.common import Flags, Ints, Lists, Priced, Strengths, Units, lists, offsets, strengths
from solver.terms.compiled import kernel
from solver.terms.model import GroupModel, LinearExpr


class CountBoard(NamedTuple):
    """Arrays of all count terms; values of all terms are laid end to end."""

    strength: Strengths
    carried: Lists
    term: Ints
    """(values,) the term of each value"""
    first: Ints
    """(terms + 1,) where the values of each term start"""
    row: Ints
    low: Ints
    """(rows, sizes)"""
    high: Ints
    lone: Flags
    """(values,) whether a count of 0 costs nothing"""
    sized: Flags
    """(terms,) whether the band depends on the size"""
    tally: Ints
    """state (groups, values)"""
    cost: Ints
    """state (groups, terms)"""


def build(terms: Sequence[Priced[Count]], units: Units, groups: int) -> CountBoard:
    """The arrays for an empty board."""
    values = [(people, band, t) for t, priced in enumerate(terms) for people, band in priced.term.values]
    bands = {band: index for index, band in enumerate(dict.fromkeys((band.low, band.high) for _, band, _ in values))}
    low = np.array([list(band[0]) for band in bands] or [[0]], dtype=np.int64)
    high = np.array([list(band[1]) for band in bands] or [[0]], dtype=np.int64)
    varies = np.array(
        [any(len(set(table)) > 1 for table in band) for band in bands],
        dtype=np.uint8,
    )
    row = np.array([bands[band.low, band.high] for _, band, _ in values], dtype=np.int64)
    lone = np.array([band.only_where_present for _, band, _ in values], dtype=np.uint8)
    term = np.array([t for _, _, t in values], dtype=np.int64)
    sized = np.zeros(len(terms), dtype=np.uint8)
    for v, t in enumerate(term):
        sized[t] |= varies[row[v]]
    return CountBoard(
        strength=strengths(terms, groups),
        carried=lists([people for people, _, _ in values], units),
        term=term,
        first=offsets([len(priced.term.values) for priced in terms]),
        row=row,
        low=low,
        high=high,
        lone=lone,
        sized=sized,
        tally=np.zeros((groups, len(values)), dtype=np.int64),
        cost=np.zeros((groups, len(terms)), dtype=np.int64),
    )


@kernel
def price(low: int, high: int, lone: int, count: int) -> int:
    """The price of one value at one count; a band may be crossed, and then both ends add."""
    short = 0 if lone and count == 0 else max(0, low - count)
    return short + max(0, count - high)


@kernel
def exchange(board: CountBoard, k: int, out: int, into: int, before: int, after: int) -> tuple[int, int]:
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
            t = board.term[v]
            if strength.active[t, k] and (before == after or not board.sized[t]):
                row = board.row[v]
                low = board.low[row, after]
                high = board.high[row, after]
                change = price(low, high, board.lone[v], new) - price(low, high, board.lone[v], old)
                board.cost[k, t] += change
                soft += strength.weight[t] * change
                hard += strength.must[t] * change
    if before != after:
        for t in range(board.sized.size):
            if board.sized[t] and strength.active[t, k]:
                total = 0
                for v in range(board.first[t], board.first[t + 1]):
                    row = board.row[v]
                    total += price(board.low[row, after], board.high[row, after], board.lone[v], board.tally[k, v])
                change = total - board.cost[k, t]
                board.cost[k, t] = total
                soft += strength.weight[t] * change
                hard += strength.must[t] * change
    return soft, hard


def encode(term: Count, group: GroupModel) -> list[LinearExpr]:
    """The price for CP-SAT: one shortage and one excess per value."""
    parts: list[LinearExpr] = []
    for people, band in term.values:
        count = group.sum(people)
        if band.only_where_present:
            if people and max(band.low) > 0:
                present = group.flag()
                for person in people:
                    group.implies(person, present)
                needed = group.least(band.low[-1])
                group.at_least(needed, band.low[-1] * present - count)
                parts.append(needed)
        elif max(band.low) > 0:
            needed = group.least(max(band.low))
            group.at_least(needed, group.by_size(band.low) - count)
            parts.append(needed)
        if min(band.high) < len(people):
            excess = group.least(len(people))
            group.at_least(excess, count - group.by_size(band.high))
            parts.append(excess)
    return parts
