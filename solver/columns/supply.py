"""Supply: how many networks of each configuration there can be, as far as kinds of units and their numbers tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from solver.columns.rounding import Configured, Rounding
from solver.limits import Watch
from solver.lower import Lowered
from solver.lowering import Best
from solver.minimum import Matrix, safe_bound, solved_duals
from solver.terms.relaxed import Linear, Program, total

LARGEST = 20_000
"""Kinds of units times configurations: with more, nothing is told."""

SLIGHT = 1e-6
"""What is worth less is worth nothing."""

FAR = 1 << 31
"""A price less duals, in parts of a unit, than which nothing needs to be higher, or may be lower."""


class Supply:
    """A linear program over kinds of units: those that carry the same options of the terms that configurations fix.

    In it are the sizes of networks, what the fixed options cost, and roundings; all else is left out. So every answer
    is one of its answers, with as many networks of each configuration.
    """

    def __init__(
        self,
        lowered: Lowered,
        classes: Sequence[Configured],
        found: Sequence[Rounding],
        *,
        fewest: int,
        budget: int | None = None,
    ) -> None:
        """fewest: how many networks are formed at least. budget: only of answers that cost no more than this."""
        self.found = found
        self._priced = {id(x.term): x for x in lowered.of(Best)}
        self._terms = {id(x.term): x.term for x in lowered.terms if isinstance(x.term, Best)}
        fixed = sorted(
            {item for each in classes for options in each.options for item in options.items()},
            key=lambda item: (self._priced[item[0]].rule, item[1]),
        )
        carriers = [frozenset(self._terms[term].options[option]) for term, option in fixed]
        units = lowered.units.members
        kinds = [(len(people), *(sum(p in option for p in people) for option in carriers)) for people in units]
        self._amounts = Counter(kinds)
        self._first = {kind: kinds.index(kind) for kind in self._amounts}
        self._number = {item: place for place, item in enumerate(fixed, start=1)}
        """where in a kind it stands how many of a unit carry an option; first stands how many they are"""
        self.tells = bool(fixed) and len(self._amounts) * sum(len(each.options) for each in classes) <= LARGEST
        """whether there is anything to tell, and little enough to do it in no time"""
        if self.tells:
            self._build(classes, fewest, budget)

    def _build(self, classes: Sequence[Configured], fewest: int, budget: int | None) -> None:
        self._program = program = Program()
        self._seated = {kind: Linear() for kind in self._amounts}
        self._sums = [Linear() for _ in self.found]
        self._fixed_cost, every = Linear(), Linear()
        self._networks: list[list[int]] = []
        """of each class of networks, the column of each configuration: how many networks of it there are"""
        for index, each in enumerate(classes):
            self._networks.append([])
            formed = Linear()
            for model, options in enumerate(each.options):
                self._networks[-1].append(len(program.upper))
                network = program.column(each.most)
                formed += network
                self._add_configuration(network, each, options, [model in x.models[index] for x in self.found])
            program.at_least_zero(formed - each.least)
            program.at_least_zero(each.most - formed)
            every += formed
        program.at_least_zero(every - fewest)
        if budget is not None:
            program.at_least_zero(budget - self._fixed_cost)
        # Whoever waits does because there is no room, not because it is cheaper.
        dear = 1 + sum(x.weight for x in self._priced.values())
        goal = self._fixed_cost
        for kind, amount in self._amounts.items():
            waits = program.column(amount)
            program.zero(self._seated[kind] + waits - amount)
            goal += kind[0] * dear * waits
        self._first_rounding = len(program.rows)
        for rounding, amount_of in zip(self.found, self._sums, strict=True):
            program.at_least_zero(amount_of - rounding.least)
        self._matrix = Matrix.of(program)
        self._goal = np.zeros(len(program.upper), dtype=np.int64)
        self._goal[list(goal.columns)] = list(goal.columns.values())

    def _add_configuration(
        self, network: Linear, each: Configured, options: Mapping[int, int], counted: Sequence[bool]
    ) -> None:
        """All networks of one configuration, added up. counted: in which roundings."""
        program, sizes = self._program, each.sizes
        seats = {kind: program.column(amount) for kind, amount in self._amounts.items()}
        people = total(kind[0] * seat for kind, seat in seats.items())
        program.at_least_zero(people - sizes.start * network)
        program.at_least_zero((sizes.stop - 1) * network - people)
        for kind, seat in seats.items():
            self._seated[kind] += seat
        for row, rounding in enumerate(self.found):
            if counted[row]:
                members = total(int(rounding.units[self._first[kind]]) * seat for kind, seat in seats.items())
                self._sums[row] += rounding.network * network + members
        for term, option in options.items():
            priced, need = self._priced[term], self._terms[term].need
            # What each member needs at least, whatever the size.
            size = min(sizes, key=lambda size: Fraction(need[size], size))
            missing = program.column(0 if priced.must else max(need) * each.most)
            having = total(kind[self._number[term, option]] * seat for kind, seat in seats.items())
            program.at_least_zero(size * (missing + having) - need[size] * people)
            self._fixed_cost += priced.weight * missing

    def binding(self, watch: Watch) -> list[Rounding]:
        """The roundings that cost something here.

        All roundings would be valid, but many say nearly the same, and what each is worth then swings for long.
        """
        if not self.tells:
            return []
        worth = solved_duals(self._matrix, self._goal, watch)[self._first_rounding :]
        return [rounding for rounding, dual in zip(self.found, worth.tolist(), strict=True) if dual > SLIGHT]

    def least(self, lows: Sequence[Sequence[int]], watch: Watch) -> int | None:
        """The least sum over networks where each costs what `lows` has for its configuration; None: nothing is known.

        Proven in whole numbers, whatever the linear program says.
        """
        if not self.tells or min(map(min, lows)) < -FAR:
            return None
        cost = np.zeros(len(self._goal), dtype=np.int64)
        for columns, prices in zip(self._networks, lows, strict=True):
            cost[columns] = np.minimum(prices, FAR)
        return safe_bound(self._matrix, cost, solved_duals(self._matrix, cost, watch))
