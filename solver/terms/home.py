"""The term `home`: the least travel to the home of one member."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.lowering import Home
from solver.terms.common import (
    Ints,
    Lists,
    Priced,
    Strengths,
    Units,
    end_of,
    first_of,
    lists,
    offsets,
    retally,
    strengths,
)
from solver.terms.compiled import part
from solver.terms.model import GroupModel, LinearExpr


class HomeBoard(NamedTuple):
    """Arrays of all home terms; homes of all terms are laid end to end."""

    strength: Strengths
    carried: Lists
    term: Ints
    first: Ints
    """(terms + 1,) where the homes of each term start"""
    excess: Ints
    """(homes, homes): travel[place, home], within one term"""
    tally: Ints
    """state (groups, homes): members who live there"""
    travel: Ints
    """state (groups, homes): what it costs the group to meet there"""


def build(terms: Sequence[Priced[Home]], units: Units, groups: int) -> HomeBoard:
    """The arrays for an empty board."""
    carriers: list[list[int]] = []
    for priced in terms:
        found: list[list[int]] = [[] for _ in priced.term.excess]
        for person, home in enumerate(priced.term.home):
            if home is not None:
                found[home].append(person)
        carriers += found
    lengths = [len(priced.term.excess) for priced in terms]
    first = offsets(lengths)
    excess = np.zeros((len(carriers), len(carriers)), dtype=np.int64)
    for t, priced in enumerate(terms):
        span = slice(first[t], first[t + 1])
        if lengths[t]:
            excess[span, span] = priced.term.excess
    return HomeBoard(
        strength=strengths(terms, groups),
        carried=lists(carriers, units),
        term=np.repeat(np.arange(len(terms), dtype=np.int64), lengths),
        first=first,
        excess=excess,
        tally=np.zeros((groups, len(carriers)), dtype=np.int64),
        travel=np.zeros((groups, len(carriers)), dtype=np.int64),
    )


@part
def change(board: HomeBoard, k: int, out: int, into: int) -> tuple[int, int]:
    """What it would cost group k to have unit `into` instead of `out` (-1: nobody), as (soft, hard) price."""
    soft = 0
    hard = 0
    strength = board.strength
    carried = board.carried
    i_start, i_end = first_of(carried, out), end_of(carried, out)
    j_start, j_end = first_of(carried, into), end_of(carried, into)
    for t in range(strength.weight.size):
        if not strength.active[t, k]:
            continue
        least = -1
        then = -1
        for place in range(board.first[t], board.first[t + 1]):
            here = board.tally[k, place]
            there = here
            travel = board.travel[k, place]
            if here > 0 and (least < 0 or travel < least):
                least = travel
            for i in range(i_start, i_end):
                home = carried.item[i]
                there -= carried.times[i] if home == place else 0
                travel -= carried.times[i] * board.excess[place, home]
            for j in range(j_start, j_end):
                home = carried.item[j]
                there += carried.times[j] if home == place else 0
                travel += carried.times[j] * board.excess[place, home]
            if there > 0 and (then < 0 or travel < then):
                then = travel
        difference = max(0, then) - max(0, least)
        soft += strength.weight[t] * difference
        hard += strength.must[t] * difference
    return soft, hard


@part
def commit(board: HomeBoard, k: int, out: int, into: int) -> None:
    """Puts unit `into` in group k instead of `out` (-1: nobody)."""
    carried = board.carried
    retally(carried, board.tally[k], out, into)
    for turn in range(2):
        unit = out if turn == 0 else into
        for i in range(first_of(carried, unit), end_of(carried, unit)):
            home = carried.item[i]
            times = carried.times[i] if turn else -carried.times[i]
            t = board.term[home]
            for place in range(board.first[t], board.first[t + 1]):
                board.travel[k, place] += times * board.excess[place, home]


def encode(term: Home, group: GroupModel) -> list[LinearExpr]:
    """The price for CP-SAT: one member's home is chosen, or none where nobody has a known home."""
    at: dict[int, list[int]] = {}
    for person, home in enumerate(term.home):
        if home is not None:
            at.setdefault(home, []).append(person)
    if not at:
        return []
    nowhere = group.flag()
    chosen = {place: group.flag() for place in at}
    group.model.add_exactly_one([nowhere, *chosen.values()])
    travel = []
    for home, people in at.items():
        for person in people:
            group.model.add(group.seats[person] + nowhere <= 1)
        group.at_least(group.sum(people), chosen[home])
        worst = max(term.excess[place][home] for place in at)
        if worst:
            # What one person from here travels; each counts by itself, so the relaxation sees every seat.
            distance = sum(term.excess[place][home] * chosen[place] for place in at)
            for person in people:
                price = group.least(worst)
                group.at_least(price, distance - worst * (1 - group.seats[person]))
                travel.append(price)
    return travel
