"""Lowers a problem: its rules to terms, its people to units, its networks to those of one count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import comb

from solver.lowering import Place, Scatter, Term
from solver.problem import Pool, Problem
from solver.rotation.problem import group_sizes
from solver.rules.base import Ground, Rule, Trios
from solver.rules.together import Together
from solver.terms.common import Priced, Units


@dataclass(frozen=True, slots=True)
class Lowered:
    """A problem as terms over units."""

    problem: Problem
    rules: tuple[Rule, ...]
    """The problem's rules, and after them the trio rules that must hold, for what they need of networks."""
    terms: tuple[Priced[Term], ...]
    units: Units
    ground: Ground

    def of(self, kind: type[Term]) -> list[Priced[Term]]:
        """The terms of one kind, in order."""
        return [priced for priced in self.terms if isinstance(priced.term, kind)]


def lower(problem: Problem) -> Lowered:
    """The terms of a problem's rules, over the units that its rules keep together."""
    trio_musts = [rule for rule in problem.trio_rules if rule.is_must] if problem.meetings.count else []
    rules = (*problem.rules, *trio_musts)
    units = merge(problem.pool.size, must_sit_together(problem, problem.rules))
    largest = min(max((network.max_size for network in problem.networks), default=0), problem.pool.size)
    ground = Ground(problem.networks, largest, len(problem.slots))
    # A `together` that must hold is kept by its units; its price is nothing.
    terms = [
        priced
        for priced in lower_rules(problem.rules, problem.pool, ground)
        if not (priced.must and isinstance(priced.term, Scatter))
    ]
    trios = what_meetings_make(problem, largest)
    for index, rule in enumerate(trio_musts, start=len(problem.rules)):
        terms += [Priced(x, index, 0, True, rule.networks) for x in rule.needs_of_network(problem.pool, trios)]
    return Lowered(problem, rules, tuple(terms), units, ground)


def lower_rules(rules: Sequence[Rule], pool: Pool, ground: Ground) -> list[Priced[Term]]:
    """Every rule's terms with its strength."""
    return [
        Priced(term, index, rule.weight, rule.is_must, rule.networks)
        for index, rule in enumerate(rules)
        for term in rule.lower(pool, ground)
    ]


def what_meetings_make(problem: Problem, largest: int) -> Trios:
    """Groups and meetings of pairs by size of the network; what absences make uncertain is taken at its best."""
    meetings = problem.meetings
    missing = Counter(meeting for _, meeting in meetings.absent)
    everyone_comes = any(not missing[meeting] for meeting in range(1, meetings.count + 1))

    def sizes(present: int) -> tuple[int, ...]:
        return group_sizes(present, meetings.group_size, meetings.remainder.value, meetings.groups)

    pairs = [sum(comb(size, 2) for size in sizes(present)) for present in range(largest + 1)]
    blocks = [
        range(start, min(start + meetings.keep, meetings.count + 1))
        for start in range(1, meetings.count + 1, meetings.keep)
    ]
    away = [min(missing[meeting] for meeting in block) for block in blocks]
    return Trios(
        # With somebody away at every meeting, a network may always be smaller than it is: then nothing is implied.
        groups=tuple(len(sizes(n)) if everyone_comes else largest for n in range(largest + 1)),
        pair_meetings=tuple(sum(min(pairs[max(0, n - absent) : n + 1]) for absent in away) for n in range(largest + 1)),
    )


def must_sit_together(problem: Problem, rules: Iterable[Rule]) -> list[tuple[int, ...]]:
    """The groups of people whom a `must` rule keeps together."""
    return [group for rule in rules if isinstance(rule, Together) and rule.is_must for group in rule.groups]


def merge(people: int, groups: Iterable[Sequence[int]]) -> Units:
    """Units of people linked by groups, transitively; everybody else alone. In the order of their first person."""
    parent = list(range(people))

    def root(person: int) -> int:
        while parent[person] != person:
            parent[person] = parent[parent[person]]
            person = parent[person]
        return person

    for group in groups:
        for one, other in pairwise(group):
            low, high = sorted((root(one), root(other)))
            parent[high] = low
    members: dict[int, list[int]] = {}
    for person in range(people):
        members.setdefault(root(person), []).append(person)
    of = [0] * people
    for unit, mine in enumerate(members.values()):
        for person in mine:
            of[person] = unit
    return Units(tuple(tuple(mine) for mine in members.values()), tuple(of))


def alike(lowered: Lowered) -> list[tuple[int, ...]]:
    """The networks in classes that nothing but their names tells apart: no limit, no rule, no cost of their own."""
    classes: dict[object, list[int]] = {}
    for k, network in enumerate(lowered.problem.networks):
        spoken = tuple(priced.speaks_about(k) for priced in lowered.terms)
        own = any(isinstance(priced.term, Place) and k in priced.term.costs for priced in lowered.terms)
        sign = k if network.fixed or own else (replace(network, name=""), spoken)
        classes.setdefault(sign, []).append(k)
    return [tuple(networks) for networks in classes.values()]


def formed_first(lowered: Lowered, count: int) -> tuple[int, ...]:
    """Which networks to form if there are to be so many: the given ones, those with costs of their own, the others."""
    own = {networks[0] for networks in alike(lowered) if len(networks) == 1}
    networks = lowered.problem.networks
    order = sorted(range(len(networks)), key=lambda k: (not networks[k].fixed, k not in own, k))
    return tuple(sorted(order[:count]))
