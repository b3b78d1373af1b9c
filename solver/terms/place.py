"""The term `place`: what one person costs in one network, or on the waitlist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.lowering import Place
from solver.terms.common import Ints, Priced, Strengths, Units, strengths
from solver.terms.compiled import part
from solver.terms.model import GroupModel, LinearExpr


class PlaceBoard(NamedTuple):
    """Arrays of all place terms. Groups 0 .. groups - 1 are networks; group number `groups` is the waitlist."""

    strength: Strengths
    column: Ints
    """(groups + 1,) the column of each network; those without costs of their own share one"""
    price: Ints
    """(terms, columns, units)"""


def build(terms: Sequence[Priced[Place]], units: Units, groups: int) -> PlaceBoard:
    """The arrays for an empty board."""
    own = sorted({k for priced in terms for k in priced.term.costs})
    shared, waitlist = len(own), len(own) + 1
    column = np.full(groups + 1, shared, dtype=np.int64)
    column[own] = np.arange(len(own))
    column[groups] = waitlist
    price = np.zeros((len(terms), len(own) + 2, len(units)), dtype=np.int64)
    for t, priced in enumerate(terms):
        term = priced.term
        rows = {waitlist: term.waiting, shared: term.elsewhere}
        rows |= {index: term.costs.get(k, term.elsewhere) for index, k in enumerate(own)}
        for index, costs in rows.items():
            if costs is not None:
                price[t, index] = [sum(costs[person] for person in members) for members in units.members]
    strength = strengths(terms, groups)
    everywhere = np.ones((len(terms), 1), dtype=np.uint8)
    return PlaceBoard(
        strength=strength._replace(active=np.hstack([strength.active, everywhere])),
        column=column,
        price=price,
    )


@part
def change(board: PlaceBoard, k: int, out: int, into: int) -> tuple[int, int]:
    """What it would cost group k to have unit `into` instead of `out` (-1: nobody), as (soft, hard) price."""
    soft = 0
    hard = 0
    strength = board.strength
    column = board.column[k]
    for t in range(strength.weight.size):
        if strength.active[t, k]:
            difference = 0
            if out >= 0:
                difference -= board.price[t, column, out]
            if into >= 0:
                difference += board.price[t, column, into]
            soft += strength.weight[t] * difference
            hard += strength.must[t] * difference
    return soft, hard


def encode(term: Place, group: GroupModel) -> list[LinearExpr]:
    """The price for CP-SAT: linear in the seats."""
    costs = term.costs.get(group.number, term.elsewhere)
    paying: dict[int, list[int]] = {}
    for person, cost in enumerate(costs or ()):
        if cost:
            paying.setdefault(cost, []).append(person)
    return [cost * group.sum(people) for cost, people in paying.items()]
