"""Every set that a better answer could use, and the cover of everybody by these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from solver.columns.pricing import Pricing
from solver.columns.question import Question
from solver.columns.quick import Quick
from solver.columns.sets import UNIT, Duals, Members, Proven
from solver.cp import cp_model, cp_solver
from solver.errors import SolverBugError
from solver.limits import Watch
from solver.terms.model import LinearExpr

MANY = 3
"""Sets of one configuration from which on it is split into finer ones."""

COVER_WORK = 5.0
"""Deterministic time for the cover by listed sets."""


@dataclass(slots=True)
class Listing:
    """Sets of a configuration with their prices, the work it took, and whether these are all."""

    prices: dict[Members, int]
    work: float
    whole: bool


def every_set(
    model: Pricing,
    quick: Quick,
    known: Iterable[Members],
    duals: Duals,
    most: int,
    most_listed: int,
    watch: Watch,
    spent: Callable[[float], bool],
) -> Listing:
    """All sets of a configuration beside those known that cost at most so much less duals, priced by `quick`.

    Not all of them where there are more than `most_listed`, or where the work is spent.
    """
    listing = Listing({}, 0.0, whole=False)
    todo = [model.again()]
    while todo:
        finer = todo.pop()
        for members in (*known, *listing.prices):
            finer.exclude(members)
        met = 0
        while True:
            if spent(listing.work) or len(listing.prices) > most_listed:
                return listing
            answer = finer.solve(duals, most, watch, any_set=True)
            listing.work += answer.work
            if answer.members is None:
                if answer.low <= most:
                    return listing
                break
            # Another option may be cheaper for this set.
            price = quick.price_of(answer.members)
            if price is None:
                raise SolverBugError(f"exact pricing holds every must with {answer.members}, quick pricing does not")
            listing.prices[answer.members] = price
            finer.exclude(answer.members)
            met += 1
            if met == MANY and finer.open():
                # With every option fixed each answer takes less time, and there are several models to begin with.
                todo += finer.split()
                break
    listing.whole = True
    return listing


def cover(
    question: Question, listed: Sequence[dict[Members, int]], most: int, watch: Watch
) -> tuple[Proven | None, float]:
    """The cheapest cover of everybody by listed sets, if it costs at most so much; and the work that took."""
    model = cp_model.CpModel()
    covered: list[list[LinearExpr]] = [[] for _ in question.waits]
    cost: LinearExpr = question.constant
    waiting: LinearExpr = 0
    taken: list[tuple[int, Members, cp_model.IntVar]] = []
    for unit, (wait, members) in enumerate(zip(question.waits, question.lowered.units.members, strict=True)):
        if wait is not None:
            flag = model.new_bool_var("")
            covered[unit].append(flag)
            cost += wait // UNIT * flag
            waiting += len(members) * flag
    if question.most_waiting is not None and not isinstance(waiting, int):
        model.add(waiting <= question.most_waiting)
    for index, (each, sets) in enumerate(zip(question.classes, listed, strict=True)):
        flags = []
        for members, price in sets.items():
            flag = model.new_bool_var("")
            flags.append(flag)
            taken.append((index, members, flag))
            cost += price * flag
            for unit in members:
                covered[unit].append(flag)
        if not flags and each.least:
            return Proven(most + question.step), 0.0
        if flags:
            model.add_linear_constraint(sum(flags), each.least, len(each.networks))
    if any(not flags for flags in covered) or len(taken) < question.problem.min_count:
        return Proven(most + question.step), 0.0
    model.add(sum(flag for _, _, flag in taken) >= question.problem.min_count)
    for flags in covered:
        model.add_exactly_one(flags)
    model.add(cost <= most)
    model.minimize(cost)
    solver = cp_solver(work=COVER_WORK)
    remaining = watch.remaining()
    if remaining is not None:
        solver.parameters.max_time_in_seconds = max(0.05, remaining)
    status = solver.solve(model)
    work = solver.response_proto.deterministic_time
    if status == cp_model.INFEASIBLE:
        return Proven(most + question.step), work
    if status != cp_model.OPTIMAL:
        return None, work
    chosen = [
        (question.classes[index].networks, members) for index, members, flag in taken if solver.boolean_value(flag)
    ]
    return Proven(round(solver.objective_value), tuple(chosen)), work
