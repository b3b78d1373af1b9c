"""Where few groups keep what must hold: they are listed, and meetings are put together from whole groups.

A rule that counts values leaves, of hundreds of thousands of groups, sometimes a few hundred. How often each of them
meets is then a small whole-number program, which limits every plan from below; and a meeting or two are planned anew
exactly while the others stay (large neighbourhood search, Shaw 1998).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import comb
from typing import Final

import numpy as np

from solver.cp import cp_model, cp_solver
from solver.rotation.bound import Bound
from solver.rotation.frame import Frame
from solver.rotation.problem import MUST, CountedValue, CountRule, Group, Ints
from solver.rotation.search import Blocks, Stop, evenness, met_prices

MOST_GROUPS: Final = 4_000
"""Groups that keep the rules; with more the programs are too large to be of use."""

MOST_LISTED: Final = 2_000_000
"""Groups that there may be in all, before any is looked at."""

BOUND_WORK: Final = 4.0
STEP_WORK: Final = 1.0
STEPS: Final = 16
"""Meetings or pairs of meetings that are planned anew, at effort 1."""


def keeping(shape: Frame, rules: Sequence[CountRule] | None) -> tuple[Group, ...] | None:
    """The groups that keep all rules that must hold; None where that is not asked, or where there are too many.

    Only where everybody comes to every open meeting, and all are cut alike.
    """
    everybody = tuple(range(shape.problem.members))
    alike = all(people == everybody for people in shape.people) and len(set(shape.sizes)) == 1
    values = [value for rule in rules or () if rule.weight is MUST for value in rule.values]
    if not values or not alike or not shape.steady:
        return None
    sizes = sorted(set(shape.sizes[0]))
    if sum(comb(len(everybody), size) for size in sizes) > MOST_LISTED:
        return None
    found: list[Group] = []
    for size in sizes:
        if not _list(found, values, len(everybody), size):
            return None
    return tuple(found) or None


def _list(found: list[Group], values: Sequence[CountedValue], members: int, size: int) -> bool:
    """Adds the groups of one size, depth first over members; False when there are too many."""
    has = np.zeros((members, len(values)), np.int64)
    for number, value in enumerate(values):
        has[list(value.carriers), number] = 1
    low = np.array([value.low[size] for value in values], np.int64)
    high = np.array([value.high[size] for value in values], np.int64)
    lone = np.array([value.only_where_present for value in values], np.bool_)
    able = [has[member] <= high for member in range(members)]
    stack: list[tuple[Group, Ints]] = [((m,), has[m]) for m in reversed(range(members)) if able[m].all()]
    while stack:
        group, count = stack.pop()
        if len(group) == size:
            if ((count >= low) | (lone & (count == 0))).all():
                found.append(group)
                if len(found) > MOST_GROUPS:
                    return False
            continue
        more = np.arange(group[-1] + 1, members)
        sums = count + has[more]
        fits = (sums <= high).all(axis=1) & ((sums + size - len(group) - 1 >= low) | lone).all(axis=1)
        stack += [((*group, int(m)), total) for m, total in zip(more[fits], sums[fits], strict=True)]
    return True


def least_from(
    shape: Frame, groups: Sequence[Group], *, work: float, seconds: float | None = None
) -> tuple[Bound, Bound]:
    """Limits of the even spread and of the repeats, from how often each group meets, whenever that may be.

    Whatever the plan, everybody sits in as many of these groups as there are meetings. That is all this asks.
    """
    how = "a whole-number program over the groups that keep what must hold"
    found = []
    most = int(shape.met.max(initial=0)) + len(shape.blocks)
    met = np.arange(most + 2, dtype=np.int64)
    for price in (met_prices(most), np.maximum(0, met - 1)):
        model = cp_model.CpModel()
        times = [model.new_int_var(0, len(shape.blocks), "") for _ in groups]
        _seat(model, shape, groups, times, len(shape.blocks))
        costs = _priced(model, shape.met, groups, [times], price, len(shape.blocks))
        model.minimize(cp_model.LinearExpr.sum(costs))
        solver = _solver(work, seconds)
        known = solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        settled = int(price[shape.met[np.triu_indices(len(shape.met), 1)]].sum())
        found.append(Bound(max(settled, round(solver.best_objective_bound) if known else 0), how))
    return found[0], found[1]


def from_whole_groups(
    shape: Frame,
    blocks: Blocks,
    groups: Sequence[Group],
    *,
    target: int,
    seed: int,
    budget: float,
    stop: Stop,
    remaining: Callable[[], float | None] = lambda: None,
) -> Blocks:
    """Plans meetings anew from whole groups, two of them at a time, while that gets better and there is time.

    Meetings of `blocks` that break a rule are planned first. `target`: an even spread that cannot be bettered.
    """
    unit = evenness(shape)
    price = met_prices(int(shape.met.max(initial=0)) + len(blocks), unit=unit)
    known = set(groups)
    plan: list[tuple[Group, ...] | None] = [cut if known.issuperset(cut) else None for cut in blocks]
    for u, cut in enumerate(plan):
        if cut is None:
            plan[u] = _anew(shape, groups, plan, (u,), price, seed, remaining())[0]
            if plan[u] is None:
                return blocks
    random = np.random.default_rng([seed, len(shape.met), 5])
    cost = _cost(shape, plan, price)
    steps, idle, order = 0, 0, list[tuple[int, ...]]()
    choices = [(u,) for u in range(len(blocks))] + list(combinations(range(len(blocks)), 2))
    while steps < STEPS * budget and idle < 2 * len(choices) and cost >= unit * (target + 1) and not stop():
        if not order:
            # Single meetings last in the list, so first: they cost next to nothing.
            order = sorted((choices[place] for place in random.permutation(len(choices))), key=len, reverse=True)
        chosen = order.pop()
        fresh = _anew(shape, groups, plan, chosen, price, seed + steps, remaining())
        tried = list(plan)
        for u, cut in zip(chosen, fresh, strict=True):
            tried[u] = cut if cut is not None else plan[u]
        after = _cost(shape, tried, price)
        idle = 0 if after < cost else idle + 1
        if after <= cost:
            plan, cost = tried, after
        steps += 1
    return tuple(cut for cut in plan if cut is not None)


def _anew(
    shape: Frame,
    groups: Sequence[Group],
    plan: Sequence[tuple[Group, ...] | None],
    chosen: tuple[int, ...],
    price: Ints,
    seed: int,
    seconds: float | None,
) -> list[tuple[Group, ...] | None]:
    """The chosen meetings from whole groups, at the least price beside the others; None where there is no time."""
    met = shape.met.copy()
    for u, cut in enumerate(plan):
        if u not in chosen:
            for group in cut or ():
                met[np.ix_(group, group)] += 1
    np.fill_diagonal(met, 0)
    model = cp_model.CpModel()
    sits = [[model.new_bool_var("") for _ in groups] for _ in chosen]
    for u, row in zip(chosen, sits, strict=True):
        _seat(model, shape, groups, row, 1)
        now = set(plan[u] or ())
        for group, variable in zip(groups, row, strict=True):
            if now:
                model.add_hint(variable, group in now)
    model.minimize(cp_model.LinearExpr.sum(_priced(model, met, groups, sits, price, len(chosen))))
    solver = _solver(STEP_WORK, seconds)
    solver.parameters.random_seed = seed
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return [None for _ in chosen]
    return [
        tuple(
            sorted(
                (group for group, variable in zip(groups, row, strict=True) if solver.value(variable)),
                key=lambda group: (-len(group), group),
            )
        )
        for row in sits
    ]


def _solver(work: float, seconds: float | None) -> cp_model.CpSolver:
    solver = cp_solver(work=work)
    solver.parameters.linearization_level = 2
    if seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.01, seconds)
    return solver


def _seat(
    model: cp_model.CpModel, shape: Frame, groups: Sequence[Group], times: Sequence[cp_model.IntVar], rounds: int
) -> None:
    """Everybody sits in a group at each of so many meetings, and each meeting is cut as it should be."""
    mine: list[list[cp_model.IntVar]] = [[] for _ in range(shape.problem.members)]
    for group, variable in zip(groups, times, strict=True):
        for member in group:
            mine[member].append(variable)
    for variables in mine:
        model.add(cp_model.LinearExpr.sum(variables) == rounds)
    for size in set(shape.sizes[0]):
        of_size = [variable for group, variable in zip(groups, times, strict=True) if len(group) == size]
        model.add(cp_model.LinearExpr.sum(of_size) == rounds * shape.sizes[0].count(size))


def _priced(
    model: cp_model.CpModel,
    met: Ints,
    groups: Sequence[Group],
    rows: Sequence[Sequence[cp_model.IntVar]],
    price: Ints,
    most: int,
) -> list[cp_model.LinearExprT]:
    """What up to `most` meetings of each pair cost: prices are convex, so each rise counts from its own meeting on."""
    together: dict[tuple[int, int], list[cp_model.IntVar]] = {}
    for row in rows:
        for group, variable in zip(groups, row, strict=True):
            for pair in combinations(group, 2):
                together.setdefault(pair, []).append(variable)
    costs: list[cp_model.LinearExprT] = [int(price[met[np.triu_indices(len(met), 1)]].sum())]
    for (one, other), variables in sorted(together.items()):
        before = int(met[one, other])
        slopes = np.diff(price[before : before + most + 1]).tolist()
        number = cp_model.LinearExpr.sum(variables)
        if slopes[0]:
            costs.append(slopes[0] * number)
        for times in range(1, most):
            if slopes[times] > slopes[times - 1]:
                beyond = model.new_int_var(0, most - times, "")
                model.add(beyond >= number - times)
                costs.append((slopes[times] - slopes[times - 1]) * beyond)
    return costs


def _cost(shape: Frame, plan: Sequence[tuple[Group, ...] | None], price: Ints) -> int:
    met = shape.met.copy()
    for cut in plan:
        for group in cut or ():
            met[np.ix_(group, group)] += 1
    return int(price[met[np.triu_indices(len(met), 1)]].sum())
