"""The term `mean`: how far the group's mean lies from everybody's."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.lowering import Mean
from solver.terms.common import Ints, Priced, Strengths, Units, strengths
from solver.terms.compiled import part
from solver.terms.model import GroupModel, LinearExpr
from solver.terms.relaxed import Linear, RelaxedGroup, total

TIE = 1e-9
"""Pulls exact halves up despite the last digits of floating point; no other case lies so near a half."""


class MeanBoard(NamedTuple):
    """Arrays of all mean terms; numbers are whole, in a common denominator."""

    strength: Strengths
    number: Ints
    """(terms, units) sums"""
    known: Ints
    """(terms, units) how many of a unit's people have a number"""
    mean: NDArray[np.float64]
    """(terms,) everybody's"""
    hundredth: NDArray[np.float64]
    """(terms,) of everybody's standard deviation; 0: nothing to price"""
    sum: Ints
    """state (groups, terms)"""
    tally: Ints
    """state (groups, terms)"""


def build(terms: Sequence[Priced[Mean]], units: Units, groups: int) -> MeanBoard:
    """The arrays for an empty board."""
    number = np.zeros((len(terms), len(units)), dtype=np.int64)
    known = np.zeros((len(terms), len(units)), dtype=np.int64)
    mean = np.zeros(len(terms))
    hundredth = np.zeros(len(terms))
    for t, priced in enumerate(terms):
        moments = priced.term.moments
        values = moments.whole(priced.term.values)
        for u, members in enumerate(units.members):
            mine = [value for person in members if (value := values[person]) is not None]
            number[t, u], known[t, u] = sum(mine), len(mine)
        if moments.known:
            mean[t] = moments.total / moments.known
            hundredth[t] = sqrt(moments.variance) / moments.known / 100
    return MeanBoard(
        strength=strengths(terms, groups),
        number=number,
        known=known,
        mean=mean,
        hundredth=hundredth,
        sum=np.zeros((groups, len(terms)), dtype=np.int64),
        tally=np.zeros((groups, len(terms)), dtype=np.int64),
    )


@part
def price(board: MeanBoard, t: int, total: int, known: int) -> int:
    """What term t costs a group with these numbers."""
    if known == 0 or board.hundredth[t] == 0:
        return 0
    return int(np.floor(abs(total / known - board.mean[t]) / board.hundredth[t] + 0.5 + TIE))


@part
def change(board: MeanBoard, k: int, out: int, into: int) -> tuple[int, int]:
    """What it would cost group k to have unit `into` instead of `out` (-1: nobody), as (soft, hard) price."""
    soft = 0
    hard = 0
    strength = board.strength
    for t in range(strength.weight.size):
        if not strength.active[t, k]:
            continue
        total, known = board.sum[k, t], board.tally[k, t]
        then, count = total, known
        if out >= 0:
            then -= board.number[t, out]
            count -= board.known[t, out]
        if into >= 0:
            then += board.number[t, into]
            count += board.known[t, into]
        difference = price(board, t, then, count) - price(board, t, total, known)
        soft += strength.weight[t] * difference
        hard += strength.must[t] * difference
    return soft, hard


@part
def commit(board: MeanBoard, k: int, out: int, into: int) -> None:
    """Puts unit `into` in group k instead of `out` (-1: nobody)."""
    for t in range(board.strength.weight.size):
        if out >= 0:
            board.sum[k, t] -= board.number[t, out]
            board.tally[k, t] -= board.known[t, out]
        if into >= 0:
            board.sum[k, t] += board.number[t, into]
            board.tally[k, t] += board.known[t, into]


def encode(term: Mean, group: GroupModel) -> list[LinearExpr]:
    """The price for CP-SAT: for each count of known numbers, how far the sum may stray at each price."""
    numbers = term.moments
    if numbers.variance == 0:
        return []
    values = numbers.whole(term.values)
    strays = {p: value * numbers.known - numbers.total for p, value in enumerate(values) if value is not None}
    most = min(len(strays), max(group.sizes))
    largest = max(abs(stray) for stray in strays.values())
    # The price is |stray| / count in hundredths of sqrt(variance), and no mean is farther out than one number is.
    highest = isqrt(10_000 * largest * largest // numbers.variance) + 1
    price = group.least(highest)
    stray = sum(distance * group.seats[p] for p, distance in strays.items())
    at = [group.flag() for _ in range(most + 1)]
    group.model.add_exactly_one(at)
    group.model.add(group.sum(list(strays)) == sum(count * flag for count, flag in enumerate(at)))
    for count in range(1, most + 1):
        slope = _slope(count, highest, numbers.variance)
        for side in (stray, -stray):
            reach = slope.numerator * (2 * price + 1)
            group.model.add(slope.denominator * side <= reach).only_enforce_if(at[count])
    return [price]


def relax(term: Mean, group: RelaxedGroup) -> list[Linear]:
    """The price of networks added up: how far their sum strays over the largest size, less a half for each network.

    In thousandths, all rounded down.
    """
    numbers = term.moments
    if numbers.variance == 0:
        return []
    having: dict[int, list[int]] = {}
    for person, value in enumerate(numbers.whole(term.values)):
        if value is not None:
            having.setdefault(value * numbers.known - numbers.total, []).append(person)
    most = max(group.sizes)

    def thousandths(stray: int) -> int:
        reach = isqrt((100_000 * stray) ** 2 // (most * most * numbers.variance))
        return reach if stray >= 0 else -reach - 1

    price = group.least(thousandths(max(map(abs, having))) * most // 1000 + 1)
    for side in (1, -1):
        stray = total(thousandths(side * distance) * group.sum(people) for distance, people in having.items())
        group.at_least(1000 * price + 500 * group.open, stray)
    return [price]


def _slope(count: int, highest: int, variance: int) -> Fraction:
    """A fraction f with floor((2 price + 1) f) = the largest whole stray that rounds to the price, up to `highest`.

    A stray D rounds to at most r where 200 |D| < (2 r + 1) count sqrt(variance). The root is approached from below with
    more and more digits, until no whole number lies between; a root that is whole is taken just below itself.
    """
    reach = [isqrt((((2 * price + 1) * count) ** 2 * variance - 1) // 40_000) for price in range(highest + 1)]
    digits = 4
    while True:
        scale = 10**digits
        root = isqrt(count * count * variance * scale * scale)
        for numerator in (root, root - 1):
            slope = Fraction(numerator, 200 * scale)
            if all(int((2 * price + 1) * slope) == limit for price, limit in enumerate(reach)):
                return slope
        digits += 1
