"""The term `scatter`: over how many places a set of people is spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.cp import cp_model
from solver.lowering import Scatter
from solver.terms.common import Ints, Lists, Priced, Units, end_of, first_of, lists, next_item
from solver.terms.compiled import part
from solver.terms.model import LinearExpr


class ScatterBoard(NamedTuple):
    """Arrays of all scatter terms; their sets of people are laid end to end."""

    carried: Lists
    weight: Ints
    """(sets,)"""
    must: Ints
    """(sets,)"""
    tally: Ints
    """state (sets, groups + 1): the last is the waitlist"""
    most: Ints
    """state (sets,)"""


def build(terms: Sequence[Priced[Scatter]], units: Units, groups: int) -> ScatterBoard:
    """The arrays for an empty board."""
    sets = [(people, priced) for priced in terms for people in priced.term.groups]
    return ScatterBoard(
        carried=lists([people for people, _ in sets], units),
        weight=np.array([priced.weight for _, priced in sets], dtype=np.int64),
        must=np.array([priced.must for _, priced in sets], dtype=np.int64),
        tally=np.zeros((len(sets), groups + 1), dtype=np.int64),
        most=np.zeros(len(sets), dtype=np.int64),
    )


@part
def change(board: ScatterBoard, one: int, other: int, source: int, target: int) -> tuple[int, int]:
    """What it would cost if `one` moved from source (-1: from nowhere) to target, and `other` (-1: nobody) back.

    A unit that comes from nowhere adds its people; the price of a set is complete once all its people are placed.
    """
    soft = 0
    hard = 0
    carried = board.carried
    i, i_end = first_of(carried, one), end_of(carried, one)
    j, j_end = first_of(carried, other), end_of(carried, other)
    while i < i_end or j < j_end:
        group, step, i, j = next_item(carried, i, i_end, j, j_end)
        if step == 0:
            continue
        most = 0
        for place in range(board.tally.shape[1]):
            count = board.tally[group, place]
            if place == source:
                count += step
            elif place == target:
                count -= step
            most = max(most, count)
        difference = board.most[group] - most
        if source < 0:
            difference -= step
        soft += board.weight[group] * difference
        hard += board.must[group] * difference
    return soft, hard


@part
def commit(board: ScatterBoard, unit: int, source: int, target: int) -> None:
    """Moves a unit between places (-1: from nowhere)."""
    for i in range(first_of(board.carried, unit), end_of(board.carried, unit)):
        group, times = board.carried.item[i], board.carried.times[i]
        if source >= 0:
            board.tally[group, source] -= times
        board.tally[group, target] += times
        most = 0
        for place in range(board.tally.shape[1]):
            most = max(most, board.tally[group, place])
        board.most[group] = most


def encode(term: Scatter, model: cp_model.CpModel, seats: Sequence[Sequence[LinearExpr]]) -> list[LinearExpr]:
    """The price for CP-SAT; `seats[place][person]`, the waitlist being the last place."""
    strays: list[LinearExpr] = []
    for people in term.groups:
        chosen = [model.new_bool_var("") for _ in seats]
        model.add_exactly_one(chosen)
        stray = model.new_int_var(0, len(people), "")
        kept = []
        for place, flag in enumerate(chosen):
            count = model.new_int_var(0, len(people), "")
            model.add(count <= sum(seats[place][person] for person in people))
            model.add(count <= len(people) * flag)
            kept.append(count)
        model.add(stray >= len(people) - sum(kept))
        strays.append(stray)
    return strays
