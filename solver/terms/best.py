"""The term `best`: how far the most common option falls short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.lowering import Best
from solver.terms.common import Flags, Ints, Lists, Priced, Strengths, Units, lists, offsets, strengths
from solver.terms.compiled import kernel
from solver.terms.model import GroupModel, LinearExpr


class BestBoard(NamedTuple):
    """Arrays of all best terms; options of all terms are laid end to end."""

    strength: Strengths
    carried: Lists
    first: Ints
    """(terms + 1,) where the options of each term start"""
    need: Ints
    """(terms, sizes)"""
    by_slot: Flags
    slot: Ints
    """state (groups,): the slot of each group, or -1"""
    tally: Ints
    """state (groups, options)"""
    cost: Ints
    """state (groups, terms)"""


def build(terms: Sequence[Priced[Best]], units: Units, groups: int) -> BestBoard:
    """The arrays for an empty board."""
    options = [people for priced in terms for people in priced.term.options]
    return BestBoard(
        strength=strengths(terms, groups),
        carried=lists(options, units),
        first=offsets([len(priced.term.options) for priced in terms]),
        need=np.array([list(priced.term.need) for priced in terms] or [[0]], dtype=np.int64),
        by_slot=np.array([priced.term.by_slot for priced in terms], dtype=np.uint8),
        slot=np.full(groups, -1, dtype=np.int64),
        tally=np.zeros((groups, len(options)), dtype=np.int64),
        cost=np.zeros((groups, len(terms)), dtype=np.int64),
    )


@kernel
def price(board: BestBoard, t: int, k: int, size: int) -> int:
    """What term t costs in group k as it now is."""
    most = 0
    start, stop = board.first[t], board.first[t + 1]
    if board.by_slot[t] and board.slot[k] >= 0:
        start += board.slot[k]
        stop = start + 1
    for option in range(start, stop):
        most = max(most, board.tally[k, option])
    return max(0, board.need[t, size] - most)  # type: ignore[no-any-return]  # compiled: a whole number


@kernel
def exchange(board: BestBoard, k: int, out: int, into: int, before: int, after: int) -> tuple[int, int]:
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
            board.tally[k, board.carried.item[i]] += sign * board.carried.times[i]
    for t in range(strength.weight.size):
        if strength.active[t, k]:
            change = price(board, t, k, after) - board.cost[k, t]
            board.cost[k, t] += change
            soft += strength.weight[t] * change
            hard += strength.must[t] * change
    return soft, hard


def encode(term: Best, group: GroupModel) -> list[LinearExpr]:
    """The price for CP-SAT: one option is chosen, and only its carriers count."""
    fixed = group.chosen(term)
    if fixed is not None:
        short = group.least(max(term.need))
        group.at_least(short, group.by_size(term.need) - group.sum(term.options[fixed]))
        return [short]
    slotted = term.by_slot and bool(group.slots)
    counted = []
    chosen = []
    for option, people in enumerate(term.options):
        if not people or (slotted and option not in group.slots):
            continue
        flag = group.slots[option] if slotted else group.flag()
        count = group.least(len(people))
        group.at_least(group.sum(people), count)
        group.at_least(len(people) * flag, count)
        counted.append(count)
        chosen.append(flag)
    if chosen and not slotted:
        group.at_least(group.open, sum(chosen))
    missing = group.least(max(term.need))
    group.at_least(missing, group.by_size(term.need) - sum(counted))
    return [missing]
