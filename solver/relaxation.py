"""The linear relaxation of a problem.

It is over configurations, as in the p-median problem: networks that are alike are added up, and each configuration
fixes the option that some `best` terms choose, so that those become linear.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import product
from math import gcd
from typing import Any, cast

import numpy as np

from solver.limits import Watch
from solver.lower import Lowered
from solver.lowering import Best, Count, Cover, Lead, Likeness, Mean, Pairs, Place, Term, Variety
from solver.merging import Merged
from solver.minimum import minimum, whole_minimum
from solver.problem import Network
from solver.terms import best, count, cover, mean, pairs, place, variety
from solver.terms.common import Ints, Priced
from solver.terms.model import GroupModel
from solver.terms.relaxed import Headcount, Linear, Program, RelaxedGroup, total

MOST_ASKS = 25_000
"""Asks times configurations: above it, `cover` terms are left out of the relaxation (their price counts as 0)."""


class Relaxation:
    """The linear program of a lowered problem; `cost[r]` is the price of rule r."""

    def __init__(
        self,
        lowered: Lowered,
        classes: Sequence[tuple[int, ...]],
        merged: Merged,
        most_waiting: int | None,
        costs: Sequence[int],
        most_seats: int,
    ) -> None:
        """Of the terms by which people are merged, with configurations as long as seats are no more than this."""
        self.costs = costs
        self.most_seats = most_seats
        self.lowered = lowered
        self.merged = merged
        self.heads = Headcount([merged.of[unit] for unit in lowered.units.of], merged.amounts)
        self.problem = lowered.problem
        self.program = Program()
        self._bound: int | None = None
        self.cost: list[Linear] = [Linear() for _ in lowered.rules]
        self.waits = [
            self.program.column(0 if any(p in self.problem.must_place for p in members) else amount)
            for members, amount in zip(merged.members, merged.amounts, strict=True)
        ]
        self.configurations = 0
        """how many there are, of all classes"""
        self.seated = [Linear(dict(wait.columns)) for wait in self.waits]
        configured = self._configured(len(classes))
        formed = []
        for networks in classes:
            formed.append(self._add_class(networks, configured))
            every = len(self.problem.networks) == self.problem.min_count
            if every or self.problem.networks[networks[0]].fixed:
                self.program.zero(formed[-1] - len(networks))
            else:
                self.program.at_least_zero(len(networks) - formed[-1])
        self.program.at_least_zero(total(formed) - self.problem.min_count)
        for seated, amount in zip(self.seated, merged.amounts, strict=True):
            self.program.zero(seated - amount)
        waiting = total(len(members) * wait for members, wait in zip(merged.members, self.waits, strict=True))
        if most_waiting is not None and not self.problem.waiting_is_weighed:
            self.program.at_least_zero(most_waiting - waiting)
        self._add_waiting_costs()
        for rule, cost in zip(lowered.rules, self.cost, strict=True):
            if rule.is_must:
                self.program.zero(cost)

    def _configured(self, classes: int) -> list[Best]:
        """The `best` terms whose options make the configurations: the dearest first, while there is room."""
        terms = [x for x in self.merged.terms if isinstance(x.term, Best) and x.term.options]
        # Trio rules, which have no cost here, follow the rules of the problem.
        terms.sort(key=lambda x: -self.costs[x.rule] if x.rule < len(self.costs) else 0)
        chosen: list[Best] = []
        size = len(self.merged) * classes
        for priced in terms:
            term = cast("Best", priced.term)
            if any(term.by_slot and other.by_slot for other in chosen):
                continue
            if size * len(term.options) <= self.most_seats:
                size *= len(term.options)
                chosen.append(term)
        return chosen

    def _add_class(self, networks: tuple[int, ...], configured: Sequence[Best]) -> Linear:
        """One class of networks that are alike, in all its configurations; how many of it are formed."""
        network = self.problem.networks[networks[0]]
        spoken = {id(x.term) for x in self.lowered.terms if x.speaks_about(networks[0])}
        terms = [term for term in configured if id(term) in spoken]
        ranges = [options_of(term, network) for term in terms]
        counts = []
        for options in product(*ranges):
            fixed = dict(zip(map(id, terms), options, strict=True))
            counts.append(self._add_configuration(networks, network, fixed, sum(map(len, ranges)) or 1))
        return total(counts)

    def _add_configuration(
        self, networks: tuple[int, ...], network: Network, fixed: dict[int, int], width: int
    ) -> Linear:
        most = len(networks)
        number = networks[0]
        self.configurations += 1
        count_of = self.program.column(most)
        units: list[Linear | int] = []
        for kind, (people, amount) in enumerate(zip(self.merged.members, self.merged.amounts, strict=True)):
            pinned = {self.problem.pins[p] for p in people if p in self.problem.pins}
            possible = all(network.accepts(p) for p in people) and (not pinned or pinned <= set(networks))
            here = self.program.column(amount) if possible else 0
            if isinstance(here, Linear):
                self.program.at_least_zero(amount * count_of - here)
                self.seated[kind] = self.seated[kind] + here
            units.append(here)
        largest = min(network.max_size, self.problem.pool.size)
        led: Linear | int = self.program.column(most) if self.problem.facilitators else 0
        group = RelaxedGroup(
            self.program,
            self.heads,
            units,
            number=number,
            count=count_of,
            most=most,
            sizes=range(network.min_size, largest + 1),
            options=fixed,
            led=led,
        )
        if isinstance(led, Linear):
            self.program.at_least_zero(count_of - led)
        alike_groups = cast("GroupModel", group)  # it answers what terms ask
        for priced in self.merged.terms:
            if priced.speaks_about(number):
                parts = self._encode(priced, alike_groups, width)
                self.cost[priced.rule] = self.cost[priced.rule] + total(
                    part for part in parts if isinstance(part, Linear)
                )
        return count_of

    def _encode(self, priced: Priced[Term], group: GroupModel, width: int) -> Sequence[Any]:
        """The term's price in one configuration; what has no relaxation counts as nothing."""
        match priced.term:
            case Count() as term:
                return count.encode(term, group)
            case Variety() as term:
                return variety.encode(term, group)
            case Best() as term:
                return best.encode(term, group)
            case Cover() as term if width * sum(len(asks) for asks, _ in term.topics) <= MOST_ASKS:
                return cover.encode(term, group)
            case Pairs() as term:
                return pairs.encode(term, group)
            case Place() as term:
                return place.encode(term, group)
            case Likeness() as term:
                return self._likeness(term, group)
            case Lead():
                return [group.open - group.led]
            case Mean() as term:
                return mean.relax(term, cast("RelaxedGroup", group))
            case _:
                return []

    def _likeness(self, term: Likeness, group: GroupModel) -> list[Linear]:
        """Half of what each member agrees at least with the fewest or the most others there can be."""
        network = self.problem.networks[group.number]
        floors = least_agreement(term.numerators, network.min_size, min(network.max_size, self.problem.pool.size))
        seats = [
            (floor, seat) for floor, seat in zip(floors.tolist(), group.seats, strict=True) if isinstance(seat, Linear)
        ]
        if term.scale == 1:
            return [(floor // 2) * seat for floor, seat in seats]
        # In thousandths of the price, all rounded down; rounding to the nearest takes at most a half from each network.
        price = self.program.column(sum(max(0, floor) for floor, _ in seats) // term.scale + 1)
        agreed = total((500 * floor // term.scale) * seat for floor, seat in seats)
        self.program.at_least_zero(1000 * price - agreed + 500 * group.open)
        return [price]

    def _add_waiting_costs(self) -> None:
        for priced in self.merged.terms:
            term = priced.term
            if isinstance(term, Place) and term.waiting is not None:
                costs = [sum(term.waiting[person] for person in members) for members in self.merged.members]
                price = total(cost * wait for cost, wait in zip(costs, self.waits, strict=True) if cost)
                self.cost[priced.rule] = self.cost[priced.rule] + price
            if isinstance(term, Likeness):
                self.cost[priced.rule] = self.cost[priced.rule] + term.constant

    @property
    def goal(self) -> Linear:
        """The objective."""
        weighted = [x for x in zip(self.lowered.rules, self.cost, strict=True) if not x[0].is_must]
        return total(rule.weight * cost for rule, cost in weighted)

    def as_objective(self, least: int) -> int:
        """A limit as the objective can be: a multiple of the weights' common divisor, and none below nothing."""
        divisor = reduce(gcd, (rule.weight for rule in self.lowered.rules if not rule.is_must), 0) or 1
        return max(0, -(-least // divisor) * divisor)

    def bound(self, watch: Watch) -> int:
        """A proven lower limit of the objective, solved for once."""
        if self._bound is None:
            self._bound = self.as_objective(minimum(self.program, self.goal, watch))
        return self._bound

    def whole_bound(self, watch: Watch, *, share: float, work: float) -> int:
        """The same with whole numbers of networks and people: higher, and slower.

        share: of the time that is left. work: for one effort, in deterministic time.
        """
        return self.as_objective(whole_minimum(self.program, self.goal, watch, share=share, work=work))

    def rule_bound(self, rule: int, watch: Watch) -> int:
        """A proven lower limit of one rule's penalty."""
        return max(0, minimum(self.program, self.cost[rule], watch))


def options_of(term: Best, network: Network) -> list[int]:
    """The options that a network may choose; a given slot leaves one."""
    if term.by_slot and network.slot is not None:
        return [network.slot]
    return [option for option, people in enumerate(term.options) if people] or [0]


def least_agreement(numerators: Ints, smallest: int, largest: int) -> Ints:
    """For each person, the least sum of agreements with size - 1 others, over every size of the group."""
    rows = np.sort(numerators + np.diag(np.full(len(numerators), np.iinfo(np.int64).max // 4)), axis=1)
    sums = np.concatenate([np.zeros((len(rows), 1), dtype=np.int64), np.cumsum(rows[:, : largest - 1], axis=1)], axis=1)
    return cast("Ints", sums[:, smallest - 1 : largest].min(axis=1))
