"""The term `best`: how far the most common option falls short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.lowering import Best
from solver.terms.common import Flags, Ints, Priced, Strengths, Units, carries, numbers, offsets, strengths
from solver.terms.compiled import part
from solver.terms.model import GroupModel, LinearExpr


class BestBoard(NamedTuple):
    """Arrays of all best terms; options of all terms are laid end to end."""

    strength: Strengths
    carries: Ints
    """(units + 1, options) how many of a unit's people carry each option; the last row, number -1, is nobody's"""
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
        carries=carries(options, units),
        first=offsets([len(priced.term.options) for priced in terms]),
        need=np.array([list(priced.term.need) for priced in terms] or [[0]], dtype=np.int64),
        by_slot=np.array([priced.term.by_slot for priced in terms], dtype=np.uint8),
        slot=np.full(groups, -1, dtype=np.int64),
        tally=np.zeros((groups, len(options)), dtype=np.int64),
        cost=np.zeros((groups, len(terms)), dtype=np.int64),
    )


@part
def change(board: BestBoard, k: int, out: int, into: int, after: int) -> tuple[int, int]:
    """What it would cost group k to have unit `into` instead of `out` (-1: nobody), as (soft, hard) price."""
    soft = 0
    hard = 0
    strength = board.strength
    gone, come, tally = board.carries[out], board.carries[into], board.tally[k]
    for t in range(strength.weight.size):
        if not strength.active[t, k]:
            continue
        low, high = options(board, k, t)
        most = 0
        # No branches: a jump that is guessed wrong costs more than a few options counted for nothing.
        for option in numbers(low, high):
            most = max(most, tally[option] + come[option] - gone[option])
        difference = max(0, board.need[t, after] - most) - board.cost[k, t]
        soft += strength.weight[t] * difference
        hard += strength.must[t] * difference
    return soft, hard


@part
def options(board: BestBoard, k: int, t: int) -> tuple[int, int]:
    """Where the options of term t for group k start and end; a given slot leaves one."""
    low, high = board.first[t], board.first[t + 1]
    if board.by_slot[t] and board.slot[k] >= 0:
        low += board.slot[k]
        high = low + 1
    return low, high


@part
def commit(board: BestBoard, k: int, out: int, into: int, after: int) -> None:
    """Puts unit `into` in group k instead of `out` (-1: nobody); `after`: its people then."""
    gone, come, tally = board.carries[out], board.carries[into], board.tally[k]
    for option in range(tally.size):
        tally[option] += come[option] - gone[option]
    for t in range(board.strength.weight.size):
        low, high = options(board, k, t)
        most = 0
        for option in numbers(low, high):
            most = max(most, tally[option])
        board.cost[k, t] = max(0, board.need[t, after] - most)


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
