"""Chooses the case givers of given groups: turns as equal as can be, and asks that somebody can answer.

For given bounds on everybody's turns the cheapest choice is a minimum-cost flow, so it is exact; the bounds are few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from solver.rotation.problem import MUST, Exchange, Group, Ints, RotationProblem

GRADES: Final = 3
"""How far beyond fair turns are tried, when unanswered asks might be worth it."""


def unanswered(exchange: Exchange, giver: int, group: Sequence[int]) -> int:
    """The asks of a case giver that nobody else in the group offers."""
    offered = np.zeros(exchange.offers.shape[1], np.uint64)
    for consultant in group:
        if consultant != giver:
            offered |= exchange.offers[consultant]
    return int(np.bitwise_count(exchange.asks[giver] & ~offered).sum())


def case_givers(problem: RotationProblem, meetings: Sequence[Sequence[Group]], taken: Ints) -> list[list[int]]:
    """A case giver for each group, least in price; `taken[i]` are the turns member i has had.

    Where nothing in the programme asks for turns they are shared all the same, as long as that costs nothing.
    """
    groups = [group for meeting in meetings for group in meeting]
    if not groups:
        return [[] for _ in meetings]
    exchange = problem.exchange
    costs = [[0 if exchange is None else unanswered(exchange, giver, group) for giver in group] for group in groups]
    unit = 1 if exchange is None or exchange.weight is MUST else exchange.weight
    turn = problem.prices.case_turns
    asked = turn is not None and turn != 0
    candidates: list[tuple[tuple[int, int], list[int]]] = []
    total = int(taken.sum()) + len(groups)
    for low, high, last in _windows(total, problem.members, priced=exchange is not None, graded=asked):
        chosen = None if candidates and last else _flow(groups, costs, taken, low, high)
        if chosen is None:
            continue
        turns = taken.copy()
        for group, place in zip(groups, chosen, strict=True):
            turns[group[place]] += 1
        unfair = max(0, int(turns.max() - turns.min()) - 1)
        asks = sum(cost[place] for cost, place in zip(costs, chosen, strict=True))
        broken = (unfair if turn is MUST else 0) + (asks if exchange and exchange.weight is MUST else 0)
        price = turn * unfair if isinstance(turn, int) else 0
        price += unit * asks if exchange and exchange.weight is not MUST else 0
        candidates.append(((broken, price), chosen))
        if price + broken == 0:
            break
    # `min` keeps the first of equals, and the fairest windows come first.
    best = min(candidates, key=lambda candidate: candidate[0])[1]
    flat = iter(group[place] for group, place in zip(groups, best, strict=True))
    return [[next(flat) for _ in meeting] for meeting in meetings]


def _windows(total: int, members: int, *, priced: bool, graded: bool) -> list[tuple[int, int, bool]]:
    """Least and most turns worth trying, fairest first; the last are only for when nothing fairer was possible."""
    floor, over = divmod(total, members)
    fair = floor + (over > 0)
    windows = [(floor, fair, False)]
    if priced:
        for extra in range(1, GRADES if graded else 1):
            windows += [(max(0, floor - below), fair + extra - below, False) for below in range(extra, -1, -1)]
        windows.append((0, total, False))
    # Absences may force more turns on those who come: lower the floor first, then raise the ceiling.
    windows += [(low, fair, True) for low in range(floor - 1, -1, -1)]
    windows += [(0, high, True) for high in range(fair + 1, total + 1)]
    return windows


def _flow(groups: list[Group], costs: list[list[int]], taken: Ints, low: int, high: int) -> list[int] | None:
    """For each group the place of its case giver, everybody's turns within low .. high; None if that cannot be."""
    members = len(taken)
    if (taken > high).any():
        return None
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415  (loads slowly, and not every plan needs it)

    flow = min_cost_flow.SimpleMinCostFlow()
    # More than all costs together, so that the turns up to `low` come before any saving.
    bonus = 1 + sum(max(row) for row in costs)
    sink = len(groups) + members
    arcs: list[list[int]] = []
    for number, (group, row) in enumerate(zip(groups, costs, strict=True)):
        flow.set_node_supply(number, 1)
        arcs.append(
            [
                flow.add_arc_with_capacity_and_unit_cost(number, len(groups) + member, 1, cost)
                for member, cost in zip(group, row, strict=True)
            ]
        )
    needed: list[tuple[int, int]] = []
    able = Counter(member for group in groups for member in group)
    for member, turns in enumerate(taken.tolist()):
        # Who is there too seldom for `low` turns owes those that are possible.
        owed = min(max(0, low - turns), able[member])
        if owed:
            needed.append((flow.add_arc_with_capacity_and_unit_cost(len(groups) + member, sink, owed, -bonus), owed))
        flow.add_arc_with_capacity_and_unit_cost(len(groups) + member, sink, high - turns - owed, 0)
    flow.set_node_supply(sink, -len(groups))
    if flow.solve() != flow.OPTIMAL:
        return None
    if any(flow.flow(arc) < owed for arc, owed in needed):
        return None
    return [next(place for place, arc in enumerate(row) if flow.flow(arc)) for row in arcs]
