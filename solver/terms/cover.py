"""The term `cover`: who asks for what nobody else offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.lowering import Cover
from solver.terms.common import Ints, Lists, Priced, Strengths, Units, lists, strengths
from solver.terms.compiled import kernel
from solver.terms.model import GroupModel, LinearExpr


class CoverBoard(NamedTuple):
    """Arrays of all cover terms; topics of all terms are laid end to end.

    A unit carries item 3 topic (asks), 3 topic + 1 (offers) and 3 topic + 2 (does both).
    """

    strength: Strengths
    carried: Lists
    term: Ints
    """(topics,) the term of each topic"""
    tally: Ints
    """state (groups, 3 topics)"""
    cost: Ints
    """state (groups, terms)"""


def build(terms: Sequence[Priced[Cover]], units: Units, groups: int) -> CoverBoard:
    """The arrays for an empty board."""
    topics = [(asks, offers, t) for t, priced in enumerate(terms) for asks, offers in priced.term.topics]
    carriers: list[Sequence[int]] = []
    for asks, offers, _ in topics:
        carriers += [asks, offers, sorted(set(asks) & set(offers))]
    return CoverBoard(
        strength=strengths(terms, groups),
        carried=lists(carriers, units),
        term=np.array([t for _, _, t in topics], dtype=np.int64),
        tally=np.zeros((groups, len(carriers)), dtype=np.int64),
        cost=np.zeros((groups, len(terms)), dtype=np.int64),
    )


@kernel
def price(asks: int, offers: int, both: int) -> int:
    """Asks without an offer: all where nobody offers; one where the only offerer is the asker."""
    if offers == 0:
        return asks
    return 1 if offers == 1 and both == 1 else 0


@kernel
def exchange(board: CoverBoard, k: int, out: int, into: int, before: int, after: int) -> tuple[int, int]:
    """Takes unit `out` from group k and puts `into` there (-1: nobody); returns the change in (soft, hard) price."""
    soft = 0
    hard = 0
    strength = board.strength
    tally = board.tally
    for turn in range(2):
        unit = out if turn == 0 else into
        if unit < 0:
            continue
        sign = -1 if turn == 0 else 1
        for i in range(board.carried.start[unit], board.carried.start[unit + 1]):
            item = board.carried.item[i]
            topic = item // 3
            old = price(tally[k, 3 * topic], tally[k, 3 * topic + 1], tally[k, 3 * topic + 2])
            tally[k, item] += sign * board.carried.times[i]
            change = price(tally[k, 3 * topic], tally[k, 3 * topic + 1], tally[k, 3 * topic + 2]) - old
            t = board.term[topic]
            if change != 0 and strength.active[t, k]:
                board.cost[k, t] += change
                soft += strength.weight[t] * change
                hard += strength.must[t] * change
    return soft, hard


def encode(term: Cover, group: GroupModel) -> list[LinearExpr]:
    """The price for CP-SAT: an ask is unmet unless somebody else who offers sits there."""
    unmet: list[LinearExpr] = []
    for asks, offers in term.topics:
        for person in asks:
            others = [other for other in offers if other != person]
            if not others:
                unmet.append(group.seats[person])
                continue
            missing = group.flag()
            group.at_least(missing, group.seats[person] - group.sum(others))
            unmet.append(missing)
    return unmet
