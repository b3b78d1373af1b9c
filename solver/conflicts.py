"""Conflicts: the smallest sets of `must` rules and limits that cannot hold together.

Deletion filter (Chinneck and Dravnieks 1991): drop each member of a contradiction in turn; it belongs to the set only
if the rest can hold without it. Out of time is never called impossible: what could not be decided stays in the set,
and the set is then not called smallest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from ortools.sat.python import cp_model

from solver.cp import cp_solver
from solver.lower import lower
from solver.model import CompositionModel
from solver.problem import WAITING, Network, Problem
from solver.rules.base import Rule


class Limit(Enum):
    """What a programme asks of its networks, rules apart."""

    COUNT = "networks.count"
    MIN_SIZE = "networks.min_size"
    MAX_SIZE = "networks.max_size"
    WAITLIST = "networks.waitlist"
    ACCEPTS = "networks.accepts"
    PINS = "pins"
    FACILITATORS = "facilitators"


Part = Limit | str
"""One member of a conflict: a limit, or the name of a rule."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rules and limits that cannot hold together; `smallest`: proven that each of them is needed."""

    rules: tuple[str, ...]
    limits: tuple[Limit, ...]
    smallest: bool


def possible(problem: Problem, *, work: float) -> bool | None:
    """Whether anything keeps all the problem's `must` rules and limits; None: not decided within the work."""
    people = problem.pool.size - sum(place == WAITING for place in problem.pins.values())
    room = sum(network.max_size for network in problem.networks)
    needed = sum(network.min_size for network in problem.networks[: problem.min_count])
    if needed > people or room < len(problem.must_place):
        return False
    lowered = lower(replace(problem, rules=tuple(rule for rule in problem.rules if rule.is_must)))
    solver = cp_solver(work=work)
    status = solver.solve(CompositionModel(lowered).model)
    if status == cp_model.INFEASIBLE:
        return False
    return True if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None


def find_conflict(
    problem: Problem, *, work: float = 2.0, stopped: Callable[[], bool] = lambda: False
) -> Conflict | None:
    """One smallest set that cannot hold together; None where none is proven."""
    kept: list[Part] = [*(rule.name for rule in musts(problem)), *stated(problem)]
    if possible(without(problem, ()), work=4 * work) is not False:
        return None
    smallest = True
    for part in tuple(kept):
        if stopped():
            smallest = False
            break
        dropped = [other for other in [*(r.name for r in musts(problem)), *Limit] if other not in kept or other == part]
        answer = possible(without(problem, dropped), work=work)
        if answer is False:
            kept.remove(part)
        elif answer is None:
            smallest = False
    rules = tuple(part for part in kept if isinstance(part, str))
    limits = tuple(part for part in kept if isinstance(part, Limit))
    return Conflict(rules, limits, smallest)


def musts(problem: Problem) -> tuple[Rule, ...]:
    """Every rule that has to hold, of networks and of trios."""
    trio = problem.trio_rules if problem.meetings.count else ()
    return tuple(rule for rule in (*problem.rules, *trio) if rule.is_must)


def stated(problem: Problem) -> tuple[Limit, ...]:
    """The limits that the problem sets at all."""
    networks, people = problem.networks, problem.pool.size
    found = []
    if problem.min_count > 1 or len(networks) < people:
        found.append(Limit.COUNT)
    if any(network.min_size > 1 for network in networks):
        found.append(Limit.MIN_SIZE)
    if any(network.max_size < people for network in networks):
        found.append(Limit.MAX_SIZE)
    if problem.must_place:
        found.append(Limit.WAITLIST)
    if any(network.accepted is not None for network in networks):
        found.append(Limit.ACCEPTS)
    if problem.pins:
        found.append(Limit.PINS)
    if problem.facilitators:
        found.append(Limit.FACILITATORS)
    return tuple(found)


def without(problem: Problem, dropped: Sequence[Part]) -> Problem:
    """The same problem, asking less."""
    names = {part for part in dropped if isinstance(part, str)}
    networks = tuple(_relaxed(network, problem.pool.size, dropped) for network in problem.networks)
    changes: dict[str, object] = {
        "rules": tuple(rule for rule in problem.rules if rule.name not in names),
        "trio_rules": tuple(rule for rule in problem.trio_rules if rule.name not in names),
        "networks": networks,
    }
    if Limit.WAITLIST in dropped:
        changes["must_place"] = frozenset()
    if Limit.PINS in dropped:
        changes["pins"] = {}
    if Limit.COUNT in dropped:
        fixed = problem.fixed_count
        smallest = min((n.min_size for n in networks[fixed:]), default=min((n.min_size for n in networks), default=1))
        largest = max((n.max_size for n in networks), default=problem.pool.size)
        most = max(len(networks), min(problem.pool.size // max(1, smallest), 2 * len(networks) + 2))
        more = [Network(f"+{i}", smallest, max(smallest, largest)) for i in range(most - len(networks))]
        changes["networks"] = (*networks, *more)
        changes["min_count"] = fixed
    if Limit.FACILITATORS in dropped:
        changes["facilitators"] = ()
        changes["networks"] = tuple(replace(n, facilitator=None) for n in changes["networks"])  # type: ignore[attr-defined]
        changes["rules"] = tuple(r for r in changes["rules"] if r.rule != "facilitated")  # type: ignore[attr-defined]
    return replace(problem, **changes)  # type: ignore[arg-type]


def _relaxed(network: Network, people: int, dropped: Sequence[Part]) -> Network:
    smallest = 1 if Limit.MIN_SIZE in dropped else network.min_size
    largest = max(network.max_size, people) if Limit.MAX_SIZE in dropped else network.max_size
    accepted = None if Limit.ACCEPTS in dropped else network.accepted
    return replace(network, min_size=smallest, max_size=max(smallest, largest), accepted=accepted)
