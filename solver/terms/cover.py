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
    carries,
    end_of,
    first_of,
    lists,
    next_item,
    numbers,
    offsets,
    strengths,
)
from solver.terms.compiled import part
from solver.terms.model import GroupModel, LinearExpr

MOST_TOPICS = 64
"""Topics up to which looking at all of them is quicker than looking up those of two units."""


class CoverBoard(NamedTuple):
    """Arrays of all cover terms; topics of all terms are laid end to end.

    A unit carries items 3 topic (asks), 3 topic + 1 (offers) and 3 topic + 2 (does both) in `carried`, and the same in
    the three parts of a row of `carries` where topics are few; else that has no columns.
    """

    strength: Strengths
    carried: Lists
    carries: Ints
    """(units + 1, 3 topics): who asks, who offers, who does both; the last row, number -1, is nobody's"""
    term: Ints
    """(topics,) the term of each topic"""
    first: Ints
    """(terms + 1,) where the topics of each term start"""
    tally: Ints
    """state (groups, 3 topics): asks, then offers, then both"""
    cost: Ints
    """state (groups, terms)"""


def build(terms: Sequence[Priced[Cover]], units: Units, groups: int) -> CoverBoard:
    """The arrays for an empty board."""
    topics = [(asks, offers, t) for t, priced in enumerate(terms) for asks, offers in priced.term.topics]
    kinds: list[list[Sequence[int]]] = [
        [asks for asks, _, _ in topics],
        [offers for _, offers, _ in topics],
        [sorted(set(asks) & set(offers)) for asks, offers, _ in topics],
    ]
    return CoverBoard(
        strength=strengths(terms, groups),
        carried=lists([kinds[kind][topic] for topic in range(len(topics)) for kind in range(3)], units),
        carries=carries(kinds[0] + kinds[1] + kinds[2] if len(topics) <= MOST_TOPICS else [], units),
        term=np.array([t for _, _, t in topics], dtype=np.int64),
        first=offsets([len(priced.term.topics) for priced in terms]),
        tally=np.zeros((groups, 3 * len(topics)), dtype=np.int64),
        cost=np.zeros((groups, len(terms)), dtype=np.int64),
    )


@part
def price(asks: int, offers: int, both: int) -> int:
    """Asks without an offer: all where nobody offers; one where the only offerer is the asker."""
    return asks * (offers == 0) + (offers == 1) * (both == 1)


@part
def price_of(tally: Ints, topics: int, topic: int) -> int:
    """The price of one topic in a group with these numbers."""
    return price(tally[topic], tally[topics + topic], tally[2 * topics + topic])  # type: ignore[no-any-return]


@part
def change(board: CoverBoard, k: int, out: int, into: int) -> tuple[int, int]:
    """What it would cost group k to have unit `into` instead of `out` (-1: nobody), as (soft, hard) price."""
    if board.carries.shape[1]:
        return change_of_all(board, k, out, into)  # type: ignore[no-any-return]  # compiled
    soft = 0
    hard = 0
    strength = board.strength
    carried = board.carried
    topics = board.term.size
    i, i_end = first_of(carried, out), end_of(carried, out)
    j, j_end = first_of(carried, into), end_of(carried, into)
    while i < i_end or j < j_end:
        topic = carried.item[i] // 3 if i < i_end else carried.item[j] // 3
        if j < j_end:
            topic = min(topic, carried.item[j] // 3)
        asks, offers, both = board.tally[k, topic], board.tally[k, topics + topic], board.tally[k, 2 * topics + topic]
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


@part
def change_of_all(board: CoverBoard, k: int, out: int, into: int) -> tuple[int, int]:
    """The same, topic by topic without a branch."""
    soft = 0
    hard = 0
    strength = board.strength
    topics = np.uint64(board.term.size)
    gone, come, tally = board.carries[out], board.carries[into], board.tally[k]
    for t in range(strength.weight.size):
        if not strength.active[t, k]:
            continue
        difference = -board.cost[k, t]
        for topic in numbers(board.first[t], board.first[t + 1]):
            asks = tally[topic] + come[topic] - gone[topic]
            offers = tally[topics + topic] + come[topics + topic] - gone[topics + topic]
            both = tally[topics + topics + topic] + come[topics + topics + topic] - gone[topics + topics + topic]
            difference += price(asks, offers, both)
        soft += strength.weight[t] * difference
        hard += strength.must[t] * difference
    return soft, hard


@part
def commit(board: CoverBoard, k: int, out: int, into: int) -> None:
    """Puts unit `into` in group k instead of `out` (-1: nobody)."""
    topics = board.term.size
    tally = board.tally[k]
    for turn in range(2):
        unit = into if turn else out
        for i in range(first_of(board.carried, unit), end_of(board.carried, unit)):
            topic, kind = board.carried.item[i] // 3, board.carried.item[i] % 3
            t = board.term[topic]
            board.cost[k, t] -= price_of(tally, topics, topic)
            tally[kind * topics + topic] += board.carried.times[i] if turn else -board.carried.times[i]
            board.cost[k, t] += price_of(tally, topics, topic)


def encode(term: Cover, group: GroupModel) -> list[LinearExpr]:
    """The price for CP-SAT: an ask is unmet unless somebody else who offers sits there."""
    unmet: list[LinearExpr] = []
    for asks, offers in term.topics:
        all_offers = group.sum(offers)
        for person in asks:
            others = [other for other in offers if other != person]
            if not others:
                unmet.append(group.seats[person])
                continue
            missing = group.flag()
            offered = all_offers if len(others) == len(offers) else group.sum(others)
            group.at_least(missing, group.seats[person] - offered)
            unmet.append(missing)
    return unmet
