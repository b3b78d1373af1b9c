"""The term `cover`: who asks for what nobody else offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.lowering import Cover
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
    retally,
    strengths,
)
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
    )


@kernel
def price(asks: int, offers: int, both: int) -> int:
    """Asks without an offer: all where nobody offers; one where the only offerer is the asker."""
    if offers == 0:
        return asks
    return 1 if offers == 1 and both == 1 else 0


@kernel
def change(board: CoverBoard, k: int, out: int, into: int) -> tuple[int, int]:
    """What it would cost group k to have unit `into` instead of `out` (-1: nobody), as (soft, hard) price."""
    soft = 0
    hard = 0
    strength = board.strength
    carried = board.carried
    i, i_end = first_of(carried, out), end_of(carried, out)
    j, j_end = first_of(carried, into), end_of(carried, into)
    while i < i_end or j < j_end:
        topic = carried.item[i] // 3 if i < i_end else carried.item[j] // 3
        if j < j_end:
            topic = min(topic, carried.item[j] // 3)
        asks, offers, both = board.tally[k, 3 * topic], board.tally[k, 3 * topic + 1], board.tally[k, 3 * topic + 2]
        old = price(asks, offers, both)
        while (i < i_end and carried.item[i] // 3 == topic) or (j < j_end and carried.item[j] // 3 == topic):
            item, step, i, j = next_item(carried, i, i_end, j, j_end)
            kind = item - 3 * topic
            if kind == 0:
                asks += step
            elif kind == 1:
                offers += step
            else:
                both += step
        difference = price(asks, offers, both) - old
        t = board.term[topic]
        if difference != 0 and strength.active[t, k]:
            soft += strength.weight[t] * difference
            hard += strength.must[t] * difference
    return soft, hard


@kernel
def commit(board: CoverBoard, k: int, out: int, into: int) -> None:
    """Puts unit `into` in group k instead of `out` (-1: nobody)."""
    retally(board.carried, board.tally[k], out, into)


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
