"""The term `count`: how far numbers of carriers lie outside their bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.lowering import Count
from solver.terms.common import (
    Flags,
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
    retally,
    strengths,
)
from solver.terms.compiled import part
from solver.terms.model import GroupModel, LinearExpr

SPARSE = 8
"""A term in which fewer than one unit of so many has a value is looked up unit by unit, at no cost for all others."""


class CountBoard(NamedTuple):
    """Arrays of all count terms; values of all terms are laid end to end."""

    strength: Strengths
    carried: Lists
    only: Ints
    """(plain terms, units + 1) the one value of each unit, -1: none; the last column, number -1, is nobody's"""
    plain: Ints
    """(plain terms,) those in which no unit has more than one value and many have one; `carried` leaves these out"""
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
    """(terms,) whether the band depends on the size of a group that has members"""
    tally: Ints
    """state (groups, values)"""


def build(terms: Sequence[Priced[Count]], units: Units, groups: int) -> CountBoard:
    """The arrays for an empty board."""
    values = [(people, band, t) for t, priced in enumerate(terms) for people, band in priced.term.values]
    bands = {band: index for index, band in enumerate(dict.fromkeys((band.low, band.high) for _, band, _ in values))}
    low = np.array([list(band[0]) for band in bands] or [[0]], dtype=np.int64)
    high = np.array([list(band[1]) for band in bands] or [[0]], dtype=np.int64)
    varies = np.array(
        [any(len(set(table[1:])) > 1 for table in band) for band in bands],
        dtype=np.uint8,
    )
    row = np.array([bands[band.low, band.high] for _, band, _ in values], dtype=np.int64)
    lone = np.array([band.only_where_present for _, band, _ in values], dtype=np.uint8)
    term = np.array([t for _, _, t in values], dtype=np.int64)
    sized = np.zeros(len(terms), dtype=np.uint8)
    for v, t in enumerate(term):
        sized[t] |= varies[row[v]]
    plain, only = _plain([[people for people, _ in priced.term.values] for priced in terms], units)
    return CountBoard(
        strength=strengths(terms, groups),
        carried=lists([() if t in plain else people for people, _, t in values], units),
        only=only,
        plain=np.array(plain, dtype=np.int64),
        term=term,
        first=offsets([len(priced.term.values) for priced in terms]),
        row=row,
        low=low,
        high=high,
        lone=lone,
        sized=sized,
        tally=np.zeros((groups, len(values)), dtype=np.int64),
    )


def _plain(carriers: Sequence[Sequence[Sequence[int]]], units: Units) -> tuple[list[int], Ints]:
    """The terms in which no unit has more than one value and many have one, and the value of each unit in each."""
    plain, rows, first = [], [], 0
    for t, values in enumerate(carriers):
        row = np.full(len(units) + 1, -1, dtype=np.int64)
        times = np.zeros(len(units), dtype=np.int64)
        for v, people in enumerate(values):
            mine = [units.of[person] for person in people]
            row[mine] = first + v
            np.add.at(times, mine, 1)
        if times.max(initial=0) <= 1 and SPARSE * times.sum() > len(units):
            plain.append(t)
            rows.append(row)
        first += len(values)
    return plain, np.array(rows, dtype=np.int64).reshape(len(rows), len(units) + 1)


@part
def price(low: int, high: int, lone: int, count: int) -> int:
    """The price of one value at one count; a band may be crossed, and then both ends add."""
    short = 0 if lone and count == 0 else max(0, low - count)
    return short + max(0, count - high)


@part
def total(board: CountBoard, k: int, t: int, size: int) -> int:
    """What term t costs group k at a size, with the tallies as they are."""
    price_of_all = 0
    for v in range(board.first[t], board.first[t + 1]):
        row = board.row[v]
        price_of_all += price(board.low[row, size], board.high[row, size], board.lone[v], board.tally[k, v])
    return price_of_all


@part
def change(board: CountBoard, k: int, out: int, into: int, before: int, after: int) -> tuple[int, int]:
    """What it would cost group k to have unit `into` instead of `out` (-1: nobody), as (soft, hard) price."""
    soft = 0
    hard = 0
    strength = board.strength
    if before != after:
        for t in range(strength.weight.size):
            # What a value costs by itself depends on the size: first the size changes, then the numbers.
            if strength.active[t, k] and (board.sized[t] or before == 0 or after == 0):
                difference = total(board, k, t, after) - total(board, k, t, before)
                soft += strength.weight[t] * difference
                hard += strength.must[t] * difference
    for index in range(board.plain.size):
        gone, come = board.only[index, out], board.only[index, into]
        t = board.plain[index]
        if gone != come and strength.active[t, k]:
            difference = 0
            if gone >= 0:
                difference += step_of(board, k, gone, after, -1)
            if come >= 0:
                difference += step_of(board, k, come, after, 1)
            soft += strength.weight[t] * difference
            hard += strength.must[t] * difference
    carried = board.carried
    i, i_end = first_of(carried, out), end_of(carried, out)
    j, j_end = first_of(carried, into), end_of(carried, into)
    while i < i_end or j < j_end:
        v, step, i, j = next_item(carried, i, i_end, j, j_end)
        t = board.term[v]
        if step != 0 and strength.active[t, k]:
            difference = step_of(board, k, v, after, step)
            soft += strength.weight[t] * difference
            hard += strength.must[t] * difference
    return soft, hard


@part
def step_of(board: CountBoard, k: int, v: int, size: int, step: int) -> int:
    """What it would cost to have so many more of a value in a group of this size."""
    low, high, lone = board.low[board.row[v], size], board.high[board.row[v], size], board.lone[v]
    old = board.tally[k, v]
    return price(low, high, lone, old + step) - price(low, high, lone, old)  # type: ignore[no-any-return]


@part
def commit(board: CountBoard, k: int, out: int, into: int) -> None:
    """Puts unit `into` in group k instead of `out` (-1: nobody)."""
    retally(board.carried, board.tally[k], out, into)
    for index in range(board.plain.size):
        gone, come = board.only[index, out], board.only[index, into]
        if gone >= 0:
            board.tally[k, gone] -= 1
        if come >= 0:
            board.tally[k, come] += 1


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
